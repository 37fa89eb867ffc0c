"""What a clinician's week owes because of others: supervision given, travel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Generic, TypeVar

from caretime.model.people import Clinician
from caretime.model.site import TeamMeeting, WorkPlace
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.model.week import TELEHEALTH
from caretime.rules.week_terms import clause_minutes, clauses_on
from caretime.tables import rows

NO_DUTIES: Mapping[str, int] = MappingProxyType({})
"""A week that owes nothing beyond its own clauses."""

DUTY_SOURCES = MappingProxyType(
    {
        "supervision": "supervision given",
        "travel": "travel between clinics",
        "meeting": "team meeting",
        "crisis_cover": "shifts of cover",
    }
)
"""What stands in a ledger line in place of a clause id, by activity."""

_KEPT_INDEXES = 8

Noun = TypeVar("Noun")


def duties_of(
    system: CareSystem, contract: Contract, clinician: Clinician, on: date
) -> Mapping[str, int]:
    """
    Return the weekly minutes a clinician owes beyond the clauses that cover them.

    Parameters
    ----------
    on
        The day on which the clauses are read.

    Returns
    -------
    Mapping of str to int
        Activity to minutes a week, none of them zero; to be handed to
        ``week_ledger(..., duties=)``:

        - ``supervision``: what the supervision clauses give each associate whose
          supervisor this is, an associate at a time;
        - ``travel``: the minutes stated in ``work_places`` between two clinics on
          one day, as far as the clinician's own travel clauses do not hold them;
        - ``meeting``: the team meetings of the clinic, as far as the clinician's
          own meeting clauses do not hold them.

    Raises
    ------
    PlanError
        If the contract has ended before the day.

    Notes
    -----
    The first question about a system and contract reads every clinician once;
    those that follow are looked up.
    """
    index = _index(
        _Same(system.clinicians),
        _Same(system.work_places),
        _Same(system.team_meetings),
        _Same(contract),
        on,
    )
    return index.get(clinician.clinician_id, NO_DUTIES)


def activity_minutes(
    clauses: Iterable[Clause], activity: str, *, fte: float = 1.0
) -> int:
    """
    Return the weekly minutes that clauses give one activity.

    >>> from caretime.rules.clause_kinds import make_clause
    >>> hour = make_clause("S", "activity_hours", activity="supervision",
    ...                    hours_per_week=1)
    >>> activity_minutes([hour], "supervision", fte=0.5)
    30
    """
    return sum(
        clause_minutes(clause, fte)
        for clause in clauses
        if clause.kind == "activity_hours" and clause["activity"] == activity
    )


def journeys(
    places: Iterable[WorkPlace],
) -> Iterator[tuple[WorkPlace, WorkPlace]]:
    """
    Yield the spans of one clinician's day between which they change the clinic.

    Time of telehealth between two clinics does not undo the journey.
    """
    order = sorted(places, key=lambda p: (p.weekday, p.start))
    for _, of_day in groupby(order, key=lambda p: p.weekday):
        before: WorkPlace | None = None
        for span in of_day:
            if span.place == TELEHEALTH:
                continue
            if before is not None and before.place != span.place:
                yield before, span
            before = span


def check_duties(duties: Mapping[str, int]) -> None:
    """
    Refuse duties that no week can hold.

    Raises
    ------
    ValueError
        If an activity is unknown, unpaid or a visit, or its minutes are negative.
    """
    for activity, minutes in duties.items():
        if activity not in _desk_activities():
            raise ValueError(f"{activity!r} is no activity that can be a duty")
        if minutes < 0:
            raise ValueError(f"duty {activity} needs 0 minutes or more, got {minutes}")


class _Same(Generic[Noun]):
    """A key that is equal to itself only: hashing a whole system takes too long."""

    __slots__ = ("noun",)

    def __init__(self, noun: Noun) -> None:
        self.noun = noun

    def __hash__(self) -> int:
        return id(self.noun)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.noun is other.noun


@lru_cache(maxsize=_KEPT_INDEXES)
def _index(
    clinicians: _Same[tuple[Clinician, ...]],
    work_places: _Same[tuple[WorkPlace, ...]],
    team_meetings: _Same[tuple[TeamMeeting, ...]],
    contract: _Same[Contract],
    on: date,
) -> Mapping[str, Mapping[str, int]]:
    """Return the duties of everyone who has any, by clinician."""
    clauses = {
        code: clauses_on(contract.noun, on, license_code=code)
        for code in {c.license for c in clinicians.noun}
    }
    given = _supervision_given(clinicians.noun, clauses)
    travel = _travel(work_places.noun)
    meetings: dict[str, int] = defaultdict(int)
    for meeting in team_meetings.noun:
        meetings[meeting.clinic_id] += meeting.minutes
    index = {}
    for clinician in clinicians.noun:
        own = clauses[clinician.license]
        owed = {"supervision": given[clinician.clinician_id]}
        for activity, minutes in (
            ("travel", travel[clinician.clinician_id]),
            ("meeting", meetings[clinician.clinic_id]),
        ):
            held = activity_minutes(own, activity, fte=clinician.fte) if minutes else 0
            owed[activity] = max(0, minutes - held)
        if any(owed.values()):
            index[clinician.clinician_id] = MappingProxyType(
                {activity: minutes for activity, minutes in owed.items() if minutes}
            )
    return index


def _supervision_given(
    clinicians: Sequence[Clinician], clauses: Mapping[str, Sequence[Clause]]
) -> Mapping[str, int]:
    given: dict[str, int] = defaultdict(int)
    for associate in clinicians:
        if associate.supervisor_id is not None:
            given[associate.supervisor_id] += activity_minutes(
                clauses[associate.license], "supervision", fte=associate.fte
            )
    return given


def _travel(work_places: Sequence[WorkPlace]) -> Mapping[str, int]:
    by_clinician: dict[str, list[WorkPlace]] = defaultdict(list)
    for place in work_places:
        by_clinician[place.clinician_id].append(place)
    travel: dict[str, int] = defaultdict(int)
    for clinician_id, places in by_clinician.items():
        travel[clinician_id] = sum(to.travel_minutes for _, to in journeys(places))
    return travel


@cache
def _desk_activities() -> frozenset[str]:
    return frozenset(
        row["activity"]
        for row in rows("activities")
        if row["paid"] == "yes" and row["with_patient"] == "no"
    )
