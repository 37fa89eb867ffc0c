"""
The log of every change: who, what, which id, when, before and after.

Triggers write it in the transaction of the change, so neither can be without the
other. Entries are never edited. Each carries the hash of the one before it, so
that a change behind the database's back shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, models, transaction

CHAINS = 16
"""Chains side by side: a chain admits one writer at a time until it commits."""


class AuditEntry(models.Model):
    """
    One change of one row; of a great many rows at once, one entry for them all.

    ``digest`` stands for the rows then. Of identity ``after`` names the columns
    that changed and no value.
    """

    id = models.BigAutoField(primary_key=True)
    chain = models.SmallIntegerField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.TextField()
    why = models.TextField()
    act = models.TextField()
    subject = models.TextField()
    subject_id = models.TextField()
    rows = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    digest = models.BinaryField(null=True)
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_entry"
        indexes = (
            models.Index(fields=["subject", "subject_id"], name="audit_subject"),
        )
        constraints = (
            models.UniqueConstraint(fields=["chain", "number"], name="audit_number"),
        )


class AuditHead(models.Model):
    """The end of one chain."""

    chain = models.SmallIntegerField(primary_key=True)
    number = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_head"


@contextmanager
def author(by: str, *, why: str = "") -> Iterator[None]:
    """
    Make all changes inside the block one transaction, with this author.

    The database refuses a change without one.

    Parameters
    ----------
    by
        Who is answerable: ``user:17``, ``job:load``, ``patient-link``.
    why
        A word for the log, for instance the name of the action.

    Raises
    ------
    ValueError
        If nobody is named.
    """
    if not by:
        raise ValueError("every change has an author")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('caretime.by', %s, true),"
            " set_config('caretime.why', %s, true)",
            [by, why],
        )
        yield


@dataclass(frozen=True, slots=True)
class Tampered:
    """Where a chain does not hold: the first entry of it that is not as written."""

    chain: int
    number: int
    fault: str


def verify(anchors: Mapping[int, tuple[int, bytes]] | None = None) -> list[Tampered]:
    """
    Return where the log is not as it was written; nothing if it is.

    Parameters
    ----------
    anchors
        Ends of chains as ``heads`` gave them at an earlier time and somebody kept
        elsewhere: proof also against one who cut the end off and mended the head.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain, number, fault FROM audit_faults()")
        found = [Tampered(*row) for row in cursor.fetchall()]
        for chain, (number, hash_) in (anchors or {}).items():
            cursor.execute(
                "SELECT hash FROM audit_entry WHERE chain = %s AND number = %s",
                [chain, number],
            )
            row = cursor.fetchone()
            if row is None or bytes(row[0]) != hash_:
                found.append(Tampered(chain, number, "anchor"))
    return found


def heads() -> dict[int, tuple[int, bytes]]:
    """Return the end of each chain that has entries: its last number and hash."""
    rows = AuditHead.objects.filter(number__gt=0).order_by("chain")
    return {row.chain: (row.number, bytes(row.hash)) for row in rows}
