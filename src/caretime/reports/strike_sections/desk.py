"""What the desk must do each day, as the plan rolls."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np

from caretime.model.affected import Affected
from caretime.reports.markup import Markup, element, join
from caretime.reports.strike_charts import Days, day_rows
from caretime.reports.strike_tally import Tally
from caretime.reports.tabular import details, table

OPEN_DAYS = 10


def desk(tally: Tally, affected: Affected | None) -> Markup | None:
    """Write the section, or nothing where there is nothing to do."""
    columns = _columns(tally, affected)
    days = tuple(sorted({when for _, counted in columns for when in counted}))
    if not days:
        return None
    counts = np.array([[c[d] for _, c in columns] for d in days], np.int64)
    rows = day_rows(Days(days, tuple(head for head, _ in columns), counts))
    heads = ("Day", *(head for head, _ in columns))
    return join(
        element(
            "p",
            "The plan is carried out day by day and not in one block: whoever comes "
            "back early finds the book intact. What is decided about a booked visit is "
            "due some days before it, so the first days lie before the incident. Lists "
            "with the patients' numbers are in the files beside this report. A call "
            "that was due before notice came stands on that day.",
        ),
        table(
            "To do by the end of each day", heads, rows[:OPEN_DAYS], kind="numbers days"
        ),
        details(
            f"{len(rows) - OPEN_DAYS} more days",
            table("To do, later days", heads, rows[OPEN_DAYS:], kind="numbers days"),
        )
        if len(rows) > OPEN_DAYS
        else None,
    )


def _columns(
    tally: Tally, affected: Affected | None
) -> list[tuple[str, Counter[date]]]:
    plan = tally.plan
    first = plan.incident.notice_day
    found: list[tuple[str, Counter[date]]] = []
    if affected is not None:
        decide = Counter({one.day: one.decide for one in affected.days if one.decide})
        found.append(("Booked visits to decide and call about", decide))
    else:
        due = Counter(one.first_due for one in plan.series)
        found.append(("Patients whose next visit falls away", due))
    proposed = Counter(
        visit.start.date()
        for visit in plan.bookings
        if visit.standing == "proposed" and visit.number == 1
    )
    if proposed:
        found.append(("First network visits that need a yes", proposed))
    if plan.contacts:
        found.append(
            ("Calls due", Counter(max(one.by, first) for one in plan.contacts))
        )
    back = Counter(one.day for one in plan.home if one.day is not None)
    if back:
        found.append(("Patients who go home", back))
    return found
