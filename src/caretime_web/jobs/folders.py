"""``caretime load`` and ``caretime dump``, behind the entry points of those verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from caretime.errors import InputError, PlanError
from caretime.formats import (
    contract_hash,
    read_roster,
    read_system,
    roster_hash,
    write_roster,
    write_system,
)
from caretime.formats.contracts import inspect_contract_text
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime_web.jobs.desk import open_desk

Progress = Callable[[int, int, str], None]

_BY = "job:load"


def load(
    folder: Path,
    *,
    roster: Path | None,
    preview: bool,
    replace: bool,
    progress: Progress,
) -> Mapping[str, Any]:
    """
    Bring a system folder into the desk's database, and its weeks where given.

    Returns
    -------
    dict
        ``before`` and ``fingerprint``, ``changes`` by table, ``loses`` and
        ``committed``, as ``caretime_web.actions.load.Loaded`` says; ``roster`` is
        the id under which the weeks hold, or None.

    Raises
    ------
    InputError
        If the folder is not sound, or the database refuses a row.
    """
    system = read_system(folder)
    weeks = None if roster is None else read_roster(roster, system)
    now = datetime.now(UTC)
    with open_desk():
        from caretime_web.actions.load import load_system

        loaded = load_system(
            system,
            written=_written(folder, system.contracts),
            commit=not preview,
            replace=replace,
            progress=progress,
            now=now,
            by=_BY,
        )
        held = None
        if weeks is not None and loaded.committed:
            held = _adopted(weeks, weeks.first_day or system.first_day, now)
        return {**asdict(loaded), "loses": loaded.loses, "roster": held}


def _adopted(weeks: Roster, first_day: date, now: datetime) -> str:
    """Let weeks hold from a day on, once; return their id."""
    from caretime_web.actions.rosters import adopt_roster
    from caretime_web.data.plan import Roster as Row

    roster_id = f"{first_day}-{roster_hash(weeks)[:12]}"
    if not Row.objects.filter(pk=roster_id).exists():
        adopt_roster(weeks, roster_id=roster_id, first_day=first_day, now=now, by=_BY)
    return roster_id


def dump(folder: Path, *, roster: Path | None, overwrite: bool) -> Mapping[str, Any]:
    """
    Write what the desk's database holds as a system folder, or as a workbook.

    ``roster`` is where to write the weeks that hold on the system's first day: a
    name that ends in .csv or .xlsx.

    Returns
    -------
    dict
        ``fingerprint``, and ``rows`` by table.

    Raises
    ------
    PlanError
        If nothing was loaded.
    FileExistsError
        As ``write_system`` does.
    """
    with open_desk():
        from caretime_web import bridge

        system = bridge.read_system()
        if system is None:
            raise PlanError("the database is empty: load a folder first")
        written = bridge.written_contracts()
        names = [table.name for table in bridge.TABLES]
        weeks = bridge.weeks_on(system.first_day)
    if roster is not None:
        write_roster(Roster(system.contract_in_force, weeks), roster)
    write_system(system, folder, overwrite=overwrite)
    if folder.is_dir():
        _write_contracts(folder / "contracts", system.contracts, written)
    rows = {name: len(getattr(system, name)) for name in names}
    return {"fingerprint": system.inputs_hash, "rows": rows}


def _written(folder: Path, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Return the text of each contract of a folder, comments and all."""
    known = {}
    for path in sorted((folder / "contracts").glob("*.y*ml")):
        text = path.read_text(encoding="utf-8-sig")
        contract = inspect_contract_text(text, source=path.name, folder=path.parent)[0]
        if contract.contract_id in contracts:
            known[contract.contract_id] = text
    return known


def _write_contracts(
    folder: Path, contracts: Mapping[str, Contract], written: Mapping[str, str]
) -> None:
    """Put back what the authors wrote, where it still says the same from there."""
    for contract_id, text in written.items():
        path = folder / f"{contract_id}.yaml"
        try:
            contract = inspect_contract_text(text, source=path.name, folder=folder)[0]
        except InputError:
            continue
        if contract_hash(contract) == contract_hash(contracts[contract_id]):
            path.write_text(text, encoding="utf-8", newline="\n")
