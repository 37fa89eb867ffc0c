"""Reads the header and the clauses of a contract, collecting every problem."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from caretime.errors import Problem
from caretime.formats._checking.hints import did_you_mean, near
from caretime.formats._contract_values import complaints, read_value
from caretime.model.terms import STANDINGS, Clause, Contract
from caretime.rules.clause_kinds import clause_kinds, fields_of
from caretime.tables import rows

HEADER = ("id", "title", "effective", "until", "standing", "source")
SHARING = ("based_on", "without")
CLAUSE = ("id", "kind", "covers", "effective", "until", "source", "standing")


EXPECTED = ("meal", "rest", "intake_mix")
"""Kinds that every week has; a contract without them has probably lost its base."""


@dataclass(frozen=True)
class Shelf:
    """
    Where bases are found, and what was met on the way.

    ``left_out`` are kinds of clauses that some ``without`` took away on purpose.
    """

    folder: Path | None
    problems: list[Problem]
    doubts: list[Problem] = dataclasses.field(default_factory=list)
    left_out: set[str] = dataclasses.field(default_factory=set)

    def text(self, contract_id: str) -> str | None:
        """Return the file of a contract beside the one read, or in the casebook."""
        casebook = files("caretime") / "casebook"
        places: list[Any] = [casebook / "base", casebook]
        if self.folder is not None:
            places.insert(0, self.folder)
        for place in places:
            file = place / f"{contract_id}.yaml"
            if file.is_file():
                return str(file.read_text(encoding="utf-8-sig"))
        return None


@dataclass(frozen=True)
class _Page:
    """One mapping of the file, and how to complain about it."""

    keys: Mapping[str, Any]
    source: str
    name: str
    problems: list[Problem]

    def complain(self, key: str, message: str, hint: str = "") -> None:
        """Note a problem with a key, at its line."""
        label = ", ".join(part for part in (self.name, key) if part)
        self.problems.append(Problem(self.source, self.line(key), label, message, hint))

    def line(self, key: str) -> int:
        """Return the line of a key, or where the mapping begins."""
        place = self.keys.lc  # type: ignore[attr-defined]
        if place.data and key in place.data:
            return int(place.key(key)[0]) + 1
        return int(place.line) + 1

    def refuse_strange(self, known: Sequence[str]) -> None:
        """Complain about keys nobody knows."""
        for key in self.keys:
            if key not in known:
                hint = did_you_mean(near(str(key), known))
                self.complain(str(key), f"unknown field {str(key)!r}", hint)

    def text(self, key: str, *, needed: bool = True) -> str:
        """Return a text, or complain."""
        value = self.keys.get(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or not value.strip():
            got = "nothing" if value is None else repr(value)
            self.complain(key, f"expected text, got {got}")
            return ""
        return str(value).strip()

    def day(self, key: str, *, needed: bool = False) -> date | None:
        """Return a date, or complain."""
        value = self.keys.get(key)
        if isinstance(value, date):
            return value
        if value is not None or needed:
            got = "nothing" if value is None else repr(value)
            self.complain(key, f"expected a date such as 2025-05-08, got {got}")
        return None

    def standing(self, default: str) -> str:
        """Return who says so, or complain."""
        value = self.keys.get("standing", default)
        if value in STANDINGS:
            return str(value)
        wanted = ", ".join(STANDINGS)
        hint = did_you_mean(near(str(value), STANDINGS))
        self.complain("standing", f"expected one of {wanted}, got {value!r}", hint)
        return "unverified"


def read_text(
    text: str, source: str, shelf: Shelf, *, reading: tuple[str, ...]
) -> Contract | None:
    """Read a contract; problems go to the shelf, nothing comes of an unread file."""
    data = load(text, source, shelf.problems)
    if data is None:
        return None
    page = _Page(data["contract"], source, "contract", shelf.problems)
    page.refuse_strange(HEADER + SHARING)
    contract_id, title = page.text("id"), page.text("title")
    origin, standing = page.text("source"), page.standing("")
    effective, until = page.day("effective", needed=True), page.day("until")
    if effective and until and until < effective:
        page.complain("until", f"expected a day from {effective} on, got {until}")
    base = _base(page, shelf, (*reading, contract_id))
    own = _clauses(data, source, shelf.problems, (origin, standing))
    clauses = _joined(base, own, page)
    _check_phases(clauses, {c.clause_id: c.line for c in own}, source, shelf.problems)
    shelf.doubts.extend(_small_percents(own, source))
    if not reading:
        shelf.doubts.extend(_lacking(clauses, page, shelf))
    if effective is None:
        return None
    return Contract(contract_id, title, effective, standing, origin, clauses, until)


def base_clauses(text: str, shelf: Shelf) -> tuple[Clause, ...]:
    """Return the clauses of the base that a contract's text names."""
    data = load(text, "before", shelf.problems)
    if data is None:
        return ()
    return _base(_Page(data["contract"], "before", "", shelf.problems), shelf, ())


