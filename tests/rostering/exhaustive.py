"""
Every legal week of a tiny system, by definition: no bounds, no programs, no solver.

A week is put together from quarter hours: a start, visits of the ledger's lengths,
desk time, a meal. What a policy takes a working day to be is a filter, ``check`` is
the filter for clauses and law, and the points are counted on the finished blocks.
Weeks are tried in the order of their points, so the first legal one is the best.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.people import Clinic, Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime.rostering.policy import RosterPolicy
from caretime.rules.check import check
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.week_terms import GRID
from caretime.tables import rows
from rostering.tiny import SITE

VISITS = ("intake", "return", "urgent")
DESK, MEAL = "desk", "meal"
TAKEN_AS_DESK = frozenset(
    ("patient_management", "meeting", "training", "supervision", "admin", "travel")
)
LAW_MEAL_BY, LAW_MEAL_OVER = 300, 300
"""Labor Code 512: over five hours of work, at the latest when five are worked."""

Item = tuple[str, int]
"""What stands there, and the minute of the day at which it starts."""

Day = tuple[Item, ...]


@dataclass(frozen=True)
class Person:
    """One clinician of a tiny system under a contract."""

    clinician: Clinician
    ledger: Ledger
    system: CareSystem
    contract: Contract
    policy: RosterPolicy
    now: RosterWeek | None

    def minutes(self, kind: str) -> int:
        """Return what an item takes of the day."""
        if kind == DESK:
            return GRID
        if kind == MEAL:
            return self.ledger.meal_minutes
        return self.ledger.visits[kind].slot


def person(
    system: CareSystem,
    contract: Contract,
    clinician: Clinician,
    policy: RosterPolicy,
    now: Roster | None = None,
) -> Person:
    """Set a clinician beside the ledger of the contract."""
    ledger = week_ledger(
        contract,
        license_code=clinician.license,
        fte=clinician.fte,
        on=system.first_day,
        ages=clinician.ages,
    )
    week = now.week_of(clinician.clinician_id) if now else None
    return Person(clinician, ledger, system, contract, policy, week)


def best_roster(
    system: CareSystem,
    contract: Contract,
    policy: RosterPolicy,
    now: Roster | None = None,
) -> tuple[int, Roster] | None:
    """Return the best legal roster of one or two clinicians, ``None`` without any."""
    people = [person(system, contract, c, policy, now) for c in system.clinicians]
    if len(people) == 1:
        found = next(legal_weeks(people[0]), None)
        return found and (found[0], Roster(contract.contract_id, (found[1],)))
    one, other = (list(legal_weeks(p)) for p in people)
    (clinic,) = system.clinics
    for points, i, j in _best_pairs(one, other):
        pair = (one[i][1], other[j][1])
        if fits_rooms(pair, clinic):
            return points, Roster(contract.contract_id, pair)
    return None


def fits_rooms(weeks: Sequence[RosterWeek], clinic: Clinic) -> bool:
    """Say whether the visits at a clinic ever need more rooms than it has."""
    visits = [
        block
        for week in weeks
        for block, place in week.placed()
        if block.activity in (*VISITS, "group") and place == clinic.clinic_id
    ]
    return all(
        sum(v.start <= one.start < v.end for v in visits) <= clinic.rooms
        for one in visits
    )


def legal_weeks(who: Person) -> Iterator[tuple[int, RosterWeek]]:
    """Yield points and week of each legal week, best first."""
    drafts = [(points_of(week, who), week) for week in weeks(who)]
    # The order of equal weeks does not matter for the points of the best one.
    for points, week in sorted(drafts, key=lambda draft: -draft[0]):
        for labelled in labellings(week, who):
            template = labelled.template
            broken = check(
                template,
                who.contract,
                clinician_id=who.clinician.clinician_id,
                license_code=who.clinician.license,
                fte=who.clinician.fte,
                on=who.system.first_day,
            )
            if not broken:
                yield points, labelled
                break


def weeks(who: Person) -> Iterator[RosterWeek]:
    """Yield every week of the paid minutes, its desk time not yet named."""
    by_weekday = {d: list(days(who, d)) for d in range(5)}
    open_days = [d for d, found in by_weekday.items() if found]
    for chosen in combinations(open_days, who.ledger.days):
        for week in product(*(by_weekday[d] for d in chosen)):
            if sum(paid(day, who) for day in week) != who.ledger.paid_minutes:
                continue
            counts = Counter(kind for day in week for kind, _ in day)
            openings = who.ledger.openings
            if (
                counts["intake"] <= openings.intake
                and counts["return"] <= openings.return_
                and counts["urgent"] <= openings.urgent
            ):
                yield written(dict(zip(chosen, week, strict=True)), who)


def days(who: Person, weekday: int) -> Iterator[Day]:
    """Yield every day that is one stretch of work of a length the policy takes."""
    ledger, policy = who.ledger, who.policy
    for start in range(ledger.start, ledger.latest, GRID):
        if start % policy.start_step and start != ledger.start:
            continue
        for day in _from(start, (), who):
            if _is_working_day(day, who) and _is_available(day, weekday, who):
                yield day


def paid(day: Day, who: Person) -> int:
    """Add up the paid minutes of a day."""
    return sum(who.minutes(kind) for kind, _ in day if kind != MEAL)


def written(week: Mapping[int, Day], who: Person) -> RosterWeek:
    """Write a week as blocks: notes and buffer beside visits, rests in buffers."""
    blocks: list[Block] = []
    for weekday, day in week.items():
        midnight = weekday * MINUTES_PER_DAY
        rests = rests_owed(paid(day, who))
        for kind, minute in day:
            start = midnight + minute
            if kind not in VISITS:
                activity = "patient_management" if kind == DESK else MEAL
                blocks.append(Block(start, who.minutes(kind), activity))
                continue
            slot = who.ledger.visits[kind]
            rest = 10 if rests and slot.holds_rest else 0
            rests -= rest > 0
            for activity, length in (
                (kind, slot.minutes),
                ("notes", slot.notes),
                ("paid_rest", rest),
                ("buffer", slot.buffer + slot.pad - rest),
            ):
                if length:
                    blocks.append(Block(start, length, activity))
                start += length
    places = tuple("" if b.activity == MEAL else SITE for b in sorted(blocks))
    return RosterWeek(who.clinician.clinician_id, Template(tuple(blocks)), places)


def rests_owed(worked: int) -> int:
    """Return the law's rests: none below 3.5 hours, else one for each four or so."""
    if worked < 210:
        return 0
    whole, more = divmod(worked, 240)
    return max(1, whole + (more > 120))


