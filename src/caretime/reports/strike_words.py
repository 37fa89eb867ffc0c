"""What the report of an incident calls things: codes in plain words."""

from __future__ import annotations

from datetime import date
from functools import cache

from caretime import tables

TIERS = {1: "highest", 2: "middle", 3: "lowest"}
"""Risk tiers in words; 1 is the highest."""

OUTCOMES = (
    "In-house, by the limit",
    "In-house, later",
    "Network, by the limit",
    "Network, later",
    "Somebody, but no time yet",
    "Chose to wait",
    "Nobody",
)
"""What a plan does for a patient, as the report tells it; see ``strike_tally``."""

REASONS = {
    "no_license": "nobody at work whose license allows it",
    "no_ages": "nobody who sees this age group",
    "no_language": "nobody who speaks the language",
    "no_gender": "nobody of the gender asked for",
    "no_payer": "nobody who works with the payer",
    "no_risk_tier": "nobody who takes on this risk tier",
    "no_way_of_meeting": "nobody who meets in the way asked for",
    "telehealth_consent": "only by video or telephone, without consent on record",
    "too_far": "nobody near enough to be seen in person",
    "no_opening_in_plan": "those who may treat have no opening in these weeks",
    "all_taken": "all places of those who may treat are taken",
    "weeks_do_not_fit": (
        "nobody has openings in all the weeks of the visits; places are left in other "
        "weeks only"
    ),
    "no_leader": "nobody at work may lead it",
    "leader_not_free": "those who may lead it are not free at its time",
    "leaders_taken": "those who are free at its time run other groups",
}
RELAXATIONS = {
    "other_weeks": "visits in other weeks than planned",
    "intake_lent": "lending openings kept for first visits",
    "another_supervisor": "another supervisor for associates whose own is away",
    "telehealth": "visits by video, if the patient agrees",
    "in_person": "visits in person",
    "farther": "a longer way",
    "gender_preference": "somebody of another gender, if the patient agrees",
    "another_payer": "a single agreement with a therapist of another payer",
    "risk_tier": "a clinician's decision that the risk tier allows it",
    "out_of_network": "care outside the network, which must then be arranged",
}
CONTACTS = {
    "waits": "chose to wait",
    "left_out": "nobody takes them over yet",
    "no_contact_point": "no phone number and no e-mail on record",
    "no_time": "somebody takes them over, but no time is found yet",
}
UNTIMED = {
    "no_opening": "the substitute's week has no opening for it",
    "no_intake_opening": "no opening for a first visit",
    "openings_taken": "visits of more weight take all openings",
    "elsewhere": "the patient is elsewhere at all that are left",
    "no_day": "the week has no day on which to propose one",
}
COVERS = {
    "co_leader": "Goes on with its co-leader",
    "substitute": "Goes on with another leader",
    "none": "Does not meet",
}
CHOICES = {"home": "Goes back to the own clinician", "stays": "Stays"}
AGES = {
    "child": "Children",
    "teen": "Teens",
    "adult": "Adults",
    "older": "Older adults",
}
KINDS = {"return": "Return visit", "intake": "First visit, referral in progress"}


def spoken(code: str) -> str:
    """
    Return a code as words, for codes that have none of their own.

    >>> spoken("no_room_left")
    'no room left'
    """
    return code.replace("_", " ")


def reason_words(code: str) -> str:
    """Return why nobody takes a patient or a group over, to follow a colon."""
    return REASONS.get(code, spoken(code))


def relaxation_words(code: str) -> str:
    """Return what would help, as a noun."""
    return RELAXATIONS.get(code, spoken(code))


def opened(words: str) -> str:
    """Return words with a capital at their head."""
    return words[:1].upper() + words[1:]


def count(number: int, one: str, many: str = "") -> str:
    """
    Write a count and its noun.

    >>> count(1, "patient"), count(12345, "patient"), count(0, "person", "people")
    ('1 patient', '12,345 patients', '0 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def of_hundred(part: int, whole: int) -> str:
    """
    Write a share as so many of a hundred.

    >>> of_hundred(1, 3), of_hundred(1, 900), of_hundred(0, 9), of_hundred(899, 900)
    ('33 of 100', 'fewer than 1 of 100', 'none', 'more than 99 of 100')
    """
    if not part:
        return "none"
    if part == whole:
        return "all"
    share = 100 * part / whole
    if share < 1:
        return "fewer than 1 of 100"
    if share > 99:
        return "more than 99 of 100"
    return f"{share:.0f} of 100"


def day(given: date, *, weekday: bool = False, year: bool = False) -> str:
    """
    Write a day as people read it.

    >>> day(date(2024, 10, 5), weekday=True), day(date(2024, 10, 5), year=True)
    ('Sat, October 5', 'October 5, 2024')
    """
    shown = f"{given:%B} {given.day}"
    if weekday:
        shown = f"{given:%a}, {shown}"
    return f"{shown}, {given.year}" if year else shown


@cache
def _titles(name: str, key: str) -> dict[str, str]:
    return {row[key]: row["title"] for row in tables.rows(name)}


def language(code: str) -> str:
    """Return the name of a language."""
    return _titles("languages", "language").get(code, code)


def license_title(code: str) -> str:
    """Return the name of a license."""
    return _titles("licenses", "license").get(code, code)


def license_code(code: str) -> str:
    """
    Return a license as short as people write it.

    >>> [license_code(code) for code in ("LCSW", "PSYCHOLOGIST", "SUD_COUNSELOR")]
    ['LCSW', 'Psychologist', 'SUD counselor']
    """
    if len(code) <= 5:
        return code
    first, *others = code.split("_")
    kept = first if others else first.capitalize()
    return " ".join([kept, *(word.lower() for word in others)])


def need(code: str) -> str:
    """Return the name of a need."""
    return _titles("needs", "need").get(code, spoken(code))
