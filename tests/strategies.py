"""Hypothesis builders for every noun: anything they make is sound."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from caretime.formats import casebook_contract, default_assumptions
from caretime.formats.assumptions import with_rows
from caretime.model.assumptions import Assumption, Assumptions
from caretime.model.calendar import Calendar
from caretime.model.care import (
    Absence,
    Appointment,
    Demand,
    Group,
    GroupMember,
)
from caretime.model.incident import Incident
from caretime.model.people import (
    AGE_GROUPS,
    MODALITIES,
    Clinic,
    Clinician,
    NetworkTherapist,
    Patient,
)
from caretime.model.standards import Standard
from caretime.model.system import CareSystem
from caretime.model.terms import STANDINGS, Contract
from caretime.model.week import Block, Template
from caretime.rules.access import load_standards, profiles

INDEPENDENT = ("LCSW", "LMFT", "LPCC", "PSYCHOLOGIST", "PMHNP", "PSYCHIATRIST")
ASSOCIATE = ("ASW", "AMFT", "APCC")
NEEDS = ("therapy", "substance_use", "medication")
LANGUAGES = ("en", "es", "zh", "vi", "hy", "ase", "yue")
ZONES = (
    "America/Los_Angeles",
    "America/New_York",
    "UTC",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
)
CONTRACTS = ("socal-2021-in-force", "socal-2024-09-union", "socal-2025-settlement")

_AWKWARD = list("aZ9éñ中Ж😀,;\"'=+-@#:&<>%|\\/{}[]*!?.")

ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}", fullmatch=True)
texts = st.builds(
    " ".join,
    st.lists(st.text(st.sampled_from(_AWKWARD), min_size=1), min_size=1, max_size=4),
)
"""Text for one cell: whatever a spreadsheet might take for something else."""

shares = st.floats(0, 1)
days = st.dates(date(2001, 1, 1), date(2099, 12, 31))
mondays = days.map(lambda day: day - timedelta(days=day.weekday()))
zips = st.from_regex(r"[0-9]{5}", fullmatch=True)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Draw one or more of the values, none twice."""
    drawn = st.lists(st.sampled_from(values), min_size=1, unique=True)
    return drawn.map(tuple)


def moments(zone: str) -> st.SearchStrategy[datetime]:
    """Draw a time of whole seconds or finer, in a zone; any offset."""
    plain = st.datetimes(datetime(2001, 1, 2), datetime(2099, 12, 30))  # noqa: DTZ001
    return plain.map(lambda m: m.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)))


def blocks() -> st.SearchStrategy[Block]:
    """Draw a block within one day of the working week."""
    return st.builds(
        lambda day, start, minutes, activity: Block(
            day * 1440 + start, min(minutes, 1440 - start), activity
        ),
        st.integers(0, 4),
        st.integers(0, 1425),
        st.integers(1, 240),
        st.sampled_from(("return", "intake", "notes", "meal", "meeting")),
    )


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """Draw a week in which no two blocks overlap."""
    chosen: list[Block] = []
    for block in draw(st.lists(blocks(), max_size=12)):
        if all(block.end <= b.start or b.end <= block.start for b in chosen):
            chosen.append(block)
    return Template(tuple(chosen))


calendars = st.builds(Calendar, st.sampled_from(ZONES), st.frozensets(days, max_size=4))

genders = st.none() | st.sampled_from(("woman", "man", "nonbinary"))
payers = st.sampled_from(("HMO", "medi-cal", "ppo"))


@st.composite
def paths(draw: st.DrawFn, clinic_id: str) -> Incident:
    """Draw an incident of shares, with a range around them or without one."""
    trios = draw(st.lists(st.tuples(shares, shares, shares).map(sorted), min_size=1))
    low, path, high = zip(*trios, strict=True)
    ranged, first_day = draw(st.booleans()), draw(days)
    return Incident(
        incident_id=draw(ids),
        first_day=first_day,
        notice_day=first_day - timedelta(days=draw(st.integers(0, 30))),
        shares=path,
        clinic_ids=draw(st.just(()) | st.just((clinic_id,))),
        shares_low=low if ranged else (),
        shares_high=high if ranged else (),
        open_ended=draw(st.booleans()),
    )


@st.composite
def named_lists(draw: st.DrawFn, clinician_id: str) -> Incident:
    """Draw an incident of one named clinician."""
    first_day = draw(days)
    last_day = draw(st.none() | st.just(first_day + timedelta(days=13)))
    return Incident(
        incident_id=draw(ids),
        first_day=first_day,
        notice_day=first_day,
        clinician_ids=(clinician_id,),
        last_day=last_day,
        open_ended=last_day is None,
    )