def labellings(week: RosterWeek, who: Person) -> Iterator[RosterWeek]:
    """Yield the week with its desk time named in every way that differs."""
    blocks = week.template.blocks
    desk = [k for k, b in enumerate(blocks) if b.activity == "patient_management"]
    owed: dict[str, int] = {}
    for line in who.ledger.lines:
        if line.activity in TAKEN_AS_DESK - {"patient_management"}:
            owed[line.activity] = owed.get(line.activity, 0) + -(-line.minutes // GRID)
    named = sum(owed.values())
    if named > len(desk):
        return
    owed["patient_management"] = len(desk) - named
    for names in arrangements(owed):
        changed = list(blocks)
        for k, name in zip(desk, names, strict=True):
            changed[k] = Block(blocks[k].start, blocks[k].minutes, name)
        yield RosterWeek(week.clinician_id, Template(tuple(changed)), week.places)


def arrangements(counts: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """Yield the orders of so many things of each name, equal ones once."""
    if not any(counts.values()):
        yield ()
        return
    for name, count in counts.items():
        if count:
            for rest in arrangements({**counts, name: count - 1}):
                yield (name, *rest)


def points_of(week: RosterWeek, who: Person) -> int:
    """Count the points of a finished week, preference by preference."""
    visits = [b for b in week.template.blocks if b.activity in (*VISITS, "group")]
    by_weekday = [list(week.template.on_day(day)) for day in range(5)]
    worked = [day for day in by_weekday if day]
    counts = {
        "openings": len(visits),
        "asked_times": _asked(visits, who),
        "standing_times": _standing(visits, who),
        "notes_same_day": sum(_noted(day, who) for day in worked),
        "long_runs": sum(_beyond(day, who.policy.longest_run) for day in worked),
        "desk_stretches": sum(_stretches(day) for day in worked),
        "fair_shifts": _unfair(worked, who),
        "kept_blocks": _kept(visits, who),
    }
    return sum(who.policy.worth(name) * count for name, count in counts.items())


def _from(minute: int, so_far: Day, who: Person) -> Iterator[Day]:
    """Yield every day that goes on at a minute, and the day that ends there."""
    ledger, policy = who.ledger, who.policy
    if so_far:
        yield so_far
    worked = paid(so_far, who)
    mean = -(-ledger.paid_minutes // ledger.days)
    visits = sum(kind in VISITS for kind, _ in so_far)
    for kind in (*VISITS, DESK, MEAL):
        end = minute + who.minutes(kind)
        if end > ledger.latest or worked > mean + policy.day_slack + GRID:
            continue
        if kind == MEAL and (
            any(k == MEAL for k, _ in so_far)
            or not policy.meal_after <= worked <= LAW_MEAL_BY
        ):
            continue
        if kind in VISITS and (
            not getattr(ledger.openings, "return_" if kind == "return" else kind)
            or (ledger.daily_cap is not None and visits >= ledger.daily_cap)
        ):
            continue
        yield from _from(end, (*so_far, (kind, minute)), who)


def _is_working_day(day: Day, who: Person) -> bool:
    """Say whether a policy takes it for a day: its length, its desk time, its meal."""
    ledger, policy = who.ledger, who.policy
    minutes = paid(day, who)
    quarters, more = divmod(ledger.paid_minutes // GRID, ledger.days)
    low = quarters * GRID - policy.day_slack
    high = (quarters + bool(more)) * GRID + policy.day_slack
    if not max(GRID, low) <= minutes <= min(high, policy.longest_day):
        return False
    has_meal = any(kind == MEAL for kind, _ in day)
    if day[-1][0] == MEAL or (minutes > LAW_MEAL_OVER and not has_meal):
        return False
    least = max(policy.shortest_desk, ledger.minimum_block_minutes)
    return all(n * GRID >= least for n in _runs(day))


def _runs(day: Day) -> list[int]:
    """Return the lengths of the stretches of desk time, in quarter hours."""
    found, now = [], 0
    for kind, _ in (*day, ("end", 0)):
        if kind == DESK:
            now += 1
        elif now:
            found.append(now)
            now = 0
    return found


def _is_available(day: Day, weekday: int, who: Person) -> bool:
    """Say whether nothing stands in hours unavailable, nor a visit in a shut site."""
    first, last = day[0][1], day[-1][1] + who.minutes(day[-1][0])
    if any(
        u.weekday == weekday and first < u.end and u.start < last
        for u in who.system.unavailable
        if u.clinician_id == who.clinician.clinician_id
    ):
        return False
    (clinic,) = who.system.clinics
    return all(
        clinic.opens <= minute
        and minute + who.ledger.visits[kind].minutes <= clinic.closes
        for kind, minute in day
        if kind in VISITS
    )


def _noted(day: Sequence[Block], who: Person) -> int:
    """Count a day's visits one by one: notes follow, or the desk has minutes left."""
    by_start = {block.start: block for block in day}
    beside, waiting, count = [], 0, 0
    for block in day:
        is_visit = block.activity in VISITS
        after = by_start.get(block.end)
        if not is_visit and block.activity != "group":
            continue
        if after is not None and after.activity == "notes":
            beside.append(after)
            count += is_visit
        else:
            waiting += is_visit
    desk = [b for b in day if b.activity in ("notes", "patient_management")]
    left = sum(b.minutes for b in desk if b not in beside)
    while waiting > 0 and left >= who.policy.notes_minutes:
        left -= who.policy.notes_minutes
        waiting -= 1
        count += 1
    return count


def _asked(visits: Sequence[Block], who: Person) -> int:
    """Count openings in bands people ask for, each band up to the number wanted."""
    (age,) = who.clinician.ages
    openings = who.ledger.openings
    whole = openings.intake + openings.return_ + openings.urgent
    total = 0
    for row in rows("asked_times"):
        if row["age_group"] == age:
            start, end = (_clock(row[side]) for side in ("start", "end"))
            inside = sum(
                start <= v.minute_of_day < end and v.activity != "group" for v in visits
            )
            total += min(inside, round(whole * float(row["share"])))
    return total


def _standing(visits: Sequence[Block], who: Person) -> int:
    """Count weekly and fortnightly patients whose time is a return, two a time."""
    own = {
        p.patient_id
        for p in who.system.patients
        if p.clinician_id == who.clinician.clinician_id and p.interval_weeks <= 2
    }
    times: Counter[int] = Counter()
    for visit in sorted(who.system.appointments, key=lambda a: a.start):
        if visit.patient_id in own and visit.status == "booked":
            own.discard(visit.patient_id)
            at = visit.start.astimezone(who.system.calendar.zone)
            times[at.weekday() * MINUTES_PER_DAY + at.hour * 60 + at.minute] += 1
    return sum(min(2, times[v.start]) for v in visits if v.activity == "return")


def _beyond(day: Sequence[Block], longest: int) -> int:
    """Count visits beyond the wanted number in a row; desk time or a meal breaks it."""
    extra = run = 0
    for block in day:
        if block.activity in (*VISITS, "group"):
            run += 1
            extra += run > longest
        elif block.activity in TAKEN_AS_DESK or block.activity == MEAL:
            run = 0
    return extra


def _stretches(day: Sequence[Block]) -> int:
    """Count unbroken stretches of desk time."""
    desk = [b for b in day if b.activity in TAKEN_AS_DESK]
    return bool(desk) + sum(one.end < other.start for one, other in pairwise(desk))


def _unfair(worked: Sequence[Sequence[Block]], who: Person) -> int:
    """Count early and late days beyond a share of the working days."""
    policy = who.policy
    edges = sum(
        (day[0].minute_of_day < policy.early_before)
        + (day[-1].minute_of_day + day[-1].minutes > policy.late_after)
        for day in worked
    )
    allowed = -(-policy.shifts_of_five * who.ledger.days // 5)
    return max(0, edges - allowed)


def _kept(visits: Sequence[Block], who: Person) -> int:
    old = who.now.template.blocks if who.now else ()
    there = {(b.start, b.activity) for b in old}
    return sum((v.start, v.activity) in there and v.activity != "group" for v in visits)


def _best_pairs(
    one: Sequence[tuple[int, RosterWeek]], other: Sequence[tuple[int, RosterWeek]]
) -> Iterator[tuple[int, int, int]]:
    """Yield the pairs of two lists, both best first, by their points together."""
    if not one or not other:
        return
    heap = [(-(first[0] + other[0][0]), i, 0) for i, first in enumerate(one)]
    heapq.heapify(heap)
    while heap:
        points, i, j = heapq.heappop(heap)
        yield -points, i, j
        if j + 1 < len(other):
            heapq.heappush(heap, (-(one[i][0] + other[j + 1][0]), i, j + 1))


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
