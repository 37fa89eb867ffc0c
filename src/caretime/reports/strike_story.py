"""The regulator's story in sentences: who keeps the limit, how, and who does not."""

from __future__ import annotations

from dataclasses import dataclass

from caretime.model.matching import Level, Matching
from caretime.model.strike import Proof
from caretime.reports import strike_words as words
from caretime.reports import wording
from caretime.reports.strike_tally import (
    HOUSE_IN_TIME,
    HOUSE_LATER,
    IN_TIME,
    LATER,
    NETWORK_IN_TIME,
    NETWORK_LATER,
    NO_TIME,
    NOBODY,
    WAITS,
    Tally,
    often,
)
from caretime.reports.strike_words import count, of_hundred


@dataclass(frozen=True, slots=True)
class Told:
    """
    One sentence of the answer.

    ``marks`` are the outcomes whose colors stand beside it.
    """

    heading: str
    text: str
    marks: tuple[int, ...] = ()


def lead(tally: Tally) -> str:
    """Say the whole in one sentence."""
    whole = tally.affected
    if not whole:
        return "No patient has a visit that falls away."
    kept, later = tally.number(*IN_TIME), tally.number(*LATER, NO_TIME)
    when = "seen later or have no time yet" if tally.number(NO_TIME) else "seen later"
    nobody, waits = tally.number(NOBODY), tally.number(WAITS)
    chose = f"{waits:,} chose to wait" if waits else "nobody has chosen to wait so far"
    return (
        f"Of {count(whole, 'patient')} whose own clinician is away, {kept:,} "
        f"({of_hundred(kept, whole)}) keep their legal limit, {later:,} are {when}, "
        f"{nobody:,} ({of_hundred(nobody, whole)}) have nobody, "
        f"and {chose}."
    )


def story(tally: Tally) -> list[Told]:
    """Tell the outcomes one by one, a sentence each."""
    found = [_kept(tally), *_later(tally), *_untimed(tally), _nobody(tally)]
    return [*found, *_waits(tally), _unreachable(tally), *_groups(tally)]


def _kept(tally: Tally) -> Told:
    house, network = tally.number(HOUSE_IN_TIME), tally.number(NETWORK_IN_TIME)
    text = (
        f"{house + network:,} are seen by the last day the law allows: {house:,} "
        f"in-house, by a colleague who is at work, and {network:,} by a therapist of "
        "the network."
    )
    if not tally.is_dated:
        text += " This is judged by weeks, because the plan has no dates yet."
    elif network:
        agreed = sum(
            visit.standing == "booked"
            for visit in tally.first.values()
            if visit.within_limit
        )
        open_ = house + network - agreed
        if open_:
            text += (
                f" Of all these, {open_:,} have a proposed time: the therapist has "
                "still to agree."
            )
    return Told("Keep their limit", text, IN_TIME)


def _later(tally: Tally) -> list[Told]:
    house, network = tally.number(HOUSE_LATER), tally.number(NETWORK_LATER)
    if not house + network:
        return []
    text = (
        f"{house + network:,} are seen, but after that day: {house:,} in-house, "
        f"{network:,} in the network."
    )
    return [Told("Seen later", text, LATER)]


def _untimed(tally: Tally) -> list[Told]:
    number = tally.number(NO_TIME)
    if not number:
        return []
    have = "has" if number == 1 else "have"
    text = f"{number:,} {have} somebody who takes over, but no time is found yet."
    return [Told("No time yet", text, (NO_TIME,))]


def _nobody(tally: Tally) -> Told:
    number = tally.number(NOBODY)
    if not number:
        everybody = "Everybody has somebody who takes over, or chose to wait."
        return Told("Nobody", everybody, (NOBODY,))
    tiers = [
        f"{tally.number(NOBODY, tier=tier):,} of the {name}"
        for tier, name in words.TIERS.items()
    ]
    text = f"{number:,} have nobody who takes over: {wording.listed(tiers)} risk tier."
    reasons = often(one.reason for _, one in tally.left_out)
    if reasons:
        code, most = reasons[0]
        text += (
            f" The most frequent reason, for {of_hundred(most, number)}: "
            f"{words.reason_words(code)}."
        )
        if code == "weeks_do_not_fit" and tally.openings.in_all < most:
            text += f" Only {count(tally.openings.in_all, 'opening')} are left over."
    return Told("Nobody", text, (NOBODY,))


