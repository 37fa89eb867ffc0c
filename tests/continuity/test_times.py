from collections import Counter
from dataclasses import dataclass, replace
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime.continuity._times_kernel import assign_all
from caretime.continuity.supply import substitutes_of
from caretime.continuity.times import give_times
from caretime.model.care import Absence
from caretime.model.incident import GroupCover
from caretime.model.matching import MatchPolicy
from caretime.model.system import CareSystem
from caretime.model.week import TELEHEALTH
from continuity.tiny_desks import (
    appointment,
    day,
    group,
    matching,
    patient,
    placed,
    seats,
    series,
    therapist,
)
from rostering.tiny import MONDAY, clause, clinician, contract, roster, system, week

TERMS = contract(
    clause("MIX", "intake_mix", intakes_per_week=2, release_days=1),
    clause("RETURN", "visit_length", visit_type="return", minutes=50),
    clause("INTAKE", "visit_length", visit_type="intake", minutes=60),
)
AWAY = (Absence("C-1", day(0), day(4, 3)),)
DAILY = "Mon-Fri 09:00-09:50 return; Mon-Fri 14:00-14:50 return"


def times(
    matches, ones, *, text=DAILY, weeks=2, groups=(), policy=None, care=None, **tables
):
    """Return what C-2, whose week is written out, and N-1 can give to patients."""
    if care is None:
        people = tuple(patient(one.patient_id) for one in ones)
        told = {"patients": people, "network": (therapist("N-1"),), **tables}
        care = system(clinician("C-1"), clinician("C-2"), terms=TERMS, **told)
    terms = care.contracts[care.contract_in_force]
    told = {
        "monday": MONDAY,
        "weeks": weeks,
        "roster": roster(week("C-2", text) if isinstance(text, str) else text),
    }
    substitutes = substitutes_of(
        care, terms, AWAY, policy=MatchPolicy(), groups=groups, **told
    )
    return give_times(
        care,
        terms,
        matching(*matches),
        ones,
        substitutes,
        AWAY,
        groups,
        policy=policy,
        **told,
    )


def clock(booking):
    """Return weekday and time of a booking, as ``Mon 09:00``."""
    return f"{booking.start:%a %H:%M}"


def test_a_visit_stands_on_a_free_opening_of_its_week():
    one = series("P-1", (1,))

    found = times([placed(one, "C-2")], [one], text="Wed 09:00-09:50 return")

    (booking,) = found.bookings
    assert booking.start == system().calendar.at(day(2, 1), 540)
    assert (booking.minutes, booking.standing) == (50, "booked")
    assert (booking.modality, booking.place) == ("in_person", "S-1")
    assert booking.number == 1
    assert booking.within_limit
    assert not found.untimed


def test_a_visit_by_telehealth_has_no_clinic():
    one = series("P-1")

    (booking,) = times([placed(one, "C-2", telehealth=True)], [one]).bookings

    assert (booking.modality, booking.place) == ("telehealth", TELEHEALTH)


def test_times_of_telehealth_take_nobody_in_person():
    ones = [series("P-1"), series("P-2")]
    at_home = week("C-2", "Mon-Fri 09:00-09:50 return", place=TELEHEALTH)

    found = times(
        [placed(ones[0], "C-2"), placed(ones[1], "C-2", telehealth=True)],
        ones,
        text=at_home,
    )

    assert [b.patient_id for b in found.bookings] == ["P-2"]
    assert [(u.patient_id, u.reason) for u in found.untimed] == [("P-1", "no_opening")]


def test_the_own_weekday_and_time_are_wished():
    own = appointment("P-1", "C-1", day(3), 840)
    one = series("P-1", appointment_id=own.appointment_id)

    (booking,) = times([placed(one, "C-2")], [one], appointments=(own,)).bookings

    assert clock(booking) == "Thu 14:00"


