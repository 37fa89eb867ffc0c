"""Behavior numbers as integer thresholds and tables, the same on every machine."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.model.assumptions import Assumptions
from caretime.rules.ledger import Ledger
from caretime.simulation import _arrays as arrays
from caretime.simulation.streams import MASK, threshold

if TYPE_CHECKING:
    from caretime.simulation._population import Population

LIMIT_DAYS = 10
"""Business days after which a first visit is late (28 CCR 1300.67.2.2)."""


def parameters(
    population: Population,
    number: int,
    seats: int,
    ledger: Ledger,
    shared: bool,
    assumptions: Assumptions,
) -> NDArray[np.void]:
    a = assumptions
    par = np.zeros(1, arrays.PARAMETERS)
    coins = {
        "late_cancel": a["late_cancel_share"],
        "rebook": a["rebook_after_cancel"],
        "drop_intake": a["drop_after_intake_no_show"],
        "drop_return": a["drop_after_no_show"],
        "later": a["chooses_later"],
        "urgent": a["urgent_per_visit"],
        "group": a["group_share"],
        "exception": a["exception_documented"],
        "transfer_loss": a["transfer_loss"],
        "give_up": a["give_up_per_week"],
        "substitute": a["substitute_share"],
        "incident_network": a["incident_network_share"],
        "network_refusal": a["network_refusal"],
        "hire": 1 / max(a["hiring_lag_weeks"], 1),
    }
    for name, probability in coins.items():
        par[name] = threshold(probability)
    numbers = {
        "weeks": population.weeks,
        "days": len(population.business),
        "horizon": len(population.business) - 5 * population.weeks,
        "seats": seats,
        "return_plane": arrays.INTAKE if shared else arrays.RETURN,
        "priority_openings": 0 if shared else round(a["priority_openings"]),
        "ramp_weeks": round(a["ramp_weeks"]),
        "ramp_permille": round(1000 * a["ramp_share"]),
        "limit_days": LIMIT_DAYS,
        "urgent_release": ledger.urgent_release_days,
        "intake_release": -1 if shared else ledger.intake_release_days,
        "carry_minutes": round(a["notes_carry_minutes"]),
        "idle_permille": round(1000 * a["idle_usable_share"]),
        "management_centimin": round(100 * a["management_per_patient"]),
        "notes_return": round(a["notes_return"]),
        "notes_intake": round(a["notes_intake"]),
        "notes_group": round(a["notes_group"]),
        "network_wait": max(round(a["network_wait_days"]), 1),
        "network_visits": round(a["network_visits_per_course"]),
        "trigger_permille": round(1000 * a["access_trigger_share"]),
        "reference_strain": round(1000 * a["reference_overload"]),
        "pool": number,
        "pools": len(population.pools),
        "patients": len(population.system.patients),
    }
    for name, value in numbers.items():
        par[name] = value
    return par


def _table(probabilities: list[float]) -> NDArray[np.uint64]:
    return np.array([threshold(p) for p in probabilities], np.uint64)


def _ends(a: Assumptions, visits: int) -> float:
    return min(a["course_hazard_a"] / (a["course_hazard_b"] + visits), 1.0)


def _missed(a: Assumptions, visit: str, wait: int) -> float:
    low, high = a[f"no_show_{visit}_floor"], a[f"no_show_{visit}_ceiling"]
    return high - (high - low) * exp(-wait / a["no_show_scale_days"])


def _leaving(a: Assumptions, strain_permille: int) -> float:
    base = 1 - (1 - a["turnover_per_year"]) ** (1 / 52)
    over = strain_permille / 1000 - a["reference_overload"]
    return min(base * exp(a["turnover_load_slope"] * over), 1.0)


def _intervals(a: Assumptions) -> list[float]:
    one = a["interval_1_week"]
    two = one + a["interval_2_weeks"]
    return [one, two, min(two + a["interval_3_weeks"], 1.0), a["high_priority_share"]]


def end_table(a: Assumptions) -> NDArray[np.uint64]:
    """Return the chance that a course ends after its j-th visit, j up to 127."""
    return _table([_ends(a, j) for j in range(128)])


def no_show_table(a: Assumptions) -> NDArray[np.uint64]:
    """Return the chance of a missed intake and a missed return, by wait."""
    waits = range(64)
    kinds = ("intake", "return")
    return _table([_missed(a, kind, w) for kind in kinds for w in waits]).reshape(2, 64)


def leave_table(a: Assumptions) -> NDArray[np.uint64]:
    """Return the weekly chance of leaving, by strain in steps of 4 per mille."""
    return _table([_leaving(a, 4 * k + 2) for k in range(64)])


def interval_table(a: Assumptions) -> NDArray[np.uint64]:
    """Return cumulative chances of intervals, then of high priority."""
    return _table(_intervals(a))


def count_table(
    rates: NDArray[np.float64], dispersion: NDArray[np.float64]
) -> NDArray[np.uint64]:
    """
    Return cumulative thresholds of the weekly number of referrals.

    Poisson where the dispersion is 1, negative binomial above it. The number is
    how many thresholds a draw reaches, so more demand only adds to a count.

    Parameters
    ----------
    rates
        ``(strata,)``: mean referrals a week, zero or more.
    dispersion
        ``(strata,)``: variance over mean.

    Returns
    -------
    ndarray of uint64
        ``(strata, counts)``: column n is the chance of at most n, times 2**64.

    Examples
    --------
    >>> table = count_table(np.array([2.0]), np.array([1.0]))
    >>> float(round(table[0, 0] / 2.0**64, 4))  # exp(-2)
    0.1353
    """
    size = int(max((rates + 8 * np.sqrt(rates * dispersion) + 10).max(), 1))
    extra = np.maximum(dispersion - 1.0, 0.0)
    poisson = extra < 1e-9
    shape = np.where(poisson, 1.0, rates / np.where(poisson, 1.0, extra))
    chance = extra / np.maximum(dispersion, 1.0)
    term = np.where(poisson, np.exp(-rates), (1 - chance) ** shape)
    total = np.zeros(len(rates))
    table = np.zeros((len(rates), size), np.uint64)
    for n in range(size):
        total += term
        reached = total >= 1.0
        below = np.where(reached, 0.0, total) * 2.0**64
        table[:, n] = np.where(reached, np.uint64(MASK), below.astype(np.uint64))
        ratio = np.where(poisson, rates, (shape + n) * chance)
        term = term * ratio / (n + 1)
    return table
