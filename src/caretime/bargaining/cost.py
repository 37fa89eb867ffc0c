"""What a contract costs over a run, part by part, in integer cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from caretime.bargaining.pay import (
    as_day,
    cents,
    contract_day,
    differential_rate,
    mean_rate,
    raise_factor,
)
from caretime.model.assumptions import Assumptions
from caretime.model.log import Tally
from caretime.model.system import CareSystem
from caretime.model.terms import Contract, covers

MINUTES_AN_HOUR = 60
DAYS_A_WEEK = 7
WEEKS_A_YEAR = 52

PARTS: Mapping[str, str] = {
    "wages": "Wages at the scale before raises",
    "raises": "Raises",
    "lump_sums": "Lump sums in place of raises",
    "retroactive": "Retroactive pay for the time before the contract",
    "differentials": "Language differentials",
    "bonus": "Bonuses",
    "benefits": "Benefits",
    "meal_premiums": "Premiums for meals cut short",
    "hiring": "Hiring",
    "network": "Network visits",
    "unpaid": "Unpaid hours at the hourly wage (nobody pays them)",
}
UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class Bill:
    """
    Cost parts of one contract, one number a replication each.

    ``parts`` has the keys of `PARTS`; ``total`` leaves out ``unpaid``.
    """

    parts: Mapping[str, NDArray[np.int64]]

    @property
    def total(self) -> NDArray[np.int64]:
        """Sum of what is paid, integer cents."""
        total: NDArray[np.int64] = np.sum(
            [amount for part, amount in self.parts.items() if part != UNPAID], axis=0
        )
        return total


def bill(
    system: CareSystem, contract: Contract, tally: Tally, assumptions: Assumptions
) -> Bill:
    """
    Price a simulated run under a contract.

    Parameters
    ----------
    tally
        Paid minutes by week and license, meals cut, hires, network visits and
        unpaid minutes of each replication.
    assumptions
        ``hiring_cost_usd`` is read.

    Returns
    -------
    Bill
        Integer cents.

    Notes
    -----
    Hours are the simulated ones, so a seat that stands empty costs nothing and
    one that is filled costs its wage. A meal cut short earns one hour's pay
    (Labor Code 512 and the wage orders); exempt professionals may have no such
    claim, which is left to the reader. Retroactive raises are paid on the
    first week's hours for the weeks from their date to the contract's first
    day. A network visit costs the mean price of the network's openings.
    """
    rates = [mean_rate(system, contract, code) for code in tally.licenses]
    extra = [differential_rate(system, contract, code) for code in tally.licenses]
    raised = [
        [raise_factor(contract, code, week) for code in tally.licenses]
        for week in range(tally.weeks)
    ]
    base = _pay(tally, [[Fraction(rate) for rate in rates]] * tally.weeks)
    grown = _pay(
        tally,
        [[rate * f for rate, f in zip(rates, row, strict=True)] for row in raised],
    )
    parts = {
        "wages": base,
        "raises": grown - base,
        "lump_sums": _lump_sums(contract, tally, rates),
        "retroactive": _retroactive(contract, tally, rates),
        "differentials": _pay(tally, [extra] * tally.weeks),
        "bonus": _bonus(system, contract, tally),
    }
    pay = parts["wages"] + parts["raises"] + parts["differentials"]
    parts["benefits"] = _benefits(contract, tally, pay)
    parts["meal_premiums"] = _hourly(tally, grown, "meals_cut", MINUTES_AN_HOUR)
    parts["hiring"] = tally.counter("clinicians_hired").sum(axis=1) * cents(
        assumptions["hiring_cost_usd"]
    )
    visits = tally.counter("network_visits").sum(axis=1)
    parts["network"] = visits * network_price(system)
    parts[UNPAID] = _hourly(tally, grown, "unpaid_minutes", 1)
    return Bill(parts)


def network_price(system: CareSystem) -> int:
    """Return the mean price of a network visit in cents, weighed by openings."""
    # Thousandths of an opening: exact, and quick for 13,000 therapists.
    openings = [round(1000 * t.openings_per_week) for t in system.network]
    total = sum(openings)
    if not total:
        return 0
    prices = (t.price_per_visit_cents for t in system.network)
    weighed = sum(p * n for p, n in zip(prices, openings, strict=True))
    return round(Fraction(weighed, total))


def _pay(tally: Tally, rates: list[list[Fraction]]) -> NDArray[np.int64]:
    """Multiply paid minutes by hourly rates of week and license, round once."""
    weeks_at: dict[tuple[Fraction, ...], list[int]] = {}
    for week, row in enumerate(rates):
        weeks_at.setdefault(tuple(row), []).append(week)
    totals = [Fraction(0)] * tally.replications
    for rate_row, weeks in weeks_at.items():
        minutes = tally.staff[:, weeks].sum(axis=1)
        for r, worked in enumerate(minutes):
            totals[r] += sum(
                (x * int(n) for x, n in zip(rate_row, worked, strict=True)),
                Fraction(0),
            )
    return np.array([round(t / MINUTES_AN_HOUR) for t in totals], dtype=np.int64)


def _lump_sums(contract: Contract, tally: Tally, rates: list[int]) -> NDArray[np.int64]:
    """Price lump sums: a percent of a year's pay, in the week of their date."""
    total = np.zeros(tally.replications, dtype=np.int64)
    for clause in contract.clauses:
        if clause.kind != "raise" or not clause["lump_sum"]:
            continue
        if not _falls_in_run(contract, as_day(clause["on"]).toordinal(), tally.weeks):
            continue
        percent = Fraction(str(clause["percent"])) / 100
        row = [
            rate * percent if covers(clause, code) else Fraction(0)
            for rate, code in zip(rates, tally.licenses, strict=True)
        ]
        share = Fraction(WEEKS_A_YEAR, tally.weeks)
        total += _pay(tally, [[share * rate for rate in row]] * tally.weeks)
    return total


