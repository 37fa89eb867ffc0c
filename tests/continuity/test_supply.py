from dataclasses import replace
from math import ceil, floor, sqrt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.continuity import _verify_supply
from caretime.continuity.supply import new_patients, substitutes_of
from caretime.errors import PlanError
from caretime.model.care import Absence
from caretime.model.incident import GroupCover
from caretime.model.matching import MatchPolicy
from caretime.simulation import make_system
from continuity.tiny_desks import appointment, day, group, patient, seats, therapist
from rostering.tiny import MONDAY, clause, clinician, contract, roster, system, week

DAILY = "Mon-Fri 09:00-09:50 return; Mon-Fri 10:00-10:50 return"
TERMS = contract(
    clause("MIX", "intake_mix", intakes_per_week=2, release_days=1),
    clause("BUFFER", "buffer", minutes=10),
)


def openings(care, *, weeks=2, absences=(), text=DAILY, policy=None, **told):
    """Return the openings of C-2, who works a week written out."""
    (terms,) = care.contracts.values()
    built = roster(week("C-2", text))
    found = substitutes_of(
        care,
        terms,
        absences,
        monday=MONDAY,
        weeks=weeks,
        policy=policy or MatchPolicy(),
        roster=built,
        **told,
    )
    return next(s for s in found if s.substitute_id == "C-2")


def desk(**tables):
    """Return C-1, who may be away, and C-2, who takes over."""
    leads = tables.pop("leads_groups", False)
    two = clinician("C-2", leads_groups=leads)
    return system(clinician("C-1"), two, terms=tables.pop("terms", TERMS), **tables)


def test_in_house_come_first_and_both_in_the_order_of_the_system():
    care = desk(network=(therapist("N-2"), therapist("N-1")))
    (terms,) = care.contracts.values()

    found = substitutes_of(
        care, terms, (), monday=MONDAY, weeks=1, policy=MatchPolicy()
    )

    names = [(s.substitute_id, s.kind) for s in found]
    assert names == [
        ("C-1", "in_house"),
        ("C-2", "in_house"),
        ("N-2", "network"),
        ("N-1", "network"),
    ]


def test_who_is_away_for_the_whole_plan_is_no_substitute():
    care = desk()
    (terms,) = care.contracts.values()
    gone = (Absence("C-1", day(0), day(4, 1)), Absence("C-2", day(0), day(4)))

    found = substitutes_of(
        care, terms, gone, monday=MONDAY, weeks=2, policy=MatchPolicy()
    )

    (back,) = found
    assert back.substitute_id == "C-2"
    assert back.openings[0] == 0 < back.openings[1]


def test_every_return_opening_of_an_empty_book_is_open():
    assert openings(desk()).openings == (10, 10)


def test_a_holiday_has_no_openings():
    care = desk(holidays=(day(2, 1),))

    assert openings(care).openings == (10, 8)


def test_leave_on_record_counts_like_the_incident():
    care = desk(absences=(Absence("C-2", day(0, 1), day(1, 1)),))
    gone = (Absence("C-2", day(3), day(4)),)

    assert openings(care, absences=gone).openings == (6, 6)


def test_nobody_has_openings_before_being_hired_or_before_the_first_day():
    care = desk()
    late = replace(care.clinicians[1], hired_on=day(2))
    care = replace(care, clinicians=(care.clinicians[0], late))

    assert openings(care).openings == (6, 10)
    begun = replace(care, first_day=day(0, 1))
    assert openings(begun).openings == (0, 10)


def test_a_booked_visit_takes_its_opening():
    care = desk(appointments=(appointment("P-9", "C-2", day(1), 540),))

    assert openings(care).openings == (9, 10)


def test_a_cancelled_visit_takes_none():
    gone = replace(appointment("P-9", "C-2", day(1), 540), status="cancelled")

    assert openings(desk(appointments=(gone,))).openings == (10, 10)


def test_a_visit_across_two_openings_takes_both():
    care = desk(appointments=(appointment("P-9", "C-2", day(1), 570),))

    assert openings(care).openings == (8, 10)


def test_visits_due_to_own_patients_are_kept_for_them():
    care = desk(
        patients=(patient("P-1", "C-2", interval_weeks=2), patient("P-2", "C-1")),
        appointments=(
            appointment("P-1", "C-2", day(1), 540),
            appointment("P-2", "C-1", day(1), 540),
        ),
    )

    found = openings(care, weeks=5)

    # Booked in week 0, due in weeks 2 and 4; the other patient is not theirs.
    assert found.openings == (9, 10, 9, 10, 9)


