"""What a site lacks before any week is built: rooms, people for cover, supervision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations, pairwise

from caretime.errors import PlanError
from caretime.model.calendar import WORKING_DAYS
from caretime.model.outcome import Shortage
from caretime.model.people import Clinic, Clinician
from caretime.model.site import Cover
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.duties import activity_minutes, duties_of
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.sharing import share_out
from caretime.rules.spans import DAY_NAMES, Span, intersect, length, subtract
from caretime.rules.week_terms import (
    GRID,
    clauses_on,
    effective_day,
    round_half_up,
)

LONGEST_DAY = 10 * 60
VISITS = ("intake", "return", "group", "urgent")


@dataclass(frozen=True, slots=True)
class Post:
    """
    One clinician of a site with the ledger of their week.

    ``free`` holds for each weekday the spans in which they may work; ``needed`` the
    minutes of supervision given, which ``ledger`` leaves out. Where the clauses need
    more than the paid hours, ``ledger`` is ``None``.
    """

    clinician: Clinician
    ledger: Ledger | None
    free: tuple[tuple[Span, ...], ...]
    needed: int

    @property
    def spare(self) -> int:
        """Minutes a week that could be given to something else: returns and rest."""
        if self.ledger is None:
            return 0
        returns = self.ledger.openings.return_ * self.ledger.visits["return"].slot
        return returns + self.ledger.unassigned_minutes

    @property
    def in_person(self) -> int:
        """Minutes a week in a room, however full the days of telehealth are."""
        if self.ledger is None:
            return 0
        return max(0, _room_minutes(self.ledger) - self._most_from_home(self.ledger))

    def _most_from_home(self, ledger: Ledger) -> int:
        away = round_half_up(self.clinician.telehealth_share * ledger.days)
        slots = [ledger.visits[kind] for kind in VISITS]
        best = max(_in_room(s.minutes) / s.slot for s in slots)
        a_day = round_half_up(LONGEST_DAY * best)
        if ledger.daily_cap is not None:
            longest = max(_in_room(s.minutes) for s in slots)
            a_day = min(a_day, ledger.daily_cap * longest)
        return away * a_day


def explain_sites(
    system: CareSystem,
    contract: Contract,
    *,
    clinic_ids: Sequence[str] | None = None,
    on: date | None = None,
) -> tuple[Shortage, ...]:
    """
    Say which sites lack rooms, people for cover or supervision, by sums alone.

    Parameters
    ----------
    clinic_ids
        Only these clinics; all by default.
    on
        Day on which the clauses are read; the system's first day by default.

    Returns
    -------
    tuple of Shortage
        By clinic: room-hours, cover moment by moment, cover in the week,
        supervision. Each is certain: no roster can make it up. That none is found
        does not promise that one exists.

    Notes
    -----
    Rooms: visits of the contract's week, less what the days of telehealth can hold
    at most, against rooms times the hours in which the clinic is open and the work
    week runs; for every set of weekdays, those who can work on no others. A visit
    takes its room until the next quarter hour. Cover: at every moment, those with a
    license for it who are available; in the week, shifts against the returns that
    could give way to them. Supervision: what a supervisor owes against their own
    week, and the hours both are available.
    """
    day = effective_day(contract, on or system.first_day)
    posts = _posts(system, contract, day)
    found: list[Shortage] = []
    for clinic in system.clinics:
        if clinic_ids is None or clinic.clinic_id in clinic_ids:
            team = posts[clinic.clinic_id]
            shifts = [s for s in system.cover if s.clinic_id == clinic.clinic_id]
            found += _rooms_short(clinic, team)
            found += _cover_short(clinic, team, shifts)
            found += _supervision_short(clinic, team, posts, contract, day)
    return tuple(found)


def _posts(
    system: CareSystem, contract: Contract, on: date
) -> Mapping[str, list[Post]]:
    leaders = {group.leader_id for group in system.groups}
    away: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for row in system.unavailable:
        away[row.clinician_id].append((row.weekday, (row.start, row.end)))

    @cache
    def ledger(
        license_code: str,
        fte: float,
        ages: tuple[str, ...],
        leads: bool,
        duties: tuple[tuple[str, int], ...],
    ) -> Ledger | None:
        try:
            return week_ledger(
                contract,
                license_code=license_code,
                fte=fte,
                on=on,
                ages=ages,
                leads_groups=leads,
                duties=dict(duties),
            )
        except PlanError:
            return None

    posts: dict[str, list[Post]] = defaultdict(list)
    for who in system.clinicians:
        if who.hired_on > max(on, system.first_day):
            continue
        duties = dict(duties_of(system, contract, who, on))
        given = duties.pop("supervision", 0)
        leads = who.leads_groups and who.clinician_id in leaders
        week = ledger(
            who.license, who.fte, who.ages, leads, tuple(sorted(duties.items()))
        )
        free = _free(week, away[who.clinician_id])
        posts[who.clinic_id].append(Post(who, week, free, given))
    return posts


def _free(
    ledger: Ledger | None, away: Sequence[tuple[int, Span]]
) -> tuple[tuple[Span, ...], ...]:
    """Return the spans of each weekday within the work week and available."""
    day = (ledger.start, ledger.latest) if ledger else (0, 0)
    return tuple(
        tuple(subtract([day], [span for on, span in away if on == weekday]))
        for weekday in range(WORKING_DAYS)
    )


def _in_room(minutes: int) -> int:
    """Return how long a visit keeps its room: the next starts on a quarter hour."""
    return -(-minutes // GRID) * GRID


def _room_minutes(ledger: Ledger) -> int:
    numbers = {
        "intake": ledger.openings.intake,
        "return": ledger.openings.return_,
        "group": ledger.openings.group,
        "urgent": ledger.openings.urgent,
    }
    return sum(n * _in_room(ledger.visits[k].minutes) for k, n in numbers.items())


# Rooms ------------------------------------------------------------------------


def _rooms_short(clinic: Clinic, team: Sequence[Post]) -> Iterator[Shortage]:
    """Yield the shortage of the set of weekdays that is worst, if any is."""
    wanted: dict[frozenset[int], int] = defaultdict(int)
    for post in team:
        days = frozenset(d for d in range(WORKING_DAYS) if post.free[d])
        wanted[days] += post.in_person
    worst, where = 0, ""
    asked = held = 0
    for size in range(1, WORKING_DAYS + 1):
        for some in combinations(range(WORKING_DAYS), size):
            need = sum(m for days, m in wanted.items() if days and days <= set(some))
            room = clinic.rooms * sum(_open_minutes(clinic, team, d) for d in some)
            if need - room > worst:
                worst, asked, held = need - room, need, room
                whole = size == WORKING_DAYS
                where = "week" if whole else ", ".join(DAY_NAMES[d] for d in some)
    if worst:
        text = (
            f"{clinic.clinic_id} lacks {_h(worst)} room-hours ({where}): visits in "
            f"person take at least {_h(asked)}, {clinic.rooms} rooms give {_h(held)}"
        )
        yield Shortage(clinic.clinic_id, "rooms", where, worst, text)


def _open_minutes(clinic: Clinic, team: Iterable[Post], day: int) -> int:
    """Return the minutes of a day in which the clinic is open and somebody works."""
    spans = [span for post in team for span in post.free[day]]
    opens = (clinic.opens, clinic.closes)
    shared = [both for span in set(spans) if (both := intersect(span, opens))]
    return length(shared)


# Cover ------------------------------------------------------------------------


def _cover_short(
    clinic: Clinic, team: Sequence[Post], shifts: Sequence[Cover]
) -> Iterator[Shortage]:
    short = list(_moments_short(clinic, team, shifts))
    yield from short
    if not short:
        # Where a moment is short, its hours would only be counted again.
        yield from _week_of_cover_short(clinic, team, shifts)


def _moments_short(
    clinic: Clinic, team: Sequence[Post], shifts: Sequence[Cover]
) -> Iterator[Shortage]:
    """Yield each shift's stretches at which too few people can be there."""
    for day in sorted(
        {shift.weekday for shift in shifts if shift.weekday < WORKING_DAYS}
    ):
        today = [shift for shift in shifts if shift.weekday == day]
        lacking: dict[int, list[tuple[Span, int]]] = defaultdict(list)
        for piece in _pieces(today, team, day):
            needs = {
                str(n): shift.clinicians
                for n, shift in enumerate(today)
                if intersect((shift.start, shift.end), piece)
            }
            there = [
                (1, [n for n in needs if _may_hold(post, today[int(n)])])
                for post in team
                if any(s <= piece[0] and piece[1] <= e for s, e in post.free[day])
            ]
            for n, given in share_out(there, needs).items():
                if given < needs[n]:
                    lacking[int(n)].append((piece, needs[n] - given))
        for number, spans in sorted(lacking.items()):
            yield _cover_shortage(clinic, today[number], spans)


