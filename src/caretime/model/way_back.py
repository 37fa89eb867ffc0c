"""The way back: who goes home, what is caught up, what is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from caretime.model.system import CareSystem


@dataclass(frozen=True, slots=True)
class HandbackPolicy:
    """
    What keeps a patient with the substitute, and how soon others go home.

    Parameters
    ----------
    bond_visits
        Visits with the substitute, held or to be held before the clinician is back,
        from which the new bond is left as it is; 1 or more.
    nearly_finished_visits
        Expected visits still to come, at most, for a course to end where it is.
    notice_days
        Business days between the return and the first visit at home of somebody who
        has a substitute and must be told; who has nobody comes at once.
    first_weeks
        Weeks within which a place counts as being in time.
    horizon_weeks
        Weeks of the returning clinician's week that are searched for places, 1 or
        more.
    """

    bond_visits: int = 6
    nearly_finished_visits: float = 2.0
    notice_days: int = 2
    first_weeks: int = 2
    horizon_weeks: int = 26

    def __post_init__(self) -> None:
        if self.bond_visits < 1 or self.horizon_weeks < 1 or self.notice_days < 0:
            raise ValueError(f"no hand-back by {self}")


@dataclass(frozen=True, slots=True)
class RecoveryPolicy:
    """
    How the backlog is worked off, and when it counts as gone.

    Parameters
    ----------
    triggers
        Conditions of clauses that are taken to hold while visits are owed
        (``access_missed``, ``productivity_missed``).
    release_unused
        Whether reserved openings that nobody asks for go to owed visits, as far as
        the contract releases them.
    tolerance
        How far the week's overdue share may lie above the same week without the
        incident, as a share of its offers, for the backlog to count as gone.
    """

    triggers: tuple[str, ...] = ("access_missed",)
    release_unused: bool = True
    tolerance: float = 0.02

    def __post_init__(self) -> None:
        if not 0 < self.tolerance < 1:
            raise ValueError(f"a tolerance lies between 0 and 1, not {self.tolerance}")


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """
    The day on which one visit that is owed is made good.

    ``extra`` says that it takes an opening beyond the ordinary ones; ``day`` is
    ``None`` where no opening was found.
    """

    patient_id: str
    clinician_id: str
    visit_type: str
    order: int
    day: date | None
    extra: bool


EXTRA_SOURCES = ("protected_time", "intakes_released", "urgent_released", "overtime")


@dataclass(frozen=True, slots=True)
class ExtraOpenings:
    """
    What one part of a contract adds to the openings of a week, or why nothing.

    Parameters
    ----------
    source
        One of ``EXTRA_SOURCES``.
    clause_ids
        Clauses that were read for it.
    per_week
        Openings of a full week of everybody back, as far as the caps let them be.
    text
        In one sentence.
    """

    source: str
    clause_ids: tuple[str, ...]
    per_week: int
    text: str


@dataclass(frozen=True, slots=True)
class RecoveryPart:
    """
    When one kind of wait is as it would have been.

    Parameters
    ----------
    name
        ``returns`` or ``intakes``.
    excess
        By week after the incident: low, middle and high of the replications of
        overdue offers above those of the same week without the incident.
    ends, ended_share
        As in ``Recovery``.
    modes
        Where the replications fall into two groups: share of the replications, and
        lowest and highest excess of the last weeks, as a share of the offers, for
        each group; else empty.
    """

    name: str
    excess: tuple[tuple[int, int, int], ...]
    ends: tuple[date | None, date | None, date | None]
    ended_share: float
    modes: tuple[tuple[float, float, float], ...] = ()


KEPT_WHY = ("held", "past", "edited", "removed", "stays")
"""
Held since; on a day that is over, or on which the clinician was not back; edited;
taken out of the book by somebody; the patient stays with the substitute.
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """
    A row that the plan wrote and that stays as it is now.

    ``table`` is ``appointments`` or ``groups``; ``why`` one of ``KEPT_WHY``.
    """

    table: str
    row_id: str
    why: str


@dataclass(frozen=True, slots=True)
class CalledOff:
    """
    A system with the plan taken back.

    Parameters
    ----------
    restored
        Rows that are again as they were, and rows of the plan that are gone.
    kept
        Rows that somebody touched since, and that stay.
    clashes
        Restored appointments whose old time somebody else was given since, each
        with the appointment it meets: to be settled by hand.
    """

    system: CareSystem
    restored: int
    kept: tuple[Kept, ...]
    clashes: tuple[tuple[str, str], ...] = ()
