"""Titles of measures and assumptions, and names that were mistyped."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from types import MappingProxyType

from caretime import tables
from caretime.bargaining.run_plan import COST
from caretime.errors import PlanError
from caretime.measures.access import limit_of
from caretime.measures.measure import definitions
from caretime.model.log import CLOCKS
from caretime.model.system import CareSystem

AS_ABOVE = "as above"
"""Meaning of a side's row in ``tables/assumptions.csv``: that of the shared row."""

CLOCK_WORDS = MappingProxyType(
    {
        "intake": "a first visit",
        "first_treatment": "first treatment",
        "follow_up": "a follow-up visit",
        "urgent": "an urgent visit",
    }
)


def measure_title(name: str) -> str:
    """
    Return the title of a measure.

    >>> measure_title("within_follow_up")
    'Follow-up visit offered within the standard'
    """
    if name == COST:
        return "Cost"
    return {row["name"]: row["title"] for row in definitions()}.get(name, name)


def assumption_meaning(name: str) -> str:
    """
    Return what an assumption means, without brackets and asides at its end.

    >>> assumption_meaning("turnover_load_slope")
    'How the hazard of leaving grows with overload'
    """
    for row in tables.rows("assumptions"):
        if row["name"] == name and row["meaning"] != AS_ABOVE:
            return row["meaning"].partition(";")[0].partition(" (")[0]
    return name.replace("_", " ").capitalize()


def check_measures(names: Iterable[str], system: CareSystem) -> None:
    """
    Refuse names of measures that are none, or that a system cannot have.

    ``cost`` is one. A clock without a standard has no share within it.

    Raises
    ------
    PlanError
        With the nearest names.
    """
    without = {f"within_{c}" for c in CLOCKS if limit_of(system.standards, c) is None}
    known = [row["name"] for row in definitions() if row["name"] not in without]
    known.append(COST)
    for name in names:
        if name in without:
            raise PlanError(f"no measure {name}: the system sets no such standard")
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else ", ".join(known)
            raise PlanError(f"no measure {name}; {hint}")
