"""What is out of proportion: tables that are each sound and do not go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from caretime.errors import PlanError, Problem
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.tables import Tables

LEAST_USED = 0.4
"""Returns due as a share of return openings, below which intervals are doubted."""

MOST_USED = 1.3
"""Returns due as a share of return openings, above which intervals are doubted."""


def an_empty_book(tables: Tables) -> Iterator[Problem]:
    """Find a book without a visit to come, although patients are in treatment."""
    patients = tables.rows("patients", "patient_id").height
    book = tables.frames.get("appointments")
    if book is None or not patients:
        return
    message = ""
    if not book.height:
        message = "no appointments"
    elif tables.first_day is not None:
        day = pl.col("start").dt.convert_time_zone(tables.calendar.time_zone).dt.date()
        starts = tables.rows("appointments", "start")
        past = starts.filter(day < tables.first_day).height
        if past == book.height:
            message = f"no appointment from the first day {tables.first_day} on"
    if message:
        held = f"{patients:,} patients are in treatment"
        where = "export the book from the first day on"
        source = tables.sources["appointments"]
        yield Problem(source, 0, "", f"{message}, although {held}", where)


def members_below_patients(tables: Tables) -> Iterator[Problem]:
    """Find a membership smaller than the number in treatment."""
    members = tables.settings.get("members")
    patients = tables.rows("patients", "patient_id").height
    if members is not None and members < patients:
        message = f"{members:,}, fewer than the {patients:,} patients in treatment"
        yield tables.setting("members", message, "give all people covered")


def demand_above_openings(tables: Tables) -> Iterator[Problem]:
    """Find more referrals a week than there are openings for first visits."""
    openings = openings_in_force(tables)
    rows = tables.rows("demand", "referrals_per_week")
    if openings is None or not rows.height:
        return
    network = tables.rows("network", "openings_per_week", "acceptance")
    beside = float((network["openings_per_week"] * network["acceptance"]).sum())
    asked = float(rows["referrals_per_week"].sum())
    if asked > openings["intake"] + beside:
        message = (
            f"{asked:,.1f} referrals a week in all, for {openings['intake']:,} intake "
            f"openings and {beside:,.1f} in the network"
        )
        source = tables.sources["demand"]
        hint = "is it a year's count? divide by 52"
        yield Problem(source, 0, "referrals_per_week", message, hint)


def returns_far_from_openings(tables: Tables) -> Iterator[Problem]:
    """Find intervals that ask for far more or far fewer returns than there are."""
    openings = openings_in_force(tables)
    rows = tables.rows("patients", "interval_weeks")
    if openings is None or not rows.height:
        return
    due, held = float((1 / rows["interval_weeks"]).sum()), openings["return"]
    if LEAST_USED * held <= due <= MOST_USED * held:
        return
    share = f" ({due / held:.0%})" if held else ""
    message = f"{due:,.0f} returns due a week for {held:,} return openings{share}"
    hint = "is interval_weeks in weeks, and is every patient in the file?"
    yield Problem(tables.sources["patients"], 0, "interval_weeks", message, hint)


def openings_in_force(tables: Tables) -> Counter[str] | None:
    """
    Add up the week of every clinician under the contract in force.

    ``None`` where the contract or the clinicians could not be read: nothing is
    said of proportions then.
    """
    from caretime.rules.ledger import week_ledger

    contract = tables.contracts.get(tables.settings.get("contract_in_force") or "")
    rows = tables.rows("clinicians", "license", "fte")
    if contract is None or tables.first_day is None or not rows.height:
        return None
    openings: Counter[str] = Counter()
    weeks = rows.group_by("license", "fte").agg(pl.col(LINE).len().alias("count"))
    try:
        for license_code, fte, count in weeks.iter_rows():
            week = week_ledger(
                contract, license_code=license_code, fte=fte, on=tables.first_day
            ).openings
            openings["intake"] += week.intake * count
            openings["return"] += week.return_ * count
    except PlanError:  # The clauses leave no week: the ledger says why, elsewhere.
        return None
    return openings


PROPORTIONS = (
    an_empty_book,
    members_below_patients,
    demand_above_openings,
    returns_far_from_openings,
)
"""Every question across tables whose answer is a doubt."""