def test_from_week_to_week_the_time_stays():
    own = appointment("P-1", "C-1", day(3), 840)
    one = series("P-1", (0, 1, 2), appointment_id=own.appointment_id)
    busy = appointment("P-9", "C-2", day(3), 840)

    found = times(
        [placed(one, "C-2")],
        [one],
        weeks=3,
        appointments=(own, busy),
        patients=(patient("P-1"),),
    )

    # Thursday afternoon is taken once; the time found instead is kept, not the wish.
    first, *later = map(clock, found.bookings)
    assert first != "Thu 14:00"
    assert later == [first, first]
    assert [b.number for b in found.bookings] == [1, 2, 3]


def test_a_next_visit_is_held_by_its_limit_before_anybody_has_a_wish():
    own = appointment("P-1", "C-1", day(0), 540)
    wishing = series("P-1", appointment_id=own.appointment_id)
    urgent = series("P-2", limit_day=day(0))

    found = times(
        [placed(wishing, "C-2"), placed(urgent, "C-2")],
        [wishing, urgent],
        text="Mon 09:00-09:50 return; Tue 09:00-09:50 return",
        appointments=(own,),
    )

    assert [clock(b) for b in found.bookings] == ["Tue 09:00", "Mon 09:00"]
    assert all(b.within_limit for b in found.bookings)


def test_the_highest_tier_keeps_its_limit_first():
    low, high = series("P-1", limit_day=day(0)), series("P-2", limit_day=day(0))
    high = replace(high, risk_tier=1)

    found = times(
        [placed(low, "C-2"), placed(high, "C-2")],
        [low, high],
        text="Mon 09:00-09:50 return; Tue 09:00-09:50 return",
    )

    in_time = {b.patient_id: b.within_limit for b in found.bookings}
    assert in_time == {"P-1": False, "P-2": True}


def test_a_later_visit_has_no_limit():
    one = series("P-1", (0, 1), limit_day=day(4))

    assert [b.within_limit for b in times([placed(one, "C-2")], [one]).bookings] == [
        True,
        True,
    ]


def test_when_openings_lack_the_lowest_tier_has_no_time_and_is_told():
    ones = [series("P-1"), series("P-2", risk_tier=1), series("P-3", risk_tier=2)]

    found = times(
        [placed(one, "C-2") for one in ones],
        ones,
        text="Mon 09:00-09:50 return; Tue 09:00-09:50 return",
    )

    assert [b.patient_id for b in found.bookings] == ["P-2", "P-3"]
    (left,) = found.untimed
    assert (left.patient_id, left.number, left.week) == ("P-1", 1, 0)
    assert left.reason == "openings_taken"


def test_a_first_visit_takes_an_intake_opening_and_the_next_a_return():
    one = series("P-1", (0, 1), visit_type="intake")
    text = "Mon-Fri 09:00-09:50 return; Thu 14:00-15:00 intake"

    found = times([placed(one, "C-2")], [one], text=text)

    first, second = found.bookings
    assert (clock(first), first.minutes) == ("Thu 14:00", 60)
    assert (second.minutes, second.start.hour) == (50, 9)


def test_a_first_visit_without_an_intake_opening_is_told():
    one = series("P-1", (0, 1), visit_type="intake")

    found = times([placed(one, "C-2")], [one])

    assert [(u.number, u.reason) for u in found.untimed] == [(1, "no_intake_opening")]
    assert [b.number for b in found.bookings] == [2]


def test_a_return_takes_a_reserved_opening_once_it_is_released():
    released, kept = series("P-1"), series("P-2")
    told = {"text": "Tue 09:00-10:00 intake; Wed 09:00-10:00 intake"}

    found = times(
        [placed(released, "C-2"), placed(kept, "C-2")], [released, kept], **told
    )

    # Released one business day ahead, as seen on Monday.
    assert [clock(b) for b in found.bookings] == ["Tue 09:00"]
    assert len(found.untimed) == 1


def test_lent_intake_openings_take_returns():
    ones = [series(f"P-{k}") for k in range(2)]
    text = "Thu 09:00-10:00 intake; Fri 09:00-10:00 intake"

    found = times(
        [placed(one, "C-2") for one in ones],
        ones,
        text=text,
        policy=MatchPolicy(intake_lent=0.5),
    )

    assert [clock(b) for b in found.bookings] == ["Thu 09:00"]


