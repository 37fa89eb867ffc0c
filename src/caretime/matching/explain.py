"""
Why nobody takes a patient over, what would help, and which places are worth buying.

Judged are the rules of ``rules.eligibility``, the openings of the plan and the places
that a match left. A relaxation gives up one thing only, and counts the substitutes
with a place left whom that opens. What is law is never given up: a license, the ages
and the languages somebody treats in. Nor does any count say that it is right to give
something up: consent is the patient's, and who may see a person at high risk is a
clinician's decision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caretime.matching._reach import Reach, reach_of_asks
from caretime.matching._sentences import sentence
from caretime.matching.candidates import Finder
from caretime.model.matching import LeftOut, Scarce
from caretime.model.people import Need, Patient
from caretime.rules.eligibility import is_independent, license_scope, may_treat
from caretime.tables import rows

REASONS = (
    "no_license",
    "no_ages",
    "no_language",
    "no_gender",
    "no_payer",
    "no_risk_tier",
    "no_way_of_meeting",
    "telehealth_consent",
    "too_far",
    "no_opening_in_plan",
    "all_taken",
    "weeks_do_not_fit",
    "no_leader",
    "leader_not_free",
    "leaders_taken",
)
"""
Every reason, the first that empties the list of substitutes; the last three of groups.

``no_license`` nobody whose license, own field and supervision allow the need;
``no_ages``, ``no_language``, ``no_gender``, ``no_payer``, ``no_risk_tier`` none of
those is left by that rule; ``no_way_of_meeting`` none of them meets as the patient
can; ``telehealth_consent`` only by telehealth, without consent; ``too_far`` none within
the distance; ``no_opening_in_plan`` nothing opens for them; ``all_taken`` every opening
is taken by a patient placed before; ``weeks_do_not_fit`` places are left in other weeks
than the visits need, or too late.
"""

RELAXATIONS = (
    "other_weeks",
    "intake_lent",
    "another_supervisor",
    "telehealth",
    "in_person",
    "farther",
    "gender_preference",
    "another_payer",
    "risk_tier",
    "out_of_network",
)
"""
What could be given up, the cheapest first.

