"""Checks of an update against the plan it follows and the system it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.keys import duplicate_keys, similar
from caretime.formats._checking.tables import Tables
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.incident import Series
from caretime.model.request import Extension
from caretime.model.strike import StrikePlan
from caretime.model.system import CareSystem
from caretime.rules.exceptions import flaw

_FLAWS = {
    "not_in_profile": "the jurisdiction knows no such note",
    "wrong_clock": "the note does not reach the standard of this visit",
    "author_not_licensed": "its author holds no license that may write it",
    "not_cosigned": "no supervisor signed with the associate",
    "no_time": "nothing says when it was noted",
    "no_note": "there is no note",
    "noted_after_limit": "it was noted after the limit",
}
"""What ``rules.exceptions.flaw`` found, in words."""


def twice_told(
    tables: Tables, _plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find what is said twice: nobody knows which of the two holds."""
    yield from duplicate_keys(tables)


def people_unknown(
    tables: Tables, plan: StrikePlan, system: CareSystem
) -> Iterator[Problem]:
    """Find patients without a series, and clinicians and therapists nobody knows."""
    patients = [series.patient_id for series in plan.series]
    staff = [one.clinician_id for one in system.clinicians]
    network = [one.therapist_id for one in system.network]
    for name, column, known, where in (
        ("answers", "patient_id", patients, "has no series in this plan"),
        ("pins", "patient_id", patients, "has no series in this plan"),
        ("choices", "patient_id", patients, "has no series in this plan"),
        ("pins", "substitute_id", staff + network, "is no clinician or therapist"),
        ("absent", "clinician_id", staff, "is none of the system's clinicians"),
        ("openings", "substitute_id", staff + network, "is no clinician or therapist"),
    ):
        yield from _lost(tables, name, column, known, where)
    away = [one.clinician_id for one in plan.absent]
    yield from _lost(
        tables, "returned", "clinician_id", away, "is not away in this plan"
    )


def _lost(
    tables: Tables, name: str, column: str, known: Iterable[str], where: str
) -> Iterator[Problem]:
    names = pl.Series(list(known), dtype=pl.String)
    rows = tables.rows(f"update/{name}", column)
    rows = rows.filter(~pl.col(column).is_in(names.implode()))
    meant = similar(rows[column], names)
    for line, found in rows.iter_rows():
        hint = hints.did_you_mean(meant.get(found, ""))
        source = tables.sources[f"update/{name}"]
        yield Problem(source, line, column, f"{found!r} {where}", hint)


