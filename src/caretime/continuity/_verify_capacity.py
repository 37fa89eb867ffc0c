"""No substitute has more than fits, and nobody holds a place that others need more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import accumulate

from caretime.continuity._verify_scene import Findings, Scene


def check_capacity(scene: Scene, findings: Findings) -> None:
    """Compare what the matches use of each substitute with the openings stated."""
    for who, weeks_used in intakes_used(scene).items():
        stated = scene.substitutes.get(who)
        has = list(stated.intakes) if stated else []
        over = [week for week, used in weeks_used.items() if used > _at(has, week)]
        if stated is not None and over:
            week = min(over)
            findings.add(
                "over_openings", who, weeks_used[week], _at(has, week),
                f"{who} has {_at(has, week)} intake openings in week {week}, the plan "
                f"uses {weeks_used[week]}",
            )  # fmt: skip
    for who, weeks_used in uses(scene).items():
        stated = scene.substitutes.get(who)
        if stated is None:
            continue
        findings.checked["openings_used"] += sum(weeks_used.values())
        weeks = range(scene.plan.weeks)
        used = [weeks_used[week] for week in weeks]
        has = list(stated.openings)
        if stated.kind == "network":
            used, has = list(accumulate(used)), list(accumulate(has))
        over = [week for week in weeks if used[week] > _at(has, week)]
        if over:
            week = over[0]
            findings.add(
                "over_openings", who, used[week], _at(has, week),
                f"{who} has {_at(has, week)} openings "
                f"{'by' if stated.kind == 'network' else 'in'} week {week}, the "
                f"plan uses {used[week]}",
            )  # fmt: skip


def uses(scene: Scene) -> dict[str, Counter[int]]:
    """Return by substitute how many openings are used in which week."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for match in scene.plan.matching.matches:
        if match.outcome == "placed":
            found[match.substitute_id].update(openings_used(match.kind, match.weeks))
    return found


def intakes_used(scene: Scene) -> dict[str, Counter[int]]:
    """Return by substitute in-house how many first visits begin in which week."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for match in scene.plan.matching.matches:
        series = scene.series.get(match.patient_id)
        is_intake = series is not None and series.visit_type == "intake"
        if match.kind == "in_house" and is_intake and match.weeks:
            found[match.substitute_id][match.weeks[0]] += 1
    return found


def openings_used(kind: str, weeks: tuple[int, ...]) -> Iterable[int]:
    """Return the weeks in which openings are used: in the network only the first."""
    return weeks[:1] if kind == "network" else weeks


def _at(counts: list[int], week: int) -> int:
    return counts[week] if week < len(counts) else 0
