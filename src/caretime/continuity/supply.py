"""Who can take over, and how much: openings week by week, in-house and network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

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

    A network therapist's openings a week are fractions: see `new_patients`.
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

    Notes
    -----
    Nobody takes on a fraction of a person, and whoever takes one on a month may be at
    any point of that month when the plan begins. Where, the folder does not say. So
    each therapist begins at a phase of its own, from 0 up to 1, which the id alone
    decides: the first eight hexadecimal digits of its SHA-256, over 2**32. The places
    open by the end of week ``w`` are ``floor(phase + rate * (w + 1))``. Of many
    therapists together as many open in each week as are stated, also in week 0; of
    one of them never more or less than the stated ones rounded up or down. Integers
    of 2**-32 make it the same on every machine.
    """
    if therapist.acceptance < policy.least_acceptance:
        return (0,) * weeks
    phase = int(sha256(therapist.therapist_id.encode()).hexdigest()[:8], 16)
    rate = round(therapist.openings_per_week * 2**32)
    until = [(phase + rate * w) >> 32 for w in range(weeks + 1)]
    return tuple(until[w + 1] - until[w] for w in range(weeks))
