"""Rules of a roster about people: who has a week, who meets whom, who covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.outcome import Violation
from caretime.model.site import Cover, TeamMeeting
from caretime.model.week import Block, RosterWeek
from caretime.rules.breaches import Violations
from caretime.rules.duties import activity_minutes
from caretime.rules.roster_scene import Scene, broken, span_words
from caretime.rules.sharing import share_out
from caretime.rules.spans import (
    Span,
    intersect,
    length,
    merge,
    spans_of,
    where,
    work_spans,
)
from caretime.rules.week_terms import round_half_up

FULL_WEEK = 40 * 60
"""Paid minutes of a full-time week where no clause says its hours."""


def weeks_missing(scene: Scene) -> Violations:
    """Find clinicians of the planned clinics, hired by then, who have no week."""
    return tuple(
        broken(
            "weeks",
            clinician.clinician_id,
            "week",
            (0, 1, "weeks"),
            f"{clinician.clinician_id} of {clinician.clinic_id} has no week",
        )
        for clinician in scene.system.clinicians
        if clinician.clinician_id not in scene.by_id
        and clinician.clinic_id in scene.planned
        and clinician.hired_on <= scene.on
    )


def weeks_of_strangers(scene: Scene) -> Violations:
    """Find weeks of people whom the system does not know."""
    return tuple(
        broken(
            "clinicians",
            week.clinician_id,
            "week",
            (1, 0, "weeks"),
            f"{week.clinician_id} is no clinician of the system",
        )
        for week in scene.unknown
    )


def hours_over_post(scene: Scene) -> Violations:
    """Find more paid time than 40 hours times FTE, where no work week is agreed."""
    agreed = {
        code: any(clause.kind == "work_week" for clause in clauses)
        for code, clauses in scene.clauses.items()
    }
    found = []
    for clinician, week in scene.staff:
        if agreed[clinician.license]:
            continue
        paid = length(work_spans(week.template.blocks))
        limit = round_half_up(FULL_WEEK * clinician.fte)
        if paid > limit:
            text = f"{paid} paid minutes in the week, {limit} at {clinician.fte:g} FTE"
            figures = (paid, limit, "min")
            found.append(broken("fte", clinician.clinician_id, "week", figures, text))
    return tuple(found)


def work_while_unavailable(scene: Scene) -> Violations:
    """Find paid time in spans in which the clinician said they cannot work."""
    found = []
    for clinician_id, spans in scene.unavailable.items():
        week = scene.by_id.get(clinician_id)
        worked = work_spans(week.template.blocks) if week else []
        for stated in spans:
            midnight = stated.weekday * MINUTES_PER_DAY
            span = (midnight + stated.start, midnight + stated.end)
            shared = [s for s in (intersect(span, work) for work in worked) if s]
            if shared:
                minutes = length(shared)
                text = f"{minutes} minutes of work {span_words(span)}, not available"
                place = where(shared[0][0])
                figures = (minutes, 0, "min")
                found.append(broken("unavailable", clinician_id, place, figures, text))
    return tuple(found)


def supervision_lacking(scene: Scene) -> Violations:
    """
    Find associates with less supervision, shared with their supervisor, than owed.

    Notes
    -----
    Supervision is individual: where two associates of one supervisor are supervised
    at once, each minute serves one of them, whichever leaves fewer minutes lacking
    in all. A supervisor of a clinic that the roster does not plan is not judged.
    """
    clinic_of = {c.clinician_id: c.clinic_id for c in scene.system.clinicians}
    pairs: dict[str, dict[str, int]] = defaultdict(dict)
    for clinician, _ in scene.staff:
        clinic_id = clinic_of.get(clinician.supervisor_id or "")
        if clinician.supervisor_id and clinic_id in scene.planned:
            owed = activity_minutes(
                scene.clauses[clinician.license], "supervision", fte=clinician.fte
            )
            pairs[clinician.supervisor_id][clinician.clinician_id] = owed
    found = []
    for supervisor_id, needs in sorted(pairs.items()):
        given = share_out(_shared_supervision(scene, supervisor_id, needs), needs)
        for who, owed in needs.items():
            if given[who] < owed:
                text = f"{given[who]} minutes of supervision with {supervisor_id} "
                text += f"alone, {owed} owed"
                figures = (given[who], owed, "min")
                found.append(broken("supervisor_id", who, "week", figures, text))
    return tuple(found)


def groups_without_leader(scene: Scene) -> Violations:
    """Find groups that stand in nobody's week at their time."""
    clinic_of = {c.clinician_id: c.clinic_id for c in scene.system.clinicians}
    found = []
    for group in scene.system.groups:
        if clinic_of.get(group.leader_id) not in scene.planned:
            continue
        start = group.weekday * MINUTES_PER_DAY + group.start
        span = (start, start + group.minutes)
        leaders = [who for who in (group.leader_id, group.co_leader_id) if who]
        weeks = [scene.by_id[who] for who in leaders if who in scene.by_id]
        held = max((_held(week, "group", span) for week in weeks), default=0)
        if held < group.minutes:
            text = f"{held} minutes of group {group.group_id} {span_words(span)} in "
            text += f"the week of {' or '.join(leaders)}, {group.minutes} planned"
            figures = (held, group.minutes, "min")
            found.append(broken("groups", leaders[0], where(start), figures, text))
    return tuple(found)