def test_a_patient_is_not_booked_while_in_a_group_that_meets():
    one = series("P-1")
    text = "Mon 09:00-09:50 return; Tue 09:00-09:50 return"
    care = system(
        clinician("C-1"),
        clinician("C-2"),
        clinician("C-3", leads_groups=True),
        terms=TERMS,
        patients=(patient("P-1"),),
        groups=(group("G-1", "C-3", weekday=0, start=530, minutes=40),),
        group_members=seats("G-1", "P-1"),
    )

    (booking,) = times([placed(one, "C-2")], [one], text=text, care=care).bookings

    assert clock(booking) == "Tue 09:00"


def test_a_group_nobody_runs_keeps_no_patient_away():
    one = series("P-1")
    text = "Mon 09:00-09:50 return"
    led = group("G-1", "C-1", weekday=0, start=530, minutes=40)
    care = system(
        clinician("C-1"),
        clinician("C-2"),
        clinician("C-3"),
        terms=TERMS,
        patients=(patient("P-1"),),
        groups=(led,),
        group_members=seats("G-1", "P-1"),
    )
    nobody = GroupCover("G-1", "C-1", (day(0),), ("P-1",))
    run = replace(nobody, cover="substitute", substitute_id="C-3")

    free = times([placed(one, "C-2")], [one], text=text, care=care, groups=(nobody,))
    held = times([placed(one, "C-2")], [one], text=text, care=care, groups=(run,))

    assert [clock(b) for b in free.bookings] == ["Mon 09:00"]
    assert [u.reason for u in held.untimed] == ["elsewhere"]


def test_a_patient_is_not_booked_over_a_visit_with_somebody_at_work():
    one = series("P-1")
    other = appointment("P-1", "C-2", day(0), 600)
    with_own = appointment("P-1", "C-1", day(1), 570)

    found = times(
        [placed(one, "N-1", "network")], [one], appointments=(other, with_own)
    )

    # The visit with C-1 falls away; the one with C-2 stays.
    (booking,) = found.bookings
    assert clock(booking) != "Mon 10:00"


def test_network_visits_are_proposed_on_business_days_and_never_twice_at_once():
    ones = [series(f"P-{k}", risk_tier=1 + k % 3) for k in range(32)]

    found = times(
        [placed(one, "N-1", "network") for one in ones],
        ones,
        weeks=1,
        holidays=(day(2),),
    )

    starts = [b.start for b in found.bookings]
    assert len(set(starts)) == 32
    assert {s.weekday() for s in starts} == {0, 1, 3, 4}
    assert all(9 <= s.hour < 17 and s.minute == 0 for s in starts)
    assert {(b.standing, b.place, b.minutes) for b in found.bookings} == {
        ("proposed", "90013", 50)
    }


def test_a_network_visit_more_than_fits_is_told():
    ones = [series(f"P-{k}") for k in range(41)]

    found = times([placed(one, "N-1", "network") for one in ones], ones, weeks=1)

    assert len(found.bookings) == 40
    assert [u.reason for u in found.untimed] == ["openings_taken"]


def test_a_week_of_holidays_has_no_day_to_propose():
    one = series("P-1")

    found = times(
        [placed(one, "N-1", "network")],
        [one],
        holidays=tuple(day(k) for k in range(5)),
    )

    assert [u.reason for u in found.untimed] == ["no_day"]


def test_network_visits_are_proposed_by_the_limit_where_the_week_allows():
    ones = [series(f"P-{k}", limit_day=day(0)) for k in range(10)]

    found = times([placed(one, "N-1", "network") for one in ones], ones)

    assert Counter(b.within_limit for b in found.bookings) == {True: 8, False: 2}


@dataclass(frozen=True)
class StatedSystem(CareSystem):
    """A system with the two optional tables of stated times and hours."""

    stated_times: tuple[SimpleNamespace, ...] = ()
    network_hours: tuple[SimpleNamespace, ...] = ()


