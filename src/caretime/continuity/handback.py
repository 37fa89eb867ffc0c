"""Clinicians come back: who goes home, who stays, in which order, on which day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from difflib import get_close_matches
from types import MappingProxyType

from caretime.continuity._recover_people import Awaiting, awaiting
from caretime.continuity._recover_places import Places
from caretime.errors import InputError, Problem
from caretime.model.assumptions import Assumptions
from caretime.model.incident import GroupCover
from caretime.model.strike import HomeGoing, StrikePlan
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.way_back import HandbackPolicy
from caretime.model.week import Roster

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "own_choice": "the patient's own choice",
        "without_care": "had nobody and goes home first",
        "clinician_returns": "the own clinician is back",
        "group": "the group goes home as a whole",
        "new_bond": "has come to the substitute often enough to stay",
        "nearly_finished": "few visits are still to come",
        "capacity": "the own clinician has no place any sooner",
    }
)
"""Why somebody goes home or stays, with the words for it."""

CHOICES = ("home", "stays")

LAST_VISIT = 127
"""After it the chance that a course ends no longer falls, as in the simulation."""


def hand_back(
    plan: StrikePlan,
    system: CareSystem,
    contract: Contract,
    *,
    returned: Mapping[str, date],
    policy: HandbackPolicy | None = None,
    answers: Mapping[str, str] | None = None,
    still_planned: Mapping[str, int] | None = None,
    roster: Roster | None = None,
) -> tuple[HomeGoing, ...]:
    """
    Propose who goes home to clinicians who are back, and who stays.

    Parameters
    ----------
    system
        As it stands: visits held and booked with substitutes are read where the
        plan was written into the book, and taken from the plan where it was not.
    returned
        First day back by clinician.
    answers
        ``home`` or ``stays`` by patient: what the patients asked for.
    still_planned
        Visits still to come by patient where the treating clinician has said so;
        for the others they are expected from the system's assumptions.
    roster
        Weeks built for the contract, as in ``supply.substitutes_of``.

    Returns
    -------
    tuple of HomeGoing
        Every series of a clinician who is back, and every member of a group whose
        leader is back, once for each of these clinicians: in the order of the system,
        then of ``order``.

    Raises
    ------
    InputError
        If somebody is back who was not away, or an answer is of nobody in the plan,
        unknown, or asks to stay with no substitute; with all problems at once.

    Notes
    -----
    The patient's choice goes before everything. Of the others, who has come to the
    substitute ``bond_visits`` times by the return stays, and so does who is nearly
    finished; everybody else goes home. Those who have nobody come first, then the
    highest risk, then the longest time without a visit, then the earliest limit day.
    In this order each takes the first free opening of the own clinician's week after
    what is booked there: who has nobody from the first day on, who has a substitute
    when the next visit is due and there was notice. An own appointment that still
    stands is kept. Whoever finds no place within ``first_weeks`` gets a later one and
    has the reason ``capacity``; with no place in the whole horizon, who has a
    substitute stays there, and who has nobody is listed without a day.

    Patients in treatment go home above a caseload cap too, as the guard of bookings
    has it: the cap stops new patients alone, and an intake above it has no place.
    Visits after the first one at home are booked as ever and are not part of this.

    Under the numbers that ship, nobody is nearly finished by expectation: the chance
    that a course ends falls with its length, so eight visits or more are to come at any
    time. It takes a clinician's word (``still_planned``) or a system's own numbers.
    """
    policy, answers = policy or HandbackPolicy(), answers or {}
    people = awaiting(plan, system, returned)
    _check(plan, returned, answers, people)
    if not returned:
        return ()
    desk = _Desk(
        system,
        Places(system, contract, returned, weeks=policy.horizon_weeks, roster=roster),
        policy,
    )
    found: dict[str, list[HomeGoing]] = defaultdict(list)
    coming = expected_visits(system.assumptions)
    for person in sorted(people, key=lambda p: p.turn):
        visits = (still_planned or {}).get(
            person.series.patient_id,
            coming[min(person.patient.visits_attended + person.visits, LAST_VISIT)],
        )
        answer = answers.get(person.series.patient_id, "")
        found[person.series.clinician_id].append(desk.decide(person, answer, visits))
    for cover in plan.groups:
        if cover.leader_id in returned:
            day = _session(system, cover, returned[cover.leader_id])
            known = {home.patient_id for home in found[cover.leader_id]}
            found[cover.leader_id] += [
                replace(_going(cover.leader_id, cover.substitute_id, member), day=day)
                for member in cover.patient_ids
                if member not in known
            ]
    order = [c.clinician_id for c in system.clinicians if c.clinician_id in returned]
    return tuple(home for who in order for home in _numbered(found[who]))


def expected_visits(assumptions: Assumptions) -> tuple[float, ...]:
    """
    Return the visits still to come, expected, by visits attended: 0 to 127.

    A course that goes on has its next visit for sure and ends after its j-th one with
    the chance ``course_hazard_a / (course_hazard_b + j)``.

    Examples
    --------
    >>> from caretime.formats import default_assumptions
    >>> coming = expected_visits(default_assumptions())
    >>> round(coming[0], 1), coming[20] > coming[5] > coming[0]
    (8.2, True)
    """
    a, b = assumptions["course_hazard_a"], assumptions["course_hazard_b"]
    ends = [min(max(a / (b + j), 1e-6), 1.0) for j in range(LAST_VISIT + 1)]
    coming = [1 / ends[LAST_VISIT]]
    for chance in reversed(ends[1:]):
        coming.append(1 + (1 - chance) * coming[-1])
    return tuple(reversed(coming))


class _Desk:
    """Decides one patient after the other, and gives away the places."""

    def __init__(
        self, system: CareSystem, places: Places, policy: HandbackPolicy
    ) -> None:
        self._system = system
        self._places = places
        self._policy = policy
        self._caseload: dict[str, int] = defaultdict(int)
        for patient in system.patients:
            if patient.visits_attended:
                self._caseload[patient.clinician_id] += 1

    def decide(self, person: Awaiting, answer: str, coming: float) -> HomeGoing:
        """Say whether somebody goes home, why, and on which day."""
        choice, day = "home", None
        reason = "clinician_returns" if person.substitute_id else "without_care"
        if answer:
            choice, reason = answer, "own_choice"
        elif person.substitute_id and person.visits >= self._policy.bond_visits:
            choice, reason = "stays", "new_bond"
        elif person.substitute_id and coming <= self._policy.nearly_finished_visits:
            choice, reason = "stays", "nearly_finished"
        if choice == "home":
            choice, reason, day = self._dated(person, reason)
        one = person.series
        return HomeGoing(
            one.patient_id,
            one.clinician_id,
            person.substitute_id,
            choice,
            reason,
            0,
            day,
        )

    def _dated(self, person: Awaiting, reason: str) -> tuple[str, str, date | None]:
        """Give who goes home the first place there is: choice, reason and day."""
        if person.own_day is not None:
            return "home", reason, person.own_day
        earliest = self.earliest(person)
        clinician_id, visit_type = person.series.clinician_id, person.series.visit_type
        day = None
        if not self._is_full(person):
            day = self._places.take(clinician_id, visit_type, earliest)
        in_time = earliest + timedelta(days=7 * self._policy.first_weeks)
        if day is None:
            may_stay = person.substitute_id and reason != "own_choice"
            return "stays" if may_stay else "home", "capacity", None
        if visit_type == "intake":
            self._caseload[clinician_id] += 1
        return "home", reason if day < in_time else "capacity", day

    def earliest(self, person: Awaiting) -> date:
        """Return the first day on which somebody may come home."""
        if not person.substitute_id:
            return person.back
        told = self._system.calendar.add_business_days(
            person.back, self._policy.notice_days
        )
        due = person.seen + timedelta(days=7 * person.series.interval_weeks)
        return max(told, due)

    def _is_full(self, person: Awaiting) -> bool:
        """Say whether a new patient would be above the caseload cap."""
        cap = self._places.caseload_cap(person.series.clinician_id)
        return (
            person.series.visit_type == "intake"
            and cap is not None
            and self._caseload[person.series.clinician_id] >= cap
        )


def _going(clinician_id: str, substitute_id: str, patient_id: str) -> HomeGoing:
    return HomeGoing(patient_id, clinician_id, substitute_id, "home", "group", 0, None)


def _session(system: CareSystem, cover: GroupCover, back: date) -> date | None:
    """Return the first day on which a group meets under its own leader again."""
    group = next((g for g in system.groups if g.group_id == cover.group_id), None)
    if group is None:
        return None
    day = back + timedelta(days=(group.weekday - back.weekday()) % 7)
    while not system.calendar.is_business_day(day):
        day += timedelta(days=7)
    return day


def _numbered(homes: Iterable[HomeGoing]) -> Iterator[HomeGoing]:
    """Give numbers to one clinician's patients, who goes home before who stays."""
    for order, home in enumerate(
        sorted(homes, key=lambda home: home.choice != "home"), start=1
    ):
        yield replace(home, order=order)


def _check(
    plan: StrikePlan,
    returned: Mapping[str, date],
    answers: Mapping[str, str],
    people: Iterable[Awaiting],
) -> None:
    """Refuse returns and answers that cannot be, all at once."""
    problems = []
    away = {absence.clinician_id for absence in plan.absent}
    for who in returned:
        if who not in away:
            hint = get_close_matches(who, away, 1)
            meant = f"did you mean {hint[0]}?" if hint else ""
            text = f"{who} is back, but was not away in this plan"
            problems.append(Problem("returned", 0, who, text, meant))
    covered = {person.series.patient_id: person for person in people}
    for patient_id, answer in answers.items():
        person = covered.get(patient_id)
        if answer not in CHOICES:
            text = f"unknown answer {answer!r}, expected {' or '.join(CHOICES)}"
        elif person is None:
            text = f"{patient_id} is no patient of anybody who is back"
        elif answer == "stays" and not person.substitute_id:
            text = f"{patient_id} has no substitute to stay with"
        else:
            continue
        problems.append(Problem("answers", 0, patient_id, text))
    if problems:
        raise InputError(problems)
