"""
Fit: the points that speak against a permitted pair, each part by its name.

Judged: in-house or network, the own clinician's clinic and license, distance, the way
of meeting, a network therapist's acceptance and price, and weeks of waiting. Not
judged: whether the pair is permitted (``rules.eligibility``), whether there is room,
and whether two people will get on with each other, which no table knows.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from caretime.model.matching import MOST_POINTS, Fit
from caretime.model.people import Clinician, NetworkTherapist, Patient
from caretime.tables import rows


class Weight(NamedTuple):
    """One row of ``tables/fit_points.csv``: points for each unit, and at most."""

    points: int
    most: int


@cache
def weights() -> dict[str, Weight]:
    """
    Return the weights by name, in the order of the table.

    >>> weights()["network"].points
    200
    """
    return {
        row["name"]: Weight(int(row["points"]), int(row["most"]))
        for row in rows("fit_points")
    }


def fit(
    substitute: Clinician | NetworkTherapist,
    patient: Patient,
    *,
    home: Clinician | None = None,
    miles: float | None = None,
    telehealth: bool = False,
    weeks_waiting: int = 0,
) -> Fit:
    """
    Weigh what speaks against this substitute for this patient.

    Parameters
    ----------
    home
        The own clinician; ``None`` leaves clinic and license unweighed.
    miles
        From the patient's home to the place of care, by air; ``None`` is unknown
        and counts as the most. Of no weight by telehealth.
    telehealth
        Whether the two meet by video or telephone.
    weeks_waiting
        Weeks by which the series starts later than planned, 0 or more.

    Returns
    -------
    Fit
        Its parts add up to its points; those beyond ``MOST_POINTS`` are cut off the
        last parts. Parts of no points are left out.

    Examples
    --------
    >>> from datetime import date
    >>> own = Clinician("C1", "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "LA1",
    ...     0.5, None, date(2024, 1, 1), "therapist", 1, False)
    >>> other = Clinician("C2", "LMFT", ("en",), ("adult",), ("therapy",), 1.0, "LA2",
    ...     0.5, None, date(2024, 1, 1), "therapist", 1, False)
    >>> patient = Patient("P1", "Los Angeles", "90017", "adult", "en", "therapy", 3,
    ...     "C1", 2, 7, "either", True, True, True)
    >>> fit(other, patient, home=own, miles=4.5).parts
    (('another_clinic', 40), ('another_license', 30), ('miles', 13))
    >>> fit(other, patient, home=own, telehealth=True, weeks_waiting=1).points
    155
    """
    parts = dict(standing_parts(substitute))
    if home is not None:
        if isinstance(substitute, Clinician) and substitute.clinic_id != home.clinic_id:
            parts["another_clinic"] = weights()["another_clinic"].points
        if substitute.license != home.license:
            parts["another_license"] = weights()["another_license"].points
    if not telehealth:
        parts["miles"] = mile_points(miles)
    elif patient.modality == "either":
        parts["telehealth"] = weights()["telehealth"].points
    parts["waiting"] = waiting_points(weeks_waiting)
    named, left = [], MOST_POINTS
    for name in weights():
        if points := min(left, parts.get(name, 0)):
            named.append((name, points))
            left -= points
    return Fit(MOST_POINTS - left, tuple(named))


def standing_parts(
    substitute: Clinician | NetworkTherapist,
) -> tuple[tuple[str, int], ...]:
    """
    Return the parts that are the same for every patient; none in-house.

    >>> therapist = NetworkTherapist("N1", "LMFT", ("en",), ("adult",), ("therapy",),
    ...     "Orange", "92801", 33.8, -117.9, False, 2.0, 12_000, 0.9)
    >>> standing_parts(therapist)
    (('network', 200), ('acceptance', 10), ('price', 12))
    """
    if isinstance(substitute, Clinician):
        return ()
    refused = round((1 - substitute.acceptance) * 10)
    dollars = substitute.price_per_visit_cents // 1000
    return (
        ("network", weights()["network"].points),
        ("acceptance", _counted("acceptance", refused)),
        ("price", _counted("price", dollars)),
    )


def mile_points(miles: float | None) -> int:
    """
    Return the points of a distance, rounded down; the most where it is unknown.

    >>> mile_points(4.5), mile_points(80.0), mile_points(None)
    (13, 180, 180)
    """
    weight = weights()["miles"]
    if miles is None:
        return weight.most
    return int(min(weight.most, weight.points * miles))


def waiting_points(weeks: int) -> int:
    """
    Return the points of starting some weeks later than planned.

    >>> waiting_points(2)
    120
    """
    return _counted("waiting", weeks)


def _counted(name: str, units: int) -> int:
    weight = weights()[name]
    return min(weight.most, weight.points * units)