def test_a_visit_lost_to_leave_is_due_on_the_return():
    care = desk(
        patients=(patient("P-1", "C-2", interval_weeks=4),),
        appointments=(appointment("P-1", "C-2", day(1), 540),),
        absences=(Absence("C-2", day(0), day(4)),),
    )

    assert openings(care, weeks=3).openings == (0, 9, 10)


def test_own_patients_who_find_no_opening_come_first_in_the_next_week():
    care = desk(
        patients=tuple(
            patient(f"P-{k}", "C-2", interval_weeks=4, visits_attended=0)
            for k in range(4)
        ),
        appointments=tuple(
            appointment(f"P-{k}", "C-2", day(0, -4), 540 + 60 * k) for k in range(4)
        ),
    )

    found = openings(care, weeks=3, text="Mon-Wed 09:00-09:50 return")

    # Four are due in week 0 and three can be seen; the fourth comes in week 1.
    assert found.openings == (0, 2, 3)


def test_who_comes_to_a_group_alone_has_no_visit_kept():
    care = desk(
        patients=(patient("P-1", "C-2"),),
        groups=(group("G-1", "C-1"),),
        group_members=seats("G-1", "P-1"),
    )

    assert openings(care).openings == (10, 10)


def test_patients_without_any_visit_are_spread_over_their_interval():
    care = desk(
        patients=tuple(patient(f"P-{k}", "C-2", interval_weeks=2) for k in range(4))
    )

    assert openings(care, weeks=4).openings == (8, 8, 8, 8)


def test_the_own_group_is_not_lent():
    care = desk(groups=(group("G-1", "C-2", start=540),), leads_groups=True)

    assert openings(care).openings == (8, 8)


def test_a_group_taken_over_takes_the_openings_it_overlaps():
    care = desk(groups=(group("G-1", "C-1", start=540),))
    cover = GroupCover("G-1", "C-1", (day(0),), (), "substitute", "C-2")

    assert openings(care, groups=(cover,)).openings == (8, 10)


def test_caps_count_reserved_openings_as_used():
    text = f"{DAILY}; Mon-Fri 11:00-12:00 intake"
    terms = contract(clause("CAP", "visit_cap_daily", patients=2))

    # Of two returns and an intake a day, two may be held.
    assert openings(desk(terms=terms), text=text).openings == (5, 5)


def test_the_weekly_cap_counts_what_is_booked():
    terms = contract(clause("CAP", "visit_cap_weekly", patients=7))
    care = desk(terms=terms, appointments=(appointment("P-9", "C-2", day(1), 540),))

    assert openings(care).openings == (6, 7)


def test_free_intake_openings_stand_beside_and_some_are_lent():
    text = f"{DAILY}; Mon-Thu 11:00-12:00 intake"
    booked = appointment("P-9", "C-2", day(1), 660, visit_type="intake", minutes=60)
    care = desk(appointments=(booked,))

    kept = openings(care, text=text)
    lent = openings(care, text=text, policy=MatchPolicy(intake_lent=0.5))

    assert (kept.openings, kept.intakes) == ((10, 10), (3, 4))
    # Half of three is one.
    assert (lent.openings, lent.intakes) == ((11, 12), (2, 2))


def test_a_visit_into_the_meal_closes_what_could_not_be_booked():
    text = (
        "Mon-Fri 09:00-13:00 return x4; Mon-Fri 13:00-13:30 meal;"
        "Mon-Fri 13:30-17:30 return x4"
    )
    care = desk(terms=contract())
    into_the_meal = appointment("P-9", "C-2", day(0), 12 * 60, minutes=80)

    before = openings(care, text=text, weeks=1)
    after = openings(replace(care, appointments=(into_the_meal,)), text=text, weeks=1)

    assert before.openings == (40,)
    # Two openings are taken; without a meal the day may have five hours of work.
    assert 33 <= after.openings[0] < 38


def test_fractions_of_new_patients_begin_where_the_id_says():
    # The phases of these ids, read off their SHA-256: 0.65, 0.80 and 0.75.
    slow = therapist("N-1", openings_per_week=0.27)
    halves = therapist("N-2", openings_per_week=0.5, acceptance=0.5)
    whole = therapist("N-3")
    care = desk(network=(slow, halves, whole))
    (terms,) = care.contracts.values()

    found = substitutes_of(
        care, terms, (), monday=MONDAY, weeks=8, policy=MatchPolicy()
    )

    by_name = {s.substitute_id: s.openings for s in found}
    assert by_name["N-1"] == (0, 1, 0, 0, 0, 1, 0, 0)
    assert by_name["N-2"] == (1, 0) * 4
    assert by_name["N-3"] == (1,) * 8


