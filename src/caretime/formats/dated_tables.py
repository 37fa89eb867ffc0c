"""
Weeks with dates as tables: the days worked, and what falls away.

::

    clinician_id,day,weekday,start,end,activity,place
    C-00001,2025-06-02,Mon,08:00,09:00,intake,S-01

    day,clinician_id,start,end,visit_type,cause,group_id,supervisor_id
    2025-06-04,C-00002,09:00,09:50,return,absence,,
    2025-06-09,C-00001,08:00,09:30,group,absence,G-0001,
    2025-06-09,C-00006,12:00,13:00,supervision,no_supervisor,,C-00001

``cause`` is ``holiday``, ``absence``, ``away`` (part of the day) or ``displaced``
(another block was set in its place): never a reason for being away. An associate's
supervision whose supervisor is not there stands with ``no_supervisor``.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from caretime.formats._writing import beside, new_book, write_rows
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.rules.spans import DAY_NAMES

if TYPE_CHECKING:
    from caretime.model.dated import DatedPlan
    from caretime.model.system import CareSystem

DATED_FILE, LOST_FILE = "dated.csv", "lost.csv"

DATED = ("clinician_id", "day", "weekday", "start", "end", "activity", "place")
LOST = (
    "day",
    "clinician_id",
    "start",
    "end",
    "visit_type",
    "cause",
    "group_id",
    "supervisor_id",
)

_CLOCKS = tuple(f"{m // 60:02d}:{m % 60:02d}" for m in range(MINUTES_PER_DAY + 1))


def write_dated(plan: DatedPlan, system: CareSystem, folder: str | Path) -> None:
    """
    Write ``dated.csv`` and ``lost.csv`` to a folder, each in one step.

    The folder is made where there is none; other files in it stay.

    Parameters
    ----------
    system
        Names the groups whose sessions fall away.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = (
        (DATED_FILE, DATED, dated_rows(plan)),
        (LOST_FILE, LOST, lost_rows(plan, system)),
    )
    for name, columns, rows in tables:
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        with beside(folder / name) as new:
            new.write_bytes(text.getvalue().encode())
            os.replace(new, folder / name)


def write_dated_book(plan: DatedPlan, system: CareSystem, path: str | Path) -> None:
    """
    Write the two tables as the sheets ``dated`` and ``lost`` of a workbook.

    Raises
    ------
    ValueError
        If there are more rows than a sheet holds.
    """
    path = Path(path)
    with beside(path) as new:
        book = new_book(new)
        write_rows(book, "dated", list(DATED), dated_rows(plan))
        write_rows(book, "lost", list(LOST), lost_rows(plan, system))
        book.close()
        os.replace(new, path)


def dated_rows(plan: DatedPlan) -> Iterator[tuple[str, ...]]:
    """Yield the blocks as rows of text, in the order of clinician, day and time."""
    for block in plan.blocks:
        yield (
            block.clinician_id,
            block.day.isoformat(),
            DAY_NAMES[block.day.weekday()],
            _CLOCKS[block.start],
            _CLOCKS[block.end],
            block.activity,
            block.place,
        )


def lost_rows(plan: DatedPlan, system: CareSystem) -> Iterator[tuple[str, ...]]:
    """Yield what falls away as rows of text, by day, person and time."""
    lost = [*_visit_rows(plan, system), *_supervision_rows(plan)]
    # Days and clocks have fixed widths: text sorts as time does.
    yield from sorted(lost)


def _visit_rows(plan: DatedPlan, system: CareSystem) -> Iterator[tuple[str, ...]]:
    groups = {
        (leader, group.weekday, group.start): group.group_id
        for group in system.groups
        for leader in (group.leader_id, group.co_leader_id)
    }
    for visit in plan.lost:
        group_id = ""
        if visit.visit_type == "group":
            key = (visit.clinician_id, visit.day.weekday(), visit.start)
            group_id = groups.get(key, "")
        yield (
            visit.day.isoformat(),
            visit.clinician_id,
            _CLOCKS[visit.start],
            _CLOCKS[visit.start + visit.minutes],
            visit.visit_type,
            visit.cause,
            group_id,
            "",
        )


def _supervision_rows(plan: DatedPlan) -> Iterator[tuple[str, ...]]:
    for one in plan.unsupervised:
        yield (
            one.day.isoformat(),
            one.clinician_id,
            _CLOCKS[one.start],
            _CLOCKS[one.start + one.minutes],
            "supervision",
            "no_supervisor",
            "",
            one.supervisor_id,
        )