def cover_short(scene: Scene) -> Violations:
    """
    Find the spans of a shift that too few people with a right license cover.

    A violation is the site's: it names nobody, and ``observed`` is the fewest there
    were in the span. Where shifts of one clinic overlap, each person holds one.
    """
    duty: dict[str, list[tuple[Block, str]]] = defaultdict(list)
    for clinician, week in scene.staff:
        for block, place in week.placed():
            if block.activity == "crisis_cover":
                duty[place].append((block, clinician.license))
    shifts: dict[str, list[Cover]] = defaultdict(list)
    for shift in scene.system.cover:
        if shift.clinic_id in scene.planned:
            shifts[shift.clinic_id].append(shift)
    found: list[Violation] = []
    for clinic_id, of_clinic in sorted(shifts.items()):
        found += _cover_of(clinic_id, of_clinic, duty[clinic_id])
    return tuple(found)


def meetings_missed(scene: Scene) -> Violations:
    """
    Find who is not in a team meeting of their clinic; who holds cover is excused.

    Where its time is open, it is held when most of the clinic are in a meeting, the
    earliest such time of the week; two meetings do not share their minutes.
    """
    teams: dict[str, list[tuple[str, list[Span]]]] = defaultdict(list)
    for clinician, week in scene.staff:
        blocks = week.template.blocks
        if any(block.activity != "meal" for block in blocks):
            spans = merge(spans_of(blocks, ("meeting",)))
            teams[clinician.clinic_id].append((clinician.clinician_id, spans))
    # A stated time comes first, a long meeting before a short one.
    order = sorted(
        scene.system.team_meetings, key=lambda m: (m.start is None, -m.minutes)
    )
    found: list[Violation] = []
    held: dict[str, list[Span]] = defaultdict(list)
    for meeting in order:
        team = teams[meeting.clinic_id]
        span = _time_of(meeting, team, held[meeting.clinic_id])
        held[meeting.clinic_id].append(span)
        for who, spans in team:
            minutes = length(filter(None, (intersect(span, one) for one in spans)))
            if minutes < meeting.minutes and not _covers_in(span, scene.by_id[who]):
                text = f"{minutes} minutes in the team meeting of {meeting.clinic_id} "
                text += f"{span_words(span)}, {meeting.minutes} for everyone"
                figures = (minutes, meeting.minutes, "min")
                place = where(span[0])
                found.append(broken("team_meetings", who, place, figures, text))
    return tuple(found)


def _covers_in(span: Span, week: RosterWeek) -> bool:
    cover = spans_of(week.template.blocks, ("crisis_cover",))
    return any(intersect(span, one) for one in cover)


