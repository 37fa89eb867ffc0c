"""Tiny care systems with a few patients, substitutes and weeks; and plans for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from caretime.continuity.absent import absent
from caretime.continuity.affected import series_of
from caretime.model.care import Appointment
from caretime.model.incident import Incident, Series, Substitute
from caretime.model.matching import (
    LEVELS,
    LeftOut,
    Level,
    Match,
    Matching,
    MatchPolicy,
    Price,
)
from caretime.model.people import Clinic, Clinician, NetworkTherapist, Patient
from caretime.model.strike import NextContact, StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.simulation import make_system

MOST_PATIENTS, MOST_SUBSTITUTES, MOST_WEEKS = 6, 4, 3

MONDAY = date(2024, 10, 21)
CLINICS = (
    Clinic("S-1", "Los Angeles", "90017", 34.05, -118.26, 9, 420, 1140),
    Clinic("S-2", "Los Angeles", "91401", 34.18, -118.43, 9, 420, 1140),
)
HOMES = ("90017", "91401", "90731")
"""At the first clinic, at the second, and too far from both to come in person."""


@dataclass(frozen=True)
class Tiny:
    """A tiny system in which everybody who treats is away, beside substitutes."""

    system: CareSystem = field(repr=False)
    incident: Incident
    substitutes: tuple[Substitute, ...]
    weeks: int
    policy: MatchPolicy = field(default_factory=MatchPolicy)

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        """Print what differs from case to case, without the whole system."""
        printer.text(
            f"Tiny(patients={self.system.patients}, substitutes={self.substitutes}, "
            f"people={self.system.clinicians[2:] + self.system.network}, "
            f"series={self.series})"
        )

    @property
    def contract(self) -> Contract:
        return self.system.contracts[self.system.contract_in_force]

    @property
    def series(self) -> tuple[Series, ...]:
        absences = absent(self.system, self.incident)
        return series_of(self.system, absences, monday=MONDAY, weeks=self.weeks)

    @property
    def update(self) -> Update:
        """Openings as drawn, in place of those that the contract's week has."""
        return Update(openings={s.substitute_id: s.openings for s in self.substitutes})


@cache
def base() -> CareSystem:
    clinic = make_system("clinic-of-eight", seed=1)
    return replace(
        clinic,
        first_day=MONDAY,
        clinics=CLINICS,
        groups=(),
        group_members=(),
        absences=(),
        incidents=(),
        unavailable=(),
        work_places=(),
        cover=(),
        team_meetings=(),
    )


def clinician(who: str, **changes: object) -> Clinician:
    plain = Clinician(
        who, "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "S-1", 0.5, None,
        date(2020, 1, 1), "therapist", 1, False,
    )  # fmt: skip
    return replace(plain, **changes)


def therapist(who: str, **changes: object) -> NetworkTherapist:
    plain = NetworkTherapist(
        who, "LCSW", ("en",), ("adult",), ("therapy",), "Los Angeles", "90017",
        34.05, -118.26, True, 1.0, 12_000, 0.9,
    )  # fmt: skip
    return replace(plain, **changes)


def patient(who: str, **changes: object) -> Patient:
    plain = Patient(
        who, "Los Angeles", "90017", "adult", "en", "therapy", 3, "OWN-1", 2, 5,
        "either", True, True, True,
    )  # fmt: skip
    return replace(plain, **changes)


def tiny(
    patients: Sequence[Patient],
    substitutes: Mapping[str, tuple[int, ...]],
    *,
    people: Sequence[Clinician | NetworkTherapist] = (),
    first: Mapping[str, tuple[int, int]] | None = None,
    asked_before: Mapping[str, int] | None = None,
    intakes: Mapping[str, tuple[int, ...]] | None = None,
    new: Collection[str] = (),
    policy: MatchPolicy | None = None,
) -> Tiny:
    """
    Make a tiny system; substitutes named ``H...`` are in-house, ``N...`` outside.

    ``first`` has week and weekday of each next visit, Monday of week 0 by default;
    ``asked_before`` days from the prior visit to it, 14 by default. ``new`` are those
    whose next visit is an intake, and ``intakes`` what is open for that in-house.
    """
    own = (
        clinician("OWN-1"),
        clinician("OWN-2", license="LMFT", clinic_id="S-2"),
    )
    known = {_id(person): person for person in people}
    found = {
        who: known.get(who) or (clinician if who[0] == "H" else therapist)(who)
        for who in substitutes
    }
    weeks = len(next(iter(substitutes.values())))
    calendar = base().calendar
    visits = []
    for one in patients:
        week, weekday = (first or {}).get(one.patient_id, (0, 0))
        day = MONDAY + timedelta(weeks=week, days=weekday)
        before = day - timedelta(days=(asked_before or {}).get(one.patient_id, 14))
        asked = calendar.at(before, 600)
        visits.append(
            Appointment(
                appointment_id=f"A-{one.patient_id}",
                patient_id=one.patient_id,
                clinician_id=one.clinician_id,
                visit_type="intake" if one.patient_id in new else "return",
                start=calendar.at(day, 600),
                minutes=50,
                modality="in_person",
                status="booked",
                requested_at=asked,
                offered_at=asked,
            )
        )
    house = tuple(p for p in found.values() if isinstance(p, Clinician))
    network = tuple(p for p in found.values() if isinstance(p, NetworkTherapist))
    return Tiny(
        replace(
            base(),
            clinicians=own + house,
            network=network,
            patients=tuple(patients),
            appointments=tuple(visits),
        ),
        Incident(
            "I-1",
            MONDAY,
            MONDAY - timedelta(days=11),
            clinician_ids=("OWN-1", "OWN-2"),
            last_day=MONDAY + timedelta(days=7 * weeks - 1),
        ),
        tuple(
            Substitute(who, "in_house", openings, (intakes or {}).get(who, ()))
            if who[0] == "H"
            else Substitute(who, "network", openings)
            for who, openings in substitutes.items()
        ),
        weeks,
        policy or MatchPolicy(),
    )


