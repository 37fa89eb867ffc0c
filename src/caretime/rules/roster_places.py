"""Rules of a roster about places: rooms, opening hours, stated places, travel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.outcome import Violation
from caretime.model.people import Clinician
from caretime.model.site import WorkPlace
from caretime.model.week import TELEHEALTH, Block, RosterWeek
from caretime.rules.breaches import Violations
from caretime.rules.duties import journeys
from caretime.rules.roster_scene import Scene, Visit, broken, span_words
from caretime.rules.spans import (
    DAY_NAMES,
    Span,
    intersect,
    length,
    paid_activities,
    visit_activities,
    where,
    work_spans,
)
from caretime.rules.week_terms import round_half_up


def unknown_places(scene: Scene) -> Violations:
    """Find blocks at a place that is no clinic of the system and no telehealth."""
    known = {"", TELEHEALTH, *scene.clinics}
    return tuple(
        broken(
            "places",
            clinician.clinician_id,
            where(block.start),
            (1, 0, "blocks"),
            f"{block.activity} at {where(block.start)} is at {place!r}, "
            "which is no place of the system",
        )
        for clinician, week in scene.staff
        if not known.issuperset(week.places)
        for block, place in week.placed()
        if place not in known
    )


def visits_without_place(scene: Scene) -> Violations:
    """Find visits that are neither at a clinic nor by telehealth."""
    visits = visit_activities()
    return tuple(
        broken(
            "visit_places",
            clinician.clinician_id,
            where(block.start),
            (1, 0, "visits"),
            f"{block.activity} at {where(block.start)} has no place",
        )
        for clinician, week in scene.staff
        if "" in week.places
        for block, place in week.placed()
        if not place and block.activity in visits
    )


def visits_away(scene: Scene) -> Violations:
    """
    Find visits in person at a clinic where the clinician does not work.

    It must be their own clinic, or one named by a span of ``work_places`` that holds
    the whole visit.
    """
    return tuple(
        broken(
            "own_clinics",
            visit.clinician.clinician_id,
            where(visit.block.start),
            (1, 0, "visits"),
            f"{visit.block.activity} in person at {where(visit.block.start)} is at "
            f"{visit.clinic.clinic_id}, {visit.clinician.clinician_id} works at "
            f"{visit.clinician.clinic_id}",
        )
        for visit in scene.visits
        if visit.clinic.clinic_id != visit.clinician.clinic_id
        and not _is_stated(scene, visit)
    )


def elsewhere_than_stated(scene: Scene) -> Violations:
    """Find spans of ``work_places`` with paid time at another place than stated."""
    found = []
    paid = paid_activities() - {"travel"}
    for clinician_id, places in scene.work_places.items():
        week = scene.by_id.get(clinician_id)
        placed = list(week.placed()) if week else []
        for stated in places:
            elsewhere: list[Span] = []
            seen = set()
            for block, place in placed:
                shared = intersect((block.start, block.end), _span(stated))
                there = place in ("", stated.place)
                if shared and not there and block.activity in paid:
                    elsewhere.append(shared)
                    seen.add(place)
            if elsewhere:
                minutes, since = length(elsewhere), where(elsewhere[0][0])
                text = f"{minutes} minutes at {' and '.join(sorted(seen))} "
                text += f"{span_words(_span(stated))}, {stated.place} is stated"
                figures = (minutes, 0, "min")
                found.append(broken("work_places", clinician_id, since, figures, text))
    return tuple(found)


def telehealth_days_missed(scene: Scene) -> Violations:
    """
    Find weeks with fewer or more days of telehealth than the share gives.

    Notes
    -----
    Our reading of a share: it gives whole days, ``round_half_up(share x working
    days)``. A day of which ``work_places`` speaks is judged by what it says; where
    it says telehealth all day, it is one of the days the share gives. On the other
    days visits are all by telehealth or all in person, because a mixed day would
    hide how many rooms are needed. A day without visits may count as either.
    """
    found: list[Violation] = []
    for clinician, week in scene.staff:
        found += _telehealth_of(clinician, week, scene)
    return tuple(found)


def journeys_cut(scene: Scene) -> Violations:
    """Find changes of the clinic within a day with less travel than stated."""
    found = []
    for clinician_id, stated in scene.work_places.items():
        week = scene.by_id.get(clinician_id)
        if week is None:
            continue
        minutes = {
            (to.weekday, start.place, to.place): to.travel_minutes
            for start, to in journeys(stated)
        }
        for start, to in _changes(week, scene):
            owed = minutes.get((start[0].day, start[1], to[1]), 0)
            between = (start[0].end, to[0].start)
            given = _travel_within(week.template.blocks, between)
            if given < owed:
                place = where(to[0].start)
                text = f"{given} minutes of travel from {start[1]} to {to[1]} before "
                text += f"{place}, {owed} stated"
                figures = (given, owed, "min")
                found.append(
                    broken("travel_minutes", clinician_id, place, figures, text)
                )
    return tuple(found)


def visits_out_of_hours(scene: Scene) -> Violations:
    """Find visits in person while their clinic is closed."""
    found = []
    for visit in scene.visits:
        first = visit.block.minute_of_day
        last = first + visit.block.minutes
        opens, closes = visit.clinic.opens, visit.clinic.closes
        if opens <= first and last <= closes:
            continue
        inside = intersect((first, last), (opens, closes)) or (0, 0)
        minutes = visit.block.minutes - (inside[1] - inside[0])
        place = where(visit.block.start)
        text = (
            f"{minutes} minutes of the {visit.block.activity} at {place} lie outside "
        )
        text += f"the hours of {visit.clinic.clinic_id}"
        figures = (minutes, 0, "min")
        found.append(
            broken("opens", visit.clinician.clinician_id, place, figures, text)
        )
    return tuple(found)


def rooms_short(scene: Scene) -> Violations:
    """
    Find the spans in which a clinic has more visits in person than rooms.

    A group that its leader and co-leader hold together takes one room. The
    violation is the site's: it names nobody, and ``observed`` is the most there were
    in the span.
    """
    edges: dict[str, list[tuple[int, int]]] = defaultdict(list)
    twice = _held_twice(scene)
    for visit in scene.visits:
        block = visit.block
        if block.activity == "group":
            seat = (visit.clinician.clinician_id, block.start, visit.clinic.clinic_id)
            if seat in twice:
                continue
        edges[visit.clinic.clinic_id] += [(block.start, 1), (block.end, -1)]
    found = []
    for clinic_id, changes in sorted(edges.items()):
        clinic = scene.clinics[clinic_id]
        for span, most in _over(changes, clinic.rooms):
            text = f"{most} visits in person at {clinic_id} {span_words(span)}, "
            text += f"{clinic.rooms} rooms"
            place = f"{clinic_id} {span_words(span)}"
            found.append(
                broken("rooms", "", place, (most, clinic.rooms, "rooms"), text)
            )
    return tuple(found)


def _span(stated: WorkPlace) -> Span:
    midnight = stated.weekday * MINUTES_PER_DAY
    return midnight + stated.start, midnight + stated.end


def _is_stated(scene: Scene, visit: Visit) -> bool:
    return any(
        stated.place == visit.clinic.clinic_id
        and _span(stated)[0] <= visit.block.start
        and visit.block.end <= _span(stated)[1]
        for stated in scene.work_places.get(visit.clinician.clinician_id, ())
    )


def _telehealth_of(
    clinician: Clinician, week: RosterWeek, scene: Scene
) -> Iterator[Violation]:
    stated = scene.work_places.get(clinician.clinician_id, ())
    worked = {start // MINUTES_PER_DAY for start, _ in work_spans(week.template.blocks)}
    told = {span.weekday for span in stated}
    away = worked & (told - {s.weekday for s in stated if s.place != TELEHEALTH})
    agreed = round_half_up(clinician.telehealth_share * len(worked)) - len(away)
    agreed = min(max(0, agreed), len(worked - told))
    minutes: dict[int, int] = defaultdict(int)
    in_person = set()
    visits = visit_activities()
    for block, place in week.placed():
        if block.activity not in visits or block.day in told:
            continue
        if place == TELEHEALTH:
            minutes[block.day] += block.minutes
        elif place:
            in_person.add(block.day)
    remote = set(minutes) - in_person
    possible = len(worked - told - in_person)
    who = clinician.clinician_id
    if len(remote) > agreed or possible < agreed:
        count = len(remote) if len(remote) > agreed else possible
        text = f"{count} days of telehealth, {agreed} by the share of "
        text += f"{clinician.telehealth_share:g}"
        figures = (count, agreed, "days")
        yield broken("telehealth_share", who, "week", figures, text)
    for day in sorted(set(minutes) & in_person):
        text = f"visits both in person and by telehealth on {DAY_NAMES[day]}"
        figures = (minutes[day], 0, "min")
        yield broken("telehealth_share", who, DAY_NAMES[day], figures, text)


def _changes(
    week: RosterWeek, scene: Scene
) -> Iterator[tuple[tuple[Block, str], tuple[Block, str]]]:
    """Yield the neighbors of a day, worked at clinics, whose clinics differ."""
    at_clinics = [
        (block, place)
        for block, place in week.placed()
        if place in scene.clinics and block.activity != "travel"
    ]
    for start, to in pairwise(at_clinics):
        if start[0].day == to[0].day and start[1] != to[1]:
            yield start, to


def _travel_within(blocks: Iterable[Block], span: Span) -> int:
    spans = (
        intersect((b.start, b.end), span) for b in blocks if b.activity == "travel"
    )
    return length(filter(None, spans))


def _held_twice(scene: Scene) -> set[tuple[str, int, str]]:
    """Return co-leader, start and clinic of groups that the leader holds there too."""
    held = {
        (visit.clinician.clinician_id, visit.block.start, visit.clinic.clinic_id)
        for visit in scene.visits
        if visit.block.activity == "group"
    }
    twice = set()
    for group in scene.system.groups:
        start = group.weekday * MINUTES_PER_DAY + group.start
        if group.co_leader_id is None:
            continue
        for clinic_id in scene.clinics:
            seat = (group.co_leader_id, start, clinic_id)
            if seat in held and (group.leader_id, start, clinic_id) in held:
                twice.add(seat)
    return twice


def _over(changes: Iterable[tuple[int, int]], rooms: int) -> Iterator[tuple[Span, int]]:
    """Yield the longest spans with more rooms taken than there are, and how many."""
    by_minute: dict[int, int] = defaultdict(int)
    for minute, change in changes:
        by_minute[minute] += change
    taken = most = 0
    since: int | None = None
    for minute, change in sorted(by_minute.items()):
        taken += change
        if taken > rooms:
            if since is None:
                since, most = minute, taken
            most = max(most, taken)
        elif since is not None:
            yield (since, minute), most
            since = None
