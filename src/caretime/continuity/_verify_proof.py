"""Levels, value, bound and status of a match, each against what it claims."""

from __future__ import annotations

from collections import Counter

from caretime.continuity._verify_asks import asks_of
from caretime.continuity._verify_bound import Bound, cuts_of, is_sound
from caretime.continuity._verify_fairness import Fairness
from caretime.continuity._verify_pool import pool_of
from caretime.continuity._verify_scene import Findings, Scene
from caretime.continuity._verify_table import Book, Table
from caretime.continuity._verify_told import refusals
from caretime.model.matching import LEVELS, Level

KINDS = ("in_house", "network")


def check_proof(scene: Scene, findings: Findings) -> tuple[tuple[Level, ...], int, int]:
    """
    Work levels, value and bounds out anew, and compare.

    Returns
    -------
    tuple
        Levels, value and bound, all recomputed.
    """
    _check_prices(scene, findings)
    values = level_values(scene)
    value = sum(LEVELS[name] * count for name, count in values.items())
    asked = asks_of(scene)
    spots = sorted({ask.spot for by_ask in asked.values() for ask in by_ask})
    needs = {sort.need for sort in asked}
    books = [Book(scene, pool_of(scene, kind, needs), spots) for kind in KINDS]
    bound = Bound(
        cuts_of(scene.plan.matching.levels, scene.plan.weeks),
        books,
        level_values(scene, decided=True),
        offers=bool(scene.plan.offered),
    )
    fairness = Fairness(scene, books, findings)
    for sort, by_ask in asked.items():
        tables = [Table(sort, list(by_ask), book) for book in books]
        bound.add(by_ask, tables)
        fairness.look(by_ask, tables)
    levels = bound.levels(values)
    findings.checked["prices"] = len(scene.plan.matching.prices)
    findings.checked["levels"] = len(levels)
    _check_levels(scene, levels, findings)
    _check_totals(scene, value, bound.whole, findings)
    return levels, value, bound.whole


def level_values(scene: Scene, *, decided: bool = False) -> dict[str, int]:
    """Count the levels of the plan, or of those of whom it was decided alone."""
    found = Counter(dict.fromkeys(LEVELS, 0))
    declined = refusals(scene)
    for patient_id, match in scene.matches.items():
        series = scene.series.get(patient_id)
        if series is None or (decided and not match.pinned):
            continue
        if match.outcome == "left_out":
            found[f"tier_{series.risk_tier}_left_out"] += 1
        elif match.outcome == "placed" and match.weeks:
            found["points"] += match.points
            if match.weeks[0] > scene.week_of(series.limit_day):
                found[f"tier_{series.risk_tier}_late"] += 1
            offer = scene.plan.offered.get(patient_id, "")
            refused = declined.get(patient_id, ())
            if offer and offer not in refused and offer != match.substitute_id:
                found["moved_after_offer"] += 1
    return {name: found[name] for name in LEVELS}


def _check_prices(scene: Scene, findings: Findings) -> None:
    seen: Counter[tuple[str, int]] = Counter()
    for price in scene.plan.matching.prices:
        seen[price.substitute_id, price.week] += 1
        known = price.substitute_id in scene.substitutes
        if price.price < 0 or not known or not 0 <= price.week < scene.plan.weeks:
            findings.add(
                "price", price.substitute_id, f"{price.price} in week {price.week}",
                "0 or more, of a substitute in a week of the plan",
                f"the price {price.price} of {price.substitute_id} in week "
                f"{price.week} prices nothing",
            )  # fmt: skip
        elif seen[price.substitute_id, price.week] > 1:
            findings.add(
                "price", price.substitute_id, "two prices", "one price",
                f"{price.substitute_id} has two prices in week {price.week}",
            )  # fmt: skip
    for level in scene.plan.matching.levels:
        if not is_sound(level, scene.plan.weeks):
            findings.add(
                "price", level.name, "numbers of another shape, or below 0",
                "one price a week, one number a level before",
                f"the proof of {level.name} is none",
            )  # fmt: skip


def _check_levels(scene: Scene, levels: tuple[Level, ...], findings: Findings) -> None:
    stated = scene.plan.matching.levels
    if [level.name for level in stated] != list(LEVELS):
        findings.add(
            "level", "", [level.name for level in stated], list(LEVELS),
            "the levels are not those that plans are judged by, in their order",
        )  # fmt: skip
        return
    for found, expected in zip(stated, levels, strict=True):
        if found.value != expected.value:
            findings.add(
                "level", found.name, found.value, expected.value,
                f"{found.name} is stated as {found.value}, counted {expected.value}",
            )  # fmt: skip
        if found.bound > expected.bound:
            findings.add(
                "bound", found.name, found.bound, expected.bound,
                f"{found.name} is said not to go below {found.bound}; the prices "
                f"prove {expected.bound}",
            )  # fmt: skip


def _check_totals(scene: Scene, value: int, bound: int, findings: Findings) -> None:
    matching = scene.plan.matching
    if matching.value != value:
        findings.add(
            "value", "", matching.value, value,
            f"the plan's value is stated as {matching.value}, added up {value}",
        )  # fmt: skip
    if matching.bound > bound:
        findings.add(
            "bound", "", matching.bound, bound,
            f"the bound is stated as {matching.bound}; the prices prove {bound}",
        )  # fmt: skip
    if matching.status == "optimal" and value != bound:
        findings.add(
            "status", "", "optimal", "within_gap",
            f"stated as proven best, and the value {value} is not the bound {bound}",
        )  # fmt: skip
