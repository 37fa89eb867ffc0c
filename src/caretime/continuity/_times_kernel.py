"""Many small assignments of visits to times, each solved exactly; compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def assign_all(
    visits: NDArray[np.int64],
    slots: NDArray[np.int64],
    first_cost: NDArray[np.int64],
    cost: NDArray[np.int64],
    left_out: NDArray[np.int64],
    chosen: NDArray[np.int64],
) -> None:
    """
    Give the visits of each desk different slots of it, at least cost.

    Parameters
    ----------
    visits, slots
        ``(desks + 1,)``: where the visits and the slots of each desk begin.
    first_cost
        ``(desks + 1,)``: where the costs of each desk begin, visit by visit.
    cost
        Of each visit in each slot of its desk.
    left_out
        ``(visits,)``: cost of a visit without a slot.
    chosen
        ``(visits,)``, filled with the slot, counted within the desk; -1 for none.
    """
    for desk in range(len(visits) - 1):
        one, end = visits[desk], visits[desk + 1]
        count = end - one
        width = slots[desk + 1] - slots[desk]
        if count == 1:
            best, least = -1, left_out[one]
            for s in range(width):
                if cost[first_cost[desk] + s] < least:
                    best, least = s, cost[first_cost[desk] + s]
            chosen[one] = best
        else:
            _assign(
                count,
                width,
                cost[first_cost[desk] : first_cost[desk + 1]],
                left_out[one:end],
                chosen[one:end],
            )


@njit(cache=True, nogil=True)
def _assign(
    count: int,
    width: int,
    cost: NDArray[np.int64],
    left_out: NDArray[np.int64],
    chosen: NDArray[np.int64],
) -> None:
    """
    Solve one desk by shortest augmenting paths (the Hungarian method).

    Beside the slots stands one column for each visit, in which nobody has a slot.
    """
    columns = width + count
    far = np.int64(1) << 62
    of_row = np.zeros(count + 1, np.int64)
    of_column = np.zeros(columns + 1, np.int64)
    row_in = np.zeros(columns + 1, np.int64)
    came = np.zeros(columns + 1, np.int64)
    for row in range(1, count + 1):
        row_in[0] = row
        column = 0
        least = np.full(columns + 1, far)
        used = np.zeros(columns + 1, np.bool_)
        while True:
            used[column] = True
            here, step, following = row_in[column], far, 0
            for c in range(1, columns + 1):
                if used[c]:
                    continue
                if c <= width:
                    price = cost[(here - 1) * width + c - 1]
                else:
                    price = left_out[here - 1]
                price -= of_row[here] + of_column[c]
                if price < least[c]:
                    least[c] = price
                    came[c] = column
                if least[c] < step:
                    step, following = least[c], c
            for c in range(columns + 1):
                if used[c]:
                    of_row[row_in[c]] += step
                    of_column[c] -= step
                else:
                    least[c] -= step
            column = following
            if row_in[column] == 0:
                break
        while column:
            before = came[column]
            row_in[column] = row_in[before]
            column = before
    chosen[:] = -1
    for c in range(1, width + 1):
        if row_in[c]:
            chosen[row_in[c] - 1] = c - 1
