"""Rows of the search for candidates: the same pairs by four ways, one in each row."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from benchmarks.matching.candidates import (
    MOST,
    Pairs,
    by_numpy,
    by_tree,
    instance,
    total,
    total_of,
)
from benchmarks.matching.cases import WHOLE_SCALE, region
from caretime.matching.candidates import Finder
from caretime.rules.fit import weights
from caretime.rules.region import miles_matrix

Told = dict[str, Any]

SHIFT = 1 << 20
AT_A_TIME = 1_000
"""Asks joined at once: all of them together would not fit into memory."""

MOST_PATIENTS = {"NumPy": 60_000, "Polars": 20_000}
"""Beyond these a way is not run: a minute or more, gigabytes."""


def by_polars(finder: Finder) -> list[Pairs]:
    """Search by joining asks to those permitted, filtering, and ranking."""
    pool, asks, weight = finder.pool, finder.columns, weights()
    people = pl.DataFrame(
        {
            "who": np.arange(len(pool.profile)),
            "profile": pool.profile,
            "license": pool.license,
            "clinic": pool.clinic,
            "network": pool.network,
            "standing": pool.standing,
            "meets": pool.in_person,
            "remote": pool.telehealth,
        }
    )
    want, profile = np.nonzero(asks.permitted)
    permitted = pl.DataFrame({"want": want.astype(np.int32), "profile": profile})
    permitted = permitted.with_columns(pl.col("profile").cast(pl.Int32))
    table = pl.DataFrame(
        {
            "ask": np.arange(len(asks.want)),
            "want": asks.want,
            "home_license": asks.license,
            "home_clinic": asks.clinic,
            "here": asks.in_person,
            "away": asks.telehealth,
            "video": asks.telehealth_points,
        }
    )
    far = miles_matrix(finder.zips.point, pool.point)
    whole = permitted.join(people, on="profile").drop("profile")
    found: list[Pairs] = []
    for first in range(0, len(table), AT_A_TIME):
        part = table.slice(first, AT_A_TIME).join(whole, on="want")
        ask, who = part["ask"].to_numpy(), part["who"].to_numpy()
        miles = far[asks.zip[ask], who]
        limit = asks.limit[asks.county[ask], pool.license[who]]
        part = part.with_columns(
            pl.Series("miles", miles), pl.Series("near", miles <= limit)
        )
        found.extend(_ranked(part, weight))
    return found


def _ranked(part: pl.DataFrame, weight: Any) -> list[Pairs]:
    """Weigh the joined pairs and keep the cheapest of each kind."""
    drive = pl.min_horizontal(
        pl.lit(weight["miles"].most), pl.col("miles") * weight["miles"].points
    )
    in_person = pl.col("here") & pl.col("meets") & pl.col("near")
    remote = pl.col("away") & pl.col("remote")
    unlike = pl.col("license") != pl.col("home_license")
    other = (pl.col("clinic") >= 0) & (pl.col("clinic") != pl.col("home_clinic"))
    points = (
        pl.min_horizontal(
            pl.when(in_person).then(drive.cast(pl.Int64)),
            pl.when(remote).then(pl.col("video").cast(pl.Int64)),
        )
        + pl.col("standing")
        + unlike.cast(pl.Int64) * weight["another_license"].points
        + other.cast(pl.Int64) * weight["another_clinic"].points
    )
    # Ties by row: points and row in one number.
    ranked = (
        part.lazy()
        .filter(in_person | remote)
        .select("ask", "network", (points * SHIFT + pl.col("who")).alias("key"))
        .group_by("ask", "network")
        .agg(pl.col("key").bottom_k(MOST))
        .collect()
    )
    return [
        (ask, np.array(keys) % SHIFT, np.array(keys) // SHIFT)
        for ask, _, keys in ranked.iter_rows()
    ]


WAYS: dict[str, Callable[[Finder], list[Pairs]]] = {
    "KD-tree": by_tree,
    "NumPy": by_numpy,
    "Polars": by_polars,
}


def searched(size: int, way: str) -> list[Told]:
    """Find the cheapest of everybody by one way; the finder's own for comparison."""
    finder = instance(region(WHOLE_SCALE), size)
    start = time.perf_counter()
    mine = finder.first(MOST)
    first = time.perf_counter() - start
    start = time.perf_counter()
    finder.first(MOST)
    again = time.perf_counter() - start
    told: Told = {
        "patients": size,
        "asks": mine.asks,
        "pairs": len(mine.points),
        "way": way,
        "finder": again,
    }
    if way == "the finder":
        start = time.perf_counter()
        Finder(region(WHOLE_SCALE), finder.patients, finder.substitutes)
        building = time.perf_counter() - start
        return [{**told, "seconds": again, "first use": first, "building": building}]
    start = time.perf_counter()
    found = WAYS[way](finder)
    seconds = time.perf_counter() - start
    assert total(found) == total_of(mine), f"{way} finds other pairs"
    return [{**told, "seconds": seconds, "ratio": seconds / again}]
