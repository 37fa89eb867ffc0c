"""What the proposals are called in the report: by side, the same way everywhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from caretime.bargaining.comparison import Arm, Comparison

SIDES = {
    "union": ("the union's proposal", "Union"),
    "employer": ("the employer's offer", "Employer"),
    "confirmed": ("the settlement", "Settlement"),
}
IN_FORCE = ("the terms in force", "In force")


@dataclass(frozen=True, slots=True)
class Name:
    """
    How one arm is spoken of.

    Parameters
    ----------
    full
        In a sentence, for instance ``the union's proposal``.
    short
        In a chart or a column, at most about 14 characters.
    index
        Position among the arms; picks color and dashes.
    side
        ``union``, ``employer`` or empty.
    """

    contract_id: str
    full: str
    short: str
    index: int
    side: str

    @property
    def opening(self) -> str:
        """The full name with a capital, to open a sentence."""
        return self.full[:1].upper() + self.full[1:]


def name_arms(comparison: Comparison) -> dict[str, Name]:
    """
    Name every arm by its side: base, union, employer, settlement.

    Where two arms would bear one name, each gets its date or title beside it.
    An arm with another standing is called by its title.
    """
    plain = {
        arm.contract_id: _plain_name(arm, comparison.base) for arm in comparison.arms
    }
    often = Counter(short for _, short in plain.values())
    dates = Counter((plain[a.contract_id][1], a.effective) for a in comparison.arms)
    names: dict[str, Name] = {}
    for index, arm in enumerate(comparison.arms):
        full, short = plain[arm.contract_id]
        if often[short] > 1:
            told = (
                arm.effective if dates[short, arm.effective] == 1 else arm.contract_id
            )
            full, short = f"{full} ({told})", f"{short} {told}"
        side = arm.standing if arm.standing in ("union", "employer") else ""
        names[arm.contract_id] = Name(arm.contract_id, full, short, index, side)
    return names


def _plain_name(arm: Arm, base: str) -> tuple[str, str]:
    if arm.contract_id == base and arm.standing not in ("union", "employer"):
        return IN_FORCE
    if arm.standing in SIDES:
        return SIDES[arm.standing]
    return (f"“{arm.title}”", arm.title[:22])
