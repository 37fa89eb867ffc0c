"""Pairs that are decided beforehand: by an acceptance, or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from caretime.errors import Problem
from caretime.model.incident import Series, Substitute
from caretime.model.matching import Match, MatchPolicy
from caretime.model.people import Clinic, Clinician, NetworkTherapist, Patient
from caretime.model.system import CareSystem
from caretime.rules.eligibility import may_treat, ways_of_meeting
from caretime.rules.fit import fit
from caretime.rules.region import limit_miles, miles_between
from caretime.tables import rows


def moved_to(old: Match, before: Series, now: Series, weeks: int) -> Match:
    """Return a match for a series that has other visits now, as late as it was."""
    if before.weeks == now.weeks:
        return old
    delay = old.weeks[0] - before.weeks[0]
    held = tuple(w + delay for w in now.weeks if w + delay < weeks)
    return replace(old, weeks=held or now.weeks)


@dataclass
class Places:
    """The openings that decisions leave, week by week."""

    substitutes: Sequence[Substitute]
    _left: dict[str, list[int]] = field(default_factory=dict)
    _intakes: dict[str, list[int]] = field(default_factory=dict)
    _network: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for one in self.substitutes:
            self._left[one.substitute_id] = list(one.openings)
            self._intakes[one.substitute_id] = list(one.intakes)
            if one.kind == "network":
                self._network.add(one.substitute_id)

    def has(self, substitute_id: str, series: Series, weeks: Sequence[int]) -> bool:
        """Say whether the visits of a series fit into what is left."""
        used = self._used(substitute_id, series, weeks)
        return bool(used) and all(book[week] > 0 for book, week in used)

    def take(self, substitute_id: str, series: Series, weeks: Sequence[int]) -> bool:
        """Take the openings of a series, all of them or none; say whether it fits."""
        if not self.has(substitute_id, series, weeks):
            return False
        for book, week in self._used(substitute_id, series, weeks):
            book[week] -= 1
        return True

    def _used(
        self, substitute_id: str, series: Series, weeks: Sequence[int]
    ) -> list[tuple[list[int], int]]:
        """Return the openings that a series takes; none where there can be none."""
        returns = self._left.get(substitute_id)
        if returns is None or not weeks:
            return []
        if substitute_id in self._network:
            # The place that opened last: those before it can serve who begins sooner.
            opened = [w for w in range(weeks[0] + 1) if returns[w] > 0]
            return [(returns, opened[-1])] if opened else []
        if series.visit_type != "intake":
            return [(returns, week) for week in weeks]
        intakes = self._intakes[substitute_id] or [0] * len(returns)
        return [(intakes, weeks[0]), *((returns, week) for week in weeks[1:])]


class Hands:
    """Judges decisions by hand, and says what they come to."""

    def __init__(
        self,
        system: CareSystem,
        substitutes: Sequence[Substitute],
        policy: MatchPolicy,
        monday: date,
        weeks: int,
    ) -> None:
        self._policy = policy
        self._monday = monday
        self._weeks = weeks
        self._kinds = {s.substitute_id: s.kind for s in substitutes}
        self._patients = {p.patient_id: p for p in system.patients}
        self._clinics = {c.clinic_id: c for c in system.clinics}
        self._clinicians = {c.clinician_id: c for c in system.clinicians}
        self._people: Mapping[str, Clinician | NetworkTherapist] = {
            **self._clinicians,
            **{t.therapist_id: t for t in system.network},
        }
        self._zips = {
            row["zip"]: (float(row["latitude"]), float(row["longitude"]))
            for row in rows("zip_centroids")
        }

    def decide(
        self, series: Series, substitute_id: str, places: Places
    ) -> Match | Problem:
        """Return the match that a decision makes, or what stands against it."""
        who = series.patient_id

        def problem(text: str) -> Problem:
            return Problem("pins", 0, who, f"{substitute_id} {text}")

        if substitute_id not in self._kinds:
            return problem("is away, or no clinician or therapist of the system")
        if substitute_id == series.clinician_id:
            return problem("is the own clinician")
        patient, person = self._patients[who], self._people[substitute_id]
        miles = self._miles(patient, person)
        verdict = may_treat(
            person,
            patient.asks,
            supervisor=self._supervisor(person),
            miles=miles,
            telehealth_consent=patient.telehealth_consent,
            associates_see_tier_1=self._policy.associates_see_tier_1,
        )
        if not verdict.allowed:
            return problem(f"may not treat {who}: {', '.join(verdict.reasons)}")
        for delay in range(self._weeks - series.weeks[0]):
            held = tuple(w + delay for w in series.weeks if w + delay < self._weeks)
            if places.take(substitute_id, series, held):
                return self._match(series, substitute_id, held, miles)
        return problem(f"has no openings left that the visits of {who} fit into")

    def _match(
        self,
        series: Series,
        substitute_id: str,
        held: tuple[int, ...],
        miles: float | None,
    ) -> Match:
        patient = self._patients[series.patient_id]
        person = self._people[substitute_id]
        in_person, telehealth = ways_of_meeting(person, patient.modality)
        limit = limit_miles(patient.county, person.license)
        near = miles is None or limit is None or miles <= limit
        points = {
            remote: fit(
                person,
                patient,
                home=self._clinicians.get(patient.clinician_id),
                miles=miles,
                telehealth=remote,
                weeks_waiting=held[0] - series.weeks[0],
            ).points
            for remote, possible in (
                (False, in_person and near),
                (True, telehealth and patient.telehealth_consent),
            )
            if possible
        }
        remote = min(points, key=lambda way: (points[way], way))
        return Match(
            series.patient_id,
            "placed",
            substitute_id,
            self._kinds[substitute_id],
            held,
            held[0] <= (series.limit_day - self._monday).days // 7,
            points[remote],
            remote,
            0.0 if remote or miles is None else miles,
            pinned=True,
        )

    def _miles(
        self, patient: Patient, person: Clinician | NetworkTherapist
    ) -> float | None:
        home = self._zips.get(patient.zip)
        place: Clinic | NetworkTherapist
        if isinstance(person, Clinician):
            place = self._clinics[person.clinic_id]
        else:
            place = person
        if home is None:
            return None
        return miles_between(*home, place.latitude, place.longitude)

    def _supervisor(self, person: Clinician | NetworkTherapist) -> Clinician | None:
        name = getattr(person, "supervisor_id", None) or ""
        return self._clinicians.get(name) if name in self._kinds else None
