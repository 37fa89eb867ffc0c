"""The week of every clinician at work, as columns of openings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from caretime.errors import PlanError
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Block, Roster, Template
from caretime.rules.even_week import STAGGERS, even_template
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.week_terms import clauses_on

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

KINDS = ("return", "intake", "urgent")
"""Openings by their number in ``Weeks.kind``."""

RETURN, INTAKE, URGENT = range(3)


@dataclass(frozen=True, slots=True)
class Weeks:
    """
    The different weeks of some clinicians, and who works which one when.

    Parameters
    ----------
    row
        Shape ``(clinicians, weeks)``: row of the other columns.
    templates, ledgers
        One for each row.
    start, end, kind
        Shape ``(rows, n)``: openings in order of time, minutes from Monday 00:00,
        ``kind`` counts ``KINDS``; padded with -1.
    tail
        Shape ``(rows, n)``: minutes that stay free after the opening.
    place
        For each row the place of each opening; empty where it does not matter.
    """

    row: Ints
    templates: tuple[Template, ...]
    ledgers: tuple[Ledger, ...]
    start: Ints
    end: Ints
    tail: Ints
    kind: Ints
    place: tuple[tuple[str, ...], ...]


def weeks_of(
    system: CareSystem,
    contract: Contract,
    people: Sequence[int],
    *,
    monday: date,
    weeks: int,
    roster: Roster | None,
) -> Weeks:
    """
    Lay out the weeks of some clinicians, built ones where the roster has them.

    Parameters
    ----------
    people
        Rows of ``system.clinicians``; a row gives the turn of its even week.

    Raises
    ------
    PlanError
        If the contract has ended, or the roster was built for another contract.
    """
    shelf = _Shelf(system, contract, _built(roster, contract))
    row = np.zeros((len(people), weeks), dtype=np.int64)
    before: list[object] = []
    for week in range(weeks):
        day = monday + timedelta(weeks=week)
        # Equal clauses give equal weeks: only a change of them is worked out anew.
        terms: list[object] = [clauses_on(contract, day), shelf.holds(roster, day)]
        if terms == before:
            row[:, week] = row[:, week - 1]
            continue
        before = terms
        shelf.turn_to(day, built=shelf.holds(roster, day))
        row[:, week] = [shelf.row_of(k, system.clinicians[k]) for k in people]
    return shelf.stacked(row)


def _built(
    roster: Roster | None, contract: Contract
) -> dict[str, tuple[Template, tuple[str, ...]]]:
    if roster is None:
        return {}
    # A roster read from a table alone says no contract.
    if roster.contract_id not in ("", contract.contract_id):
        raise PlanError(
            f"the roster was built for {roster.contract_id}, the plan is made under "
            f"{contract.contract_id}"
        )
    return {week.clinician_id: (week.template, week.places) for week in roster.weeks}


class _Shelf:
    """The different weeks, each laid out once."""

    def __init__(
        self,
        system: CareSystem,
        contract: Contract,
        built: dict[str, tuple[Template, tuple[str, ...]]],
    ) -> None:
        self._contract = contract
        self._roster = built
        self._leaders = {group.leader_id for group in system.groups}
        self._on = system.first_day
        self._built = False
        self._ledgers: dict[tuple[object, ...], tuple[Ledger, str]] = {}
        self._rows: dict[tuple[object, ...], int] = {}
        self._weeks: list[tuple[Template, Ledger, tuple[str, ...]]] = []

    @staticmethod
    def holds(roster: Roster | None, day: date) -> bool:
        """Say whether the roster holds on a day."""
        return (
            roster is not None
            and (roster.first_day is None or roster.first_day <= day)
            and (roster.last_day is None or day <= roster.last_day)
        )

    def turn_to(self, day: date, *, built: bool) -> None:
        """Go on to the weeks from a day."""
        self._on, self._built = day, built

    def row_of(self, k: int, person: Clinician) -> int:
        """Return the row of a clinician's week."""
        ledger, alike = self._ledger_of(person)
        template = None
        if self._built:
            template = self._roster.get(person.clinician_id)
        turn: object = k % STAGGERS if template is None else template
        key = (alike, turn)
        if key not in self._rows:
            self._rows[key] = len(self._weeks)
            if template is None:
                even = even_template(ledger, stagger=k % STAGGERS)
                template = (even, ("",) * len(even.blocks))
            self._weeks.append((template[0], ledger, template[1]))
        return self._rows[key]

    def _ledger_of(self, person: Clinician) -> tuple[Ledger, str]:
        """Return a clinician's ledger, and a text equal for ledgers alike."""
        leads = person.leads_groups and person.clinician_id in self._leaders
        key = (self._on, person.license, person.fte, person.ages, leads)
        if key not in self._ledgers:
            ledger = week_ledger(
                self._contract,
                license_code=person.license,
                fte=person.fte,
                on=self._on,
                ages=person.ages,
                leads_groups=leads,
            )
            alike = repr(replace(ledger, license_code="", on=date.min))
            self._ledgers[key] = (ledger, alike)
        return self._ledgers[key]

    def stacked(self, row: Ints) -> Weeks:
        """Return all weeks as columns."""
        opened = [
            [
                (block, place)
                for block, place in zip(template.blocks, places, strict=True)
                if block.activity in KINDS
            ]
            for template, _, places in self._weeks
        ]
        width = max([1, *map(len, opened)])
        columns = np.full((4, len(opened), width), -1, dtype=np.int64)
        for k, found in enumerate(opened):
            ledger = self._weeks[k][1]
            for i, (block, _) in enumerate(found):
                columns[:, k, i] = _opening(block, ledger)
        return Weeks(
            row,
            tuple(template for template, _, _ in self._weeks),
            tuple(ledger for _, ledger, _ in self._weeks),
            columns[0],
            columns[1],
            columns[2],
            columns[3],
            tuple(tuple(place for _, place in found) for found in opened),
        )


def _opening(block: Block, ledger: Ledger) -> tuple[int, int, int, int]:
    buffer = ledger.visits[block.activity].buffer
    return block.start, block.end, buffer, KINDS.index(block.activity)