def load(text: str, source: str, problems: list[Problem]) -> Any:
    """Parse YAML that has a contract and clauses, or complain."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        data = YAML().load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        hint = "indent with spaces, not tabs" if "'\\t'" in str(error.problem) else ""
        problems.append(Problem(source, line, "", f"is no YAML: {error.problem}", hint))
        return None
    except (YAMLError, ValueError) as error:
        problems.append(Problem(source, 0, "", f"is no YAML: {error}"))
        return None
    if not isinstance(data, Mapping) or not isinstance(data.get("contract"), Mapping):
        message = "expected a contract: header and a list of clauses:"
        problems.append(Problem(source, 1 if text else 0, "", message))
        return None
    _Page(data, source, "", problems).refuse_strange(("contract", "clauses"))
    return data


def _base(page: _Page, shelf: Shelf, reading: tuple[str, ...]) -> tuple[Clause, ...]:
    name = page.text("based_on", needed=False)
    if not name:
        return ()
    if name in reading:
        page.complain("based_on", f"{name} is based on itself")
        return ()
    text = shelf.text(name)
    if text is None:
        where = "beside this file or in the casebook"
        page.complain("based_on", f"no contract {name!r} {where}")
        return ()
    base = read_text(text, f"{name}.yaml", shelf, reading=reading)
    without = page.keys.get("without") or []
    held = base.clauses if base else ()
    for ident in without:
        if ident not in {clause.clause_id for clause in held}:
            hint = did_you_mean(near(str(ident), [c.clause_id for c in held]))
            page.complain("without", f"{name} has no clause {ident!r}", hint)
    shelf.left_out.update(c.kind for c in held if c.clause_id in without)
    return tuple(clause for clause in held if clause.clause_id not in without)


def _lacking(clauses: Sequence[Clause], page: _Page, shelf: Shelf) -> Iterator[Problem]:
    """Doubt a contract without what every week has: its base may be forgotten."""
    held = shelf.left_out.union(clause.kind for clause in clauses)
    *most, last = [kind for kind in EXPECTED if kind not in held] or [""]
    if last:
        kinds = f"{', '.join(most)} or {last}" if most else last
        message = f"no clause of kind {kinds}: the week has none"
        line = page.line("id")
        hint = "" if "based_on" in page.keys else "did you forget based_on?"
        yield Problem(page.source, line, page.name, message, hint)


def _small_percents(clauses: Sequence[Clause], source: str) -> Iterator[Problem]:
    """Doubt percents below one: a share was probably written in their place."""
    for clause in clauses:
        percent = clause.terms.get("percent")
        if percent is not None and 0 < percent < 1:
            label = f"clause {clause.clause_id}, percent"
            message = f"{percent:g} is less than one percent"
            hint = did_you_mean(f"{percent * 100:g}")
            yield Problem(source, clause.line, label, message, hint)


def _joined(
    base: Sequence[Clause], own: Sequence[Clause], page: _Page
) -> tuple[Clause, ...]:
    joined = {clause.clause_id: clause for clause in base}
    seen: set[str] = set()
    for clause in own:
        if clause.clause_id in seen:
            label = f"clause {clause.clause_id}, id"
            message = f"clause id {clause.clause_id!r} stands twice"
            page.problems.append(Problem(page.source, clause.line, label, message))
        seen.add(clause.clause_id)
        joined[clause.clause_id] = clause
    return tuple(joined.values())


def _clauses(
    data: Any, source: str, problems: list[Problem], inherited: tuple[str, str]
) -> list[Clause]:
    items = data.get("clauses")
    if not isinstance(items, list):
        _Page(data, source, "", problems).complain("clauses", "expected a list")
        return []
    clauses = []
    for number, item in enumerate(items):
        if not isinstance(item, Mapping):
            line = items.lc.item(number)[0] + 1  # type: ignore[attr-defined]
            message = f"expected a clause with id and kind, got {item!r}"
            problems.append(Problem(source, line, "clauses", message))
            continue
        name = f"clause {item.get('id') or number + 1}"
        clause = _clause(_Page(item, source, name, problems), inherited)
        if clause is not None:
            clauses.append(clause)
    return clauses


def _clause(page: _Page, inherited: tuple[str, str]) -> Clause | None:
    ident, kind = page.text("id"), page.keys.get("kind")
    if kind not in clause_kinds():
        known = clause_kinds()
        message = f"unknown clause kind {kind!r}" if kind else "expected a clause kind"
        page.complain("kind", message, did_you_mean(near(str(kind), known)))
        return None
    source, standing = inherited
    terms = _terms(page, str(kind))
    return Clause(
        clause_id=ident,
        kind=str(kind),
        terms=terms,
        covers=_covers(page),
        effective=page.day("effective"),
        until=page.day("until"),
        source=page.text("source", needed=False) or source,
        standing=page.standing(standing),
        line=int(page.keys.lc.line) + 1,  # type: ignore[attr-defined]
    )


def _terms(page: _Page, kind: str) -> dict[str, Any]:
    """Return every field of the kind; complain about those that are wrong."""
    fields = fields_of(kind)
    page.refuse_strange((*CLAUSE, *fields))
    before = len(page.problems)
    terms: dict[str, Any] = {}
    for name, field in fields.items():
        value = page.keys.get(name)
        if value is None:
            terms[name] = field.default
            if field.required:
                page.complain(name, f"{kind} needs {name}: {field.meaning}")
            continue
        terms[name], message, hint = read_value(field, value)
        if message:
            page.complain(name, message, hint)
    if len(page.problems) == before:
        for name, message, hint in complaints(kind, terms):
            page.complain(name, message, hint)
    return terms


def _covers(page: _Page) -> tuple[str, ...]:
    value = page.keys.get("covers", ["all"])
    known = ("all", "therapist", *(row["license"] for row in rows("licenses")))
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words:
        page.complain("covers", f"expected a list of {', '.join(known)}")
        return ("all",)
    for word in words:
        if word not in known:
            hint = did_you_mean(near(str(word), known))
            page.complain("covers", f"unknown license {word!r}", hint)
    return tuple(str(word) for word in words)


def _check_phases(
    clauses: Sequence[Clause],
    lines: Mapping[str, int],
    source: str,
    problems: list[Problem],
) -> None:
    """Complain about phase-ins of clauses or fields that are not there."""
    by_id = {clause.clause_id: clause for clause in clauses}
    for phase in clauses:
        if phase.kind != "phase_in" or phase.clause_id not in lines:
            continue
        label, line = f"clause {phase.clause_id}", lines[phase.clause_id]
        target = by_id.get(phase.terms["clause"] or "")
        if target is None:
            hint = did_you_mean(near(str(phase.terms["clause"]), by_id))
            message = f"no clause {phase.terms['clause']!r}"
            problems.append(Problem(source, line, f"{label}, clause", message, hint))
            continue
        field = fields_of(target.kind).get(phase.terms["field"])
        if field is None or field.type not in ("number", "integer"):
            message = f"{target.kind} has no number {phase.terms['field']!r}"
            problems.append(Problem(source, line, f"{label}, field", message))
            continue
        for _, value in phase.terms["steps"] or ():
            if message := read_value(field, value)[1]:
                problems.append(Problem(source, line, f"{label}, steps", message))
