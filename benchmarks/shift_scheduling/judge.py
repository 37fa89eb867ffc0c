"""
Judge a schedule from the instance's text alone.

Written apart from the reader and the solvers: it scans the file again, keeps
dictionaries of names, and walks each employee's days one by one, so that a
slip in the arrays cannot hide itself.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from pathlib import Path


def lines_of(text: str, section: str) -> list[str]:
    """Lines of one section, without comments."""
    _, _, rest = text.partition(f"SECTION_{section}\n")
    body, _, _ = rest.partition("SECTION_")
    return [s for s in body.splitlines() if s.strip() and not s.startswith("#")]


def judge(path: Path | str, schedule: dict[str, list[str]]) -> tuple[int, list[str]]:
    """
    Price a schedule and name every hard rule it breaks.

    Parameters
    ----------
    path
        The instance's file.
    schedule
        For each employee the shift of every day, empty for a day off.

    Returns
    -------
    tuple
        The penalty (requests and cover), and the breaches, empty if legal.
    """
    text = Path(path).read_text(encoding="utf-8").replace("\r", "")
    days = int(lines_of(text, "HORIZON")[0])
    length, never = {}, {}
    for line in lines_of(text, "SHIFTS"):
        shift, minutes, after = line.split(",")
        length[shift] = int(minutes)
        never[shift] = set(after.split("|")) - {""}
    breaches = []
    for line in lines_of(text, "STAFF"):
        who, most, *limits = line.split(",")
        week = schedule[who]
        if len(week) != days:
            breaches.append(f"{who}: {len(week)} days, not {days}")
        breaches += [
            f"{who}: {text}"
            for text in broken(week, most, [int(n) for n in limits], length, never)
        ]
    for line in lines_of(text, "DAYS_OFF"):
        who, *off = line.split(",")
        breaches += [f"{who}: works on day {d}" for d in off if schedule[who][int(d)]]
    return penalty(text, schedule), breaches


def broken(week, most, limits, length, never):
    """Hard rules one employee's days break, in words."""
    most_minutes, least_minutes, longest, shortest, rest, weekends = limits
    worked = Counter(shift for shift in week if shift)
    for part in most.split("|"):
        shift, limit = part.split("=")
        if worked[shift] > int(limit):
            yield f"{worked[shift]} shifts {shift}, at most {limit}"
    minutes = sum(length[shift] * times for shift, times in worked.items())
    if not least_minutes <= minutes <= most_minutes:
        yield f"{minutes} minutes, allowed {least_minutes} to {most_minutes}"
    for day, (one, other) in enumerate(pairwise(week)):
        if one and other in never[one]:
            yield f"{other} follows {one} on day {day + 1}"
    # What came before and what follows is unknown, so a run that touches an
    # end of the horizon cannot be too short.
    runs = [(works, len(list(run))) for works, run in groupby(week, key=bool)]
    for index, (works, count) in enumerate(runs):
        inside = 0 < index < len(runs) - 1
        if works and count > longest:
            yield f"{count} shifts in a row, at most {longest}"
        if inside and count < (shortest if works else rest):
            yield f"{count} {'shifts' if works else 'days off'} in a row, too few"
    worked_weekends = sum(
        any(week[d] for d in (saturday, saturday + 1) if d < len(week))
        for saturday in range(5, len(week), 7)
    )
    if worked_weekends > weekends:
        yield f"{worked_weekends} weekends, at most {weekends}"


def penalty(text: str, schedule: dict[str, list[str]]) -> int:
    """Requests not met and cover missed or exceeded, weighted."""
    total = 0
    for line in lines_of(text, "SHIFT_ON_REQUESTS"):
        who, day, shift, weight = line.split(",")
        total += int(weight) * (schedule[who][int(day)] != shift)
    for line in lines_of(text, "SHIFT_OFF_REQUESTS"):
        who, day, shift, weight = line.split(",")
        total += int(weight) * (schedule[who][int(day)] == shift)
    present = Counter(
        (day, shift) for week in schedule.values() for day, shift in enumerate(week)
    )
    for line in lines_of(text, "COVER"):
        day, shift, need, under, over = line.split(",")
        missing = int(need) - present[int(day), shift]
        total += max(missing, 0) * int(under) + max(-missing, 0) * int(over)
    return total
