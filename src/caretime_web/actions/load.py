"""A system folder into the database: first whole, then as a difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction

from caretime.errors import InputError, Problem
from caretime.model.system import CareSystem
from caretime_web.actions._staging import (
    Change,
    add,
    change,
    compare,
    remove,
    stage,
    stand_behind,
)
from caretime_web.bridge import TABLES, contract_rows, settings_of
from caretime_web.bridge.tables import rows_of
from caretime_web.data import terms
from caretime_web.data.audit import author

Progress = Callable[[int, int, str], None]

_LOAD_LOCK = 724002


@dataclass(frozen=True, slots=True)
class Loaded:
    """
    What a folder changed, or would change.

    Parameters
    ----------
    before
        Fingerprint of what was loaded last; empty if nothing was.
    fingerprint
        Of the folder.
    changes
        By table, those without a row in either left out.
    committed
        Whether it was done; otherwise nothing was written.
    """

    before: str
    fingerprint: str
    changes: tuple[Change, ...]
    committed: bool

    @property
    def loses(self) -> int:
        """Rows of the database that would be changed or removed."""
        return sum(change.changed + change.removed for change in self.changes)


def load_system(
    system: CareSystem,
    *,
    written: Mapping[str, str],
    commit: bool,
    replace: bool,
    progress: Progress | None = None,
    now: datetime,
    by: str,
) -> Loaded:
    """
    Bring a care system into the database, whole or not at all.

    Parameters
    ----------
    written
        Contracts as their authors wrote them, by id.
    commit
        False only tells what would change.
    replace
        Whether rows that are there already may be changed or removed. Without it a
        load that would do so writes nothing, so that a folder of last month does
        not undo what was booked since.

    Returns
    -------
    Loaded
        With ``committed`` false where nothing was written.

    Raises
    ------
    InputError
        If the database refuses a row: with what it said of it, ids only.
    """
    show = progress or (lambda done, total, what: None)
    try:
        with author(by, why="load"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOAD_LOCK])
            before = terms.System.objects.values_list("fingerprint", flat=True).first()
            changes = _compared(system, written, show)
            loaded = Loaded(before or "", system.inputs_hash, changes, committed=False)
            if not commit or (loaded.loses and not replace):
                transaction.set_rollback(True)
                return loaded
            _write(system, now, show)
    except DatabaseError as error:
        raise _rejected(error) from error
    return Loaded(loaded.before, loaded.fingerprint, changes, committed=True)


def _compared(
    system: CareSystem, written: Mapping[str, str], show: Progress
) -> tuple[Change, ...]:
    changes = []
    for done, table in enumerate(TABLES):
        show(done, 2 * len(TABLES), table.name)
        if table.name == "contracts":
            stage(table, contract_rows(system, written))
        else:
            stage(table, rows_of(table, system))
        changes.append(compare(table))
    return tuple(change for change in changes if change.rows or change.removed)


def _write(system: CareSystem, now: datetime, show: Progress) -> None:
    """Make the tables what the staged rows say; references are checked at the end."""
    for table in reversed(TABLES):
        remove(table)
    for done, table in enumerate(TABLES, start=len(TABLES)):
        show(done, 2 * len(TABLES), table.name)
        change(table)
        add(table)
    stand_behind()
    settings = settings_of(system) | {"loaded_at": now}
    terms.System.objects.update_or_create(id=1, defaults=settings)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    show(2 * len(TABLES), 2 * len(TABLES), "done")


def _rejected(error: DatabaseError) -> InputError:
    """Say what the database refused; its words name ids and columns."""
    diagnosis = getattr(error.__cause__, "diag", None)
    names = {table.model._meta.db_table: table.name for table in TABLES}
    if diagnosis is None or diagnosis.message_primary is None:
        raise error
    table = diagnosis.table_name or ""
    message = diagnosis.message_detail or diagnosis.message_primary
    rule = diagnosis.constraint_name or diagnosis.column_name or ""
    source = f"{names[table]}.csv" if table in names else table or "database"
    return InputError([Problem(source, 0, rule, message)])
