"""Checks of a roster's rows against each other and against a care system."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.book import clock
from caretime.formats._checking.columns import LINE, typed, typed_column
from caretime.formats._checking.keys import similar
from caretime.formats._checking.spellings import understood
from caretime.formats._reading.raw import Findings, Raw
from caretime.formats.dictionary import dictionary
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.system import CareSystem
from caretime.model.week import TELEHEALTH

WHO = "clinician_id"
_UTC = ZoneInfo("UTC")
_HALF_DAY = MINUTES_PER_DAY // 2


def checked_roster(
    raw: Raw, system: CareSystem | None, findings: Findings
) -> tuple[pl.DataFrame, list[str]]:
    """
    Type every block of a roster and run every check on it.

    Returns the blocks, and the clinicians of rows that hold nothing else: their
    weeks have no block.
    """
    raw = Raw(raw.table, raw.source, understood(raw.cells), raw.lines)
    raw, alone = _without_blocks(raw)
    rows = typed(raw, _UTC, findings)
    people = pl.DataFrame({LINE: alone.lines})
    if WHO in alone.cells.columns:
        attribute = dictionary("roster")[WHO]
        cells = alone.cells[WHO]
        people = people.with_columns(
            typed_column(attribute, cells, alone, _UTC, findings)
        )
    for check in (backward_blocks, overlapping_blocks):
        findings.problems.extend(check(rows, raw.source))
    if system is not None:
        everyone = pl.concat([rows, people], how="diagonal")
        findings.problems.extend(strangers(everyone, raw.source, system))
    empty = people[WHO].drop_nulls().to_list() if WHO in people.columns else []
    return rows, empty


def _without_blocks(raw: Raw) -> tuple[Raw, Raw]:
    """Part rows with a block from rows with a clinician alone."""
    columns = [name for name in dictionary("roster").attributes if name != WHO]
    there = [name for name in columns if name in raw.cells.columns]
    if len(there) < len(columns) or WHO not in raw.cells.columns:
        return raw, Raw(raw.table, raw.source, raw.cells.clear(), raw.lines.clear())
    alone = raw.cells.select(pl.all_horizontal(pl.col(there) == "")).to_series()
    return _some(raw, ~alone), _some(raw, alone)


def _some(raw: Raw, kept: pl.Series) -> Raw:
    return Raw(raw.table, raw.source, raw.cells.filter(kept), raw.lines.filter(kept))


def backward_blocks(rows: pl.DataFrame, source: str) -> Iterator[Problem]:
    """Find blocks without a length, which may be meant to cross midnight."""
    if not {"start", "end"} <= set(rows.columns):
        return
    rows = rows.select(LINE, "start", "end").drop_nulls()
    rows = rows.filter(pl.col("end") <= pl.col("start"))
    shown = rows.select(LINE, "start", "end", clock("start").alias("from"))
    for line, start, end, begins in shown.iter_rows():
        later = [MINUTES_PER_DAY] if end == 0 else []
        if 0 < end < start < end + _HALF_DAY < MINUTES_PER_DAY:
            later = [end + _HALF_DAY]
        offers = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in later]
        yield Problem(
            source,
            line,
            "end",
            f"{end // 60:02d}:{end % 60:02d} is not after the start {begins}, expected "
            "a later time of the same day; a block may not cross midnight",
            hints.did_you_mean(*offers),
        )


def overlapping_blocks(rows: pl.DataFrame, source: str) -> Iterator[Problem]:
    """Find blocks of one clinician that stand at the same time."""
    who = (WHO, "weekday")
    if not {*who, "start", "end"} <= set(rows.columns):
        return
    rows = rows.select(LINE, *who, "start", "end").drop_nulls()
    rows = rows.filter(pl.col("start") < pl.col("end")).sort(*who, "start", LINE)
    latest = pl.col("end").cum_max()
    last = pl.when(pl.col("end") == latest).then(LINE).forward_fill()
    rows = rows.with_columns(
        latest.shift(1).over(who).alias("busy_until"),
        last.shift(1).over(who).alias("other"),
    ).filter(pl.col("start") < pl.col("busy_until"))
    message = pl.format(
        "overlaps the block of {} in line {}, which ends at {}",
        WHO,
        "other",
        clock("busy_until"),
    )
    told = rows.sort(LINE).select(LINE, message.alias("message"))
    for line, words in told.iter_rows():
        yield Problem(source, line, "start", words)


def strangers(rows: pl.DataFrame, source: str, system: CareSystem) -> Iterator[Problem]:
    """Find clinicians and places that the system does not have."""
    people = [clinician.clinician_id for clinician in system.clinicians]
    places = [*(clinic.clinic_id for clinic in system.clinics), TELEHEALTH]
    for column, known, where in (
        (WHO, people, "the system's clinicians"),
        ("place", places, f"the system's clinics and is not {TELEHEALTH}"),
    ):
        if column not in rows.columns:
            continue
        names = pl.Series(known, dtype=pl.String)
        lost = rows.select(LINE, column).drop_nulls()
        lost = lost.filter(~pl.col(column).is_in(names.implode()))
        meant = similar(lost[column], names)
        for line, found in lost.iter_rows():
            yield Problem(
                source,
                line,
                column,
                f"{found!r} stands nowhere in {where}",
                hints.did_you_mean(meant.get(found, "")),
            )
