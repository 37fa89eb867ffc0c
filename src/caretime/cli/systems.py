"""Care systems: make one, check one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cyclopts import App

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.errors import InputError, PlanError, Problem

if TYPE_CHECKING:
    from caretime.model.system import CareSystem

GREATEST_SCALE = 7.0
"""Above it, the appointments of a region would be too many to be read back."""

_SHOWN = 5
"""Problems of one kind, in one column, that are printed before "and more"."""


def register(app: App) -> None:
    """Add the verbs."""
    app.command(check)
    app.command(new)


def check(
    folder: Path,
    *,
    roster: Path | None = None,
    contract: str | None = None,
    json: bool = False,
) -> int:
    """
    Find every problem of a system folder, or every clause a roster breaks.

    Nothing is written. Without problems, a summary says what the folder holds.
    With --roster, the weeks are judged clause by clause, by law and by what the
    sites ask; exit code 4 where something is broken.

    Parameters
    ----------
    folder
        A system folder, or an Excel workbook with the same tables.
    roster
        Weeks to be judged, ours or imported: a folder of caretime roster, a CSV
        or an Excel file.
    contract
        What --roster is judged by: id of the folder or the casebook, or path of
        a YAML file. The contract the weeks were built for if not given, else
        the one in force.
    json
        Print all that was found as JSON on standard output.
    """
    if roster is not None:
        from caretime.cli._roster_check import check_weeks

        return check_weeks(folder, roster, contract, as_json=json)
    if contract is not None:
        raise PlanError("--contract judges a roster: give one with --roster")
    return _check(folder, as_json=json)


def new(
    folder: Path,
    *,
    example: Literal[
        "southern-california", "northern-california", "clinic-of-eight"
    ] = "clinic-of-eight",
    scale: float = 1.0,
    seed: int = 1,
    first_day: date | None = None,
    incidents: bool = False,
    excel: bool = False,
    force: bool = False,
) -> int:
    """
    Make a synthetic care system: the same seed gives the same bytes.

    Parameters
    ----------
    folder
        Where to write. It must be new or empty.
    example
        Which system to make.
    scale
        Size, above 0 and at most 7; 1 is the full size of the example. The
        clinic of eight has one size.
    seed
        Seed of everything that is drawn.
    first_day
        A Monday such as 2024-10-21; the example's own if not given.
    incidents
        Add incidents that begin on the first day, genders of those who treat and
        preferences of some patients; everything else stays the same.
    excel
        Write one workbook instead of a folder; ``.xlsx`` is added where the
        name lacks it.
    force
        Replace a system that stands there. Other files are never removed.
    """
    from caretime.simulation import make_system

    if not 0 < scale <= GREATEST_SCALE:
        limit = f"{GREATEST_SCALE:g}"
        raise PlanError(f"expected a scale above 0 and at most {limit}, got {scale:g}")
    if excel and folder.suffix.lower() != ".xlsx":
        folder = folder.with_name(f"{folder.name}.xlsx")
    try:
        system = make_system(
            example, scale=scale, seed=seed, first_day=first_day, incidents=incidents
        )
    except ValueError as error:
        raise PlanError(str(error)) from error
    return _write(system, folder, force=force)


def _write(system: CareSystem, folder: Path, *, force: bool) -> int:
    from caretime.formats import write_system

    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with refused_to_write(folder, force=force), progress("writing") as show:
        show(0, 1, str(folder))
        write_system(system, folder, overwrite=force)
        show(1, 1, str(folder))
    console.print(f"{folder}: {_people(system)}", markup=False)
    return ExitCode.DONE


@contextmanager
def refused_to_write(folder: Path, *, force: bool) -> Iterator[None]:
    """Say what stands where a system was to be written."""
    try:
        yield
    except FileExistsError as error:
        hint = "" if force else "choose another name, or --force to replace a system"
        raise InputError(
            [Problem(str(folder), 0, "", str(error.strerror), hint)]
        ) from error


def _check(folder: Path, *, as_json: bool) -> int:
    from caretime.formats import inspect_folder

    found = inspect_folder(folder)
    summary = None if found.system is None else summarize(found.system)
    if as_json:
        emit_json(
            {
                "problems": found.problems,
                "doubts": found.doubts,
                "summary": summary,
            }
        )
    else:
        for line in abridged(found.problems):
            print(line)
        if found.system is not None and summary is not None:
            _print_summary(found.system.name, summary)
            _print_doubts(found.doubts)
    if found.problems:
        console.print(f"{_counted(len(found.problems), 'problem')} in {folder}.")
        return ExitCode.INPUT
    return ExitCode.DONE


def abridged(problems: Iterable[Problem]) -> Iterator[str]:
    """
    Yield the lines to print: the first few of a kind, then how many more.

    >>> many = [Problem("a.csv", n, "x", f"found {n}, expected 1") for n in range(2, 9)]
    >>> list(abridged(many))[-1]
    'a.csv x: and 2 more like this, the first in line 7'
    """
    kinds: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        kind = problem.message.partition(", expected")[2] or problem.message[-24:]
        kinds.setdefault((problem.source, problem.field, kind), []).append(problem)
    for (source, field, _), alike in kinds.items():
        yield from map(str, alike[:_SHOWN])
        if rest := alike[_SHOWN:]:
            where = f", the first in line {rest[0].row}" if rest[0].row else ""
            place = f"{source} {field}".strip()
            yield f"{place}: and {len(rest):,} more like this{where}"


def summarize(system: CareSystem) -> dict[str, Any]:
    """
    Return counts, and what the contract in force makes of them.

    ``openings_per_week`` adds up the week of every clinician under the contract in
    force; ``returns_due_per_week`` is what the patients in treatment need at their
    intervals. Absences and vacancies are left out.
    """
    from caretime.rules.ledger import week_ledger

    contract = system.contracts[system.contract_in_force]
    weeks = Counter((c.license, c.fte) for c in system.clinicians)
    openings: Counter[str] = Counter()
    for (license_code, fte), count in weeks.items():
        week = week_ledger(
            contract, license_code=license_code, fte=fte, on=system.first_day
        )
        for name in ("intake", "return_", "group", "urgent"):
            openings[name.strip("_")] += getattr(week.openings, name) * count
    full_time = sum(clinician.fte for clinician in system.clinicians)
    return {
        "name": system.name,
        "inputs_hash": system.inputs_hash,
        "rows": {
            name: len(getattr(system, name))
            for name in (
                "clinics",
                "clinicians",
                "network",
                "patients",
                "appointments",
                "groups",
                "group_members",
                "demand",
                "absences",
                "unavailable",
                "work_places",
                "cover",
                "team_meetings",
                "network_hours",
                "stated_times",
                "incidents",
                "contracts",
            )
        },
        "contract_in_force": system.contract_in_force,
        "full_time_equivalents": round(full_time, 2),
        "openings_per_week": dict(openings),
        "patients_per_full_time": round(len(system.patients) / full_time, 1),
        "returns_due_per_week": round(
            sum(1 / patient.interval_weeks for patient in system.patients)
        ),
        "referrals_per_week": round(
            sum(demand.referrals_per_week for demand in system.demand), 1
        ),
        "assumptions_in_dispute": system.assumptions.disputed(),
    }


def _people(system: CareSystem) -> str:
    return ", ".join(
        (
            _counted(len(system.clinicians), "clinician"),
            _counted(len(system.patients), "patient"),
            _counted(len(system.appointments), "appointment"),
        )
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _print_summary(name: str, summary: dict[str, Any]) -> None:
    print(f"{name}: sound.")
    rows = [
        (table.replace("_", " "), f"{count:,}")
        for table, count in summary["rows"].items()
        if count
    ]
    openings = summary["openings_per_week"]
    due, asked = summary["returns_due_per_week"], summary["referrals_per_week"]
    rows += [
        ("full-time equivalents", f"{summary['full_time_equivalents']:,}"),
        ("contract in force", summary["contract_in_force"]),
        (
            "return openings a week",
            f"{openings['return']:,} for {due:,} returns due",
        ),
        (
            "intake openings a week",
            f"{openings['intake']:,} for {asked:,} referrals",
        ),
        ("patients per full-time", f"{summary['patients_per_full_time']:,}"),
        ("fingerprint", summary["inputs_hash"][:16]),
    ]
    for title, value in rows:
        print(f"  {title:<24}{value}")


def _print_doubts(doubts: tuple[Problem, ...]) -> None:
    if doubts:
        sys.stdout.flush()  # Where both go to one pipe, the summary comes first.
        console.print(f"{_counted(len(doubts), 'doubt')}, accepted but worth a look:")
        for line in abridged(doubts):
            console.print(f"  {line}", markup=False)