``other_weeks`` than planned; ``intake_lent`` openings kept for intakes; another
supervisor for associates whose own is away; ``telehealth`` with the patient's consent;
``in_person``; ``farther``, the next limit of ``region_standards`` (twice the widest);
the ``gender_preference``; a single agreement with the therapist of ``another_payer``;
the ``risk_tier``, by a clinician's decision; ``out_of_network`` where nothing else
helps: whoever owes care in time must then arrange it elsewhere, so it counts nobody.
"""


def why_left_out(
    finder: Finder,
    rows: NDArray[np.int32],
    free: NDArray[np.int64],
    *,
    lent: NDArray[np.int64] | None = None,
) -> tuple[LeftOut, ...]:
    """
    Say for each patient left out what blocks, and the cheapest relaxation.

    Parameters
    ----------
    rows
        Rows of the patients left out, among those of the finder.
    free
        ``(substitutes,)``: places that the match left over, 0 or more: openings in
        any week, of those in-house as of the network. Who has one for weeks that the
        patient's visits do not need is counted under ``other_weeks``.
    lent
        ``(substitutes,)``: intake openings that could be lent; ``None`` where that
        is not known, then lending is not offered.

    Returns
    -------
    tuple of LeftOut
        In the order of ``rows``.
    """
    asks, answer = np.unique(finder.asks.of[rows], return_inverse=True)
    reach = reach_of_asks(finder, asks.astype(np.int32), free, lent)
    found = _Blocked(finder).judge(asks.tolist(), reach)
    return tuple(
        LeftOut(finder.patients[row].patient_id, *found[k])
        for row, k in zip(rows.tolist(), answer.ravel().tolist(), strict=True)
    )


def what_to_buy(
    finder: Finder, rows: NDArray[np.int32], worth: NDArray[np.int64]
) -> tuple[Scarce, ...]:
    """
    Group patients left out by the place that would serve them, the dearest first.

    Parameters
    ----------
    rows
        Rows of the patients left out.
    worth
        ``(patients,)`` of the finder: what placing each would save, in summed
        weights. One more place takes the patient worth most, so that is its price.

    Returns
    -------
    tuple of Scarce
        Descending by price, then by patients. Licenses are those that practise
        without a supervisor; a place by telehealth is one for patients who consent
        to it, wherever they live.
    """
    tiers: dict[_Sort, list[int]] = {}
    price: dict[_Sort, int] = {}
    for row in rows.tolist():
        patient = finder.patients[row]
        sort = _sort(patient)
        tiers.setdefault(sort, [0, 0, 0])[patient.risk_tier - 1] += 1
        price[sort] = max(price.get(sort, 0), int(worth[row]))
    scarce = [
        Scarce(
            licenses_for(sort.need),
            sort.language,
            sort.county,
            sort.age_group,
            sort.need,
            sort.telehealth,
            (count[0], count[1], count[2]),
            price[sort],
        )
        for sort, count in tiers.items()
    ]
    return tuple(
        sorted(
            scarce,
            key=lambda s: (
                -s.price,
                -sum(s.left_out),
                (s.county, s.language, s.age_group, s.need, s.telehealth),
            ),
        )
    )


def licenses_for(need: str) -> tuple[str, ...]:
    """
    Return the licenses that treat a need without a supervisor, in the table's order.

    >>> licenses_for("medication")
    ('PMHNP', 'PSYCHIATRIST')
    """
    codes = [row["license"] for row in rows("licenses")]
    return tuple(c for c in codes if is_independent(c) and need in license_scope(c))


@dataclass(frozen=True)
class _Sort:
    """What a place must be to serve a patient."""

    county: str
    language: str
    age_group: str
    need: str
    telehealth: bool


def _sort(patient: Patient) -> _Sort:
    telehealth = patient.modality != "in_person" and patient.telehealth_consent
    county = "telehealth" if telehealth else patient.county
    return _Sort(county, patient.language, patient.age_group, patient.need, telehealth)


_Answer = tuple[str, int, str, int, str]


class _Blocked:
    """Reads what was counted; wants that nobody serves are judged rule by rule."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self._by_want: dict[int, str] = {}

    def judge(self, asks: list[int], reach: Reach) -> list[_Answer]:
        """Return reason, eligible with openings, relaxation, its count, the text."""
        helps = np.stack([reach.opened[name] for name in RELAXATIONS[:-1]], axis=1)
        # The first that opens anybody; none of them points at the last.
        first = np.where(helps.any(axis=1), (helps > 0).argmax(axis=1), -1).tolist()
        some = np.stack(
            (reach.permitted, reach.meeting, reach.eligible, reach.opening), axis=1
        ).tolist()
        places, counts = reach.place.tolist(), helps.tolist()
        answers = []
        for k, ask in enumerate(asks):
            patient = self.finder.patients[self.finder.asks.patient[ask]]
            reason = self._reason(ask, patient, some[k], places[k])
            relaxation, eligible = RELAXATIONS[first[k]], some[k][-1]
            count = counts[k][first[k]] if first[k] >= 0 else 0
            text = sentence(patient, reason, eligible, relaxation, count)
            answers.append((reason, eligible, relaxation, count, text))
        return answers

    def _reason(self, ask: int, patient: Patient, some: list[int], places: int) -> str:
        permitted, meeting, eligible, opening = some
        if not permitted:
            want = int(self.finder.asks.want[ask])
            if want not in self._by_want:
                self._by_want[want] = self._first_rule(self.finder.asks.wants[want])
            return self._by_want[want]
        if not meeting:
            return "no_way_of_meeting"
        if not eligible:
            remote = patient.modality == "telehealth"
            return "telehealth_consent" if remote else "too_far"
        if not opening:
            return "no_opening_in_plan"
        return "weeks_do_not_fit" if places else "all_taken"

    def _first_rule(self, want: Need) -> str:
        """Name the first rule that leaves nobody of those the rules before it left."""
        left = []
        for person in self.finder.pool.profiles:
            name = getattr(person, "supervisor_id", None)
            verdict = may_treat(
                person,
                want,
                supervisor=self.finder.present.get(name or ""),
                associates_see_tier_1=self.finder.policy.associates_see_tier_1,
            )
            left.append(frozenset(verdict.reasons))
        for reason, rules in _FUNNEL:
            left = [failed for failed in left if not failed & rules]
            if not left:
                return reason
        # Only the own clinician is permitted, who is away.
        return "no_license"


_FUNNEL = (
    ("no_license", frozenset(("license", "need", "supervision"))),
    ("no_ages", frozenset(("ages",))),
    ("no_language", frozenset(("language",))),
    ("no_gender", frozenset(("gender_preference",))),
    ("no_payer", frozenset(("payer",))),
    ("no_risk_tier", frozenset(("risk_tier",))),
)
