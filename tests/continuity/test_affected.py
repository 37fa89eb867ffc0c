from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caretime.continuity.absent import absent
from caretime.continuity.affected import affected, series_of
from caretime.model.affected import DIMENSIONS
from caretime.model.care import Absence, Appointment, Group, GroupMember
from caretime.model.incident import Incident, Series
from caretime.rules.access import standard_for
from caretime.rules.clocks import clock_of, limit_day
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
REGION = make_system("southern-california", scale=0.02, seed=1)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONDAY = CLINIC.first_day


def incident(*shares, system=CLINIC, **more):
    day = more.pop("begins", system.first_day)
    return Incident("I-1", day, day - timedelta(days=11), shares, **more)


def gone(who, first=0, last=None, *, system=CLINIC):
    end = None if last is None else system.first_day + last * DAY
    return Absence(who, system.first_day + first * DAY, end)


def is_away(absences, who, day):
    return any(
        a.clinician_id == who
        and a.first_day <= day
        and (a.last_day is None or day <= a.last_day)
        for a in absences
    )


def slow_series(system, absences, monday, weeks):
    """Walk every patient's visits one by one, as the manual tells it."""
    licenses = {c.clinician_id: c.license for c in system.clinicians}
    seated = {m.patient_id for m in system.group_members}
    booked = defaultdict(list)
    for a in system.appointments:
        if a.status == "booked" and a.visit_type in ("intake", "return"):
            booked[a.patient_id].append(a)
    calendar, found = system.calendar, []
    for p in system.patients:
        course = sorted(booked[p.patient_id], key=lambda a: a.start)
        if not course and p.patient_id in seated:
            continue
        visits, span = [], p.interval_weeks * WEEK
        before, kind = system.first_day - span, "" if p.visits_attended else "new"
        if p.visits_attended == 1:
            kind = "intake"
        for k, a in enumerate(course):
            day = a.start.date()
            since = before if k else a.requested_at.date()
            after = a.visit_type == "return" and kind == "intake"
            visits.append((day, a.visit_type, since, after, a.appointment_id))
            before, kind = day, a.visit_type
        day = before
        while day < monday + weeks * WEEK:
            day += span
            held = on_a_working_day(calendar, day)
            what = "intake" if kind == "new" else "return"
            visits.append((held, what, before, kind == "intake", ""))
            before, kind = held, "return"
        missed = [
            v
            for v in visits
            if monday <= v[0] < monday + weeks * WEEK
            and is_away(absences, p.clinician_id, v[0])
        ]
        if not missed:
            continue
        due, what, since, after, number = missed[0]
        judge = standard_for(
            system.standards,
            clock_of(what, after_intake=after),
            licenses[p.clinician_id],
        )
        limit = limit_day(judge, calendar.at(since, 0), due, calendar)
        found.append(
            Series(
                p.patient_id,
                p.clinician_id,
                what,
                number,
                due,
                limit,
                judge.standard_id if judge else "",
                tuple(sorted({(v[0] - monday).days // 7 for v in missed})),
                p.interval_weeks,
                p.risk_tier,
            )
        )
    return tuple(found)


def on_a_working_day(calendar, day):
    if day not in calendar.holidays:
        return day
    week = [day + k * DAY for k in range(-day.weekday(), 5 - day.weekday())]
    open_ = [d for d in week if calendar.is_business_day(d)]
    return next((d for d in open_ if d > day), open_[-1] if open_ else day)


@pytest.mark.parametrize("system", [CLINIC, REGION], ids=["clinic", "region"])
@pytest.mark.parametrize(
    ("shares", "later"),
    [((0.6,) * 4, 0), ((0.9, 0.2, 0.7, 0.1, 0.5), 0), ((0.5, 0.5), 6), ((1.0,), 1)],
)
def test_series_are_those_of_a_walk_through_every_course(system, shares, later):
    begins = system.first_day + later * WEEK
    absences = absent(system, incident(*shares, system=system, begins=begins))

    found = series_of(system, absences, monday=begins, weeks=len(shares))

    assert found == slow_series(system, absences, begins, len(shares))
    assert found


def test_people_without_a_booking_are_due_in_the_first_week():
    nobody = replace(CLINIC, appointments=(), group_members=())
    everyone = [gone(c.clinician_id) for c in CLINIC.clinicians]

    found = series_of(nobody, everyone, monday=MONDAY, weeks=4)

    assert len(found) == len(CLINIC.patients)
    assert {one.first_due for one in found} == {MONDAY}
    assert {one.appointment_id for one in found} == {""}
    assert found == slow_series(nobody, everyone, MONDAY, 4)


def test_a_last_attended_visit_says_when_the_next_is_due():
    patient = replace(CLINIC.patients[0], interval_weeks=3)
    seen = CLINIC.calendar.at(MONDAY - 2 * WEEK + DAY, 600)
    visit = Appointment(
        "A-1",
        patient.patient_id,
        patient.clinician_id,
        "return",
        seen,
        50,
        "telehealth",
        "attended",
        None,
        None,
    )
    system = replace(
        CLINIC, patients=(patient,), appointments=(visit,), group_members=()
    )

    (one,) = series_of(system, [gone(patient.clinician_id)], monday=MONDAY, weeks=6)

    assert one.first_due == seen.date() + 3 * WEEK
    assert one.weeks == (1, 4)


def test_visits_on_days_at_work_belong_to_no_series():
    who = CLINIC.patients[0].clinician_id
    midweek = [gone(who, 2, 3)]

    found = series_of(CLINIC, midweek, monday=MONDAY, weeks=2)

    assert found
    assert {one.first_due for one in found} <= {MONDAY + 2 * DAY, MONDAY + 3 * DAY}
    assert {one.weeks for one in found} == {(0,)}


@pytest.mark.parametrize(("monday", "weeks"), [(MONDAY + DAY, 4), (MONDAY, 0)])
def test_series_need_a_monday_and_a_week(monday, weeks):
    with pytest.raises(ValueError, match="expected a Monday"):
        series_of(CLINIC, (), monday=monday, weeks=weeks)


def test_booked_visits_that_fall_away_are_those_of_the_book():
    found = affected(REGION, incident(0.6, 0.4, system=REGION), seed=3)

    book = {
        a.appointment_id
        for a in REGION.appointments
        if a.status == "booked"
        and a.start.date() < REGION.first_day + 2 * WEEK
        and is_away(found.absent, a.clinician_id, a.start.date())
    }
    assert {visit.appointment_id for visit in found.visits} == book
    assert found.totals.booked == len(book) == sum(d.booked for d in found.days)


def test_a_visit_and_its_series_have_the_same_clock():
    found = affected(REGION, incident(0.6, 0.6, 0.6, 0.6, system=REGION))

    visits = {v.appointment_id: (v.limit_day, v.standard_id) for v in found.visits}
    booked = [one for one in found.series if one.appointment_id]
    assert booked
    for one in booked:
        assert visits[one.appointment_id] == (one.limit_day, one.standard_id)


def test_every_breakdown_adds_up_to_the_whole():
    found = affected(REGION, incident(0.7, 0.3, 0.6, system=REGION))

    for dimension in DIMENSIONS:
        parts = found.counts_by(dimension)
        assert sum(one.booked for one in parts) == found.totals.booked, dimension
        assert sum(one.due for one in parts) == found.totals.due, dimension
    for dimension in ("county", "language", "county_language", "risk_tier"):
        parts = found.counts_by(dimension)
        assert sum(one.people for one in parts) == found.totals.people
        assert sum(one.unreachable for one in parts) == found.totals.unreachable
    whole = {p.patient_id for p in REGION.patients}
    touched = {one.patient_id for one in found.series}
    for group in found.groups:
        touched.update(group.patient_ids)
    assert len(touched & whole) == found.totals.people


def test_an_unknown_dimension_is_refused():
    found = affected(CLINIC, incident(0.5))

    with pytest.raises(ValueError, match="dimension must be one of"):
        found.counts_by("zodiac")


def test_each_appointment_is_decided_two_business_days_ahead():
    found = affected(CLINIC, incident(1.0, 1.0, 1.0, 1.0))

    assert found.visits
    for visit in found.visits:
        day = visit.start.date()
        assert CLINIC.calendar.business_days_between(visit.decide_by, day) == 2
    decided = Counter(visit.decide_by for visit in found.visits)
    assert {d.day: d.decide for d in found.days if d.decide} == decided


def test_nothing_is_to_be_decided_before_notice_is_given():
    short = replace(incident(1.0, 1.0), notice_day=MONDAY - DAY)

    found = affected(CLINIC, short)

    assert min(visit.decide_by for visit in found.visits) == MONDAY - DAY
    assert all(visit.decide_by <= visit.start.date() for visit in found.visits)


def test_whoever_comes_back_early_finds_the_later_book_undecided():
    found = affected(REGION, incident(0.6, 0.6, 0.6, 0.6, system=REGION))

    by_then = sum(d.decide for d in found.days if d.day <= REGION.first_day)
    assert 0 < by_then < found.totals.booked / 2


def test_a_co_leader_at_work_is_told_apart_session_by_session():
    leader, second, third = (c.clinician_id for c in CLINIC.clinicians[:3])
    group = Group("G", leader, second, 1, 600, 90, 8, "adult", "en", "therapy")
    alone = replace(group, group_id="H", co_leader_id=None, weekday=2)
    members = tuple(
        GroupMember(g, p.patient_id)
        for g, p in zip("GGH", CLINIC.patients, strict=False)
    )
    on_leave = Absence(second, MONDAY + WEEK, MONDAY + WEEK + 4 * DAY)
    system = replace(
        CLINIC, groups=(group, alone), group_members=members, absences=(on_leave,)
    )
    strike = Incident(
        "I", MONDAY, MONDAY, clinician_ids=(leader,), last_day=MONDAY + 3 * WEEK - DAY
    )

    found = affected(system, strike)

    one, other = found.groups
    tuesdays = tuple(MONDAY + DAY + k * WEEK for k in range(3))
    assert (one.sessions, one.co_led) == (tuesdays, (tuesdays[0], tuesdays[2]))
    assert (len(other.sessions), other.co_led) == (3, ())
    whole = found.totals
    assert (whole.groups, whole.sessions, whole.co_led) == (2, 6, 2)
    assert third not in {a.clinician_id for a in found.absent}


def test_a_session_in_the_book_carries_its_group_and_who_may_run_it():
    group = next(g for g in REGION.groups)
    helper = next(
        c.clinician_id
        for c in REGION.clinicians
        if c.supervisor_id is None and c.clinician_id != group.leader_id
    )
    system = replace(REGION, groups=(replace(group, co_leader_id=helper),), absences=())
    system = replace(
        system,
        group_members=tuple(
            m for m in REGION.group_members if m.group_id == group.group_id
        ),
    )
    strike = Incident(
        "I",
        REGION.first_day,
        REGION.first_day,
        clinician_ids=(group.leader_id,),
        last_day=REGION.first_day + 13 * DAY,
    )

    sessions = [v for v in affected(system, strike).visits if v.visit_type == "group"]

    assert sessions
    assert {v.group_id for v in sessions} == {group.group_id}
    assert {v.co_leader_id for v in sessions} == {helper}
    assert {v.standard_id for v in sessions} == {""}
    assert {v.limit_day - v.start.date() for v in sessions} == {timedelta(0)}


def test_an_urgent_visit_falls_away_with_its_own_clock_and_no_series():
    patient = CLINIC.patients[0]
    asked = CLINIC.calendar.at(MONDAY, 8 * 60)
    urgent = Appointment(
        "A-9",
        patient.patient_id,
        patient.clinician_id,
        "urgent",
        asked + DAY,
        30,
        "telehealth",
        "booked",
        asked,
        asked,
    )
    system = replace(CLINIC, patients=(patient,), appointments=(urgent,))
    system = replace(system, groups=(), group_members=())
    strike = Incident(
        "I",
        MONDAY,
        MONDAY,
        clinician_ids=(patient.clinician_id,),
        last_day=MONDAY + 4 * DAY,
    )

    found = affected(system, strike)

    (visit,) = found.visits
    assert (visit.standard_id, visit.limit_day) == ("ca-urgent", MONDAY + 2 * DAY)
    assert [one.appointment_id for one in found.series] == [""]


def test_supervision_lost_tells_who_would_be_at_work():
    associate = next(c for c in REGION.clinicians if c.supervisor_id)
    both = (associate.supervisor_id, associate.clinician_id)

    for names, sidelined in ((both[:1], True), (both, False)):
        strike = Incident(
            "I",
            REGION.first_day,
            REGION.first_day,
            clinician_ids=names,
            last_day=REGION.first_day + 4 * DAY,
        )
        found = affected(REGION, strike)
        lost = {one.clinician_id: one for one in found.supervision}
        assert lost[associate.clinician_id].sidelined is sidelined
        assert associate.clinician_id in {a.clinician_id for a in found.absent}


def test_nobody_reachable_means_neither_telephone_nor_e_mail():
    first, second, *rest = CLINIC.patients
    system = replace(
        CLINIC,
        patients=(
            replace(first, has_phone=False, has_email=False),
            replace(second, has_phone=False, has_email=True),
            *(replace(p, has_phone=True) for p in rest),
        ),
    )

    found = affected(system, incident(1.0, 1.0, 1.0, 1.0, 1.0))

    assert found.totals.unreachable == 1
    silent = {v.patient_id for v in found.visits if not v.has_contact}
    assert silent == {first.patient_id}


def test_the_range_lies_around_the_path_and_its_draws():
    strike = incident(
        0.5, 0.5, system=REGION, shares_low=(0.3, 0.2), shares_high=(0.8, 0.9)
    )

    found = affected(REGION, strike, draws=12)

    spread = found.range
    assert spread.low.people < found.totals.people < spread.high.people
    assert spread.tenth.booked < spread.ninetieth.booked
    assert spread.draws == 12


def test_one_draw_or_a_list_has_no_percentiles():
    named = Incident(
        "I",
        MONDAY,
        MONDAY,
        clinician_ids=(CLINIC.clinicians[0].clinician_id,),
        open_ended=True,
    )

    assert affected(CLINIC, incident(0.5)).range.tenth is None
    assert affected(CLINIC, named, draws=5).range.ninetieth is None
    assert affected(CLINIC, named).weeks == 8


def test_beyond_the_book_everything_is_counted_by_cadence():
    far = incident(1.0, 1.0, begins=MONDAY + 30 * WEEK)

    found = affected(CLINIC, far)

    assert found.totals.booked == 0
    assert found.visits == ()
    assert found.totals.due > len(CLINIC.patients) / 4
    assert len(found.series) > 0


def test_equal_questions_have_equal_answers_and_other_seeds_other_people():
    strike = incident(0.5, 0.5, system=REGION)

    assert affected(REGION, strike, seed=2) == affected(REGION, strike, seed=2)
    assert affected(REGION, strike, seed=3).absent != affected(REGION, strike).absent


def test_wrong_numbers_are_refused():
    for wrong in ({"weeks": 0}, {"notice_days": -1}, {"draws": -1}):
        with pytest.raises(ValueError, match="expected"):
            affected(CLINIC, incident(0.5), **wrong)


def test_days_are_told_in_the_calendar_of_the_system():
    patient = CLINIC.patients[0]
    late = datetime(2025, 1, 1, tzinfo=CLINIC.calendar.zone)
    start = (
        late.replace(year=MONDAY.year, month=MONDAY.month, day=MONDAY.day, hour=18)
        + DAY
    )
    visit = Appointment(
        "A-1",
        patient.patient_id,
        patient.clinician_id,
        "return",
        start.astimezone(UTC),
        50,
        "telehealth",
        "booked",
        (start - 2 * WEEK).astimezone(UTC),
        None,
    )
    system = replace(CLINIC, patients=(patient,), appointments=(visit,))
    system = replace(system, groups=(), group_members=())

    found = series_of(system, [gone(patient.clinician_id)], monday=MONDAY, weeks=1)

    assert [one.first_due for one in found] == [date.fromordinal(start.toordinal())]
