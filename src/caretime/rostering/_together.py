"""What people of a site do together: meetings, cover, supervision, rooms at home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.model.site import Cover, TeamMeeting
from caretime.rostering._asked import bands
from caretime.rostering._columns import Shift, may_hold
from caretime.rostering._kernel import days as kernel
from caretime.rostering._load import TICKS
from caretime.rostering._person import Fixed, Plan, telehealth_days
from caretime.rostering._staff import Staff
from caretime.rostering._week import Prices, Week, in_rooms, solve_week
from caretime.rules.duties import activity_minutes
from caretime.rules.week_terms import GRID, round_half_up

PIECE = 60
"""Supervision is given an hour at a time."""

CANDIDATES = 24
"""Times tried for one hour of supervision, best first."""

NOON = 12 * 60 // GRID


@dataclass
class Desk:
    """
    The plans of a site with the week each has for now.

    A change of what is fixed is taken only where everyone it touches still has a
    week.
    """

    staff: Staff
    plans: list[Plan]
    weeks: list[Week]

    def fits(self, p: int, fixed: Sequence[Fixed]) -> tuple[Plan, Week] | None:
        """Return the plan with these fixed blocks and a week, if there is one."""
        plan = self.staff.reload(self.plans[p], fixed)
        if plan is None:
            return None
        plain = Prices(np.zeros(len(bands())))
        week = solve_week(plan, plain, self.staff.task.policy)
        return None if week is None else (plan, week)

    def take(self, p: int, found: tuple[Plan, Week]) -> None:
        """Let a plan and its week hold."""
        self.plans[p], self.weeks[p] = found

    def is_free(self, p: int, block: Fixed) -> bool:
        """Say whether nothing fixed or stated stands against a block."""
        plan = self.plans[p]
        away = plan.person.away[block.day, block.tick : block.end]
        return not away.any() and not any(block.meets(other) for other in plan.fixed)

    def works(self, p: int, day: int) -> bool:
        """Say whether someone's present week has work on a day."""
        return self.weeks[p].days[day] is not None


def turned(seed: int, *names: object) -> int:
    """Return a number that depends on seed and names only, the same everywhere."""
    text = ":".join(str(name) for name in (seed, *names))
    return int.from_bytes(sha256(text.encode()).digest()[:8])


