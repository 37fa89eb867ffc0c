"""A plan made anew: answers, decisions and returns taken in, the rest left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import caretime
from caretime.continuity._plan_kept import kept_times
from caretime.continuity._plan_pins import Hands, Places, moved_to
from caretime.continuity._plan_told import Told, away_now, told_by
from caretime.continuity.plan import (
    Progress,
    Scene,
    Span,
    finder_of,
    hash_of,
    scene_of,
    told,
    with_contacts,
    with_hours,
    within,
)
from caretime.continuity.plan_diff import diff_plans
from caretime.errors import InputError, PlanError, Problem
from caretime.matching.match import match
from caretime.model.care import Absence
from caretime.model.incident import Series
from caretime.model.matching import Match, Matching
from caretime.model.plan_diff import PlanDiff
from caretime.model.strike import StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster


def replan(
    system: CareSystem,
    contract: Contract,
    plan: StrikePlan,
    update: Update,
    *,
    roster: Roster | None = None,
    progress: Progress | None = None,
) -> tuple[StrikePlan, PlanDiff]:
    """
    Plan anew after an update, with as little change to what was offered as can be.

    Parameters
    ----------
    system, contract, roster
        Those that the plan was made with.
    plan
        The one that patients were told of.
    update
        What became known since: answers, decisions by hand, who is back, who is
        newly away, new openings. What earlier updates told is in the plan.
    progress
        As in `plan.plan_incident`.

    Returns
    -------
    tuple
        The new plan, without the way back, and what it does otherwise. Without
        anything new both matches and dates are those of the plan before.

    Raises
    ------
    InputError
        If a decision by hand cannot be: somebody who is away, may not treat the
        patient, was declined, or has no openings left; with every problem.
    PlanError
        If the plan belongs to another system, contract or roster, or openings are
        told of somebody who is away.

    Notes
    -----
    An accepted offer is kept whatever else happens, unless the substitute is away or
    has fewer openings than were accepted: then it lapses, the lowest risk first, and
    the diff says so. Whoever declined somebody is never offered the same again. Other
    offers may be taken back only where a higher level gains (``LEVELS``): somebody
    more gets a place, or is seen within the limit.

    Patients of somebody who is back leave the plan from that day on, and those of
    somebody newly away enter it; whoever that clinician had taken over needs another.
    Groups are shared out anew then, as in the first plan.

    Nothing here knows what day it is: weeks that have passed are planned as they were.
    """
    _check(plan, system, contract, roster)
    tell = told(progress)
    tell(0)
    news = told_by(plan, update)
    scene = _scene(system, contract, plan, update, news, roster, tell)
    standing = _standing(system, plan, scene, news)
    again = replace(
        plan,
        version=caretime.__version__,
        absent=scene.absent,
        series=scene.series,
        substitutes=scene.substitutes,
        groups=scene.groups,
        answers=tuple(
            a
            for a in news.answers
            if a.answer != "accepted" or a.patient_id not in standing.lapsed
        ),
        offered=standing.offered,
        known=news.known,
        home=(),
        recovery=None,
    )
    tell(4)
    matching = _as_before(plan, again, standing, news)
    if matching is None:
        matching = _matched(system, plan, again, standing, news, progress)
    again = replace(again, matching=matching)
    if plan.bookings or plan.untimed:
        tell(6)
        kept = kept_times(plan, again)
        again = with_hours(again, system, contract, roster=roster, kept=kept)
    tell(7)
    again = with_contacts(again, system)
    tell(8)
    return again, diff_plans(plan, again, lapsed=standing.lapsed)


def _check(
    plan: StrikePlan, system: CareSystem, contract: Contract, roster: Roster | None
) -> None:
    """Refuse a plan of other inputs: what was proven would be about other people."""
    for what, made, given in (
        ("care system", plan.inputs_hash, system.inputs_hash),
        ("contract", plan.contract_id, contract.contract_id),
        ("roster", plan.roster_hash, hash_of(roster)),
    ):
        if made != given:
            raise PlanError(
                f"the plan was made with another {what}: {made[:16] or 'none'}, "
                f"given {given[:16] or 'none'}"
            )


@dataclass(frozen=True, slots=True)
class _Scene(Scene):
    """What the new match starts from, with who is away."""

    absent: tuple[Absence, ...]


def _scene(
    system: CareSystem,
    contract: Contract,
    plan: StrikePlan,
    update: Update,
    news: Told,
    roster: Roster | None,
    tell: Callable[[int], None],
) -> _Scene:
    """Return groups, series and openings: as before where nobody came or went."""
    absences = plan.absent
    parts = Scene(plan.groups, plan.series, plan.substitutes)
    if update.returned or update.absent:
        absences = away_now(system, plan, news.known)
        span = Span(plan.monday, plan.weeks, plan.policy)
        parts = scene_of(system, contract, absences, span, roster, tell)
    openings = news.known.openings
    lost = sorted(set(openings) - {s.substitute_id for s in parts.substitutes})
    if lost:
        raise PlanError(f"openings are told of {', '.join(lost)}, who are away")
    substitutes = tuple(
        replace(s, openings=openings[s.substitute_id])
        if s.substitute_id in openings
        else s
        for s in parts.substitutes
    )
    return _Scene(parts.groups, parts.series, substitutes, absences)


@dataclass(frozen=True, slots=True)
class _Standing:
    """
    What stands of the plan before.

    Parameters
    ----------
    offered
        Substitute by patient, where the offer can still be kept.
    decided
        Match by patient, accepted or decided by hand; left out where nobody is to.
    lapsed
        Patients whose acceptance cannot be kept.
    before
        Matches of the plan for the series as they are now.
    """

    offered: dict[str, str]
    decided: dict[str, Match]
    lapsed: tuple[str, ...]
    before: dict[str, Match]


def _standing(
    system: CareSystem, plan: StrikePlan, scene: Scene, news: Told
) -> _Standing:
    """Say which offers, acceptances and decisions of the plan before still stand."""
    now = {s.patient_id: s for s in scene.series}
    before = {
        old.patient_id: moved_to(old, was, now[old.patient_id], plan.weeks)
        for old, was in zip(plan.matching.matches, plan.series, strict=True)
        if old.outcome == "placed" and old.patient_id in now
    }
    room = Places(scene.substitutes)
    offered = {
        who: old.substitute_id
        for who, old in before.items()
        if old.substitute_id not in news.declined.get(who, ())
        and room.has(old.substitute_id, now[who], old.weeks)
    }
    places, decided, lapsed = Places(scene.substitutes), {}, []
    for who in sorted(news.accepted, key=lambda who: _turn(now.get(who))):
        old = before.get(who)
        if old is None or news.accepted[who] != old.substitute_id:
            continue
        if places.take(old.substitute_id, now[who], old.weeks):
            decided[who] = replace(old, pinned=True)
        else:
            lapsed.append(who)
            offered.pop(who, None)
    pins = {who: other for who, other in news.known.pins.items() if who in now}
    decided |= _by_hand(system, plan, scene, news, pins, before, decided, places)
    return _Standing(offered, decided, tuple(lapsed), before)


def _turn(series: Series | None) -> tuple[int, str]:
    return (0, "") if series is None else (series.risk_tier, series.patient_id)


def _by_hand(
    system: CareSystem,
    plan: StrikePlan,
    scene: Scene,
    news: Told,
    pins: Mapping[str, str],
    before: Mapping[str, Match],
    decided: Mapping[str, Match],
    places: Places,
) -> dict[str, Match]:
    """Return what is decided by hand, or raise everything that stands against it."""
    if not pins:
        return {}
    hands = Hands(system, scene.substitutes, plan.policy, plan.monday, plan.weeks)
    found: dict[str, Match] = {}
    problems = []
    for series in scene.series:
        who = series.patient_id
        if who not in pins:
            continue
        other, old = pins[who], before.get(who)
        if who in decided:
            if decided[who].substitute_id != other:
                text = f"accepted {decided[who].substitute_id}; ask the patient first"
                problems.append(Problem("pins", 0, who, text))
        elif not other:
            found[who] = Match(who, "left_out", pinned=True)
        elif other in news.declined.get(who, ()):
            problems.append(Problem("pins", 0, who, f"declined {other}"))
        elif (
            old is not None
            and old.substitute_id == other
            and places.take(other, series, old.weeks)
        ):
            found[who] = replace(old, pinned=True)
        else:
            answer = hands.decide(series, other, places)
            if isinstance(answer, Problem):
                problems.append(answer)
            else:
                found[who] = answer
    if problems:
        raise InputError(problems)
    return found


def _as_before(
    plan: StrikePlan, again: StrikePlan, standing: _Standing, news: Told
) -> Matching | None:
    """
    Return the matching of the plan before if it is still the best there is.

    It is where nothing changed but that some of its own pairs are now decided: what
    was best among all plans is best among those that keep these pairs.
    """
    levels = plan.matching.levels
    if (plan.series, plan.substitutes) != (again.series, again.substitutes):
        return None
    if any(level.name == "moved_after_offer" and level.value for level in levels):
        # What took an offer back then is itself the offer now.
        return None
    fixed = set(standing.decided) | news.waits
    matches = []
    for old in plan.matching.matches:
        who = old.patient_id
        decided = standing.decided.get(who)
        if (
            (old.pinned and who not in fixed)
            or (old.outcome == "waits") != (who in news.waits)
            or old.substitute_id in news.declined.get(who, ())
            or (decided is not None and replace(decided, pinned=old.pinned) != old)
            or (old.outcome == "placed" and who not in standing.offered)
        ):
            return None
        matches.append(replace(old, pinned=who in fixed) if who in fixed else old)
    return replace(plan.matching, matches=tuple(matches))


def _matched(
    system: CareSystem,
    plan: StrikePlan,
    again: StrikePlan,
    standing: _Standing,
    news: Told,
    progress: Progress | None,
) -> Matching:
    """Match anew, from the match before."""
    finder = finder_of(system, again.series, again.substitutes, plan.policy)
    before = {**standing.before, **standing.decided}
    matches = tuple(
        before[s.patient_id] for s in again.series if s.patient_id in before
    )
    return match(
        finder,
        again.series,
        monday=again.monday,
        seed=again.seed,
        inputs_hash=again.inputs_hash,
        pins={who: one.substitute_id for who, one in standing.decided.items()},
        waits=news.waits,
        offered=standing.offered,
        declined=news.declined,
        before=replace(plan.matching, matches=matches),
        progress=within(progress, 5),
    )