def _waits(tally: Tally) -> list[Told]:
    number = tally.number(WAITS)
    if not number:
        return []
    text = (
        f"{number:,} chose to wait for their own clinician. Each has a day on which "
        "somebody calls."
    )
    return [Told("Chose to wait", text, (WAITS,))]


def _unreachable(tally: Tally) -> Told:
    number = int(tally.unreachable.sum())
    if not number:
        return Told(
            "Cannot be reached", "Everybody has a phone number or an e-mail on record."
        )
    without = int((tally.unreachable & (tally.outcome == NOBODY)).sum())
    has = "has" if number == 1 else "have"
    return Told(
        "Cannot be reached",
        f"{number:,} of all these {has} no phone number and no e-mail on record, "
        f"{without:,} of them without anybody. They need a letter or a visit.",
    )


def _groups(tally: Tally) -> list[Told]:
    groups = tally.plan.groups
    if not groups:
        return []
    goes_on = sum(group.cover != "none" for group in groups)
    text = (
        f"{count(len(groups), 'group')} lost the leader; {goes_on:,} go on, "
        f"{len(groups) - goes_on:,} do not meet. Group seats are counted apart from "
        "the patients above."
    )
    return [Told("Groups", text)]


def proof_words(matching: Matching, proof: Proof | None) -> list[tuple[str, bool]]:
    """
    Say level by level how far the plan is from the best possible.

    Returns
    -------
    list of (str, bool)
        A sentence a level, and whether nothing better is possible on it.
    """
    levels = proof.levels if proof is not None and proof.levels else matching.levels
    return [(_level(level), level.value <= level.bound) for level in levels]


def _level(level: Level) -> str:
    name, value, bound = level.name, level.value, level.bound
    apart = value - bound
    if name.startswith("tier_"):
        tier = words.TIERS[int(name[5])]
        if name.endswith("left_out"):
            return _left_out(tier, value, bound)
        return _late(tier, value, bound)
    if name == "moved_after_offer":
        if not value:
            return "Nobody who was offered one substitute now gets another."
        return (
            f"{count(value, 'patient')} who had an offer now get somebody else; no "
            f"plan as good so far could have fewer than {bound:,}."
        )
    if not value:
        return "Nothing at all speaks against a pair that this plan makes."
    if not apart:
        return "Among such plans none has pairs that fit better, all taken together."
    text = (
        "How well pairs fit (way, license, network, weeks of waiting), all taken "
        f"together: this plan has {value:,} points against it. "
    )
    if not bound:
        return text + _UNKNOWN
    share = 100 * apart / bound
    far = f"{share:.1f}" if share >= 0.1 else "less than 0.1"
    return text + (
        f"None of the plans as good so far could have fewer than {bound:,} "
        f"({far} % apart)."
    )


_UNKNOWN = "Whether a plan as good so far could have fewer is not proven."


def _left_out(tier: str, value: int, bound: int) -> str:
    plans = "No plan" if tier == words.TIERS[1] else "No plan as good so far"
    if not value:
        return f"Nobody of the {tier} tier is left out. {plans} could do better."
    if value <= bound:
        return (
            f"{plans} could leave out fewer than {bound:,} of the {tier} tier; this "
            f"one leaves out {value:,}."
        )
    text = f"This plan leaves out {value:,} of the {tier} tier. "
    if not bound:
        return text + _UNKNOWN
    return text + (
        f"{plans} could leave out fewer than {bound:,}, so a better one could help at "
        f"most {value - bound:,} more."
    )


def _late(tier: str, value: int, bound: int) -> str:
    if not value:
        return (
            f"Nobody of the {tier} tier who has somebody starts after the limit week."
        )
    if value <= bound:
        return (
            f"Among plans that do as well so far, none could start fewer than "
            f"{bound:,} of the {tier} tier after their limit week; this one starts "
            f"{value:,} late."
        )
    text = f"This plan starts {value:,} of the {tier} tier after their limit week. "
    if not bound:
        return text + _UNKNOWN
    return text + (
        f"Among plans that do as well so far none could start fewer than {bound:,} "
        "late."
    )
