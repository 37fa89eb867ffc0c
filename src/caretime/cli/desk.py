"""
The desk's verbs: the database that the desk works on.

The library knows what they are called and what they take. What does them stands in
the group ``caretime.desk`` of the entry points, where the extra ``caretime[web]``
puts it; nothing of the web is imported before a verb is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from cyclopts import App

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.errors import PlanError

GROUP = "caretime.desk"
"""The entry points that do what the verbs ask."""


def register(app: App) -> None:
    """Add the verbs."""
    app.command(load)
    app.command(dump)


def load(
    folder: Path,
    *,
    roster: Path | None = None,
    preview: bool = False,
    replace: bool = False,
    json: bool = False,
) -> int:
    """
    Bring a system folder into the desk's database, whole or not at all.

    The folder is checked first. A second load writes only the difference. What is
    in the database and not in the folder, or otherwise in it, may have been booked
    since: such rows are changed only with --replace.

    Parameters
    ----------
    folder
        A system folder, or an Excel workbook with the same tables.
    roster
        Weeks of the system's clinicians: a folder of caretime roster, a CSV or an
        Excel file. They hold from their own first day, else from the system's.
    preview
        Say what would change and write nothing.
    replace
        Change and remove rows that are in the database already.
    json
        Print what changed as JSON on standard output.
    """
    with progress("loading") as show:
        loaded = _verb("load")(
            folder, roster=roster, preview=preview, replace=replace, progress=show
        )
    if json:
        emit_json(loaded)
    else:
        _print_changes(folder, loaded)
    if loaded["committed"] or preview:
        return ExitCode.DONE
    raise PlanError(
        f"nothing was written: {loaded['loses']:,} rows of the database would be "
        "changed or removed; with --replace they are"
    )


def dump(
    folder: Path,
    *,
    roster: Path | None = None,
    force: bool = False,
    json: bool = False,
) -> int:
    """
    Write what the desk's database holds as a system folder.

    What was loaded and not changed since comes back with the same fingerprint.
    Names and contact points are never written.

    Parameters
    ----------
    folder
        Where to write: a new or empty folder, or a name that ends in .xlsx.
    roster
        Where to write the weeks that hold on the system's first day as well: a
        name that ends in .csv or .xlsx.
    force
        Replace a system that stands there. Other files are never removed.
    json
        Print the fingerprint and the number of rows as JSON on standard output.
    """
    from caretime.cli.systems import refused_to_write

    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with refused_to_write(folder, force=force):
        dumped = _verb("dump")(folder, roster=roster, overwrite=force)
    if json:
        emit_json(dumped)
        return ExitCode.DONE
    for table, rows in dumped["rows"].items():
        if rows:
            print(f"  {table.replace('_', ' '):<24}{rows:>10,}")
    print(f"  {'fingerprint':<24}{dumped['fingerprint'][:16]}")
    return ExitCode.DONE


def _verb(name: str) -> Callable[..., Mapping[str, Any]]:
    """Return what does a verb, from the package that brings the desk."""
    for found in entry_points(group=GROUP, name=name):
        try:
            verb: Callable[..., Mapping[str, Any]] = found.load()
        except ModuleNotFoundError as error:
            missing = error.name
            break
        return verb
    else:
        missing = "caretime_web"
    raise PlanError(
        f"caretime {name} needs the desk, and {missing} is not installed: "
        "pip install 'caretime[web]'"
    )


def _print_changes(folder: Path, loaded: Mapping[str, Any]) -> None:
    columns = ("added", "changed", "removed", "moved")
    if loaded["before"] == loaded["fingerprint"] and not any(
        change[column] for change in loaded["changes"] for column in columns
    ):
        print(f"{folder}: the database holds just this already.")
        return
    print(f"{'':<18}{'in folder':>10}" + "".join(f"{c:>10}" for c in columns))
    for change in loaded["changes"]:
        print(
            f"{change['table'].replace('_', ' '):<18}{change['rows']:>10,}"
            + "".join(f"{change[c] or '':>10}" for c in columns)
        )
    print(f"fingerprint {loaded['fingerprint'][:16]}")
    if loaded["committed"]:
        console.print("Written.")
