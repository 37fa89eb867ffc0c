"""Who takes over whom: the policy, one patient's outcome, the whole with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MOST_POINTS = 1023
"""Points against a pair, at most: ten bits below the first level of counts."""

LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "tier_1_left_out": 1 << 38,
        "tier_1_late": 1 << 34,
        "tier_2_left_out": 1 << 30,
        "tier_2_late": 1 << 26,
        "tier_3_left_out": 1 << 22,
        "tier_3_late": 1 << 18,
        "moved_after_offer": 1 << 14,
        "points": 1,
    }
)
"""
What a plan minimizes, the first before the second and so on, with the weights that
the engine sums. ``left_out`` counts patients without a substitute, ``late`` patients
whose next visit is after their limit, ``moved_after_offer`` patients who were offered
one substitute and now get another, ``points`` adds up what speaks against each pair.
Weights sixteen times apart do not make the order strict by themselves; the proof is
made level by level and says so where it does not hold.
"""


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """
    What a plan may do, and what it prefers; weights of points in ``fit_points.csv``.

    Parameters
    ----------
    horizon_weeks
        Weeks planned when the end is open or later than that, 1 to 16.
    associates_see_tier_1
        Whether patients of the highest tier may go to clinicians under supervision.
    least_acceptance
        Network therapists who take on a smaller share of those referred to them
        are not asked, 0 to 1.
    intake_lent
        Share of the intake openings of those at work that is lent to series, 0 to 1.
    candidates
        How many in-house are looked at for patients of one sort, the cheapest. The
        proof covers all that are eligible, looked at or not.
    """

    horizon_weeks: int = 8
    associates_see_tier_1: bool = False
    least_acceptance: float = 0.5
    intake_lent: float = 0.0
    candidates: int = 96

    def __post_init__(self) -> None:
        if not 1 <= self.horizon_weeks <= 16:
            raise ValueError(f"horizon of {self.horizon_weeks} weeks, expected 1 to 16")


@dataclass(frozen=True, slots=True)
class Fit:
    """
    Points against a permitted pair, 0 to ``MOST_POINTS``, and what made them.

    ``parts`` are rows of ``tables/fit_points.csv`` with their points.
    """

    points: int
    parts: tuple[tuple[str, int], ...]


OUTCOMES = ("placed", "waits", "left_out")


@dataclass(frozen=True, slots=True)
class Match:
    """
    What the plan does for one patient.

    Parameters
    ----------
    outcome
        One of ``OUTCOMES``; ``waits`` is the patient's own choice.
    substitute_id, kind
        Empty unless placed.
    weeks
        Weeks of the visits with the substitute, from the plan's Monday.
    within_limit
        Whether the next visit can be held by its limit, by weeks; the dated times
        say it by days.
    points
        As ``rules.fit`` has them, waiting included.
    telehealth
        Meets by video or telephone.
    miles
        From the patient's zip code to the place of care; 0 by telehealth.
    pinned
        Decided beforehand, by an acceptance or by hand.
    """

    patient_id: str
    outcome: str
    substitute_id: str = ""
    kind: str = ""
    weeks: tuple[int, ...] = ()
    within_limit: bool = False
    points: int = 0
    telehealth: bool = False
    miles: float = 0.0
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class LevelProof:
    """
    Whole numbers of 0 or more that prove the bound of one level.

    All openings of a week have one price. Whatever the numbers are, they prove some
    bound; what it is, is worked out from them.

    Parameters
    ----------
    unit
        Money of one of the level itself, above 0.
    before
        Money of one of each level before it, in their order; what the plan has on
        these is paid back.
    in_house, network
        Price of an opening in each week, in-house and in the network. Of a network
        therapist that of a place which opens in that week.
    """

    unit: int
    before: tuple[int, ...]
    in_house: tuple[int, ...]
    network: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """
    One level of ``LEVELS``: what the plan has, and what no plan can go below.

    Parameters
    ----------
    bound
        Of all plans that are as good on every level before.
    proof
        Numbers that prove the bound; ``None`` where the prices of openings do.
    """

    name: str
    value: int
    bound: int
    proof: LevelProof | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """
    What one more opening of a substitute in a week would be worth, in summed weights.

    Of a network therapist the price of a place that opens in that week.
    """

    substitute_id: str
    week: int
    price: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """
    Why nobody takes one patient over, and what would help most cheaply.

    Parameters
    ----------
    reason
        A code of ``matching.explain.REASONS``.
    eligible
        How many may treat the patient and have places, all of them taken.
    relaxation
        A code of ``matching.explain.RELAXATIONS``; empty where none helps.
    count
        How many substitutes with places the relaxation opens.
    text
        The two in one sentence, without anything about the person.
    """

    patient_id: str
    reason: str
    eligible: int
    relaxation: str
    count: int
    text: str


@dataclass(frozen=True, slots=True)
class Scarce:
    """
    Openings worth buying: what one more place of a sort would do.

    Parameters
    ----------
    licenses
        Those that would serve.
    county
        Of the patients; ``telehealth`` where the place could be anywhere.
    left_out
        Patients of the sort without a substitute, by risk tier.
    price
        Of one more place, in summed weights.
    """

    licenses: tuple[str, ...]
    language: str
    county: str
    age_group: str
    need: str
    telehealth: bool
    left_out: tuple[int, int, int]
    price: int


MATCHING_STATUSES = ("optimal", "within_gap", "stopped")
"""Proven best on every level; proven within the stated bounds; ended early."""


@dataclass(frozen=True, slots=True)
class Matching:
    """
    The whole match with its proof.

    Two results with equal ``inputs_hash``, policy and ``seed`` are equal.

    Parameters
    ----------
    matches
        One for each series, in their order.
    levels
        In the order of ``LEVELS``, with bounds.
    value, bound
        Summed weights of the plan, and what no plan can go below.
    prices
        All that are not 0: with them anybody can work out the bound again.
    """

    status: str
    matches: tuple[Match, ...]
    levels: tuple[Level, ...]
    value: int
    bound: int
    prices: tuple[Price, ...]
    left_out: tuple[LeftOut, ...]
    scarce: tuple[Scarce, ...]
    seed: int
    version: str
    inputs_hash: str
    work: int = 0

    @property
    def gap(self) -> float:
        """Distance to the bound as a share of it; 0 is proven best."""
        return (self.value - self.bound) / max(1, abs(self.bound))
