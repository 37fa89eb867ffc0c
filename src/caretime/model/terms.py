"""Contract terms as data: clauses over one activity taxonomy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

STANDINGS = ("confirmed", "union", "employer", "assumption", "unverified")


@dataclass(frozen=True, slots=True)
class Clause:
    """
    One term of a contract.

    Parameters
    ----------
    clause_id
        Name within the contract, for instance ``PMT``.
    kind
        A row of ``tables/clause_kinds.csv``; ``unmodeled`` keeps the text only.
    terms
        Values of the kind's fields (``tables/clause_fields.csv``), every field
        present: what the file leaves out stands here with its default.
    covers
        Who is covered: license codes, ``therapist`` or ``all``.
    effective, until
        First and last day in force; ``None`` means the contract's own dates.
    source, standing
        Where the term is from and who says so.
    line
        Line in the contract's file, 0 if made in code; no part of what it says,
        so it does not count when clauses are compared.
    """

    clause_id: str
    kind: str
    terms: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    covers: tuple[str, ...] = ("all",)
    effective: date | None = None
    until: date | None = None
    source: str = ""
    standing: str = "assumption"
    line: int = field(default=0, compare=False)

    def __getitem__(self, name: str) -> Any:
        return self.terms[name]


@dataclass(frozen=True, slots=True)
class Contract:
    """A dated set of clauses: an agreement in force or a proposal."""

    contract_id: str
    title: str
    effective: date
    standing: str
    source: str
    clauses: tuple[Clause, ...]
    until: date | None = None

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for clause in self.clauses:
            if clause.clause_id in seen:
                raise ValueError(f"clause id {clause.clause_id!r} stands twice")
            seen.add(clause.clause_id)

    def in_force(self, on: date) -> Iterator[Clause]:
        """Yield the clauses in force on a day, in the order of the file."""
        for clause in self.clauses:
            first = clause.effective or self.effective
            last = clause.until or self.until
            if first <= on and (last is None or on <= last):
                yield clause

    def of_kind(self, kind: str, on: date, license_code: str) -> tuple[Clause, ...]:
        """Return the clauses of one kind that cover a license on a day."""
        return tuple(
            clause
            for clause in self.in_force(on)
            if clause.kind == kind and covers(clause, license_code)
        )


def covers(clause: Clause, license_code: str) -> bool:
    """
    Say whether a clause covers a license.

    >>> covers(Clause("C-1", "daily_cap", covers=("therapist",)), "LCSW")
    True
    >>> covers(Clause("C-1", "daily_cap", covers=("PMHNP",)), "LCSW")
    False
    """
    if "all" in clause.covers or license_code in clause.covers:
        return True
    return "therapist" in clause.covers and license_code not in {
        "PMHNP",
        "PSYCHIATRIST",
    }
