"""
Names and contact points, apart from care.

Planning never sees this module: the bridge may not import it, no attribute of a
care row leads here, and the role that planning connects as may not read the tables.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from caretime_web.data.care import Patient
from caretime_web.data.rows import between, one_of


class User(AbstractUser):
    """Somebody who signs in to the desk; known by a user name alone."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    class Meta:
        db_table = "identity_user"


class Person(models.Model):
    """
    Who a patient is.

    It points at the patient, never the reverse. ``birth_year`` is the second thing
    a holder of a link is asked for.
    """

    patient = models.OneToOneField(
        Patient, models.PROTECT, primary_key=True, related_name="+"
    )
    name = models.TextField()
    birth_year = models.SmallIntegerField(null=True)
    do_not_contact = models.BooleanField(default=False)

    class Meta:
        db_table = "identity_person"
        constraints = (between("birth_year", 1890, 2100, name="person_birth_year"),)


class ContactPoint(models.Model):
    """
    A way to reach a person, in the order in which to try.

    One that does not work reaches nobody; one that is ``stopped`` its owner has ended.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_points")
    channel = models.TextField()
    value = models.TextField()
    rank = models.SmallIntegerField(default=1)
    works = models.BooleanField(default=True)
    stopped = models.BooleanField(default=False)

    class Meta:
        db_table = "identity_contact_point"
        constraints = (
            one_of("channel", ("email", "sms", "letter"), name="contact_channel"),
            models.UniqueConstraint(
                fields=["person", "channel", "rank"],
                condition=Q(works=True),
                name="contact_rank",
            ),
        )