def _id(person: Clinician | NetworkTherapist) -> str:
    return person.clinician_id if isinstance(person, Clinician) else person.therapist_id


@st.composite
def tinies(draw: st.DrawFn) -> Tiny:
    """Draw a tiny system in which openings, rules and weeks all bite somewhere."""
    weeks = draw(st.integers(1, MOST_WEEKS))
    languages = st.sampled_from((("en",), ("en",), ("es",), ("en", "es")))
    patients, first, asked, new = [], {}, {}, set()
    for n in range(draw(st.integers(1, MOST_PATIENTS))):
        who = f"P-{n}"
        patients.append(
            patient(
                who,
                zip=draw(st.sampled_from(HOMES)),
                language=draw(st.sampled_from(("en", "en", "es"))),
                risk_tier=draw(st.integers(1, 3)),
                clinician_id=draw(st.sampled_from(("OWN-1", "OWN-2"))),
                interval_weeks=draw(st.integers(1, 3)),
                modality=draw(st.sampled_from(("either", "in_person", "telehealth"))),
                telehealth_consent=draw(st.booleans()),
            )
        )
        first[who] = (draw(st.integers(0, weeks - 1)), draw(st.integers(0, 4)))
        asked[who] = draw(st.integers(1, 28))
        if draw(st.integers(0, 3)) == 0:
            new.add(who)
    substitutes, people, intakes = {}, [], {}
    for n in range(draw(st.integers(1, MOST_SUBSTITUTES))):
        openings = tuple(draw(st.integers(0, 2)) for _ in range(weeks))
        if draw(st.booleans()):
            who = f"H-{n}"
            intakes[who] = tuple(draw(st.integers(0, 1)) for _ in range(weeks))
            people.append(
                clinician(
                    who,
                    license=draw(st.sampled_from(("LCSW", "LMFT"))),
                    languages=draw(languages),
                    clinic_id=draw(st.sampled_from(("S-1", "S-2"))),
                    telehealth_share=draw(st.sampled_from((0.0, 0.5, 1.0))),
                )
            )
        else:
            who = f"N-{n}"
            near = draw(st.sampled_from(CLINICS))
            people.append(
                therapist(
                    who,
                    languages=draw(languages),
                    latitude=near.latitude,
                    longitude=near.longitude,
                    telehealth=draw(st.booleans()),
                    highest_risk_tier=draw(st.integers(1, 3)),
                    price_per_visit_cents=draw(st.integers(80, 200)) * 100,
                )
            )
        substitutes[who] = openings
    return tiny(
        patients,
        substitutes,
        people=people,
        first=first,
        asked_before=asked,
        intakes=intakes,
        new=new,
    )


def plan_of(
    case: Tiny,
    matches: Sequence[Match],
    *,
    prices: Sequence[Price] = (),
    bound: int = 0,
    bounds: Mapping[str, int] | None = None,
    status: str = "stopped",
) -> StrikePlan:
    """Write matches down as a plan, all told truly but for the bounds given."""
    series = case.series
    values = dict.fromkeys(LEVELS, 0)
    for one, match in zip(series, matches, strict=True):
        tier = one.risk_tier
        values[f"tier_{tier}_left_out"] += match.outcome == "left_out"
        late = match.outcome == "placed" and not match.within_limit
        values[f"tier_{tier}_late"] += late
        values["points"] += match.points
    left = tuple(m.patient_id for m in matches if m.outcome == "left_out")
    return StrikePlan(
        case.incident, case.policy, MONDAY, case.weeks, 1, "", "",
        absent(case.system, case.incident), series, case.substitutes, (),
        Matching(
            status, tuple(matches),
            tuple(Level(n, values[n], (bounds or {}).get(n, 0)) for n in LEVELS),
            sum(LEVELS[name] * values[name] for name in LEVELS), bound,
            tuple(prices),
            tuple(LeftOut(who, "all_taken", 0, "", 0, "No place.") for who in left),
            (), 1, "", "",
        ),
        contacts=tuple(NextContact(who, MONDAY, "left_out", True) for who in left),
    )  # fmt: skip
