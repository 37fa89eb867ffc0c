"""Writes a contract as an edit of what its file already says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from caretime.formats._contract_values import value_text
from caretime.model.terms import Clause, Contract
from caretime.rules.clause_kinds import fields_of


def yaml() -> Any:
    """Return the YAML writer of this house: round trip, indented lists."""
    from ruamel.yaml import YAML

    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 88
    return writer


def document(contract: Contract, before: str, base: Sequence[Clause]) -> Any:
    """Return the document to dump; ``before`` is the file's text or empty."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if before:
        page = yaml().load(before)
    else:
        page = CommentedMap(contract=CommentedMap(), clauses=CommentedSeq())
    header, items = page["contract"], page["clauses"]
    _set(header, _header(contract), keep=("based_on", "without"))
    _share(header, contract, base)
    bases = {clause.clause_id: clause for clause in base}
    held = {clause.clause_id: clause for clause in contract.clauses}
    for place in reversed(range(len(items))):
        if items[place]["id"] not in held:
            del items[place]
    there = {item["id"]: item for item in items}
    for ident, clause in held.items():
        if ident in there:
            _set(there[ident], *_clause(clause, contract))
        elif ident not in bases or _plain(bases[ident]) != _plain(clause):
            item = CommentedMap()
            _set(item, *_clause(clause, contract))
            items.append(item)
    return page


def _header(contract: Contract) -> dict[str, Any]:
    return {
        "id": contract.contract_id,
        "title": contract.title,
        "effective": contract.effective,
        "until": contract.until,
        "standing": contract.standing,
        "source": contract.source,
    }


def _share(header: Any, contract: Contract, base: Sequence[Clause]) -> None:
    """Say which clauses of the base no longer hold."""
    held = {clause.clause_id for clause in contract.clauses}
    gone = [clause.clause_id for clause in base if clause.clause_id not in held]
    before = list(header.get("without") or [])
    if added := [ident for ident in gone if ident not in before]:
        header["without"] = before + added


def _clause(clause: Clause, contract: Contract) -> tuple[dict[str, Any], set[str]]:
    """Return what a clause says, and the keys whose value goes without saying."""
    said: dict[str, Any] = {"id": clause.clause_id, "kind": clause.kind}
    silent: set[str] = set()
    for name, field in fields_of(clause.kind).items():
        value = clause.terms[name]
        said[name] = None if value is None else value_text(field, value)
        if value == field.default:
            silent.add(name)
    said["covers"] = list(clause.covers)
    said["effective"], said["until"] = clause.effective, clause.until
    said["source"], said["standing"] = clause.source, clause.standing
    usual = {
        "covers": ["all"],
        "source": contract.source,
        "standing": contract.standing,
    }
    return said, silent | {key for key, value in usual.items() if said[key] == value}


def _set(
    page: Any,
    said: dict[str, Any],
    silent: Collection[str] = (),
    *,
    keep: Collection[str] = (),
) -> None:
    """Change what differs; what the file spells out stays spelled out."""
    for key in list(page):
        if key not in keep and said.get(key) is None:
            del page[key]
    for key, value in said.items():
        if value is None or (key in silent and key not in page):
            continue
        if key not in page or not _same(page[key], value):
            page[key] = value


def _same(there: Any, value: Any) -> bool:
    if isinstance(value, bool) and isinstance(there, str):
        return there == ("yes" if value else "no")
    if isinstance(value, list) and isinstance(there, str):
        return value == [there]
    return bool(there == value)


def _plain(clause: Clause) -> Clause:
    return replace(clause, line=0)
