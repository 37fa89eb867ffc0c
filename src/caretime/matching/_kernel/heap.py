"""A heap of kinds of place by the money to reach them, each in it once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from caretime.matching._kernel.market import Ints, Small, kernel

WIDTH = 4
"""How many stand below each."""


class Heap(NamedTuple):
    """``node`` in heap order, ``at`` where each node stands, ``size`` in use."""

    node: Small
    at: Small
    size: Ints


@kernel
def make_heap(places: int) -> Heap:
    """Return an empty heap for so many kinds of place."""
    return Heap(
        np.zeros(places, np.int32), np.zeros(places, np.int32), np.zeros(1, np.int64)
    )


@kernel
def raise_up(heap: Heap, far: Ints, r: int, is_new: bool) -> None:
    """Put a kind of place in, or move it up after it came nearer."""
    at = heap.at[r]
    if is_new:
        at = heap.size[0]
        heap.size[0] += 1
    money = far[r]
    while at > 0:
        above = (at - 1) // WIDTH
        other = heap.node[above]
        if far[other] <= money:
            break
        heap.node[at] = other
        heap.at[other] = at
        at = above
    heap.node[at] = r
    heap.at[r] = at


@kernel
def pop(heap: Heap, far: Ints) -> int:
    """Take the nearest out."""
    first = heap.node[0]
    heap.size[0] -= 1
    size = heap.size[0]
    if not size:
        return int(first)
    r = heap.node[size]
    money, at = far[r], 0
    while True:
        low = WIDTH * at + 1
        best, least = -1, money
        for k in range(low, min(low + WIDTH, size)):
            if far[heap.node[k]] < least:
                least, best = far[heap.node[k]], k
        if best < 0:
            break
        heap.node[at] = heap.node[best]
        heap.at[heap.node[at]] = at
        at = best
    heap.node[at] = r
    heap.at[r] = at
    return int(first)
