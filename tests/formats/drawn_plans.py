"""Hypothesis builders of plans for an incident: small, and anything in them."""

from __future__ import annotations

from hypothesis import strategies as st

from caretime.model.care import Absence
from caretime.model.incident import GROUP_COVERS, GroupCover, Series, Substitute
from caretime.model.matching import (
    LEVELS,
    MATCHING_STATUSES,
    OUTCOMES,
    LeftOut,
    Level,
    Match,
    Matching,
    MatchPolicy,
    Price,
    Scarce,
)
from caretime.model.people import AGE_GROUPS
from caretime.model.request import EXCEPTION_KINDS, Extension
from caretime.model.strike import (
    ANSWERS,
    CONTACT_REASONS,
    UNTIMED_REASONS,
    Answer,
    Booking,
    HomeGoing,
    NextContact,
    Recovery,
    RecoveryWeek,
    StrikePlan,
    Untimed,
    Update,
)
from caretime.model.way_back import (
    EXTRA_SOURCES,
    CaughtUp,
    ExtraOpenings,
    RecoveryPart,
)
from strategies import (
    INDEPENDENT,
    LANGUAGES,
    NEEDS,
    ZONES,
    days,
    ids,
    incidents,
    moments,
    mondays,
    shares,
    some,
    texts,
)

codes = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True)
counts = st.integers(0, 10_000)
weights = st.integers(0, 1 << 56)
weeks = st.lists(st.integers(0, 16), max_size=4).map(tuple)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
notes = st.text(max_size=12)
"""Anything at all: a note stands in JSON, which holds line ends and quotes."""


def rows(
    noun: st.SearchStrategy, key: str | None = None, most: int = 3
) -> st.SearchStrategy[tuple]:
    """Draw a few rows of a table; none shares its key with another."""
    unique = None if key is None else lambda one: getattr(one, key)
    return st.lists(noun, max_size=most, unique_by=unique).map(tuple)


absences = st.builds(Absence, ids, days, st.none() | days)
substitutes = st.builds(
    Substitute, ids, st.sampled_from(("in_house", "network")), weeks, weeks
)
series = st.builds(
    Series,
    patient_id=ids,
    clinician_id=ids,
    visit_type=st.sampled_from(("return", "intake")),
    appointment_id=st.just("") | ids,
    first_due=days,
    limit_day=days,
    standard_id=ids,
    weeks=weeks,
    interval_weeks=st.integers(1, 52),
    risk_tier=st.integers(1, 3),
)
groups = st.builds(
    GroupCover,
    group_id=ids,
    leader_id=ids,
    sessions=st.lists(days, max_size=3, unique=True).map(tuple),
    patient_ids=st.lists(ids, max_size=3, unique=True).map(tuple),
    cover=st.sampled_from(GROUP_COVERS),
    substitute_id=st.just("") | ids,
    reason=st.just("") | codes,
)
matches = st.builds(
    Match,
    patient_id=ids,
    outcome=st.sampled_from(OUTCOMES),
    substitute_id=st.just("") | ids,
    kind=st.sampled_from(("", "in_house", "network")),
    weeks=weeks,
    within_limit=st.booleans(),
    points=st.integers(0, 1023),
    telehealth=st.booleans(),
    miles=st.floats(0, 500),
    pinned=st.booleans(),
)
left_out = st.builds(
    LeftOut, ids, codes, counts, st.just("") | codes, counts, st.just("") | texts
)
scarce = st.builds(
    Scarce,
    licenses=some(INDEPENDENT),
    language=st.sampled_from(LANGUAGES),
    county=texts,
    age_group=st.sampled_from(AGE_GROUPS),
    need=st.sampled_from(NEEDS),
    telehealth=st.booleans(),
    left_out=st.tuples(counts, counts, counts),
    price=weights,
)
prices = st.lists(
    st.builds(Price, ids, st.integers(0, 15), weights),
    max_size=3,
    unique_by=lambda price: (price.substitute_id, price.week),
).map(tuple)
matchings = st.builds(
    Matching,
    status=st.sampled_from(MATCHING_STATUSES),
    matches=rows(matches, "patient_id"),
    levels=st.just(())
    | st.tuples(*(st.builds(Level, st.just(n), counts, counts) for n in LEVELS)),
    value=st.integers(0, 1 << 70),
    bound=st.integers(0, 1 << 70),
    prices=prices,
    left_out=rows(left_out, "patient_id"),
    scarce=rows(scarce),
    seed=counts,
    version=texts,
    inputs_hash=hashes,
    work=counts,
)
contacts = st.builds(
    NextContact, ids, days, st.sampled_from(CONTACT_REASONS), st.booleans()
)
untimed = st.builds(
    Untimed,
    ids,
    st.integers(1, 9),
    st.integers(0, 15),
    st.sampled_from(UNTIMED_REASONS),
)
known = st.builds(
    Update,
    answers=st.just(()),
    pins=st.dictionaries(ids, st.just("") | ids, max_size=2),
    returned=st.dictionaries(ids, days, max_size=2),
    absent=rows(absences),
    openings=st.dictionaries(ids, weeks, max_size=2),
    choices=st.dictionaries(ids, st.sampled_from(("home", "stays")), max_size=2),
    still_planned=st.dictionaries(ids, counts, max_size=2),
)
home = st.builds(
    HomeGoing,
    ids,
    ids,
    st.just("") | ids,
    st.sampled_from(("home", "stays")),
    codes,
    st.integers(1, 99),
    st.none() | days,
)
recoveries = st.builds(
    Recovery,
    weeks=rows(st.builds(RecoveryWeek, mondays, counts, counts, counts)),
    ends=st.tuples(*[st.none() | days] * 3),
    ended_share=shares,
    replications=counts,
    people=rows(
        st.builds(
            CaughtUp,
            ids,
            ids,
            st.sampled_from(("return", "intake")),
            st.integers(1, 99),
            st.none() | days,
            st.booleans(),
        )
    ),
    extras=rows(
        st.builds(
            ExtraOpenings,
            st.sampled_from(EXTRA_SOURCES),
            st.lists(ids, max_size=2).map(tuple),
            counts,
            notes,
        )
    ),
    parts=rows(
        st.builds(
            RecoveryPart,
            st.sampled_from(("returns", "intakes")),
            st.lists(st.tuples(counts, counts, counts), max_size=2).map(tuple),
            st.tuples(*[st.none() | days] * 3),
            shares,
            st.lists(st.tuples(shares, shares, shares), max_size=2).map(tuple),
        )
    ),
    fed=st.dictionaries(codes, st.floats(-1e9, 1e9), max_size=2),
)