@pytest.mark.parametrize("rate", [0.05, 0.27, 0.5, 0.93, 1.4])
def test_many_therapists_open_in_every_week_what_they_state(rate):
    many = 4_000
    network = [therapist(f"N-{n:05}", openings_per_week=rate) for n in range(many)]

    found = [new_patients(one, 6, MatchPolicy()) for one in network]

    part = rate % 1
    error = sqrt(part * (1 - part) / many)
    means = [sum(week) / many for week in zip(*found, strict=True)]
    assert means == pytest.approx([rate] * 6, abs=4 * error)
    # Every single one has what it states, up to one place rounded up or down.
    assert all(floor(6 * rate) <= sum(one) <= ceil(6 * rate) for one in found)
    # In step with each other, everybody would have the same weeks.
    assert len(set(found)) > 1


@given(st.text("CN-0123456789", min_size=1), st.floats(0, 60), st.integers(0, 16))
def test_the_verifier_counts_the_places_of_the_network_alike(name, rate, weeks):
    one = therapist(name, openings_per_week=rate)
    policy = MatchPolicy()
    scene = SimpleNamespace(plan=SimpleNamespace(weeks=weeks, policy=policy))

    found = new_patients(one, weeks, policy)

    assert _verify_supply._new_patients(scene, one) == found
    assert len(found) == weeks
    assert abs(sum(found) - rate * weeks) < 1 + 1e-6


def test_who_takes_few_of_those_referred_is_not_asked():
    care = desk(network=(therapist("N-1", acceptance=0.49),))
    (terms,) = care.contracts.values()

    found = substitutes_of(
        care, terms, (), monday=MONDAY, weeks=2, policy=MatchPolicy()
    )

    assert found[-1].openings == (0, 0)


def test_a_roster_of_another_contract_is_refused():
    care = desk()
    (terms,) = care.contracts.values()
    other = replace(roster(week("C-2", DAILY)), contract_id="other")

    with pytest.raises(PlanError, match="built for other"):
        substitutes_of(
            care,
            terms,
            (),
            monday=MONDAY,
            weeks=1,
            policy=MatchPolicy(),
            roster=other,
        )


def test_outside_the_days_of_a_roster_even_weeks_are_worked():
    care = desk()
    (terms,) = care.contracts.values()
    built = roster(week("C-2", DAILY), last_day=day(6))

    found = substitutes_of(
        care,
        terms,
        (),
        monday=MONDAY,
        weeks=2,
        policy=MatchPolicy(),
        roster=built,
    )

    c2 = next(s for s in found if s.substitute_id == "C-2")
    c1 = next(s for s in found if s.substitute_id == "C-1")
    assert c2.openings[0] == 10
    assert c2.openings[1] == c1.openings[1] > 10


def test_a_clause_that_begins_within_the_plan_counts_from_its_week():
    cap = clause("CAP", "visit_cap_weekly", patients=6, effective=day(0, 1))
    care = desk(terms=contract(cap))
    (terms,) = care.contracts.values()

    found = substitutes_of(
        care, terms, (), monday=MONDAY, weeks=3, policy=MatchPolicy()
    )

    assert found[0].openings[0] > 6
    assert found[0].openings[1:] == (6, 6)


def test_what_is_lent_and_kept_are_the_free_openings_of_a_synthetic_clinic():
    care = make_system("clinic-of-eight", seed=2)
    terms = care.contracts[care.contract_in_force]
    alone = replace(care, patients=())

    lent, free = (
        substitutes_of(
            s, terms, (), monday=care.first_day, weeks=6, policy=MatchPolicy()
        )
        for s in (care, alone)
    )

    for one, all_free in zip(lent[:8], free[:8], strict=True):
        assert all(
            0 <= a <= b for a, b in zip(one.openings, all_free.openings, strict=True)
        )
        assert one.intakes == all_free.intakes
    # The book is full near the start: later weeks have more free, and keep more.
    kept = [
        sum(f.openings[w] - s.openings[w] for s, f in zip(lent, free, strict=True))
        for w in range(6)
    ]
    assert kept[0] < kept[5]
