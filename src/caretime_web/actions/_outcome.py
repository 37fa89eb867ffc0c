"""What came of a click at the desk: an id, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from caretime.rules.booking import Refusal
from caretime_web.actions._turns import in_turn
from caretime_web.data.audit import author


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of an action.

    Parameters
    ----------
    id
        Of the visit or hold; empty where nothing was written.
    refusals
        Why not. Reasons of the rules of booking, and the desk's own:
        ``contract_ended``, ``not_booked``, ``has_begun``, ``not_begun``.
    """

    id: str = ""
    refusals: tuple[Refusal, ...] = ()

    @property
    def done(self) -> bool:
        """Say whether it was written."""
        return not self.refusals

    @property
    def sentence(self) -> str:
        """
        Say why not, clause by clause; empty if it was done.

        >>> Outcome(refusals=(Refusal("visit_cap_daily", "DAILY-CAP",
        ...     "9 patients on Mon, at most 8"),)).sentence
        'DAILY-CAP: 9 patients on Mon, at most 8'
        """
        return "; ".join(
            ": ".join(
                filter(None, (one.clause_id, one.text or one.reason.replace("_", " ")))
            )
            for one in self.refusals
        )


class Refused(Exception):
    """Takes back what the transaction wrote so far, for these reasons."""

    def __init__(self, *refusals: Refusal) -> None:
        self.refusals = refusals
        super().__init__(*refusals)


def settle(work: Callable[[], str], *, by: str, why: str) -> Outcome:
    """
    Do the work whole and by its author, or not at all.

    Parameters
    ----------
    work
        Returns an id, or raises ``Refused``.
    """

    def whole() -> str:
        with author(by, why=why):
            return work()

    try:
        return Outcome(in_turn(whole))
    except Refused as stopped:
        return Outcome(refusals=stopped.refusals)
