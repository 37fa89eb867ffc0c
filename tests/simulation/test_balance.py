"""What must hold exactly on every path: nobody is lost, nothing is used twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from pools import make_pool

from caretime.formats.casebook import casebook_contract
from caretime.measures.log_tally import tally_of_log
from caretime.model.incident import Incident
from caretime.model.log import COUNTER, LOG_COLUMNS, EventKind
from caretime.simulation import event_log, make_system, simulate, simulate_many
from caretime.simulation._arrays import (
    INTAKE,
    VT_GROUP,
    VT_INTAKE,
    VT_URGENT,
    Outcome,
)
from caretime.simulation._kernel import engine as compiled
from caretime.simulation._plain import booking
from caretime.simulation._plain import engine as readable
from caretime.simulation._plain.clinic import Clinic
from caretime.simulation._population import populate
from caretime.simulation.runs import Scenario

SEEDS = range(60)
INTAKE_CLOCK = 0
ENDED = (
    EventKind.DISCHARGED,
    EventKind.DROPPED,
    EventKind.LOST_WAITING,
    EventKind.LOST_IN_TRANSFER,
)
CAME_DUE = (EventKind.ATTENDED, EventKind.NO_SHOW, EventKind.PROVIDER_CANCEL)


def run(seed: int):
    """Run a generated pool; return it, its outcome and its log by column."""
    pool, draws = make_pool(seed, seats=4 + seed % 5, shared=seed % 3 == 2)
    outcome = compiled.run_pool(pool, draws, trace=True)
    columns = {name: outcome.log[:, k] for k, name in enumerate(LOG_COLUMNS)}
    return pool, draws, outcome, SimpleNamespace(**columns)


def weekly(outcome: Outcome, name: str) -> np.ndarray:
    return outcome.weekly[:, COUNTER[name]]


def left_care(log: SimpleNamespace) -> np.ndarray:
    """Tell the rows with which a person leaves care."""
    handed_over = (log.kind == EventKind.TO_NETWORK) & (log.flag == 0)
    return np.isin(log.kind, ENDED) | handed_over


@pytest.fixture(scope="module")
def clinic():
    return make_system("clinic-of-eight", seed=1)


@pytest.fixture(scope="module")
def region():
    return make_system("southern-california", scale=0.02, seed=1)


# Nobody is lost


@pytest.mark.parametrize("seed", SEEDS)
def test_everyone_who_came_is_in_care_or_has_left(seed):
    pool, _, outcome, log = run(seed)
    gone = weekly(outcome, "to_network") + sum(
        weekly(outcome, kind.name.lower()) for kind in ENDED
    )

    came = len(pool.start) + weekly(outcome, "referrals").cumsum()

    in_care = weekly(outcome, "in_treatment") + weekly(outcome, "waiting_intake")
    np.testing.assert_array_equal(came - gone.cumsum(), in_care)
    np.testing.assert_array_equal(
        in_care, weekly(outcome, "booked_ahead") + weekly(outcome, "waitlist")
    )
    assert left_care(log).sum() == gone.sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_leaves_twice_or_is_heard_of_afterwards(seed):
    _, _, _, log = run(seed)
    last = {}
    for row, member in enumerate(log.member):
        last[member] = row

    leaving = np.flatnonzero(left_care(log))

    for row in leaving:
        assert last[log.member[row]] == row


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_are_numbered_without_a_gap(seed):
    pool, _, _, log = run(seed)
    visits = dict(zip(pool.start["mid"], pool.start["visits"], strict=True))

    for kind, member, vtype, value in zip(
        log.kind, log.member, log.visit_type, log.value, strict=True
    ):
        if kind == EventKind.ATTENDED and vtype != VT_URGENT:
            visits[member] = visits.get(member, 0) + 1
        elif kind in ENDED:
            assert value == visits.get(member, 0)


# Nothing is used twice


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clinician_is_booked_once_in_a_quarter_hour(seed):
    _, _, _, log = run(seed)
    alone = np.isin(log.kind, CAME_DUE) & (log.visit_type != VT_GROUP) & (log.tick > 0)

    used = Counter(
        zip(log.day[alone], log.tick[alone], log.clinician[alone], strict=True)
    )

    assert not [where for where, times in used.items() if times > 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_are_held_only_where_the_contract_has_an_opening(seed):
    pool, draws, _, log = run(seed)
    template = dict(zip(pool.seats["clinician"], pool.seats["template"], strict=True))
    seat = {clinician: k for k, clinician in enumerate(pool.seats["clinician"])}
    held = np.isin(log.kind, (EventKind.ATTENDED, EventKind.NO_SHOW))

    for row in np.flatnonzero(held & (log.visit_type != VT_GROUP)):
        day, clinician = log.day[row], log.clinician[row]
        masks = pool.masks[pool.phase[day // 5], template[clinician], :, day % 5]
        opening = np.bitwise_or.reduce(masks) >> np.uint64(log.tick[row])
        assert opening & np.uint64(1)
        assert draws.works[seat[clinician], day]
        assert draws.away[seat[clinician], day] == 0


@pytest.mark.parametrize("seed", range(30))
def test_new_patients_go_to_a_clinician_who_may_and_can_take_them(seed, monkeypatch):
    pool, draws = make_pool(seed, shared=seed % 3 == 2)
    assign, given = Clinic.assign, []

    def watched(clinic, member, seat):
        if seat is not None and clinic.today >= 0:
            given.append(seat)
            assert len(seat.patients) < seat.caseload_cap
            assert seat.filled
            assert not seat.out
            word = pool.eligible[member.stratum, seat.number // 64]
            assert word >> np.uint64(seat.number % 64) & np.uint64(1)
        assign(clinic, member, seat)

    monkeypatch.setattr(Clinic, "assign", watched)

    outcome = readable.run_pool(pool, draws)

    offers = outcome.by_license[INTAKE_CLOCK].sum()
    assert len(given) >= offers + weekly(outcome, "transferred").sum()


@pytest.mark.parametrize("seed", range(30))
def test_each_booking_is_held_missed_cancelled_or_still_to_come(seed, monkeypatch):
    pool, draws = make_pool(seed, shared=seed % 3 == 2)
    pool = replace(pool, leave=np.zeros_like(pool.leave))  # nobody quits
    booked = Counter()
    book, keep = Clinic.book, booking.keep_group_seat

    def counted(how, name):
        def call(*arguments):
            booked[name] += 1
            return how(*arguments)

        return call

    monkeypatch.setattr(Clinic, "book", counted(book, "alone"))
    for module in ("engine", "visits"):
        place = f"caretime.simulation._plain.{module}.keep_group_seat"
        monkeypatch.setattr(place, counted(keep, "group"))

    outcome = readable.run_pool(pool, draws, trace=True)

    kinds, vtypes = outcome.log[:, 2], outcome.log[:, 6]
    ended = np.isin(kinds, (*CAME_DUE, EventKind.LATE_CANCEL)) & (vtypes != VT_URGENT)
    still_booked = int(weekly(outcome, "booked_ahead")[-1])
    assert booked.total() == ended.sum() + still_booked


# Waits and queues


@pytest.mark.parametrize("seed", SEEDS)
def test_days_waited_for_a_first_visit_add_up_to_the_daily_queue(seed):
    pool, _, outcome, log = run(seed)
    days = 5 * len(outcome.weekly)
    new = pool.start["visits"] == 0
    since = dict.fromkeys(pool.start["mid"][new], 0)
    waited = 0
    change = np.zeros(days + 1, np.int64)
    change[0] = len(since)
    first_visit = (log.kind == EventKind.ATTENDED) & (log.visit_type != VT_URGENT)

    for day, kind, member, ends in zip(
        log.day, log.kind, log.member, first_visit | left_care(log), strict=True
    ):
        if kind == EventKind.REFERRAL:
            since[member] = day
            change[day] += 1
        elif ends and member in since:
            waited += day - since.pop(member)
            change[day] -= 1

    # Little's law as an identity: person-days, by person and by day.
    queue = change[:-1].cumsum()
    waited += sum(days - 1 - day for day in since.values())
    assert queue[:-1].sum() == waited
    np.testing.assert_array_equal(queue[4::5], weekly(outcome, "waiting_intake"))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_request_has_at_most_one_first_offer(seed):
    pool, _, outcome, log = run(seed)
    offers = Counter()
    requests = Counter(dict.fromkeys(pool.start["mid"], 0))

    for kind, member, vtype, flag in zip(
        log.kind, log.member, log.visit_type, log.flag, strict=True
    ):
        urgent = vtype == VT_URGENT
        if kind == EventKind.REFERRAL or (kind == EventKind.ATTENDED and not urgent):
            requests[member] += 1
        elif kind == EventKind.OFFER and not urgent:
            offers[member] += 1
            assert offers[member] <= requests[member]
            assert (flag & 7 == INTAKE_CLOCK) == (vtype == VT_INTAKE)

    urgent = weekly(outcome, "urgent_requests").sum()
    assert outcome.weekly_waits[:, 3].sum() == urgent


def test_more_intake_openings_shorten_the_wait_for_a_first_visit(clinic):
    contract = clinic.contracts[clinic.contract_in_force]
    population = populate(clinic, clinic.assumptions, 26)
    scenario = Scenario.build(population, contract, clinic.assumptions)
    (pool,) = scenario.pools
    masks = pool.masks.copy()
    taken = np.bitwise_or.reduce(masks, axis=2)
    late = np.uint64(1 << 50)  # half past six in the evening, every working day
    masks[:, :, INTAKE] |= np.where(taken > 0, late, np.uint64(0))
    assert not (taken & late).any()
    more = replace(scenario, pools=(replace(pool, masks=masks),))

    waits = [
        [mean_wait(each.tally(1, replication)) for replication in range(4)]
        for each in (scenario, more)
    ]

    assert np.mean(waits[1]) < np.mean(waits[0])
    # On the same keys no single year gets worse by more than a tenth of a day.
    assert (np.subtract(*waits) > -0.1).all()


def mean_wait(tally) -> float:
    histogram = tally.waits[0, INTAKE_CLOCK, 0].sum(axis=0)
    return float(np.average(np.arange(len(histogram)), weights=histogram))


# The same numbers, however they are made


@pytest.mark.parametrize("seed", range(20))
def test_writing_the_log_changes_no_number(seed):
    pool, draws = make_pool(seed, shared=seed % 3 == 2)

    silent = compiled.run_pool(pool, draws, trace=False)
    traced = compiled.run_pool(pool, draws, trace=True)

    assert silent.log.shape == (0, len(LOG_COLUMNS))
    for field in fields(Outcome):
        if field.name != "log":
            np.testing.assert_array_equal(
                getattr(silent, field.name), getattr(traced, field.name)
            )


def test_a_long_log_is_written_whole():
    system = make_system("southern-california", scale=0.05, seed=1)
    contract = system.contracts[system.contract_in_force]
    population = populate(system, system.assumptions, 40)
    scenario = Scenario.build(population, contract, system.assumptions)
    sizes = [len(pool.seats) for pool in scenario.pools]

    outcome = scenario.outcomes(1, 0, trace=True)[np.argmax(sizes)]

    # More rows than are laid out at first, none of them empty, days in order.
    assert len(outcome.log) > 1 << 16
    assert (np.diff(outcome.log[:, 0]) >= 0).all()
    assert (outcome.log[:, 2] == EventKind.REFERRAL).sum() == weekly(
        outcome, "referrals"
    ).sum()


def assert_same(one, other):
    for name in ("weekly", "waits", "weekly_waits", "staff"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_one_worker_and_two_give_the_same_numbers(region):
    contract = region.contracts[region.contract_in_force]

    alone, together = (
        simulate(region, contract, weeks=8, replications=4, workers=workers).tally
        for workers in (1, 2)
    )

    assert_same(alone, together)


def test_a_longer_run_of_replications_repeats_the_shorter(region):
    contract = region.contracts[region.contract_in_force]

    whole = simulate(region, contract, weeks=6, replications=3).tally
    last = simulate(
        region, contract, weeks=6, replications=1, first_replication=2
    ).tally

    np.testing.assert_array_equal(whole.weekly[2], last.weekly[0])
    np.testing.assert_array_equal(whole.waits[2], last.waits[0])


def test_the_order_of_pools_does_not_matter(region):
    contract = region.contracts[region.contract_in_force]
    population = populate(region, region.assumptions, 8)
    scenario = Scenario.build(population, contract, region.assumptions)
    turned = replace(scenario, pools=scenario.pools[::-1])

    assert len(scenario.pools) > 1
    assert_same(scenario.tally(1, 0), turned.tally(1, 0))


def test_a_contract_against_itself_differs_by_exactly_nothing(clinic):
    contract = clinic.contracts[clinic.contract_in_force]

    one, other = simulate_many(clinic, [contract, contract], weeks=12, replications=2)

    assert_same(one.tally, other.tally)


def test_other_terms_meet_the_same_referrals_and_the_same_sick_days(clinic):
    terms = [
        casebook_contract(name)
        for name in ("socal-2024-10-employer", "socal-2024-09-union")
    ]

    one, other = (
        result.tally
        for result in simulate_many(clinic, terms, weeks=12, replications=2)
    )

    np.testing.assert_array_equal(one.counter("referrals"), other.counter("referrals"))
    assert (one.counter("visits_return") != other.counter("visits_return")).any()


@pytest.mark.parametrize("name", ["clinic", "region"])
def test_the_log_counts_to_the_tally_of_the_run(name, request):
    system = request.getfixturevalue(name)
    contract = casebook_contract("socal-2024-09-union")
    incident = Incident("walkout", date(2025, 6, 9), date(2025, 6, 2), (0.8, 0.3), ())
    population = populate(system, system.assumptions, 10)
    scenario = Scenario.build(population, contract, system.assumptions, incident)
    licenses = [""] * scenario.posts
    for pool in scenario.pools:
        for seat in pool.seats:
            licenses[seat["clinician"]] = population.licenses[seat["license"]]
    log = event_log(system, contract, weeks=10, seed=2, incident=incident)

    counted = tally_of_log(
        log,
        [
            {"county": s.county, "language": s.language, "age_group": s.age_group}
            for s in population.strata
        ],
        licenses,
        weeks=10,
        slices=scenario.slices,
        licenses=population.licenses,
    )

    direct = scenario.tally(2, 0)
    assert_same(counted, direct)
    assert counted.counter("days_absent_incident").sum() > 0
