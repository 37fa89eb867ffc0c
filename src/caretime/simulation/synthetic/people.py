"""The clinicians and the network therapists of a synthetic system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from caretime.model.people import Clinician, NetworkTherapist
from caretime.simulation.synthetic.draws import Bools, Draws, Ints, apportion
from caretime.simulation.synthetic.places import Places

Numbers = Mapping[str, float]

LICENSES = (
    "LCSW",
    "LMFT",
    "PSYCHOLOGIST",
    "LPCC",
    "ASW",
    "AMFT",
    "APCC",
    "SUD_COUNSELOR",
    "PMHNP",
)
ASSOCIATES = ("ASW", "AMFT", "APCC")
SUPERVISORS = ("LCSW", "LMFT", "PSYCHOLOGIST", "LPCC")
NETWORK_LICENSES = (
    "LMFT",
    "LCSW",
    "PSYCHOLOGIST",
    "LPCC",
    "SUD_COUNSELOR",
    "PMHNP",
    "PSYCHIATRIST",
)
LANGUAGES = ("es", "zh", "vi", "ko", "tl", "hy", "fa", "ar", "ru", "ja", "km", "pa")
SIGNED = "ase"
FTES = (1.0, 0.8, 0.6, 0.5)
AGES = (
    ("adult", "older"),
    ("teen", "adult", "older"),
    ("child", "teen"),
    ("child", "teen", "adult", "older"),
)
AGES_SHARES = (
    "serves_adult_older",
    "serves_teen_up",
    "serves_child_teen",
    "serves_all",
)
EVERY_AGE = len(AGES) - 1
TELEHEALTH = (0.0, 0.5, 0.8, 1.0)
TELEHEALTH_SHARES = (
    "telehealth_none",
    "telehealth_half",
    "telehealth_most",
    "telehealth_all",
)

# license, language besides English, ages, FTE, leads a group, telehealth share
_EIGHT = (
    ("LCSW", "", 0, 1.0, True, 0.5),
    ("LCSW", "es", 3, 1.0, False, 0.5),
    ("LMFT", "", 2, 1.0, False, 0.5),
    ("LMFT", "", 1, 0.8, False, 0.8),
    ("PSYCHOLOGIST", "", 3, 1.0, False, 0.0),
    ("ASW", "", 0, 1.0, False, 0.5),
    ("AMFT", "", 2, 0.8, False, 0.5),
    ("SUD_COUNSELOR", "", 3, 1.0, False, 0.5),
)


def clinic_of_eight(clinic_id: str, first_day: date) -> tuple[Clinician, ...]:
    """Return the eight: two associates with a supervisor each, one Spanish speaker."""
    supervisors = {"ASW": "C-00001", "AMFT": "C-00003"}
    return tuple(
        Clinician(
            f"C-{number:05d}",
            code,
            ("en", language) if language else ("en",),
            AGES[ages],
            ("substance_use",) if code == "SUD_COUNSELOR" else ("therapy",),
            fte,
            clinic_id,
            telehealth,
            supervisors.get(code),
            first_day - timedelta(days=7 * (40 + 67 * number)),
            "therapist",
            min(1 + number, 10) if code not in ASSOCIATES else 1,
            leads,
        )
        for number, (code, language, ages, fte, leads, telehealth) in enumerate(
            _EIGHT, start=1
        )
    )


def make_clinicians(
    count: int, places: Places, first_day: date, numbers: Numbers, draws: Draws
) -> tuple[Clinician, ...]:
    """
    Make the clinicians in post, clinic by clinic.

    Counties get their share of the population, clinics of a county equal parts.
    Licenses, FTE and telehealth are shared out in proportion in every county,
    languages and ages likewise within it; the first speaker of a language in a
    county treats every age.
    """
    clinics = _clinics(count, places, draws)
    counties = places.clinic_county[clinics]
    share = {
        purpose: draws.share_out(purpose, [numbers[name] for name in names], counties)
        for purpose, names in (
            ("license", [f"license_{code}" for code in LICENSES]),
            ("fte", [f"fte_{fte}" for fte in FTES]),
            ("ages", AGES_SHARES),
            ("telehealth", TELEHEALTH_SHARES),
        )
    }
    ages = share["ages"]
    codes = [LICENSES[index] for index in share["license"]]
    therapist = np.array([code not in ("SUD_COUNSELOR", "PMHNP") for code in codes])
    order = draws.order("language", count)
    languages = _languages(counties, ages, therapist, places, numbers, order)
    _let_one_treat_all(counties, ages, languages, therapist)
    weeks = 1 + 52 * numbers["tenure_years"] * draws.uniform("tenure", count) ** 2
    leads = draws.uniform("leads", count) < numbers["leads_groups"]
    both = draws.uniform("needs", count) < numbers["treats_substance_use"]
    supervisors = _supervisors(codes, clinics, counties, numbers, draws)
    people = []
    for row, code in enumerate(codes):
        hired = int(weeks[row]) if code not in ASSOCIATES else int(weeks[row]) % 130 + 1
        people.append(
            Clinician(
                f"C-{row + 1:05d}",
                code,
                ("en", languages[row]) if languages[row] else ("en",),
                AGES[int(ages[row])],
                _needs(code, bool(both[row])),
                FTES[int(share["fte"][row])],
                places.clinics[int(clinics[row])].clinic_id,
                TELEHEALTH[int(share["telehealth"][row])],
                None if supervisors[row] < 0 else f"C-{supervisors[row] + 1:05d}",
                first_day - timedelta(days=7 * hired),
                "prescriber" if code == "PMHNP" else "therapist",
                min(1 + hired // 52, 10),
                bool(leads[row]) and code != "PMHNP",
            )
        )
    return tuple(people)


def make_network(
    count: int, places: Places, numbers: Numbers, draws: Draws
) -> tuple[NetworkTherapist, ...]:
    """
    Make the contracted outside therapists, county by county.

    Openings are what is advertised; ``acceptance`` is low for the share of the
    list that in fact takes hardly anyone.
    """
    people = np.array([float(county["population"]) for county in places.counties])
    counties = np.repeat(np.arange(len(people)), apportion(people, count))
    zips = places.in_counties(counties, draws.uniform("network/zip", count))
    weights = [numbers[f"network_{code}"] for code in NETWORK_LICENSES]
    codes = draws.share_out("network/license", weights, counties)
    ages = draws.share_out(
        "network/ages", [numbers[name] for name in AGES_SHARES], counties
    )
    order = draws.order("network/language", count)
    everyone = np.ones(count, dtype=np.bool_)
    languages = _languages(counties, ages, everyone, places, numbers, order)
    both = draws.uniform("network/needs", count) < numbers["treats_substance_use"]
    video = draws.uniform("network/telehealth", count) < numbers["network_telehealth"]
    # A triangle of mean 1 over 0 to 2, so that no logarithm is needed.
    spread = draws.uniform("network/openings", 2, count).sum(axis=0)
    openings = np.round(numbers["network_openings"] * spread, 2)
    taken = draws.uniform("network/acceptance", 2, count)
    ghost = taken[0] < numbers["network_ghost"]
    acceptance = np.round(np.where(ghost, 0.1 * taken[1], 0.6 + 0.4 * taken[1]), 2)
    price = 0.85 + 0.3 * draws.uniform("network/price", count)
    return tuple(
        NetworkTherapist(
            f"N-{row + 1:05d}",
            code := NETWORK_LICENSES[int(codes[row])],
            ("en", languages[row]) if languages[row] else ("en",),
            AGES[int(ages[row])],
            _needs(code, bool(both[row])),
            places.names[int(counties[row])],
            places.zips[int(zips[row])],
            float(places.points[zips[row], 0]),
            float(places.points[zips[row], 1]),
            bool(video[row]),
            float(openings[row]),
            round(numbers.get(f"price_{code}", numbers["price_other"]) * price[row]),
            float(acceptance[row]),
        )
        for row in range(count)
    )


def asked_languages(county: Mapping[str, str], numbers: Numbers) -> dict[str, float]:
    """Return the share of referrals that ask for care in each language."""
    shares = {
        language: float(county[language]) * numbers["language_uptake"]
        for language in (*LANGUAGES, SIGNED)
        if float(county[language])
    }
    return {"en": 1 - sum(shares.values()), **shares}


def _clinics(count: int, places: Places, draws: Draws) -> Ints:
    people = [float(county["population"]) for county in places.counties]
    per_county = apportion(people, count, least=1)
    return np.concatenate(
        [
            np.repeat(
                (sites := np.flatnonzero(places.clinic_county == county)),
                apportion(np.ones(len(sites)), int(number)),
            )
            for county, number in enumerate(per_county)
        ]
    )


def _needs(code: str, both: bool) -> tuple[str, ...]:
    if code in ("PMHNP", "PSYCHIATRIST"):
        return ("medication",)
    if code == "SUD_COUNSELOR":
        return ("substance_use",)
    return ("therapy", "substance_use") if both else ("therapy",)


def _languages(
    counties: Ints,
    ages: Ints,
    therapist: Bools,
    places: Places,
    numbers: Numbers,
    order: Ints,
) -> list[str]:
    """
    Give bilingual clinicians their language, evenly over the ages they serve.

    Languages other than Spanish go to therapists only: a county's one speaker of
    Khmer should not be the one who sees people for medication.
    """
    chosen = [""] * len(counties)
    for county, row in enumerate(places.counties):
        for pool in (True, False):
            mine = order[(counties[order] == county) & (therapist[order] == pool)]
            asked = asked_languages(row, numbers)
            asked = {name: asked[name] for name in asked if pool or name == "es"}
            spoken = _speakers(asked, len(mine), numbers["language_margin"])
            # Every so-many-th in the order of ages, so each language meets all ages.
            by_age = mine[np.argsort(ages[mine], kind="stable")].tolist()
            for place, language in enumerate(spoken):
                chosen[by_age[place * len(by_age) // len(spoken)]] = language
    return chosen


def _speakers(asked: Mapping[str, float], people: int, margin: float) -> list[str]:
    """
    Return the languages spoken by ``people``, well mixed.

    A language expected of a fifth of a person or more has one speaker at least.
    """
    wanted = {
        name: share * margin * people for name, share in asked.items() if name != "en"
    }
    kept = {name: max(1, round(n)) for name, n in wanted.items() if n >= 0.2}
    if sum(kept.values()) > people:
        kept = {"es": 1} if people else {}
    turns = [
        ((turn + 0.5) / count, name)
        for name, count in kept.items()
        for turn in range(count)
    ]
    return [name for _, name in sorted(turns)]


def _let_one_treat_all(
    counties: Ints, ages: Ints, languages: list[str], therapist: Bools
) -> None:
    """Let the first therapist of each language in a county treat every age."""
    served = set()
    for row, language in enumerate(languages):
        key = (int(counties[row]), language)
        if therapist[row] and key not in served:
            served.add(key)
            ages[row] = EVERY_AGE


def _supervisors(
    codes: list[str], clinics: Ints, counties: Ints, numbers: Numbers, draws: Draws
) -> Ints:
    """Give each associate a supervisor: of the clinic, the county, else anywhere."""
    found = np.full(len(codes), -1, dtype=np.int64)
    load = np.zeros(len(codes), dtype=np.int64)
    most = int(numbers["supervisees_per_supervisor"])
    order = draws.order("supervisor", len(codes))
    able = np.array([codes[row] in SUPERVISORS for row in order], dtype=np.bool_)
    ranked = order[able]
    for row, code in enumerate(codes):
        if code not in ASSOCIATES:
            continue
        free = ranked[load[ranked] < most]
        for near in (
            free[clinics[free] == clinics[row]],
            free[counties[free] == counties[row]],
            free if len(free) else ranked,
        ):
            if len(near):
                found[row] = near[0]
                load[near[0]] += 1
                break
    return found
