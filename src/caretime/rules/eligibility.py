"""Who may treat whom: one pair for the desk, all pairs at once for planners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from caretime.model.outcome import Verdict
from caretime.model.people import Clinician, Need, NetworkTherapist
from caretime.rules.region import limit_miles
from caretime.tables import rows

_Word = TypeVar("_Word")

REASONS = (
    "license",
    "need",
    "ages",
    "language",
    "supervision",
    "modality",
    "distance",
    "telehealth_consent",
    "capacity",
    "gender_preference",
    "payer",
    "risk_tier",
)
"""Every reason why a pair is not allowed, in the order a verdict lists them."""


def may_treat(
    clinician: Clinician | NetworkTherapist,
    need: Need,
    *,
    supervisor: Clinician | None = None,
    miles: float | None = None,
    telehealth_consent: bool = True,
    has_capacity: bool = True,
    associates_see_tier_1: bool = True,
) -> Verdict:
    """
    Say whether a clinician may treat a need, and every reason why not.

    Parameters
    ----------
    supervisor
        The associate's supervisor, ``None`` when there is none or they are away: an
        associate without a present supervisor may not practise.
    miles
        Distance of the patient's home from the place of care; ``None`` leaves
        distance unjudged. A visit by telehealth has no distance.
    telehealth_consent
        What the patient's record says; ``True`` leaves it unjudged.
    has_capacity
        Whether there is room: below the caseload cap, an opening left.
    associates_see_tier_1
        Whether patients of the highest risk tier may go to clinicians under
        supervision; ``True`` leaves it unjudged.

    Returns
    -------
    Verdict
        Reasons from ``REASONS``. ``license`` means that no one with this license
        may; ``need`` that this clinician does not do it.

    Notes
    -----
    Which license may treat which need stands in ``tables/eligibility.csv``. A
    supervisor counts with an independent license that itself may treat the need.
    Language means care in that language; an interpreter is not looked at. A stated
    gender preference refuses those whose gender is another or not given. A stated
    payer refuses network therapists who state payers without it. Risk tier refuses
    a network therapist who does not take that tier on and, where the policy says so,
    associates for the highest; who is fit for a person beyond that is a clinical
    decision and not judged.

    Examples
    --------
    >>> from datetime import date
    >>> associate = Clinician("C1", "ASW", ("en",), ("adult",), ("therapy",), 1.0,
    ...     "LA1", 0.5, None, date(2024, 1, 1), "therapist", 1, False)
    >>> may_treat(associate, Need("Kern", "teen", "en", "therapy")).reasons
    ('ages', 'supervision')
    """
    failed = {
        "license": need.need not in license_scope(clinician.license),
        "need": need.need not in clinician.needs,
        "ages": need.age_group not in clinician.ages,
        "language": need.language not in clinician.languages,
        "supervision": not is_supervised(clinician, need.need, supervisor),
        "capacity": not has_capacity,
        "gender_preference": need.gender_preference not in (None, clinician.gender),
        "payer": not accepts_payer(clinician, need.payer),
        "risk_tier": not takes_tier(
            clinician, need.risk_tier, associates_see_tier_1=associates_see_tier_1
        ),
    }
    limit = limit_miles(need.county, clinician.license)
    too_far = miles is not None and limit is not None and miles > limit
    in_person, telehealth = ways_of_meeting(clinician, need.modality)
    if not (in_person or telehealth):
        failed["modality"] = True
    elif not ((in_person and not too_far) or (telehealth and telehealth_consent)):
        failed["distance"] = in_person
        failed["telehealth_consent"] = telehealth
    reasons = tuple(reason for reason in REASONS if failed.get(reason))
    return Verdict(not reasons, reasons)


def is_supervised(
    clinician: Clinician | NetworkTherapist, need: str, supervisor: Clinician | None
) -> bool:
    """Say whether the clinician needs no supervisor or has one who counts."""
    if is_independent(clinician.license):
        return True
    if supervisor is None or not is_independent(supervisor.license):
        return False
    if isinstance(clinician, Clinician) and (
        supervisor.clinician_id == clinician.clinician_id
        or supervisor.clinician_id != clinician.supervisor_id
    ):
        return False
    return need in license_scope(supervisor.license)


def accepts_payer(clinician: Clinician | NetworkTherapist, payer: str | None) -> bool:
    """Say whether the payer is unknown, or not ruled out by a stated list."""
    if isinstance(clinician, Clinician) or payer is None:
        return True
    return not clinician.payers or payer in clinician.payers


def takes_tier(
    clinician: Clinician | NetworkTherapist,
    risk_tier: int,
    *,
    associates_see_tier_1: bool = True,
) -> bool:
    """Say whether the clinician takes on patients of this risk tier."""
    if isinstance(clinician, NetworkTherapist):
        highest = clinician.highest_risk_tier
    else:
        highest = 1
    if risk_tier < highest:
        return False
    return associates_see_tier_1 or risk_tier > 1 or is_independent(clinician.license)


def ways_of_meeting(
    clinician: Clinician | NetworkTherapist, modality: str
) -> tuple[bool, bool]:
    """
    Say whether the two can meet in person, and whether by telehealth.

    A clinician with telehealth share 0 sees nobody by telehealth, one with share 1
    nobody in person; a network therapist always sees people in person.
    """
    if isinstance(clinician, NetworkTherapist):
        in_person, telehealth = True, clinician.telehealth
    else:
        in_person = clinician.telehealth_share < 1
        telehealth = clinician.telehealth_share > 0
    return (
        in_person and modality in ("in_person", "either"),
        telehealth and modality in ("telehealth", "either"),
    )


def eligibility_matrix(
    clinicians: Sequence[Clinician | NetworkTherapist],
    needs: Sequence[Need],
    *,
    present: Sequence[Clinician] | None = None,
    miles: NDArray[np.float64] | None = None,
    telehealth_consent: NDArray[np.bool_] | None = None,
    associates_see_tier_1: bool = True,
) -> NDArray[np.bool_]:
    """
    Say of all pairs whether the clinician may treat the need.

    Equal to ``may_treat(...).allowed`` pair by pair, which a property test holds it
    to. Memory is one byte a pair: pass distinct needs, not patients.

    Parameters
    ----------
    present
        Where supervisors are looked up; the clinicians themselves by default.
    miles
        Shape ``(clinicians, needs)``; ``None`` leaves distance unjudged.
    telehealth_consent
        Shape ``(needs,)``; ``None`` leaves consent unjudged.
    associates_see_tier_1
        As ``may_treat`` has it.

    Returns
    -------
    ndarray of bool
        Shape ``(clinicians, needs)``.
    """
    people = list(clinicians)
    staff = people if present is None else present
    by_id = {c.clinician_id: c for c in staff if isinstance(c, Clinician)}
    kinds = [need.need for need in needs]
    allowed = _has([c.needs for c in people], kinds)
    allowed &= _has([c.ages for c in people], [need.age_group for need in needs])
    allowed &= _has([c.languages for c in people], [need.language for need in needs])
    allowed &= _has([_lawful_needs(c, by_id) for c in people], kinds)
    allowed &= _judged(
        people,
        [need.gender_preference for need in needs],
        lambda c, gender: gender in (None, c.gender),
    )
    allowed &= _judged(people, [need.payer for need in needs], accepts_payer)
    allowed &= _judged(
        people,
        [need.risk_tier for need in needs],
        lambda c, tier: takes_tier(
            c, tier, associates_see_tier_1=associates_see_tier_1
        ),
    )
    ways = np.array(
        [[ways_of_meeting(c, modality) for modality in _MODALITIES] for c in people],
        dtype=np.bool_,
    ).reshape(len(people), len(_MODALITIES), 2)
    wanted = [_MODALITIES.index(need.modality) for need in needs]
    in_person, telehealth = ways[:, wanted, 0], ways[:, wanted, 1]
    if miles is not None:
        in_person &= miles <= _limits(people, needs)
    if telehealth_consent is not None:
        telehealth &= telehealth_consent[None, :]
    result: NDArray[np.bool_] = allowed & (in_person | telehealth)
    return result


@cache
def license_scope(license_code: str) -> frozenset[str]:
    """
    Return the needs that a license may treat; none for an unknown license.

    >>> sorted(license_scope("SUD_COUNSELOR"))
    ['substance_use']
    """
    return frozenset(
        row["need"] for row in rows("eligibility") if row["license"] == license_code
    )


@cache
def is_independent(license_code: str) -> bool:
    """
    Say whether the license practises without a supervisor.

    >>> is_independent("LCSW"), is_independent("ASW")
    (True, False)
    """
    return any(
        row["license"] == license_code and row["independent"] == "yes"
        for row in rows("licenses")
    )


_MODALITIES = ("in_person", "telehealth", "either")


def _lawful_needs(
    clinician: Clinician | NetworkTherapist, by_id: dict[str, Clinician]
) -> frozenset[str]:
    """Return the needs that license and supervision allow."""
    name = clinician.supervisor_id if isinstance(clinician, Clinician) else None
    supervisor = by_id.get(name) if name else None
    return frozenset(
        need
        for need in license_scope(clinician.license)
        if is_supervised(clinician, need, supervisor)
    )


def _has(
    owned: Sequence[Sequence[str] | frozenset[str]], wanted: Sequence[str]
) -> NDArray[np.bool_]:
    """Say of each owner and each wanted word whether the owner has it."""
    words = {word: column for column, word in enumerate(dict.fromkeys(wanted))}
    table = np.zeros((len(owned), max(1, len(words))), dtype=np.bool_)
    for row, own in enumerate(owned):
        for word in own:
            if word in words:
                table[row, words[word]] = True
    return table[:, [words[word] for word in wanted]]


def _judged(
    people: Sequence[Clinician | NetworkTherapist],
    wanted: Sequence[_Word],
    judge: Callable[[Clinician | NetworkTherapist, _Word], bool],
) -> NDArray[np.bool_]:
    """Judge each person and each distinct word once, and spread the answers."""
    words = {word: column for column, word in enumerate(dict.fromkeys(wanted))}
    table = np.array(
        [[judge(person, word) for word in words] for person in people], dtype=np.bool_
    ).reshape(len(people), len(words))
    return table[:, [words[word] for word in wanted]]


def _limits(
    people: Sequence[Clinician | NetworkTherapist], needs: Sequence[Need]
) -> NDArray[np.float64]:
    """Return the mile limits, infinite where none is stated."""
    licenses = list(dict.fromkeys(c.license for c in people))
    table = np.array(
        [
            [
                np.inf if (limit := limit_miles(n.county, code)) is None else limit
                for n in needs
            ]
            for code in licenses
        ],
        dtype=np.float64,
    ).reshape(len(licenses), len(needs))
    return table[[licenses.index(c.license) for c in people]]
