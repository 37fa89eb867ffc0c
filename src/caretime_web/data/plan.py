"""What is expected and who is away: demand, absences, incidents, rosters."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField
from django.db import models
from django.db.models import CheckConstraint, F, Q

from caretime_web.data.care import Clinician
from caretime_web.data.rows import (
    Row,
    between,
    in_order,
    numbers,
    texts,
)
from caretime_web.data.terms import Contract


class Demand(Row):
    """Referrals of one kind of person, by the week."""

    id = models.BigAutoField(primary_key=True)
    county = models.TextField()
    age_group = models.TextField()
    language = models.TextField()
    need = models.TextField()
    referrals_per_week = models.FloatField()
    dispersion = models.FloatField()

    class Meta:
        db_table = "plan_demand"
        constraints = (between("dispersion", 1, 100, name="demand_dispersion"),)


class Absence(Row):
    """A clinician is away, up to and including a day or open-ended; never why."""

    id = models.BigAutoField(primary_key=True)
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        db_table = "plan_absence"
        constraints = (in_order("first_day", "last_day", name="absence_days"),)


class Incident(Row):
    """Clinicians are away at once and for a while: a path of shares, or a list."""

    incident_id = models.TextField(primary_key=True)
    first_day = models.DateField()
    notice_day = models.DateField()
    shares = numbers()
    clinic_ids = texts()
    shares_low = numbers()
    shares_high = numbers()
    clinician_ids = texts()
    last_day = models.DateField(null=True)
    open_ended = models.BooleanField()

    class Meta:
        db_table = "plan_incident"
        constraints = (
            in_order("first_day", "last_day", name="incident_days"),
            CheckConstraint(
                condition=Q(shares=[], clinician_ids__len__gt=0)
                | Q(shares__len__gt=0, clinician_ids=[]),
                name="incident_shares_or_names",
            ),
        )


class Roster(models.Model):
    """Weeks that were adopted together, built for a contract."""

    roster_id = models.TextField(primary_key=True)
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, related_name="rosters"
    )
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "plan_roster"
        constraints = (in_order("first_day", "last_day", name="roster_days"),)


class RosterWeek(models.Model):
    """
    One clinician's repeating week and the days on which it holds.

    On no day do two weeks of one clinician hold.
    """

    id = models.BigAutoField(primary_key=True)
    roster = models.ForeignKey(Roster, models.CASCADE, related_name="weeks")
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="weeks")
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        db_table = "plan_roster_week"
        constraints = (
            in_order("first_day", "last_day", name="roster_week_days"),
            ExclusionConstraint(
                name="one_week_at_a_time",
                expressions=[
                    (F("clinician"), "="),
                    (
                        models.Func(
                            *("first_day", "last_day", models.Value("[]")),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
        )


class RosterBlock(models.Model):
    """
    A span of a week, given to one activity at one place.

    ``start`` is minutes from Monday 00:00, local wall-clock time. No two blocks of a
    week overlap.
    """

    id = models.BigAutoField(primary_key=True)
    week = models.ForeignKey(RosterWeek, models.CASCADE, related_name="blocks")
    start = models.SmallIntegerField()
    minutes = models.SmallIntegerField()
    activity = models.TextField()
    place = models.TextField()

    class Meta:
        db_table = "plan_roster_block"
        constraints = (
            CheckConstraint(
                condition=Q(
                    start__gte=0, minutes__gte=1, start__lte=10_080 - F("minutes")
                ),
                name="roster_block_week",
            ),
            ExclusionConstraint(
                name="one_block_at_a_time",
                expressions=[
                    (F("week"), "="),
                    (
                        models.Func(
                            "start",
                            F("start") + F("minutes"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
        )
