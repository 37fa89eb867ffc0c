"""Messages commit with their change, once, and to nobody who said no."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from caretime_web.actions.messages import (
    Telling,
    take_back,
    withdraw_messages,
    write_messages,
)
from caretime_web.data.audit import AuditEntry, author
from caretime_web.data.care import Patient
from caretime_web.data.identity import ContactPoint, Person
from caretime_web.data.outbox import Attempt, Message

NOW = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)


@pytest.fixture
def patients(loaded_desk) -> list[str]:
    return list(Patient.objects.order_by("pk").values_list("pk", flat=True)[:5])


def telling(patient: str, about: str = "A-1", **other: object) -> Telling:
    words = {"subject": "Your visit", "text": "Please answer.", "short": "Answer"}
    asked = {"purpose": "offer", "language": "en"} | words | other
    return Telling(patient, about=about, **asked)


def write(*tellings: Telling, **other: object):
    with author("user:1", why="commit wave"):
        return write_messages(tellings, now=NOW, **other)


def forbid(patient: str, *, forbidden: bool = True) -> None:
    with author("user:1"):
        Person.objects.update_or_create(
            patient_id=patient,
            defaults={"name": "Somebody", "do_not_contact": forbidden},
        )


def test_a_rolled_back_change_leaves_no_message(patients):
    with author("user:1"):
        assert len(write_messages([telling(patients[0])], now=NOW).written) == 1
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


def test_a_message_without_a_transaction_is_refused(patients):
    with pytest.raises(TransactionManagementError):
        write_messages([telling(patients[0])], now=NOW)


def test_a_second_wave_tells_only_what_is_news(patients):
    first = write(telling(patients[0]), telling(patients[1]))

    second = write(telling(patients[0]), telling(patients[1], "A-2"))

    assert len(first.written) == 2
    assert second.told_before == (telling(patients[0]).key,)
    assert second.written == (telling(patients[1], "A-2").key,)
    assert Message.objects.count() == 3


def test_the_same_twice_in_one_wave_is_told_once(patients):
    written = write(telling(patients[0]), telling(patients[0]))

    assert (len(written.written), len(written.told_before)) == (1, 1)
    assert Message.objects.count() == 1


def test_nobody_writes_to_whoever_said_no(patients):
    forbid(patients[0])

    written = write(telling(patients[0]), telling(patients[1]))

    assert written.do_not_contact == (telling(patients[0]).key,)
    dropped = Message.objects.get(patient_id=patients[0])
    assert (dropped.state, dropped.reason) == ("dropped", "do_not_contact")


def test_whoever_may_be_written_to_again_is(patients):
    forbid(patients[0])
    write(telling(patients[0]))
    forbid(patients[0], forbidden=False)

    again = write(telling(patients[0], text="Please answer soon."))

    assert len(again.written) == 1
    row = Message.objects.get()
    assert (row.state, row.reason, row.text) == ("waiting", "", "Please answer soon.")


def test_no_more_offers_than_the_cap_over_all_waves(patients):
    one, other = patients[:2]
    write(telling(one, "A-1"), most=2)

    written = write(
        *(telling(one, about) for about in ("A-2", "A-3")),
        telling(one, "A-4", purpose="confirmed"),
        telling(other, "A-2"),
        most=2,
    )

    assert written.enough == (telling(one, "A-3").key,)
    assert len(written.written) == 3
    assert Message.objects.filter(patient_id=one, purpose="offer").count() == 2


def test_a_withdrawn_message_is_not_counted_and_may_be_told_again(patients):
    write(telling(patients[0]))
    with author("user:1", why="undo wave"):
        assert withdraw_messages([telling(patients[0]).key]) == 1

    again = write(telling(patients[0]), most=1)

    assert len(again.written) == 1
    assert Message.objects.get().state == "waiting"


def test_what_a_message_says_is_in_no_entry_of_the_log(patients):
    write(telling(patients[0], text="A secret word."))

    entry = AuditEntry.objects.get(subject="outbox_message")

    assert entry.by == "user:1"
    assert "text" in entry.after
    assert "secret" not in str([entry.before, entry.after])


@pytest.fixture
def sent(patients) -> Message:
    """A message that went to the first of two addresses."""
    forbid(patients[0], forbidden=False)
    write(telling(patients[0]))
    message = Message.objects.get()
    with author("job:send"):
        point, _ = (
            ContactPoint.objects.create(
                person_id=patients[0], channel="email", value=value, rank=rank
            )
            for rank, value in enumerate(("a@example.org", "b@example.org"))
        )
        message.state, message.sent_at, message.channel = "sent", NOW, "email"
        message.save()
        Attempt.objects.create(
            message=message,
            number=1,
            at=NOW,
            channel="email",
            point_id=point.pk,
            outcome="sent",
        )
    return message


def test_mail_that_comes_back_goes_again_and_its_address_is_dead(sent):
    later = NOW + timedelta(minutes=5)
    with author("job:bounces"):
        back = take_back(sent.key, channel="email", kind="bad_address", now=later)
        twice = take_back(sent.key, channel="email", kind="bad_address", now=later)

    sent.refresh_from_db()
    assert (back, twice) == (True, False)
    assert (sent.state, sent.due_at, sent.channel) == ("waiting", later, None)
    assert Attempt.objects.get().outcome == "bad_address"
    works = ContactPoint.objects.order_by("rank").values_list("works", flat=True)
    assert list(works) == [False, True]


def test_a_report_of_a_way_it_never_went_changes_nothing(sent):
    with author("job:bounces"):
        assert not take_back(sent.key, channel="sms", kind="permanent", now=NOW)

    sent.refresh_from_db()
    assert sent.state == "sent"
