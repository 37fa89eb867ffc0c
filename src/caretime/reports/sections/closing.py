"""Slices, how to make the report again, its limits and its words."""

from __future__ import annotations

from itertools import product

from caretime import tables
from caretime.bargaining.built_weeks import EVEN
from caretime.bargaining.comparison import Comparison, SliceRow
from caretime.reports import wording
from caretime.reports.markup import Child, Markup, element
from caretime.reports.names import name_arms
from caretime.reports.possible import PERCENT, cut
from caretime.reports.tabular import details, table

DIMENSIONS = {
    "county": "By county",
    "language": "By language",
    "age_group": "By age group",
    "license": "By license of the therapist",
}
SLICED = ("within_intake", "within_follow_up", "wait_intake_median")
HIDDEN = "<11"

LIMITS = (
    "The care system is synthetic unless its name says otherwise: its proportions "
    "follow public figures, its people do not exist.",
    "A range covers the chance inside the simulation. It does not cover wrong "
    "assumptions, missing causes or a mistaken reading of a clause.",
    "No published study says how strongly load drives leaving. Its range includes no "
    "effect at all, and the headline is also given with the effect switched off.",
    "Wages change cost here, but not who applies for a job or who stays.",
    "The quality of care is not measured: a shorter wait is not a better course.",
    "Contract texts were not public; clauses follow press and party summaries, each "
    "with its source and standing.",
    "Whether a longer wait is safe is a clinician's judgment; the model only counts "
    "the exceptions that are on record.",
    "This is a planning aid, not legal advice.",
)

WORDS = (
    ("Business day", "Monday to Friday, holidays left out."),
    (
        "Offered",
        "The first appointment a patient could have had, taken or not. The law "
        "asks when it was offered.",
    ),
    (
        "First visit (intake)",
        "The first visit of a course; the clock starts at the request.",
    ),
    ("Follow-up", "The next visit of a course; the clock starts at the visit before."),
    (
        "Share within the standard",
        "Offers within the limit over all offers; offers with "
        "a clinician's recorded exception are counted apart.",
    ),
    (
        "Protected time",
        "Paid time that visits may not use. Some of it may become "
        "bookable when a stated trigger is met.",
    ),
    (
        "Patient management",
        "Messages, calls, treatment plans, preparing, schools and "
        "agencies; called indirect patient care in the north.",
    ),
    (
        "Patients lost",
        "People who gave up waiting, dropped out of treatment, or did not "
        "continue when their therapist left.",
    ),
    ("Load", "Minutes with patients and of notes in paid time over paid minutes."),
    (
        "Replication",
        "One simulated year with its own chance. The same replication of "
        "every proposal meets the same people and the same luck, so differences are "
        "steadier than values.",
    ),
    (
        "95 % range",
        "If everything were run again with other chance, 95 of 100 such "
        "ranges would hold the true mean of this model.",
    ),
    ("No clear difference", "The 95 % range of the difference holds zero."),
    ("Disputed", "A side holds a number of its own for an assumption."),
)


def slices(comparison: Comparison) -> list[Markup]:
    """Write the sliced measures, one table a measure and dimension."""
    names = name_arms(comparison)
    titles = {row.name: row for row in comparison.measures}
    there = {(row.name, row.dimension) for row in comparison.slices}
    keys = [key for key in product(SLICED, DIMENSIONS) if key in there]
    found: list[Markup] = []
    for name, dimension in keys:
        rows = [
            r for r in comparison.slices if (r.name, r.dimension) == (name, dimension)
        ]
        title = titles[name].title if name in titles else name.replace("_", " ")
        body = table(
            f"{title}, %" if name.startswith("within") else title,
            (
                DIMENSIONS[dimension][3:].capitalize(),
                *(names[arm.contract_id].opening for arm in comparison.arms),
            ),
            _slice_rows(rows, [arm.contract_id for arm in comparison.arms]),
            kind="numbers columns",
            labels=("", *(names[arm.contract_id].short for arm in comparison.arms)),
        )
        found.append(details(f"{DIMENSIONS[dimension]}: {title.lower()}", body))
    return found


