"""What a worker sends, keeps back and gives up, to real servers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from mail_servers import PostBox, post_office
from sms_servers import Provider, answers, provider_at

from caretime_web.channels.email import Email, MailServer
from caretime_web.channels.outcome import Failed, Sent
from caretime_web.channels.sending import SendingPolicy
from caretime_web.channels.sms import Sms, SmsProvider
from caretime_web.data.audit import author
from caretime_web.data.identity import ContactPoint, Person
from caretime_web.data.outbox import Attempt, Message
from caretime_web.jobs._lease import lease
from caretime_web.jobs._worker import Worker

MORNING = datetime(2026, 3, 3, 18, 30, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
"""21:00 in California."""


class Clock:
    """A clock that the test sets."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box():
    return PostBox()


@pytest.fixture
def provider():
    return Provider()


@pytest.fixture
def channels(box, provider):
    with post_office(box) as (host, port), provider_at(provider) as url:
        server = MailServer(host, port, "visits@example.org", security="none")
        ways = {
            "email": Email(server),
            "sms": Sms(SmsProvider(url, "token", "+12135550100")),
        }
        yield ways
        for way in ways.values():
            way.close()


@pytest.fixture
def worker(channels, clock) -> Worker:
    return Worker(channels, SendingPolicy(), clock=clock)


def state(patient: str) -> tuple[str, str]:
    message = Message.objects.get(patient_id=patient)
    return message.state, message.reason


def tries(patient: str) -> list[tuple[str, str]]:
    rows = Attempt.objects.filter(message__patient_id=patient).order_by("number")
    return [(row.channel, row.outcome) for row in rows]


def test_each_message_goes_once_with_its_own_key(
    patients, reachable, write, worker, box, provider
):
    reachable(patients[:4], "email")
    reachable(patients[4:6], "sms")
    write(patients[:6])

    worker.run(once=True)
    worker.run(once=True)

    keys = {str(key) for key in Message.objects.values_list("key", flat=True)}
    mailed = {mail["Message-ID"] for mail in box.mails}
    assert len(box.taken) == len(mailed) == 4
    assert provider.requests == len(provider.messages) == 2
    assert set(provider.messages) < keys
    assert {m["text"] for m in provider.messages.values()} == {"Please answer."}
    assert set(Message.objects.values_list("state", "channel")) == {
        ("sent", "email"),
        ("sent", "sms"),
    }
    assert Attempt.objects.filter(outcome="sent").exclude(provider_id="").count() == 6


def test_quiet_hours_keep_a_message_until_the_morning(
    patients, reachable, write, worker, clock, provider
):
    reachable(patients[:1], "sms")
    write(patients[:1])
    clock.now = NIGHT

    worker.run(once=True)

    row = Message.objects.get()
    assert (row.state, provider.requests) == ("waiting", 0)
    assert row.due_at == datetime(2026, 3, 4, 17, 0, tzinfo=UTC)

    clock.now = row.due_at
    worker.run(once=True)

    assert state(patients[0]) == ("sent", "")


def test_an_answer_to_what_somebody_wrote_keeps_no_quiet_hours(
    patients, reachable, write, worker, clock, provider
):
    reachable(patients[:1], "sms")
    write(patients[:1], at_once=True)
    clock.now = NIGHT

    worker.run(once=True)

    assert state(patients[0]) == ("sent", "")


def test_who_says_no_after_the_message_was_written_gets_none(
    patients, reachable, write, worker, box
):
    reachable(patients[:2], "email")
    write(patients[:2])
    with author("user:1"):
        Person.objects.filter(pk=patients[0]).update(do_not_contact=True)

    worker.run(once=True)

    assert state(patients[0]) == ("dropped", "do_not_contact")
    assert tries(patients[0]) == []
    assert [mail["To"] for mail in box.mails] == ["p1@example.org"]


def test_who_says_no_while_a_batch_is_under_way_gets_none(
    patients, reachable, write, worker, box, monkeypatch
):
    reachable(patients[:3], "email")
    write(patients[:3])
    monkeypatch.setattr("caretime_web.jobs._worker._FRESH_S", 0.0)

    def say_no() -> None:
        with author("user:1"):
            Person.objects.all().update(do_not_contact=True)
        connection.close()

    def no_more(_server) -> None:
        # Not in the mail server's own thread, which runs its loop.
        thread = threading.Thread(target=say_no)
        thread.start()
        thread.join()

    box.after_data = no_more
    worker.run(once=True)

    assert len(box.taken) == 1
    assert Message.objects.filter(state="dropped").count() == 2


def test_a_way_its_owner_stopped_is_not_taken(
    patients, reachable, write, worker, provider, box
):
    reachable(patients[:1], "sms", "email")
    with author("patient"):
        ContactPoint.objects.filter(channel="sms").update(stopped=True)
    write(patients[:1])

    worker.run(once=True)

    assert (provider.requests, len(box.taken)) == (0, 1)


def test_a_dead_address_falls_back_and_ends_in_the_failed_list(
    patients, reachable, write, worker, box, provider
):
    reachable(patients[:1], "email", "sms")
    write(patients[:1])
    box.refuse = lambda _address, _count: "550 5.1.1 no such user p0@example.org"
    provider.behave.append(answers(400, {"error": {"code": "unassigned"}}))

    worker.run(once=True)

    assert tries(patients[0]) == [("email", "bad_address"), ("sms", "bad_address")]
    assert state(patients[0]) == ("failed", "every_way_failed")
    assert not ContactPoint.objects.filter(works=True).exists()
    codes = Attempt.objects.values_list("code", flat=True)
    assert not any("example.org" in code for code in codes)


