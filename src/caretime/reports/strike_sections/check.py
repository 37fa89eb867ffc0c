"""How a third party checks the plan and makes it again, and what words mean."""

from __future__ import annotations

import shlex

from caretime.model.matching import MatchPolicy
from caretime.model.strike import StrikePlan, Update
from caretime.reports import wording
from caretime.reports.markup import Markup, element, join
from caretime.reports.strike_tally import Tally


def check(tally: Tally) -> Markup:
    """Write how to check the plan and make it again."""
    plan = tally.plan
    incident = plan.incident.incident_id
    facts = [
        ("Version", plan.version),
        ("Seed", str(plan.seed)),
        ("Incident", incident),
        ("Contract of those at work", plan.contract_id or "–"),
        ("First day of the plan", wording.day(plan.monday.isoformat())),
        ("Weeks", str(plan.weeks)),
        ("Care system (SHA-256)", plan.inputs_hash),
    ]
    return join(
        element(
            "p",
            "Ask for the folder of the care system (SYSTEM) and the folder of the plan "
            "(PLAN, where this report lies). This checks the plan as it stands: who "
            "may treat whom, one substitute each, no opening used twice, every limit, "
            'and the bounds. It says "no fault" and ends with 0, or names each fault '
            "and ends with 4. It writes nothing.",
        ),
        _command(f"caretime strike SYSTEM --verify PLAN{_weeks(plan)}"),
        *_again(tally),
        element(
            "dl",
            [
                element("div", element("dt", k), element("dd", element("code", v)))
                for k, v in facts
            ],
            class_="facts",
        ),
        element("h3", "What this report cannot say"),
        element("ul", [element("li", text) for text in LIMITS]),
        element("h3", "Words"),
        element(
            "dl",
            [element("div", element("dt", k), element("dd", v)) for k, v in WORDS],
            class_="facts words",
        ),
    )


def _weeks(plan: StrikePlan) -> str:
    return " --roster ROSTER" if plan.roster_hash else ""


def _again(tally: Tally) -> list[Markup]:
    """Say how to make the plan again, with all that it was told."""
    plan, system = tally.plan, tally.system
    if plan.known != Update():
        text = (
            "It was made from an earlier plan and what became known since; with both "
            "of these it can be made again (--based-on, --update)."
        )
        return [element("p", text)]
    incident = plan.incident
    parts = [
        f"caretime strike SYSTEM --incident {shlex.quote(incident.incident_id)}",
        f"--seed {plan.seed}",
    ]
    parts += [
        f"--path {path}"
        for known in system.incidents
        if known.incident_id == incident.incident_id and known.shares != incident.shares
        for path in ("shares_low", "shares_high")
        if getattr(known, path) == incident.shares
    ]
    if plan.contract_id not in ("", system.contract_in_force):
        parts.append(f"--contract {shlex.quote(plan.contract_id)}")
    if plan.policy != MatchPolicy():
        parts.append("--policy POLICY.yaml")
    parts.append(f"--out AGAIN{_weeks(plan)}")
    return [
        element(
            "p",
            "This makes the plan again. The same version, care system, policy and seed "
            "give the same plan: compare the files, or plan_hash in both plan.json.",
        ),
        _command(" ".join(parts)),
    ]


def _command(text: str) -> Markup:
    return element("pre", element("code", text), tabindex="0")


LIMITS = (
    "Why somebody is away: no reason is asked for, kept or guessed.",
    "Who the patients are: the report holds counts, the files hold numbers without "
    "names.",
    "Whether waiting is safe for a person: that is a clinician's judgment.",
    "Whether a course with a substitute is as good as with the own clinician.",
    "Roads and buses: distances are by air.",
    "This is a planning aid, not legal advice.",
)
WORDS = (
    (
        "Affected",
        "A patient whose own clinician is away on the day of a planned visit.",
    ),
    (
        "Limit",
        "The last day on which the next visit is still lawful, by the clock that "
        "judges it.",
    ),
    ("Business day", "Monday to Friday, holidays left out."),
    ("Risk tier", "1 is the highest risk, 3 the lowest; it comes from the record."),
    ("Substitute", "Somebody who takes over a patient's visits meanwhile."),
    ("In-house", "A clinician of the same house who is at work."),
    ("Network", "A contracted therapist outside of it."),
    ("Associate", "Somebody who works toward a license, under supervision."),
    (
        "No plan could do better",
        "Proven with prices of openings: anybody can work the bound out again from "
        "the plan's files.",
    ),
    ("of 100", "A share, rounded."),
)
