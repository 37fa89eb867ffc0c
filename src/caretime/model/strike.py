"""A plan for an incident: everything decided, everybody told or still to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from caretime.model.care import Absence
from caretime.model.incident import GroupCover, Incident, Series, Substitute
from caretime.model.matching import Level, Matching, MatchPolicy
from caretime.model.request import Extension
from caretime.model.way_back import CaughtUp, ExtraOpenings, RecoveryPart


@dataclass(frozen=True, slots=True)
class Booking:
    """
    One dated visit with a substitute.

    Parameters
    ----------
    number
        1 for the next visit, 2 for the one after it ...
    standing
        ``booked`` where the substitute's own week has the time free, ``proposed``
        where the substitute has still to agree (network without stated hours).
    within_limit
        Of the next visit: whether it is held by the limit. Later visits: true.
    """

    patient_id: str
    substitute_id: str
    number: int
    start: datetime
    minutes: int
    modality: str
    place: str
    standing: str
    within_limit: bool


UNTIMED_REASONS = (
    "no_opening",
    "no_intake_opening",
    "openings_taken",
    "elsewhere",
    "no_day",
)
"""
Why a visit has no time: the substitute's week has no opening for it; none for a first
visit; visits of more weight take all of them; the patient is elsewhere at all of
those left; the week has no day on which to propose one.
"""


@dataclass(frozen=True, slots=True)
class Untimed:
    """
    A visit of a placed series that no time was found for.

    Parameters
    ----------
    number
        As in ``Booking``.
    week
        Of the plan, in which the visit was to be.
    reason
        One of ``UNTIMED_REASONS``.
    """

    patient_id: str
    number: int
    week: int
    reason: str


@dataclass(frozen=True, slots=True)
class Times:
    """Dated visits, and the visits that found no time: every visit is in one."""

    bookings: tuple[Booking, ...]
    untimed: tuple[Untimed, ...] = ()


CONTACT_REASONS = ("waits", "left_out", "no_contact_point", "no_time")


@dataclass(frozen=True, slots=True)
class NextContact:
    """
    Somebody to be called by a day.

    ``clinician_must_record`` is true where waiting beyond the limit is not yet
    recorded as safe by a licensed clinician: software never records that.
    """

    patient_id: str
    by: date
    reason: str
    clinician_must_record: bool


ANSWERS = ("accepted", "declined", "waits")


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a patient said to an offer.

    Parameters
    ----------
    extension
        A clinician's note that waiting is safe, where there is one.
    substitute_id
        Whom the answer was about. A re-plan fills it in, so that a refusal is still
        known when somebody else has been offered since.
    """

    patient_id: str
    answer: str
    at: datetime
    extension: Extension | None = None
    substitute_id: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """
    What became known since the last plan.

    Parameters
    ----------
    pins
        Substitute by patient, decided by hand; an empty substitute means nobody.
    returned
        First day back by clinician.
    absent
        Newly away.
    openings
        New openings by substitute, week by week, in place of the old ones.
    choices
        ``home`` or ``stays`` by patient: what was asked for about the way back.
    still_planned
        Visits still to come by patient, where the treating clinician has said so.
    """

    answers: tuple[Answer, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)
    returned: Mapping[str, date] = field(default_factory=dict)
    absent: tuple[Absence, ...] = ()
    openings: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    still_planned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HomeGoing:
    """
    Who goes back to the own clinician, when, or stays, and why.

    ``choice`` is ``home`` or ``stays``; ``reason`` a code of
    ``continuity.handback.REASONS``; ``order`` counts from 1 within one clinician.
    """

    patient_id: str
    clinician_id: str
    substitute_id: str
    choice: str
    reason: str
    order: int
    day: date | None


@dataclass(frozen=True, slots=True)
class RecoveryWeek:
    """
    One week after the incident.

    Visits owed at its start, extra openings the contract allows, visits caught up.
    """

    monday: date
    owed: int
    extra: int
    caught_up: int


@dataclass(frozen=True, slots=True)
class Recovery:
    """
    How the backlog goes: a dated plan, and when it is over, simulated.

    Parameters
    ----------
    weeks
        Of the people the plan knows: until nothing is owed, or all that were asked
        for.
    ends
        Day on which the backlog is gone: low, middle and high of the replications;
        ``None`` where it does not end within the weeks run.
    ended_share
        Share of replications in which it ends within the weeks run.
    people
        The dated plan, one for each visit owed, in the order of the clinicians.
    extras
        What the contract allows on top, one for each of ``EXTRA_SOURCES``.
    parts
        Returns and intakes apart; the end is the later of the two.
    fed
        Behavior numbers that were taken from the plan in place of the assumed ones.
    """

    weeks: tuple[RecoveryWeek, ...]
    ends: tuple[date | None, date | None, date | None]
    ended_share: float
    replications: int
    people: tuple[CaughtUp, ...] = ()
    extras: tuple[ExtraOpenings, ...] = ()
    parts: tuple[RecoveryPart, ...] = ()
    fed: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StrikePlan:
    """
    The plan for one incident.

    Parameters
    ----------
    monday
        First day of week 0 of the plan: of the week in which the incident begins.
    weeks
        How many are planned.
    absent
        Who is away in this plan, from when to when; drawn where only shares are
        known.
    offered
        Substitute by patient as offered before, which a re-plan keeps if it can.
    untimed
        Visits of placed series that found no time.
    contract_id
        Under which those at work see patients meanwhile.
    roster_hash
        Of the built weeks it was made with; empty where even weeks are worked.
    known
        Everything that updates told since the first plan, put together. Answers
        stand in ``answers``.
    """

    incident: Incident
    policy: MatchPolicy
    monday: date
    weeks: int
    seed: int
    version: str
    inputs_hash: str
    absent: tuple[Absence, ...]
    series: tuple[Series, ...]
    substitutes: tuple[Substitute, ...]
    groups: tuple[GroupCover, ...]
    matching: Matching
    bookings: tuple[Booking, ...] = ()
    contacts: tuple[NextContact, ...] = ()
    answers: tuple[Answer, ...] = ()
    offered: Mapping[str, str] = field(default_factory=dict)
    home: tuple[HomeGoing, ...] = ()
    recovery: Recovery | None = None
    untimed: tuple[Untimed, ...] = ()
    contract_id: str = ""
    roster_hash: str = ""
    known: Update = field(default_factory=Update)


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing in a plan that is not so.

    Parameters
    ----------
    kind
        A code of ``continuity.verify.KINDS``.
    who
        Id of the patient, substitute or group; a level, or empty, where it is the
        plan as a whole.
    found, expected
        What the plan says, and what it should say.
    text
        The fault in one sentence.
    """

    kind: str
    who: str
    found: str
    expected: str
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """
    What was worked out anew from a plan and its system, and every fault found.

    Parameters
    ----------
    value, bound
        Summed weights of the plan, and what no plan can go below, both recomputed.
    levels
        In the order of ``LEVELS``, recomputed; a bound holds among the plans that
        are as good on all levels before it.
    checked
        How many things of each sort were looked at.
    """

    faults: tuple[Fault, ...]
    value: int
    bound: int
    levels: tuple[Level, ...]
    checked: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether no fault was found."""
        return not self.faults
