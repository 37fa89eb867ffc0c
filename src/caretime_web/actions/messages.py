"""
Messages, written in the transaction of the change they tell of.

Nothing is sent here. What a rolled-back change would have told is gone with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.db.transaction import TransactionManagementError

from caretime_web.channels.sending import telling_key
from caretime_web.data.care import Patient
from caretime_web.data.identity import ContactPoint, Person
from caretime_web.data.outbox import Attempt, Message

DO_NOT_CONTACT, WITHDRAWN = "do_not_contact", "withdrawn"
"""Why a message was dropped before it was sent."""

_WORDS = (
    *("language", "subject", "text", "short", "calendar", "calendar_method"),
    "at_once",
)


@dataclass(frozen=True, slots=True)
class Telling:
    """
    What one patient is to be told, in words.

    Parameters
    ----------
    purpose
        One of ``caretime_web.channels.wording.PURPOSES``.
    about
        What is spoken of, with everything that would make it news: an appointment's
        id and its start. The same purpose about the same is told once.
    text, short
        For a mail or letter, and for a text message.
    at_once
        Whether it answers what the person has just written: it keeps no quiet hours.
    """

    patient_id: str
    purpose: str
    about: str
    language: str
    subject: str = field(repr=False)
    text: str = field(repr=False)
    short: str = field(repr=False)
    calendar: bytes = field(default=b"", repr=False)
    calendar_method: str = "REQUEST"
    at_once: bool = False

    @property
    def key(self) -> UUID:
        """Of the message: the same whichever wave says it again."""
        return telling_key(self.patient_id, self.purpose, self.about)


@dataclass(frozen=True, slots=True)
class Written:
    """
    What became of tellings: each stands in exactly one of the four, by its key.

    Parameters
    ----------
    told_before
        Told by an earlier wave, or twice in this one.
    do_not_contact
        Kept as dropped, for the list of people whom nobody writes to.
    enough
        Not written: the patient was told as often as may be.
    """

    written: tuple[UUID, ...] = ()
    told_before: tuple[UUID, ...] = ()
    do_not_contact: tuple[UUID, ...] = ()
    enough: tuple[UUID, ...] = ()


def write_messages(
    tellings: Sequence[Telling],
    *,
    now: datetime,
    due_at: datetime | None = None,
    most: int | None = None,
) -> Written:
    """
    Write messages in the caller's transaction; a sender takes them once it commits.

    A message that was dropped was never told, so it may be written again.

    Parameters
    ----------
    due_at
        Not to be sent before; now where it is not given.
    most
        Messages of one purpose that one patient may get in all, those written before
        counted; dropped ones are not.

    Raises
    ------
    TransactionManagementError
        If there is no transaction: the message could be without its change.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("messages commit with the change they tell of")
    patients = {telling.patient_id for telling in tellings}
    _hold(patients)
    before = dict(
        Message.objects.filter(key__in={t.key for t in tellings}).values_list(
            "key", "state"
        )
    )
    silent = set(
        Person.objects.filter(pk__in=patients, do_not_contact=True).values_list(
            "pk", flat=True
        )
    )
    counts = _told(tellings) if most is not None else Counter()
    found: dict[str, list[UUID]] = {name: [] for name in Written.__slots__}
    rows: list[Message] = []
    seen: set[UUID] = set()
    for telling in tellings:
        of = (telling.patient_id, telling.purpose)
        if telling.key in seen or before.get(telling.key, "dropped") != "dropped":
            fate = "told_before"
        elif telling.patient_id in silent:
            fate = "do_not_contact"
        elif most is not None and counts[of] >= most:
            fate = "enough"
        else:
            fate = "written"
            counts[of] += 1
        found[fate].append(telling.key)
        seen.add(telling.key)
        if fate in ("written", "do_not_contact"):
            rows.append(_row(telling, fate=fate, now=now, due_at=due_at or now))
    _save(rows, before)
    return Written(**{name: tuple(keys) for name, keys in found.items()})


def withdraw_messages(keys: Collection[UUID]) -> int:
    """
    Drop messages that were not sent yet; return how many.

    One that a worker has in hand at this moment goes out all the same.
    """
    return Message.objects.filter(key__in=keys, state="waiting").update(
        state="dropped", reason=WITHDRAWN
    )


def take_back(key: UUID, *, channel: str, kind: str, now: datetime) -> bool:
    """
    Note that a message which was sent did not arrive, and let it go another way.

    Parameters
    ----------
    kind
        ``bad_address``, and the address is not used again, or ``permanent``.

    Returns
    -------
    bool
        False if this way never took the message, or it was told before that it
        came back: such reports come twice.
    """
    if kind not in ("bad_address", "permanent"):
        raise ValueError(f"a message does not come back as {kind!r}")
    # The row is held, so that a second report waits and then finds nothing to do.
    message = Message.objects.select_for_update().filter(pk=key).first()
    attempt = (
        Attempt.objects.filter(message_id=key, channel=channel, outcome="sent")
        .order_by("-number")
        .first()
    )
    if message is None or attempt is None:
        return False
    attempt.outcome = kind
    attempt.save(update_fields=["outcome"])
    if kind == "bad_address" and attempt.point_id is not None:
        ContactPoint.objects.filter(pk=attempt.point_id).update(works=False)
    if message.state == "sent" and message.channel == channel:
        message.state, message.sent_at, message.due_at = "waiting", None, now
        message.channel = None
        message.save(update_fields=["state", "sent_at", "due_at", "channel"])
    return True


def _hold(patients: Iterable[str]) -> None:
    """Let one transaction at a time write to a patient; bookings are not held up."""
    held = Patient.objects.filter(pk__in=patients).order_by("pk")
    list(held.select_for_update(no_key=True).values_list("pk", flat=True))


def _told(tellings: Sequence[Telling]) -> Counter[tuple[str, str]]:
    counted = (
        Message.objects.filter(
            patient_id__in={telling.patient_id for telling in tellings},
            purpose__in={telling.purpose for telling in tellings},
        )
        .exclude(state="dropped")
        .values_list("patient_id", "purpose")
        .annotate(count=Count("key"))
    )
    return Counter({(patient, purpose): count for patient, purpose, count in counted})


def _row(telling: Telling, *, fate: str, now: datetime, due_at: datetime) -> Message:
    silent = fate == "do_not_contact"
    return Message(
        key=telling.key,
        patient_id=telling.patient_id,
        purpose=telling.purpose,
        about=telling.about,
        state="dropped" if silent else "waiting",
        reason=DO_NOT_CONTACT if silent else "",
        created_at=now,
        due_at=due_at,
        **{name: getattr(telling, name) for name in _WORDS},
    )


def _save(rows: Sequence[Message], before: Mapping[UUID, str]) -> None:
    new = [row for row in rows if row.key not in before]
    again = [row for row in rows if row.key in before]
    Message.objects.bulk_create(new, batch_size=1_000)
    if again:
        changed = (*_WORDS, "state", "reason", "created_at", "due_at")
        Message.objects.bulk_update(again, changed, batch_size=500)
