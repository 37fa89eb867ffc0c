"""What to buy: the places of which more would help the most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from caretime.measures.suppression import THRESHOLD
from caretime.model.matching import Scarce
from caretime.reports import strike_words as words
from caretime.reports import wording
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.strike_hidden import SafeTable
from caretime.reports.strike_sections.breakdown import hidden_cell
from caretime.reports.strike_tally import Tally
from caretime.reports.strike_words import count
from caretime.reports.tabular import details, table

SHOWN, MOST = 10, 30


@dataclass(frozen=True, slots=True)
class Sort:
    """
    A sort of place that is short, of which enough patients wait to be shown.

    Parameters
    ----------
    county, age_group
        Empty where sorts of few patients are put together.
    waiting
        Patients without anybody whom such a place would serve, by tier.
    """

    licenses: tuple[str, ...]
    language: str
    county: str
    age_group: str
    need: str
    telehealth: bool
    waiting: tuple[int, int, int]

    @property
    def patients(self) -> int:
        """How many wait for such a place."""
        return sum(self.waiting)

    @property
    def at_risk(self) -> int | None:
        """How many of the two higher tiers; ``None`` if too few to be shown."""
        some = sum(self.waiting[:2])
        small = any(0 < many < THRESHOLD for many in (some, self.patients - some))
        return None if small else some

    @property
    def who(self) -> str:
        """Licenses that would serve."""
        return wording.listed([words.license_code(c) for c in self.licenses], last="or")

    @property
    def where(self) -> str:
        """County of the patients, or by video."""
        if self.county == "telehealth":
            return "Anywhere, by video"
        where = self.county or "Several counties"
        return f"{where}, or by video" if self.telehealth else where

    @property
    def whom(self) -> str:
        """Age group and need of the patients."""
        ages = words.AGES.get(self.age_group, self.age_group) or "All ages"
        return f"{ages}: {words.need(self.need)}"


def sorts_of(tally: Tally) -> tuple[Sort, ...]:
    """
    Return the sorts of place that may be shown, in the order of need.

    First those for which most patients of the two higher tiers wait, as far as that
    may be known, then those for most patients.

    Sorts of fewer than ``THRESHOLD`` patients are put together by language and need;
    what is too small even so is left out. Nor does any sum of those shown give away a
    small count of a language or need, or one that other tables hide.
    """
    fine = _summed(
        tally.plan.matching.scarce,
        lambda one: (one.county, one.age_group, one.telehealth),
    )
    shown = [one for one in fine if one.patients >= THRESHOLD]
    small = [one for one in fine if one.patients < THRESHOLD]
    coarse = _summed(small, lambda _: ("", "", False))
    shown += [one for one in coarse if one.patients >= THRESHOLD]
    shown.sort(key=_size)
    for dimension, name in _MARGINS.items():
        shown_elsewhere = _open(tally.table(dimension))
        rest = Counter[str]()
        for one in fine:
            rest[name(one)] += one.patients
        for one in shown:
            rest[name(one)] -= one.patients
        for one in reversed(tuple(shown)):
            left = rest[name(one)]
            if left < THRESHOLD and (left or name(one) not in shown_elsewhere):
                rest[name(one)] += one.patients
                shown.remove(one)
    return tuple(shown)


_MARGINS: dict[str, Callable[[Sort], str]] = {
    "language": lambda one: words.language(one.language),
    "need": lambda one: words.need(one.need),
}
"""Dimensions of the report's tables whose parts the sorts add up to."""


def _open(shown: SafeTable) -> frozenset[str]:
    """Return the parts whose count of people without anybody is shown."""
    return frozenset(
        name
        for name, is_hidden in zip(shown.parts, shown.hidden[:, -1], strict=True)
        if name and not is_hidden
    )


def _size(one: Sort) -> tuple[int, int, tuple[str, ...]]:
    return (
        -(one.at_risk or 0),
        -one.patients,
        (one.county, one.language, one.age_group, one.need),
    )


_Key = tuple[tuple[str, ...], str, str, str, str, bool]


def _summed(
    places: Iterable[Scarce | Sort],
    kept: Callable[[Scarce | Sort], tuple[str, str, bool]],
) -> list[Sort]:
    """Add up who waits, by language, need, licenses, and what else is kept."""
    found: dict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in places:
        county, ages, telehealth = kept(one)
        key = (one.licenses, one.language, county, ages, one.need, telehealth)
        waiting = one.left_out if isinstance(one, Scarce) else one.waiting
        for tier, many in enumerate(waiting):
            found[key][tier] += many
    return [
        Sort(*key, waiting=(first, second, third))
        for key, (first, second, third) in found.items()
    ]


def buy(tally: Tally) -> Markup | None:
    """Write the section, or nothing where no place is scarce."""
    scarce = tally.plan.matching.scarce
    if not scarce:
        return None
    sorts = sorts_of(tally)
    if not sorts:
        return element("p", _highest(tally) + _rest(tally))
    return join(
        element(
            "p",
            "If more places can be had, from whom? A row is a sort of place: license, "
            "language, a county or by video from anywhere. One place is room for one "
            "patient's whole course, in the weeks of its visits. So ten more of a sort "
            "help up to ten of those who wait for it, the highest risk first. "
            f"{_highest(tally)}",
        ),
        _table("Where most of the two higher tiers wait for a place", sorts[:SHOWN]),
        element("p", _letters(sorts[:MOST]), class_="notes"),
        details("The next ones", _table("Places that are short", sorts[SHOWN:MOST]))
        if sorts[SHOWN:]
        else None,
        element("p", _rest(tally)),
    )


def _highest(tally: Tally) -> str:
    """Point to the file for the highest tier, whose rows would tell of few people."""
    number = sum(one.left_out[0] for one in tally.plan.matching.scarce)
    if not number:
        return ""
    return (
        f"Those that {count(number, 'patient')} of the highest tier wait for are the "
        "first rows of to_buy.csv; here they would tell of single people. "
    )


def _rest(tally: Tally) -> str:
    scarce = tally.plan.matching.scarce
    return (
        f"Sorts with fewer than {THRESHOLD} patients are put together by language and "
        "need, and left out if still so few or if they would give others away. The "
        f"file to_buy.csv of the plan has all {len(scarce):,} sorts apart, with the "
        "price that the proof puts on one more place of each."
    )


def _letters(sorts: Sequence[Sort]) -> str:
    """Spell out the licenses that stand in the tables."""
    codes = dict.fromkeys(code for one in sorts for code in one.licenses)
    spelled = (
        f"{words.license_code(code)}: {words.license_title(code)}"
        for code in codes
        if code.isupper()
    )
    return f"{'; '.join(spelled)}."


def _table(caption: str, sorts: Sequence[Sort]) -> Markup:
    return table(
        caption,
        (
            "Who",
            "Language",
            "Where",
            "For",
            "Highest or middle tier",
            "All who wait for it",
        ),
        [_row(one) for one in sorts],
    )


def _row(one: Sort) -> list[Child]:
    at_risk = one.at_risk
    return [
        one.who,
        words.language(one.language),
        one.where,
        one.whom,
        hidden_cell() if at_risk is None else f"{at_risk:,}",
        f"{one.patients:,}",
    ]
