"""A sound plan for an incident, made one by one in order of risk, without a solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from caretime.continuity.absent import absent
from caretime.continuity.affected import series_of
from caretime.continuity.groups import cover_groups
from caretime.continuity.supply import substitutes_of
from caretime.continuity.times import give_times
from caretime.model.calendar import monday_of
from caretime.model.incident import Incident, Series, Substitute
from caretime.model.matching import (
    LEVELS,
    LeftOut,
    Level,
    Match,
    Matching,
    MatchPolicy,
)
from caretime.model.people import Clinician, NetworkTherapist, Patient
from caretime.model.strike import NextContact, StrikePlan
from caretime.model.system import CareSystem
from caretime.rules.eligibility import may_treat, ways_of_meeting
from caretime.rules.fit import fit
from caretime.rules.region import limit_miles, miles_between
from caretime.tables import rows

ZIPS = {
    r["zip"]: (float(r["latitude"]), float(r["longitude"]))
    for r in rows("zip_centroids")
}


@dataclass
class Desk:
    """What a scheduling office does: the highest risk first, whoever fits best."""

    system: CareSystem
    substitutes: Sequence[Substitute]
    monday_weeks: int
    policy: MatchPolicy
    used: Counter[tuple[str, int]] = field(default_factory=Counter)
    intakes: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.people: dict[str, Clinician | NetworkTherapist] = {
            c.clinician_id: c for c in self.system.clinicians
        } | {t.therapist_id: t for t in self.system.network}
        self.clinics = {c.clinic_id: c for c in self.system.clinics}

    def choose(self, patient: Patient, series: Series, last_in_time: int) -> Match:
        found = list(self.ways(patient, series))
        if not found:
            return Match(series.patient_id, "left_out")
        best = min(
            found, key=lambda m: (m.weeks[0] > last_in_time, m.points, m.substitute_id)
        )
        who, used = best.substitute_id, best.weeks
        if best.kind == "network":
            used = used[:1]
        elif series.visit_type == "intake":
            self.intakes[who, used[0]] += 1
            used = used[1:]
        self.used.update((who, week) for week in used)
        return replace(best, within_limit=best.weeks[0] <= last_in_time)

    def ways(self, patient: Patient, series: Series) -> Iterator[Match]:
        home = self.people[patient.clinician_id]
        assert isinstance(home, Clinician)
        for substitute in self.substitutes:
            who = substitute.substitute_id
            if who == patient.clinician_id:
                continue
            way = self.way(patient, who)
            if way is None:
                continue
            telehealth, miles = way
            for delay in range(self.monday_weeks - series.weeks[0]):
                weeks = tuple(
                    w + delay for w in series.weeks if w + delay < self.monday_weeks
                )
                if self.fits(substitute, weeks, series.visit_type):
                    points = fit(
                        self.people[who],
                        patient,
                        home=home,
                        miles=miles,
                        telehealth=telehealth,
                        weeks_waiting=delay,
                    ).points
                    yield Match(
                        patient.patient_id,
                        "placed",
                        who,
                        substitute.kind,
                        weeks,
                        points=points,
                        telehealth=telehealth,
                        miles=0.0 if telehealth else miles or 0.0,
                    )

    def way(self, patient: Patient, who: str) -> tuple[bool, float | None] | None:
        """Return whether by telehealth, and the miles; in person where allowed."""
        person = self.people[who]
        supervisor = None
        place = (0.0, 0.0)
        if isinstance(person, Clinician):
            at_work = {s.substitute_id for s in self.substitutes}
            if person.supervisor_id in at_work:
                boss = self.people[person.supervisor_id]
                supervisor = boss if isinstance(boss, Clinician) else None
            clinic = self.clinics[person.clinic_id]
            place = clinic.latitude, clinic.longitude
        else:
            place = person.latitude, person.longitude
        home = ZIPS.get(patient.zip)
        miles = miles_between(*home, *place) if home else None
        verdict = may_treat(
            person,
            patient.asks,
            supervisor=supervisor,
            miles=miles,
            telehealth_consent=patient.telehealth_consent,
            associates_see_tier_1=self.policy.associates_see_tier_1,
        )
        if not verdict.allowed:
            return None
        in_person, _ = ways_of_meeting(person, patient.modality)
        limit = limit_miles(patient.county, person.license)
        near = miles is None or limit is None or miles <= limit
        return not (in_person and near), miles

    def fits(
        self, substitute: Substitute, weeks: Sequence[int], visit_type: str
    ) -> bool:
        who, has = substitute.substitute_id, substitute.openings
        if substitute.kind == "in_house":
            returns, first = weeks, weeks[0]
            if visit_type == "intake":
                if substitute.intakes[first] <= self.intakes[who, first]:
                    return False
                returns = weeks[1:]
            return all(has[w] > self.used[who, w] for w in returns)
        # Whatever begins from this week on must still have opened by then.
        return all(
            sum(has[: w + 1]) > sum(self.used[who, v] for v in range(w + 1))
            for w in range(weeks[0], self.monday_weeks)
        )


def sound_plan(
    system: CareSystem, incident: Incident, policy: MatchPolicy | None = None
) -> StrikePlan:
    """Plan an incident in order of risk; valid, told truly, with bounds of nothing."""
    policy = policy or MatchPolicy()
    contract = system.contracts[system.contract_in_force]
    monday = monday_of(incident.first_day)
    known = incident.weeks
    if incident.last_day is not None:
        known = (incident.last_day - monday).days // 7 + 1
    weeks = min(known, policy.horizon_weeks)
    absences = absent(system, incident)
    series = series_of(system, absences, monday=monday, weeks=weeks)
    span = {"monday": monday, "weeks": weeks}
    groups = cover_groups(system, contract, absences, policy=policy, **span)
    substitutes = substitutes_of(
        system, contract, absences, policy=policy, groups=groups, **span
    )
    patients = {p.patient_id: p for p in system.patients}
    desk = Desk(system, substitutes, weeks, policy)
    found = {
        s.patient_id: desk.choose(
            patients[s.patient_id], s, (s.limit_day - monday).days // 7
        )
        for s in sorted(series, key=lambda s: (s.risk_tier, s.first_due))
    }
    matches = tuple(found[s.patient_id] for s in series)
    matching = told(series, matches)
    times = give_times(
        system, contract, matching, series, substitutes, absences, groups,
        policy=policy, **span,
    )  # fmt: skip
    plan = StrikePlan(
        incident, policy, monday, weeks, 1, "", "", absences, series, substitutes,
        groups, matching, times.bookings, untimed=times.untimed,
    )  # fmt: skip
    untimed = sorted({u.patient_id for u in times.untimed})
    plan = replace(plan, contacts=calls(plan))
    late = tuple(NextContact(who, monday, "no_time", False) for who in untimed)
    return replace(plan, contacts=plan.contacts + late)


def calls(plan: StrikePlan) -> tuple[NextContact, ...]:
    """Call everybody who waits or is left out, on the day of the limit."""
    limit = {s.patient_id: s.limit_day for s in plan.series}
    return tuple(
        NextContact(m.patient_id, limit.get(m.patient_id, plan.monday), m.outcome, True)
        for m in plan.matching.matches
        if m.outcome != "placed"
    )


def restated(plan: StrikePlan, *matches: Match) -> StrikePlan:
    """Change matches, and tell levels, reasons and calls as they then are."""
    changed = {m.patient_id: m for m in matches}
    known = {s.patient_id for s in plan.series}
    every = tuple(
        changed.get(m.patient_id, m)
        for m in plan.matching.matches
        if m.patient_id in known
    )
    plan = replace(plan, matching=told(plan.series, every, plan.offered))
    kept = tuple(
        c for c in plan.contacts if c.reason == "no_time" and c.patient_id in known
    )
    return replace(plan, contacts=calls(plan) + kept)


def told(
    series: Sequence[Series],
    matches: Sequence[Match],
    offered: Mapping[str, str] | None = None,
) -> Matching:
    """Count levels and value; nobody proves anything, so every bound is 0."""
    levels = Counter(dict.fromkeys(LEVELS, 0))
    tier = {one.patient_id: one.risk_tier for one in series}
    for match in matches:
        if match.outcome == "left_out":
            levels[f"tier_{tier[match.patient_id]}_left_out"] += 1
        elif match.outcome == "placed":
            levels["points"] += match.points
            levels[f"tier_{tier[match.patient_id]}_late"] += not match.within_limit
            offer = (offered or {}).get(match.patient_id, match.substitute_id)
            levels["moved_after_offer"] += offer != match.substitute_id
    return Matching(
        status="stopped",
        matches=tuple(matches),
        levels=tuple(Level(name, levels[name], 0) for name in LEVELS),
        value=sum(LEVELS[name] * levels[name] for name in LEVELS),
        bound=0,
        prices=(),
        left_out=tuple(
            LeftOut(m.patient_id, "capacity", 0, "", 0, "No place is left.")
            for m in matches
            if m.outcome == "left_out"
        ),
        scarce=(),
        seed=1,
        version="",
        inputs_hash="",
    )
