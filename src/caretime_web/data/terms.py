"""The system's own settings, its contracts, standards and behavior numbers."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q

from caretime.model.terms import STANDINGS
from caretime_web.data.rows import Row, in_order, one_of, texts


class Contract(Row):
    """
    An agreement in force or a proposal, as the document it is.

    ``written`` is the file as its author wrote it, comments and all; ``terms`` the
    same contract whole, with the clauses it takes from another filled in.
    """

    contract_id = models.TextField(primary_key=True)
    title = models.TextField()
    effective = models.DateField()
    until = models.DateField(null=True)
    standing = models.TextField()
    source = models.TextField()
    written = models.TextField()
    terms = models.TextField()

    class Meta:
        db_table = "terms_contract"
        constraints = (
            one_of("standing", STANDINGS, name="contract_standing"),
            in_order("effective", "until", name="contract_days"),
        )


class System(models.Model):
    """
    The care system this desk serves: one row.

    ``fingerprint`` is that of the folder it was loaded from last.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField()
    time_zone = models.TextField()
    first_day = models.DateField()
    members = models.IntegerField()
    jurisdiction = models.TextField()
    pooling = models.TextField()
    contract_in_force = models.ForeignKey(
        Contract, models.PROTECT, db_column="contract_in_force", related_name="+"
    )
    holidays = ArrayField(models.DateField(), default=list)
    notes = texts()
    fingerprint = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "terms_system"
        constraints = (
            CheckConstraint(condition=Q(id=1), name="one_system"),
            one_of("pooling", ("site", "county", "region"), name="system_pooling"),
        )


class Standard(Row):
    """An access standard of the system's own; without a row those that ship hold."""

    standard_id = models.TextField(primary_key=True)
    profile = models.TextField()
    clock = models.TextField()
    provider = models.TextField()
    starts = models.TextField()
    limit = models.IntegerField()
    unit = models.TextField()
    prior_authorization = models.BooleanField()
    target_share = models.FloatField()
    citation = models.TextField()

    class Meta:
        db_table = "terms_standard"


class Assumption(Row):
    """One behavior number and whose account it is."""

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    unit = models.TextField()
    source = models.TextField()
    holder = models.TextField()

    class Meta:
        db_table = "terms_assumption"
        constraints = (
            models.UniqueConstraint(fields=["name", "holder"], name="assumption_once"),
            CheckConstraint(
                condition=Q(low__lte=F("value"), high__gte=F("value")),
                name="assumption_range",
            ),
        )
