"""
Who gives care, who receives it, and the visits; ids, never names.

The nouns of ``caretime.model.people`` and ``care`` in their order, and what only a
desk knows of them: rooms, cancellations, referrals.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import CheckConstraint, F, Q

from caretime.model.care import STATUSES, VISIT_TYPES
from caretime.model.people import AGE_GROUPS, MODALITIES
from caretime_web.data.rows import Row, between, one_of, texts, together

HOLDING = ("booked", "attended", "no_show")
"""Statuses of a visit that keeps its time; a cancelled one has given it back."""

REFERRAL_STATUSES = ("open", "booked", "closed")
SIDES = ("patient", "clinician", "organization")
"""Who cancelled: three things that one number must not mix."""


class Clinic(Row):
    """A site where clinicians see patients; minutes count from local midnight."""

    clinic_id = models.TextField(primary_key=True)
    county = models.TextField()
    zip = models.TextField()
    latitude = models.FloatField()
    longitude = models.FloatField()
    rooms = models.SmallIntegerField()
    opens = models.SmallIntegerField()
    closes = models.SmallIntegerField()

    class Meta:
        db_table = "care_clinic"
        constraints = (between("rooms", 0, 1000, name="clinic_rooms"),)


class Clinician(Row):
    """An employed person with a schedule."""

    clinician_id = models.TextField(primary_key=True)
    license = models.TextField()
    languages = texts()
    ages = texts()
    needs = texts()
    fte = models.FloatField()
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="clinicians")
    telehealth_share = models.FloatField()
    supervisor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="supervised"
    )
    hired_on = models.DateField()
    unit = models.TextField()
    step = models.SmallIntegerField()
    leads_groups = models.BooleanField()
    gender = models.TextField(null=True)

    class Meta:
        db_table = "care_clinician"
        constraints = (between("fte", 0.05, 1, name="clinician_fte"),)


class NetworkTherapist(Row):
    """A contracted outside person with weekly openings for new patients."""

    therapist_id = models.TextField(primary_key=True)
    license = models.TextField()
    languages = texts()
    ages = texts()
    needs = texts()
    county = models.TextField()
    zip = models.TextField()
    latitude = models.FloatField()
    longitude = models.FloatField()
    telehealth = models.BooleanField()
    openings_per_week = models.FloatField()
    price_per_visit_cents = models.IntegerField()
    acceptance = models.FloatField()
    gender = models.TextField(null=True)
    payers = texts()
    highest_risk_tier = models.SmallIntegerField()

    class Meta:
        db_table = "care_network_therapist"
        constraints = (
            between("highest_risk_tier", 1, 3, name="network_risk_tier"),
            between("acceptance", 0, 1, name="network_acceptance"),
        )


class Patient(Row):
    """A person in treatment with a therapist of record."""

    patient_id = models.TextField(primary_key=True)
    county = models.TextField()
    zip = models.TextField()
    age_group = models.TextField()
    language = models.TextField()
    need = models.TextField()
    risk_tier = models.SmallIntegerField()
    clinician = models.ForeignKey(
        Clinician, models.PROTECT, related_name="patients_of_record"
    )
    interval_weeks = models.SmallIntegerField()
    visits_attended = models.SmallIntegerField()
    modality = models.TextField()
    telehealth_consent = models.BooleanField()
    has_phone = models.BooleanField()
    has_email = models.BooleanField()
    gender_preference = models.TextField(null=True)
    payer = models.TextField(null=True)

    class Meta:
        db_table = "care_patient"
        constraints = (
            one_of("age_group", AGE_GROUPS, name="patient_age_group"),
            one_of("modality", MODALITIES, name="patient_modality"),
            between("risk_tier", 1, 3, name="patient_risk_tier"),
            between("interval_weeks", 1, 52, name="patient_interval"),
        )


class Group(Row):
    """A weekly group; ``weekday`` 0 is Monday, ``start`` minutes from midnight."""

    group_id = models.TextField(primary_key=True)
    leader = models.ForeignKey(Clinician, models.PROTECT, related_name="groups_led")
    co_leader = models.ForeignKey(
        Clinician, models.PROTECT, null=True, related_name="groups_helped"
    )
    weekday = models.SmallIntegerField()
    start = models.SmallIntegerField()
    minutes = models.SmallIntegerField()
    seats = models.SmallIntegerField()
    age_group = models.TextField()
    language = models.TextField()
    need = models.TextField()

    class Meta:
        db_table = "care_group"
        constraints = (
            one_of("age_group", AGE_GROUPS, name="group_age_group"),
            between("weekday", 0, 6, name="group_weekday"),
            between("minutes", 5, 480, name="group_minutes"),
        )


class GroupMember(Row):
    """One patient's seat in a group."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, models.PROTECT, related_name="members")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="seats")

    class Meta:
        db_table = "care_group_member"
        constraints = (
            models.UniqueConstraint(fields=["group", "patient"], name="group_seat"),
        )


