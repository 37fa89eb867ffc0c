"""Why two proposals differ: clause by clause and account by account."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from caretime.bargaining.findings import AttributionRow
from caretime.bargaining.run_plan import COST, RunPlan, values_of
from caretime.bargaining.terms import (
    differing_groups,
    group_of,
    is_pay,
    swap_groups,
)
from caretime.bargaining.words import assumption_meaning
from caretime.measures.estimate import Estimate, estimate
from caretime.model.assumptions import Assumptions
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.clause_kinds import clause_family, clause_kinds

MOST_GROUPS = 6
"""Shapley needs two to the power of groups runs: 64 at most."""

SIDES = ("union", "employer")
CHIEF_MEASURES = (
    "within_intake",
    "within_follow_up",
    "wait_follow_up_mean",
    "visits_per_week",
    "unpaid_minutes",
    "leavers",
    COST,
)

Group = frozenset[str]
Values = Mapping[str, tuple[float, ...]]


def attribute(
    system: CareSystem,
    one: Contract,
    other: Contract,
    *,
    plan: RunPlan,
    assumptions: Assumptions | None = None,
    measures: Sequence[str] = CHIEF_MEASURES,
) -> tuple[AttributionRow, ...]:
    """
    Split the difference between two contracts among their clauses.

    Parameters
    ----------
    one, other
        The difference is ``other - one``.
    plan
        Five replications are often enough, because all runs are paired.
    measures
        Names of measures, and ``cost`` for the total cost in cents.

    Returns
    -------
    tuple of AttributionRow
        For each measure one row a group of clauses, an ``interaction`` row
        where one-at-a-time was used, and the ``total``.

    Notes
    -----
    Clauses are swapped in groups: by kind where at most six kinds differ, else
    by family. With at most six groups every subset is run on the same random
    keys and each group gets its Shapley value, the mean of its effect over all
    orders of swapping; the values add up to the difference exactly, in every
    replication. With more groups each is swapped alone, and what the single
    effects leave over stands as the interaction. Groups of pay clauses change
    no visit and are priced without a run.
    """
    assumptions = assumptions or system.assumptions
    by = "kind"
    groups = differing_groups(one, other, by)
    if len(groups) > MOST_GROUPS:
        families = differing_groups(one, other, "family")
        if len(families) <= MOST_GROUPS:
            by, groups = "family", families
    shapley = len(groups) <= MOST_GROUPS
    subsets = list(_subsets(groups, shapley))
    values = _values_of_subsets(
        system, one, other, subsets, by, plan, assumptions, measures
    )
    rows: list[AttributionRow] = []
    for measure in measures:
        worth = {subset: values[subset][measure] for subset in subsets}
        shares = _shapley(groups, worth) if shapley else _singles(groups, worth)
        for name, share in shares.items():
            rows.append(_row(measure, one, other, name, by, estimate(share), shapley))
        total = _minus(worth[frozenset(groups)], worth[frozenset()])
        rows.append(_row(measure, one, other, "total", by, estimate(total), shapley))
    return tuple(rows)


def attribute_accounts(
    system: CareSystem,
    one: Contract,
    other: Contract,
    *,
    plan: RunPlan,
    assumptions: Assumptions | None = None,
    measures: Sequence[str] = CHIEF_MEASURES,
) -> tuple[AttributionRow, ...]:
    """
    Say what each side's own numbers do to the difference of two contracts.

    For each side: every number it disputes put in place of the shared one, one
    at a time, and all of them together (row named ``all``). ``share`` is the
    difference ``other - one`` under that number less the difference under the
    shared ones, paired by replication.
    """
    assumptions = assumptions or system.assumptions
    shared = _gaps(system, one, other, plan, assumptions, measures)
    rows = []
    for side in SIDES:
        theirs = {r.name: r for r in assumptions.rows if r.holder == side}
        views: dict[str, Assumptions] = {
            name: assumptions.with_value(name, row.value)
            for name, row in theirs.items()
            if row.value != assumptions[name]
        }
        if views:
            views["all"] = assumptions.seen_by(side)
        for name, view in views.items():
            gaps = _gaps(system, one, other, plan, view, measures)
            for measure in measures:
                share = estimate(_minus(gaps[measure], shared[measure]))
                rows.append(
                    AttributionRow(
                        measure=measure,
                        from_arm=one.contract_id,
                        to_arm=other.contract_id,
                        cause="assumption",
                        name=name,
                        title=f"{_number_title(name)} ({side})",
                        clause_ids=(),
                        holder=side,
                        share=share,
                        method="one_at_a_time",
                    )
                )
    return tuple(rows)


def _gaps(
    system: CareSystem,
    one: Contract,
    other: Contract,
    plan: RunPlan,
    assumptions: Assumptions,
    measures: Sequence[str],
) -> dict[str, tuple[float, ...]]:
    """Return the paired difference of each measure under some assumptions."""
    first, second = plan.values(
        system, (one, other), assumptions, measures, what="each side's numbers"
    )
    return {name: _minus(second[name], first[name]) for name in measures}


def _subsets(groups: tuple[str, ...], every: bool) -> Iterator[Group]:
    """Yield all subsets, or only those of no, one and all groups."""
    sizes = range(len(groups) + 1) if every else sorted({0, 1, len(groups)})
    for size in sizes:
        for chosen in combinations(groups, size):
            yield frozenset(chosen)


def _values_of_subsets(
    system: CareSystem,
    one: Contract,
    other: Contract,
    subsets: Sequence[Group],
    by: str,
    plan: RunPlan,
    assumptions: Assumptions,
    measures: Sequence[str],
) -> dict[Group, Values]:
    """Run each subset whose clauses change time once, price the pay subsets."""
    pay = {g for subset in subsets for g in subset if _is_pay(g, by)}
    timed = list(dict.fromkeys(subset - pay for subset in subsets))
    contracts = [swap_groups(one, other, subset, by) for subset in timed]
    results = plan.run(system, contracts, assumptions, what="clauses swapped")
    by_time = dict(zip(timed, results, strict=True))
    return {
        subset: values_of(
            system,
            swap_groups(one, other, subset, by),
            by_time[subset - pay],
            assumptions,
            measures,
        )
        for subset in subsets
    }


def _is_pay(group: str, by: str) -> bool:
    return is_pay(group) if by == "kind" else group == "pay"


def _shapley(
    groups: tuple[str, ...], worth: Mapping[Group, tuple[float, ...]]
) -> dict[str, tuple[float, ...]]:
    """Return each group's Shapley value, replication by replication."""
    count = len(groups)
    shares = {}
    for group in groups:
        others = [name for name in groups if name != group]
        share = [0.0] * len(worth[frozenset()])
        for size in range(count):
            weight = (
                math.factorial(size) * math.factorial(count - size - 1)
            ) / math.factorial(count)
            for chosen in combinations(others, size):
                before = worth[frozenset(chosen)]
                after = worth[frozenset((*chosen, group))]
                for r, gain in enumerate(_minus(after, before)):
                    share[r] += weight * gain
        shares[group] = tuple(share)
    return shares


