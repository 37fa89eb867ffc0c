"""What ``caretime strike`` was asked, and what of it does not go together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from caretime.errors import PlanError

_LOOKS = {
    "--verify": "only looks at a plan",
    "--apply": "writes a plan into the book as it is",
    "--call-off": "takes a plan out of the book as it is",
}
"""What stands alone, and why other options do not go with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as it was typed."""

    folder: Path
    incident: str | None
    out: Path | None
    contract: str | None
    seed: int
    path: str
    policy: Path | None
    roster: Path | None
    based_on: Path | None
    update: Path | None
    verify: Path | None
    apply: Path | None
    call_off: Path | None
    before: Path | None
    today: date | None
    recovery: bool
    weeks_after: int
    replications: int
    force: bool


def check(asked: Asked) -> None:
    """
    Refuse, before anything runs, what does not go together.

    Raises
    ------
    PlanError
        With everything that is missing or too much, or a folder of ``--out`` that
        must not be written into.
    """
    problems = _problems(asked)
    if problems:
        raise PlanError("; ".join(problems))
    _check_out(asked)


def _problems(asked: Asked) -> list[str]:
    """Return what is missing and what is too much."""
    looks = {
        "--verify": asked.verify,
        "--apply": asked.apply,
        "--call-off": asked.call_off,
    }
    given = [name for name, value in looks.items() if value is not None]
    if len(given) > 1:
        return [f"{' and '.join(given)} do not go together: give one of them"]
    if given:
        return _alone(given[0], asked)
    problems = [
        f"{name} goes with --call-off alone: leave it out"
        for name in _given({"--before": asked.before, "--today": asked.today})
    ]
    again = {"--based-on": asked.based_on, "--update": asked.update}
    if _given(again):
        problems += [
            f"--based-on and --update go together: give {name}"
            for name, value in again.items()
            if value is None
        ]
        kept = {"--incident": asked.incident, "--policy": asked.policy}
        problems += [
            f"the plan of --based-on says it already: leave out {name}"
            for name in _given(kept)
        ]
    elif asked.incident is None:
        problems.append("give --incident: an id of the folder, or a YAML file")
    if asked.out is None:
        problems.append("give --out: the folder to write the plan to")
    return problems


def _alone(name: str, asked: Asked) -> list[str]:
    """Return what does not go with looking at a plan, or with its book."""
    beside: dict[str, Any] = {
        "--incident": asked.incident,
        "--based-on": asked.based_on,
        "--policy": asked.policy,
    }
    if name == "--verify":
        beside["--out"] = asked.out
    if name == "--call-off":
        beside |= {"--contract": asked.contract, "--roster": asked.roster}
    else:
        beside |= {"--update": asked.update}
        beside |= {"--before": asked.before, "--today": asked.today}
    problems = [f"{name} {_LOOKS[name]}: leave out {one}" for one in _given(beside)]
    if name == "--call-off" and asked.before is None:
        problems.append("give --before: the care system that the plan was made for")
    return problems


def _given(options: dict[str, Any]) -> list[str]:
    return [name for name, value in options.items() if value is not None]


def _check_out(asked: Asked) -> None:
    """Refuse a folder of ``--out`` that lies in one that is read, or is not ours."""
    from caretime.cli._arguments import check_new_folder
    from caretime.formats._plan_head import PLAN_FILE
    from caretime.formats._plan_readme import README_FILE
    from caretime.formats.dictionary import CSV_TABLES, PLAN_TABLES
    from caretime.formats.plans import REPORT_FILE

    names = [f"{table.removeprefix('plan/')}.csv" for table in PLAN_TABLES]
    ours = (PLAN_FILE, REPORT_FILE, README_FILE, *names)
    read = [asked.folder]
    if asked.apply or asked.call_off:
        names = [f"{table}.csv" for table in CSV_TABLES]
        ours = ("system.yaml", "contracts", "incidents", *names)
        read += [path for path in (asked.apply, asked.call_off, asked.before) if path]
    for folder in read:
        check_new_folder(folder, "--out", asked.out, force=asked.force, ours=ours)
