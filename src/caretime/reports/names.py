"""What the proposals are called in the report: by side, the same way everywhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import count

from caretime.bargaining.comparison import Arm, Comparison

IN_FORCE = ("the terms in force", "In force", "")
KINDS = {
    "even weeks": ("the even week", "Even weeks", ""),
    "built weeks": ("the built week", "Built weeks", ""),
    "in force": IN_FORCE,
    "union's proposal": ("the union's proposal", "Union", "union"),
    "employer's offer": ("the employer's offer", "Employer", "employer"),
    "settlement": ("the settlement", "Settlement", ""),
    "agreement": ("the settlement", "Settlement", ""),
}
"""Words of a title that say what a contract is; the first found holds."""

COLORED = ("In force", "Union", "Employer", "Settlement")
"""Short names with a color of their own, in the order of the palette."""

STANDINGS = {
    "union": KINDS["union's proposal"],
    "employer": KINDS["employer's offer"],
    "confirmed": KINDS["settlement"],
}
"""What a contract is where its title does not say: by who tells of it."""

ACCOUNTS = {
    "confirmed": "confirmed",
    "union": "by the union's account",
    "employer": "by the employer's account",
    "assumption": "assumed",
    "unverified": "not verified",
}


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
        Picks color and dashes: the same for the same kind in every report.
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
    Name every arm by what it is: terms in force, proposal, offer, settlement.

    The title decides, and where it does not say, the standing: terms that held
    before are often known by one side's account only. Where two arms would bear
    one name, each gets its date or its id beside it. An arm that is none of these
    is called by its title.
    """
    kinds = {arm.contract_id: _kind(arm, comparison.base) for arm in comparison.arms}
    often = Counter(short for _, short, _ in kinds.values())
    dates = Counter((kinds[a.contract_id][1], a.effective) for a in comparison.arms)
    names: dict[str, Name] = {}
    for arm in comparison.arms:
        full, short, side = kinds[arm.contract_id]
        index = _index(short, {name.index for name in names.values()})
        if often[short] > 1:
            alone = dates[short, arm.effective] == 1
            told = arm.effective if alone else arm.contract_id
            full, short = f"{full} ({told})", f"{short} {told}"
        names[arm.contract_id] = Name(arm.contract_id, full, short, index, side)
    return names


def _index(short: str, taken: set[int]) -> int:
    """Give each kind its place, and others the first that is free."""
    wanted = COLORED.index(short) if short in COLORED else len(COLORED)
    if wanted not in taken:
        return wanted
    return next(k for k in count(len(COLORED)) if k not in taken)


def _kind(arm: Arm, base: str) -> tuple[str, str, str]:
    title = arm.title.lower()
    for words, kind in KINDS.items():
        if words in title and not (words == "agreement" and arm.contract_id == base):
            return kind
    if arm.contract_id == base and arm.standing not in ("union", "employer"):
        return IN_FORCE
    return STANDINGS.get(arm.standing, (f"“{arm.title}”", arm.title[:22], ""))
