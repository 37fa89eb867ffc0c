"""What a contract lets be booked beyond the ordinary openings, clause by clause."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from caretime.continuity._recover_places import Places
from caretime.continuity._supply_book import DAYS
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.model.way_back import ExtraOpenings, RecoveryPolicy
from caretime.rules.ledger import Ledger
from caretime.rules.protected_time import released_minutes
from caretime.rules.week_terms import clauses_on

RESERVES = {
    "intakes_released": ("intake", "intake_mix"),
    "urgent_released": ("urgent", "urgent_reserve"),
}
"""Reserved openings by source: type of visit, and the clause that reserves them."""


class Extra:
    """
    Openings on top of the ordinary ones, by clinician, as days.

    Made after the intakes that are owed have taken their places: what they need is
    not released.
    """

    def __init__(
        self,
        system: CareSystem,
        contract: Contract,
        places: Places,
        policy: RecoveryPolicy,
    ) -> None:
        self._places = places
        self._policy = policy
        self._read: dict[str, dict[str, Clause]] = {}
        self._counts = dict.fromkeys(("protected_time", *RESERVES), 0)
        self._days: dict[str, list[int]] = {}
        self._in_force: dict[tuple[int, str], tuple[Clause, ...]] = {}
        self._unused = _unused_shares(system, places)
        self._contract = contract
        for who, person in places.people.items():
            clinician = system.clinicians[places.book.people[person]]
            self._days[who] = sorted(self._of(clinician, person))
        self.by_week = np.zeros(places.weeks, np.int64)
        for days in self._days.values():
            for day in days:
                self.by_week[day // DAYS] += 1

    def next_day(self, clinician_id: str, earliest: date) -> date | None:
        """Return the first extra opening on a day or after it."""
        days = self._days.get(clinician_id, [])
        place = bisect_left(days, (earliest - self._places.monday).days)
        if place == len(days):
            return None
        return self._places.monday + timedelta(days=days[place])

    def take(self, clinician_id: str, day: date) -> None:
        """Take an extra opening of a day."""
        self._days[clinician_id].remove((day - self._places.monday).days)

    def told(self) -> tuple[ExtraOpenings, ...]:
        """Say of each source what the contract allows, or why nothing."""
        weeks = self._places.weeks
        return (
            *(
                ExtraOpenings(
                    source,
                    tuple(sorted(self._read.get(source, {}))),
                    round(count / weeks),
                    self._text(source, round(count / weeks)),
                )
                for source, count in self._counts.items()
            ),
            _overtime(self._contract, self._places.monday),
        )

    def _of(self, clinician: Clinician, person: int) -> Iterator[int]:
        """Yield the days of one clinician's extra openings, from the first Monday."""
        carried = dict.fromkeys(RESERVES, 0.0)
        book, laid = self._places.book, self._places.book.weeks
        left = {
            source: self._places.days_left(clinician.clinician_id, kind)
            for source, (kind, _) in RESERVES.items()
        }
        for week in range(self._places.weeks):
            worked = np.flatnonzero(book.works[person, week]).tolist()
            if not worked:
                continue
            ledger = laid.ledgers[int(laid.row[person, week])]
            clauses = self._clauses(week, clinician.license)
            weekdays = [day for day in worked if day < 5]
            here = min(1.0, len(weekdays) / ledger.days)
            count = self._protected(clauses, clinician, ledger, here)
            for number in range(count if weekdays else 0):
                yield week * DAYS + weekdays[number % len(weekdays)]
            for source in RESERVES if self._policy.release_unused else ():
                carried[source] += self._released(source, clauses, ledger) * here
                whole = int(carried[source] + 1e-9)
                carried[source] -= whole
                # The last ones of the week: the others may still be asked for.
                days = left[source]
                free = days[bisect_left(days, week * DAYS) : _end(days, week)]
                given = free[len(free) - min(whole, len(free)) :]
                self._counts[source] += len(given)
                yield from given

    def _clauses(self, week: int, license_code: str) -> tuple[Clause, ...]:
        """Return the clauses in force in a week, read once for each license."""
        key = (week, license_code)
        if key not in self._in_force:
            day = self._places.monday + timedelta(weeks=week)
            found = clauses_on(self._contract, day, license_code=license_code)
            self._in_force[key] = tuple(found)
        return self._in_force[key]

    def _protected(
        self,
        clauses: tuple[Clause, ...],
        clinician: Clinician,
        ledger: Ledger,
        here: float,
    ) -> int:
        """Count the visits that fit into protected time which is let go, under caps."""
        minutes = 0
        for clause in clauses:
            if clause.kind == "protected_hours":
                self._read.setdefault("protected_time", {})[clause.clause_id] = clause
                minutes += released_minutes(
                    clause, fte=clinician.fte, triggered=self._policy.triggers
                )
        if not minutes:
            return 0
        patients = ledger.openings.total + ledger.openings.group * (
            ledger.group_credit - 1
        )
        caps = [ledger.weekly_cap]
        if ledger.daily_cap is not None:
            caps.append(ledger.daily_cap * ledger.days)
        room = min((cap - patients for cap in caps if cap is not None), default=minutes)
        visits = min(minutes // ledger.visits["return"].slot, max(room, 0))
        count = int(visits * here)
        self._counts["protected_time"] += count
        return count

    def _released(
        self, source: str, clauses: tuple[Clause, ...], ledger: Ledger
    ) -> float:
        """Return how many reserved openings of a full week nobody asks for."""
        visit_type, kind = RESERVES[source]
        openings = {
            "intake": ledger.openings.intake,
            "urgent": ledger.openings.urgent,
        }[visit_type]
        for clause in clauses:
            if clause.kind == kind:
                self._read.setdefault(source, {})[clause.clause_id] = clause
        # Openings that no clause reserves are ordinary ones of returns at any time.
        return openings * self._unused[visit_type]

    def _text(self, source: str, count: int) -> str:
        read = self._read.get(source, {})
        if source == "protected_time":
            triggers = {c["bookable_trigger"] for c in read.values()} - {"never"}
            held = sorted(triggers & set(self._policy.triggers))
            if count:
                return f"protected time may be booked under {', '.join(held)}"
            if held:
                return "protected time may be booked, but the caps leave no room"
            if triggers:
                return (
                    f"protected time may be booked under {', '.join(sorted(triggers))}"
                    " alone, which an incident is not"
                )
            return "no clause lets protected time be booked"
        visit_type, _ = RESERVES[source]
        if not self._policy.release_unused:
            return f"{visit_type} openings are not to be released"
        if not count:
            return f"all {visit_type} openings are expected to be asked for"
        days = sorted({int(clause["release_days"]) for clause in read.values()})
        when = f"{' or '.join(map(str, days))} business days ahead" if days else "early"
        return f"{visit_type} openings that nobody asks for go to returns, {when}"


def _unused_shares(system: CareSystem, places: Places) -> dict[str, float]:
    """
    Return the expected share of reserved openings that stay unused, by visit type.

    Of all referrals and urgent requests the clinicians at hand get the share that
    their openings are of all there are.
    """
    a = system.assumptions
    referrals = sum(cell.referrals_per_week for cell in system.demand)
    laid = places.book.weeks
    ledgers = [laid.ledgers[int(row)] for row in laid.row[:, -1]]
    share = sum(c.fte for c in _people(system, places)) / sum(
        c.fte for c in system.clinicians
    )
    asked = {
        "intake": referrals * share,
        "urgent": a["urgent_per_visit"] * sum(x.openings.return_ for x in ledgers),
    }
    openings = {
        "intake": sum(x.openings.intake for x in ledgers),
        "urgent": sum(x.openings.urgent for x in ledgers),
    }
    return {
        kind: max(0.0, 1 - asked[kind] / count) if count else 0.0
        for kind, count in openings.items()
    }


def _end(days: list[int], week: int) -> int:
    """Return the place after the last day of a week, of days in order."""
    return bisect_left(days, (week + 1) * DAYS)


def _people(system: CareSystem, places: Places) -> list[Clinician]:
    return [system.clinicians[k] for k in places.book.people]


def _overtime(contract: Contract, day: date) -> ExtraOpenings:
    """Say that no clause which can be read states overtime, and which cannot be."""
    texts = tuple(c.clause_id for c in contract.in_force(day) if c.kind == "unmodeled")
    text = "no clause states overtime, so none is planned"
    if texts:
        text += "; clauses kept as text alone were not read"
    return ExtraOpenings("overtime", texts, 0, text)
