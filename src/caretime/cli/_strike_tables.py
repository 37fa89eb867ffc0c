"""What ``caretime strike`` prints, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from caretime.cli._roster_tables import counted
from caretime.cli._week_tables import plain_table
from caretime.measures.suppression import THRESHOLD
from caretime.reports import strike_words as words
from caretime.reports.strike_sections.buy import sorts_of
from caretime.reports.strike_sections.why import reason_table
from caretime.reports.strike_tally import (
    IN_TIME,
    LATER,
    NO_TIME,
    NOBODY,
    WAITS,
    Tally,
    tally,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from caretime.cli._strike_run import StrikeAnswer
    from caretime.model.matching import Level
    from caretime.model.plan_diff import PlanDiff
    from caretime.model.strike import Proof

PLACES_SHOWN = 5

STATUSES = {
    "optimal": "proven best on every level",
    "within_gap": "proven within the bounds below",
    "stopped": "ended early; the bounds below hold",
}

CHANGES = {
    "moved": "get another substitute than offered",
    "placed": "have a substitute now",
    "left_out": "have nobody now",
    "waits": "chose to wait",
    "gone": "left the plan",
}
"""What became otherwise, in words to follow a count of patients."""

HIDDEN = "–"
"""For a count of few people."""

LEAST_SECONDS = 0.05
"""Steps that take less are not shown; they are in the sum."""


def print_strike(answer: StrikeAnswer, out: Console) -> None:
    """Print the first screen: whether it holds, for whom, how sure, and the files."""
    plan = answer.plan
    until = ", no end known" if plan.incident.open_ended else ""
    out.print(
        f"{answer.system.name}, incident {plan.incident.incident_id}: "
        f"{counted(plan.weeks, 'week')} from {plan.incident.first_day}{until}.",
        style="bold",
        markup=False,
    )
    print_check(answer.proof, out)
    people = tally(plan, answer.system)
    for title, text in _facts(answer, people):
        out.print(f"  {title:<18}{text}", markup=False)
    if answer.diff is not None:
        out.print(_change_table(answer.diff))
    if people.affected:
        out.print(_people_table(people))
        _print_proof(answer, out)
        for table in (_reason_table(people), _places_table(people)):
            if table is not None:
                out.print(table)
    for title, text in _after(answer):
        out.print(f"  {title:<18}{text}", markup=False)
    if answer.seconds:
        out.print(_seconds_table(answer.seconds))


def print_check(proof: Proof, out: Console) -> None:
    """Say first whether the plan holds, and show the faults."""
    if proof.holds:
        looked = sum(proof.checked.values())
        out.print(
            f"  {'checked':<18}everything worked out anew: {looked:,} things, no fault",
            markup=False,
        )
        return
    many = counted(len(proof.faults), "fault")
    out.print(
        f"  {'checked':<18}{many}: this plan does not hold", style="bold", markup=False
    )
    for kind, count in Counter(one.kind for one in proof.faults).most_common():
        first = next(one for one in proof.faults if one.kind == kind)
        out.print(f"    {kind} ({count:,}): {first.text}", markup=False)


def _facts(answer: StrikeAnswer, people: Tally) -> Iterator[tuple[str, str]]:
    """Yield what stands above the tables."""
    plan = answer.plan
    away = len({one.clinician_id for one in plan.absent})
    drawn = f"drawn, seed {plan.seed}" if plan.incident.shares else "named"
    yield "away", f"{counted(away, 'clinician')} ({drawn})"
    if not people.affected:
        yield "affected", "nobody: nothing is planned with those away in these weeks"
    else:
        placed = people.number(*IN_TIME, *LATER, NO_TIME)
        yield (
            "affected",
            f"{counted(people.affected, 'patient')} with "
            f"{counted(people.visits, 'visit')}; "
            f"{placed:,} are taken over",
        )
    yield from _range(answer)
    if plan.groups:
        silent = sum(group.cover == "none" for group in plan.groups)
        yield (
            "groups",
            f"{counted(len(plan.groups), 'group')}; {len(plan.groups) - silent:,} go "
            f"on, {silent:,} do not meet",
        )
    if people.affected:
        yield "dated", _dated(answer)
    if plan.contacts:
        first = min(one.by for one in plan.contacts)
        must = {c.patient_id for c in plan.contacts if c.clinician_must_record}
        yield (
            "to be called",
            f"{len({c.patient_id for c in plan.contacts}):,}, the first by {first}",
        )
        yield "to be recorded", f"{len(must):,} waits that a clinician must judge"


def _range(answer: StrikeAnswer) -> Iterator[tuple[str, str]]:
    """Yield how many would be affected at the ends of the range of shares."""
    if answer.range is None:
        return
    for name, totals in (("low", answer.range.low), ("high", answer.range.high)):
        if totals is not None:
            yield (
                f"{name} end",
                f"{totals.clinicians:,} away and {totals.people:,} patients: --path "
                f"shares_{name} plans it",
            )


def _dated(answer: StrikeAnswer) -> str:
    plan = answer.plan
    proposed = sum(one.standing == "proposed" for one in plan.bookings)
    text = counted(len(plan.bookings), "visit")
    if proposed:
        text += f", {proposed:,} of them to be agreed"
    if plan.untimed:
        text += f"; {len(plan.untimed):,} without a time"
    return text


def _change_table(diff: PlanDiff) -> Table:
    """Return what is otherwise than in the plan before."""
    table = plain_table("Since the plan before", ">Count", "What")
    for kind, text in CHANGES.items():
        if count := len(diff.of_kind(kind)):
            table.add_row(f"{count:,}", f"patients {text}")
    table.add_row(f"{diff.unchanged:,}", "patients as before")
    if diff.lapsed:
        table.add_row(f"{len(diff.lapsed):,}", "accepted offers that cannot be kept")
    table.add_row(f"{diff.visits_kept:,}", "visits at their day and hour as before")
    if diff.visits_moved:
        table.add_row(
            f"{diff.visits_moved:,}", "visits moved, with the same substitute"
        )
    if diff.group_ids:
        table.add_row(f"{len(diff.group_ids):,}", "groups with another leader or none")
    return table


def _people_table(people: Tally) -> Table:
    """Return who keeps the limit, who does not, by tier; exact, as the proof is."""
    table = plain_table(
        "By risk",
        *("Tier", ">Affected", ">In time", ">Later", ">No time", ">Wait"),
        *(">Nobody", ">Not reachable"),
    )
    groups = (IN_TIME, LATER, (NO_TIME,), (WAITS,), (NOBODY,))
    for tier in (*words.TIERS, None):
        here = people.tier == tier if tier else people.tier > 0
        name = f"{tier} ({words.TIERS[tier]})" if tier else "All"
        table.add_row(
            name,
            f"{int(here.sum()):,}",
            *(f"{people.number(*group, tier=tier):,}" for group in groups),
            f"{int((people.unreachable & here).sum()):,}",
        )
    return table


def _print_proof(answer: StrikeAnswer, out: Console) -> None:
    """Print level by level what the plan has and what no plan can go below."""
    status = STATUSES[answer.plan.matching.status]
    table = plain_table(
        f"The proof: {status}", "Level, the first before the next", ">Plan", ">At least"
    )
    for level in answer.proof.levels:
        table.add_row(level_words(level), f"{level.value:,}", f"{level.bound:,}")
    out.print(table)
    out.print(
        "At least: no plan that is as good on the levels above can go below. Limits "
        "are judged by weeks here, above by days.",
        markup=False,
    )


def level_words(level: Level) -> str:
    """
    Return what a level counts.

    >>> from caretime.model.matching import Level
    >>> level_words(Level("tier_1_left_out", 3, 3))
    'Nobody takes over, highest tier'
    """
    if level.name.startswith("tier_"):
        tier = words.TIERS[int(level.name[5])]
        if level.name.endswith("left_out"):
            return f"Nobody takes over, {tier} tier"
        return f"Later than the limit, {tier} tier"
    return {
        "moved_after_offer": "Get another than offered before",
        "points": "Points against the pairs",
    }.get(level.name, words.spoken(level.name))


def _reason_table(people: Tally) -> Table | None:
    """Return why people have nobody, with what would help them most cheaply."""
    found = people.plan.matching.left_out
    if not found:
        return None
    shown = reason_table(people)
    table = plain_table("Why nobody takes over", ">Patients", "Reason", "Helps most")
    for reason, counts in zip(shown.parts, shown.counts, strict=True):
        together = [reason] if reason else list(shown.merged)
        helps = Counter(one.relaxation for one in found if one.reason in together)
        code, helped = helps.most_common(1)[0]
        help_ = f"{words.relaxation_words(code)} ({_shown(helped)})" if code else ""
        text = "; or ".join(words.reason_words(one) for one in together)
        table.add_row(_shown(int(counts.sum())), text, help_)
    left = people.openings.in_all
    table.caption = (
        f"Each patient is asked alone what would help; together they share "
        f"{counted(left, 'opening')} left over."
    )
    return table


def _shown(count: int) -> str:
    return f"{count:,}" if count >= THRESHOLD else f"under {THRESHOLD}"


def _places_table(people: Tally) -> Table | None:
    """Return places to buy: those for which most of the higher tiers wait."""
    sorts = sorts_of(people)[:PLACES_SHOWN]
    if not sorts:
        return None
    table = plain_table(
        "What to buy first", "A place with", "For", ">Tiers 1 and 2", ">All waiting"
    )
    for one in sorts:
        place = "by video" if one.county == "telehealth" else one.where
        table.add_row(
            f"{one.who}, {words.language(one.language)}, {place}",
            one.whom,
            HIDDEN if one.at_risk is None else f"{one.at_risk:,}",
            f"{one.patients:,}",
        )
    if people.number(NOBODY, tier=1):
        table.caption = "For the highest tier: the first rows of to_buy.csv."
    return table


def _after(answer: StrikeAnswer) -> Iterator[tuple[str, str]]:
    """Yield what comes after: the way back, and where everything stands."""
    plan = answer.plan
    if plan.home:
        choices = Counter(one.choice for one in plan.home)
        yield (
            "the way back",
            f"{choices['home']:,} go home, {choices['stays']:,} stay (a proposal)",
        )
    if plan.recovery is not None:
        yield from _over(answer)
    yield (
        "inputs",
        f"{plan.inputs_hash[:16] or 'unsaved'}, seed {plan.seed}, version "
        f"{plan.version}",
    )
    if answer.is_new:
        yield "files", f"{answer.folder}: plan.json, tables, report.html"
    else:
        yield "files", f"{answer.folder}, as it stands; nothing was written"


def _over(answer: StrikeAnswer) -> Iterator[tuple[str, str]]:
    found = answer.plan.recovery
    assert found is not None
    low, middle, high = found.ends
    runs = counted(found.replications, "run")
    if middle is None:
        share = f"{found.ended_share * 100:.0f} %"
        yield "backlog over", f"not in most of {runs}; in {share} of them it is"
        return
    late = "later than was run" if high is None else f"{high}"
    yield "backlog over", f"about {middle} ({low} to {late}; {runs})"


def _seconds_table(seconds: dict[str, float]) -> Table:
    table = plain_table("Seconds", "Step", ">Seconds")
    for step, spent in seconds.items():
        if spent >= LEAST_SECONDS:
            table.add_row(step, f"{spent:,.1f}")
    table.add_row("all", f"{sum(seconds.values()):,.1f}")
    return table