class Referral(models.Model):
    """
    A request for care; the day it was made never changes.

    Waits are counted from ``requested_at``: the database refuses every edit of it.
    """

    referral_id = models.TextField(primary_key=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="referrals")
    requested_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    status = models.TextField(default="open")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "care_referral"
        constraints = (
            one_of("status", REFERRAL_STATUSES, name="referral_status"),
            CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="referral_closed",
            ),
        )


class Span(models.Func):
    """The half-open span of a visit, from its start and its minutes."""

    function = "span_of"
    output_field = DateTimeRangeField()


class Block(models.Func):
    """
    What holds a clinician's time: the visit, or the session all of a group share.

    Two visits exclude each other only where this differs.
    """

    function = "block_of"
    output_field = models.TextField()


def _apart(name: str, *equal: str, condition: Q | None = None) -> ExclusionConstraint:
    """Keep rows with these columns equal from lying in the same time."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((F(field), "=") for field in equal),
            (Span("start", "minutes"), "&&"),
        ],
        condition=condition,
    )


class Appointment(Row):
    """
    A visit with its status.

    ``clinician_id`` is of a clinician or of a network therapist; a trigger sees to
    it, because a reference to one of two tables cannot be declared.
    No clinician, patient or room is in two places at once: exclusion constraints
    see to it, for visits that hold their time. ``requested_at`` and ``offered_at``
    are never edited once they are filled.
    """

    appointment_id = models.TextField(primary_key=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    clinician_id = models.TextField()
    visit_type = models.TextField()
    start = models.DateTimeField()
    minutes = models.SmallIntegerField()
    modality = models.TextField()
    status = models.TextField(default="booked")
    requested_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    referral = models.ForeignKey(
        Referral, models.PROTECT, null=True, related_name="appointments"
    )
    clinic = models.ForeignKey(
        Clinic, models.PROTECT, null=True, related_name="appointments"
    )
    room = models.SmallIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.TextField(null=True)
    cancel_reason = models.TextField(null=True)

    class Meta:
        db_table = "care_appointment"
        indexes = (
            models.Index(
                fields=["clinician_id", "start"], name="appointment_clinician"
            ),
            models.Index(fields=["patient", "start"], name="appointment_patient"),
        )
        constraints = (
            one_of("visit_type", VISIT_TYPES, name="appointment_visit_type"),
            one_of("status", STATUSES, name="appointment_status"),
            one_of("modality", MODALITIES[:2], name="appointment_modality"),
            between("minutes", 5, 480, name="appointment_minutes"),
            CheckConstraint(
                condition=Q(cancelled_by__isnull=True) | Q(cancelled_by__in=SIDES),
                name="appointment_side",
            ),
            together(
                *("cancelled_at", "cancelled_by", "cancel_reason"),
                name="appointment_cancelled_whole",
            ),
            CheckConstraint(
                condition=Q(cancelled_at__isnull=True)
                | Q(status__in=("cancelled", "late_cancelled")),
                name="appointment_cancelled_status",
            ),
            together("clinic", "room", name="appointment_room_of_clinic"),
            CheckConstraint(
                condition=Q(room__isnull=True) | Q(modality="in_person"),
                name="appointment_room_in_person",
            ),
            ExclusionConstraint(
                name="one_clinician_one_place",
                expressions=[
                    (F("clinician_id"), "="),
                    (Span("start", "minutes"), "&&"),
                    (
                        Block(
                            *("visit_type", "appointment_id", "clinician_id"),
                            *("start", "minutes"),
                        ),
                        "<>",
                    ),
                ],
                condition=Q(status__in=HOLDING),
            ),
            _apart("one_patient_one_place", "patient", condition=Q(status__in=HOLDING)),
            _apart(
                *("one_room_one_visit", "clinic", "room"),
                condition=Q(
                    ~Q(visit_type="group"), status__in=HOLDING, room__isnull=False
                ),
            ),
        )


class Hold(models.Model):
    """
    A time kept for a patient until a moment, while somebody decides.

    Whoever finds an expired one in the way takes it out. That no visit is booked
    into a hold is seen to by the actions, which take the clinician's turn.
    """

    hold_id = models.TextField(primary_key=True)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="holds")
    clinician_id = models.TextField()
    visit_type = models.TextField()
    start = models.DateTimeField()
    minutes = models.SmallIntegerField()
    modality = models.TextField()
    until = models.DateTimeField()

    class Meta:
        db_table = "care_hold"
        constraints = (
            one_of("visit_type", VISIT_TYPES, name="hold_visit_type"),
            one_of("modality", MODALITIES[:2], name="hold_modality"),
            between("minutes", 5, 480, name="hold_minutes"),
            _apart("one_clinician_one_hold", "clinician_id"),
            _apart("one_patient_one_hold", "patient"),
        )
