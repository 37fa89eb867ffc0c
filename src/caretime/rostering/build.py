"""Weekly templates for a whole system: sites side by side, one answer with proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import astuple
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from signal import SIG_IGN, SIGINT, signal
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from caretime.errors import PlanError
from caretime.formats import contract_hash
from caretime.model.calendar import WORKING_DAYS
from caretime.model.outcome import Clash, RosterResult, Shortage
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rostering._asked import Asked, asked_of
from caretime.rostering._judged import unkept
from caretime.rostering._load import TICKS
from caretime.rostering._site import SiteRoster, build_site
from caretime.rostering._staff import Task
from caretime.rostering.policy import RosterPolicy
from caretime.rostering.score import score_roster
from caretime.rules.duties import duties_of
from caretime.rules.spans import DAY_NAMES
from caretime.rules.week_terms import GRID, effective_day

BUDGET = 60
"""Sweeps over a site's clinicians; the bound of most sites is close after fifteen."""

A_WEEK = "a week exists that keeps the clauses, the law and what is stated, but "
NOT_LEVEL = "none with nearly equal days, Mon to Fri, in which the team meets was found"
NO_WEEK = (
    "no week was found in which days are nearly equal and the team meets; "
    "that there is none is not proven"
)

Progress = Callable[[int, int, str], None]
Noun = TypeVar("Noun")


