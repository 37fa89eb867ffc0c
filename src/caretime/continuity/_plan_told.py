"""What a plan was told so far and an update adds to it, put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from caretime.continuity.absent import own_absences, with_sidelined
from caretime.model.care import Absence
from caretime.model.strike import Answer, StrikePlan, Update
from caretime.model.system import CareSystem

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """
    Everything known beside the system.

    Parameters
    ----------
    answers
        All of them, each with whom it was about.
    known
        All updates put together, without answers.
    waits
        Patients who chose to wait.
    accepted
        Substitute by patient, where the last answer says so.
    declined
        Substitutes by patient that are never offered again.
    """

    answers: tuple[Answer, ...]
    known: Update
    waits: frozenset[str]
    accepted: Mapping[str, str]
    declined: Mapping[str, frozenset[str]]


def told_by(plan: StrikePlan, update: Update) -> Told:
    """Put together what a plan was told and what an update adds."""
    placed = {m.patient_id: m.substitute_id for m in plan.matching.matches}
    about = {**plan.offered, **{who: other for who, other in placed.items() if other}}
    new = (
        replace(a, substitute_id=a.substitute_id or about.get(a.patient_id, ""))
        for a in update.answers
    )
    answers = (*plan.answers, *new)
    last = {a.patient_id: a for a in sorted(answers, key=lambda a: a.at)}
    waits = {who for who, answer in last.items() if answer.answer == "waits"}
    accepted = {
        who: answer.substitute_id
        for who, answer in last.items()
        if answer.answer == "accepted" and answer.substitute_id
    }
    declined: dict[str, set[str]] = {}
    for answer in answers:
        who, other = answer.patient_id, answer.substitute_id
        if answer.answer == "declined" and other and accepted.get(who) != other:
            declined.setdefault(who, set()).add(other)
    return Told(
        answers=answers,
        known=_merged(plan.known, update, waits),
        waits=frozenset(waits),
        accepted=accepted,
        declined={who: frozenset(others) for who, others in declined.items()},
    )


def _merged(known: Update, update: Update, waits: Collection[str]) -> Update:
    """Put two updates together; where they contradict, the later one holds."""
    since = {absence.clinician_id for absence in known.absent}
    returned = dict(known.returned)
    for who, day in update.returned.items():
        # Who was away once more since is back from that; the first return stands.
        returned[who] = min(day, returned.get(who, day)) if who in since else day
    absent = (*cut(known.absent, update.returned), *update.absent)
    touched = set(update.returned) | {a.clinician_id for a in update.absent}
    openings = {
        who: row for who, row in known.openings.items() if who not in touched
    } | dict(update.openings)
    pins = {**known.pins, **update.pins}
    return Update(
        # Waiting is the patient's own choice and goes before a decision by hand.
        pins={who: other for who, other in pins.items() if who not in waits},
        returned=returned,
        absent=absent,
        openings=openings,
        choices={**known.choices, **update.choices},
        still_planned={**known.still_planned, **update.still_planned},
    )


def cut(
    absences: Collection[Absence], returned: Mapping[str, date]
) -> tuple[Absence, ...]:
    """Return absences as they are when some are back from a day on."""
    found = []
    for absence in absences:
        back = returned.get(absence.clinician_id)
        if back is None or (absence.last_day and absence.last_day < back):
            found.append(absence)
        elif absence.first_day < back:
            found.append(replace(absence, last_day=back - _DAY))
    return tuple(found)


def away_now(
    system: CareSystem, plan: StrikePlan, known: Update
) -> tuple[Absence, ...]:
    """Return who is away when those who are back and newly away are counted in."""
    own = own_absences(system, plan.incident, seed=plan.seed)
    return with_sidelined(system, (*cut(own, known.returned), *known.absent))
