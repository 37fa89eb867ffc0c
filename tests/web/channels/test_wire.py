"""Octets of a mail, read back by the standard library's own parser."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime_web.channels import Outgoing
from caretime_web.channels._wire import wire
from caretime_web.channels.wording import LANGUAGES

MADE = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)
EVENT = (
    b"BEGIN:VCALENDAR\r\nSUMMARY:\xd9\x86\xd9\x88\xd8\xa8\xd8\xaa\r\nEND:VCALENDAR\r\n"
)


def octets_of(name: str = "Care Scheduling", **parts) -> bytes:
    filled = {"subject": "Your visit", "text": "Hello\n"} | parts
    message = Outgoing(UUID(int=7), "ben@example.org", made_at=MADE, **filled)
    return wire(
        message, sender="visits@example.org", sender_name=name, message_id="<7@b.org>"
    )


def judged(octets: bytes):
    """Return the parsed mail, after judging its lines."""
    assert octets.isascii()
    assert octets.endswith(b"\r\n")
    assert not re.search(rb"[^\r]\n|\r[^\n]", octets)
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    mail = message_from_bytes(octets, policy=default)
    assert mail.defects == []
    return mail


def lines_of(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


@given(text=ANY_TEXT, subject=WRITTEN)
def test_any_text_and_subject_come_back(text, subject):
    mail = judged(octets_of(text=text, subject=subject))

    assert mail["Subject"].split() == subject.split()
    read = lines_of(mail.get_content())
    while read and not read[-1]:
        read.pop()
    written = lines_of(text)
    while written and not written[-1]:
        written.pop()
    assert read == written


@given(name=WRITTEN)
def test_any_name_of_a_sender_comes_back_beside_the_address(name):
    mail = judged(octets_of(name=name))

    (address,) = mail["From"].addresses
    assert address.addr_spec == "visits@example.org"
    assert address.display_name.split() == name.split()


@given(subject=st.text(max_size=80), name=st.text(max_size=80), language=st.text())
def test_nothing_that_is_given_begins_a_header_of_its_own(subject, name, language):
    evil = "\r\nBcc: eve@example.org\r\n\r\nbody"
    clean = [
        part.encode("utf-8", "replace").decode() for part in (subject, name, language)
    ]

    mail = judged(
        octets_of(
            name=clean[1] + evil, subject=clean[0] + evil, language=clean[2] + evil
        )
    )

    assert set(mail) <= {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }


def test_a_calendar_file_comes_back_octet_by_octet():
    mail = judged(octets_of(calendar=EVENT, text="您好\n"))

    text, event = mail.iter_parts()
    assert lines_of(text.get_content()) == ["您好", ""]
    assert event.get_payload(decode=True) == EVENT
    assert event.get_content_type() == "text/calendar"
    assert event.get_param("method") == "REQUEST"


def test_a_text_that_holds_the_boundary_ends_no_part():
    text = f"--part-{UUID(int=7).hex}--\n"

    mail = judged(octets_of(calendar=EVENT, text=text))

    assert lines_of(next(mail.iter_parts()).get_content()) == lines_of(text)


def test_a_method_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no method"):
        octets_of(calendar=EVENT, calendar_method="REQUEST\r\nX: 1")


def test_english_travels_as_it_is_read():
    assert b"\r\n\r\nHello\r\n" in octets_of()
    assert b"Subject: Your visit\r\n" in octets_of()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_its_language(language):
    assert judged(octets_of(language=language))["Content-Language"] == language