def bookings(zone: str) -> st.SearchStrategy[Booking]:
    """Draw a dated visit of a zone."""
    return st.builds(
        Booking,
        patient_id=ids,
        substitute_id=ids,
        number=st.integers(1, 9),
        start=moments(zone),
        minutes=st.integers(5, 480),
        modality=st.sampled_from(("in_person", "telehealth")),
        place=st.just("") | texts,
        standing=st.sampled_from(("booked", "proposed")),
        within_limit=st.booleans(),
    )


def answers(zone: str) -> st.SearchStrategy[Answer]:
    """Draw an answer of a zone, with or without a clinician's note."""
    moment = st.none() | moments(zone)
    note = st.builds(
        Extension,
        st.sampled_from(EXCEPTION_KINDS),
        st.just("") | codes,
        moment,
        notes,
        st.just("") | codes,
        moment,
    )
    return st.builds(
        Answer,
        ids,
        st.sampled_from(ANSWERS),
        moments(zone),
        st.none() | note,
        st.just("") | ids,
    )


@st.composite
def plans(draw: st.DrawFn) -> StrikePlan:
    """Draw a plan; its tables need not fit each other to be written and read."""
    zone = draw(st.sampled_from(ZONES))
    return StrikePlan(
        incident=draw(incidents),
        policy=draw(st.builds(MatchPolicy, st.integers(1, 16), st.booleans(), shares)),
        monday=draw(mondays),
        weeks=draw(st.integers(1, 16)),
        seed=draw(counts),
        version=draw(texts),
        inputs_hash=draw(hashes),
        absent=draw(rows(absences)),
        series=draw(rows(series, "patient_id")),
        substitutes=draw(rows(substitutes)),
        groups=draw(rows(groups, "group_id")),
        matching=draw(matchings),
        bookings=draw(rows(bookings(zone), "patient_id")),
        contacts=draw(rows(contacts)),
        answers=draw(rows(answers(zone))),
        offered=draw(st.dictionaries(ids, st.just("") | ids, max_size=3)),
        home=draw(rows(home, "patient_id")),
        recovery=draw(st.none() | recoveries),
        untimed=draw(rows(untimed, "patient_id")),
        contract_id=draw(st.just("") | ids),
        roster_hash=draw(st.just("") | hashes),
        known=draw(known),
    )
