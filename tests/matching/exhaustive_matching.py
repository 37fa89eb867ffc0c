"""
All ways of taking a few patients over, and the best of them in the order of levels.

Every permitted start with every substitute is tried for one patient after the other;
what remains to be decided depends only on the openings used so far, so equal
remainders are worked out once. Nothing is cut off by a bound. Pairs are judged one by
one by ``rules.may_treat`` and weighed by ``rules.fit``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tiny_systems import MONDAY, Tiny

from caretime.model.incident import Series, Substitute
from caretime.model.matching import LEVELS, Match
from caretime.model.people import Clinician, NetworkTherapist, Patient
from caretime.rules.eligibility import may_treat
from caretime.rules.fit import fit
from caretime.rules.region import miles_between
from caretime.tables import rows

NAMES = tuple(LEVELS)
Counts = tuple[int, ...]
Used = tuple[tuple[int, ...], ...]
"""Openings used, by substitute and week; then the intake openings."""


@dataclass(frozen=True)
class Best:
    """The best matches, in the order of the series, and their levels."""

    matches: tuple[Match, ...]
    levels: Counts

    @property
    def value(self) -> int:
        return sum(
            weight * count
            for weight, count in zip(LEVELS.values(), self.levels, strict=True)
        )


def best_matches(case: Tiny) -> Best:
    """Return the plan that no plan is better than, level by level."""
    series = case.series
    options = [list(ways(case, one)) for one in series]
    known: dict[tuple[int, Used], tuple[Counts, tuple[Match, ...]]] = {}

    def rest(k: int, used: Used) -> tuple[Counts, tuple[Match, ...]]:
        if k == len(series):
            return (0,) * len(NAMES), ()
        if (k, used) not in known:
            known[k, used] = min(
                (
                    (added(levels_of(series[k], match), after[0]), (match, *after[1]))
                    for match in options[k]
                    if (now := with_match(case, used, series[k], match)) is not None
                    for after in [rest(k + 1, now)]
                ),
                key=lambda found: found[0],
            )
        return known[k, used]

    levels, matches = rest(0, nothing_used(case))
    return Best(matches, levels)


def all_matches(case: Tiny) -> Iterator[tuple[Match, ...]]:
    """Yield every plan there is, good or bad."""
    series = case.series
    options = [list(ways(case, one)) for one in series]

    def follow(k: int, used: Used) -> Iterator[tuple[Match, ...]]:
        if k == len(options):
            yield ()
            return
        for match in options[k]:
            now = with_match(case, used, series[k], match)
            if now is not None:
                for after in follow(k + 1, now):
                    yield (match, *after)

    yield from follow(0, nothing_used(case))


def nothing_used(case: Tiny) -> Used:
    return tuple((0,) * (2 * case.weeks) for _ in case.substitutes)


def ways(case: Tiny, series: Series) -> Iterator[Match]:
    """Yield left out, and every start with every substitute who may."""
    yield Match(series.patient_id, "left_out")
    patient = next(p for p in case.system.patients if p.patient_id == series.patient_id)
    last = (series.limit_day - MONDAY).days // 7
    for substitute in case.substitutes:
        for telehealth in (False, True):
            miles = miles_to(case, patient, substitute)
            if not permitted(case, patient, substitute, miles, telehealth=telehealth):
                continue
            for delay in range(case.weeks - series.weeks[0]):
                weeks = tuple(w + delay for w in series.weeks if w + delay < case.weeks)
                points = fit(
                    person_of(case, substitute.substitute_id),
                    patient,
                    home=clinician_of(case, patient.clinician_id),
                    miles=miles,
                    telehealth=telehealth,
                    weeks_waiting=delay,
                ).points
                yield Match(
                    patient.patient_id,
                    "placed",
                    substitute.substitute_id,
                    substitute.kind,
                    weeks,
                    weeks[0] <= last,
                    points,
                    telehealth,
                    0.0 if telehealth else miles,
                )


def permitted(
    case: Tiny,
    patient: Patient,
    substitute: Substitute,
    miles: float,
    *,
    telehealth: bool,
) -> bool:
    """Say whether the two may meet in this way: the other way is taken from them."""
    way = "telehealth" if telehealth else "in_person"
    if patient.modality not in (way, "either"):
        return False
    return may_treat(
        person_of(case, substitute.substitute_id),
        replace(patient.asks, modality=way),
        miles=miles,
        telehealth_consent=patient.telehealth_consent,
        associates_see_tier_1=case.policy.associates_see_tier_1,
    ).allowed


def with_match(case: Tiny, used: Used, series: Series, match: Match) -> Used | None:
    """Return the openings used with one match more; ``None`` where it does not fit."""
    if match.outcome == "left_out":
        return used
    row = [s.substitute_id for s in case.substitutes].index(match.substitute_id)
    substitute = case.substitutes[row]
    now, weeks = list(used[row]), range(case.weeks)
    if match.kind == "network":
        now[match.weeks[0]] += 1
        fits = all(
            sum(now[: week + 1]) <= sum(substitute.openings[: week + 1])
            for week in weeks
        )
    else:
        for week in match.weeks:
            now[week] += 1
        if series.visit_type == "intake":
            # A first visit takes an intake opening in place of a return opening.
            now[match.weeks[0]] -= 1
            now[case.weeks + match.weeks[0]] += 1
        has = (*substitute.openings, *substitute.intakes, *(0 for _ in weeks))
        fits = all(count <= has[k] for k, count in enumerate(now))
    return (*used[:row], tuple(now), *used[row + 1 :]) if fits else None


def levels_of(series: Series, match: Match) -> Counts:
    """Return what one patient adds to each level."""
    found = dict.fromkeys(NAMES, 0)
    if match.outcome == "left_out":
        found[f"tier_{series.risk_tier}_left_out"] = 1
    else:
        found[f"tier_{series.risk_tier}_late"] = int(not match.within_limit)
        found["points"] = match.points
    return tuple(found.values())


def added(one: Counts, other: Counts) -> Counts:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def person_of(case: Tiny, who: str) -> Clinician | NetworkTherapist:
    people: dict[str, Clinician | NetworkTherapist] = {
        c.clinician_id: c for c in case.system.clinicians
    } | {t.therapist_id: t for t in case.system.network}
    return people[who]


def clinician_of(case: Tiny, who: str) -> Clinician:
    return next(c for c in case.system.clinicians if c.clinician_id == who)


def miles_to(case: Tiny, patient: Patient, substitute: Substitute) -> float:
    person = person_of(case, substitute.substitute_id)
    if isinstance(person, Clinician):
        place = next(c for c in case.system.clinics if c.clinic_id == person.clinic_id)
    else:
        place = person
    home = next(r for r in rows("zip_centroids") if r["zip"] == patient.zip)
    return miles_between(
        float(home["latitude"]), float(home["longitude"]),
        place.latitude, place.longitude,
    )  # fmt: skip
