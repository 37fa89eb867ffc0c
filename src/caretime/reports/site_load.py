"""What a site's week asks of it, minute by minute: rooms, visits, cover, desks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from caretime.model.calendar import MINUTES_PER_DAY, WORKING_DAYS
from caretime.model.people import Clinic
from caretime.model.site import Cover
from caretime.model.system import CareSystem
from caretime.model.week import Block, Roster
from caretime.reports.week_calendar import clock
from caretime.rules.sharing import share_out
from caretime.rules.spans import (
    DAY_NAMES,
    Span,
    paid_activities,
    visit_activities,
)

WEEK = WORKING_DAYS * MINUTES_PER_DAY
STEP = 30
"""A sentence names half hours: visits leave a room free for minutes at most."""

MEASURES = ("rooms", "visits", "cover", "desk")
"""What can be shown of a site, in the order of its picture."""


@dataclass(frozen=True, slots=True)
class SiteLoad:
    """
    People and rooms in use at a site, one number for each minute of the week.

    Parameters
    ----------
    clinicians
        How many people work for the site in the week.
    rooms
        Visits in a room of the site.
    visits
        Visits of everybody who works for the site, by telehealth too.
    cover, cover_asked
        People on crisis cover who count toward what is asked, and what is asked.
    desk, working
        People at work without a patient (notes, meetings, buffers, rests ...), and
        people at work.
    """

    clinic: Clinic
    clinicians: int
    rooms: Sequence[int]
    visits: Sequence[int]
    cover: Sequence[int]
    cover_asked: Sequence[int]
    desk: Sequence[int]
    working: Sequence[int]

    @property
    def shown(self) -> tuple[str, ...]:
        """The measures there is something to show of."""
        return tuple(m for m in MEASURES if m != "cover" or any(self.cover_asked))

    @property
    def hours(self) -> tuple[int, int]:
        """First and last whole hour of the day with work or cover in it."""
        used = [
            minute % MINUTES_PER_DAY
            for minute in range(WEEK)
            if self.working[minute] or self.cover_asked[minute]
        ]
        if not used:
            return self.clinic.opens // 60, -(-self.clinic.closes // 60)
        return min(used) // 60, max(used) // 60 + 1

    @property
    def full(self) -> tuple[Span, ...]:
        """The spans of half hours in which, at some minute, no room is free."""
        return _spans(used >= self.clinic.rooms for used in self.rooms)

    @property
    def lacking_rooms(self) -> tuple[Span, ...]:
        """The spans of half hours in which more rooms are used than there are."""
        return _spans(used > self.clinic.rooms for used in self.rooms)

    @property
    def lacking_cover(self) -> tuple[Span, ...]:
        """The spans of half hours in which cover is short."""
        return _spans(
            held < asked
            for held, asked in zip(self.cover, self.cover_asked, strict=True)
        )

    def worst_cover(self, span: Span) -> tuple[int, int]:
        """Return people on cover and people asked at a span's worst minute."""
        minutes = range(*span)
        worst = max(
            minutes, key=lambda m: (self.cover_asked[m] - self.cover[m], self.cover[m])
        )
        return self.cover[worst], self.cover_asked[worst]

    def desk_share(self, span: Span) -> float | None:
        """Return desk minutes over minutes worked, ``None`` where nobody works."""
        worked = sum(self.working[slice(*span)])
        return sum(self.desk[slice(*span)]) / worked if worked else None


def site_load(roster: Roster, system: CareSystem, clinic_id: str) -> SiteLoad:
    """
    Count rooms, visits, cover and desks of one site.

    A block belongs to the site where it is worked; by telehealth, or without a
    place, to the clinician's own site. A meal is no work. A group that leader and
    co-leader hold together takes one room. As in the judge, a person on cover counts
    at the site alone and for one shift at a time, so that most of what is asked is met.

    Raises
    ------
    ValueError
        If the system has no such clinic.
    """
    clinic = next((c for c in system.clinics if c.clinic_id == clinic_id), None)
    if clinic is None:
        raise ValueError(f"no clinic {clinic_id!r}")
    licenses = {c.clinician_id: c.license for c in system.clinicians}
    counted: defaultdict[str, list[Block]] = defaultdict(list)
    covering: list[tuple[str, Block]] = []
    people: set[str] = set()
    second = _second_leaders(roster, system, clinic_id)
    for clinician_id, block, here in _worked_for(roster, system, clinic_id):
        people.add(clinician_id)
        in_room = here and (clinician_id, block) not in second
        for name in _counted_as(block.activity, in_room=in_room):
            counted[name].append(block)
        if block.activity == "crisis_cover" and here:
            covering.append((licenses.get(clinician_id, ""), block))
    held, asked = _cover(
        covering, [s for s in system.cover if s.clinic_id == clinic_id]
    )
    return SiteLoad(
        clinic=clinic,
        clinicians=len(people),
        rooms=_at_once(counted["rooms"]),
        visits=_at_once(counted["visits"]),
        cover=held,
        cover_asked=asked,
        desk=_at_once(counted["desk"]),
        working=_at_once(counted["working"]),
    )


