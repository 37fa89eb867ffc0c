"""One marked person through every channel and failure: no log or repr shows a trace."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import UUID

import pytest
from mail_servers import PostBox, post_office
from sms_servers import Provider, answers, hangs_up, provider_at

from caretime_web.channels import Failed, Outgoing
from caretime_web.channels.bounces import read_bounce
from caretime_web.channels.email import Email, MailServer
from caretime_web.channels.letter import LetterHead, Letters, Press
from caretime_web.channels.log import Log
from caretime_web.channels.sms import Sms, SmsProvider
from caretime_web.channels.sms_events import read_delivery, read_reply

MARK = "Zzyzxmark"
NUMBER = "+12135550188"
MADE = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


def marked(to: str) -> Outgoing:
    return Outgoing(UUID(int=7), to, f"Dear {MARK}", f"Hello {MARK}\n", MADE)


def by_mail() -> list[object]:
    box, outcomes = PostBox(), []
    replies = [
        None,
        f"550 5.1.1 <{MARK}@example.org> unknown",
        f"451 4.7.1 {MARK}",
        f"550 5.7.1 {MARK}",
    ]
    box.refuse = lambda _address, count: replies[count - 1]
    with post_office(box) as (host, port):
        server = MailServer(host, port, "visits@example.org", security="none")
        with Email(server) as mail:
            outcomes += [mail.send(marked(f"{MARK}@example.org")) for _ in replies]
            outcomes += [mail.send(marked(f"{MARK} no address"))]
    with Email(server) as mail:
        outcomes += [mail.send(marked(f"{MARK}@example.org"))]
    return outcomes


def by_text_message() -> list[object]:
    provider = Provider()
    provider.behave = [
        answers(422, {"error": {"code": "invalid_number", "message": MARK + NUMBER}}),
        answers(500, MARK.encode()),
        answers(429, {"error": {"code": MARK + NUMBER}}),
        hangs_up,
    ]
    with provider_at(provider) as url:
        settled = SmsProvider(url, "token", "+12135550199")
        with Sms(settled) as sms:
            outcomes = [sms.send(marked(NUMBER)) for _ in range(5)]
            outcomes.append(sms.send(marked(f"{MARK}{NUMBER}")))
    return outcomes


def by_letter(folder) -> list[object]:
    head = LetterHead(("Care Scheduling",))
    shop = Letters(folder, head)
    bare = Letters(folder, head, Press(folder, system_fonts=False))
    address = f"{MARK}\n1 Example Street\nLos Angeles, CA 90012"
    return [
        shop.send(marked(address)),
        shop.send(marked(MARK)),
        bare.send(marked(address)),
        Letters(folder / "gone", head).send(marked(address)),
        *(path.name for path in folder.iterdir()),
    ]


def told_by_others() -> list[object]:
    said = []
    for read in (read_delivery, read_reply):
        for body in (f'{{"{MARK}": 1}}', f'{{"id": "{MARK}", "status": "x"}}', MARK):
            with pytest.raises(ValueError, match="a ") as error:
                read(body.encode())
            said.append(str(error.value))
    return [*said, read_bounce(f"To: {MARK}@example.org\r\n\r\n{MARK}".encode())]


def test_no_channel_tells_whom_it_wrote_to_or_what(caplog, capfd, tmp_path):
    caplog.set_level(logging.DEBUG)

    outcomes = [
        *by_mail(),
        *by_text_message(),
        *by_letter(tmp_path),
        Log().send(marked(f"{MARK}@example.org")),
        *told_by_others(),
        marked(f"{MARK}@example.org"),
    ]

    assert sum(isinstance(outcome, Failed) for outcome in outcomes) > 10
    said = repr(outcomes) + "".join(capfd.readouterr())
    # The mail server of the tests logs what it hears; ours is what counts.
    said += "".join(r.getMessage() for r in caplog.records if r.name != "mail.log")
    assert MARK not in said
    assert NUMBER not in said
