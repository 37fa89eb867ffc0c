"""A request for care, what was offered, and what a clinician noted about waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

EXCEPTION_KINDS = ("longer_wait", "scheduled_ahead")
OUTCOMES = ("met", "breached", "excepted", "pending")


@dataclass(frozen=True, slots=True)
class Offer:
    """
    One appointment put before the patient; whether it was taken does not matter.

    Parameters
    ----------
    offered_at
        When the patient was told.
    start
        When the offered appointment begins.
    in_person
        Whether it can be kept in person.
    withdrawn_at
        When the system of care took the offer back, ``None`` if it never did. A
        patient who declines or cancels withdraws nothing.
    """

    offered_at: datetime
    start: datetime
    in_person: bool = True
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        _need_zone(self.offered_at, self.start, self.withdrawn_at)
        if self.start < self.offered_at:
            raise ValueError(f"offer of {self.start} was made later, {self.offered_at}")

    def stood_at(self, moment: datetime) -> bool:
        """Say whether the offer had been made by then and was not taken back."""
        return self.offered_at <= moment and (
            self.withdrawn_at is None or self.withdrawn_at > moment
        )


@dataclass(frozen=True, slots=True)
class Extension:
    """
    A clinician's decision, in the record, that this person may wait longer.

    It is never a scheduler's decision and never the program's. Whether it counts
    is for ``rules.exceptions.flaw`` to say: an incomplete one can be stored.

    Parameters
    ----------
    kind
        ``longer_wait`` (a longer wait does no harm) or ``scheduled_ahead``
        (periodic follow-up planned by the treating clinician).
    license
        License code of the author; anything else, or empty, is not a clinician.
    noted_at
        When it was written into the record, ``None`` if nobody recorded when.
    note
        The text of the note. Only whether it is empty matters here.
    cosigned_by
        License code of a supervisor who signed with an associate.
    extends_to
        Latest start the author found acceptable, ``None`` if no day was stated.
    """

    kind: str
    license: str
    noted_at: datetime | None
    note: str
    cosigned_by: str = ""
    extends_to: datetime | None = None

    def __post_init__(self) -> None:
        if self.kind not in EXCEPTION_KINDS:
            raise ValueError(f"kind must be one of {EXCEPTION_KINDS}, got {self.kind}")
        _need_zone(self.noted_at, self.extends_to)


@dataclass(frozen=True, slots=True)
class Request:
    """
    What one clock judges: a start that never changes, and what followed it.

    Parameters
    ----------
    starts_at
        The first request, or the prior visit for clocks that start there. Never
        the moment a clerk typed it in, and never edited afterwards.
    in_person_only
        The patient asked for care in person, so telehealth offers do not count.
    closed_at
        When the patient stopped asking, ``None`` while the request stands.
    """

    starts_at: datetime
    offers: tuple[Offer, ...] = ()
    extensions: tuple[Extension, ...] = ()
    in_person_only: bool = False
    closed_at: datetime | None = None

    def __post_init__(self) -> None:
        _need_zone(self.starts_at, self.closed_at)
        for offer in self.offers:
            if offer.offered_at < self.starts_at:
                raise ValueError(
                    f"offer made at {offer.offered_at}, before {self.starts_at}"
                )


@dataclass(frozen=True, slots=True)
class Judgment:
    """
    What a clock says of one request at one moment.

    Parameters
    ----------
    outcome
        ``met``, ``breached``, ``excepted`` or ``pending``.
    reason
        A code of ``rules.access.REASONS``.
    wait
        Wait to the earliest offered appointment that counts, or up to now where
        there is none, in ``unit``.
    flaws
        Why each extension on record did not count, in their order.
    """

    standard_id: str
    outcome: str
    reason: str
    wait: int
    limit: int
    unit: str
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutOfNetworkDuty:
    """
    What is due when no appointment in the network fits, and by when.

    All dates run from the initial request: looking inside the network uses up the
    same time.
    """

    arises: bool
    reason: str
    notice_by: datetime
    appointment_by: datetime
    member_may_arrange_by: datetime


def _need_zone(*moments: datetime | None) -> None:
    """Refuse wall-clock times without a time zone: no wait can be told from them."""
    for moment in moments:
        if moment is not None and moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
