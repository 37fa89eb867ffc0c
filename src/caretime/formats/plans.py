"""
Plans for an incident from and to a folder: tables for schedulers, and a proof.

::

    plan.json       incident, policy, seed, hashes, levels, bounds, absent,
                    substitutes, recovery; machine-readable
    series.csv      whose care is interrupted, and by when the next visit is due
    matches.csv     who takes over whom
    bookings.csv    the dated visits
    untimed.csv     visits that found no time, and why
    left_out.csv    who has nobody, and why
    contacts.csv    who is to be called by when
    groups.csv      who runs which group
    to_buy.csv      places that would help most
    home.csv        who goes back to the own clinician, when
    caught_up.csv   when each visit that is owed is made good
    prices.csv      with these anybody can work out the bound again
    report.html     the report, where one was made
    README.txt      each file, column by column
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from caretime.errors import InputError, Problem
from caretime.formats._checking import hints
from caretime.formats._checking.columns import LINE, typed
from caretime.formats._nouns import canonical, csv_bytes, frame_of, nouns
from caretime.formats._plan_head import (
    PLAN_FILE,
    PlanHead,
    TableMark,
    hash_of,
    head_of,
    head_text,
    read_head,
    shared_of,
    zone_of,
)
from caretime.formats._plan_readme import README_FILE, readme_text
from caretime.formats._reading.grid import read_grid
from caretime.formats._reading.raw import LARGEST_FILE_BYTES, Findings
from caretime.formats._reading.text import read_bytes
from caretime.formats._writing import beside, move_folder, refuse_to_replace
from caretime.formats.dictionary import PLAN_TABLES
from caretime.model.matching import Matching
from caretime.model.strike import StrikePlan

if TYPE_CHECKING:
    import polars as pl

    from caretime.model.system import CareSystem

REPORT_FILE = "report.html"

_OF_RECOVERY = "caught_up"
_NAMES = tuple(table.removeprefix("plan/") for table in PLAN_TABLES)
_OF_MATCHING = {
    "matches": "matches",
    "left_out": "left_out",
    "to_buy": "scarce",
    "prices": "prices",
}


def write_plan(
    plan: StrikePlan,
    folder: str | Path,
    *,
    overwrite: bool = False,
    report: str | None = None,
) -> None:
    """
    Write a plan to a folder: ``plan.json``, and a CSV for each of its tables.

    Everything is written beside the target first and moved there in one step, so
    that a failure leaves the former plan as it was. The same plan gives the same
    bytes.

    Parameters
    ----------
    folder
        Where to write; missing parents are made.
    overwrite
        Replace a plan that stands there, its report included. Files that are no
        part of a plan are never removed.
    report
        Text of ``report.html``, put there in the same step.

    Raises
    ------
    FileExistsError
        If the target holds something and ``overwrite`` is false, or holds files
        that are no part of a plan.
    ValueError
        If a value cannot be written so that it reads back the same.
    """
    folder = Path(folder)
    names = (f"{name}.csv" for name in _NAMES)
    known = {PLAN_FILE, REPORT_FILE, README_FILE, *names}
    refuse_to_replace(folder, known, "a plan", overwrite=overwrite)
    head, files = _laid_out(plan)
    files[PLAN_FILE] = head_text(head).encode()
    files[README_FILE] = readme_text(plan).encode()
    if report is not None:
        files[REPORT_FILE] = report.encode()
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with beside(folder) as new:
        new.mkdir()
        for name, data in files.items():
            (new / name).write_bytes(data)
        move_folder(new, folder)


def plan_hash(plan: StrikePlan) -> str:
    """Return the SHA-256 of everything in a plan, as 64 hex digits."""
    return _laid_out(plan)[0].plan_hash


def read_plan(folder: str | Path, system: CareSystem | None = None) -> StrikePlan:
    """
    Read what ``write_plan`` wrote: an equal plan.

    Parameters
    ----------
    system
        Where given, every patient, clinician and therapist must be one of it.

    Raises
    ------
    InputError
        With every problem found; also if a table was changed since: its numbers
        would not be those proven. Decisions by hand belong into an update.
    """
    folder, findings = Path(folder), Findings()
    if not folder.is_dir():
        raise InputError([_no_folder(folder)])
    data = read_bytes(folder / PLAN_FILE, PLAN_FILE, LARGEST_FILE_BYTES, findings)
    head = None if data is None else read_head(data, findings)
    zone = ZoneInfo(head.time_zone if head else "UTC")
    frames = dict(_frames(folder, zone, findings))
    if head is not None:
        _check_hashes(head, frames, zone, findings)
    if head is None or findings.problems:
        raise InputError(findings.problems)
    plan = _plan_of(head, frames, zone)
    if system is not None:
        problems = list(_strangers(plan, frames, system))
        if problems:
            raise InputError(problems)
    return plan


def _no_folder(folder: Path) -> Problem:
    """Say that there is no such plan, and where a moved one may be."""
    left = sorted(folder.absolute().parent.glob(f".{folder.name}.old-*"))
    hint = f"writing was cut off; the former plan is {left[-1].name}" if left else ""
    return Problem(str(folder), 0, "", "there is no such folder", hint)


def _rows_of(plan: StrikePlan, name: str) -> tuple[Any, ...]:
    rows: tuple[Any, ...]
    if name == _OF_RECOVERY:
        rows = () if plan.recovery is None else plan.recovery.people
    elif name in _OF_MATCHING:
        rows = getattr(plan.matching, _OF_MATCHING[name])
    else:
        rows = getattr(plan, name)
    return rows


def _laid_out(plan: StrikePlan) -> tuple[PlanHead, dict[str, bytes]]:
    """Return the head of a plan, and each table as the bytes of its file."""
    zone = ZoneInfo(zone_of(plan))
    files, marks = {}, {}
    for name in _NAMES:
        frame = frame_of(f"plan/{name}", _rows_of(plan, name))
        data = csv_bytes(canonical(f"plan/{name}", frame, zone))
        files[f"{name}.csv"] = data
        marks[name] = TableMark(frame.height, sha256(data).hexdigest())
    return head_of(plan, marks), files


def _frames(
    folder: Path, zone: ZoneInfo, findings: Findings
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each table that can be read without a problem, typed."""
    for name in _NAMES:
        own = Findings()
        source = f"{name}.csv"
        raw = read_grid(folder / source, f"plan/{name}", source, own)
        frame = None if raw is None else typed(raw, zone, own)
        findings.problems.extend(own.problems)
        if frame is not None and not own.problems:
            yield name, frame


