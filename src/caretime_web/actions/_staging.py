"""
Rows beside a table, and the table made equal to them.

Each function works in the caller's transaction. Rows are compared by their content
as text, and matched by their key; where a table has none, equal rows by their
number among their like.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from caretime_web.bridge import TABLES, Table
from caretime_web.data.care import HOLDING

_NUMBERED = (
    "SELECT {what}, {key} AS key, {content} AS content,"
    " row_number() OVER (PARTITION BY {key} ORDER BY position) AS nth FROM "
)

_ALL_BEHIND = (
    "SELECT count(*) > 0 AND bool_and(old = new) AND max(position) < coalesce("
    "(SELECT min(s.position) FROM {stage} AS s WHERE NOT EXISTS"
    " (SELECT FROM {had} AS h WHERE {same})), max(position) + 1) FROM {kept}"
)
"""Rows that stay stand in the same order as before, and new ones behind them all."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    What becomes of one table.

    ``rows`` are those of the folder; ``moved`` ones were there before and stand
    elsewhere among those that stay.
    """

    table: str
    rows: int
    added: int
    changed: int
    removed: int
    moved: int


def stage(table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Copy rows beside the table, in their order, and take note of those it has."""
    _do(
        table,
        "DROP TABLE IF EXISTS {raw}, {stage}, {had}",
        "CREATE TEMP TABLE {raw} ON COMMIT DROP AS"
        " SELECT {columns} FROM {table} WITH NO DATA",
        # One COPY numbers its rows from one, without a gap.
        "ALTER TABLE {raw} ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY",
    )
    copy_in = "COPY {raw} ({columns}) FROM STDIN".format_map(_names(table))
    with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            copy.write_row(row)
    what = "{columns}, position"
    _do(
        table,
        "CREATE TEMP TABLE {stage} ON COMMIT DROP AS "
        + _NUMBERED.replace("{what}", what)
        + "{raw}",
        "CREATE TEMP TABLE {had} ON COMMIT DROP AS "
        + _NUMBERED.replace("{what}", "{pk} AS pk, position")
        + "{table}",
        "ANALYZE {stage}",
        "ANALYZE {had}",
    )


def compare(table: Table) -> Change:
    """Count what would become of the table."""
    added, changed, removed, moved = _one(
        table,
        "SELECT count(*) FILTER (WHERE h.key IS NULL),"
        " count(*) FILTER (WHERE s.content <> h.content),"
        " count(*) FILTER (WHERE s.key IS NULL),"
        " (SELECT count(*) FROM {kept} WHERE old <> new)"
        " FROM {stage} AS s FULL JOIN {had} AS h ON {same}",
    )
    (rows,) = _one(table, "SELECT count(*) FROM {stage}")
    return Change(table.name, rows, added, changed, removed, moved)


def remove(table: Table) -> None:
    """Remove the rows that the folder no longer has."""
    _do(
        table,
        "DELETE FROM {table} USING {had} AS h WHERE {table}.{pk} = h.pk AND NOT"
        " EXISTS (SELECT FROM {stage} AS s WHERE {same})",
    )


def change(table: Table) -> None:
    """Change the rows that the folder has otherwise."""
    changed = (
        " FROM {had} AS h JOIN {stage} AS s ON {same}"
        " WHERE {table}.{pk} = h.pk AND s.content <> h.content"
    )
    if table.name == "appointments":
        # Two visits that trade places would be in one for a moment: first all that
        # change give their time back.
        _do(table, "UPDATE {table} SET status = 'cancelled'" + changed)
        held = ", ".join(f"'{status}'" for status in HOLDING)
        _do(
            table,
            "UPDATE {table} SET cancelled_at = NULL, cancelled_by = NULL,"
            " cancel_reason = NULL" + changed + f" AND s.status IN ({held})"
            " AND cancelled_at IS NOT NULL",
        )
    _do(table, "UPDATE {table} SET ({columns}) = ROW({staged})" + changed)


def add(table: Table) -> None:
    """Add the rows that the table lacks, and put all in the folder's order."""
    # Measured on 102,524 visits: neighbors in time go into the indexes that keep
    # visits apart twice as fast as rows in the order of the file.
    order = "patient_id, start" if table.name == "appointments" else "position"
    (behind,) = _one(table, _ALL_BEHIND)
    if behind:
        # Those that stay keep their places: nothing of them is written.
        position, order = "nextval('row_position')", "position"
    else:
        position = "position"
        _do(
            table,
            "UPDATE {table} SET position = s.position"
            " FROM {had} AS h JOIN {stage} AS s ON {same}"
            " WHERE {table}.{pk} = h.pk AND s.position <> h.position",
        )
    _do(
        table,
        f"INSERT INTO {{table}} ({{columns}}, position) SELECT {{columns}}, {position}"
        " FROM (SELECT s.* FROM {stage} AS s WHERE NOT EXISTS"
        f" (SELECT FROM {{had}} AS h WHERE {{same}}) ORDER BY {order}) AS new",
    )


def stand_behind() -> None:
    """Let rows made from now on stand behind all that there are."""
    last = " UNION ALL ".join(
        f'SELECT max(position) AS last FROM "{table.model._meta.db_table}"'
        for table in TABLES
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('row_position', greatest(nextval('row_position'),"
            f" (SELECT max(last) + 1 FROM ({last}) AS positions)), false)"
        )


def _do(table: Table, *statements: str) -> None:
    names = _names(table)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format_map(names))


def _one(table: Table, question: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(question.format_map(_names(table)))
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _names(table: Table) -> dict[str, str]:
    """Return the parts that statements are made of; all of them are our own."""
    content = f"md5(ROW({_quoted(table.columns)})::text)"
    return {
        "table": f'"{table.model._meta.db_table}"',
        "raw": f'"raw_{table.name}"',
        "stage": f'"stage_{table.name}"',
        "had": f'"had_{table.name}"',
        "pk": f'"{table.model._meta.pk.column}"',
        "columns": _quoted(table.columns),
        "staged": _quoted(table.columns, "s."),
        "content": content,
        "key": f'"{table.key}"' if table.key else content,
        "same": "h.key = s.key AND h.nth = s.nth",
        "kept": (
            "(SELECT s.position, row_number() OVER (ORDER BY h.position) AS old,"
            " row_number() OVER (ORDER BY s.position) AS new"
            f' FROM "stage_{table.name}" AS s JOIN "had_{table.name}" AS h'
            " ON h.key = s.key AND h.nth = s.nth) AS kept"
        ),
    }


def _quoted(columns: Iterable[str], alias: str = "") -> str:
    return ", ".join(f'{alias}"{column}"' for column in columns)