def test_mail_that_came_back_goes_by_the_next_way(
    patients, reachable, write, worker, box, provider
):
    from caretime_web.actions.messages import take_back

    reachable(patients[:1], "email", "sms")
    write(patients[:1])
    worker.run(once=True)
    with author("job:bounces"):
        key = Message.objects.get().key
        take_back(key, channel="email", kind="bad_address", now=MORNING)

    worker.run(once=True)

    assert tries(patients[0]) == [("email", "bad_address"), ("sms", "sent")]
    assert (len(box.taken), len(provider.messages)) == (1, 1)


def test_who_cannot_be_reached_stands_in_the_failed_list(
    patients, reachable, write, worker
):
    reachable(patients[:1])
    write(patients[:2])

    worker.run(once=True)

    assert state(patients[0]) == state(patients[1]) == ("failed", "no_way")


def test_a_full_mailbox_is_tried_later_each_time_and_then_another_way(
    patients, reachable, write, worker, clock, box, provider
):
    reachable(patients[:1], "email", "sms")
    write(patients[:1])
    box.refuse = lambda _address, _count: "452 4.2.2 full"
    waits = []
    for _ in range(2):
        worker.run(once=True)
        row = Message.objects.get()
        waits.append((row.due_at - clock.now).total_seconds())
        clock.now = row.due_at

    worker.run(once=True)
    worker.run(once=True)

    assert 60 <= waits[0] <= 75
    assert 240 <= waits[1] <= 300
    assert tries(patients[0]) == [("email", "temporary")] * 3 + [("sms", "sent")]


def test_a_server_that_is_away_is_asked_once_and_the_batch_waits(
    patients, reachable, write, clock
):
    away = MailServer("127.0.0.1", 1, "visits@example.org", security="none")
    worker = Worker({"email": Email(away)}, SendingPolicy(), clock=clock)
    reachable(patients[:5], "email")
    write(patients[:5])

    worker.run(once=True)

    assert Attempt.objects.get().outcome == "unreachable"
    assert set(Message.objects.values_list("state", flat=True)) == {"waiting"}
    assert (
        Message.objects.filter(due_at__lte=MORNING + timedelta(seconds=50)).count() == 0
    )


def test_no_more_than_two_a_day_to_one_person(
    patients, reachable, write, worker, clock, provider
):
    reachable(patients[:1], "sms")
    for number in range(3):
        write(patients[:1], f"A-{number}")

    worker.run(once=True)

    assert len(provider.messages) == 2
    left = Message.objects.get(state="waiting")
    assert left.due_at == datetime(2026, 3, 4, 17, 0, tzinfo=UTC)


def test_a_channel_with_a_bug_stops_no_other_message(
    patients, reachable, write, clock, caplog
):
    class Broken:
        def send(self, message):
            if message.to == "p0@example.org":
                raise KeyError(message.to)
            return Sent("x")

        def close(self) -> None:
            pass

    worker = Worker({"email": Broken()}, SendingPolicy(), clock=clock)
    reachable(patients[:3], "email")
    write(patients[:3])

    worker.run(once=True)

    assert tries(patients[0]) == [("email", "temporary")]
    assert Message.objects.filter(state="sent").count() == 2
    assert "KeyError" in caplog.text
    assert "p0@" not in caplog.text


def test_a_lease_that_is_over_is_taken_by_another_and_no_sooner(
    patients, reachable, write
):
    reachable(patients[:4], "email")
    write(patients[:4])
    first = lease(4, now=MORNING, span=timedelta(seconds=0.4))

    at_once = lease(4, now=MORNING, span=timedelta(minutes=1))
    threading.Event().wait(0.5)
    later = lease(4, now=MORNING, span=timedelta(minutes=1))

    assert (len(first), len(at_once), len(later)) == (4, 0, 4)


def test_one_message_of_a_person_is_on_its_way_at_a_time(patients, reachable, write):
    reachable(patients[:2], "email")
    for about in ("A-1", "A-2"):
        write(patients[:2], about)

    first = lease(10, now=MORNING, span=timedelta(minutes=1))
    second = lease(10, now=MORNING, span=timedelta(minutes=1))

    assert sorted(message.patient_id for message in first) == patients[:2]
    assert second == []


def test_a_failure_told_by_who_lost_the_lease_does_not_undo_what_was_sent(
    patients, reachable, write, clock
):
    class Quick:
        def send(self, _message):
            return Sent("second")

        def close(self) -> None:
            pass

    class Slow(Quick):
        """Loses its lease while it sends, to one who is quicker, and then fails."""

        def send(self, message):
            with author("job:send"):
                Message.objects.filter(pk=message.key).update(leased_until=MORNING)
            Worker({"email": Quick()}, SendingPolicy(), clock=clock).run(once=True)
            return Failed("permanent", "550")

    reachable(patients[:1], "email")
    write(patients[:1])

    Worker({"email": Slow()}, SendingPolicy(), clock=clock).run(once=True)

    assert state(patients[0]) == ("sent", "")
    assert tries(patients[0]) == [("email", "sent"), ("email", "permanent")]
