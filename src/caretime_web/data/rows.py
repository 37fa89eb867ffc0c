"""What tables have in common: the order of their rows, and how checks are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q


class NextPosition(models.Func):
    """The place behind all rows there are, in any table."""

    template = "nextval('row_position')"
    output_field = models.BigIntegerField()


class Row(models.Model):
    """
    A row of a system folder.

    ``position`` keeps the order of the file, in which ids become rows of an engine;
    a row made later stands at the end.
    """

    position = models.BigIntegerField(db_default=NextPosition(), editable=False)

    class Meta:
        abstract = True


def texts() -> ArrayField[Any, Any]:
    """Return a column that holds a list of texts, empty where there is none."""
    return ArrayField(models.TextField(), default=list)


def numbers() -> ArrayField[Any, Any]:
    """Return a column that holds a list of numbers, empty where there is none."""
    return ArrayField(models.FloatField(), default=list)


def one_of(field: str, codes: Iterable[str], *, name: str) -> CheckConstraint:
    """Let a column hold only these codes."""
    return CheckConstraint(condition=Q((f"{field}__in", tuple(codes))), name=name)


def between(field: str, low: float, high: float, *, name: str) -> CheckConstraint:
    """Let a column hold only numbers in a range, both ends included."""
    return CheckConstraint(condition=Q((f"{field}__range", (low, high))), name=name)


def in_order(first: str, last: str, *, name: str) -> CheckConstraint:
    """Let no span end before it begins; one without an end is open."""
    open_or_later = Q((f"{last}__isnull", True)) | Q((f"{last}__gte", F(first)))
    return CheckConstraint(condition=open_or_later, name=name)


def together(*fields: str, name: str) -> CheckConstraint:
    """Let columns be filled all or none."""
    none, all_ = Q(), Q()
    for field in fields:
        none &= Q((f"{field}__isnull", True))
        all_ &= Q((f"{field}__isnull", False))
    return CheckConstraint(condition=none | all_, name=name)


def span_of_week(name: str) -> CheckConstraint:
    """Let a span of the week lie within one of its days."""
    condition = Q(
        weekday__range=(0, 6), start__gte=0, end__gt=F("start"), end__lte=1440
    )
    return CheckConstraint(condition=condition, name=name)
