"""
Contracts to and from YAML 1.2 files: a header and clauses, with line numbers.

::

    contract:
      id: agreement-2025
      title: Agreement of May 2025
      effective: 2025-05-08
      standing: confirmed          # confirmed | union | employer | assumption ...
      source: where it is from
      based_on: base-week          # optional: clauses that hold where this is silent
      without: [TRAINING]          # optional: clauses of that base that do not hold
    clauses:
      - id: PMT
        kind: protected_hours
        hours_per_week: 5
        covers: [therapist]

A clause takes the header's source and standing where it gives none. ``based_on``
names a contract beside this file or in the casebook; a clause with an id of the
base stands in its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from io import StringIO
from pathlib import Path
from typing import Any

from caretime.errors import InputError, Problem, warn_assumption
from caretime.formats import _contract_reading, _contract_writing
from caretime.formats._contract_reading import Shelf
from caretime.model.terms import Contract


def read_contract(path: Path | str) -> Contract:
    """
    Read a contract's file.

    Parameters
    ----------
    path
        A YAML file. Problems name it as ``contracts/x.yaml`` where its folder is
        called contracts, else by its name.

    Raises
    ------
    InputError
        With every problem of the file, and of the base it names.

    Warns
    -----
    AssumptionWarning
        For each doubt: a week without meals, rests or intakes, where ``based_on``
        may have been forgotten, and percents below one.
    """
    path = Path(path)
    source = f"contracts/{path.name}" if path.parent.name == "contracts" else path.name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError([Problem(source, 0, "", f"{error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"expected UTF-8, got byte {error.object[error.start]:#04x}"
        raise InputError([Problem(source, line, "", message)]) from error
    contract, doubts = inspect_contract_text(text, source=source, folder=path.parent)
    for doubt in doubts:
        warn_assumption(str(doubt))
    return contract


def read_contract_text(
    text: str, *, source: str = "contract.yaml", folder: Path | None = None
) -> Contract:
    """
    Read a contract from text.

    Parameters
    ----------
    source
        What problems call the text.
    folder
        Where a base is looked for before the casebook.

    Raises
    ------
    InputError
        With every problem found.

    Examples
    --------
    >>> contract = read_contract_text('''
    ... contract: {id: c, title: C, effective: 2025-05-08,
    ...            standing: union, source: a leaflet}
    ... clauses:
    ...   - {id: PMT, kind: protected_hours, hours_per_week: 7}
    ... ''')
    >>> contract.clauses[0]["hours_per_week"], contract.clauses[0].standing
    (7.0, 'union')
    >>> read_contract_text('''
    ... contract: {id: c, title: C, effective: 2025-05-08,
    ...            standing: union, source: a leaflet}
    ... clauses:
    ...   - {id: PMT, kind: protected_hour, hours_per_week: 7}
    ... ''', source="contracts/c.yaml")
    Traceback (most recent call last):
        ...
    caretime.errors.InputError: contracts/c.yaml:5 clause PMT, kind: unknown clause \
kind 'protected_hour' (did you mean protected_hours?)
    """
    return inspect_contract_text(text, source=source, folder=folder)[0]


def inspect_contract_text(
    text: str, *, source: str = "contract.yaml", folder: Path | None = None
) -> tuple[Contract, tuple[Problem, ...]]:
    """
    Read a contract as ``read_contract_text`` does; return it with its doubts.

    Examples
    --------
    >>> contract, doubts = inspect_contract_text('''
    ... contract: {id: c, title: C, effective: 2025-05-08,
    ...            standing: union, source: a leaflet}
    ... clauses:
    ...   - {id: M, kind: meal}
    ...   - {id: I, kind: intake_mix, intakes_per_week: 4}
    ... ''', source="c.yaml")
    >>> print(*doubts)
    c.yaml:2 contract: no clause of kind rest: the week has none (did you forget \
based_on?)
    """
    shelf = Shelf(folder, [])
    contract = _contract_reading.read_text(text, source, shelf, reading=())
    if shelf.problems or contract is None:
        raise InputError(shelf.problems)
    return contract, tuple(shelf.doubts)


def write_contract(contract: Contract, path: Path | str) -> None:
    """
    Write a contract's file; an existing file is edited and keeps its comments.

    Only what the file does not already say is changed: values that are defaults
    stay unwritten, clauses that stand in the file's base stay there. A file that
    is not readable as a contract is written anew.
    """
    path = Path(path)
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    text = contract_text(contract, before=before, folder=path.parent)
    path.write_text(text, encoding="utf-8", newline="\n")


def contract_text(
    contract: Contract, *, before: str = "", folder: Path | None = None
) -> str:
    """Return a contract as YAML, as an edit of ``before`` where that is one."""
    problems: list[Problem] = []
    base: Iterable[Any] = ()
    if before:
        shelf = Shelf(folder, problems)
        old = _contract_reading.read_text(before, "before", shelf, reading=())
        if old is None or problems:
            before = ""
        else:
            base = _contract_reading.base_clauses(before, shelf)
    document = _contract_writing.document(contract, before, tuple(base))
    out = StringIO()
    _contract_writing.yaml().dump(document, out)
    return out.getvalue()


def contract_hash(contract: Contract) -> str:
    """
    Return the SHA-256 of what a contract says, in hexadecimal.

    Lines and comments of the file, and how its clauses are shared with a base,
    do not matter.
    """
    # Terms may be a read-only mapping, which cannot be copied deeply.
    plain = replace(
        contract,
        clauses=tuple(
            replace(c, line=0, terms=dict(c.terms)) for c in contract.clauses
        ),
    )
    text = json.dumps(asdict(plain), sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
