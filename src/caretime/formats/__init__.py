"""Nouns from and to outside formats: folders, workbooks, contracts; no network."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caretime.formats._writing import write_system
    from caretime.formats.assumptions import default_assumptions
    from caretime.formats.casebook import casebook_contract, casebook_ids
    from caretime.formats.contracts import (
        contract_hash,
        read_contract,
        write_contract,
    )
    from caretime.formats.dictionary import dictionary, table_names
    from caretime.formats.hashes import system_hash
    from caretime.formats.ical import (
        dated_calendar,
        week_calendar,
        write_calendar,
        write_dated_calendar,
    )
    from caretime.formats.incidents import (
        inspect_incident,
        read_incident,
        write_incident,
    )
    from caretime.formats.invitations import (
        VisitNotice,
        visit_cancel,
        visit_request,
    )
    from caretime.formats.plans import plan_hash, read_plan, write_plan
    from caretime.formats.rosters import (
        read_result,
        read_roster,
        roster_hash,
        write_result,
        write_roster,
    )
    from caretime.formats.system import (
        check_folder,
        inspect_folder,
        notices,
        read_system,
    )
    from caretime.formats.updates import inspect_update, read_update

__all__ = [
    "VisitNotice",
    "casebook_contract",
    "casebook_ids",
    "check_folder",
    "contract_hash",
    "dated_calendar",
    "default_assumptions",
    "dictionary",
    "inspect_folder",
    "inspect_incident",
    "inspect_update",
    "notices",
    "plan_hash",
    "read_contract",
    "read_incident",
    "read_plan",
    "read_result",
    "read_roster",
    "read_system",
    "read_update",
    "roster_hash",
    "system_hash",
    "table_names",
    "visit_cancel",
    "visit_request",
    "week_calendar",
    "write_calendar",
    "write_contract",
    "write_dated_calendar",
    "write_incident",
    "write_plan",
    "write_result",
    "write_roster",
    "write_system",
]

_HOMES = {
    "VisitNotice": "invitations",
    "casebook_contract": "casebook",
    "casebook_ids": "casebook",
    "check_folder": "system",
    "contract_hash": "contracts",
    "dated_calendar": "ical",
    "default_assumptions": "assumptions",
    "dictionary": "dictionary",
    "inspect_folder": "system",
    "inspect_incident": "incidents",
    "inspect_update": "updates",
    "notices": "system",
    "plan_hash": "plans",
    "read_contract": "contracts",
    "read_incident": "incidents",
    "read_plan": "plans",
    "read_result": "rosters",
    "read_roster": "rosters",
    "read_system": "system",
    "read_update": "updates",
    "roster_hash": "rosters",
    "system_hash": "hashes",
    "table_names": "dictionary",
    "visit_cancel": "invitations",
    "visit_request": "invitations",
    "week_calendar": "ical",
    "write_calendar": "ical",
    "write_contract": "contracts",
    "write_dated_calendar": "ical",
    "write_incident": "incidents",
    "write_plan": "plans",
    "write_result": "rosters",
    "write_roster": "rosters",
    "write_system": "_writing",
}


def __getattr__(name: str) -> Any:
    """Import a name's module on first use: Polars is not needed to print help."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
