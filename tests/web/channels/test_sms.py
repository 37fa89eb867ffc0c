"""Text messages over a real provider-shaped server: once, however it misbehaves."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sms_servers import (
    Provider,
    answers,
    hangs_up,
    provider_at,
    takes_and_hangs_up,
    takes_and_says_nothing,
    trickles,
)

from caretime_web.channels import Failed, Outgoing, Sent
from caretime_web.channels.sms import Sms, SmsProvider, e164

MADE = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


def outgoing(number: int = 7, to: str = "+12135550100", text: str = "您好") -> Outgoing:
    return Outgoing(UUID(int=number), to, "", text, MADE)


def settings(url: str, **parts) -> SmsProvider:
    settled = {"token": "token", "timeout_s": 1.0, "from_number": "+12135550199"}
    return SmsProvider(url, **settled | parts)


@pytest.fixture
def provider() -> Provider:
    return Provider()


def test_a_message_arrives_with_its_key_and_where_to_tell_of_it(provider):
    told_at = {"callback_url": "https://desk.example.org/sms"}
    with provider_at(provider) as url, Sms(settings(url, **told_at)) as sms:
        outcome = sms.send(outgoing())

    assert outcome == Sent("SM0")
    (message,) = provider.messages.items()
    assert message == (
        "00000000-0000-0000-0000-000000000007",
        {
            "id": "SM0",
            "from": "+12135550199",
            "to": "+12135550100",
            "text": "您好",
            "callback_url": "https://desk.example.org/sms",
        },
    )


def test_many_messages_share_one_connection(provider):
    with provider_at(provider) as url, Sms(settings(url)) as sms:
        outcomes = [sms.send(outgoing(number)) for number in range(50)]

    assert [outcome.provider_id for outcome in outcomes] == [
        f"SM{n}" for n in range(50)
    ]
    assert provider.connections == 1


@pytest.mark.parametrize("loss", [takes_and_hangs_up, takes_and_says_nothing])
def test_a_message_whose_answer_was_lost_is_repeated_and_kept_once(provider, loss):
    provider.behave = [loss]

    with provider_at(provider) as url, Sms(settings(url, timeout_s=0.3)) as sms:
        lost = sms.send(outgoing())
        again = sms.send(outgoing())

    assert isinstance(lost, Failed)
    assert lost.may_have_arrived
    assert (lost.kind, lost.code in ("disconnected", "timeout")) == ("temporary", True)
    assert again == Sent("SM0")
    assert len(provider.messages) == 1


def test_a_connection_that_ended_unnoticed_is_opened_anew(provider):
    with provider_at(provider) as url, Sms(settings(url)) as sms:
        sms.send(outgoing(1))
        provider.behave = [hangs_up]
        outcome = sms.send(outgoing(2))

    assert outcome == Sent("SM1")
    assert provider.connections == 2


def test_a_provider_that_hangs_up_again_and_again_is_left_for_later(provider):
    provider.behave = [hangs_up] * 2

    with provider_at(provider) as url, Sms(settings(url)) as sms:
        outcomes = [sms.send(outgoing()) for _ in range(2)]

    lost = Failed("temporary", "disconnected", may_have_arrived=True)
    assert outcomes == [lost, lost]
    assert provider.messages == {}


@pytest.mark.parametrize(
    ("behavior", "outcome"),
    [
        (answers(429, Retry_After="17"), Failed("temporary", "429", 17)),
        (answers(429), Failed("temporary", "429")),
        (answers(429, Retry_After="soon"), Failed("temporary", "429")),
        (answers(503, Retry_After="120"), Failed("temporary", "503", 120)),
        (answers(500), Failed("temporary", "500", may_have_arrived=True)),
        (answers(504), Failed("temporary", "504", may_have_arrived=True)),
        (answers(401), Failed("unreachable", "401")),
        (answers(403), Failed("unreachable", "403")),
        (answers(400), Failed("permanent", "400")),
        (
            answers(422, {"error": {"code": "invalid_number"}}),
            Failed("bad_address", "422 invalid_number"),
        ),
        (
            answers(400, {"error": {"code": "not_mobile", "message": "+12135550100"}}),
            Failed("bad_address", "400 not_mobile"),
        ),
        (
            answers(403, {"error": {"code": "opted_out"}}),
            Failed("permanent", "403 opted_out"),
        ),
        (
            answers(200, b"<html>"),
            Failed("temporary", "not-understood", may_have_arrived=True),
        ),
        (
            answers(201, {"id": 5}),
            Failed("temporary", "not-understood", may_have_arrived=True),
        ),
        (answers(400, [1]), Failed("permanent", "400")),
    ],
)
def test_an_answer_tells_number_message_and_moment_apart(provider, behavior, outcome):
    provider.behave = [behavior]

    with provider_at(provider) as url, Sms(settings(url)) as sms:
        assert sms.send(outgoing()) == outcome
        assert isinstance(sms.send(outgoing(8)), Sent)


def test_a_wait_until_a_moment_is_measured_by_the_servers_clock(provider):
    def late(handler, _message):
        handler.send_response_only(429)
        handler.send_header("Date", "Tue, 24 Nov 2026 17:00:00 GMT")
        handler.send_header("Retry-After", "Tue, 24 Nov 2026 17:01:30 GMT")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    provider.behave = [late]
    with provider_at(provider) as url, Sms(settings(url)) as sms:
        assert sms.send(outgoing()) == Failed("temporary", "429", 90)


def test_an_answer_without_end_is_not_read_to_its_end(provider):
    provider.behave = [answers(201, b'{"id": "' + b"x" * 200_000 + b'"}')]

    with provider_at(provider) as url, Sms(settings(url)) as sms:
        first = sms.send(outgoing())
        second = sms.send(outgoing())

    assert first == Failed("temporary", "not-understood", may_have_arrived=True)
    assert isinstance(second, Sent)


def test_the_same_key_with_other_words_is_our_own_mistake(provider):
    with provider_at(provider) as url, Sms(settings(url)) as sms:
        sms.send(outgoing(text="one"))
        outcome = sms.send(outgoing(text="two"))

    assert outcome == Failed("permanent", "409")


def test_a_provider_that_trickles_holds_no_message_past_its_time(provider):
    provider.behave = [trickles]
    times = {"timeout_s": 0.3, "patience_s": 0.4}

    with provider_at(provider) as url, Sms(settings(url, **times)) as sms:
        outcome = sms.send(outgoing())
        again = sms.send(outgoing())

    assert outcome == Failed("temporary", "timeout", may_have_arrived=True)
    assert again == Sent("SM0")
    assert len(provider.messages) == 1


def test_a_provider_that_is_not_there_is_not_the_messages_fault(provider):
    with provider_at(provider) as url:
        pass

    with Sms(settings(url)) as sms:
        assert sms.send(outgoing()) == Failed("unreachable", "refused")


@pytest.mark.parametrize("to", ["", "2135550100", "+1 213 555 0100", "+0123", "tel:+1"])
def test_a_number_that_is_not_in_e164_is_not_tried(provider, to):
    with Sms(settings("http://127.0.0.1:1/")) as sms:
        assert sms.send(outgoing(to=to)) == Failed("bad_address", "malformed")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"url": "http://sms.example.org/"}, "in the clear"),
        ({"url": "ftp://sms.example.org/"}, "not an address"),
        ({"url": "https://sms.example.org/", "from_number": "555"}, "E.164"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(parts, words):
    with pytest.raises(ValueError, match=words):
        settings(**parts)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("213.555.0100", "+12135550100"),
        ("1 (213) 555‑0100", "+12135550100"),
        ("+82 2-1234-5678", "+82212345678"),
        ("113-555-0100", None),
        ("213-155-0100", None),
        ("+1213555010", None),
        ("+123456", None),
        ("213-555-01OO", None),
        ("", None),
    ],
)
def test_a_number_is_brought_to_e164_or_refused(written, number):
    assert e164(written) == number


def test_no_number_text_or_token_shows_when_something_is_printed():
    shown = repr(outgoing(text="Marked")) + repr(
        settings("https://sms.example.org/", token="hush")
    )

    assert "+12135550100" not in shown
    assert "Marked" not in shown
    assert "hush" not in shown