def _pieces(
    shifts: Sequence[Cover], team: Sequence[Post], day: int
) -> list[tuple[int, int]]:
    edges = {minute for shift in shifts for minute in (shift.start, shift.end)}
    first, last = min(edges), max(edges)
    edges |= {
        minute
        for post in team
        for span in post.free[day]
        for minute in span
        if first < minute < last
    }
    return [
        piece
        for piece in pairwise(sorted(edges))
        if any(intersect((s.start, s.end), piece) for s in shifts)
    ]


def _cover_shortage(
    clinic: Clinic, shift: Cover, spans: Sequence[tuple[Span, int]]
) -> Shortage:
    minutes = sum((end - start) * people for (start, end), people in spans)
    first, last = spans[0][0][0], spans[-1][0][1]
    when = f"{DAY_NAMES[shift.weekday]} {_clock(first)} to {_clock(last)}"
    most = max(people for _, people in spans)
    text = (
        f"{clinic.clinic_id} lacks {most} of {shift.clinicians} ({_who(shift)}) for "
        f"crisis cover on {when}: {_h(minutes)} license-hours"
    )
    return Shortage(clinic.clinic_id, "cover", when, minutes, text)


def _week_of_cover_short(
    clinic: Clinic, team: Sequence[Post], shifts: Sequence[Cover]
) -> Iterator[Shortage]:
    """Yield what shifts ask beyond the hours that those with a license have."""
    needs: dict[str, int] = defaultdict(int)
    for shift in shifts:
        needs[_who(shift)] += (shift.end - shift.start) * shift.clinicians
    may = {_who(shift): shift for shift in shifts}
    spare = [
        (post.spare, [who for who in needs if _may_hold(post, may[who])])
        for post in team
    ]
    for who, given in share_out(spare, needs).items():
        if lacking := needs[who] - given:
            text = (
                f"{clinic.clinic_id} lacks {_h(lacking)} license-hours a week ({who}) "
                f"for crisis cover: {_h(needs[who])} asked, {_h(given)} left beside "
                "what the clauses reserve"
            )
            yield Shortage(clinic.clinic_id, "cover", "week", lacking, text)


