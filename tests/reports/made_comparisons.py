"""Comparisons made for the tests: the shape is real, the numbers are invented."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from caretime import tables
from caretime.bargaining.comparison import (
    Arm,
    ArmValue,
    AssumptionRow,
    AttributionRow,
    ClaimFinding,
    ClaimVerdict,
    ClauseCost,
    Comparison,
    CostPart,
    LedgerHours,
    MeasureRow,
    Provenance,
    SliceRow,
    TornadoRow,
    UnmodeledClause,
    WaitHistogram,
    WeeklySeries,
)
from caretime.measures.estimate import Estimate, estimate, paired_difference

WEEKS = 52
REPLICATIONS = 10
ARMS = (
    ("in-force-2021", "Agreement of 2021", "2021-10-01", "confirmed"),
    ("union-2024-09-04", "Union proposal of 4 September 2024", "2024-09-04", "union"),
    ("offer-2024-10-05", "Employer offer of 5 October 2024", "2024-10-05", "employer"),
    ("agreement-2025", "Agreement of 8 May 2025", "2025-05-08", "confirmed"),
)
LEVEL = {
    "within_intake": (64, (-6, 4, -2), 0.3),
    "within_first_treatment": (81, (-3, 2, -1), 0.3),
    "within_follow_up": (72, (-2, 0.1, 0), 0.3),
    "within_urgent": (93, (0.1, 0, 0.1), 0.4),
    "wait_intake_median": (8.4, (1.6, -0.7, 0.4), 0.1),
    "wait_intake_p90": (21, (4, -2, 1), 0.2),
    "patients_lost": (410, (30, -12, 8), 5),
    "visits_per_week": (58000, (-3100, 900, -1200), 60),
    "continuity": (91, (1.1, -0.6, 0.5), 0.1),
    "network_patients": (300, (90, -30, 30), 6),
    "meals_missed": (2.1, (-0.9, 0.3, -0.4), 0.03),
    "unpaid_minutes": (212, (-88, 31, -40), 3),
    "load": (79, (-5, 2, -2), 0.1),
    "leavers": (20, (-2.2, 0.4, -0.8), 0.5),
    "vacancies": (9, (-0.8, 0.1, -0.3), 0.2),
}
WEEK = {  # hours by activity for the four arms
    "return": (23.0, 20.5, 23.5, 22.0),
    "intake": (4.5, 4.5, 4.5, 4.5),
    "group": (1.5, 1.5, 1.5, 1.5),
    "urgent": (0, 1, 0, 1),
    "notes": (3, 4.5, 3.5, 3.5),
    "patient_management": (1, 2.5, 1.5, 1.5),
    "group_preparation": (0.5, 0.5, 0.5, 0.5),
    "meeting": (2.5, 1.5, 2.0, 2.0),
    "training": (1, 1, 0.5, 1),
    "paid_rest": (1.67, 1.67, 1.67, 1.67),
    "admin": (1.33, 0.83, 0.83, 0.83),
    "meal": (2.5, 2.5, 2.5, 2.5),
}


def made_comparison(
    seed: int = 1, *, arms: int = 4, replications: int = REPLICATIONS, noise: float = 1
) -> Comparison:
    """Build a full comparison; the same arguments give the same numbers."""
    draw = random.Random(seed)
    chosen = ARMS[:arms]
    measures = tuple(
        _measure(row, chosen, draw, replications, noise)
        for row in tables.rows("measures")
        if row["name"] in LEVEL
    )
    return Comparison(
        system_name="Southern California (synthetic)",
        members=4_800_000,
        first_day="2024-10-21",
        clinicians=2400,
        patients=118_240,
        base=chosen[0][0],
        arms=tuple(_arm(k, *arm) for k, arm in enumerate(chosen)),
        measures=measures,
        slices=tuple(_slices(chosen, draw)),
        weekly=tuple(_weekly(chosen, draw)),
        waits=tuple(_waits(chosen)),
        costs=tuple(_costs(chosen)),
        provenance=_provenance(chosen, seed, replications),
        clause_costs=(
            ClauseCost(
                chosen[1][0],
                "PMT",
                "protected_hours",
                "Protected hours",
                "simulated",
                41_000_000_00,
                39_000_000_00,
                43_000_000_00,
                {"within_intake": Estimate(-4.2, -4.6, -3.8, 10)},
            ),
        ),
        attribution=tuple(_attribution(chosen)),
        tornado=tuple(_tornado(chosen)) if arms > 2 else (),
        claims=(_claim(),),
        notes=("The backlog of two replications did not recover within the year.",),
    )


def with_difference(
    comparison: Comparison, name: str, contract_id: str, difference: Estimate
) -> Comparison:
    """Replace one difference, to ask what the words make of it."""
    measures = tuple(
        replace(
            row,
            values=tuple(
                replace(value, difference=difference)
                if (row.name, value.contract_id) == (name, contract_id)
                else value
                for value in row.values
            ),
        )
        for row in comparison.measures
    )
    return replace(comparison, measures=measures)


def _measure(row, arms, draw, replications, noise):
    level, steps, spread = LEVEL[row["name"]]
    common = [draw.gauss(0, 4 * spread * noise) for _ in range(replications)]
    base = [level + c for c in common]
    values = []
    for k, arm in enumerate(arms):
        step = 0 if k == 0 else steps[k - 1]
        own = [b + step + draw.gauss(0, spread * noise) * (k > 0) for b in base]
        difference = paired_difference(own, base) if k else None
        off = [b + step * 0.8 + draw.gauss(0, spread * noise) for b in base]
        values.append(
            ArmValue(
                arm[0],
                estimate(own),
                difference,
                None,
                None,
                without_leaving=estimate(off),
                without_leaving_difference=paired_difference(off, base) if k else None,
            )
        )
    fields = ("name", "title", "unit", "better", "meaning", "source")
    return MeasureRow(*(row[field] for field in fields), values=tuple(values))


def _arm(k, contract_id, title, effective, standing):
    titles = {row["activity"]: row["title"] for row in tables.rows("activities")}
    protected = {"notes", "patient_management"}
    ledger = tuple(
        LedgerHours(
            activity,
            titles[activity],
            hours[k],
            activity in protected and k > 0,
            activity == "patient_management" and k == 2,
            ("PMT",) if activity in protected else (),
            paid=activity != "meal",
        )
        for activity, hours in WEEK.items()
    )
    return Arm(
        contract_id,
        title,
        effective,
        standing,
        "a leaflet [C-union]" if standing == "union" else "press, May 2025 [C]",
        f"{k}a7c" * 16,
        ledger,
        sum(line.hours for line in ledger if line.protected),
        sum(line.hours for line in ledger if line.protected and line.bookable),
        (UnmodeledClause("PENSION", "A modified pension plan", "press [C]"),)
        * (k == 3),
    )


def _weekly(arms, draw):
    shapes = {
        "within_intake": ("First visits offered within the standard", "%", 70, 12),
        "wait_intake_median": ("Median wait for a first visit", "business days", 7, 3),
        "visits": ("Visits held", "visits", 58000, 2500),
        "meals_missed": ("Meals cut short", "meals", 2, 0.5),
        "unpaid_minutes": ("Unpaid minutes", "minutes", 210, 60),
        "vacancies": ("Vacant seats", "%", 8, 2),
        "leavers": ("Clinicians who left", "people", 9, 3),
    }
    for name, (title, unit, level, swing) in shapes.items():
        for k, arm in enumerate(arms):
            value = [
                level
                + swing * math.sin(week / 11 + k)
                + swing * 0.15 * draw.gauss(0, 1)
                for week in range(WEEKS)
            ]
            band = swing * 0.2
            yield WeeklySeries(
                name,
                title,
                unit,
                arm[0],
                tuple(value),
                tuple(v - band for v in value),
                tuple(v + band for v in value),
            )


def _waits(arms):
    limits = {
        "intake": ("business days", 10, 8.0),
        "first_treatment": ("business days", 10, 7.0),
        "follow_up": ("business days", 10, 9.0),
        "urgent": ("hours", 48, 20.0),
    }
    for clock, (unit, limit, mean) in limits.items():
        for k, arm in enumerate(arms):
            scale = mean * (1, 1.2, 0.9, 1.05)[k]
            counts = tuple(
                None if 60 < w < 64 else 9000 * math.exp(-w / scale) for w in range(128)
            )
            yield WaitHistogram(clock, unit, limit, arm[0], counts, (0.0,) * 128)


def _costs(arms):
    parts = {
        "wages": ("Wages", 312_000_000_00, True),
        "benefits": ("Benefits", 94_000_000_00, True),
        "network": ("Network visits", 22_000_000_00, True),
        "hiring": ("Hiring", 4_300_000_00, True),
        "unpaid_time": ("Unpaid hours, not paid", 26_000_000_00, False),
    }
    for k, arm in enumerate(arms):
        factor = (1, 1.07, 1.045, 1.05)[k]
        total = sum(cents for _, cents, paid in parts.values() if paid)
        rows = [*parts.items(), ("total", ("Total", total, True))]
        for part, (title, cents, paid) in rows:
            own, half = round(cents * factor), round(cents * 0.002)
            step = own - cents
            ends = (step - half, step + half) if k else (None, None)
            yield CostPart(
                part,
                title,
                arm[0],
                own,
                own - half,
                own + half,
                step if k else None,
                *ends,
                paid,
            )


def _slices(arms, draw):
    parts = {
        "county": ("Los Angeles", "Orange", "San Bernardino", "San Diego", "Kern"),
        "language": ("en", "es", "vi", "hy"),
        "age_group": ("child", "teen", "adult", "older"),
        "license": ("LCSW", "LMFT", "PSYD"),
    }
    for dimension, names in parts.items():
        for part in names:
            for arm in arms:
                hidden = part == "hy"
                value = 60 + draw.gauss(0, 8)
                yield SliceRow(
                    "within_intake",
                    dimension,
                    part,
                    arm[0],
                    None if hidden else value,
                    None if hidden else value - 1,
                    None if hidden else value + 1,
                    None if hidden else 900.0,
                    None if hidden else 1400.0,
                    hidden,
                )


def _attribution(arms):
    if len(arms) < 3:
        return
    causes = (
        ("clauses", "protected_time", "Protected hours", ("PMT",), "", 7.1),
        ("clauses", "visit_lengths", "Visit lengths", ("INTAKE",), "", 2.4),
        ("clauses", "urgent_reserve", "Urgent-return reserve", ("Q",), "", -0.6),
        ("interaction", "", "Together", (), "", 1.1),
        ("total", "", "Difference", (), "", 10.0),
        ("assumption", "notes_return", "Notes for a return visit", (), "union", 1.9),
    )
    for cause, name, title, clause_ids, holder, share in causes:
        yield AttributionRow(
            "within_intake",
            arms[1][0],
            arms[2][0],
            cause,
            name,
            title,
            clause_ids,
            holder,
            Estimate(share, share - 0.4, share + 0.4, 10),
            "shapley",
        )


def _tornado(arms):
    rows = (
        ("notes_return", "minutes", 5, 11, 15, 14, 10, 6, True, True),
        ("network_use", "share", 0.1, 0.3, 1.0, 11, 10, 6.5, True, True),
        ("turnover_load_slope", "log hazard", 0, 4, 10, 10.4, 10, 9.1, True, False),
        ("sick_days", "days per year", 5, 8, 12, 10.2, 10, 9.8, False, False),
    )
    for name, unit, low, value, high, at_low, at, at_high, disputed, matters in rows:
        yield TornadoRow(
            "within_intake",
            arms[1][0],
            arms[2][0],
            name,
            unit,
            "facts 3.4",
            "assumption",
            low,
            value,
            high,
            *(Estimate(v, v - 0.4, v + 0.4, 10) for v in (at_low, at, at_high)),
            disputed,
            matters,
            "moves the difference by 8.0 points" if matters else "",
            2.0,
            "employer" if disputed else "",
            "union" if disputed else "",
        )


def _claim():
    return ClaimVerdict(
        "extra-hour",
        "Each extra hour a week means 1,300 fewer appointments a week",
        "employer",
        "employer",
        "facts 1.2 [C-employer]",
        "One protected hour more for every therapist, all else equal",
        "visits a week",
        -1300,
        -1300,
        (
            ClaimFinding("shared", Estimate(-1750, -1810, -1690, 10), False),
            ClaimFinding("1,300 FTE", Estimate(-1290, -1340, -1240, 10), True),
        ),
        "holds under 1,300 FTE; does not hold under shared",
        "The number of therapists behind the claim was not published.",
    )


def _provenance(arms, seed, replications):
    rows = tuple(
        AssumptionRow(
            row["name"],
            float(row["value"]),
            float(row["low"]),
            float(row["high"]),
            row["unit"],
            row["holder"],
            row["source"],
        )
        for row in tables.rows("assumptions")
    )
    return Provenance(
        "2026.1",
        "5f0c" * 16,
        {arm[0]: f"{k}a7c" * 16 for k, arm in enumerate(arms)},
        seed,
        replications,
        WEEKS,
        "count",
        {},
        rows,
    )