def _retroactive(
    contract: Contract, tally: Tally, rates: list[int]
) -> NDArray[np.int64]:
    """Price raises dated before the contract for the weeks between."""
    total = np.zeros(tally.replications, dtype=np.int64)
    for clause in contract.clauses:
        if clause.kind != "raise" or clause["lump_sum"]:
            continue
        days = (contract.effective - as_day(clause["on"])).days
        if days <= 0:
            continue
        share = Fraction(str(clause["percent"])) / 100 * Fraction(days, DAYS_A_WEEK)
        row = [
            rate * share if covers(clause, code) else Fraction(0)
            for rate, code in zip(rates, tally.licenses, strict=True)
        ]
        nothing = [Fraction(0)] * len(rates)
        total += _pay(tally, [row, *[nothing] * (tally.weeks - 1)])
    return total


def _bonus(system: CareSystem, contract: Contract, tally: Tally) -> NDArray[np.int64]:
    """Price bonuses for every covered clinician on the first day."""
    total = 0
    for clause in contract.clauses:
        if clause.kind != "bonus":
            continue
        day = as_day(clause["on"]) if clause["on"] else contract.effective
        if _falls_in_run(contract, day.toordinal(), tally.weeks):
            people = sum(covers(clause, c.license) for c in system.clinicians)
            total += people * cents(clause["usd"])
    return np.full(tally.replications, total, dtype=np.int64)


def _benefits(
    contract: Contract, tally: Tally, pay: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Price benefits as a percent of pay, weighed by hours where not all have it."""
    minutes = tally.staff.sum(axis=(0, 1))
    hours = int(minutes.sum())
    percent = Fraction(0)
    for clause in contract.clauses:
        if clause.kind == "benefits" and hours:
            covered = sum(
                int(count)
                for count, code in zip(minutes, tally.licenses, strict=True)
                if covers(clause, code)
            )
            percent += Fraction(str(clause["percent"])) / 100 * Fraction(covered, hours)
    return np.array([round(percent * int(amount)) for amount in pay], dtype=np.int64)


def _hourly(
    tally: Tally, pay: NDArray[np.int64], counter: str, minutes_each: int
) -> NDArray[np.int64]:
    """Price a counter at the mean hourly pay of the replication."""
    counts = tally.counter(counter).sum(axis=1)
    minutes = tally.staff.sum(axis=(1, 2))
    return np.array(
        [
            round(Fraction(int(amount) * int(count) * minutes_each, int(worked)))
            if worked
            else 0
            for amount, count, worked in zip(pay, counts, minutes, strict=True)
        ],
        dtype=np.int64,
    )


def _falls_in_run(contract: Contract, ordinal: int, weeks: int) -> bool:
    """Say whether a day lies in the run, on the contract's own calendar."""
    first = contract_day(contract, 0).toordinal()
    return first <= ordinal < first + weeks * DAYS_A_WEEK
