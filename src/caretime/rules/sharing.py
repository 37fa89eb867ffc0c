"""Who may be served by whom: shares out supplies so that most needs are met."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise


def share_out(
    supplies: Sequence[tuple[int, Collection[str]]], needs: Mapping[str, int]
) -> dict[str, int]:
    """
    Return what each need gets when as much as possible is met in all.

    Parameters
    ----------
    supplies
        How much there is of each, and who may have it.
    needs
        How much each asks; earlier ones are met first where not all can be.

    Notes
    -----
    A maximum flow by shortest augmenting paths: somebody who may have several
    supplies gives one up to somebody who has no other.

    Examples
    --------
    An hour that either may have goes to the one who has no other:

    >>> share_out([(60, ("a", "b")), (60, ("a",))], {"a": 60, "b": 60})
    {'a': 60, 'b': 60}
    """
    left = [amount for amount, _ in supplies]
    given: dict[str, dict[int, int]] = {name: {} for name in needs}
    for name, asked in needs.items():
        lacking = asked
        while lacking and (path := _path(name, supplies, left, given)):
            lacking -= _shift(path, lacking, left, given)
    return {name: sum(parts.values()) for name, parts in given.items()}


def _path(
    name: str,
    supplies: Sequence[tuple[int, Collection[str]]],
    left: Sequence[int],
    given: Mapping[str, Mapping[int, int]],
) -> list[tuple[str, int]]:
    """Return who takes which supply, the last of them one that is not used up."""
    reached: dict[int, tuple[str, int | None]] = {}
    queue: list[tuple[str, int | None]] = [(name, None)]
    asked = {name}
    for taker, lost in queue:
        for k, (_, may_have) in enumerate(supplies):
            if k in reached or taker not in may_have:
                continue
            reached[k] = (taker, lost)
            if left[k]:
                return _back(k, reached)
            for holder, parts in given.items():
                if holder not in asked and parts.get(k):
                    asked.add(holder)
                    queue.append((holder, k))
    return []


def _back(
    last: int, reached: Mapping[int, tuple[str, int | None]]
) -> list[tuple[str, int]]:
    path = []
    k: int | None = last
    while k is not None:
        taker, lost = reached[k]
        path.append((taker, k))
        k = lost
    return path[::-1]


def _shift(
    path: Sequence[tuple[str, int]],
    most: int,
    left: list[int],
    given: Mapping[str, dict[int, int]],
) -> int:
    """Let each on the path take the next one's supply; return how much moved."""
    moved = min(most, left[path[-1][1]])
    for (_, k), (holder, _) in pairwise(path):
        moved = min(moved, given[holder][k])
    left[path[-1][1]] -= moved
    for (_, k), (holder, _) in pairwise(path):
        given[holder][k] -= moved
    for taker, k in path:
        given[taker][k] = given[taker].get(k, 0) + moved
    return moved
