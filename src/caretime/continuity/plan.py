"""The plan for an incident: from who is away to who is called, in named steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import caretime
from caretime.continuity.absent import absent, weeks_of
from caretime.continuity.affected import series_of
from caretime.continuity.contacts import next_contacts
from caretime.continuity.groups import cover_groups
from caretime.continuity.handback import hand_back
from caretime.continuity.recover import recover, returns_of
from caretime.continuity.supply import substitutes_of
from caretime.continuity.times import give_times
from caretime.errors import PlanError
from caretime.matching.candidates import Finder
from caretime.matching.match import match
from caretime.model.calendar import monday_of
from caretime.model.care import Absence
from caretime.model.incident import GroupCover, Incident, Series, Substitute
from caretime.model.matching import MatchPolicy
from caretime.model.strike import StrikePlan, Times
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.simulation.participation import PATHS

Progress = Callable[[int, int, str], None]

STEPS = (
    "who is away",
    "who runs their groups",
    "whose care is interrupted",
    "who can take over",
    "who may treat whom",
    "who takes over whom",
    "days and hours",
    "who is called by when",
)
"""What a plan is made of, in order; progress names them."""


def plan_incident(
    system: CareSystem,
    incident: Incident,
    contract: Contract | None = None,
    *,
    policy: MatchPolicy | None = None,
    seed: int = 1,
    path: str = "shares",
    roster: Roster | None = None,
    with_times: bool = True,
    progress: Progress | None = None,
) -> StrikePlan:
    """
    Plan an incident: who takes over whom, when, and who is called.

    Parameters
    ----------
    contract
        Under which those at work see patients meanwhile; the one in force if not
        given.
    policy
        What the plan may do; ``MatchPolicy()`` if not given.
    seed
        Of who is away, where only shares are known, and of ties in the match.
    path
        One of ``simulation.participation.PATHS``: the end of the range to plan for.
        The plan's incident then has that path as its shares, and no range.
    roster
        Weeks built for the contract, as in ``supply.substitutes_of``.
    with_times
        Whether visits get days and hours; without, limits are judged by weeks.
    progress
        Called with steps done, all steps, and what is going on.

    Returns
    -------
    StrikePlan
        Equal for equal arguments. The way back is not in it: `add_way_back`.

    Raises
    ------
    PlanError
        If the contract does not fit, or the incident names somebody unknown or has
        no such path.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from caretime.simulation import make_system
    >>> clinic = make_system("clinic-of-eight", seed=1)
    >>> day = clinic.first_day
    >>> one_ill = Incident("one-ill", day, day, clinician_ids=("C-00002",),
    ...     last_day=day + timedelta(days=13))
    >>> plan = plan_incident(clinic, one_ill)
    >>> len(plan.matching.matches) == len(plan.series)
    True
    """
    tell = told(progress)
    contract = contract or system.contracts[system.contract_in_force]
    incident, policy = at_path(incident, path), policy or MatchPolicy()
    span = Span(
        monday_of(incident.first_day), weeks_of(incident, policy.horizon_weeks), policy
    )
    tell(0)
    absences = absent(system, incident, seed=seed)
    scene = scene_of(system, contract, absences, span, roster, tell)
    tell(4)
    finder = finder_of(system, scene.series, scene.substitutes, policy)
    matching = match(
        finder,
        scene.series,
        monday=span.monday,
        seed=seed,
        inputs_hash=system.inputs_hash,
        progress=within(progress, 5),
    )
    plan = StrikePlan(
        incident=incident,
        policy=policy,
        monday=span.monday,
        weeks=span.weeks,
        seed=seed,
        version=caretime.__version__,
        inputs_hash=system.inputs_hash,
        absent=absences,
        series=scene.series,
        substitutes=scene.substitutes,
        groups=scene.groups,
        matching=matching,
        contract_id=contract.contract_id,
        roster_hash=hash_of(roster),
    )
    if with_times:
        tell(6)
        plan = with_hours(plan, system, contract, roster=roster)
    tell(7)
    plan = with_contacts(plan, system)
    tell(8)
    return plan


def add_way_back(
    plan: StrikePlan,
    system: CareSystem,
    contract: Contract,
    *,
    recovery: bool = True,
    weeks: int = 26,
    replications: int = 20,
    roster: Roster | None = None,
    progress: Progress | None = None,
) -> StrikePlan:
    """
    Add who goes home at the end of the path, and how the backlog is worked off.

    Parameters
    ----------
    recovery
        Whether to simulate the end as well, which takes the longest; without it the
        plan says who goes home alone.
    weeks, replications
        As in ``recover.recover``; run with the plan's seed.

    Returns
    -------
    StrikePlan
        The same where nobody is away.

    Notes
    -----
    What patients asked for about the way back (``plan.known.choices``) is kept. A wish
    to stay lapses where there is no substitute any more to stay with.
    """
    if not plan.absent:
        return plan
    home = hand_back(
        plan,
        system,
        contract,
        returned=returns_of(plan),
        answers=_choices(plan),
        still_planned=plan.known.still_planned,
        roster=roster,
    )
    plan = replace(plan, home=home)
    if not recovery:
        return plan
    found = recover(
        plan,
        system,
        contract,
        weeks=weeks,
        replications=replications,
        seed=plan.seed,
        roster=roster,
        progress=progress,
    )
    return replace(plan, recovery=found)


def _choices(plan: StrikePlan) -> dict[str, str]:
    """Return what patients of the plan asked for, as far as it can be."""
    outcomes = {m.patient_id: m.outcome for m in plan.matching.matches}
    return {
        who: choice
        for who, choice in plan.known.choices.items()
        if who in outcomes and (choice == "home" or outcomes[who] == "placed")
    }


@dataclass(frozen=True, slots=True)
class Span:
    """First day and number of the weeks planned, and the policy."""

    monday: date
    weeks: int
    policy: MatchPolicy


@dataclass(frozen=True, slots=True)
class Scene:
    """What a match starts from."""

    groups: tuple[GroupCover, ...]
    series: tuple[Series, ...]
    substitutes: tuple[Substitute, ...]


def scene_of(
    system: CareSystem,
    contract: Contract,
    absences: Sequence[Absence],
    span: Span,
    roster: Roster | None,
    tell: Callable[[int], None],
) -> Scene:
    """Return groups with their covers, series, and substitutes with openings."""
    monday, weeks, policy = span.monday, span.weeks, span.policy
    tell(1)
    groups = cover_groups(
        system, contract, absences, monday=monday, weeks=weeks, policy=policy
    )
    tell(2)
    series = series_of(system, absences, monday=monday, weeks=weeks)
    tell(3)
    substitutes = substitutes_of(
        system,
        contract,
        absences,
        monday=monday,
        weeks=weeks,
        policy=policy,
        groups=groups,
        roster=roster,
    )
    return Scene(groups, series, substitutes)


def finder_of(
    system: CareSystem,
    series: Sequence[Series],
    substitutes: Sequence[Substitute],
    policy: MatchPolicy,
) -> Finder:
    """Return the finder for the patients of some series, in their order."""
    patients = {p.patient_id: p for p in system.patients}
    return Finder(
        system, [patients[s.patient_id] for s in series], substitutes, policy=policy
    )


def with_hours(
    plan: StrikePlan,
    system: CareSystem,
    contract: Contract,
    *,
    roster: Roster | None = None,
    kept: Times | None = None,
) -> StrikePlan:
    """Give the visits of a plan days and hours; those in ``kept`` have theirs."""
    times = give_times(
        system,
        contract,
        plan.matching,
        plan.series,
        plan.substitutes,
        plan.absent,
        plan.groups,
        monday=plan.monday,
        weeks=plan.weeks,
        policy=plan.policy,
        roster=roster,
        kept=kept,
    )
    return replace(plan, bookings=times.bookings, untimed=times.untimed)


def with_contacts(
    plan: StrikePlan, system: CareSystem, *, today: date | None = None
) -> StrikePlan:
    """Say who is called by when."""
    contacts = next_contacts(
        system,
        plan.incident,
        plan.series,
        plan.matching.matches,
        plan.absent,
        bookings=plan.bookings,
        untimed=plan.untimed,
        answers=plan.answers,
        today=today,
    )
    return replace(plan, contacts=contacts)


def at_path(incident: Incident, path: str) -> Incident:
    """
    Return the incident with one path of its range as the only one.

    Raises
    ------
    PlanError
        If it has no such path.

    Examples
    --------
    >>> incident = Incident("I", date(2024, 10, 21), date(2024, 10, 10), (0.6, 0.5),
    ...     shares_low=(0.5, 0.4))
    >>> at_path(incident, "shares_low").shares
    (0.5, 0.4)
    """
    if path not in PATHS:
        raise PlanError(f"no path {path!r}, expected one of {', '.join(PATHS)}")
    if path == "shares":
        return incident
    shares: tuple[float, ...] = getattr(incident, path)
    if not shares:
        raise PlanError(f"incident {incident.incident_id} has no {path}")
    return replace(incident, shares=shares, shares_low=(), shares_high=())


def hash_of(roster: Roster | None) -> str:
    """Return the hash of built weeks; empty where there are none."""
    if roster is None:
        return ""
    from caretime.formats import roster_hash

    return roster_hash(roster)


def told(progress: Progress | None) -> Callable[[int], None]:
    """Return what tells that a step begins, by its number."""

    def tell(step: int) -> None:
        if progress is not None:
            progress(step, len(STEPS), STEPS[step] if step < len(STEPS) else "")

    return tell


def within(progress: Progress | None, step: int) -> Progress | None:
    """Return what tells how far a step is, as part of the whole."""
    if progress is None:
        return None

    def tell(done: int, total: int, what: str) -> None:
        text = STEPS[step] if not what else f"{STEPS[step]}: {what}"
        progress(step, len(STEPS), text)

    tell(0, 1, "")
    return tell