def _may_hold(post: Post, shift: Cover) -> bool:
    return not shift.licenses or post.clinician.license in shift.licenses


def _who(shift: Cover) -> str:
    return " or ".join(shift.licenses) or "anybody"


# Supervision ------------------------------------------------------------------


def _supervision_short(
    clinic: Clinic,
    team: Sequence[Post],
    posts: Mapping[str, Sequence[Post]],
    contract: Contract,
    on: date,
) -> Iterator[Shortage]:
    everyone = {p.clinician.clinician_id: p for ps in posts.values() for p in ps}
    for post in team:
        who = post.clinician
        if lacking := max(0, post.needed - post.spare):
            text = (
                f"{who.clinician_id} owes {_h(post.needed)} hours of supervision a "
                f"week and has {_h(post.spare)} beside what the clauses reserve"
            )
            yield Shortage(clinic.clinic_id, "supervision", "week", lacking, text)
        supervisor = everyone.get(who.supervisor_id or "")
        if supervisor is None:
            continue
        clauses = clauses_on(contract, on, license_code=who.license)
        owed = activity_minutes(clauses, "supervision", fte=who.fte)
        common = _common(post, supervisor)
        if common < owed:
            text = (
                f"{who.clinician_id} and supervisor {who.supervisor_id} are both "
                f"available for {_h(common)} of the {_h(owed)} hours of supervision"
            )
            yield Shortage(clinic.clinic_id, "supervision", "week", owed - common, text)


def _common(one: Post, other: Post) -> int:
    return sum(
        both[1] - both[0]
        for mine, theirs in zip(one.free, other.free, strict=True)
        for a in mine
        for b in theirs
        if (both := intersect(a, b))
    )


def _h(minutes: int) -> str:
    return f"{minutes / 60:,.1f}".removesuffix(".0")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
