"""Hourly pay from a contract's wages, raises and differentials, integer cents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from caretime.errors import warn_assumption
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract, covers

HOUSE_LANGUAGE = "en"
ANY_LANGUAGE = "any"


def contract_day(contract: Contract, week: int) -> date:
    """
    Return the day of the contract's own calendar on which a week begins.

    Every arm is priced as if its contract began in week 0, so that proposals
    of different dates meet on the same terms.
    """
    return contract.effective + timedelta(weeks=week)


def cents(usd: float | int) -> int:
    """
    Return dollars as whole cents.

    >>> cents(48.5)
    4850
    """
    return round(Fraction(str(usd)) * 100)


def scale_rate(contract: Contract, license_code: str, step: int) -> int | None:
    """
    Return the hourly wage of a license at a step before raises, in cents.

    The ``wages`` clause of the highest step not above the one asked holds, and
    ``step_percent`` is compounded for each step beyond it; a step below all
    clauses earns the lowest. ``None`` where the contract has no wage for the
    license.
    """
    scale = sorted(
        (clause for clause in contract.clauses if _is_scale(clause, license_code)),
        key=lambda clause: int(clause["step"]),
    )
    if not scale:
        return None
    clause = max(
        (c for c in scale if int(c["step"]) <= step),
        key=lambda c: int(c["step"]),
        default=scale[0],
    )
    steps = max(0, step - int(clause["step"]))
    growth = (1 + Fraction(str(clause["step_percent"] or 0)) / 100) ** steps
    return round(cents(clause["hourly_usd"]) * growth)


def mean_rate(system: CareSystem, contract: Contract, license_code: str) -> int:
    """
    Return the mean hourly wage of a license before raises, in cents.

    The mean over the system's clinicians of that license by their step and
    FTE. Where a contract states no wage, the contract in force on the first
    day says it; where that has none either, the mean of the licenses it does
    state, with a warning.
    """
    people = Counter(
        (c.step, c.fte) for c in system.clinicians if c.license == license_code
    )
    in_force = system.contracts[system.contract_in_force]
    for source in (contract, in_force):
        rates = [
            (scale_rate(source, license_code, step), Fraction(str(fte)) * count)
            for (step, fte), count in people.items()
        ]
        known = [(rate, fte) for rate, fte in rates if rate is not None]
        if known:
            total = sum((fte for _, fte in known), Fraction(0))
            return round(sum((rate * fte for rate, fte in known), Fraction(0)) / total)
    return _stand_in_rate((contract, in_force), license_code) if people else 0


def raise_factor(contract: Contract, license_code: str, week: int) -> Fraction:
    """
    Return what raises have multiplied a wage by in a week.

    General raises are compounded in the order of their dates; lump sums do not
    raise the scale and are left out.
    """
    factor = Fraction(1)
    day = contract_day(contract, week)
    for clause in contract.clauses:
        if (
            clause.kind == "raise"
            and not clause["lump_sum"]
            and covers(clause, license_code)
            and as_day(clause["on"]) <= day
        ):
            factor *= 1 + Fraction(str(clause["percent"])) / 100
    return factor


def differential_rate(
    system: CareSystem, contract: Contract, license_code: str
) -> Fraction:
    """
    Return the mean language differential of an hour of a license, in cents.

    Weighed by FTE: the share of hours worked by people who speak a language
    that earns it, times what it earns. One person earns each clause once.
    """
    people = Counter(
        (c.languages, c.fte) for c in system.clinicians if c.license == license_code
    )
    if not people:
        return Fraction(0)
    total = earned = Fraction(0)
    for (languages, fte), count in people.items():
        worked = Fraction(str(fte)) * count
        total += worked
        earned += worked * sum(
            cents(clause["hourly_usd"])
            for clause in contract.clauses
            if clause.kind == "differential"
            and covers(clause, license_code)
            and _earns(languages, clause)
        )
    return earned / total


def as_day(value: date | str) -> date:
    """Return a date given as one or as ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _is_scale(clause: Clause, license_code: str) -> bool:
    return clause.kind == "wages" and clause["license"] == license_code


def _earns(languages: tuple[str, ...], clause: Clause) -> bool:
    """Say whether somebody's languages earn a differential."""
    language = clause["language"]
    if language == ANY_LANGUAGE:
        return any(spoken != HOUSE_LANGUAGE for spoken in languages)
    return language in languages


def _stand_in_rate(contracts: Iterable[Contract], license_code: str) -> int:
    """Return the mean stated wage where a license has none, and warn."""
    rates = [
        cents(clause["hourly_usd"])
        for contract in contracts
        for clause in contract.clauses
        if clause.kind == "wages"
    ]
    rate = round(Fraction(sum(rates), len(rates))) if rates else 0
    warn_assumption(
        f"no wage for {license_code}: {rate / 100:.2f} USD an hour stands in; "
        "add a wages clause to the contract in force"
    )
    return rate
