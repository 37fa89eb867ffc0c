"""The way back: who goes home to the own clinician, and how the backlog goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from caretime.continuity.handback import REASONS
from caretime.model.strike import Recovery
from caretime.model.way_back import RecoveryPart
from caretime.reports import strike_words as words
from caretime.reports.charts._render import Spec
from caretime.reports.charts.over_time import Line, Scale, line_chart
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.sections.figures import figure
from caretime.reports.strike_charts import Days, day_figure, span_of
from caretime.reports.strike_hidden import safe_table
from caretime.reports.strike_sections.breakdown import breakdown
from caretime.reports.strike_tally import Tally
from caretime.reports.strike_words import count, day
from caretime.reports.tabular import details, table


def way_back(tally: Tally) -> Markup:
    """Write the section."""
    plan = tally.plan
    if not plan.home and plan.recovery is None:
        return element(
            "p",
            "This plan does not hold the way back yet: it is worked out when "
            "clinicians return.",
        )
    return join(
        *_home(tally),
        *(_recovery(plan.recovery) if plan.recovery is not None else ()),
    )


def _home(tally: Tally) -> Iterable[Child]:
    home = tally.plan.home
    if not home:
        return
    choices = Counter(one.choice for one in home)
    undated = sum(one.choice == "home" and one.day is None for one in home)
    people = len({one.patient_id for one in home})
    said = (
        f"{count(len(home), 'course or group seat', 'courses and group seats')} of "
        f"{count(people, 'patient')}: {choices['home']:,} go back to the own clinician "
        f"or leader, {choices['stays']:,} stay where they are. What the patient wants "
        "goes before every rule."
    )
    if not choices["stays"]:
        said += " Nobody is proposed to stay; who wants to is entered when they say so."
    said += (
        " Those who had nobody go first, as far as the own clinician has a place; the "
        "others stand in the row of clinicians without one."
    )
    if undated:
        said += f" {undated:,} of those who go back have no day yet."
    yield element("p", said)
    names = [(_why(one.reason), one.choice == "stays") for one in home]
    parts = sorted({name for name, _ in names})
    counts = np.zeros((len(parts), 2), np.int64)
    for name, stays in names:
        counts[parts.index(name), int(stays)] += 1
    yield breakdown(
        "Courses and group seats that go back or stay, by reason",
        "Reason",
        safe_table(parts, counts),
        ("Go back", "Stay"),
    )
    found = Counter(one.day for one in home if one.day is not None)
    days = span_of(list(found))
    if days:
        yield day_figure(
            "home-days",
            "How many go back each day?",
            Days(
                days,
                ("Courses and seats",),
                np.array([[found[d]] for d in days], np.int64),
            ),
            caption="First visits back with the own clinician, by day",
        )


def _why(code: str) -> str:
    return words.opened(REASONS.get(code, words.spoken(code)))


def _recovery(recovery: Recovery) -> Iterable[Child]:
    yield element("h3", "When is the backlog gone?")
    yield element("p", _ends(recovery))
    if len(recovery.weeks) > 1:
        yield _backlog(recovery)
    if recovery.extras:
        yield details(
            "What the contract allows on top",
            element(
                "ul",
                [
                    element("li", f"{extra.per_week:,} a week. {extra.text}")
                    for extra in recovery.extras
                ],
            ),
        )


def _ends(recovery: Recovery) -> str:
    low, middle, high = recovery.ends
    runs = recovery.replications
    ended = round(recovery.ended_share * runs)
    said = (
        f"It ends within the {_run(recovery)} run in {ended:,} of "
        f"{count(runs, 'simulated run')}."
    )
    if middle is None:
        said += " So in half of them or more it does not end in that time."
    else:
        said += f" In the middle of the runs it is gone by {day(middle, year=True)}."
    if low is not None:
        said += f" It could end as early as {day(low, year=True)}."
    if high is not None:
        said += f" It could last until {day(high, year=True)}."
    return (
        f"{said} The backlog counts as gone when first offers are late no more often "
        "than they would be without the incident. That knows everybody, also people "
        "who are referred meanwhile. A backlog can trap: long waits make people miss "
        "visits, and that uses up openings. So the end is simulated and not assumed."
    )


def _run(recovery: Recovery) -> str:
    """Say how long the simulation ran after the incident."""
    weeks = max((len(part.excess) for part in recovery.parts), default=0)
    return count(weeks, "week") if weeks else "weeks"


def _backlog(recovery: Recovery) -> Markup:
    weeks = recovery.weeks
    x = list(range(len(weeks)))
    owed = Line("Visits owed", 0, x, [float(week.owed) for week in weeks])
    caught = Line("Caught up", 1, x, [float(week.caught_up) for week in weeks])
    parts = {part.name: part for part in recovery.parts if len(part.excess) > 1}
    first = day(weeks[0].monday, year=True)
    chart = figure(
        "recovery",
        "When do the patients of this plan catch up?",
        f"Visits owed and caught up by week from {first}; the table has the numbers.",
        lambda width: _by_whole_weeks([owed, caught], width, f"Weeks from {first}"),
        table(
            "The backlog of the patients of this plan, by week",
            ("Week from", "Owed at its start", "Extra openings", "Caught up"),
            [
                [
                    day(week.monday, year=True),
                    f"{week.owed:,}",
                    f"{week.extra:,}",
                    f"{week.caught_up:,}",
                ]
                for week in weeks
            ],
            kind="numbers columns",
        ),
        note="Only patients of this plan who have nobody: each is owed one visit with "
        "the own clinician.",
    )
    return join(chart, [_excess(part) for part in parts.values()])


def _excess(part: RecoveryPart) -> Markup:
    name, excess = part.name, part.excess
    x = list(range(len(excess)))
    low, middle, high = ([float(week[k]) for week in excess] for k in range(3))
    what = {"returns": "follow-up visits", "intakes": "first visits"}.get(name, name)
    return figure(
        f"recovery-{name}",
        f"How many more {what} are late than without the incident?",
        "A line for the middle of the simulated runs, a band from low to high.",
        lambda width: _by_whole_weeks(
            [Line("", 0, x, middle, low, high)], width, "Weeks after the incident"
        ),
        table(
            f"Late {what} above the same week without the incident",
            ("Week", "Low", "Middle", "High"),
            [
                [f"{k + 1}", *(f"{value:,}" for value in week)]
                for k, week in enumerate(excess)
            ],
            kind="numbers columns",
        ),
        note="Below zero fewer are late. The band runs from the low to the high "
        f"simulated runs.{_modes(part)}",
    )


def _modes(part: RecoveryPart) -> str:
    """Say where the runs fall into two groups: a middle would hide that."""
    if not part.modes:
        return ""
    groups = " and ".join(
        f"in {100 * share:.0f} of 100 runs between {100 * low:.0f} and "
        f"{100 * high:.0f} of 100 offers"
        for share, low, high in part.modes
    )
    return f" The runs fall into two groups by their last weeks: late are {groups}."


def _by_whole_weeks(lines: Sequence[Line], width: int, x_title: str) -> Spec:
    spec = line_chart(lines, Scale(), width=width, x_title=x_title)
    spec["encoding"]["x"]["axis"] |= {"tickMinStep": 1, "format": "d"}
    return spec
