"""Mail that comes back days later, from servers of other makes."""

from __future__ import annotations

from uuid import UUID

import pytest

from caretime_web.channels.bounces import Bounce, read_bounce

KEY = UUID(int=7)

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ben@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <ben@example.org>: no such user
--b
Content-Type: {returned}

Message-ID: {message_id}
Subject: Your visit

--b--
"""


def report(**parts) -> bytes:
    filled = {
        "to": "visits@example.org",
        "kind": "delivery-status",
        "action": "failed",
        "status": "5.1.1",
        "returned": "message/rfc822",
        "message_id": f"<{KEY.hex}@example.org>",
    }
    return REPORT.format_map(filled | parts).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_the_message_is_known_by_what_comes_back(returned):
    assert read_bounce(report(returned=returned)) == Bounce(KEY, "bad_address", "5.1.1")


def test_the_message_is_known_by_where_it_comes_back_to():
    to = f"bounces+{UUID(int=9).hex}@example.org"

    bounce = read_bounce(report(to=to, message_id="<lost>"))

    assert bounce == Bounce(UUID(int=9), "bad_address", "5.1.1")


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.7.1", "permanent"),
        ("failed", "5.2.1", "bad_address"),
        ("failed", "5.2.2 (mailbox full)", "permanent"),
        # Tried for days, then given up.
        ("failed", "4.4.1", "permanent"),
        ("delayed", "4.4.1", "temporary"),
        ("Failed", "5.1.10", "bad_address"),
    ],
)
def test_a_report_tells_address_message_and_moment_apart(action, status, kind):
    bounce = read_bounce(report(action=action, status=status))

    assert bounce == Bounce(KEY, kind, status.split()[0])


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: I am away\r\n\r\nuntil Monday",
        report(message_id="<somebody-elses@example.net>"),
        report(action="delivered", status="2.0.0"),
        report(status="none"),
        report()[:300],
    ],
)
def test_what_is_no_report_of_ours_is_passed_over(octets):
    assert read_bounce(octets) is None
