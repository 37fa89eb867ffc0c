"""The rules of sending: who may be told, by which way, when, and how often."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime_web.channels.sending import (
    AT_ONCE,
    TIERS,
    WAYS,
    Decision,
    Reach,
    SendingPolicy,
    Try,
    allowed_from,
    assessment_due,
    decide,
    next_step,
    retry_at,
    telling_key,
    ways_of,
)

HERE = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 11, 24, 12, tzinfo=HERE)
KEY = UUID(int=1000)
POLICY = SendingPolicy()
ANYHOW = Reach(frozenset(WAYS), HERE)
ALL = frozenset(WAYS)


def chosen(reach: Reach = ANYHOW, *tries: Try, **parts) -> Decision:
    given = {"told_at": [], "policy": POLICY, "key": KEY, "now": NOON} | parts
    return decide(reach, tries, **given)


def test_a_text_message_comes_first_then_a_mail_then_a_letter():
    assert ways_of(Reach(ALL, HERE), POLICY) == ("sms", "email", "letter")
    assert ways_of(Reach(ALL, HERE, prefers="letter"), POLICY)[0] == "letter"


def test_a_way_that_somebody_has_stopped_is_not_preferred_either():
    reach = Reach(ALL, HERE, prefers="sms", stopped=frozenset({"sms"}))

    assert ways_of(reach, POLICY) == ("email", "letter")


def test_nobody_is_told_anything_against_their_will():
    reach = Reach(ALL, HERE, do_not_contact=True)

    assert chosen(reach) == Decision("", None, "do_not_contact")
    assert chosen(reach, policy=AT_ONCE).way == ""


def test_who_has_no_contact_point_left_is_said_to_have_none():
    nowhere = Reach(frozenset(), HERE)
    dead = Reach(frozenset({"sms"}), HERE, dead=frozenset({"sms"}))

    assert chosen(nowhere) == chosen(dead) == Decision("", None, "no_way")


def test_a_refusal_for_good_takes_the_next_way_at_once():
    tries = Try("sms", "bad_address", NOON), Try("email", "permanent", NOON)

    decision = chosen(ANYHOW, *tries)

    assert decision == Decision("letter", NOON)


def test_a_failure_for_the_moment_stays_with_its_way_until_it_was_thrice():
    tries = [Try("sms", "temporary", NOON + timedelta(minutes=m)) for m in (0, 2, 9)]
    now = NOON + timedelta(hours=1)

    assert chosen(ANYHOW, *tries[:2], now=now).way == "sms"
    assert chosen(ANYHOW, *tries, now=now).way == "email"


def test_a_server_that_is_down_does_not_turn_mails_into_letters():
    tries = [Try("email", "unreachable", NOON)] * 20

    decision = chosen(Reach(frozenset({"email", "letter"}), HERE), *tries)

    assert decision.way == "email"
    # Four hours at most, and up to a quarter more: from noon still before quiet.
    assert decision.not_before - NOON <= timedelta(hours=5)


def test_when_every_way_has_failed_it_is_said():
    tries = [Try(way, "permanent", NOON) for way in WAYS]

    assert chosen(ANYHOW, *tries) == Decision("", None, "every_way_failed")


def test_what_was_sent_is_not_sent_again():
    tries = Try("sms", "temporary", NOON), Try("sms", "sent", NOON)

    assert chosen(ANYHOW, *tries) == Decision("", None, "sent")


def test_the_other_side_says_how_long_to_wait():
    decision = chosen(ANYHOW, Try("sms", "temporary", NOON, 600))

    assert decision.not_before == NOON + timedelta(seconds=600)


@pytest.mark.parametrize(
    ("local", "from_then"),
    [
        ("2026-11-24T12:00", "2026-11-24T12:00"),
        ("2026-11-24T19:59", "2026-11-24T19:59"),
        ("2026-11-24T20:00", "2026-11-25T09:00"),
        ("2026-11-25T03:30", "2026-11-25T09:00"),
        ("2026-11-25T08:59", "2026-11-25T09:00"),
        # The clock goes forward and back in these nights.
        ("2026-03-07T23:00", "2026-03-08T09:00"),
        ("2026-10-31T23:00", "2026-11-01T09:00"),
    ],
)
def test_nothing_rings_in_the_patients_quiet_hours(local, from_then):
    moment, expected = (
        datetime.fromisoformat(text).replace(tzinfo=HERE) for text in (local, from_then)
    )

    assert allowed_from(moment, "sms", HERE, [], POLICY) == expected
    assert allowed_from(moment, "letter", HERE, [], POLICY) == moment


def test_quiet_hours_are_those_of_the_patient_and_not_of_the_office():
    six_here = datetime(2026, 11, 24, 18, tzinfo=HERE)
    east = ZoneInfo("America/New_York")

    # 21:00 in New York: quiet until 9:00 there, which is 6:00 here.
    moment = allowed_from(six_here, "sms", east, [], POLICY)

    assert moment == datetime(2026, 11, 25, 6, tzinfo=HERE)


def test_a_third_message_waits_for_the_next_day():
    told = [NOON - timedelta(hours=1), NOON - timedelta(minutes=5)]

    assert allowed_from(NOON, "sms", HERE, told, POLICY) == datetime(
        2026, 11, 25, 9, tzinfo=HERE
    )
    assert allowed_from(NOON, "letter", HERE, told, POLICY) == datetime(
        2026, 11, 25, tzinfo=HERE
    )


def test_an_answer_to_what_somebody_wrote_goes_at_once():
    midnight = datetime(2026, 11, 25, tzinfo=HERE)

    decision = chosen(told_at=[midnight] * 5, policy=AT_ONCE, now=midnight)

    assert decision == Decision("sms", midnight)


def first_by_looking(moment, way, told_at, policy):
    """Look at every minute, one after the other."""
    moment = moment.astimezone(UTC)
    for minutes in range(6 * 1440):
        at = moment + timedelta(minutes=minutes)
        local = at.astimezone(HERE)
        minute = local.hour * 60 + local.minute
        start, end = policy.quiet_from, policy.quiet_to
        quiet = start <= minute < end if start <= end else not end <= minute < start
        told = sum(t.astimezone(HERE).date() == local.date() for t in told_at)
        if told < policy.most_a_day and not (quiet and way in policy.quiet_ways):
            return at
    raise AssertionError("never")


@settings(max_examples=60)
@given(
    minute=st.integers(0, 4 * 1440),
    told=st.lists(st.integers(-1440, 4 * 1440), max_size=5),
    quiet=st.tuples(st.integers(0, 47), st.integers(0, 47)),
    way=st.sampled_from(WAYS),
    most=st.integers(1, 3),
    day=st.sampled_from([date(2026, 3, 6), date(2026, 10, 30), date(2026, 6, 1)]),
)
def test_the_first_moment_is_the_one_found_by_looking(
    minute, told, quiet, way, most, day
):
    start = datetime(day.year, day.month, day.day, tzinfo=HERE).astimezone(UTC)
    told_at = [start + timedelta(minutes=m) for m in told]
    # Half hours outside the hour that a night of the year has twice or not at all.
    hours = [m * 30 if not 60 <= m * 30 <= 180 else 0 for m in quiet]
    policy = SendingPolicy(quiet_from=hours[0], quiet_to=hours[1], most_a_day=most)
    moment = start + timedelta(minutes=minute)

    found = allowed_from(moment, way, HERE, told_at, policy)

    assert found == first_by_looking(moment, way, told_at, policy)
    assert allowed_from(found, way, HERE, told_at, policy) == found


def test_a_failed_message_waits_longer_each_time_up_to_four_hours():
    waits = [retry_at(NOON, tries, KEY) - NOON for tries in range(1, 8)]

    seconds = [wait.total_seconds() for wait in waits]
    assert seconds == [60, 240, 960, 3840, 14400, 14400, 14400]


def test_messages_that_failed_together_do_not_come_back_together():
    moments = {retry_at(NOON, 3, UUID(int=n)) for n in range(1000)}

    assert len(moments) == 1000
    assert max(moments) - min(moments) < timedelta(seconds=960 / 4)


def test_two_waves_that_say_the_same_have_one_key():
    one = telling_key("P-1", "offer", "A-7|2026-12-01T15:30-08:00")

    assert one == telling_key("P-1", "offer", "A-7|2026-12-01T15:30-08:00")
    others = {
        telling_key("P-2", "offer", "A-7|2026-12-01T15:30-08:00"),
        telling_key("P-1", "must_move", "A-7|2026-12-01T15:30-08:00"),
        telling_key("P-1", "offer", "A-7|2026-12-02T15:30-08:00"),
        telling_key('P-1", "offer', "", "A-7|2026-12-01T15:30-08:00"),
    }
    assert len(others | {one}) == 5


@pytest.mark.parametrize(("tier", "hours"), [(1, 4), (2, 24), (3, 48)])
def test_three_attempts_then_a_call_and_sooner_for_higher_risk(tier, hours):
    first = datetime(2026, 11, 24, 18, tzinfo=UTC)
    attempts, said = [first], []

    while (step := next_step(tier, attempts, POLICY)).purpose != "call":
        said.append(step.purpose)
        attempts.append(step.due_at)

    assert said == ["reminder_2", "reminder_3"]
    assert len(attempts) == 3
    assert step.due_at - first == timedelta(hours=3 * hours)


def test_only_the_last_attempt_says_that_it_is_the_last():
    first = datetime(2026, 11, 24, 18, tzinfo=UTC)

    def said(attempts: int) -> list[str]:
        policy = SendingPolicy(attempts=attempts)
        return [
            next_step(2, [first] * made, policy).purpose
            for made in range(1, attempts + 1)
        ]

    assert said(1) == ["call"]
    assert said(2) == ["reminder_3", "call"]
    assert said(4) == ["reminder_2", "reminder_2", "reminder_3", "call"]
    assert next_step(2, [], POLICY) is None


def test_who_waits_is_assessed_every_two_weeks():
    since = date(2026, 11, 2)

    assert assessment_due(since, None, POLICY) == date(2026, 11, 16)
    assert assessment_due(since, date(2026, 11, 10), POLICY) == date(2026, 11, 24)
    assert assessment_due(since, date(2026, 10, 1), POLICY) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"order": ("fax",)}, "unknown way 'fax'"),
        ({"quiet_from": 1440}, "0 to 1439"),
        ({"most_a_day": 0}, "at least 1"),
        ({"hours_between": {1: 4}}, "each risk tier"),
        ({"hours_between": dict.fromkeys(TIERS, 0)}, "each risk tier"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(parts, words):
    with pytest.raises(ValueError, match=words):
        SendingPolicy(**parts)
