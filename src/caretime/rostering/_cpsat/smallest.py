"""The smallest set of guards that no week can keep together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from caretime.rostering._cpsat.solving import NO, UNKNOWN, WeekSolver

QUESTIONS = 40
"""Weeks asked for before the search for a smaller set stops."""


@dataclass(frozen=True, slots=True)
class ClashSet:
    """
    Guards that clash, by index.

    ``is_smallest`` says that every smaller set was ruled out; without it the set is
    at least one from which nothing can be taken, unless the budget ran out.
    """

    indices: tuple[int, ...]
    is_smallest: bool


def smallest_clash(solver: WeekSolver) -> ClashSet | None:
    """
    Return a smallest set of guards without a week, ``None`` where a week exists.

    ``None`` as well where the budget ran out before the answer was known: a clash is
    only named when it is proven.

    Notes
    -----
    Every week that exists leaves some guards out; a clash must hold one of them. So
    the smallest set that has one guard of each such leaving-out is asked for, until
    one of these sets has no week [1]_.

    References
    ----------
    .. [1] A. Ignatiev, A. Previti, M. Liffiton, J. Marques-Silva (2015). Smallest
       MUS extraction with minimal hitting set dualization. CP 2015.
    """
    everything = frozenset(range(len(solver.guards)))
    if solver.may_hold() != NO:
        return None
    left_out: list[frozenset[int]] = []
    for _ in range(QUESTIONS):
        wanted = _least_hitting(left_out, len(everything))
        answer, held = solver.keep_most(wanted)
        if answer == NO:
            return ClashSet(tuple(sorted(wanted)), True)
        if answer == UNKNOWN:
            break
        left_out.append(everything - held)
    return ClashSet(_shrunk(solver, everything), False)


def _shrunk(solver: WeekSolver, everything: frozenset[int]) -> tuple[int, ...]:
    """Return a set from which nothing can be taken: guards are let go one by one."""
    clash = set(solver.core() or everything)
    for index in sorted(clash):
        if solver.may_hold(clash - {index}) == NO:
            clash.discard(index)
    return tuple(sorted(clash))


def _least_hitting(sets: Sequence[frozenset[int]], count: int) -> frozenset[int]:
    """
    Return the smallest set that shares an element with each, the first of equals.

    >>> sorted(_least_hitting([frozenset({0, 1}), frozenset({1, 2})], 3))
    [1]
    """
    members = sorted(frozenset().union(*sets))
    for size in range(count + 1):
        for some in combinations(members, size):
            if all(not each.isdisjoint(some) for each in sets):
                return frozenset(some)
    raise ValueError("a week that leaves nothing out keeps everything")
