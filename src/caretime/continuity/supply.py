"""Who can take over, and how much: openings week by week, in-house and network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import floor

from caretime.continuity._supply_book import book_of, intakes_lent, kept_for_own
from caretime.continuity._supply_weeks import INTAKE, RETURN
from caretime.model.care import Absence
from caretime.model.incident import GroupCover, Substitute
from caretime.model.matching import MatchPolicy
from caretime.model.people import NetworkTherapist
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster


def substitutes_of(
    system: CareSystem,
    contract: Contract,
    absences: Sequence[Absence],
    *,
    monday: date,
    weeks: int,
    policy: MatchPolicy,
    groups: Sequence[GroupCover] = (),
    roster: Roster | None = None,
) -> tuple[Substitute, ...]:
    """
    Return everybody who can take over, with their openings by week of the plan.

    Existing patients come first: what own patients have booked, and what is due to
    them by their interval, is never lent.

    Parameters
    ----------
    absences
        Who is away because of the incident; leave of ``system.absences`` counts too.
    monday
        First day of week 0 of the plan.
    weeks
        How many are planned.
    groups
        Groups taken over; whoever runs one gives the openings its sessions overlap.
    roster
        Weeks built for the contract. Who has none in it, and everybody on days on
        which it does not hold, works the even week of the ledger.

    Returns
    -------
    tuple of Substitute
        In-house, in the order of the system, all who are at work on a weekday of the
        plan; then the network in the order of the system. Also those without any
        opening.

    Raises
    ------
    PlanError
        If the contract has ended, or the roster was built for another one.

    Notes
    -----
    In-house openings are counted one by one on the dated weeks, so that dated times
    can be given to whatever fits into them: return openings, less holidays and days
    away, less appointments, groups led or taken over, and visits due to own patients
    that are not booked yet. A visit due in a week away counts in the next week at
    work. Nothing before the system's first day is open. Reserved intake openings
    stand in ``intakes``; ``policy.intake_lent`` of them, rounded down, are lent.

    A network therapist's openings a week are carried on as fractions: 0.27 a week
    are one new patient in week 3, and the next in week 7.
    """
    book = book_of(
        system,
        contract,
        absences,
        monday=monday,
        weeks=weeks,
        groups=groups,
        roster=roster,
    )
    lent = intakes_lent(book, policy.intake_lent)
    spare = (book.count(RETURN) - kept_for_own(system, book) + lent).tolist()
    intakes = (book.count(INTAKE) - lent).tolist()
    in_house = tuple(
        Substitute(
            system.clinicians[k].clinician_id,
            "in_house",
            tuple(spare[i]),
            tuple(intakes[i]),
        )
        for i, k in enumerate(book.people)
    )
    return in_house + tuple(
        Substitute(t.therapist_id, "network", new_patients(t, weeks, policy))
        for t in system.network
    )


def new_patients(
    therapist: NetworkTherapist, weeks: int, policy: MatchPolicy
) -> tuple[int, ...]:
    """
    Return how many new patients a network therapist can take on, week by week.

    Those who take on fewer of the people referred to them than
    ``policy.least_acceptance`` are not asked.
    """
    if therapist.acceptance < policy.least_acceptance:
        return (0,) * weeks
    # The hair above keeps four times 0.25 from falling short of one.
    until = [floor(therapist.openings_per_week * w + 1e-9) for w in range(weeks + 1)]
    return tuple(until[w + 1] - until[w] for w in range(weeks))