def build_roster(
    system: CareSystem,
    contract: Contract,
    *,
    policy: RosterPolicy | None = None,
    clinic_ids: Sequence[str] | None = None,
    week_now: Roster | None = None,
    budget: int = BUDGET,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> RosterResult:
    """
    Build everyone's weekly template under a contract.

    Parameters
    ----------
    policy
        What is wanted beyond the clauses, and how much each counts.
    clinic_ids
        Only these clinics; all by default.
    week_now
        The roster now worked: its visits are kept where nothing speaks against it.
    budget
        Most sweeps over each site's clinicians, one or more. Work, not time, so
        that equal inputs give equal weeks.
    workers
        Processes; they change nothing but the time.
    progress
        Called with sites done, sites in all, and what is being built.
    stop
        Asked between sweeps and sites; once it says yes, what is at hand is
        finished and returned with status ``stopped``.

    Returns
    -------
    RosterResult
        Weeks for everyone who can have one; for the others a clash. The judge
        (``rules.roster.check_roster``) reads every week: what it still finds is
        told as a clash, too.

    Raises
    ------
    ValueError
        If the budget is not positive or a clinic is unknown.
    PlanError
        If the contract has ended before the system's first day, or nobody works at
        the clinics asked for.
    """
    policy = policy or RosterPolicy()
    if budget < 1:
        raise ValueError(f"budget must be one sweep or more, got {budget}")
    on = effective_day(contract, system.first_day)
    asked = asked_of(system)
    tasks = _tasks(
        system, contract, on, policy, clinic_ids, asked, week_now, budget, seed
    )
    sites = list(_run(tasks, workers, progress, stop))
    roster = _roster_of(sites, contract, max(on, system.first_day))
    preferences = score_roster(
        roster,
        system,
        policy,
        openings_wanted={who: n for site in sites for who, n in site.openings.items()},
        asked=asked,
        week_now=week_now,
    )
    points = sum(preference.points for preference in preferences)
    bound = int(np.floor(sum(site.bound for site in sites) * (1 + 1e-9) + 1e-6))
    shortages = tuple(short for site in sites for short in site.shortages)
    shortages += _cover_of_nobody(system, tasks, clinic_ids)
    clashes = _clashes(system, contract, on, sites, progress)
    clashes += unkept(
        roster,
        system,
        contract,
        max(on, system.first_day),
        without_week={who for site in sites for who in site.unplanned},
        shortages=shortages,
    )
    return RosterResult(
        status=_status(sites, points, bound, policy.gap, bool(clashes or shortages)),
        roster=roster,
        objective=points,
        bound=max(bound, points),
        seed=seed,
        version=version("caretime"),
        inputs_hash=system.inputs_hash,
        contract_hash=contract_hash(contract),
        work=sum(site.work for site in sites),
        budget=budget,
        preferences=preferences,
        clashes=clashes,
        shortages=shortages,
    )


def _roster_of(
    sites: Sequence[SiteRoster], contract: Contract, first_day: date
) -> Roster:
    weeks = tuple(week for site in sites for week in site.weeks)
    return Roster(contract.contract_id, weeks, first_day, contract.until)


def _tasks(
    system: CareSystem,
    contract: Contract,
    on: date,
    policy: RosterPolicy,
    clinic_ids: Sequence[str] | None,
    asked: Mapping[str, Asked],
    week_now: Roster | None,
    budget: int,
    seed: int,
) -> list[Task]:
    known = {clinic.clinic_id: clinic for clinic in system.clinics}
    wanted = _clinics_wanted(known, clinic_ids)
    day = max(on, system.first_day)
    # The order of rows in the tables must not matter for the weeks.
    staff = _by(
        sorted(
            (c for c in system.clinicians if c.hired_on <= day),
            key=lambda c: c.clinician_id,
        ),
        lambda c: c.clinic_id,
    )
    if not any(staff[name] for name in wanted):
        raise PlanError(f"nobody works at {', '.join(wanted)}")
    groups = _by(sorted(system.groups, key=lambda g: g.group_id), lambda g: g.leader_id)
    away = _by(system.unavailable, lambda u: u.clinician_id)
    places = _by(system.work_places, lambda p: p.clinician_id)
    cover = _by(sorted(system.cover, key=astuple), lambda c: c.clinic_id)
    meetings = _by(sorted(system.team_meetings, key=repr), lambda m: m.clinic_id)
    now = {week.clinician_id: week for week in week_now.weeks} if week_now else {}
    visitors = _visitors(system)
    tasks = []
    for name in wanted:
        mine = staff[name]
        ids = [c.clinician_id for c in mine]
        if not mine:
            continue
        tasks.append(
            Task(
                clinic=known[name],
                clinicians=tuple(mine),
                contract=contract,
                on=on,
                policy=policy,
                asked={i: asked[i] for i in ids},
                groups=tuple(g for i in ids for g in groups[i]),
                cover=tuple(cover[name]),
                meetings=tuple(meetings[name]),
                unavailable=tuple(u for i in ids for u in away[i]),
                work_places=tuple(p for i in ids for p in places[i]),
                duties={
                    c.clinician_id: dict(duties_of(system, contract, c, on))
                    for c in mine
                },
                week_now={i: now[i] for i in ids if i in now},
                visitors=visitors[name],
                seed=seed,
                budget=budget,
            )
        )
    return tasks


def _clinics_wanted(
    known: Mapping[str, object], clinic_ids: Sequence[str] | None
) -> list[str]:
    wanted = list(dict.fromkeys(clinic_ids)) if clinic_ids else list(known)
    if strange := [name for name in wanted if name not in known]:
        raise ValueError(f"unknown clinic {', '.join(strange)}")
    return wanted


def _by(things: Iterable[Noun], key: Callable[[Noun], str]) -> Mapping[str, list[Noun]]:
    found: dict[str, list[Noun]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    return found


def _visitors(system: CareSystem) -> Mapping[str, NDArray[np.int64]]:
    """Return by clinic the rooms that people of other clinics may need."""
    home = {c.clinician_id: c.clinic_id for c in system.clinicians}
    rooms: dict[str, NDArray[np.int64]] = defaultdict(
        lambda: np.zeros((WORKING_DAYS, TICKS), np.int64)
    )
    for place in system.work_places:
        away = place.place != home.get(place.clinician_id, place.place)
        if away and place.weekday < WORKING_DAYS:
            span = slice(place.start // GRID, -(-place.end // GRID))
            rooms[place.place][place.weekday, span] += 1
    return rooms


def _run(
    tasks: Sequence[Task],
    workers: int,
    progress: Progress | None,
    stop: Callable[[], bool],
) -> Iterable[SiteRoster]:
    def told(done: int) -> None:
        if progress:
            progress(done, len(tasks), "weeks of sites")

    told(0)
    if workers == 1 or len(tasks) == 1:
        for done, task in enumerate(tasks, start=1):
            yield build_site(task, stop=stop)
            told(done)
        return
    # Long sites first keep all processes busy to the end.
    order = sorted(range(len(tasks)), key=lambda t: -len(tasks[t].clinicians))
    context = get_context("spawn")
    halt = context.Event()
    built: dict[int, SiteRoster] = {}
    with ProcessPoolExecutor(
        min(workers, len(tasks)), context, initializer=_listen, initargs=(halt,)
    ) as pool:
        running = {pool.submit(_build_until_halt, tasks[t]): t for t in order}
        left = set(running)
        try:
            while left:
                ready, left = wait(left, PATIENCE, FIRST_COMPLETED)
                built |= {running[future]: future.result() for future in ready}
                if ready:
                    told(len(built))
                if stop():
                    halt.set()
        except BaseException:
            # Leaving the pool waits for what runs, which ends with its sweep.
            halt.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    yield from (built[t] for t in range(len(tasks)))


PATIENCE = 0.2
"""Seconds between two questions whether to stop, while other processes build."""

_halt: Event | None = None
"""Set in the first process once the others are to finish what is at hand."""


def _listen(halt: Event) -> None:
    global _halt
    _halt = halt
    # Who interrupts speaks to the first process, which tells the others.
    signal(SIGINT, SIG_IGN)


def _build_until_halt(task: Task) -> SiteRoster:
    assert _halt is not None
    return build_site(task, stop=_halt.is_set)


def _cover_of_nobody(
    system: CareSystem, tasks: Sequence[Task], clinic_ids: Sequence[str] | None
) -> tuple[Shortage, ...]:
    """Return the cover of clinics where nobody works."""
    staffed = {task.clinic.clinic_id for task in tasks}
    return tuple(
        Shortage(
            row.clinic_id,
            "cover",
            DAY_NAMES[row.weekday],
            row.clinicians * (row.end - row.start),
            f"nobody works at {row.clinic_id}, where {row.clinicians} are to cover "
            f"on {DAY_NAMES[row.weekday]}",
        )
        for row in system.cover
        if row.clinic_id not in staffed
        and (clinic_ids is None or row.clinic_id in clinic_ids)
    )


def _status(
    sites: Sequence[SiteRoster], points: int, bound: int, gap: float, lacks: bool
) -> str:
    if lacks:
        return "infeasible"
    if points >= bound:
        return "optimal"
    if (bound - points) <= gap * abs(bound):
        return "within_gap"
    return "stopped" if any(site.stopped for site in sites) else "wide_gap"


def _clashes(
    system: CareSystem,
    contract: Contract,
    on: date,
    sites: Sequence[SiteRoster],
    progress: Progress | None,
) -> tuple[Clash, ...]:
    """Explain each kind of week that cannot be, once; tell what cannot be proven."""
    unplanned = {who: why for site in sites for who, why in site.unplanned.items()}
    if not unplanned:
        return ()
    # The constraint solver is loaded only where somebody has no week.
    from caretime.rostering.explain import explain_weeks, with_weeks

    people = [c for c in system.clinicians if c.clinician_id in unplanned]
    if progress:
        progress(0, len(people), "reasons why people have no week")
    proven = explain_weeks(system, contract, people, on=max(on, system.first_day))
    told = {who for clash in proven for who in clash.clinician_ids}
    untold = [c for c in people if c.clinician_id not in told]
    shown = with_weeks(system, contract, untold, on=max(on, system.first_day))
    rest: dict[str, list[str]] = defaultdict(list)
    for who, why in unplanned.items():
        if who not in told:
            text = A_WEEK + (why or NOT_LEVEL) if who in shown else why or NO_WEEK
            rest[text].append(who)
    return proven + tuple(Clash(tuple(ids), (), why) for why, ids in rest.items())
