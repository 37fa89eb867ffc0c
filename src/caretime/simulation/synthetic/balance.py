"""How many openings a referral uses, and how many courses an opening carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from caretime.model.assumptions import Assumptions
from caretime.rules.ledger import ALWAYS_OPEN_DAYS, Ledger
from caretime.simulation.synthetic.draws import Floats

LONGEST_COURSE = 400
"""Visits after which a course is not followed further here."""

RETRY_DAYS = 4
"""Business days from a missed return to the next try: three and about one more."""

LEAVE_DAYS, SEARCH_DAYS = 5, 0.5
"""Business days lost when the therapist is on leave that week, and to find a day
with an opening in any case; read off runs of the simulation."""

WORKING_DAYS_PER_YEAR = 261


@dataclass(frozen=True)
class Course:
    """
    What one referral leads to, on average, when everybody is booked in time.

    Parameters
    ----------
    intake_bookings, return_bookings, urgent_bookings
        Openings used by one referral: visits held, missed and cancelled late.
    starts
        Share of referrals that attend a first visit.
    visits
        Visits attended by those who start, the first included.
    in_progress
        ``in_progress[j - 1]`` is the chance, among those who start, that a return
        after the j-th attended visit is waited for. Its shape is the law of the
        visits attended so far in a caseload at rest.
    delay_weeks
        Weeks that missed visits, absences and full days add to an interval.
    intervals
        Share of courses with a return every so many weeks.
    """

    intake_bookings: float
    return_bookings: float
    urgent_bookings: float
    starts: float
    visits: float
    in_progress: Floats
    delay_weeks: float
    intervals: Mapping[int, float]

    @property
    def returns_awaited(self) -> float:
        """Returns waited for in one course, among those who start."""
        return float(self.in_progress.sum())


def course_of(assumptions: Assumptions, intake_wait_days: float) -> Course:
    """
    Follow one referral through the laws of the simulation.

    A first visit is missed, cancelled or held; who misses comes again or not; a
    course ends after its j-th visit with chance a / (b + j), and may be dropped
    after each missed return.

    Examples
    --------
    >>> from caretime.formats import default_assumptions
    >>> course = course_of(default_assumptions(), 8)
    >>> course.visits > 3 and 0.75 < course.starts < 0.95
    True
    """
    cancel, rebook = (
        assumptions["late_cancel_share"],
        assumptions["rebook_after_cancel"],
    )
    missed = no_show(assumptions, "intake", intake_wait_days)
    again = (1 - cancel) * missed * (1 - assumptions["drop_after_intake_no_show"])
    intakes = 1 / (1 - again - cancel * rebook)
    starts = (1 - cancel) * (1 - missed) * intakes

    missed = sum(
        share * no_show(assumptions, "return", 5 * weeks)
        for weeks, share in intervals(assumptions).items()
    )
    again = (1 - cancel) * missed * (1 - assumptions["drop_after_no_show"])
    tries = 1 / (1 - again - cancel * rebook)
    holds = (1 - cancel) * (1 - missed) * tries

    visit = np.arange(1, LONGEST_COURSE + 1, dtype=np.float64)
    a, b = assumptions["course_hazard_a"], assumptions["course_hazard_b"]
    goes_on = np.cumprod(1 - a / (b + visit))
    comes = np.cumprod(np.where(visit > 1, holds, 1.0))
    in_progress = np.asarray(goes_on * comes, dtype=np.float64)
    awaited = float(in_progress.sum())
    away = assumptions["leave_weeks"] / 52 * LEAVE_DAYS
    sick = assumptions["sick_days"] / WORKING_DAYS_PER_YEAR * RETRY_DAYS
    lost = (tries - 1) * RETRY_DAYS + away + sick + SEARCH_DAYS
    return Course(
        intake_bookings=intakes,
        return_bookings=starts * awaited * tries,
        urgent_bookings=starts * awaited * assumptions["urgent_per_visit"],
        starts=starts,
        visits=1 + awaited * holds,
        in_progress=in_progress,
        delay_weeks=lost / 5,
        intervals=intervals(assumptions),
    )


def no_show(assumptions: Assumptions, visit: str, wait_days: float) -> float:
    """Return the share missed after a wait; it saturates (facts 3.1)."""
    floor = assumptions[f"no_show_{visit}_floor"]
    ceiling = assumptions[f"no_show_{visit}_ceiling"]
    return ceiling - (ceiling - floor) * exp(
        -wait_days / assumptions["no_show_scale_days"]
    )


def intervals(assumptions: Assumptions) -> dict[int, float]:
    """Return the share of courses with a return every 1, 2, 3 and 4 weeks."""
    shares = {
        1: assumptions["interval_1_week"],
        2: assumptions["interval_2_weeks"],
        3: assumptions["interval_3_weeks"],
    }
    return {**shares, 4: max(1 - sum(shares.values()), 0.0)}


def present_share(assumptions: Assumptions, holidays_per_year: float) -> float:
    """Return the share of a filled post's openings left by leave and holidays."""
    leave = 1 - assumptions["leave_weeks"] / 52
    sick = 1 - assumptions["sick_days"] / WORKING_DAYS_PER_YEAR
    return leave * sick * (1 - holidays_per_year / WORKING_DAYS_PER_YEAR)


def filled_share(assumptions: Assumptions) -> float:
    """
    Return full books in the long run over the clinicians in post at the start.

    A post is left at ``turnover_per_year`` and filled after ``hiring_lag_weeks``
    on average; the new person offers ``ramp_share`` for ``ramp_weeks``. The posts
    are the clinicians of the folder and, beside them, ``vacancy_share`` of all.
    """
    stay = 52 / assumptions["turnover_per_year"]
    filled = stay / (stay + assumptions["hiring_lag_weeks"])
    ramping = assumptions["ramp_weeks"] / stay * (1 - assumptions["ramp_share"])
    return filled * (1 - ramping) / (1 - assumptions["vacancy_share"])


def courses_per_week(ledger: Ledger, course: Course, group_share: float) -> float:
    """
    Return the referrals a week that would use the scarcer openings of a full book.

    Where intake openings are reserved, intakes have theirs and returns theirs: one
    left over is released too late for returns, which are booked an interval ahead.
    Where they are not reserved, all openings serve both.
    """
    openings = ledger.openings
    returns = course.return_bookings * (1 - group_share)
    if ledger.intake_release_days >= ALWAYS_OPEN_DAYS:
        both = openings.intake + openings.return_
        return both / (course.intake_bookings + returns)
    return min(openings.intake / course.intake_bookings, openings.return_ / returns)


def carry(
    ledgers: Sequence[Ledger],
    course: Course,
    members: int,
    group_share: float,
    share: float,
) -> tuple[Floats, float]:
    """
    Return the referrals a week that each clinician's openings can carry.

    Parameters
    ----------
    members
        Seats taken in groups.
    group_share
        Share of those who start that would go on in a group if seats were there.
    share
        Part of the openings to use: load, leave, sickness, holidays and vacancies.

    Returns
    -------
    carried
        One number a clinician.
    group_share
        As the seats allow it: those who find none go on alone.
    """
    for _ in range(2):
        carried = share * np.array(
            [courses_per_week(ledger, course, group_share) for ledger in ledgers]
        )
        started = float(carried.sum()) * course.starts * course.returns_awaited
        group_share = members / (started * (1 + course.delay_weeks))
    return carried, group_share