incidents = st.one_of(paths("S-1"), named_lists("C-1"))

clinics = st.builds(
    Clinic,
    ids,
    texts,
    zips,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.integers(0, 1000),
    st.integers(0, 8 * 60),
    st.integers(20 * 60, 24 * 60),
)

clinicians = st.builds(
    Clinician,
    clinician_id=ids,
    license=st.sampled_from(INDEPENDENT),
    languages=some(LANGUAGES),
    ages=some(AGE_GROUPS),
    needs=some(NEEDS),
    fte=st.floats(0.05, 1),
    clinic_id=ids,
    telehealth_share=shares,
    supervisor_id=st.none(),
    hired_on=st.dates(date(1950, 1, 1), date(2000, 12, 31)),
    unit=texts,
    step=st.integers(0, 40),
    leads_groups=st.booleans(),
    gender=genders,
)

network_therapists = st.builds(
    NetworkTherapist,
    therapist_id=ids,
    license=st.sampled_from(INDEPENDENT),
    languages=some(LANGUAGES),
    ages=some(AGE_GROUPS),
    needs=some(NEEDS),
    county=texts,
    zip=zips,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    telehealth=st.booleans(),
    openings_per_week=st.floats(0, 60),
    price_per_visit_cents=st.integers(0, 1_000_000),
    acceptance=shares,
    gender=genders,
    payers=st.just(()) | some(("HMO", "medi-cal", "ppo")),
    highest_risk_tier=st.integers(1, 3),
)

patients = st.builds(
    Patient,
    patient_id=ids,
    county=texts,
    zip=zips,
    age_group=st.sampled_from(AGE_GROUPS),
    language=st.sampled_from(LANGUAGES),
    need=st.sampled_from(NEEDS),
    risk_tier=st.integers(1, 3),
    clinician_id=ids,
    interval_weeks=st.integers(1, 52),
    visits_attended=st.integers(0, 5000),
    modality=st.sampled_from(MODALITIES),
    telehealth_consent=st.booleans(),
    has_phone=st.booleans(),
    has_email=st.booleans(),
    gender_preference=genders,
    payer=st.none() | payers,
)

demands = st.builds(
    Demand,
    county=texts,
    age_group=st.sampled_from(AGE_GROUPS),
    language=st.sampled_from(LANGUAGES),
    need=st.sampled_from(NEEDS),
    referrals_per_week=st.floats(0, 1e6),
    dispersion=st.floats(1, 100),
)

contracts = st.one_of(
    st.sampled_from(CONTRACTS).map(casebook_contract),
    st.builds(
        Contract,
        contract_id=ids.map(lambda text: f"made-{text}"),
        title=texts,
        effective=days,
        standing=st.sampled_from(STANDINGS),
        source=texts,
        clauses=st.just(()),
    ),
)

standards = st.builds(
    Standard,
    standard_id=ids,
    profile=ids,
    clock=st.sampled_from(("intake", "first_treatment", "follow_up", "urgent")),
    provider=st.sampled_from(("non_physician", "physician", "any")),
    starts=st.sampled_from(("request", "prior_visit")),
    limit=st.integers(0, 10_000),
    unit=st.sampled_from(("business_days", "calendar_days", "hours")),
    prior_authorization=st.booleans(),
    target_share=shares,
    citation=texts,
)


@st.composite
def assumption_tables(draw: st.DrawFn) -> Assumptions:
    """Draw the shipped table with one value changed and one side's row more."""
    table = default_assumptions()
    name = draw(st.sampled_from(sorted(table)))
    table = table.with_value(name, draw(st.floats(-1e9, 1e9)))
    row = table.row(draw(st.sampled_from(sorted(table))))
    low, value, high = sorted(draw(st.tuples(*[st.floats(-1e9, 1e9)] * 3)))
    side = Assumption(row.name, value, low, high, row.unit, draw(texts), "union")
    return with_rows(table, [side])


