"""What every check of a plan looks things up in, and where faults are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from caretime.model.care import Absence
from caretime.model.incident import Series, Substitute
from caretime.model.matching import Match
from caretime.model.people import Clinic, Clinician, NetworkTherapist, Patient
from caretime.model.strike import Fault, StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.tables import rows


@dataclass
class Findings:
    """Faults in the order in which they are found, and how much was looked at."""

    faults: list[Fault] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    def add(
        self, kind: str, who: str, found: object, expected: object, text: str
    ) -> None:
        """Write one fault down."""
        self.faults.append(Fault(kind, who, str(found), str(expected), text))


@dataclass(frozen=True)
class Scene:
    """
    A plan beside its system, both by id.

    Parameters
    ----------
    away
        Absences of the incident by clinician.
    off
        Those and the leave on record.
    update
        What became known since the plan before, where it is a re-plan.
    roster
        Weeks built for the contract; ``None`` where even weeks are worked.
    series, matches, substitutes
        Of the plan; of an id that stands twice the first.
    series_weeks
        How many weeks the plan should cover.
    """

    plan: StrikePlan
    system: CareSystem
    contract: Contract
    update: Update
    roster: Roster | None
    series_weeks: int
    clinics: dict[str, Clinic]
    clinicians: dict[str, Clinician]
    network: dict[str, NetworkTherapist]
    patients: dict[str, Patient]
    series: dict[str, Series]
    matches: dict[str, Match]
    substitutes: dict[str, Substitute]
    away: dict[str, list[Absence]]
    off: dict[str, list[Absence]]
    points_of_zip: dict[str, tuple[float, float]]
    _worked: dict[tuple[str, int], tuple[date, ...]] = field(default_factory=dict)

    def week_of(self, day: date) -> int:
        """Return the week of the plan a day is in; negative before the plan."""
        return (day - self.plan.monday).days // 7

    def day_of(self, week: int, weekday: int = 0) -> date:
        """Return a day of a week of the plan."""
        return self.plan.monday + timedelta(days=7 * week + weekday)

    def days_at_work(self, who: str, week: int) -> tuple[date, ...]:
        """Return the days of a week on which somebody is there, no holidays."""
        if (who, week) not in self._worked:
            self._worked[who, week] = self._days_at_work(who, week)
        return self._worked[who, week]

    def _days_at_work(self, who: str, week: int) -> tuple[date, ...]:
        hired = self.clinicians[who].hired_on if who in self.clinicians else date.min
        begins = max(hired, self.system.first_day)
        days = (self.day_of(week, weekday) for weekday in range(7))
        absences = self.off.get(who, ())
        holidays = self.system.calendar.holidays
        return tuple(
            day
            for day in days
            if day >= begins and day not in holidays and not is_in(absences, day)
        )

    def works_at_all(self, who: str) -> bool:
        """Say whether somebody is there on any day of the plan."""
        return any(self.days_at_work(who, week) for week in range(self.plan.weeks))

    def person(self, who: str) -> Clinician | NetworkTherapist | None:
        """Return a substitute's record; ``None`` where the system has none."""
        return self.clinicians.get(who) or self.network.get(who)

    def supervisor_in(self, who: str, weeks: Iterable[int]) -> Clinician | None:
        """Return the supervisor if there at all, and not away in any of the weeks."""
        clinician = self.clinicians.get(who)
        supervisor = clinician and self.clinicians.get(clinician.supervisor_id or "")
        if supervisor is None or not self.works_at_all(supervisor.clinician_id):
            return None
        absences = self.away.get(supervisor.clinician_id, ())
        for week in weeks:
            if all(is_in(absences, self.day_of(week, day)) for day in range(5)):
                return None
        return supervisor

    def place_of(self, who: str) -> tuple[float, float] | None:
        """Return latitude and longitude of a substitute's place of care."""
        person = self.person(who)
        if isinstance(person, NetworkTherapist):
            return person.latitude, person.longitude
        clinic = self.clinics.get(person.clinic_id) if person else None
        return (clinic.latitude, clinic.longitude) if clinic else None


def is_in(absences: Iterable[Absence], day: date) -> bool:
    """Say whether a day lies in one of the absences."""
    return any(
        a.first_day <= day and (a.last_day is None or day <= a.last_day)
        for a in absences
    )


def scene_of(
    plan: StrikePlan,
    system: CareSystem,
    contract: Contract,
    update: Update,
    roster: Roster | None,
) -> Scene:
    """Put a plan and its system side by side."""
    open_end = plan.incident.open_ended
    horizon = plan.policy.horizon_weeks
    last = plan.incident.last_day
    known = plan.incident.weeks
    if last is not None:
        known = (last - plan.monday).days // 7 + 1
    return Scene(
        plan=plan,
        system=system,
        contract=contract,
        update=update,
        roster=roster,
        series_weeks=horizon if open_end else min(known, horizon),
        clinics={c.clinic_id: c for c in system.clinics},
        clinicians={c.clinician_id: c for c in system.clinicians},
        network={t.therapist_id: t for t in system.network},
        patients={p.patient_id: p for p in system.patients},
        series={s.patient_id: s for s in reversed(plan.series)},
        matches={m.patient_id: m for m in reversed(plan.matching.matches)},
        substitutes={s.substitute_id: s for s in reversed(plan.substitutes)},
        away=_by_clinician(plan.absent),
        off=_by_clinician((*plan.absent, *system.absences)),
        points_of_zip={
            row["zip"]: (float(row["latitude"]), float(row["longitude"]))
            for row in rows("zip_centroids")
        },
    )


def _by_clinician(absences: Iterable[Absence]) -> dict[str, list[Absence]]:
    found: dict[str, list[Absence]] = {}
    for absence in absences:
        found.setdefault(absence.clinician_id, []).append(absence)
    return found
