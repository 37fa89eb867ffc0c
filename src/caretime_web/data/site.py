"""What sites ask of the weeks worked there, and the times people stated."""

from __future__ import annotations

from django.db import models

from caretime_web.data.care import Clinic, Clinician, NetworkTherapist, Patient
from caretime_web.data.rows import Row, between, span_of_week, texts, together


class _Span(Row):
    """A span of every week; ``weekday`` 0 is Monday, minutes count from midnight."""

    id = models.BigAutoField(primary_key=True)
    weekday = models.SmallIntegerField()
    start = models.SmallIntegerField()
    end = models.SmallIntegerField()

    class Meta:
        abstract = True


class Unavailability(_Span):
    """A span of every week in which a clinician cannot work; never why."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="+")

    class Meta:
        db_table = "site_unavailability"
        constraints = (span_of_week("unavailability_span"),)


class WorkPlace(_Span):
    """Where a clinician works in a span of every week: a clinic or telehealth."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="+")
    place = models.TextField()
    travel_minutes = models.SmallIntegerField()

    class Meta:
        db_table = "site_work_place"
        constraints = (span_of_week("work_place_span"),)


class Cover(_Span):
    """A crisis or walk-in shift of every week that a site must staff."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    licenses = texts()
    clinicians = models.SmallIntegerField()

    class Meta:
        db_table = "site_cover"
        constraints = (span_of_week("cover_span"),)


class TeamMeeting(Row):
    """A weekly meeting of everyone at a site; without a weekday its time is open."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    minutes = models.SmallIntegerField()
    weekday = models.SmallIntegerField(null=True)
    start = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "site_team_meeting"
        constraints = (
            together("weekday", "start", name="team_meeting_time"),
            between("minutes", 5, 480, name="team_meeting_minutes"),
        )


class NetworkHours(_Span):
    """A span of every week in which a network therapist sees our patients."""

    therapist = models.ForeignKey(NetworkTherapist, models.PROTECT, related_name="+")

    class Meta:
        db_table = "site_network_hours"
        constraints = (span_of_week("network_hours_span"),)


class StatedTime(_Span):
    """A span of every week in which a patient can come, as the patient stated it."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")

    class Meta:
        db_table = "site_stated_time"
        constraints = (span_of_week("stated_time_span"),)
