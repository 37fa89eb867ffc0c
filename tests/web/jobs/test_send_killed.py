"""Workers killed at every step, under load: nothing lost, nothing told twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from mail_servers import PostBox, post_office
from sms_servers import Provider, provider_at

from caretime_web.data.audit import AuditEntry
from caretime_web.data.outbox import Attempt, Message

MORTAL = Path(__file__).with_name("mortal_worker.py")
MESSAGES = 60
"""Half by mail, half by text message."""


@pytest.fixture
def servers(database_url):
    """Servers that keep count, and the environment in which workers find them."""
    box, provider = PostBox(), Provider()
    with post_office(box) as (host, port), provider_at(provider) as url:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "caretime_web.settings",
            "CARETIME_MAIL_URL": f"smtp+none://{host}:{port}",
            "CARETIME_MAIL_FROM": "visits@example.org",
            "CARETIME_SMS_URL": url,
            "CARETIME_SMS_TOKEN": "token",
            "CARETIME_SMS_FROM": "+12135550100",
        }
        yield box, provider, environment


@pytest.fixture
def start(servers):
    """Start a worker that dies at a moment, or lives until it is told to end."""
    environment = servers[2]
    workers: list[subprocess.Popen[bytes]] = []

    def start(moment: str = "never", number: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(MORTAL), moment, str(number)]
        workers.append(subprocess.Popen(command, env=environment))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()


@pytest.fixture
def load(patients, reachable, write):
    people = patients[:MESSAGES]
    reachable(people[: MESSAGES // 2], "email")
    reachable(people[MESSAGES // 2 :], "sms")
    write(people)


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.1)


def all_sent() -> bool:
    return not Message.objects.exclude(state="sent").exists()


def sent() -> int:
    return Message.objects.filter(state="sent").count()


def copies(box: PostBox) -> Counter[str]:
    return Counter(mail["Message-ID"] for mail in box.mails)


@pytest.mark.parametrize("number", [3, 27])
@pytest.mark.parametrize("moment", ["leased", "unsent", "sent", "recorded"])
def test_a_killed_worker_loses_nothing_and_nothing_is_told_twice(
    servers, start, load, moment, number
):
    box, provider, _ = servers
    dead = start(moment, number)
    assert dead.wait(30) == -signal.SIGKILL
    stuck = Message.objects.filter(state="leased").count()
    before = sent()

    heir = start()
    until(all_sent)
    heir.terminate()

    assert heir.wait(10) == 0
    assert stuck > 0
    assert 0 <= before < MESSAGES
    # The provider honors keys: each of its messages is there once.
    assert len(provider.messages) == MESSAGES // 2
    # A mail server does not: the one in hand at that moment may come a second time,
    # with the same Message-ID.
    mails = copies(box)
    assert len(mails) == MESSAGES // 2
    again = sum(mails.values()) + provider.requests - MESSAGES
    assert again == (1 if moment == "sent" else 0)
    assert Attempt.objects.filter(outcome="sent").count() == MESSAGES


def test_two_workers_side_by_side_never_send_the_same(servers, start, load):
    box, provider, _ = servers

    workers = [start(), start()]
    until(all_sent)
    for worker in workers:
        worker.terminate()

    assert [worker.wait(10) for worker in workers] == [0, 0]
    assert sum(copies(box).values()) == provider.requests == MESSAGES // 2
    assert Attempt.objects.count() == MESSAGES
    leases = AuditEntry.objects.filter(subject="outbox_message", why="take").count()
    assert leases == MESSAGES


def test_workers_killed_at_random_moments_lose_nothing(
    servers, start, patients, reachable, write
):
    provider = servers[1]
    people = patients[:300]
    reachable(people, "sms")
    write(people)
    killed = 0

    for milliseconds in (5, 40, 90, 160, 250):
        pair = [start(), start()]
        before = sent()
        until(lambda before=before: sent() > before or all_sent())
        time.sleep(milliseconds / 1000)
        for worker in pair:
            killed += worker.poll() is None
            worker.kill()
            worker.wait()
    heir = start()
    until(all_sent)
    heir.terminate()
    heir.wait(10)

    assert killed == 10
    assert len(provider.messages) == len(people)
    # At most the one in hand of each that was killed was asked for again.
    assert provider.requests <= len(people) + killed


def test_one_that_is_told_to_end_gives_back_what_it_had_taken(servers, start, load):
    box, provider, _ = servers
    released = provider.released

    def slow(handler, message) -> bool:
        released.wait(0.3)
        return False

    provider.behave = [slow] * MESSAGES
    worker = start()
    until(lambda: provider.requests > 1)

    worker.terminate()

    assert worker.wait(10) == 0
    states = Counter(Message.objects.values_list("state", flat=True))
    assert states["leased"] == 0
    assert states["waiting"] > 0
    assert states["sent"] == len(box.taken) + len(provider.messages)
