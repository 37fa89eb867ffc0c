"""Fingerprints of inputs: equal content, equal hash, however it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256

import polars as pl

from caretime.formats._nouns import canonical, csv_bytes, frame_of
from caretime.formats.assumptions import stated_rows
from caretime.formats.contracts import contract_hash
from caretime.formats.dictionary import CSV_TABLES, WEEK_TABLES
from caretime.model.system import CareSystem


def system_hash(
    system: CareSystem, frames: Mapping[str, pl.DataFrame] | None = None
) -> str:
    """
    Return the SHA-256 of everything in a system's folder, as 64 hex digits.

    Settings, every table in canonical CSV, incidents and contracts count; the
    order of columns, spaces, comments and the spelling of numbers do not. The
    order of rows does: it is the order in which ids become rows of an engine.
    Tables of the week count only where they have rows, so that a system without
    them has the hash it had before there were such tables.

    Parameters
    ----------
    system
        What to fingerprint; its own ``inputs_hash`` is left out.
    frames
        Typed tables of the same system where the caller has them, to save time.
    """
    digest = sha256()
    for name, content in _sections(system, frames or {}):
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _sections(
    system: CareSystem, frames: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of a system in a fixed order, each as bytes."""
    zone = system.calendar.zone
    settings = {
        "name": system.name,
        "time_zone": system.calendar.time_zone,
        "first_day": system.first_day.isoformat(),
        "members": system.members,
        "jurisdiction": system.jurisdiction,
        "pooling": system.pooling,
        "contract_in_force": system.contract_in_force,
        "holidays": [day.isoformat() for day in sorted(system.calendar.holidays)],
        "notes": system.notes,
    }
    yield "system", json.dumps(settings, sort_keys=True).encode()
    for table in (*CSV_TABLES, "incidents"):
        if table in WEEK_TABLES and not getattr(system, table):
            continue
        if table == "assumptions":
            frame = frame_of(table, stated_rows(system.assumptions))
        elif table == "incidents" or table not in frames:
            frame = frame_of(table, getattr(system, table))
        else:
            frame = frames[table]
        yield table, csv_bytes(canonical(table, frame, zone))
    for contract_id, contract in sorted(system.contracts.items()):
        yield f"contract {contract_id}", contract_hash(contract).encode()