def answers_to_no_offer(
    tables: Tables, plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find yes or no from patients who were offered nobody; they may wish to wait."""
    offered = {m.patient_id for m in plan.matching.matches if m.outcome == "placed"}
    offered.update(patient for patient, other in plan.offered.items() if other)
    known = {series.patient_id for series in plan.series}
    rows = tables.rows("update/answers", "patient_id", "answer")
    rows = rows.filter(
        pl.col("answer").is_in(["accepted", "declined"])
        & pl.col("patient_id").is_in(list(known - offered))
    )
    message = pl.format("{}, but {} was offered nobody", "answer", "patient_id")
    yield from tables.tell("update/answers", "answer", rows, message)


def returns_before_the_absence(
    tables: Tables, plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find returns on a day before the absence has begun."""
    began: dict[str, date] = {}
    for one in plan.absent:
        began[one.clinician_id] = min(
            one.first_day, began.get(one.clinician_id, one.first_day)
        )
    rows = tables.rows("update/returned", "clinician_id", "day")
    for line, who, day in rows.iter_rows():
        if who in began and day < began[who]:
            message = f"{day} is before the absence, which begins on {began[who]}"
            yield Problem(tables.sources["update/returned"], line, "day", message)


def absences_that_end_before_they_begin(
    tables: Tables, _plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find absences without a day."""
    rows = tables.rows("update/absent", "first_day", "last_day")
    rows = rows.filter(pl.col("last_day") < pl.col("first_day"))
    message = pl.format("{} is before the first day {}", "last_day", "first_day")
    yield from tables.tell("update/absent", "last_day", rows, message)


def weeks_out_of_the_plan(
    tables: Tables, plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find openings in weeks that are not planned."""
    rows = tables.rows("update/openings", "week").filter(pl.col("week") >= plan.weeks)
    message = pl.format(
        f"{{}} is out of range, expected a week of the plan, 0 to {plan.weeks - 1}",
        "week",
    )
    yield from tables.tell("update/openings", "week", rows, message)


def stays_with_nobody(
    tables: Tables, plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find patients who want to stay with a substitute and have none."""
    alone = [m.patient_id for m in plan.matching.matches if m.outcome != "placed"]
    rows = tables.rows("update/choices", "patient_id", "choice")
    rows = rows.filter(
        (pl.col("choice") == "stays")
        & pl.col("patient_id").is_in(pl.Series(alone, dtype=pl.String).implode())
    )
    message = pl.format("stays, but {} has no substitute in this plan", "patient_id")
    yield from tables.tell("update/choices", "choice", rows, message)


UPDATE_CHECKS = (
    twice_told,
    people_unknown,
    answers_to_no_offer,
    returns_before_the_absence,
    absences_that_end_before_they_begin,
    weeks_out_of_the_plan,
    stays_with_nobody,
)
"""Every check of an update; each yields problems."""


def waits_nobody_found_safe(
    tables: Tables, plan: StrikePlan, system: CareSystem
) -> Iterator[Problem]:
    """Find patients who wait beyond their limit without a note that counts."""
    frame = tables.frames.get("update/answers")
    needed = {"patient_id", "answer"}
    if frame is None or not needed <= set(frame.columns):
        return
    back = _days_back(tables, plan)
    series = {one.patient_id: one for one in plan.series}
    standards = {one.standard_id: one for one in system.standards}
    for row in frame.filter(pl.col("answer") == "waits").iter_rows(named=True):
        one = series.get(row["patient_id"])
        if one is None or not _is_late(one, back):
            continue
        extension = _extension_of(row)
        why = "no clinician has noted that this is safe"
        if extension is not None:
            standard = standards.get(one.standard_id)
            lapses = system.calendar.at(one.limit_day, MINUTES_PER_DAY - 1)
            if standard is None:
                continue
            found = flaw(extension, standard, lapses_at=lapses)
            if found is None:
                continue
            why = f"the note does not count: {_FLAWS[found]}"
        message = f"{one.patient_id} waits beyond the limit {one.limit_day}; {why}"
        source = tables.sources["update/answers"]
        yield Problem(source, row[LINE], "answer", message)


def _days_back(tables: Tables, plan: StrikePlan) -> dict[str, date]:
    """Return the first day back of those whose return is known."""
    back: dict[str, date] = {}
    for one in plan.absent:
        day = date.max if one.last_day is None else one.last_day + timedelta(days=1)
        back[one.clinician_id] = max(day, back.get(one.clinician_id, day))
    rows = tables.rows("update/returned", "clinician_id", "day")
    back.update({who: day for _, who, day in rows.iter_rows()})
    return back


def _is_late(series: Series, back: dict[str, date]) -> bool:
    return back.get(series.clinician_id, date.min) > series.limit_day


def _extension_of(row: dict[str, object]) -> Extension | None:
    """Return what a row says of a note, ``None`` where it says nothing."""
    texts = {key: str(row.get(key) or "") for key in ("note_license", "cosigned_by")}
    note, noted = str(row.get("note") or ""), row.get("noted_at")
    if not (note or noted or any(texts.values())):
        return None
    return Extension(
        "longer_wait",
        texts["note_license"],
        noted if isinstance(noted, datetime) else None,
        note,
        texts["cosigned_by"],
    )


def pins_at_odds(
    tables: Tables, plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find patients pinned to somebody away, or to the one they declined."""
    rows = tables.rows("update/pins", "patient_id", "substitute_id")
    returned = tables.rows("update/returned", "clinician_id")["clinician_id"]
    newly = tables.rows("update/absent", "clinician_id")["clinician_id"]
    away = {one.clinician_id for one in plan.absent} - set(returned) | set(newly)
    answers = tables.rows("update/answers", "patient_id", "answer")
    declined = answers.filter(pl.col("answer") == "declined")["patient_id"]
    placed = {m.patient_id: m.substitute_id for m in plan.matching.matches}
    refused = {who: placed.get(who, "") for who in declined}
    source = tables.sources.get("update/pins", "")
    for line, who, other in rows.iter_rows():
        if other in away:
            yield Problem(source, line, "substitute_id", f"{other} is away")
        if refused.get(who) == other:
            message = f"{who} declined {other} in the same update"
            yield Problem(source, line, "substitute_id", message)


def absences_known_already(
    tables: Tables, plan: StrikePlan, _system: CareSystem
) -> Iterator[Problem]:
    """Find clinicians newly away who are away in the plan and not returned."""
    returned = tables.rows("update/returned", "clinician_id")["clinician_id"]
    away = {one.clinician_id for one in plan.absent} - set(returned)
    rows = tables.rows("update/absent", "clinician_id")
    rows = rows.filter(pl.col("clinician_id").is_in(list(away)))
    message = pl.format("{} is away in this plan already", "clinician_id")
    yield from tables.tell("update/absent", "clinician_id", rows, message)


UPDATE_DOUBTS = (waits_nobody_found_safe, pins_at_odds, absences_known_already)
"""Every question worth asking of a sound update."""
