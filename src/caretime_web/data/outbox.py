"""
Messages that commit with the change they tell of, and each try at sending them.

The text is neutral and says nothing of a diagnosis; where it goes is looked up at
the last moment, by the sender alone, who may read identity.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q

from caretime_web.data.care import Patient
from caretime_web.data.rows import one_of, together

CHANNELS = ("email", "sms", "letter", "log")
STATES = ("waiting", "leased", "sent", "failed", "dropped")
OUTCOMES = ("sent", "temporary", "permanent", "bad_address", "unreachable")
"""What came of a try: sent, or one of the failures of a channel."""


class Message(models.Model):
    """
    A thing to tell someone, once.

    ``key`` goes with every try, so that a provider that honors it drops a second
    delivery. A ``leased`` message belongs to one worker until ``leased_until``; then
    it may be taken again. One message of a person is leased at a time, so that two
    workers together do not write more a day than one.

    ``channel`` is the way it went by, ``short`` its text for a text message, ``about``
    what it speaks of. ``at_once`` answers what the person has just written: it keeps
    no quiet hours. ``reason`` says why it ``failed`` or was ``dropped``.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="messages")
    purpose = models.TextField()
    about = models.TextField(default="")
    channel = models.TextField(null=True)
    language = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    short = models.TextField(default="")
    calendar = models.BinaryField(default=b"")
    calendar_method = models.TextField(default="REQUEST")
    at_once = models.BooleanField(default=False)
    state = models.TextField(default="waiting")
    reason = models.TextField(default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_message"
        indexes = (
            models.Index(
                fields=["due_at", "key"],
                condition=Q(state__in=("waiting", "leased")),
                name="message_due",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(state="leased"),
                name="message_one_on_its_way",
            ),
            one_of("channel", CHANNELS, name="message_channel"),
            one_of("state", STATES, name="message_state"),
            together("lease", "leased_until", name="message_lease"),
            CheckConstraint(
                condition=Q(state="leased", lease__isnull=False)
                | (~Q(state="leased") & Q(lease__isnull=True)),
                name="message_leased",
            ),
            CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent",
            ),
        )


class Attempt(models.Model):
    """
    One try at telling it, and what came of it.

    ``point_id`` is the number of the contact point it went to, and no reference: from
    care nothing leads to identity. A mail that comes back makes the outcome of its try
    a failure. ``may_have_arrived`` where contact was lost after everything was handed
    over.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts")
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    channel = models.TextField()
    point_id = models.BigIntegerField(null=True)
    outcome = models.TextField()
    code = models.TextField(default="")
    retry_after_s = models.IntegerField(null=True)
    may_have_arrived = models.BooleanField(default=False)
    provider_id = models.TextField(default="")

    class Meta:
        db_table = "outbox_attempt"
        constraints = (
            models.UniqueConstraint(fields=["message", "number"], name="attempt_once"),
            one_of("channel", CHANNELS, name="attempt_channel"),
            one_of("outcome", OUTCOMES, name="attempt_outcome"),
        )
