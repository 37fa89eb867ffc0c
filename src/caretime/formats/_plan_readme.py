"""What lies in the folder of a plan, for whoever opens it without a manual."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from textwrap import wrap

from caretime.formats._plan_head import zone_of
from caretime.formats.dictionary import PLAN_TABLES, Attribute, dictionary
from caretime.model.strike import StrikePlan

README_FILE = "README.txt"

_WIDTH = 80

_WHAT = {
    "plan/series": "Whose care is interrupted, and by when the next visit is due.",
    "plan/matches": "What becomes of each of them: a substitute, waiting, or nobody.",
    "plan/bookings": "The visits with substitutes, each with its day and hour.",
    "plan/untimed": "Visits for which no day and hour was found, and why.",
    "plan/left_out": "Who has nobody, why, and what would help most cheaply.",
    "plan/contacts": "Who is to be called or written to, by which day, and why.",
    "plan/groups": "Groups whose leader is away, and who runs them.",
    "plan/to_buy": "Sorts of place that are short, the dearest first.",
    "plan/home": "Who goes back to the own clinician, in which order, on which day.",
    "plan/caught_up": "When each visit that is owed is made good.",
    "plan/prices": "Prices of openings; with them anybody works the bound out again.",
}
_REST = """plan.json
    For programs: incident, policy, hashes, levels, substitutes, the way back.

report.html
    The report, where one was made: open it in a browser.
"""
_WEEK_COLUMNS = frozenset(("week", "weeks"))


def readme_text(plan: StrikePlan) -> str:
    """
    Return the text of ``README.txt``: each file of a plan, column by column.

    The same plan gives the same text.
    """
    weeks = "; ".join(
        f"{week} from {plan.monday + timedelta(weeks=week)}"
        for week in range(plan.weeks)
    )
    parts = [
        f"Plan for incident {plan.incident.incident_id}, {plan.weeks} weeks from "
        f"Monday {plan.monday}, made by Caretime {plan.version}.",
        "These tables name patients by their numbers: keep them in the house. What "
        "may leave it is report.html, which has counts only.",
        "Begin with contacts.csv (calls, by day), bookings.csv (visits, to be sorted "
        "by start) and left_out.csv (who has nobody). Rows of one patient have the "
        "same patient_id in all tables, and in those of the care system; risk_tier, "
        "1 the highest, is in series.csv.",
        f"Times are local, in {zone_of(plan)}, with the hours ahead of UTC behind "
        f"them. Weeks are numbered from the Monday of the plan: {weeks}.",
        "The tables are text with commas, in UTF-8; spreadsheets open them. Do not "
        "change them: the plan then no longer reads, because its numbers would not be "
        "those that were proven. What was decided or answered goes into an update.",
    ]
    text = "\n\n".join("\n".join(wrap(part, _WIDTH)) for part in parts)
    files = "\n\n".join("\n".join(_table(name)) for name in PLAN_TABLES)
    return f"{text}\n\n\n{files}\n\n{_REST}"


def _table(name: str) -> Iterator[str]:
    yield f"{name.removeprefix('plan/')}.csv"
    yield f"    {_WHAT[name]}"
    for column in dictionary(name).attributes.values():
        yield from wrap(
            _column(column),
            _WIDTH,
            initial_indent="  - ",
            subsequent_indent="      ",
            break_on_hyphens=False,
        )


def _column(column: Attribute) -> str:
    text = f"{column.name}: {column.meaning} ({column.expectation})"
    if column.name in _WEEK_COLUMNS:
        return f"{text}, counted from the plan's Monday"
    return text