def stated(ones, **tables):
    care = system(
        clinician("C-1"),
        clinician("C-2"),
        terms=TERMS,
        patients=tuple(patient(one.patient_id) for one in ones),
        network=(therapist("N-1"),),
    )
    fields = {name: getattr(care, name) for name in CareSystem.__dataclass_fields__}
    return StatedSystem(**{**fields, **tables})


def test_stated_times_come_before_the_own_time():
    one = series("P-1")
    only = SimpleNamespace(patient_id="P-1", weekday=2, start=13 * 60, end=15 * 60)
    care = stated([one], stated_times=(only,))

    (booking,) = times([placed(one, "C-2")], [one], care=care).bookings

    assert clock(booking) == "Wed 14:00"


def test_stated_hours_of_the_network_are_booked():
    ones = [series(f"P-{k}") for k in range(3)]
    hours = SimpleNamespace(therapist_id="N-1", weekday=5, start=510, end=660)
    care = stated(ones, network_hours=(hours,))

    found = times([placed(one, "N-1", "network") for one in ones], ones, care=care)

    assert sorted(clock(b) for b in found.bookings) == ["Sat 08:30", "Sat 09:30"]
    assert {b.standing for b in found.bookings} == {"booked"}
    assert len(found.untimed) == 1


def test_a_prescriber_of_the_network_sees_people_for_half_an_hour():
    ones = [series("P-1"), series("P-2", visit_type="intake")]
    care = replace(stated(ones), network=(therapist("N-1", license="PSYCHIATRIST"),))

    found = times([placed(one, "N-1", "network") for one in ones], ones, care=care)

    assert [b.minutes for b in found.bookings] == [30, 60]


def test_matches_in_another_order_than_the_series_are_refused():
    ones = [series("P-1"), series("P-2")]
    matches = [placed(ones[1], "C-2"), placed(ones[0], "C-2")]

    with pytest.raises(ValueError, match="match of P-2, series of P-1"):
        times(matches, ones)


def test_a_match_with_nobody_of_the_plan_is_refused():
    one = series("P-1")

    with pytest.raises(ValueError, match="C-9 is no substitute"):
        times([placed(one, "C-9")], [one])


@st.composite
def desks(draw):
    """Draw two desks of few visits and slots, with costs that clash."""
    sizes = [(draw(st.integers(1, 4)), draw(st.integers(0, 4))) for _ in range(2)]
    cost = [
        [[draw(st.integers(0, 6)) for _ in range(slots)] for _ in range(visits)]
        for visits, slots in sizes
    ]
    left_out = [[draw(st.integers(0, 9)) for _ in range(v)] for v, _ in sizes]
    return sizes, cost, left_out


@settings(max_examples=60)
@given(desks())
def test_no_other_assignment_of_a_desk_costs_less(drawn):
    sizes, cost, left_out = drawn
    chosen = np.empty(sum(v for v, _ in sizes), dtype=np.int64)
    begins = np.cumsum([[0, 0, 0], *[[v, s, v * s] for v, s in sizes]], axis=0)

    assign_all(
        begins[:, 0].copy(),
        begins[:, 1].copy(),
        begins[:, 2].copy(),
        np.array([c for d in cost for row in d for c in row], dtype=np.int64),
        np.array([c for d in left_out for c in d], dtype=np.int64),
        chosen,
    )

    for k, (visits, slots) in enumerate(sizes):
        mine = chosen[begins[k, 0] : begins[k + 1, 0]].tolist()
        used = [s for s in mine if s >= 0]
        assert len(set(used)) == len(used)
        columns = [*range(slots), *[-1] * visits]
        best = min(
            _price(way, cost[k], left_out[k]) for way in permutations(columns, visits)
        )
        assert _price(mine, cost[k], left_out[k]) == best


def _price(way, cost, left_out):
    return sum(left_out[v] if s < 0 else cost[v][s] for v, s in enumerate(way))
