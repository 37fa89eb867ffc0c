"""No substitute has more than fits."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import accumulate

from caretime.continuity._verify_scene import Findings, Scene
from caretime.model.incident import Series
from caretime.model.matching import Match

Uses = dict[str, Counter[int]]
"""By substitute, how many openings are used in which week."""


def check_capacity(scene: Scene, findings: Findings) -> None:
    """Compare what the matches use of each substitute with the openings stated."""
    returns: Uses = defaultdict(Counter)
    intakes: Uses = defaultdict(Counter)
    for match in scene.plan.matching.matches:
        if match.outcome == "placed":
            used = openings_used(match, scene.series.get(match.patient_id))
            returns[match.substitute_id].update(used[0])
            intakes[match.substitute_id].update(used[1])
    for who, weeks_used in returns.items():
        stated = scene.substitutes.get(who)
        if stated is None:
            continue
        findings.checked["openings_used"] += weeks_used.total()
        is_network = stated.kind == "network"
        _tell_over(who, stated.openings, weeks_used, is_network, findings)
        _tell_over(who, stated.intakes, intakes[who], False, findings)


def openings_used(match: Match, series: Series | None) -> tuple[list[int], list[int]]:
    """
    Return the weeks in which a match uses openings, and intake openings.

    In the network one place in the first week, whatever follows; in-house a first
    visit takes an intake opening in place of a return opening.
    """
    if match.kind == "network":
        return list(match.weeks[:1]), []
    if series is not None and series.visit_type == "intake":
        return list(match.weeks[1:]), list(match.weeks[:1])
    return list(match.weeks), []


def _tell_over(
    who: str,
    stated: tuple[int, ...],
    weeks_used: Counter[int],
    adds_up: bool,
    findings: Findings,
) -> None:
    """Tell the first week in which more is used than stated; unused may stay open."""
    last = max((*weeks_used, len(stated) - 1), default=-1)
    used = [weeks_used[week] for week in range(last + 1)]
    has = [*stated, *(0,) * (last + 1 - len(stated))]
    if adds_up:
        used, has = list(accumulate(used)), list(accumulate(has))
    for week, (takes, most) in enumerate(zip(used, has, strict=True)):
        if takes > most:
            findings.add(
                "over_openings", who, takes, most,
                f"{who} has {most} openings {'by' if adds_up else 'in'} week {week}, "
                f"the plan uses {takes}",
            )  # fmt: skip
            return
