"""A site with some weeks to build and the others as they are: a system of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.site import Cover, TeamMeeting, WorkPlace
from caretime.model.system import CareSystem
from caretime.model.week import TELEHEALTH, Block, Roster, RosterWeek
from caretime.rules.spans import intersect, length, merge, spans_of, visit_activities

PARKED = ".kept"
"""Ends the id of a clinic that only holds the people whose weeks stay."""


def part_of_site(
    system: CareSystem, roster: Roster, freed: Collection[str], site: str
) -> CareSystem:
    """
    Return the system in which only the freed have a week to be built at a site.

    Notes
    -----
    Who stays belongs to a clinic of its own and visits the site for each visit held
    in person there, so that a builder keeps the room. Of a shift, only what they do
    not hold is left; a team meeting with an open time stands where they meet; groups
    they lead are theirs. The freed keep the telehealth days they have, where nothing
    else is stated of those days.
    """
    staff = {c.clinician_id: c for c in system.clinicians if c.clinic_id == site}
    (clinic,) = (c for c in system.clinics if c.clinic_id == site)
    weeks = {week.clinician_id: week for week in roster.weeks}
    stay = [weeks[who] for who in staff if who in weeks and who not in freed]
    parked = replace(clinic, clinic_id=site + PARKED)
    return replace(
        system,
        clinics=(*system.clinics, parked),
        clinicians=tuple(
            replace(c, clinic_id=parked.clinic_id, supervisor_id=None)
            if c.clinician_id in staff and c.clinician_id not in freed
            else c
            for c in system.clinicians
            # Who stays without a week takes no part.
            if c.clinician_id not in staff
            or c.clinician_id in freed
            or c.clinician_id in weeks
        ),
        groups=tuple(
            g for g in system.groups if g.leader_id not in staff or g.leader_id in freed
        ),
        cover=tuple(_open_cover(system, stay, site)),
        team_meetings=tuple(_held(m, stay, site) for m in system.team_meetings),
        work_places=(
            *(
                p
                for p in system.work_places
                if p.clinician_id not in staff or p.clinician_id in freed
            ),
            *_rooms_kept(system, stay, site),
            *_same_home_days(system, [weeks[w] for w in sorted(freed) if w in weeks]),
        ),
    )


def _rooms_kept(
    system: CareSystem, stay: Sequence[RosterWeek], site: str
) -> Iterator[WorkPlace]:
    """Yield a visit to the site for each room that a week takes there."""
    second = {
        (g.co_leader_id, g.weekday * MINUTES_PER_DAY + g.start) for g in system.groups
    }
    kinds = visit_activities()
    for week in stay:
        for block, place in week.placed():
            if place != site or block.activity not in kinds:
                continue
            if block.activity == "group" and (week.clinician_id, block.start) in second:
                continue
            start = block.minute_of_day
            yield WorkPlace(
                week.clinician_id, block.day, start, start + block.minutes, site
            )


def _open_cover(
    system: CareSystem, stay: Sequence[RosterWeek], site: str
) -> Iterator[Cover]:
    """Yield the shifts with the people still to be found; overlaps use people up."""
    licenses = {c.clinician_id: c.license for c in system.clinicians}
    on_duty = [
        (week.clinician_id, block)
        for week in stay
        for block, place in week.placed()
        if place == site and block.activity == "crisis_cover"
    ]
    for shift in system.cover:
        if shift.clinic_id != site:
            yield shift
            continue
        midnight = shift.weekday * MINUTES_PER_DAY
        whole = Block(midnight + shift.start, shift.end - shift.start, "crisis_cover")
        holders = [
            (who, block)
            for who, block in on_duty
            if block.start <= whole.start
            and whole.end <= block.end
            and (not shift.licenses or licenses[who] in shift.licenses)
        ][: shift.clinicians]
        on_duty = [one for one in on_duty if one not in holders]
        if len(holders) < shift.clinicians:
            yield replace(shift, clinicians=shift.clinicians - len(holders))


def _held(meeting: TeamMeeting, stay: Sequence[RosterWeek], site: str) -> TeamMeeting:
    """Return the meeting at the first time at which all who stay are in one."""
    if meeting.clinic_id != site or meeting.start is not None or not stay:
        return meeting
    common = merge(spans_of(stay[0].template.blocks, ("meeting",)))
    for week in stay[1:]:
        mine = merge(spans_of(week.template.blocks, ("meeting",)))
        common = [s for a in common for b in mine if (s := intersect(a, b))]
    for span in common:
        day, start = divmod(span[0], MINUTES_PER_DAY)
        if length([span]) >= meeting.minutes and meeting.weekday in (None, day):
            return replace(meeting, weekday=day, start=start)
    return meeting


def _same_home_days(
    system: CareSystem, weeks: Sequence[RosterWeek]
) -> Iterator[WorkPlace]:
    stated = {(p.clinician_id, p.weekday) for p in system.work_places}
    kinds = visit_activities()
    for week in weeks:
        places: dict[int, set[str]] = {}
        for block, place in week.placed():
            if block.activity in kinds:
                places.setdefault(block.day, set()).add(place)
        for day, found in sorted(places.items()):
            if found == {TELEHEALTH} and (week.clinician_id, day) not in stated:
                yield WorkPlace(week.clinician_id, day, 0, MINUTES_PER_DAY, TELEHEALTH)
