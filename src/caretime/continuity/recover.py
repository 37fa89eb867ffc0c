"""The backlog an incident leaves: a dated plan, and when it is over, simulated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

from caretime.continuity._recover_end import PARTS, Waits, days_of, ended_share
from caretime.continuity._recover_extra import Extra
from caretime.continuity._recover_people import Awaiting, awaiting
from caretime.continuity._recover_places import Places
from caretime.errors import PlanError
from caretime.model.assumptions import Assumptions
from caretime.model.calendar import monday_of
from caretime.model.incident import Incident
from caretime.model.strike import Recovery, RecoveryWeek, StrikePlan
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.way_back import CaughtUp, RecoveryPolicy
from caretime.model.week import Roster

Progress = Callable[[int, int, str], None]

WEEK = timedelta(days=7)


def recover(
    plan: StrikePlan,
    system: CareSystem,
    contract: Contract,
    *,
    weeks: int = 26,
    replications: int = 20,
    seed: int = 1,
    workers: int | str = 2,
    extra: RecoveryPolicy | None = None,
    roster: Roster | None = None,
    progress: Progress | None = None,
) -> Recovery:
    """
    Work off what an incident leaves, and say when it is over.

    Parameters
    ----------
    system
        As at the start of the plan: its book is what the clinicians come back to,
        and what the simulation starts from.
    weeks
        How many after the incident, 1 or more.
    replications, seed, workers
        Of the simulation, as in `caretime.simulation.simulate`.
    extra
        Which conditions of the contract hold, and what counts as over.

    Returns
    -------
    Recovery
        Its dated plan knows the people of the plan alone; its ends are simulated and
        know everybody, also those who were referred meanwhile and will be.

    Raises
    ------
    PlanError
        If weeks or replications are below 1, or nobody is away in the plan.

    Notes
    -----
    **The dated plan.** Everybody who has no substitute when the own clinician comes
    back is owed one visit; visits that fell away before it are lost, not owed. Those
    owed take, in the order of `handback.hand_back`, the first free opening of the own
    clinician's week after what is booked, or an extra one if that is sooner. First
    come intakes, on intake openings, then returns. Its weeks begin with the Monday on
    which the first come back.

    Extra openings are read from the clauses in force, and nothing else is assumed:
    protected hours as far as a clause lets them be booked under a condition of
    ``extra.triggers`` and the caps leave room; reserved intake and urgent openings
    that by expected demand nobody asks for, which a contract releases shortly before
    their day. No kind of clause states overtime, so none is planned; the answer says
    so, with the clauses that are kept as text alone.

    **The end.** The contract is run with and without the incident on the same random
    keys. A backlog is gone from the first week on in which, to the end of the run,
    the share of first offers beyond their limit is no further above that of the same
    week without the incident than the tolerance, or than chance moves it: three
    standard deviations between the replications without it. The simulation books
    extra openings by its own reading of the contract. A person whose visit was
    cancelled is booked again there without a new offer; what shows is how late those
    are booked who come after them.

    The simulation finds substitutes by two shares, not by matching. They are replaced
    by the plan's own: ``substitute_share`` by the share of returns of the plan that
    are held in-house, ``incident_network_share`` by the share of the others that the
    network takes (``fed``). An open end is taken to be the last week planned.
    """
    policy = extra or RecoveryPolicy()
    if weeks < 1 or replications < 1:
        raise PlanError(f"nothing to run: {weeks} weeks, {replications} replications")
    returned = returns_of(plan)
    fed = shares_of(plan)
    assumptions = system.assumptions
    for name, value in fed.items():
        assumptions = assumptions.with_value(name, value)
    first = max(returned.values())
    # The engine runs free of the interpreter: days are given out meanwhile.
    with ThreadPoolExecutor(1) as beside:
        runs = beside.submit(
            _simulated, plan, system, contract, assumptions, first,
            weeks=weeks, replications=replications, seed=seed, workers=workers,
            roster=roster, progress=progress,
        )  # fmt: skip
        places = Places(system, contract, returned, weeks=weeks, roster=roster)
        owed = [p for p in awaiting(plan, system, returned) if _is_owed(p)]
        people, extras = _catch_up(system, contract, places, policy, owed)
        waits = runs.result()
    monday = _next_monday(first)
    parts = [w.ends(policy.tolerance) for w in waits]
    ends = [max(each) for each in zip(*parts, strict=True)]
    return Recovery(
        weeks=_weeks(people, places, extras.by_week.tolist()),
        ends=days_of(ends, monday),
        ended_share=ended_share(ends),
        replications=replications,
        people=people,
        extras=extras.told(),
        parts=tuple(w.part(policy.tolerance, monday) for w in waits),
        fed=fed,
    )


def returns_of(plan: StrikePlan) -> dict[str, date]:
    """
    Return each clinician's first day back for good.

    Of an open end the day after the weeks planned.

    Raises
    ------
    PlanError
        If nobody is away.
    """
    after = plan.monday + plan.weeks * WEEK
    back: dict[str, date] = {}
    for absence in plan.absent:
        day = after
        if absence.last_day is not None:
            day = absence.last_day + timedelta(days=1)
        back[absence.clinician_id] = max(day, back.get(absence.clinician_id, day))
    if not back:
        raise PlanError(f"nobody is away in the plan for {plan.incident.incident_id}")
    return back


def shares_of(plan: StrikePlan) -> dict[str, float]:
    """
    Return the shares of substitutes that the plan achieves, by assumption.

    Of the returns that fall away: the share held in-house, and the share of the rest
    that the network takes; without returns nothing.
    """
    held: Counter[str] = Counter()
    total = 0
    for series, match in zip(plan.series, plan.matching.matches, strict=True):
        if series.visit_type == "return":
            total += len(series.weeks)
            held[match.kind] += min(len(match.weeks), len(series.weeks))
    if not total:
        return {}
    rest = total - held["in_house"]
    return {
        "substitute_share": held["in_house"] / total,
        "incident_network_share": held["network"] / rest if rest else 0.0,
    }


def _is_owed(person: Awaiting) -> bool:
    """Say whether somebody has no visit: no substitute, nothing booked at home."""
    return not person.substitute_id and person.own_day is None


def _catch_up(
    system: CareSystem,
    contract: Contract,
    places: Places,
    policy: RecoveryPolicy,
    owed: list[Awaiting],
) -> tuple[tuple[CaughtUp, ...], Extra]:
    """Give each visit owed a day, intakes before returns, in order."""
    days: dict[str, CaughtUp] = {}
    turn = sorted(owed, key=lambda person: person.turn)

    def give(person: Awaiting, day: date | None, *, is_extra: bool) -> None:
        one = person.series
        days[one.patient_id] = CaughtUp(
            one.patient_id, one.clinician_id, one.visit_type, 0, day, is_extra
        )

    for person in turn:
        if person.series.visit_type == "intake":
            who = person.series.clinician_id
            give(person, places.take(who, "intake", person.back), is_extra=False)
    extras = Extra(system, contract, places, policy)
    for person in turn:
        if person.series.visit_type != "intake":
            who = person.series.clinician_id
            plain = places.next_day(who, "return", person.back)
            more = extras.next_day(who, person.back)
            if more is not None and (plain is None or more < plain):
                extras.take(who, more)
                give(person, more, is_extra=True)
            else:
                give(person, places.take(who, "return", person.back), is_extra=False)
    order: Counter[str] = Counter()
    place = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    turn.sort(key=lambda person: place[person.series.clinician_id])
    people = []
    for person in turn:
        order[person.series.clinician_id] += 1
        number = order[person.series.clinician_id]
        people.append(replace(days[person.series.patient_id], order=number))
    return tuple(people), extras


def _weeks(
    people: tuple[CaughtUp, ...], places: Places, extra: list[int]
) -> tuple[RecoveryWeek, ...]:
    """Count week by week, until nothing is owed or the weeks are over."""
    held = Counter(
        (one.day - places.monday).days // 7 for one in people if one.day is not None
    )
    owed = len(people)
    weeks = []
    for week in range(places.weeks):
        if not owed:
            break
        monday = places.monday + week * WEEK
        weeks.append(RecoveryWeek(monday, owed, extra[week], held[week]))
        owed -= held[week]
    return tuple(weeks)


def _simulated(
    plan: StrikePlan,
    system: CareSystem,
    contract: Contract,
    assumptions: Assumptions,
    first: date,
    *,
    weeks: int,
    replications: int,
    seed: int,
    workers: int | str,
    roster: Roster | None,
    progress: Progress | None,
) -> list[Waits]:
    """Run the contract with and without the incident, on the same keys."""
    from caretime.simulation import simulate

    after = (_next_monday(first) - system.first_day).days // 7
    tallies = []
    for arm, incident in enumerate((closed(plan), None)):
        text = "without the incident" if arm else "with the incident"

        def tell(
            done: int, _: int, what: str, arm: int = arm, text: str = text
        ) -> None:
            if progress:
                told = f"{what}, {text}"
                progress(arm * replications + done, 2 * replications, told)

        result = simulate(
            system,
            contract,
            assumptions=assumptions,
            weeks=max(after, 0) + weeks,
            replications=replications,
            seed=seed,
            workers=workers,
            incident=incident,
            roster=roster,
            progress=tell,
        )
        tallies.append(result.tally)
    with_, without = tallies
    return [Waits(name, system, with_, without, max(after, 0)) for name in PARTS]


def closed(plan: StrikePlan) -> Incident:
    """Return the incident with an end: an open one lasts for the weeks planned."""
    incident = plan.incident
    if not incident.open_ended:
        return incident
    if incident.clinician_ids:
        last = plan.monday + plan.weeks * WEEK - timedelta(days=1)
        return replace(incident, open_ended=False, last_day=last)

    def padded(path: tuple[float, ...]) -> tuple[float, ...]:
        more = plan.weeks - len(path)
        return path + path[-1:] * more if path else path

    return replace(
        incident,
        open_ended=False,
        shares=padded(incident.shares),
        shares_low=padded(incident.shares_low),
        shares_high=padded(incident.shares_high),
    )


def _next_monday(day: date) -> date:
    """Return the day if it is a Monday, else the Monday after it."""
    return monday_of(day + timedelta(days=6))