def how_to_reproduce(comparison: Comparison) -> Markup:
    """Write the commands, version, hashes and seed that make this report again."""
    made = comparison.provenance
    command = _command(comparison)
    stopped = {
        "count": "a fixed number",
        "precision": "every asked precision was reached",
        "cap": "the largest number allowed was reached first",
    }.get(made.stopped_by, made.stopped_by)
    facts = [
        ("Version", made.version),
        ("Seed", str(made.seed)),
        ("Weeks", str(made.weeks)),
        ("Replications", f"{made.replications} ({stopped})"),
        ("Care system (SHA-256)", made.inputs_hash),
        *((f"Contract {key}", value) for key, value in made.contract_hashes.items()),
    ]
    return element(
        "div",
        element("pre", element("code", command), tabindex="0"),
        element(
            "dl",
            [
                element(
                    "div", element("dt", key), element("dd", element("code", value))
                )
                for key, value in facts
            ],
            class_="facts",
        ),
    )


def limits() -> Markup:
    """List what the model cannot say."""
    return element("ul", [element("li", item) for item in LIMITS])


def glossary() -> Markup:
    """List the words used."""
    return element(
        "dl",
        [
            element("div", element("dt", word), element("dd", text))
            for word, text in WORDS
        ],
        class_="facts words",
    )


def _command(comparison: Comparison) -> str:
    """Return the command that makes the report, and the one that tries it again."""
    made = comparison.provenance
    if comparison.base == EVEN:
        return (
            "caretime simulate FOLDER --contract CONTRACT --roster ROSTER \\\n"
            f"  --weeks {made.weeks} --replications {made.replications} "
            f"--seed {made.seed} --report REPORT.html"
        )
    contracts = " ".join(arm.contract_id for arm in comparison.arms)
    extras = "".join(
        f" {flag}"
        for flag, there in (
            (f"--base {comparison.base}", comparison.base != _first(comparison)),
            ("--clauses", bool(comparison.clause_costs)),
            ("--attribution", bool(comparison.attribution)),
            (f"--tornado {_swung(comparison)}", bool(comparison.tornado)),
        )
        if there
    )
    return (
        f"caretime compare FOLDER --contracts {contracts} \\\n"
        f"  --weeks {made.weeks} --replications {made.replications} "
        f"--seed {made.seed}{extras} \\\n"
        "  --out RESULT.json --report REPORT.html\n"
        "caretime reproduce RESULT.json"
    )


def _first(comparison: Comparison) -> str:
    return comparison.arms[0].contract_id


def _swung(comparison: Comparison) -> str:
    return comparison.tornado[0].measure if comparison.tornado else ""


def _slice_rows(rows: list[SliceRow], arms: list[str]) -> list[list[Child]]:
    cells = {(row.part, row.contract_id): row for row in rows}
    return [
        [_part_title(part), *(_slice_cell(cells.get((part, arm))) for arm in arms)]
        for part in dict.fromkeys(row.part for row in rows)
    ]


def _slice_cell(row: SliceRow | None) -> Child:
    if row is None:
        return "–"
    if row.hidden or row.value is None:
        return element(
            "span", HIDDEN, title="Too few people to show, or would give one away"
        )
    shown = wording.number(row.value)
    if row.low is None or row.high is None:
        return shown
    unit = PERCENT if row.name.startswith("within") else ""
    low, high = (cut(row.name, unit, end) for end in (row.low, row.high))
    ends = " to ".join(wording.number(end) for end in (low, high) if end is not None)
    return element("span", shown, " ", element("span", ends, class_="range"))


def _part_title(part: str) -> str:
    names = {row["language"]: row["title"] for row in tables.rows("languages")}
    names |= {row["license"]: row["title"] for row in tables.rows("licenses")}
    return names.get(part, part if part != part.lower() else part.capitalize())
