"""Candidates: the fast search finds what the rules say, pair by pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import base, scene

from caretime.matching.candidates import Finder
from caretime.model.incident import Substitute
from caretime.model.matching import MatchPolicy
from caretime.model.people import Clinician
from caretime.rules.eligibility import may_treat
from caretime.rules.fit import fit
from caretime.rules.region import miles_between
from caretime.tables import rows

seeds = st.integers(0, 10_000)
CENTROIDS = {
    row["zip"]: (float(row["latitude"]), float(row["longitude"]))
    for row in rows("zip_centroids")
}


def finder_of(drawn):
    system, patients, substitutes, policy = drawn
    return Finder(system, patients, substitutes, policy=policy)


def pairs_of(found, patient):
    """Return what was found for a patient, by substitute."""
    ask = found.ask_of[patient]
    rows = range(found.start[ask], found.start[ask + 1])
    return {
        int(found.substitute[k]): (
            int(found.points[k]),
            bool(found.telehealth[k]),
            float(found.miles[k]),
        )
        for k in rows
    }


def by_the_rules(drawn, patient):
    """Judge and weigh every substitute for the patient, both ways, one by one."""
    system, _, substitutes, policy = drawn
    places = {c.clinic_id: (c.latitude, c.longitude) for c in system.clinics}
    known = {c.clinician_id: c for c in system.clinicians}
    known |= {t.therapist_id: t for t in system.network}
    present = {s.substitute_id for s in substitutes}
    found = {}
    for row, substitute in enumerate(substitutes):
        person = known[substitute.substitute_id]
        in_house = isinstance(person, Clinician)
        if substitute.substitute_id == patient.clinician_id:
            continue
        if not any(substitute.openings):
            continue
        place = (
            places[person.clinic_id]
            if in_house
            else (person.latitude, person.longitude)
        )
        home = CENTROIDS.get(patient.zip)
        miles = None if home is None else miles_between(*home, *place)
        boss = person.supervisor_id if in_house else None
        ways = []
        for telehealth in (False, True):
            modality = "telehealth" if telehealth else "in_person"
            if patient.modality not in (modality, "either"):
                continue
            verdict = may_treat(
                person,
                replace(patient.asks, modality=modality),
                supervisor=known.get(boss) if boss in present else None,
                miles=miles,
                telehealth_consent=patient.telehealth_consent,
                associates_see_tier_1=policy.associates_see_tier_1,
            )
            if verdict.allowed:
                points = fit(
                    person, patient, home=known[patient.clinician_id], miles=miles,
                    telehealth=telehealth,
                ).points  # fmt: skip
                far = 0.0 if telehealth else np.nan if miles is None else miles
                ways.append((points, telehealth, far))
        if ways:
            found[row] = min(ways, key=lambda way: way[:2])
    return found


@settings(deadline=None, max_examples=60)
@given(seeds)
def test_every_pair_the_rules_permit_is_found_at_its_points(seed):
    drawn = scene(seed)

    found = finder_of(drawn).all_pairs()

    for row, patient in enumerate(drawn[1]):
        expected = by_the_rules(drawn, patient)
        ours = pairs_of(found, row)
        assert ours.keys() == expected.keys()
        for substitute, (points, telehealth, miles) in expected.items():
            assert ours[substitute][:2] == (points, telehealth)
            assert ours[substitute][2] == pytest.approx(miles, abs=1e-3, nan_ok=True)


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(1, 4))
def test_the_first_are_the_cheapest_of_each_kind(seed, most):
    drawn = scene(seed)
    finder = finder_of(drawn)

    few, every = finder.first(most), finder.all_pairs()

    network = finder.pool.network
    for row in range(len(drawn[1])):
        ours = pairs_of(few, row)
        order = [(points, s) for s, (points, _, _) in pairs_of(every, row).items()]
        for kind in (False, True):
            cheapest = sorted(pair for pair in order if network[pair[1]] == kind)[:most]
            assert [
                (points, s) for s, (points, _, _) in ours.items() if network[s] == kind
            ] == cheapest


@settings(deadline=None, max_examples=30)
@given(seeds)
def test_below_adds_just_the_pairs_that_prices_make_worth_it(seed):
    drawn = scene(seed)
    finder = finder_of(drawn)
    rng = np.random.default_rng(seed)
    floor = rng.integers(0, 200, len(drawn[2]))
    first = finder.first(1)
    threshold = rng.integers(0, 500, first.asks)

    more = finder.below(first, threshold, floor)

    every = finder.all_pairs()
    for row in range(len(drawn[1])):
        known = pairs_of(first, row)
        bar = threshold[more.ask_of[row]]
        worth = {
            s: pair
            for s, pair in pairs_of(every, row).items()
            if s in known or pair[0] + floor[s] < bar
        }
        assert pairs_of(more, row).keys() == worth.keys()
    assert finder.below(more, threshold, floor) is more


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_pairs_stand_by_points_then_by_row(seed):
    found = finder_of(scene(seed)).all_pairs()

    for ask in range(found.asks):
        here = slice(found.start[ask], found.start[ask + 1])
        order = list(zip(found.points[here], found.substitute[here], strict=True))
        assert order == sorted(order)


def test_a_clinic_as_it_is_made_finds_what_the_rules_permit():
    system = base()
    substitutes = [
        Substitute(c.clinician_id, "in_house", (1,)) for c in system.clinicians[4:]
    ] + [Substitute(t.therapist_id, "network", (1,)) for t in system.network]
    drawn = system, system.patients, substitutes, MatchPolicy()

    found = finder_of(drawn).all_pairs()

    # Enough asks to be searched in parts.
    assert found.asks >= 256
    for row in range(0, len(system.patients), 5):
        expected = by_the_rules(drawn, system.patients[row])
        ours = pairs_of(found, row)
        assert {s: pair[:2] for s, pair in ours.items()} == {
            s: pair[:2] for s, pair in expected.items()
        }


@pytest.mark.parametrize(
    ("asks", "people", "floor"), [(1, 0, 0), (0, 1, 0), (0, 0, -1)]
)
def test_prices_that_do_not_fit_are_refused(asks, people, floor):
    finder = finder_of(scene(2))
    first = finder.first(1)
    threshold = np.full(first.asks + asks, 100)

    with pytest.raises(ValueError, match=r"expected|negative"):
        finder.below(first, threshold, np.full(len(finder.substitutes) + people, floor))


def test_patients_alike_are_one_ask():
    system, patients, substitutes, policy = scene(3)
    twins = (patients[0], replace(patients[0], patient_id="P-twin"), *patients[1:])

    found = Finder(system, twins, substitutes, policy=policy).first(5)

    assert found.ask_of[0] == found.ask_of[1]
    assert found.asks < len(twins)


def test_an_associate_is_no_candidate_when_the_supervisor_is_away():
    system, patients, substitutes, _ = scene(5)
    boss = replace(
        system.clinicians[0], license="LCSW", ages=("adult",), languages=("en",),
        needs=("therapy",), telehealth_share=0.5, clinician_id="C-boss",
    )  # fmt: skip
    under = replace(boss, clinician_id="C-under", license="ASW", supervisor_id="C-boss")
    system = replace(system, clinicians=(*system.clinicians, boss, under))
    patient = replace(
        patients[0], county="Los Angeles", zip="90017", modality="telehealth",
        telehealth_consent=True, age_group="adult", language="en", need="therapy",
        risk_tier=3, gender_preference=None, clinician_id="C-away",
    )  # fmt: skip
    both = [replace(substitutes[0], substitute_id="C-under", openings=(1,)),
            replace(substitutes[0], substitute_id="C-boss", openings=(1,))]  # fmt: skip

    alone = Finder(system, [patient], both[:1]).all_pairs()
    together = Finder(system, [patient], both).all_pairs()

    assert alone.substitute.tolist() == []
    assert together.substitute.tolist() == [0, 1]


def test_no_substitutes_and_no_patients_are_an_answer():
    system, patients, substitutes, policy = scene(7)

    nobody = Finder(system, patients, [], policy=policy).first(5)
    nothing = Finder(system, [], substitutes, policy=policy).first(5)

    assert nobody.substitute.size == 0
    assert nobody.asks > 0
    assert nothing.asks == 0
