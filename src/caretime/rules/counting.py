"""
Counting rules: which activities a number of hours counts, and on which base.

"7 hours", "25 percent" and "19 hours" are not one quantity. The rules and the
public claims are data (``tables/counting_rules.csv``, ``counting_claims.csv``);
here a claim is judged under a rule, for any contract, and nothing is known of the
outcome beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from caretime.errors import PlanError
from caretime.model.terms import Clause, Contract
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.week_terms import clauses_on, effective_day
from caretime.tables import rows

HOURS_40 = 40 * 60
STEP_HOURS = 0.25
"""Protected hours are tried in steps of a quarter of an hour."""

MOST_HOURS = 40


@dataclass(frozen=True, slots=True)
class CountingRule:
    """
    A way to count hours, a row of ``tables/counting_rules.csv``.

    ``base`` is what shares refer to: ``paid`` minutes, ``full_week_40``,
    ``net_of_meetings_37_5`` or ``elapsed`` (paid and meals).
    """

    rule: str
    title: str
    used_by: str
    activities: tuple[str, ...]
    base: str
    source: str


@dataclass(frozen=True, slots=True)
class CountingClaim:
    """
    A public number, a row of ``tables/counting_claims.csv``.

    ``unit`` is ``hours`` (a full-time week) or ``percent``; ``low`` and ``high``
    are both ends of what the words allow, ``None`` where open. ``contract`` is the
    casebook contract the claim spoke of. ``headline`` claims are shown for every
    contract, the others with their own.
    """

    claim: str
    short: str
    text: str
    unit: str
    low: float | None
    high: float | None
    headline: bool
    contract: str
    source: str
    standing: str

    def holds(self, value: float) -> bool:
        """Say whether a value lies within the words of the claim."""
        # A hair of room: 600 of 2,400 minutes are 25 percent.
        above = self.low is None or value >= self.low - 1e-9
        return above and (self.high is None or value <= self.high + 1e-9)


@dataclass(frozen=True, slots=True)
class Count:
    """Minutes a rule counts in a ledger, and the base of its share."""

    rule: CountingRule
    minutes: int
    base_minutes: int

    @property
    def hours(self) -> float:
        """Hours counted."""
        return self.minutes / 60

    @property
    def percent(self) -> float:
        """Share of the base, in percent."""
        return 100 * self.minutes / self.base_minutes

    def value(self, claim: CountingClaim) -> float:
        """Return the figure in the claim's unit."""
        return self.hours if claim.unit == "hours" else self.percent


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """
    One claim under one counting rule, for one contract.

    Parameters
    ----------
    value
        The figure the rule gives, in the claim's unit.
    holds
        Whether the claim comes out true.
    true_from, true_to
        Weekly protected hours of a full-time clinician, other terms unchanged,
        from and to which it comes out true; ``None`` where no number from 0 to 40
        makes it true, or where the contract has no protected hours to vary.
    """

    claim: CountingClaim
    rule: CountingRule
    value: float
    holds: bool
    true_from: float | None
    true_to: float | None


@cache
def counting_rules() -> tuple[CountingRule, ...]:
    """
    Return the counting rules, in the order of the table.

    >>> counting_rules()[0].used_by
    'union'
    """
    return tuple(
        CountingRule(
            rule=row["rule"],
            title=row["title"],
            used_by=row["used_by"],
            activities=tuple(row["activities"].split("|")),
            base=row["base"],
            source=row["source"],
        )
        for row in rows("counting_rules")
    )


@cache
def counting_claims() -> tuple[CountingClaim, ...]:
    """
    Return the public claims, in the order of the table.

    >>> [c.text for c in counting_claims() if c.claim == "nineteen_hours"]
    ['At least 19 hours a week not seeing patients']
    """
    return tuple(
        CountingClaim(
            claim=row["claim"],
            short=row["short"],
            text=row["text"],
            unit=row["unit"],
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            headline=row["headline"] == "yes",
            contract=row["contract"],
            source=row["source"],
            standing=row["standing"],
        )
        for row in rows("counting_claims")
    )


def count(ledger: Ledger, rule: CountingRule) -> Count:
    """
    Count a ledger's minutes under a rule.

    Each ledger line is counted once; minutes left over by caps or by less than one
    visit are patient management and are counted as such.
    """
    base = {
        "paid": ledger.paid_minutes,
        "full_week_40": round(HOURS_40 * ledger.fte),
        "net_of_meetings_37_5": ledger.paid_minutes - ledger.minutes_of("meeting"),
        "elapsed": ledger.paid_minutes + ledger.minutes_of("meal"),
    }[rule.base]
    return Count(rule, ledger.minutes_of(*rule.activities), base)


def judge_claims(
    contract: Contract,
    *,
    claims: Sequence[CountingClaim] | None = None,
    license_code: str = "LCSW",
    on: date | None = None,
) -> tuple[ClaimVerdict, ...]:
    """
    Judge public claims on a full-time week under every counting rule.

    Parameters
    ----------
    claims
        All where ``None``: a claim about one contract is a fair question to another.

    Returns
    -------
    tuple of ClaimVerdict
        Claim by claim, each under the rules in the order of their table.
    """
    chosen = counting_claims() if claims is None else claims
    rules = counting_rules()
    ledger = week_ledger(contract, license_code=license_code, on=on)
    varied = tuple(_by_protected_hours(contract, license_code, on))
    counts = {rule.rule: count(ledger, rule) for rule in rules}
    others = {
        rule.rule: [(hours, count(other, rule)) for hours, other in varied]
        for rule in rules
    }
    verdicts = []
    for claim in chosen:
        for rule in rules:
            value = counts[rule.rule].value(claim)
            true_at = [h for h, c in others[rule.rule] if claim.holds(c.value(claim))]
            verdicts.append(
                ClaimVerdict(
                    claim,
                    rule,
                    value,
                    claim.holds(value),
                    min(true_at, default=None),
                    max(true_at, default=None),
                )
            )
    return tuple(verdicts)


def _by_protected_hours(
    contract: Contract, license_code: str, on: date | None
) -> Iterator[tuple[float, Ledger]]:
    """Yield ledgers with other protected hours, as far as the week holds them."""
    day = effective_day(contract, on)
    clauses = clauses_on(contract, day, license_code=license_code)
    protected = [c.clause_id for c in clauses if c.kind == "protected_hours"]
    if not protected:
        return
    for step in range(int(MOST_HOURS / STEP_HOURS) + 1):
        hours = step * STEP_HOURS
        changed = tuple(
            _with_hours(clause, hours, first=clause.clause_id == protected[0])
            for clause in clauses
        )
        try:
            ledger = week_ledger(
                replace(contract, clauses=changed), license_code=license_code, on=day
            )
        except PlanError:
            return
        yield hours, ledger


def _with_hours(clause: Clause, hours: float, *, first: bool) -> Clause:
    """Give the first protected clause these hours, and the others none."""
    if clause.kind != "protected_hours":
        return clause
    terms = {
        **clause.terms,
        "hours_per_week": hours if first else 0.0,
        "percent": None,
        "minutes_per_visit": None,
        "base": "full_time",
        "bookable_hours": 0.0,
        "bookable_trigger": "never",
        "reduced_to_hours": None,
    }
    return replace(clause, terms=terms)
