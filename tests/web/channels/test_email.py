"""Mail over a real server: what arrives, what is refused, what is lost on the way."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from email import message_from_bytes
from uuid import UUID

import pytest
from mail_servers import (
    PASSWORD,
    PostBox,
    own_certificate,
    post_office,
    rough_office,
    sign_in,
    text_of,
)

from caretime_web.channels import Failed, Outgoing, Sent
from caretime_web.channels.email import Email, MailServer, message_id, written

MADE = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


def outgoing(number: int = 7, to: str = "ben@example.org", **parts) -> Outgoing:
    filled = {"subject": "Your visit", "text": "Hello,\n.a dot\n您的預約\n"} | parts
    return Outgoing(UUID(int=number), to, made_at=MADE, **filled)


def server(host: str, port: int, **parts) -> MailServer:
    settled = {"security": "none", "timeout_s": 2.0} | parts
    return MailServer(host, port, "visits@example.org", "Care Scheduling", **settled)


@pytest.fixture(params=["one by one", "pipelining"])
def box(request) -> PostBox:
    box = PostBox()
    box.pipelining = request.param == "pipelining"
    return box


def test_a_mail_arrives_as_plain_text_in_any_script(box):
    with post_office(box) as place, Email(server(*place)) as mail:
        outcome = mail.send(outgoing(subject="關於您的預約"))

    assert outcome == Sent("<00000000000000000000000000000007@example.org>")
    (arrived,) = box.mails
    assert text_of(arrived) == "Hello,\n.a dot\n您的預約\n"
    assert arrived["Subject"] == "關於您的預約"
    assert arrived["From"] == "Care Scheduling <visits@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content_type() == "text/plain"
    assert box.taken[0].isascii()


def test_a_repeat_is_the_same_mail_to_the_octet(box):
    with post_office(box) as place:
        for _ in range(2):
            with Email(server(*place)) as mail:
                mail.send(outgoing(calendar=b"BEGIN:VCALENDAR\r\n"))

    assert box.taken[0] == box.taken[1]
    assert box.mails[0]["Message-ID"] == message_id(UUID(int=7), "example.org")


def test_many_mails_share_one_connection(box):
    with post_office(box) as place, Email(server(*place)) as mail:
        outcomes = [mail.send(outgoing(number)) for number in range(50)]

    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert len(box.taken) == 50
    assert box.connections == 1


def test_a_mail_holds_nothing_that_tells_when_it_is_read():
    octets = written(outgoing(), server("127.0.0.1", 25))
    mail = message_from_bytes(octets)

    named = {name.lower() for name in mail}
    assert not named & {"disposition-notification-to", "return-receipt-to"}
    assert not mail.is_multipart()


def test_a_calendar_file_goes_beside_the_text(box):
    event = b"BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"

    with post_office(box) as place, Email(server(*place)) as mail:
        mail.send(outgoing(calendar=event, calendar_method="CANCEL"))

    (arrived,) = box.mails
    part = list(arrived.iter_parts())[1]
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "CANCEL"
    assert part.get_payload(decode=True).split() == event.split()
    assert text_of(arrived).startswith("Hello")


def test_the_way_is_encrypted_and_signed_in(box, tmp_path):
    shown, believed = own_certificate(tmp_path)
    settings = {
        "tls_context": shown,
        "require_starttls": True,
        "authenticator": sign_in,
        "auth_required": True,
    }
    access = {"security": "starttls", "user": "desk", "tls": believed}

    with post_office(box, **settings) as place:
        with Email(server(*place, password=PASSWORD, **access)) as mail:
            right = mail.send(outgoing())
        with Email(server(*place, password="wrong", **access)) as mail:
            wrong = mail.send(outgoing())

    assert isinstance(right, Sent)
    assert wrong == Failed("unreachable", "535 5.7.8")


def test_a_certificate_that_nobody_vouches_for_stops_the_mail(box, tmp_path):
    shown, _ = own_certificate(tmp_path)

    with (
        post_office(box, tls_context=shown) as place,
        Email(server(*place, security="starttls")) as mail,
    ):
        outcome = mail.send(outgoing())

    assert outcome == Failed("unreachable", "tls")
    assert box.taken == []


def test_a_server_without_encryption_is_not_used_where_it_is_asked_for(box):
    with post_office(box) as place, Email(server(*place, security="starttls")) as mail:
        outcome = mail.send(outgoing())

    assert outcome == Failed("unreachable", "not-supported")
    assert box.taken == []


def test_a_greylisted_mail_goes_at_the_second_try_on_the_same_connection(box):
    box.refuse = lambda _address, count: "450 4.7.1 greylisted" if count == 1 else None

    with post_office(box) as place, Email(server(*place)) as mail:
        first, second = (mail.send(outgoing()) for _ in range(2))

    assert first == Failed("temporary", "450 4.7.1")
    assert isinstance(second, Sent)
    assert box.connections == 1


@pytest.mark.parametrize(
    ("refusal", "kind", "code"),
    [
        ("550 5.1.1 no such user ben@example.org", "bad_address", "550 5.1.1"),
        ("550 no such user", "bad_address", "550"),
        ("556 5.1.10 takes no mail", "bad_address", "556 5.1.10"),
        ("550 5.2.1 mailbox disabled", "bad_address", "550 5.2.1"),
        ("550 5.7.1 not from you", "permanent", "550 5.7.1"),
        ("550 5.1.8 bad sender", "permanent", "550 5.1.8"),
        ("552 5.2.2 mailbox full", "temporary", "552 5.2.2"),
        ("552 too many recipients", "temporary", "552"),
        ("451 4.3.0 try again", "temporary", "451 4.3.0"),
        ("452", "temporary", "452"),
    ],
)
def test_a_refusal_tells_address_message_and_moment_apart(box, refusal, kind, code):
    box.refuse = lambda address, _count: refusal if "ben" in address else None

    with post_office(box) as place, Email(server(*place)) as mail:
        outcome = mail.send(outgoing())
        next_one = mail.send(outgoing(8, "carla@example.org"))

    assert outcome == Failed(kind, code)
    assert isinstance(next_one, Sent)


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [("554 5.7.1 spam", "permanent"), ("452 4.3.1 no room", "temporary")],
)
def test_a_refusal_after_the_text_is_of_the_message(box, refusal, kind):
    box.after_data = lambda _server: refusal

    with post_office(box) as place, Email(server(*place)) as mail:
        outcome = mail.send(outgoing())

    assert outcome == Failed(kind, refusal[:9])


def test_a_server_that_hangs_up_after_the_last_dot_may_have_taken_it(box):
    box.after_data = lambda mail_server: mail_server.transport.abort()

    with post_office(box) as place, Email(server(*place)) as mail:
        outcome = mail.send(outgoing())
        box.after_data = lambda _server: None
        again = mail.send(outgoing())

    assert outcome == Failed("temporary", "disconnected", may_have_arrived=True)
    assert isinstance(again, Sent)
    assert {mail["Message-ID"] for mail in box.mails} == {again.provider_id}


def test_a_server_that_hangs_up_in_the_middle_of_the_text_has_nothing():
    told = ["220 hi", "250 hi", "250 ok", "250 ok", "354 go on", None]
    long = "word " * 4_000_000

    with rough_office(*told) as (host, port, heard), Email(server(host, port)) as mail:
        outcome = mail.send(outgoing(text=long))

    assert heard[3] == "DATA"
    assert outcome == Failed("temporary", "disconnected")


def test_a_server_that_wants_a_text_for_nobody_gets_an_empty_one():
    told = ["220 hi", "250-hi\r\n250 PIPELINING", "250 ok", "550 5.1.1 no", "354 go on"]
    with rough_office(*told, "554 5.5.1 nobody", "250 ok") as (host, port, heard):
        with Email(server(host, port)) as mail:
            outcome = mail.send(outgoing())

        assert outcome == Failed("bad_address", "550 5.1.1")
    assert [line.upper().split()[0] for line in heard[1:5]] == [
        "MAIL",
        "RCPT",
        "DATA",
        ".",
    ]


def test_a_silent_server_is_left_after_the_time_allowed():
    for told in (
        [9.0],
        ["220 hi", "250 hi", 9.0],
        ["220 hi", "250 hi", "250 ok", "250 ok", 9.0],
    ):
        with (
            rough_office(*told) as (host, port, _),
            Email(server(host, port, timeout_s=0.2)) as mail,
        ):
            outcome = mail.send(outgoing())

        kind = "unreachable" if len(told) == 1 else "temporary"
        assert outcome == Failed(kind, "timeout")


def test_a_server_that_trickles_holds_no_message_past_its_time():
    # Each octet comes well within the time-out; a line of them never ends.
    told = ["220 hi", "250 hi", b"250-ok "]
    with rough_office(*told) as (host, port, _):
        with Email(server(host, port, timeout_s=0.3, patience_s=0.4)) as mail:
            outcome = mail.send(outgoing())

        assert outcome == Failed("temporary", "timeout")


def test_a_message_has_its_whole_time_whatever_the_one_before_took(box):
    with post_office(box) as place:
        with Email(server(*place, timeout_s=0.5, patience_s=0.5)) as mail:
            box.after_data = lambda _server: time.sleep(0.3)
            outcomes = [mail.send(outgoing(number)) for number in range(3)]

        assert all(isinstance(outcome, Sent) for outcome in outcomes)


def test_silence_after_the_last_dot_may_be_a_mail_that_arrived():
    told = ["220 hi", "250 hi", "250 ok", "250 ok", "354 go on"]
    with (
        rough_office(*told) as (host, port, heard),
        Email(server(host, port, timeout_s=0.3)) as mail,
    ):
        outcome = mail.send(outgoing())

    assert heard[-1] == "DATA"
    assert outcome == Failed("temporary", "timeout", may_have_arrived=True)


def test_a_server_that_is_not_there_is_not_the_messages_fault():
    with post_office(PostBox()) as place:
        pass

    with Email(server(*place)) as mail:
        outcome = mail.send(outgoing())

    assert outcome == Failed("unreachable", "refused")


def test_a_server_that_is_closed_says_so_at_the_door():
    with (
        rough_office("421 4.3.2 closing") as (host, port, _),
        Email(server(host, port)) as mail,
    ):
        outcome = mail.send(outgoing())

    assert outcome == Failed("unreachable", "421 4.3.2")


def test_a_connection_that_went_stale_is_opened_anew(box):
    with (
        post_office(box, enable_SMTPUTF8=False) as place,
        Email(server(*place)) as mail,
    ):
        mail.send(outgoing(1))
        mail._smtp.sock.shutdown(socket.SHUT_RDWR)
        outcome = mail.send(outgoing(2))

    assert isinstance(outcome, Sent)
    assert box.connections == 2
    assert len(box.taken) == 2


@pytest.mark.parametrize(
    "to",
    ["", "ben", "ben@", "ben@x@y", "a@b.org\r\nBcc: c@d.org", "<a@b.org>", "a b@c"],
)
def test_what_is_no_address_is_not_tried(to):
    with Email(server("127.0.0.1", 1)) as mail:
        assert mail.send(outgoing(to=to)) == Failed("bad_address", "malformed")


def test_an_address_in_another_script_is_said_to_be_beyond_us():
    with Email(server("127.0.0.1", 1)) as mail:
        outcome = mail.send(outgoing(to="bén@example.org"))

    assert outcome == Failed("permanent", "address-not-ascii")


def test_a_sign_in_in_the_clear_to_another_machine_is_refused():
    with pytest.raises(ValueError, match="in the clear"):
        MailServer("mail.example.org", 25, "a@b.org", user="desk", security="none")


def test_no_address_text_or_password_shows_when_a_message_is_printed():
    shown = repr(outgoing(subject="Marked-Name")) + repr(
        server("127.0.0.1", 25, user="desk", password=PASSWORD)
    )

    assert "ben@example.org" not in shown
    assert "Marked-Name" not in shown
    assert "您的預約" not in shown
    assert PASSWORD not in shown
