"""
Numbers and differences in words, by rules.

The one rule that matters: a difference is called clear only where its interval
leaves zero out; otherwise the words are "no clear difference".
"""

from __future__ import annotations

import math
from datetime import date

from caretime.measures.estimate import Estimate

MINUS = "\u2212"
NO_CLEAR_DIFFERENCE = "no clear difference"
BETTER, WORSE, DIFFERS = "better", "worse", "differs"
MARKS = {BETTER: "✓", WORSE: "✗", DIFFERS: "↕", NO_CLEAR_DIFFERENCE: "≈"}


def number(value: float, *, places: int | None = None, signed: bool = False) -> str:
    """
    Write a number with the digits that matter, a true minus and separators.

    Parameters
    ----------
    value
        The number; ``nan`` becomes a dash.
    places
        Decimals; without it as many as suit the size.
    signed
        Whether to write a plus as well.

    Examples
    --------
    >>> number(12345.6), number(58.04), number(-3.214), number(0.0421)
    ('12,346', '58.0', '−3.2', '0.04')
    >>> number(4.0, signed=True), number(0.2, places=0), number(math.nan)
    ('+4.0', '0', '–')
    """
    if not math.isfinite(value):
        return "–"
    if places is None or abs(value) >= 1000:
        places = decimals(value)
    shown = f"{abs(value):,.{places}f}"
    if not any(digit in shown for digit in "123456789"):
        return shown
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + shown


def decimals(value: float) -> int:
    """
    Say how many decimals a number of this size is shown with.

    >>> [decimals(v) for v in (250, 58.04, 0.4, 0.042, 0)]
    [0, 1, 1, 2, 0]
    """
    size = abs(value)
    if size == 0 or size >= 100:
        return 0
    if size >= 0.1:
        return 1
    return min(4, -math.floor(math.log10(size)))


def verdict(difference: Estimate, better: str) -> str:
    """
    Say in one word what a difference against the base means.

    Examples
    --------
    >>> verdict(Estimate(2.0, 1.0, 3.0, 10), "lower")
    'worse'
    >>> verdict(Estimate(2.0, -1.0, 5.0, 10), "lower")
    'no clear difference'
    >>> verdict(Estimate(2.0, 1.0, 3.0, 10), "neither")
    'differs'
    """
    if not difference.excludes_zero:
        return NO_CLEAR_DIFFERENCE
    if better not in ("higher", "lower"):
        return DIFFERS
    return BETTER if (difference.value > 0) == (better == "higher") else WORSE


def of_unit(value: str, unit: str, *, difference: bool = False) -> str:
    """
    Put a number and its unit together; a difference of percents is in points.

    >>> of_unit("4.1", "%", difference=True), of_unit("4.1", "%").split()
    ('4.1 points', ['4.1', '%'])
    >>> of_unit("3", "business days")
    '3 business days'
    """
    if unit == "%":
        return f"{value} points" if difference else f"{value}\u00a0%"
    if value == "1" and unit.endswith("s"):
        unit = unit[:-1]
    return f"{value} {unit}".strip()


def interval(estimate: Estimate, *, signed: bool = False) -> str:
    """
    Write the ends of an interval, or that there is none.

    >>> interval(Estimate(2.0, 1.0, 3.0, 10)), interval(Estimate(2.0, None, None, 1))
    ('1.0 to 3.0', 'no interval')
    """
    if estimate.low is None or estimate.high is None:
        return "no interval"
    places = places_of(estimate)
    ends = (
        number(end, places=places, signed=signed)
        for end in (estimate.low, estimate.high)
    )
    return " to ".join(ends)


def size_and_interval(difference: Estimate, unit: str) -> str:
    """
    Write the size of a clear difference, without sign, and its interval.

    Examples
    --------
    >>> size_and_interval(Estimate(-4.0, -4.5, -3.5, 10), "%")
    '4.0 points (3.5 to 4.5)'
    """
    places = places_of(difference)
    shown = of_unit(number(abs(difference.value), places=places), unit, difference=True)
    if difference.low is None or difference.high is None:
        return shown
    return f"{shown} ({interval_size(difference)})"


