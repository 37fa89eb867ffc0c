"""Weeks taken into force."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection
from django.db.models import Q

from caretime.errors import InputError, Problem
from caretime.model.week import Roster
from caretime_web.data import plan
from caretime_web.data.audit import author


def adopt_roster(
    roster: Roster, *, roster_id: str, first_day: date, now: datetime, by: str
) -> None:
    """
    Let the weeks of a roster hold from a day on.

    Weeks of the same clinicians that held before end the day before; those that
    were to begin later are taken back. Others stay as they are.

    Parameters
    ----------
    roster
        Its last day, if it has one, is kept; a week that would hold again after it
        is not made: adopt the next roster in time.
    first_day
        From when on; the roster's own first day may be earlier.

    Raises
    ------
    InputError
        If the id was used before, the roster ends before the day, or a clinician
        or the contract is not known.
    """
    who = [week.clinician_id for week in roster.weeks]
    if roster.last_day is not None and roster.last_day < first_day:
        raise _refused(roster_id, f"ends on {roster.last_day}, before {first_day}")
    try:
        with author(by, why="adopt roster"):
            theirs = plan.RosterWeek.objects.filter(clinician__in=who)
            theirs.filter(first_day__gte=first_day).delete()
            theirs.filter(Q(last_day=None) | Q(last_day__gte=first_day)).update(
                last_day=first_day - timedelta(days=1)
            )
            row = plan.Roster.objects.create(
                roster_id=roster_id,
                contract_id=roster.contract_id or None,
                first_day=first_day,
                last_day=roster.last_day,
                adopted_at=now,
            )
            _add_weeks(row, roster)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        detail = getattr(diagnosis, "message_detail", None)
        raise _refused(roster_id, detail or "the database refused it") from error


def _add_weeks(row: plan.Roster, roster: Roster) -> None:
    weeks = plan.RosterWeek.objects.bulk_create(
        plan.RosterWeek(
            roster=row,
            clinician_id=week.clinician_id,
            first_day=row.first_day,
            last_day=row.last_day,
        )
        for week in roster.weeks
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY plan_roster_block (week_id, start, minutes, activity, place)"
            " FROM STDIN"
        ) as copy,
    ):
        for kept, week in zip(weeks, roster.weeks, strict=True):
            for block, place in week.placed():
                copy.write_row(
                    (kept.pk, block.start, block.minutes, block.activity, place)
                )


def _refused(roster_id: str, message: str) -> InputError:
    return InputError([Problem(f"roster {roster_id}", 0, "", message)])
