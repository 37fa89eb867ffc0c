"""What is odd but may be so: told on request, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from caretime import tables as shipped
from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.incidents import notice_shorter_than_the_law_asks
from caretime.formats._checking.proportions import PROPORTIONS
from caretime.formats._checking.tables import Tables
from caretime.formats._checking.week import WEEK_DOUBTS
from caretime.formats.dictionary import titles


def languages_nobody_listed(tables: Tables) -> Iterator[Problem]:
    """Find languages that are not among the shipped codes."""
    known = list(titles("languages"))
    for table in ("clinicians", "network", "patients", "groups", "demand"):
        column = "languages" if table in ("clinicians", "network") else "language"
        rows = tables.rows(table, column).with_columns(
            pl.col(column).str.split(";").alias("each")
        )
        rows = rows.explode("each").filter(~pl.col("each").is_in(known))
        for (code,), found in rows.group_by(["each"], maintain_order=True):
            line = int(found[LINE][0])
            message = (
                f"language {code!r} is not in the shipped list ({found.height:,} rows)"
            )
            meant = hints.did_you_mean(hints.near(str(code), known))
            yield Problem(tables.sources[table], line, column, message, meant)


def counties_of_one_table(tables: Tables) -> Iterator[Problem]:
    """Find counties of patients or network that neither sites nor demand know."""
    known = set(tables.rows("clinics", "county")["county"])
    known |= set(tables.rows("demand", "county")["county"])
    for table in ("patients", "network"):
        rows = tables.rows(table, "county")
        for (county,), found in rows.group_by(["county"], maintain_order=True):
            if county not in known:
                message = f"in {found.height:,} rows, but in no clinic and no demand"
                meant = hints.did_you_mean(hints.near(str(county), known))
                line = int(found[LINE][0])
                yield Problem(tables.sources[table], line, "county", message, meant)


def patients_their_therapist_does_not_suit(tables: Tables) -> Iterator[Problem]:
    """Find patients whose therapist does not list their language, age or need."""
    pairs = (("language", "languages"), ("age_group", "ages"), ("need", "needs"))
    for asked, offered in pairs:
        rows = tables.rows("patients", "clinician_id", asked).join(
            tables.rows("clinicians", "clinician_id", offered)
            .drop(LINE)
            .unique("clinician_id"),
            on="clinician_id",
        )
        listed = pl.concat_str(pl.lit(";"), offered, pl.lit(";"))
        wanted = pl.concat_str(pl.lit(";"), asked, pl.lit(";"))
        rows = rows.filter(~listed.str.contains(wanted, literal=True))
        message = pl.format(
            "{} is not among the {} of {}", asked, pl.lit(offered), "clinician_id"
        )
        yield from tables.tell("patients", asked, rows, message)


def care_a_license_does_not_cover(tables: Tables) -> Iterator[Problem]:
    """Find clinicians listed for care that their license does not cover."""
    covered = {f"{r['license']} {r['need']}" for r in shipped.rows("eligibility")}
    for table in ("clinicians", "network"):
        rows = tables.rows(table, "license", "needs").with_columns(
            pl.col("needs").str.split(";")
        )
        rows = rows.explode("needs").filter(
            ~pl.concat_str("license", "needs", separator=" ").is_in(sorted(covered))
        )
        message = pl.format("license {} does not cover {}", "license", "needs")
        yield from tables.tell(table, "needs", rows, message)


def demand_nobody_serves(tables: Tables) -> Iterator[Problem]:
    """Find demand in a language that no clinician or network therapist has."""
    spoken: set[str] = set()
    for table in ("clinicians", "network"):
        for cell in tables.rows(table, "languages")["languages"].unique():
            spoken.update(cell.split(";"))
    rows = tables.rows("demand", "language", "referrals_per_week")
    rows = rows.filter(
        ~pl.col("language").is_in(sorted(spoken)) & (pl.col("referrals_per_week") > 0)
    )
    message = pl.format("nobody treats in {}; these referrals will wait", "language")
    yield from tables.tell("demand", "language", rows, message)


def clinicians_without_patients(tables: Tables) -> Iterator[Problem]:
    """Say how many clinicians have nobody in treatment."""
    seen = tables.rows("patients", "clinician_id")["clinician_id"]
    rows = tables.rows("clinicians", "clinician_id")
    idle = rows.filter(~pl.col("clinician_id").is_in(seen.implode()))
    if idle.height and rows.height:
        message = f"{idle.height:,} of {rows.height:,} clinicians have no patient"
        line = int(idle[LINE][0])
        yield Problem(tables.sources["clinicians"], line, "clinician_id", message)


def appointments_on_the_wrong_side(tables: Tables) -> Iterator[Problem]:
    """Find visits already held in the plan's time, and booked ones before it."""
    if tables.first_day is None:
        return
    start = datetime.combine(
        tables.first_day, datetime.min.time(), tzinfo=tables.calendar.zone
    ).astimezone(UTC)
    rows = tables.rows("appointments", "start", "status")
    late = rows.filter(
        (pl.col("start") >= start) & pl.col("status").is_in(["attended", "no_show"])
    )
    message = pl.format("{}, although the plan has not begun then", "status")
    yield from tables.tell("appointments", "status", late, message)
    early = rows.filter((pl.col("start") < start) & (pl.col("status") == "booked"))
    asked = "booked before the plan begins; what became of it?"
    yield from tables.tell("appointments", "status", early, asked)


def appointments_in_an_absence(tables: Tables) -> Iterator[Problem]:
    """Find booked appointments of clinicians who are away that day."""
    absences = tables.optional("absences", ("clinician_id", "first_day"), "last_day")
    rows = tables.rows("appointments", "clinician_id", "start", "status")
    rows = rows.filter(pl.col("status") == "booked").join(
        absences.drop(LINE), on="clinician_id"
    )
    local = pl.col("start").dt.convert_time_zone(tables.calendar.time_zone)
    rows = rows.filter(
        (local.dt.date() >= pl.col("first_day"))
        & (pl.col("last_day").is_null() | (local.dt.date() <= pl.col("last_day")))
    )
    message = pl.format("{} is away that day", "clinician_id")
    yield from tables.tell("appointments", "start", rows, message)


def contract_not_yet_in_force(tables: Tables) -> Iterator[Problem]:
    """Find a contract in force that takes effect after the plan begins."""
    contract = tables.contracts.get(tables.settings.get("contract_in_force") or "")
    first = tables.first_day
    if contract and first and contract.effective > first:
        message = f"takes effect on {contract.effective}, after the first day {first}"
        yield tables.setting("contract_in_force", message)


DOUBTS = (
    languages_nobody_listed,
    counties_of_one_table,
    patients_their_therapist_does_not_suit,
    care_a_license_does_not_cover,
    demand_nobody_serves,
    clinicians_without_patients,
    appointments_on_the_wrong_side,
    appointments_in_an_absence,
    contract_not_yet_in_force,
    notice_shorter_than_the_law_asks,
    *WEEK_DOUBTS,
    *PROPORTIONS,
)
"""Every question worth asking of a sound system."""