def _check_hashes(
    head: PlanHead,
    frames: Mapping[str, pl.DataFrame],
    zone: ZoneInfo,
    findings: Findings,
) -> None:
    """Tell of each table, and of the head, that was changed since it was written."""
    hint = "decide by hand in an update instead"
    told = "was changed since this plan was written"
    if hash_of(head) != head.plan_hash:
        findings.problem(PLAN_FILE, 0, "plan_hash", told, hint)
    for name, frame in frames.items():
        data = csv_bytes(canonical(f"plan/{name}", frame, zone))
        mark = head.tables.get(name)
        if mark is None or mark.sha256 != sha256(data).hexdigest():
            findings.problem(f"{name}.csv", 0, "", told, hint)


def _plan_of(
    head: PlanHead, frames: Mapping[str, pl.DataFrame], zone: ZoneInfo
) -> StrikePlan:
    built: dict[str, Any] = {
        name: nouns(f"plan/{name}", frames[name], zone) for name in _NAMES
    }
    of_matching = {field: built.pop(name) for name, field in _OF_MATCHING.items()}
    proof = head.matching
    matching = Matching(
        status=proof.status,
        levels=proof.levels,
        value=proof.value,
        bound=proof.bound,
        seed=proof.seed,
        version=proof.version,
        inputs_hash=proof.inputs_hash,
        work=proof.work,
        **of_matching,
    )
    shared = shared_of(head)
    people = built.pop(_OF_RECOVERY)
    if head.recovery is not None:
        shared["recovery"] = replace(head.recovery, people=people)
    return StrikePlan(matching=matching, **shared, **built)


def _strangers(
    plan: StrikePlan, frames: Mapping[str, pl.DataFrame], system: CareSystem
) -> Iterator[Problem]:
    """Yield the ids of a plan that its system does not have."""
    import polars as pl

    from caretime.formats._checking.keys import similar

    staff = [one.clinician_id for one in system.clinicians]
    network = [one.therapist_id for one in system.network]
    patients = [one.patient_id for one in system.patients]
    groups = [one.group_id for one in system.groups]
    given = (
        ("series", "patient_id", patients, "patients"),
        ("series", "clinician_id", staff, "clinicians"),
        ("groups", "group_id", groups, "groups"),
        ("matches", "substitute_id", staff + network, "clinicians and network"),
    )
    for name, column, known, where in given:
        names = pl.Series(known, dtype=pl.String)
        lost = frames[name].select(LINE, column).drop_nulls()
        lost = lost.filter(~pl.col(column).is_in(names.implode()))
        meant = similar(lost[column], names)
        for line, found in lost.iter_rows():
            message = f"{found!r} is none of the system's {where}"
            hint = hints.did_you_mean(meant.get(found, ""))
            yield Problem(f"{name}.csv", line, column, message, hint)
    for field, ids, known in (
        ("absent", [one.clinician_id for one in plan.absent], staff),
        ("substitutes", [s.substitute_id for s in plan.substitutes], staff + network),
    ):
        for found in sorted(set(ids) - set(known)):
            yield Problem(PLAN_FILE, 0, field, f"{found!r} is not in the system")
