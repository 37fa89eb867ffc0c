"""Access standards: how long a person may wait, from which moment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standard:
    """
    One access standard of one profile.

    Parameters
    ----------
    standard_id
        Stable name, for instance ``ca-follow-up``.
    profile
        Jurisdiction or accreditation, for instance ``california``.
    clock
        Which wait it judges: ``intake``, ``first_treatment``, ``follow_up`` or
        ``urgent``.
    provider
        ``non_physician``, ``physician`` or ``any``.
    starts
        ``request`` or ``prior_visit``.
    limit, unit
        Whole number of ``business_days``, ``calendar_days`` or ``hours``
        (hours run in elapsed time).
    prior_authorization
        Whether the limit is the one for urgent care that needs authorization.
    target_share
        Share that must be within the limit, 0 to 1; 0 where none is set.
    citation
        Statute or rule, with its standing in brackets.
    """

    standard_id: str
    profile: str
    clock: str
    provider: str
    starts: str
    limit: int
    unit: str
    prior_authorization: bool
    target_share: float
    citation: str
