"""Rows to the care system that every planner reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connections, transaction

from caretime.formats import system_hash
from caretime.formats.assumptions import default_assumptions, with_rows
from caretime.formats.collector import without_collector
from caretime.formats.contracts import inspect_contract_text
from caretime.model.calendar import Calendar
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.access import load_standards
from caretime_web.bridge.tables import TABLES, Table
from caretime_web.data import terms


def read_system(*, using: str = "default") -> CareSystem | None:
    """
    Build the care system from the tables as they are at one moment.

    Parameters
    ----------
    using
        Alias of the database; planning has one of its own, whose role cannot read
        identity.

    Returns
    -------
    CareSystem or None
        With ``inputs_hash`` set: that of the folder it was loaded from, if nothing
        changed since. None where nothing was loaded.
    """
    with transaction.atomic(using=using), without_collector():
        with connections[using].cursor() as cursor:
            # All tables as of one moment, though others write meanwhile.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        row = terms.System.objects.using(using).first()
        if row is None:
            return None
        calendar = Calendar(row.time_zone, frozenset(row.holidays))
        built: dict[str, Any] = {
            table.name: nouns_of(table, calendar.zone, using)
            for table in TABLES
            if table.noun is not None
        }
        contracts = _contracts(using)
    standards = built.pop("standards")
    assumptions = built.pop("assumptions")
    system = CareSystem(
        name=row.name,
        first_day=row.first_day,
        members=row.members,
        jurisdiction=row.jurisdiction,
        contract_in_force=row.contract_in_force_id,
        pooling=row.pooling,
        calendar=calendar,
        assumptions=with_rows(default_assumptions(), assumptions),
        standards=standards or load_standards(row.jurisdiction),
        contracts=contracts,
        notes=tuple(row.notes),
        **built,
    )
    return replace(system, inputs_hash=system_hash(system))


def written_contracts(*, using: str = "default") -> dict[str, str]:
    """Return the contracts as their authors wrote them, by id."""
    rows = terms.Contract.objects.using(using).order_by("position")
    return dict(rows.values_list("contract_id", "written"))


def nouns_of(
    table: Table,
    zone: ZoneInfo,
    using: str,
    where: str = "",
    values: Sequence[Any] = (),
) -> tuple[Any, ...]:
    """Return a table's rows as nouns; those for which a condition holds, if given."""
    quoted = ", ".join(f'"{column}"' for column in table.columns)
    with connections[using].cursor() as cursor:
        cursor.execute(
            f'SELECT {quoted} FROM "{table.model._meta.db_table}" {where}'
            " ORDER BY position",
            values,
        )
        rows = cursor.fetchall()
    if not rows:
        return ()
    columns: list[Any] = list(zip(*rows, strict=True))
    for place in table.lists:
        columns[place] = list(map(tuple, columns[place]))
    for place in table.moments:
        columns[place] = [
            None if moment is None else moment.astimezone(zone)
            for moment in columns[place]
        ]
    assert table.noun is not None
    return tuple(map(table.noun, *columns))


def _contracts(using: str) -> dict[str, Contract]:
    rows = terms.Contract.objects.using(using).order_by("contract_id")
    return {
        contract_id: inspect_contract_text(text, source=f"contracts/{contract_id}")[0]
        for contract_id, text in rows.values_list("contract_id", "terms")
    }
