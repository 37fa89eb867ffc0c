"""What providers tell us: believed only if signed, and read in every language."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime_web.channels.sms_events import (
    INTENTS,
    Delivery,
    intent_of,
    is_signed,
    read_delivery,
    read_reply,
    signature,
)
from caretime_web.channels.wording import LANGUAGES, read_texts

NOW = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
SECRET, OLD = b"new secret", b"old secret"
BODY = b'{"id": "SM1"}'


def body(**parts) -> bytes:
    told = {"id": "SM1", "at": "2026-11-24T09:30:00-08:00"}
    return json.dumps(told | parts).encode()


def test_a_signed_request_is_believed():
    header = signature(BODY, SECRET, NOW)

    assert is_signed(BODY, header, secrets=[SECRET], now=NOW)


def test_while_secrets_change_the_old_and_the_new_one_count():
    from_old = signature(BODY, OLD, NOW)
    both = signature(BODY, b"stranger", NOW) + from_old[from_old.index(",") :]

    assert is_signed(BODY, from_old, secrets=[SECRET, OLD], now=NOW)
    assert is_signed(BODY, both, secrets=[OLD], now=NOW)
    assert not is_signed(BODY, from_old, secrets=[SECRET], now=NOW)
    assert not is_signed(BODY, from_old, secrets=[], now=NOW)


@given(st.integers(0, len(BODY) * 8 - 1))
def test_one_changed_bit_is_seen(bit):
    changed = bytearray(BODY)
    changed[bit // 8] ^= 1 << bit % 8

    header = signature(BODY, SECRET, NOW)

    assert not is_signed(bytes(changed), header, secrets=[SECRET], now=NOW)


def test_an_old_request_is_not_believed_again():
    header = signature(BODY, SECRET, NOW)
    minutes = [timedelta(minutes=m) for m in (-6, -4, 4, 6)]

    believed = [is_signed(BODY, header, secrets=[SECRET], now=NOW + m) for m in minutes]

    assert believed == [False, True, True, False]


def test_a_moment_moved_to_now_breaks_the_signature():
    header = signature(BODY, SECRET, NOW)
    later = NOW + timedelta(hours=1)
    moved = f"t={int(later.timestamp())}{header[header.index(',') :]}"

    assert not is_signed(BODY, moved, secrets=[SECRET], now=later)


@pytest.mark.parametrize(
    "header", ["", "v1=00", "t=1", "t=1,v1=zz", "t=-1,v1=" + "0" * 64, "t=1;v1=1"]
)
def test_a_header_that_is_no_signature_is_not_believed(header):
    assert not is_signed(BODY, header, secrets=[SECRET], now=NOW)


@pytest.mark.parametrize(
    ("status", "error", "state"),
    [
        ("queued", None, "accepted"),
        ("sent", None, "accepted"),
        ("delivered", None, "delivered"),
        ("undelivered", "carrier_filtered", "undelivered"),
        ("failed", "not_mobile", "bad_address"),
        ("expired", "", "undelivered"),
    ],
)
def test_a_delivery_report_is_read(status, error, state):
    key = "00000000-0000-0000-0000-000000000007"

    report = read_delivery(body(status=status, error=error, key=key))

    assert report == Delivery("SM1", UUID(int=7), state, error or "", NOW)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b"\xff",
        body(status="lost"),
        body(status=["delivered"]),
        body(status="delivered", id=""),
        body(status="delivered", at="yesterday"),
        body(status="delivered", at="2026-11-24T09:30:00"),
        body(status="delivered", key="Marked"),
        body(status="delivered", key=5),
    ],
)
def test_a_report_that_is_none_is_refused_without_quoting_it(told):
    with pytest.raises(ValueError, match=r"a (callback|delivery report)") as error:
        read_delivery(told)

    assert "Marked" not in str(error.value)


def test_a_reply_is_read_and_keeps_its_words_out_of_logs():
    reply = read_reply(body(**{"from": "+12135550100", "text": "I am Marked"}))

    assert (reply.intent, reply.needs_person) == ("other", True)
    assert (reply.from_number, reply.text) == ("+12135550100", "I am Marked")
    assert "Marked" not in repr(reply)
    assert "+1213" not in repr(reply)


@pytest.mark.parametrize(
    "parts",
    [{"text": "STOP"}, {"from": "Marked", "text": "x"}, {"from": "+12135550100"}],
)
def test_a_reply_that_is_none_is_refused(parts):
    with pytest.raises(ValueError, match=r"a (callback|reply)"):
        read_reply(body(**parts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_keyword_of_every_language_is_understood(language):
    keywords = read_texts(language)["keywords"]

    assert set(keywords) == set(INTENTS) - {"other"}
    for intent, words in keywords.items():
        for word in words:
            assert intent_of(word)[0] == intent, word
            assert intent_of(f" {word.upper()}! ")[0] == intent, word


@pytest.mark.parametrize(
    ("text", "intent", "needs_person"),
    [
        ("STOP", "stop", False),
        ("ｓｔｏｐ", "stop", False),
        ("Stop.", "stop", False),
        ("no mas", "stop", True),
        ("NO MÁS", "stop", False),
        ("ngung", "stop", True),
        ("Dừng lại", "stop", False),
        ("Đúng", "other", True),
        ("정지", "stop", False),
        ("لطفا توقف", "stop", True),
        ("كمك", "help", False),
        ("start", "start", False),
        ("cancel", "stop", True),
        ("取消", "stop", True),
        ("don't stop believing in me", "other", True),
        ("please STOP these texts", "stop", True),
        ("end of the week is fine", "other", True),
        ("Para el lunes", "other", True),
        ("yes", "other", True),
        ("", "other", True),
        ("👍", "other", True),
    ],
)
def test_what_people_write_is_taken_as_they_mean_it(text, intent, needs_person):
    assert intent_of(text) == (intent, needs_person)