def interval_size(difference: Estimate) -> str:
    """
    Write the interval of a clear difference without its sign, smaller end first.

    >>> interval_size(Estimate(-4.0, -4.5, -3.5, 10))
    '3.5 to 4.5'
    """
    places = places_of(difference)
    sizes = (abs(end) for end in (difference.low, difference.high) if end is not None)
    return " to ".join(number(end, places=places) for end in sorted(sizes))


def signed(difference: Estimate) -> str:
    """
    Write a difference with its sign, with the decimals its interval asks for.

    >>> signed(Estimate(-4.0, -4.2, -3.8, 10))
    '−4.0'
    """
    return number(difference.value, places=places_of(difference), signed=True)


def change(thing: str, difference: Estimate, unit: str) -> str:
    """
    Say what happens to a thing, in the third person.

    Examples
    --------
    >>> change("visits held", Estimate(-120.0, -150.0, -90.0, 10), "visits a week")
    'lowers visits held by 120 visits a week (90 to 150)'
    >>> change("meals cut short", Estimate(0.1, -0.2, 0.4, 10), "meals")
    'makes no clear difference to meals cut short (−0.2 to +0.4 meals)'
    """
    if difference.low == difference.high == 0:
        return f"makes {NO_CLEAR_DIFFERENCE} to {thing} (the same in every replication)"
    if not difference.excludes_zero:
        ends = interval(difference, signed=True)
        if ends != "no interval":
            ends = of_unit(ends, unit, difference=True)
        return f"makes {NO_CLEAR_DIFFERENCE} to {thing} ({ends})"
    verb = "raises" if difference.value > 0 else "lowers"
    return f"{verb} {thing} by {size_and_interval(difference, unit)}"


def listed(parts: list[str], *, last: str = "and") -> str:
    """
    Join parts of a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def dollars(cents: float, *, signed: bool = False) -> str:
    """
    Write money in the unit that reads best.

    >>> dollars(123_456_789_00), dollars(-1_250_000_00, signed=True), dollars(99_00)
    ('$123 million', '−$1.25 million', '$99')
    """
    amount = abs(cents) / 100
    if amount >= 1e6:
        size = amount / 1e6
        places = 0 if size >= 100 else 1 if size >= 10 else 2
        shown = f"${size:,.{places}f} million"
    else:
        shown = f"${amount:,.0f}"
    sign = MINUS if cents < 0 else "+" if signed else ""
    return sign + shown


def money_unit(cents: float, *, least: float = 1) -> tuple[str, float]:
    """
    Choose the unit of an axis or a column of money, and what turns cents into it.

    Parameters
    ----------
    cents
        The largest amount to be shown.
    least
        How many units that amount should at least be.

    Examples
    --------
    >>> money_unit(43_000_000_00), money_unit(1_300_000_00, least=10)
    (('millions of dollars', 1e-08), ('thousands of dollars', 1e-05))
    >>> money_unit(5_000_00, least=10)
    ('dollars', 0.01)
    """
    for unit, factor in (("millions", 1e-8), ("thousands", 1e-5)):
        if abs(cents) * factor >= least:
            return f"{unit} of dollars", factor
    return "dollars", 1e-2


def places_of(estimate: Estimate) -> int:
    """
    Say how many decimals an estimate deserves: one digit of its half-width.

    Examples
    --------
    >>> [places_of(Estimate(4.0, 4.0 - h, 4.0 + h, 9)) for h in (30, 0.5, 0.02)]
    [0, 1, 2]
    """
    half = estimate.half_width
    if abs(estimate.value) >= 1000 and half >= 0.5:
        return 0
    if not math.isfinite(half) or half == 0:
        return decimals(estimate.value)
    for places, least in enumerate((5.0, 0.05, 0.005, 0.0005)):
        if half >= least:
            return places
    return 4


def day(iso: str) -> str:
    """
    Write an ISO date as people read it.

    >>> day("2024-10-05")
    'October 5, 2024'
    """
    given = date.fromisoformat(iso)
    return f"{given:%B} {given.day}, {given.year}"