def _singles(
    groups: tuple[str, ...], worth: Mapping[Group, tuple[float, ...]]
) -> dict[str, tuple[float, ...]]:
    """Return each group's effect alone and the interaction that is left."""
    none = worth[frozenset()]
    shares = {group: _minus(worth[frozenset((group,))], none) for group in groups}
    rest = _minus(worth[frozenset(groups)], none)
    for share in shares.values():
        rest = _minus(rest, share)
    return {**shares, "interaction": rest}


def _row(
    measure: str,
    one: Contract,
    other: Contract,
    name: str,
    by: str,
    share: Estimate,
    shapley: bool,
) -> AttributionRow:
    """Build a row for a group of clauses, the interaction or the total."""
    special = name in ("total", "interaction")
    return AttributionRow(
        measure=measure,
        from_arm=one.contract_id,
        to_arm=other.contract_id,
        cause=name if special else "clauses",
        name="" if special else name,
        title=_title(name, by),
        clause_ids=tuple(
            f"{contract.contract_id}:{clause.clause_id}"
            for contract in (one, other)
            for clause in contract.clauses
            if not special and group_of(contract, clause, by) == name
        ),
        holder="",
        share=share,
        method="shapley" if shapley else "one_at_a_time",
    )


def _title(name: str, by: str) -> str:
    """Name a group in words."""
    words = {"total": "Whole difference", "interaction": "Clauses acting together"}
    if name in words:
        return words[name]
    if by == "kind":
        return clause_kinds()[name]
    kinds = [t for k, t in clause_kinds().items() if clause_family(k) == name]
    return f"{name.capitalize()} terms ({', '.join(kinds)})"


def _number_title(name: str) -> str:
    """Name an assumption, or all a side disputes, in words."""
    return "All disputed numbers" if name == "all" else assumption_meaning(name)


def _minus(values: Sequence[float], others: Sequence[float]) -> tuple[float, ...]:
    """Subtract replication by replication."""
    return tuple(a - b for a, b in zip(values, others, strict=True))
