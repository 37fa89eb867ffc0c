"""What the answer speaks of, and in which words."""

from __future__ import annotations

from collections.abc import Sequence

from caretime.bargaining.comparison import Comparison, MeasureRow

PATIENTS = (
    "within_intake",
    "wait_intake_median",
    "within_follow_up",
    "patients_lost",
    "visits_per_week",
)
CLINICIANS = ("meals_missed", "unpaid_minutes", "load", "leavers")
HEADLINES = (
    "within_intake",
    "within_follow_up",
    "visits_per_week",
    "meals_missed",
    "unpaid_minutes",
    "leavers",
)

_WORDS = {
    "within_intake": "the share of first visits offered within {limit:intake}",
    "within_first_treatment": (
        "the share of first treatment visits offered within {limit:first_treatment}"
    ),
    "within_follow_up": (
        "the share of follow-up visits offered within {limit:follow_up}"
    ),
    "within_urgent": "the share of urgent visits offered within {limit:urgent}",
    "wait_intake_median": "the median wait for a first visit",
    "patients_lost": "the number of patients lost per 1,000 visits due",
    "visits_per_week": "the number of visits held",
    "meals_missed": "meals cut short for each clinician and week",
    "unpaid_minutes": "unpaid work for each clinician and week",
    "load": "visits and notes as a share of paid time",
    "leavers": "the share of clinicians who leave in a year",
}
_UNITS = {
    "patients_lost": "",
    "visits_per_week": "a week",
    "meals_missed": "",
}


def thing(comparison: Comparison, row: MeasureRow) -> str:
    """Name a measure inside a sentence, with the limit of its standard."""
    words = _WORDS.get(row.name, f"“{row.title.lower()}”")
    for histogram in comparison.waits:
        place = f"{{limit:{histogram.clock}}}"
        if place in words and histogram.limit is not None:
            words = words.replace(place, f"{histogram.limit} {histogram.unit}")
    return words if "{limit" not in words else words.split(" within {")[0] + " in time"


def unit_of(row: MeasureRow) -> str:
    """Return the unit of a measure as it is said after its number."""
    return _UNITS.get(row.name, row.unit)


def rows_of(comparison: Comparison, wanted: Sequence[str]) -> list[MeasureRow]:
    """Return the rows of the wanted measures that are there, in that order."""
    by_name = {row.name: row for row in comparison.measures}
    return [by_name[name] for name in wanted if name in by_name]
