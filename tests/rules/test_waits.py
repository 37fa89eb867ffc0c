"""Clocks: calendars, tables, and what holds for every wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.model.calendar import Calendar
from caretime.model.log import CLOCKS
from caretime.model.request import Extension, Offer, Request
from caretime.rules.access import (
    REASONS,
    UNITS,
    business_calendar,
    is_within,
    judge,
    lapses_at,
    load_standards,
    profiles,
    standard_for,
    wait,
)
from caretime.rules.exceptions import exception_clocks, flaw, signature_flaw
from caretime.rules.out_of_network import out_of_network_duty
from caretime.tables import rows

LA = business_calendar("california", 2024, 2026, "America/Los_Angeles")
STANDARDS = [s for profile in profiles() for s in load_standards(profile)]
START = datetime(2024, 1, 2, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 600).map(lambda m: START + timedelta(minutes=m))
spans = st.integers(0, 60 * 24 * 200).map(lambda m: timedelta(minutes=m))
standards = st.sampled_from(STANDARDS)


def test_every_standard_has_a_clock_that_is_counted_and_a_unit_that_is_known():
    for standard in STANDARDS:
        assert standard.clock in CLOCKS
        assert standard.unit in UNITS
        assert "[" in standard.citation, "says its standing"


def test_standard_ids_are_unique():
    ids = [standard.standard_id for standard in STANDARDS]

    assert len(ids) == len(set(ids))


def test_every_profile_has_a_holiday_list():
    assert {row["profile"] for row in rows("holiday_lists")} == set(profiles())


def test_every_license_is_said_to_sign_or_not():
    licenses = [row["license"] for row in rows("licenses")]

    assert sorted(row["license"] for row in rows("signers")) == sorted(licenses)


def test_an_unknown_profile_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="california, federal-qhp"):
        load_standards("oregon")


def test_authorization_chooses_the_longer_urgent_limit():
    california = load_standards("california")

    plain = standard_for(california, "urgent", "LCSW")
    authorized = standard_for(california, "urgent", "LCSW", prior_authorization=True)

    assert (plain.limit, authorized.limit) == (48, 96)


def test_a_nurse_practitioner_has_the_clock_of_a_therapist():
    california = load_standards("california")

    assert standard_for(california, "intake", "PMHNP").standard_id == "ca-intake"


def test_a_clock_the_profile_lacks_has_no_standard():
    assert standard_for(load_standards("va"), "urgent", "LCSW") is None


def test_the_strictest_of_two_targets_is_returned():
    nhs = load_standards("nhs-talking-therapies")

    assert standard_for(nhs, "first_treatment", "LMFT").limit == 42


def test_a_day_of_observance_is_a_business_day_in_california():
    assert LA.is_business_day(date(2024, 2, 15))  # Susan B. Anthony
    assert not LA.is_business_day(date(2024, 2, 19))  # Presidents' Day


def test_a_holiday_on_sunday_is_kept_on_monday():
    federal = business_calendar("federal-qhp", 2022, 2022, "America/New_York")

    assert not federal.is_business_day(date(2022, 6, 20))


def test_england_keeps_its_own_holidays():
    england = business_calendar("nhs-talking-therapies", 2025, 2025, "Europe/London")

    assert not england.is_business_day(date(2025, 8, 25))
    assert england.is_business_day(date(2025, 7, 4))


@pytest.mark.parametrize(
    ("jurisdiction", "years", "message"),
    [
        ("oregon", (2024, 2025), "no holidays for 'oregon'"),
        ("california", (2025, 2024), "last year 2024 is before"),
    ],
)
def test_a_calendar_of_nowhere_or_never_is_refused(jurisdiction, years, message):
    with pytest.raises(ValueError, match=message):
        business_calendar(jurisdiction, *years, "America/Los_Angeles")


def test_late_evening_belongs_to_the_local_day():
    # 23:30 on Monday in Los Angeles is Tuesday 06:30 in universal time.
    intake = load_standards("california")[2]
    asked = LA.at(date(2025, 5, 5), 23 * 60 + 30).astimezone(UTC)

    waited = wait(intake, asked, LA.at(date(2025, 5, 6), 9 * 60), LA)

    assert waited == 1


def test_a_wall_clock_time_without_a_zone_is_refused():
    naive = datetime(2025, 5, 5, 9)  # noqa: DTZ001

    with pytest.raises(ValueError, match="no time zone"):
        Request(naive)


def test_an_offer_made_before_the_request_is_refused():
    asked = LA.at(date(2025, 5, 5), 540)
    earlier = asked - timedelta(minutes=1)

    with pytest.raises(ValueError, match="before"):
        Request(asked, (Offer(earlier, asked),))


def test_an_offer_of_a_past_appointment_is_refused():
    asked = LA.at(date(2025, 5, 5), 540)

    with pytest.raises(ValueError, match="later"):
        Offer(asked, asked - timedelta(minutes=1))


def test_a_wait_that_ends_before_it_starts_is_refused():
    asked = LA.at(date(2025, 5, 5), 540)

    with pytest.raises(ValueError, match="before the clock starts"):
        wait(STANDARDS[0], asked, asked - timedelta(minutes=1), LA)


def test_an_unknown_kind_of_exception_is_refused():
    with pytest.raises(ValueError, match="longer_wait"):
        Extension("goodwill", "LCSW", LA.at(date(2025, 5, 5), 540), "so")


def test_a_profile_without_the_duty_says_so():
    asked = LA.at(date(2025, 5, 5), 540)

    with pytest.raises(ValueError, match="no out-of-network duty"):
        out_of_network_duty(
            load_standards("va")[0],
            Request(asked),
            LA,
            earliest_in_network=None,
            now=asked,
        )


def test_an_exception_is_known_only_where_the_profile_has_it():
    assert set(exception_clocks("california")) == {"longer_wait", "scheduled_ahead"}
    assert exception_clocks("federal-qhp") == {}


def test_two_associates_make_no_licensed_signature():
    assert signature_flaw("AMFT", cosigned_by="ASW") == "not_cosigned"


@given(standards, moments, spans, spans)
def test_a_later_offer_never_waits_less(standard, asked, one, more):
    first = wait(standard, asked, asked + one, LA)
    second = wait(standard, asked, asked + one + more, LA)

    assert first <= second


@given(standards, moments, spans)
def test_the_limit_lapses_exactly_where_a_wait_stops_being_within_it(
    standard, asked, span
):
    offered = asked + span

    within = is_within(standard, wait(standard, asked, offered, LA))

    assert within == (offered <= lapses_at(standard, asked, LA))


@given(moments, spans)
def test_business_days_equal_a_count_day_by_day(asked, span):
    intake = load_standards("california")[2]
    first = asked.astimezone(LA.zone).date()
    last = (asked + span).astimezone(LA.zone).date()

    waited = wait(intake, asked, asked + span, LA)

    days = [first + timedelta(days=k + 1) for k in range((last - first).days)]
    counted = sum(map(LA.is_business_day, days))
    on_a_free_day = bool(days) and not LA.is_business_day(last)
    assert waited == counted + on_a_free_day


@given(standards, moments, st.lists(spans, max_size=3), spans, st.booleans())
def test_time_turns_pending_into_an_answer_that_stays(
    standard, asked, starts, later, has_note
):
    note = Extension("longer_wait", "LCSW", asked, "fine")
    request = Request(
        asked,
        tuple(Offer(asked, asked + span) for span in starts),
        (note,) if has_note else (),
    )
    after = lapses_at(standard, asked, LA) + timedelta(days=1)

    settled = judge(standard, request, LA, now=after)
    again = judge(standard, request, LA, now=after + later)

    assert settled.outcome != "pending"
    assert settled.reason in REASONS
    assert again.outcome == settled.outcome


@given(moments, st.lists(spans, min_size=1, max_size=4), st.randoms())
def test_the_order_of_offers_changes_nothing(asked, starts, random):
    offers = [Offer(asked, asked + span) for span in starts]
    shuffled = random.sample(offers, len(offers))
    request = Request(asked, tuple(offers))
    now = asked + timedelta(days=300)

    one = judge(STANDARDS[2], request, LA, now=now)
    other = judge(STANDARDS[2], replace(request, offers=tuple(shuffled)), LA, now=now)

    assert one == other


@given(standards, moments, st.sampled_from(["", "clerk", "ASW", "SUD_COUNSELOR"]))
def test_nobody_without_a_license_signs_alone(standard, asked, author):
    note = Extension("longer_wait", author, asked, "fine")

    assert flaw(note, standard, lapses_at=asked + timedelta(days=1)) is not None


def test_a_plain_calendar_has_no_holidays():
    assert Calendar().is_business_day(date(2024, 12, 25))
