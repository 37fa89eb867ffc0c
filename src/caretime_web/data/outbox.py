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


class Message(models.Model):
    """
    A thing to tell someone, once.

    ``key`` goes with every try, so that a provider that honors it drops a second
    delivery. A ``leased`` message belongs to one worker until ``leased_until``; then
    it may be taken again.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="messages")
    purpose = models.TextField()
    channel = models.TextField()
    language = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    state = models.TextField(default="waiting")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_message"
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=("waiting", "leased")),
                name="message_due",
            ),
        )
        constraints = (
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
    """One try at telling it, and what came of it."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts")
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    outcome = models.TextField()
    provider_id = models.TextField(default="")

    class Meta:
        db_table = "outbox_attempt"
        constraints = (
            models.UniqueConstraint(fields=["message", "number"], name="attempt_once"),
            one_of(
                "outcome", ("sent", "again_later", "permanent"), name="attempt_outcome"
            ),
        )
