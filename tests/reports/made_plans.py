"""Plans made for the tests: the shape is real, the numbers are invented."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from caretime.model.care import Absence
from caretime.model.incident import GroupCover, Incident, Series, Substitute
from caretime.model.matching import (
    LEVELS,
    LeftOut,
    Level,
    Match,
    Matching,
    MatchPolicy,
    Price,
    Scarce,
)
from caretime.model.people import Patient
from caretime.model.strike import (
    Booking,
    HomeGoing,
    NextContact,
    Proof,
    Recovery,
    RecoveryWeek,
    StrikePlan,
)
from caretime.model.system import CareSystem
from caretime.simulation import make_system
from caretime.tables import rows

MONDAY = date(2024, 10, 21)
WEEKS = 4
COUNTIES = {
    "Los Angeles": 46,
    "San Diego": 15,
    "Orange": 14,
    "Riverside": 11,
    "San Bernardino": 10,
    "Kern": 4,
}
LANGUAGES = {
    "en": 884,
    "es": 87,
    "zh": 8,
    "vi": 5,
    "ko": 4,
    "hy": 3,
    "ru": 1,
    "pa": 0.1,
}
AGES = {"adult": 64, "teen": 12, "child": 12, "older": 12}
NEEDS = {"therapy": 88, "substance_use": 7, "medication": 5}
TIERS = {1: 10, 2: 27, 3: 63}
REASONS = ("all_taken", "no_language", "too_far", "no_license", "telehealth_consent")
RELAXATIONS = ("other_weeks", "telehealth", "farther", "intake_lent", "risk_tier")
THERAPISTS = 40


def made_plan(
    patients: int = 3000, *, seed: int = 1, dated: bool = True
) -> tuple[StrikePlan, CareSystem]:
    """Build a plan and its system; the same arguments give the same numbers."""
    draw = random.Random(seed)
    people = _people(patients, draw)
    system = _system(people, patients)
    series = tuple(_series(person, draw) for person in people)
    matches = tuple(_match(one, draw) for one in series)
    gone = sorted({one.clinician_id for one in series})
    plan = StrikePlan(
        incident=Incident(
            "I-1",
            MONDAY,
            MONDAY - timedelta(days=11),
            (0.6, 0.6, 0.55, 0.5),
            shares_low=(0.5, 0.5, 0.45, 0.4),
            shares_high=(0.7, 0.7, 0.65, 0.6),
        ),
        policy=MatchPolicy(horizon_weeks=WEEKS),
        monday=MONDAY,
        weeks=WEEKS,
        seed=seed,
        version="2026.1",
        inputs_hash="c0ffee" * 10 + "beef",
        absent=tuple(
            Absence(who, MONDAY, MONDAY + timedelta(days=7 * WEEKS - 1)) for who in gone
        ),
        series=series,
        substitutes=_substitutes(matches, patients),
        groups=_groups(people),
        matching=_matching(people, series, matches, draw),
    )
    contacts = _contacts(people, plan)
    if not dated:
        return replace(plan, contacts=contacts), system
    return replace(
        plan,
        bookings=_bookings(plan, draw),
        contacts=contacts,
        home=_home(plan, draw),
        recovery=made_recovery(),
    ), system


def made_proof(plan: StrikePlan) -> Proof:
    """Say that a verifier worked the same out again."""
    matching = plan.matching
    checked = {"series": len(plan.series), "prices": len(matching.prices)}
    return Proof((), matching.value, matching.bound, matching.levels, checked)


def made_recovery(*, ended_share: float = 0.9) -> Recovery:
    """Work a backlog off in ten weeks."""
    first = MONDAY + timedelta(weeks=WEEKS)
    return Recovery(
        tuple(
            RecoveryWeek(first + timedelta(weeks=k), 5000 - 500 * k, 600, 500)
            for k in range(10)
        ),
        (
            first + timedelta(weeks=7),
            first + timedelta(weeks=10),
            None if ended_share < 0.95 else first + timedelta(weeks=14),
        ),
        ended_share,
        20,
    )


def with_outcomes(plan: StrikePlan, outcomes: Sequence[str]) -> StrikePlan:
    """Give the first patients of a plan these outcomes and keep the rest."""
    found = list(plan.matching.matches)
    for k, outcome in enumerate(outcomes):
        found[k] = replace(found[k], outcome=outcome, substitute_id="", kind="")
    return replace(plan, matching=replace(plan.matching, matches=tuple(found)))


@cache
def _zips() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows("zip_centroids"):
        found.setdefault(row["county"], []).append(row["zip"])
    return found


def _of(draw: random.Random, weights: dict, count: int) -> list:
    return draw.choices(list(weights), list(weights.values()), k=count)


def _people(count: int, draw: random.Random) -> tuple[Patient, ...]:
    zips = _zips()
    columns = zip(
        _of(draw, COUNTIES, count),
        _of(draw, AGES, count),
        _of(draw, LANGUAGES, count),
        _of(draw, NEEDS, count),
        _of(draw, TIERS, count),
        _of(draw, {1: 2, 2: 5, 3: 2, 4: 2}, count),
        draw.choices(range(max(1, count // 44)), k=count),
        strict=True,
    )
    return tuple(
        Patient(
            patient_id=f"P-{k:06}",
            county=county,
            zip=draw.choice(zips[county]),
            age_group=age,
            language=language,
            need=need,
            risk_tier=tier,
            clinician_id=f"C-{who:05}",
            interval_weeks=interval,
            visits_attended=5,
            modality="either",
            telehealth_consent=True,
            has_phone=draw.random() > 0.02,
            has_email=draw.random() > 0.3,
        )
        for k, (county, age, language, need, tier, interval, who) in enumerate(columns)
    )


def _system(people: tuple[Patient, ...], count: int) -> CareSystem:
    small = make_system("clinic-of-eight", seed=1)
    one, therapist, site = small.clinicians[0], small.network[0], small.clinics[0]
    return replace(
        small,
        name="Southern valley (made up)",
        first_day=MONDAY,
        patients=people,
        appointments=(),
        clinicians=tuple(
            replace(one, clinician_id=f"C-{k:05}", supervisor_id=None)
            for k in range(max(1, count // 26))
        ),
        network=tuple(
            replace(therapist, therapist_id=f"N-{k:05}", acceptance=0.8)
            for k in range(max(THERAPISTS, count // 5))
        ),
        clinics=(
            replace(site, county="Los Angeles", latitude=34.09, longitude=-118.29),
            replace(site, clinic_id="S-02", latitude=32.79, longitude=-117.09),
        ),
        groups=(),
        group_members=(),
    )


def _series(person: Patient, draw: random.Random) -> Series:
    first = MONDAY + timedelta(days=draw.choice((0, 1, 2, 3, 4, 7, 8, 9, 10, 11)))
    week = (first - MONDAY).days // 7
    intake = draw.random() < 0.06
    return Series(
        patient_id=person.patient_id,
        clinician_id=person.clinician_id,
        visit_type="intake" if intake else "return",
        appointment_id="",
        first_due=first,
        limit_day=first + timedelta(days=draw.choice((0, 4, 8))),
        standard_id="ca-intake" if intake else "ca-follow-up",
        weeks=tuple(range(week, WEEKS, person.interval_weeks)),
        interval_weeks=person.interval_weeks,
        risk_tier=person.risk_tier,
    )


def _match(one: Series, draw: random.Random) -> Match:
    chance = draw.random()
    placed = {1: 0.9, 2: 0.6, 3: 0.25}[one.risk_tier]
    if chance > placed:
        waits = chance > 0.98
        return Match(one.patient_id, "waits" if waits else "left_out")
    network = draw.random() < 0.3
    late = draw.random() < 0.2
    number = draw.randrange(THERAPISTS)
    return Match(
        patient_id=one.patient_id,
        outcome="placed",
        substitute_id=f"N-{number:05}" if network else f"C-{number:05}",
        kind="network" if network else "in_house",
        weeks=tuple(w + late for w in one.weeks if w + late < WEEKS),
        within_limit=not late,
        points=draw.randrange(300),
        telehealth=draw.random() < 0.6,
        miles=round(draw.random() * 15, 1),
    )


def _substitutes(matches: tuple[Match, ...], count: int) -> tuple[Substitute, ...]:
    least = max(1, count // 400)
    return tuple(
        Substitute(f"{letter}-{k:05}", kind, (each, each, each, each))
        for letter, kind, each in (("C", "in_house", 3 * least), ("N", "network", 1))
        for k in range(THERAPISTS)
    )


def _groups(people: tuple[Patient, ...]) -> tuple[GroupCover, ...]:
    kinds = ("co_leader", "substitute", "none", "none")
    return tuple(
        GroupCover(
            group_id=f"G-{k:04}",
            leader_id=f"C-{k:05}",
            sessions=tuple(
                MONDAY + timedelta(days=7 * w + k % 5) for w in range(WEEKS)
            ),
            patient_ids=tuple(p.patient_id for p in people[8 * k : 8 * k + 8]),
            cover=kinds[k % 4],
            substitute_id="" if kinds[k % 4] == "none" else "C-00001",
            reason="no_leader" if kinds[k % 4] == "none" else "",
        )
        for k in range(min(12, len(people) // 8))
    )


def _matching(
    people: tuple[Patient, ...],
    series: tuple[Series, ...],
    matches: tuple[Match, ...],
    draw: random.Random,
) -> Matching:
    out = [
        (s, p)
        for s, m, p in zip(series, matches, people, strict=True)
        if m.outcome == "left_out"
    ]
    left_out = []
    for one, person in out:
        reason = "no_language" if person.language not in ("en", "es") else _reason(draw)
        relaxation = (
            "out_of_network" if reason == "all_taken" else draw.choice(RELAXATIONS)
        )
        left_out.append(
            LeftOut(
                one.patient_id,
                reason,
                draw.randrange(30) if reason == "all_taken" else 0,
                relaxation,
                0 if relaxation == "out_of_network" else draw.randrange(1, 60),
                f"{reason} in words; {relaxation} in words",
            )
        )
    values = {
        name: sum(
            s.risk_tier == tier
            and (m.outcome == "left_out" if what == "left_out" else _late(m))
            for s, m in zip(series, matches, strict=True)
        )
        for tier in (1, 2, 3)
        for what in ("left_out", "late")
        for name in (f"tier_{tier}_{what}",)
    }
    values |= {"moved_after_offer": 0, "points": sum(m.points for m in matches)}
    slack = {"tier_3_late": 7, "points": 321}
    levels = tuple(
        Level(name, values[name], max(0, values[name] - slack.get(name, 0)))
        for name in LEVELS
    )
    return Matching(
        status="within_gap",
        matches=matches,
        levels=levels,
        value=sum(level.value * LEVELS[level.name] for level in levels),
        bound=sum(level.bound * LEVELS[level.name] for level in levels),
        prices=tuple(
            Price(f"C-{k:05}", 0, LEVELS["tier_3_left_out"]) for k in range(9)
        ),
        left_out=tuple(left_out),
        scarce=made_scarce(),
        seed=1,
        version="2026.1",
        inputs_hash="c0ffee" * 10 + "beef",
    )


def made_scarce() -> tuple[Scarce, ...]:
    """Name five sorts of places that are short."""
    both, adult = ("LCSW", "LMFT"), "adult"
    sorts = (
        (both, "es", "Los Angeles", "child", "therapy", (14, 60, 90), 38),
        (("LMFT",), "hy", "telehealth", adult, "therapy", (12, 30, 41), 38),
        (("PSYCHIATRIST",), "en", "Kern", adult, "medication", (0, 40, 70), 30),
        (("LCSW",), "en", "Riverside", "teen", "therapy", (0, 0, 120), 22),
        (("LCSW",), "ru", "Orange", "older", "therapy", (0, 2, 3), 30),
    )
    return tuple(
        Scarce(*sort, county == "telehealth", out, 1 << power)
        for *sort, out, power in sorts
        for county in (sort[2],)
    )


def _reason(draw: random.Random) -> str:
    return draw.choices(REASONS, (70, 10, 10, 5, 5))[0]


def _late(match: Match) -> bool:
    return match.outcome == "placed" and not match.within_limit


def _bookings(plan: StrikePlan, draw: random.Random) -> tuple[Booking, ...]:
    found = []
    for one, match in zip(plan.series, plan.matching.matches, strict=True):
        if match.outcome != "placed" or draw.random() < 0.02:
            continue
        for number, week in enumerate(match.weeks, start=1):
            day = MONDAY + timedelta(days=7 * week + one.first_due.weekday())
            found.append(
                Booking(
                    patient_id=one.patient_id,
                    substitute_id=match.substitute_id,
                    number=number,
                    start=datetime(day.year, day.month, day.day, 10),  # noqa: DTZ001
                    minutes=50,
                    modality="telehealth" if match.telehealth else "in_person",
                    place="telehealth" if match.telehealth else "S-01",
                    standing="booked" if match.kind == "in_house" else "proposed",
                    within_limit=match.within_limit or number > 1,
                )
            )
    return tuple(found)


def _contacts(people: tuple[Patient, ...], plan: StrikePlan) -> tuple[NextContact, ...]:
    found = []
    for person, one, match in zip(
        people, plan.series, plan.matching.matches, strict=True
    ):
        if not (person.has_phone or person.has_email):
            reason = "no_contact_point"
        elif match.outcome in ("waits", "left_out"):
            reason = match.outcome
        else:
            continue
        found.append(
            NextContact(
                one.patient_id, one.limit_day, reason, match.outcome != "placed"
            )
        )
    return tuple(found)


def _home(plan: StrikePlan, draw: random.Random) -> tuple[HomeGoing, ...]:
    back = MONDAY + timedelta(weeks=WEEKS)
    found = []
    for one, match in zip(plan.series, plan.matching.matches, strict=True):
        if match.outcome != "placed":
            continue
        stays = draw.random() < 0.15
        found.append(
            HomeGoing(
                one.patient_id,
                one.clinician_id,
                match.substitute_id,
                "stays" if stays else "home",
                "own_choice" if stays else "clinician_returns",
                1,
                None if stays else back + timedelta(days=draw.randrange(5)),
            )
        )
    return tuple(found)