@st.composite
def appointment_books(
    draw: st.DrawFn, people: tuple[Patient, ...], calendar: Calendar
) -> tuple[Appointment, ...]:
    """Draw appointments on working days, none overlapping, hourly from 8 to 16."""
    next_slot: Counter[str] = Counter()
    first = draw(mondays)
    book = []
    for number, who in enumerate(draw(st.lists(st.sampled_from(people), max_size=8))):
        slot = next_slot[who.clinician_id]
        next_slot[who.clinician_id] += 1
        day = calendar.add_business_days(first - timedelta(days=1), 1 + slot // 8)
        start = calendar.at(day, 60 * (8 + slot % 8))
        asked = draw(st.none() | st.timedeltas(timedelta(0), timedelta(days=90)))
        book.append(
            Appointment(
                appointment_id=f"A{number}",
                patient_id=who.patient_id,
                clinician_id=who.clinician_id,
                visit_type=draw(st.sampled_from(("intake", "return", "urgent"))),
                start=start,
                minutes=draw(st.integers(5, 60)),
                modality=draw(st.sampled_from(MODALITIES[:2])),
                status=draw(st.sampled_from(("booked", "attended", "cancelled"))),
                requested_at=None if asked is None else start - asked,
                offered_at=draw(st.none() | st.just(start - (asked or timedelta(0)))),
            )
        )
    return tuple(book)


def _staff(draw: st.DrawFn, sites: list[Clinic]) -> tuple[Clinician, ...]:
    """Draw clinicians of the sites; associates have a supervisor."""
    drawn = draw(_lists(clinicians, "clinician_id", 1))
    staff = [
        replace(c, clinic_id=draw(st.sampled_from(sites)).clinic_id) for c in drawn
    ]
    for place, one in enumerate(staff[1:], start=1):
        if draw(st.booleans()):
            license_code = draw(st.sampled_from(ASSOCIATE))
            staff[place] = replace(
                one, license=license_code, supervisor_id=staff[0].clinician_id
            )
    return tuple(staff)


def _lists(one: st.SearchStrategy, key: str, least: int = 0) -> st.SearchStrategy:
    return st.lists(
        one, min_size=least, max_size=4, unique_by=lambda noun: getattr(noun, key)
    )


def _groups(
    draw: st.DrawFn, staff: tuple[Clinician, ...], people: tuple[Patient, ...]
) -> tuple[tuple[Group, ...], tuple[GroupMember, ...]]:
    """Draw at most one group a leader, and its members."""
    groups, members = [], []
    for number, leader in enumerate(c for c in staff if c.leads_groups):
        group = Group(
            group_id=f"G{number}",
            leader_id=leader.clinician_id,
            co_leader_id=None,
            weekday=draw(st.integers(0, 4)),
            start=draw(st.integers(8 * 60, 18 * 60)),
            minutes=draw(st.integers(5, 120)),
            seats=draw(st.integers(4, 100)),
            age_group=draw(st.sampled_from(AGE_GROUPS)),
            language=draw(st.sampled_from(LANGUAGES)),
            need=draw(st.sampled_from(NEEDS)),
        )
        groups.append(group)
        members += [GroupMember(group.group_id, p.patient_id) for p in people]
    return tuple(groups), tuple(members)


@st.composite
def systems(draw: st.DrawFn) -> CareSystem:
    """Draw a sound care system of a few people, with awkward text in it."""
    calendar = draw(calendars)
    sites = draw(_lists(clinics, "clinic_id", 1))
    staff = _staff(draw, sites)
    people = tuple(
        replace(p, clinician_id=draw(st.sampled_from(staff)).clinician_id)
        for p in draw(_lists(patients, "patient_id"))
    )
    groups, members = _groups(draw, staff, people)
    terms = {
        c.contract_id: c for c in draw(st.lists(contracts, min_size=1, max_size=2))
    }
    jurisdiction = draw(st.sampled_from(profiles()))
    first_day = draw(mondays)
    own = draw(st.none() | _lists(standards, "standard_id", 1))
    return CareSystem(
        name=draw(texts),
        first_day=first_day,
        members=draw(st.integers(1, 10**9)),
        jurisdiction=jurisdiction,
        contract_in_force=draw(st.sampled_from(sorted(terms))),
        pooling=draw(st.sampled_from(("site", "county", "region"))),
        calendar=calendar,
        clinics=tuple(sites),
        clinicians=staff,
        network=tuple(draw(_lists(network_therapists, "therapist_id"))),
        patients=people,
        appointments=draw(appointment_books(people, calendar)) if people else (),
        groups=groups,
        group_members=members,
        demand=tuple(
            draw(
                st.lists(
                    demands,
                    min_size=1,
                    max_size=3,
                    unique_by=lambda d: (d.county, d.age_group, d.language, d.need),
                )
            )
        ),
        assumptions=draw(assumption_tables()),
        standards=load_standards(jurisdiction)
        if own is None
        else tuple(replace(s, profile=jurisdiction) for s in own),
        contracts=terms,
        absences=tuple(
            Absence(c.clinician_id, first_day, draw(st.none() | st.just(first_day)))
            for c in staff
            if draw(st.booleans())
        ),
        incidents=tuple(
            draw(paths(sites[0].clinic_id) | named_lists(staff[0].clinician_id))
            for _ in range(draw(st.integers(0, 1)))
        ),
        notes=tuple(draw(st.lists(texts, max_size=2))),
    )
