"""How many replications the keyed draws save."""

from __future__ import annotations

import numpy as np
import peer_simpy
from theory_pools import (
    REDUCED,
    arrivals,
    make_book,
    make_draws,
    reduced_rate,
)

from benchmarks.simulation.measure import table
from caretime.model.assumptions import Assumptions
from caretime.model.incident import Incident
from caretime.model.log import COUNTER
from caretime.simulation import make_system
from caretime.simulation._kernel.engine import run_pool
from caretime.simulation._population import populate
from caretime.simulation.runs import Scenario, run_cells

WEEKS = 52
VISITS = [COUNTER[n] for n in ("visits_intake", "visits_return")]
HEAD = ("scenario against base", "mean intake wait", "within 10 days", "visits")


def keyed(scale: float, pairs: int) -> None:
    """
    Compare paired and unpaired differences of the whole model.

    The gain is the variance of the difference with other keys, which is the sum of
    both variances, over its variance with the same keys: how many times fewer
    replications give the same half-width.
    """
    system = make_system("southern-california", scale=scale, seed=1)
    contract = system.contracts[system.contract_in_force]
    base = system.assumptions
    strike = Incident(
        "i", system.first_day, system.first_day, (0.2,) * 4, clinic_ids=()
    )
    cells = {
        "base": (base, None),
        "hiring lag 20 -> 10 weeks": (base.with_value("hiring_lag_weeks", 10.0), None),
        "turnover 20 % -> 12 %": (base.with_value("turnover_per_year", 0.12), None),
        "no-shows a fifth fewer": (
            rarer(base, 0.8),
            None,
        ),
        "notes 12 -> 15 minutes": (base.with_value("notes_return", 15.0), None),
        "one in five away for four weeks": (base, strike),
    }  # fmt: skip
    scenarios = []
    for used, incident in cells.values():
        population = populate(system, used, WEEKS)
        scenarios.append(Scenario.build(population, contract, used, incident))
    todo = [(s, r) for s in range(len(scenarios)) for r in range(pairs)]
    tallies = run_cells(scenarios, todo, 1, 2)
    values = np.array([_measures(t) for t in tallies])
    values = values.reshape(len(scenarios), pairs, 3)
    rows = [
        (name, *gain(values[0], values[k]))
        for k, name in enumerate(cells)
        if k > 0
    ]  # fmt: skip
    table(f"Keyed draws, whole model, scale {scale}, {pairs} pairs", HEAD, rows)


def rarer(base: Assumptions, share: float) -> Assumptions:
    """Make missed visits rarer, at every wait."""
    for visit in ("intake", "return"):
        for end in ("floor", "ceiling"):
            name = f"no_show_{visit}_{end}"
            base = base.with_value(name, base[name] * share)
    return base


def _measures(tally) -> tuple[float, float, float]:
    waits = tally.waits[0, 0, 0, 0]
    mean = float(waits @ np.arange(len(waits)) / waits.sum())
    within = float(waits[:11].sum() / waits.sum())
    return mean, within, float(tally.weekly[0][:, VISITS].sum())


def gain(one, other) -> list[float]:
    """Return unpaired over paired variance of the difference, by measure."""
    paired = (other - one).var(axis=0, ddof=1)
    apart = one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)
    pairs = zip(apart, paired, strict=True)
    return [float(a / p) if p > 0 else float("inf") for a, p in pairs]


CHANGES = {
    "no-shows 15 % -> 12 %": {"no_show": 0.12},
    "courses a tenth longer": {"ends": 1 / 9.9},
    "returns 5 days apart, not 10": {"interval": 5},
}


def one_stream(pairs: int) -> None:
    """Set the keyed engine beside SimPy with one stream and the same seed."""
    seats, load = 20, 1.05
    rows = []
    ours = {name: _kernel_values(change, pairs, seats, load)
            for name, change in {"base": {}, **CHANGES}.items()}  # fmt: skip
    theirs = {name: _simpy_values(change, pairs, seats, load)
              for name, change in {"base": {}, **CHANGES}.items()}  # fmt: skip
    for name in CHANGES:
        keys, stream = (gain(v["base"], v[name]) for v in (ours, theirs))
        rows.append((name, keys[0], stream[0], keys[1], stream[1]))
    head = ("scenario against base", "wait: keyed", "wait: one stream",
            "visits: keyed", "visits: one stream")  # fmt: skip
    table(f"Reduced book, 20 clinicians, {pairs} pairs", head, rows)


def _kernel_values(change: dict, pairs: int, seats: int, load: float):
    terms = {**REDUCED, **change}
    pool = make_book(weeks=WEEKS, seats=seats, shared=True, **terms)
    rate = reduced_rate(seats, load)
    found = []
    for seed in range(pairs):
        rng = np.random.default_rng([seed, 5])
        draws = make_draws(pool, seed, arrivals(rng, 5 * WEEKS, rate))
        outcome = run_pool(pool, draws)
        waits = outcome.waits[0, 0, 0]
        mean = waits @ np.arange(len(waits)) / waits.sum()
        found.append((mean, outcome.weekly[:, VISITS].sum()))
    return np.array(found, float)


def _simpy_values(change: dict, pairs: int, seats: int, load: float):
    found = []
    for seed in range(pairs):
        clinic = peer_simpy.simulate(
            therapists=seats, days=5 * WEEKS, rate=reduced_rate(seats, load),
            seed=seed, **{**REDUCED, **change},
        )  # fmt: skip
        found.append((np.mean(clinic.intake_waits), clinic.visits))
    return np.array(found, float)
