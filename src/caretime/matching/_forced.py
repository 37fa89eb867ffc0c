"""A match in which nothing is to be decided: nobody asks, or nobody can be asked."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from caretime.matching._levels import level_values
from caretime.matching._problem import Wanted
from caretime.matching.candidates import Finder
from caretime.matching.explain import what_to_buy, why_left_out
from caretime.model.matching import LEVELS, Level, Matching


def is_forced(finder: Finder, wanted: Wanted) -> bool:
    """Say whether everybody is decided beforehand, or there are no substitutes."""
    return not finder.substitutes or not any(
        wanted.is_free(row) for row in range(len(wanted.series))
    )


def forced(finder: Finder, wanted: Wanted, *, seed: int, inputs_hash: str) -> Matching:
    """
    Return the one match there is, whose bound is its value.

    Openings that decisions use are not asked for here: nobody else wants them.
    """
    matches = tuple(wanted.settled(row) for row in range(len(wanted.series)))
    values = level_values(matches, wanted.series, wanted)
    value = sum(LEVELS[name] * count for name, count in values.items())
    left = np.flatnonzero([m.outcome == "left_out" for m in matches]).astype(np.int32)
    worth = np.array(
        [LEVELS[f"tier_{s.risk_tier}_left_out"] for s in wanted.series], np.int64
    )
    free = np.array([sum(s.openings) for s in finder.substitutes], np.int64)
    return Matching(
        status="optimal",
        matches=matches,
        levels=tuple(Level(n, values[n], values[n]) for n in LEVELS),
        value=value,
        bound=value,
        prices=(),
        left_out=why_left_out(finder, left, free) if len(left) else (),
        scarce=what_to_buy(finder, left, worth),
        seed=seed,
        version=version("caretime"),
        inputs_hash=inputs_hash,
    )