def meeting_time(
    meeting: TeamMeeting, plans: Sequence[Plan], cover: Sequence[Cover]
) -> Fixed:
    """
    Return when a team meets: the stated time, or the one fewest cannot keep.

    Who holds cover is excused. Among equals the time nearest to noon in the middle
    of the week.
    """
    ticks = -(-meeting.minutes // GRID)
    if meeting.weekday is not None and meeting.start is not None:
        return Fixed(
            meeting.weekday, meeting.start // GRID, ticks, "meeting", "team_meetings"
        )
    days = [meeting.weekday] if meeting.weekday is not None else range(WORKING_DAYS)
    starts = [meeting.start // GRID] if meeting.start is not None else range(36, 65, 2)
    times = [
        Fixed(day, tick, ticks, "meeting", "team_meetings")
        for day in days
        for tick in starts
    ]

    def against(time: Fixed) -> tuple[int, int, int]:
        lost = sum(_stands_against(time, plan) for plan in plans)
        lost += sum(
            shift.clinicians
            for shift in cover
            if shift.weekday == time.day
            and shift.start < time.end * GRID
            and time.tick * GRID < shift.end
        )
        return lost, abs(time.day - 2), abs(time.tick + ticks // 2 - NOON)

    return min(times, key=against)


def _stands_against(time: Fixed, plan: Plan) -> bool:
    rule = plan.load.rule
    if plan.person.away[time.day, time.tick : time.end].any():
        return True
    if not rule[kernel.FIRST] <= time.tick <= rule[kernel.LAST] - time.ticks:
        return True
    return any(
        time.day == block.day
        # A gap of a quarter hour between two fixed blocks cannot be worked.
        and time.tick < block.end + 2
        and block.tick < time.end + 2
        and time.tick != block.end
        and block.tick != time.end
        for block in plan.fixed
    )


def assign_cover(
    desk: Desk, shifts: Sequence[Shift], held: NDArray[np.float64]
) -> Iterator[tuple[Shift, int]]:
    """
    Give every shift its people; yield the shifts that lack some, and how many.

    Shifts that few may hold come first. Nobody holds more than an equal share while
    others may, nor more beyond it than the policy lets; of those left, the one comes
    first whose week loses fewest openings, then whom the bound's solution chose.
    """
    seed = desk.staff.task.seed
    count = [0] * len(desk.plans)
    share = equal_shares(desk.plans, [shift.cover for shift in shifts])
    most = [plan.most_cover for plan in desk.plans]
    order = sorted(range(len(shifts)), key=lambda s: (len(shifts[s].may), s))
    for s in order:
        shift = shifts[s]
        lacking = shift.cover.clinicians
        block = Fixed(
            shift.cover.weekday, shift.tick, shift.ticks, "crisis_cover", "cover"
        )
        queue = sorted(
            (p for p in shift.may if count[p] < most[p] and _may_cover(desk, p, block)),
            key=lambda p: (
                count[p] >= share[p],
                not desk.works(p, block.day),
                openings_lost(desk.staff, desk.plans[p], block.ticks * GRID),
                -round(held[s, p], 3),
                count[p],
                turned(seed, s, desk.plans[p].person.clinician_id),
            ),
        )
        for p in queue:
            if lacking == 0:
                break
            found = desk.fits(p, _with(desk.plans[p].fixed, block))
            if found is not None:
                desk.take(p, found)
                count[p] += 1
                lacking -= 1
        if lacking:
            yield shift, lacking


def equal_shares(plans: Sequence[Plan], cover: Sequence[Cover]) -> list[int]:
    """Return how many shifts each may hold before others have held theirs."""
    share = [0.0] * len(plans)
    for shift in cover:
        may = [p for p, plan in enumerate(plans) if may_hold(plan, shift)]
        total = sum(plans[p].person.clinician.fte for p in may)
        for p in may:
            share[p] += shift.clinicians * plans[p].person.clinician.fte / total
    return [ceil(n) for n in share]


def openings_lost(staff: Staff, plan: Plan, minutes: int) -> int:
    """Return how many openings a week loses to so many minutes of cover."""
    before = sum(b.ticks * GRID for b in plan.fixed if b.activity == "crisis_cover")
    ledger = staff.ledger(plan.person, {"crisis_cover": before + minutes})
    if isinstance(ledger, str):
        return plan.load.visits
    left = ledger.openings.total - ledger.openings.group
    return plan.load.visits - left


def least_losses(
    staff: Staff, plan: Plan, cover: Sequence[Cover]
) -> tuple[float, float, float]:
    """
    Return what cover costs a week at least, as two lines under the true loss.

    Returns
    -------
    tuple of float
        Visits lost a minute from the first minute on; visits lost a minute on a
        steeper line; and how far that one begins below zero. Both hold for every
        total of minutes that the shifts a week may hold can add up to: several
        short ones may cost less than each alone, and the first may fit into
        minutes no visit could use.
    """
    lengths = {s.end - s.start for s in cover if may_hold(plan, s)}
    totals = {0}
    for _ in range(plan.most_cover):
        totals |= {total + length for total in totals for length in lengths}
    lost = {
        total: openings_lost(staff, plan, total)
        for total in sorted(totals)
        if 0 < total <= plan.load.paid * GRID
    }
    if not lost:
        return 0.0, 0.0, 0.0
    low, high = min(lost), max(lost)
    first = min(visits / total for total, visits in lost.items())
    steep = (lost[high] - lost[low]) / (high - low) if high > low else first
    free = max(0.0, *(steep * total - visits for total, visits in lost.items()))
    return first, steep, free


def _with(fixed: Sequence[Fixed], shift: Fixed) -> list[Fixed]:
    """Return fixed blocks with a shift, and without the team meeting it excuses."""
    kept = [b for b in fixed if b.source != "team_meetings" or not b.meets(shift)]
    return [*kept, shift]


def _may_cover(desk: Desk, p: int, block: Fixed) -> bool:
    plan = desk.plans[p]
    if plan.person.places[block.day]:
        return False
    if plan.person.away[block.day, block.tick : block.end].any():
        return False
    if any(b.meets(block) and b.source != "team_meetings" for b in plan.fixed):
        return False
    # Cover is given at the clinic, so the day is no telehealth day.
    clinician, days = plan.person.clinician, plan.load.ledger.days
    told = {d for d in range(WORKING_DAYS) if plan.person.places[d]}
    at_home = sum(not _has_clinic(plan, d) for d in told)
    covered = {b.day for b in plan.fixed if b.activity == "crisis_cover"} | {block.day}
    free = days - len(told) - len(covered - told)
    return telehealth_days(clinician, days) - at_home <= free


def pair_up(desk: Desk) -> Iterator[tuple[int, int]]:
    """Give associates their hours of supervision; yield plans and minutes lacking."""
    index = {plan.person.clinician_id: p for p, plan in enumerate(desk.plans)}
    for p, plan in enumerate(desk.plans):
        clinician = plan.person.clinician
        owed = activity_minutes(plan.person.clauses, "supervision", fte=clinician.fte)
        if clinician.supervisor_id is None or not owed:
            continue
        other = index.get(clinician.supervisor_id)
        for minutes in _pieces(owed):
            if other is None or not _pair(desk, p, other, minutes):
                yield p, minutes


def pieces_of(desk: Desk, p: int) -> list[int]:
    """Return the ticks of the hours of supervision that somebody takes or gives."""
    ticks = []
    me = desk.plans[p].person.clinician_id
    for plan in desk.plans:
        who = plan.person.clinician
        if who.supervisor_id is not None and me in (
            who.clinician_id,
            who.supervisor_id,
        ):
            owed = activity_minutes(plan.person.clauses, "supervision", fte=who.fte)
            ticks += [-(-minutes // GRID) for minutes in _pieces(owed)]
    return ticks


def _pieces(minutes: int) -> list[int]:
    whole, rest = divmod(minutes, PIECE)
    pieces = [PIECE] * whole
    if rest and pieces and rest < PIECE // 2:
        pieces[-1] += rest
    elif rest:
        pieces.append(rest)
    return pieces


def _pair(desk: Desk, p: int, other: int, minutes: int) -> bool:
    """Find the best hour at which both still have a week."""
    ticks = -(-minutes // GRID)
    used = {b.day for b in desk.plans[p].fixed if b.activity == "supervision"}
    times = []
    for day in range(WORKING_DAYS):
        if not (desk.works(p, day) and desk.works(other, day)):
            continue
        for tick in range(36, 66, 2):
            block = Fixed(day, tick, ticks, "supervision", "supervisor_id", minutes)
            if desk.is_free(p, block) and desk.is_free(other, block):
                times.append((day in used, _loss(desk, (p, other), block), day, block))
    times.sort(key=lambda time: time[:3])
    for _, _, _, block in times[:CANDIDATES]:
        mine = desk.fits(p, [*desk.plans[p].fixed, block])
        if mine is None:
            continue
        theirs = desk.fits(other, [*desk.plans[other].fixed, block])
        if theirs is not None:
            desk.take(p, mine)
            desk.take(other, theirs)
            return True
    return False


def _loss(desk: Desk, pair: Sequence[int], block: Fixed) -> int:
    """Return what stands against a time: standing patients, asked times, gaps."""
    loss = abs(block.tick + block.ticks // 2 - NOON) // 2
    for p in pair:
        plan = desk.plans[p]
        span = slice(max(0, block.tick - 3), block.end)
        loss += 10 * int(plan.person.standing[block.day, span].sum())
        for other in plan.fixed:
            if other.day == block.day and other.activity != "group":
                loss -= 5 * (other.end == block.tick or block.end == other.tick)
        loss += 8 * any(
            band.start < block.end * GRID and block.tick * GRID < band.end
            for band in bands()
        )
    return loss


def choose_home_days(desk: Desk) -> None:
    """Choose everyone's telehealth days so that rooms are needed evenly."""
    task = desk.staff.task
    present = np.zeros(WORKING_DAYS, np.int64)
    order = sorted(
        range(len(desk.plans)),
        key=lambda p: turned(task.seed, "home", desk.plans[p].person.clinician_id),
    )
    for p in order:
        plan, week = desk.plans[p], desk.weeks[p]
        worked = [d for d in range(WORKING_DAYS) if week.days[d] is not None]
        told = [d for d in worked if plan.person.places[d]]
        at_home = [d for d in told if not _has_clinic(plan, d)]
        share = plan.person.clinician.telehealth_share
        agreed = max(0, round_half_up(share * len(worked)) - len(at_home))
        bound = {b.day for b in plan.fixed if b.activity == "crisis_cover"}
        free = [d for d in worked if d not in told and d not in bound]
        free.sort(key=lambda d: (-present[d], (d + p) % WORKING_DAYS))
        chosen = frozenset(free[:agreed])
        desk.plans[p] = replace(plan, telehealth=chosen, works=frozenset(worked))
        for d in worked:
            present[d] += d not in chosen and d not in at_home


def _has_clinic(plan: Plan, day: int) -> bool:
    return any(span.place != "telehealth" for span in plan.person.places[day])


def rooms_taken(plan: Plan, week: Week) -> NDArray[np.int64]:
    """Return ``(days, ticks)``: rooms of the own clinic that a week takes."""
    taken = np.zeros((WORKING_DAYS, TICKS), np.int64)
    for day, worked in enumerate(week.days):
        if worked is None:
            continue
        here = in_rooms(plan, day).astype(np.int64)
        for action, tick in worked.items:
            if action < len(plan.load.visit_ticks):
                span = slice(tick, tick + int(plan.load.visit_ticks[action]))
                taken[day, span] += here[span]
        for block in plan.fixed:
            if block.day == day and block.activity == "group":
                span = slice(block.tick, block.tick + -(-block.minutes // GRID))
                taken[day, span] += here[span]
    return taken