def _shared_supervision(
    scene: Scene, supervisor_id: str, needs: Mapping[str, int]
) -> list[tuple[int, tuple[str, ...]]]:
    """Return stretches of a supervisor's supervision, and whose each may be."""
    given = _supervision(scene.by_id.get(supervisor_id))
    taken = {who: _supervision(scene.by_id[who]) for who in needs}
    everyone = (given, *taken.values())
    edges = sorted({minute for spans in everyone for span in spans for minute in span})
    stretches = []
    for piece in pairwise(edges):
        if any(intersect(piece, span) for span in given):
            whose = tuple(
                who
                for who, spans in taken.items()
                if any(intersect(piece, span) for span in spans)
            )
            stretches.append((piece[1] - piece[0], whose))
    return stretches


def _supervision(week: RosterWeek | None) -> list[Span]:
    return spans_of(week.template.blocks, ("supervision",)) if week else []


def _held(week: RosterWeek, activity: str, span: Span) -> int:
    """Return the most minutes one block of an activity gives a span."""
    shared = (
        intersect((block.start, block.end), span)
        for block in week.template.blocks
        if block.activity == activity
    )
    return max((end - start for start, end in filter(None, shared)), default=0)


def _cover_of(
    clinic_id: str, shifts: Sequence[Cover], duty: Sequence[tuple[Block, str]]
) -> Iterator[Violation]:
    spans = [
        (s.weekday * MINUTES_PER_DAY + s.start, s.weekday * MINUTES_PER_DAY + s.end)
        for s in shifts
    ]
    edges = {minute for span in spans for minute in span}
    edges |= {minute for block, _ in duty for minute in (block.start, block.end)}
    short: dict[int, list[tuple[Span, int]]] = defaultdict(list)
    for piece in pairwise(sorted(edges)):
        asked = {
            str(k): shifts[k].clinicians
            for k, span in enumerate(spans)
            if intersect(piece, span)
        }
        if not asked:
            continue
        people = [
            (1, [k for k in asked if _may_hold(code, shifts[int(k)])])
            for block, code in duty
            if intersect(piece, (block.start, block.end))
        ]
        for k, there in share_out(people, asked).items():
            if there < asked[k]:
                _extend(short[int(k)], piece, there)
    for number, shift in enumerate(shifts):
        who = " or ".join(shift.licenses) or "anybody"
        for span, there in short[number]:
            text = f"{there} of {shift.clinicians} ({who}) cover {clinic_id} "
            text += span_words(span)
            place = f"{clinic_id} {span_words(span)}"
            figures = (there, shift.clinicians, "people")
            yield broken("cover", "", place, figures, text)


def _extend(found: list[tuple[Span, int]], piece: Span, there: int) -> None:
    """Add a stretch to the one before it where they touch."""
    if found and found[-1][0][1] == piece[0]:
        (start, _), fewest = found.pop()
        piece, there = (start, piece[1]), min(fewest, there)
    found.append((piece, there))


def _may_hold(license_code: str, shift: Cover) -> bool:
    return not shift.licenses or license_code in shift.licenses


def _time_of(
    meeting: TeamMeeting,
    team: Sequence[tuple[str, Sequence[Span]]],
    held: Sequence[Span],
) -> Span:
    """Return the stated time of a meeting, or the one that most of the team share."""
    if meeting.weekday is not None and meeting.start is not None:
        start = meeting.weekday * MINUTES_PER_DAY + meeting.start
        return start, start + meeting.minutes
    starts = {span[0] for _, spans in team for span in spans}
    starts |= {span[1] for span in held}
    times = [(start, start + meeting.minutes) for start in sorted(starts)]
    free = [
        time
        for time in times
        if not any(intersect(time, other) for other in held)
        and meeting.weekday in (None, time[0] // MINUTES_PER_DAY)
    ]
    if not free:
        midnight = (meeting.weekday or 0) * MINUTES_PER_DAY
        return midnight, midnight + meeting.minutes
    return max(
        free,
        key=lambda time: sum(
            any(one[0] <= time[0] and time[1] <= one[1] for one in spans)
            for _, spans in team
        ),
    )