def span_words(spans: Sequence[Span], *, most: int = 3) -> str:
    """
    Name spans of the week, days with the same hours together.

    Parameters
    ----------
    most
        Hours that are named; how many times come after them is counted.

    Examples
    --------
    >>> span_words([(600, 720), (2040, 2160)])
    'Mon and Tue 10:00-12:00'
    >>> span_words([(n * 60, n * 60 + 30) for n in range(8, 14)], most=2)
    'Mon 08:00-08:30, Mon 09:00-09:30 and 4 more times'
    """
    days: dict[str, list[int]] = {}
    for start, end in spans:
        day = start // MINUTES_PER_DAY
        first = day * MINUTES_PER_DAY
        days.setdefault(f"{clock(start - first)}-{clock(end - first)}", []).append(day)
    parts = [f"{_days(on)} {hours}" for hours, on in list(days.items())[:most]]
    if rest := sum(len(on) for on in list(days.values())[most:]):
        parts.append("1 more time" if rest == 1 else f"{rest} more times")
    return _and(parts)


def _days(days: Sequence[int]) -> str:
    """
    Name days of the week, three or more in a row by their ends.

    >>> _days([0, 1, 2, 4]), _days([0, 1, 2])
    ('Mon, Tue, Wed and Fri', 'Mon to Wed')
    """
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{DAY_NAMES[days[0]]} to {DAY_NAMES[days[-1]]}"
    return _and([DAY_NAMES[day] for day in days])


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def moment(minute: int) -> str:
    """
    Name a minute of the week.

    >>> moment(1440 + 600)
    'Tue 10:00'
    """
    return f"{DAY_NAMES[minute // MINUTES_PER_DAY]} {clock(minute % MINUTES_PER_DAY)}"


def _worked_for(
    roster: Roster, system: CareSystem, clinic_id: str
) -> Iterator[tuple[str, Block, bool]]:
    """Yield who works which block for the site, and whether it is worked there."""
    homes = {c.clinician_id: c.clinic_id for c in system.clinicians}
    sites = {clinic.clinic_id for clinic in system.clinics}
    for week in roster.weeks:
        at_home = homes.get(week.clinician_id) == clinic_id
        for block, place in week.placed():
            here = place == clinic_id
            if block.day < WORKING_DAYS and (here or (at_home and place not in sites)):
                yield week.clinician_id, block, here


def _second_leaders(
    roster: Roster, system: CareSystem, clinic_id: str
) -> set[tuple[str, Block]]:
    """Return the groups of co-leaders whose leader holds them in the same room."""
    held = {
        (week.clinician_id, block.start): block
        for week in roster.weeks
        for block, place in week.placed()
        if block.activity == "group" and place == clinic_id
    }
    found = set()
    for group in system.groups:
        start = group.weekday * MINUTES_PER_DAY + group.start
        other = group.co_leader_id or ""
        if (group.leader_id, start) in held and (other, start) in held:
            found.add((other, held[other, start]))
    return found


def _counted_as(activity: str, *, in_room: bool) -> Iterator[str]:
    if activity not in paid_activities():
        return
    yield "working"
    if activity not in visit_activities():
        yield "desk"
        return
    yield "visits"
    if in_room:
        yield "rooms"


def _cover(
    covering: Sequence[tuple[str, Block]], shifts: Sequence[Cover]
) -> tuple[list[int], list[int]]:
    """Return people on cover who count, and people asked, minute by minute."""
    held, asked = [0] * WEEK, [0] * WEEK
    spans = {
        str(n): _span(shift)
        for n, shift in enumerate(shifts)
        if shift.weekday < WORKING_DAYS
    }
    edges = {edge for span in spans.values() for edge in span}
    edges |= {edge for _, block in covering for edge in (block.start, block.end)}
    for start, end in pairwise(sorted(edges)):
        needs = {
            name: shifts[int(name)].clinicians
            for name, (first, last) in spans.items()
            if first <= start and end <= last
        }
        people = [
            (1, tuple(name for name in needs if _may(license_code, shifts[int(name)])))
            for license_code, block in covering
            if block.start <= start and end <= block.end
        ]
        met = sum(share_out(people, needs).values()) if needs else 0
        for minute in range(start, end):
            held[minute], asked[minute] = met, sum(needs.values())
    return held, asked


def _span(shift: Cover) -> Span:
    midnight = shift.weekday * MINUTES_PER_DAY
    return midnight + shift.start, midnight + shift.end


def _may(license_code: str, shift: Cover) -> bool:
    return not shift.licenses or license_code in shift.licenses


def _at_once(blocks: Iterable[Block]) -> list[int]:
    """Count the blocks that run in each minute of the week."""
    edges = [0] * (WEEK + 1)
    for block in blocks:
        edges[block.start] += 1
        edges[block.end] -= 1
    return list(accumulate(edges))[:WEEK]


def _spans(holds: Iterable[bool]) -> tuple[Span, ...]:
    """Return the spans of half hours with a minute that holds, cut at midnight."""
    minutes = list(holds)
    halves = [
        (start // MINUTES_PER_DAY, any(minutes[start : start + STEP]))
        for start in range(0, WEEK, STEP)
    ]
    found, start = [], 0
    for (_, here), run in groupby(halves):
        end = start + STEP * sum(1 for _ in run)
        if here:
            found.append((start, end))
        start = end
    return tuple(found)
