"""A clinic of four, three contracts, and an engine whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from caretime.formats.assumptions import default_assumptions
from caretime.model.assumptions import Assumption, Assumptions
from caretime.model.calendar import Calendar
from caretime.model.incident import Incident
from caretime.model.log import BINS, CLOCKS, COUNTER, COUNTERS, Tally
from caretime.model.outcome import SimulationResult
from caretime.model.people import Clinic, Clinician, NetworkTherapist
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.rules.access import load_standards
from caretime.rules.clause_kinds import make_clause
from caretime.rules.ledger import week_ledger

FIRST_DAY = date(2024, 10, 21)
LICENSES = ("LCSW", "LMFT")
PAID = 2400


def known_assumptions() -> Assumptions:
    """The shipped table, with notes at numbers that the tests work with."""
    rows = [r for r in default_assumptions().rows if r.name != "notes_return"]
    for holder, value, low, high in (
        ("assumption", 11.0, 5.0, 15.0),
        ("union", 15.0, 15.0, 15.0),
        ("employer", 8.0, 8.0, 8.0),
    ):
        rows.append(
            Assumption("notes_return", value, low, high, "minutes", "test", holder)
        )
    return Assumptions.of(rows)


def contract(
    contract_id: str, *clauses: Clause, effective: date = FIRST_DAY
) -> Contract:
    return Contract(
        contract_id, contract_id.title(), effective, "assumption", "test", clauses
    )


def hours(count: float, **terms: Any) -> Clause:
    return make_clause("PMT", "protected_hours", hours_per_week=count, **terms)


def meetings(count: float) -> Clause:
    return make_clause(
        "MEET", "activity_hours", activity="meeting", hours_per_week=count
    )


def wage(license_code: str = "LCSW", usd: float = 60, **terms: Any) -> Clause:
    return make_clause(
        f"WAGE-{license_code}-{terms.get('step', 1)}",
        "wages",
        license=license_code,
        hourly_usd=usd,
        **terms,
    )


def clinician(number: int, license_code: str = "LCSW", **changes: Any) -> Clinician:
    values: dict[str, Any] = {
        "clinician_id": f"C{number}",
        "license": license_code,
        "languages": ("en",),
        "ages": ("adult",),
        "needs": ("general",),
        "fte": 1.0,
        "clinic_id": "K1",
        "telehealth_share": 0.5,
        "supervisor_id": None,
        "hired_on": date(2020, 1, 6),
        "unit": "therapist",
        "step": 1,
        "leads_groups": False,
    }
    return Clinician(**values | changes)


def care_system(
    *contracts: Contract,
    clinicians: Sequence[Clinician] | None = None,
    assumptions: Assumptions | None = None,
) -> CareSystem:
    if clinicians is None:
        clinicians = [
            clinician(1),
            clinician(2, languages=("en", "es")),
            clinician(3, "LMFT"),
            clinician(4, "LMFT"),
        ]
    network = NetworkTherapist(
        "N1", "LCSW", ("en",), ("adult",), ("general",), "Orange", "92801",
        33.8, -117.9, True, 2.0, 15_000, 0.8,
    )  # fmt: skip
    contracts = contracts or (contract("now", hours(4), wage(), wage("LMFT", 50)),)
    return CareSystem(
        name="Clinic of four",
        first_day=FIRST_DAY,
        members=8000,
        jurisdiction="california",
        contract_in_force=contracts[0].contract_id,
        pooling="site",
        calendar=Calendar(),
        clinics=(Clinic("K1", "Orange", "92801", 33.8, -117.9, 6, 420, 1200),),
        clinicians=tuple(clinicians),
        network=(network,),
        patients=(),
        appointments=(),
        groups=(),
        group_members=(),
        demand=(),
        assumptions=assumptions or known_assumptions(),
        standards=load_standards("california"),
        contracts={c.contract_id: c for c in contracts},
        inputs_hash="f" * 64,
    )


def tally_for(weeks: int = 2, replications: int = 1, **counters: int) -> Tally:
    """A tally with the same counters and 2,400 paid minutes a license each week."""
    weekly = np.zeros((replications, weeks, len(COUNTERS)), np.int64)
    for name, value in counters.items():
        weekly[:, :, COUNTER[name]] = value
    return Tally(
        weekly=weekly,
        waits=np.zeros((replications, len(CLOCKS), 1, 2, BINS), np.int64),
        weekly_waits=np.zeros((replications, weeks, len(CLOCKS), 2, BINS), np.int64),
        staff=np.full((replications, weeks, len(LICENSES)), PAID, np.int64),
        slices=(("all", "all"),),
        licenses=LICENSES,
    )


def engine(
    system: CareSystem,
    contracts: Sequence[Contract],
    *,
    assumptions: Assumptions,
    weeks: int,
    replications: int,
    seed: int,
    workers: int,
    first_replication: int = 0,
    incident: Incident | None = None,
    progress: Any = None,
) -> tuple[SimulationResult, ...]:
    """
    Stand in for the simulation: the answer follows from the week's ledger.

    Each clinician holds the ledger's openings as returns; a luck of -5 to 5
    visits a week, the same for all contracts of a replication, is added. The
    wait of all of ten referrals a week is the protected hours in days, less one
    for each clinician above four. Unpaid minutes are notes of 30 visits beyond
    the protected hours. ``turnover_load_slope`` leaves leave one a week.
    """
    results = []
    for terms in contracts:
        ledger = week_ledger(terms)
        protected = sum(x.minutes for x in ledger.lines if x.protected)
        tally = tally_for(weeks, replications, filled_seats=len(system.clinicians))
        share = 1 - incident.shares[0] if incident else 1
        for r in range(replications):
            luck = int(
                np.random.default_rng((seed, first_replication + r)).integers(-5, 6)
            )
            held = round(ledger.openings.total * len(system.clinicians) * share)
            tally.weekly[r, :, COUNTER["visits_return"]] = held + luck
            late = protected // 60 - (len(system.clinicians) - 4)
            tally.weekly[r, :, COUNTER["visit_minutes"]] = (held + luck) * 50
            tally.weekly[r, :, COUNTER["paid_minutes"]] = PAID * len(system.clinicians)
            wait = max(0, late + abs(luck) % 2)
            tally.waits[r, 0, 0, 0, wait] = 10 * weeks
            tally.weekly_waits[r, :, 0, 0, wait] = 10
        unpaid = max(0, round(30 * assumptions["notes_return"]) - protected)
        tally.weekly[:, :, COUNTER["unpaid_minutes"]] = unpaid
        if assumptions["turnover_load_slope"]:
            tally.weekly[:, :, COUNTER["clinicians_left"]] = 1 + (unpaid > 0)
        results.append(
            SimulationResult(
                terms.contract_id,
                seed,
                weeks,
                "test",
                system.inputs_hash,
                f"hash of {terms.contract_id}",
                dict(assumptions),
                tally,
            )
        )
    return tuple(results)
