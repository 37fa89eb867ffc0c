"""Two-way tables in which no small count is shown or can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caretime.measures.suppression import THRESHOLD, hidden_rows

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SafeTable:
    """
    A table of counts that may be shown.

    Parameters
    ----------
    parts
        Names of the rows, the largest first.
    counts
        Shape ``(parts, columns)``.
    hidden
        Same shape: cells that must not be shown. Row and column totals may be.
    merged
        Names of the rows that are too small to stand alone; together they are the
        last row, whose name is empty.
    """

    parts: tuple[str, ...]
    counts: Counts
    hidden: Mask
    merged: tuple[str, ...] = ()


def safe_table(
    parts: Sequence[str],
    counts: Counts,
    *,
    threshold: int = THRESHOLD,
) -> SafeTable:
    """
    Merge small rows and hide small cells, and more where one could be worked out.

    Parameters
    ----------
    parts
        Names of the rows; rows without anybody are left out.
    counts
        Shape ``(parts, columns)``, zero or more. Their sums by row, by column and
        over all are taken as known to the reader.

    Examples
    --------
    Four people would follow from the totals, so three more cells go with them:

    >>> bool(safe_table("ab", np.array([[4, 96], [50, 80]])).hidden.all())
    True
    >>> safe_table("abc", np.array([[40, 60], [30, 20], [1, 12]])).merged
    ()
    >>> safe_table("abcd", np.array([[40, 60], [30, 20], [1, 5], [0, 7]])).merged
    ('c', 'd')
    """
    totals = counts.sum(axis=1)
    rows = [k for k in range(len(parts)) if totals[k]]
    rows.sort(key=lambda k: (-totals[k], parts[k]))
    small: list[int] = []
    while len(rows) + len(small) > 1 and _too_few(totals, rows, small, threshold):
        small.append(rows.pop())
    kept = counts[rows]
    names = tuple(parts[k] for k in rows)
    if small:
        kept = np.vstack([kept, counts[small].sum(axis=0)])
        names = (*names, "")
    return SafeTable(
        names,
        kept,
        hidden_cells(kept, threshold=threshold),
        tuple(parts[k] for k in small),
    )


def _too_few(totals: Counts, rows: list[int], small: list[int], least: int) -> bool:
    """Say whether the next row, or all that are merged so far, is too small."""
    together = sum(int(totals[k]) for k in small)
    last = int(totals[rows[-1]]) if rows else least
    return bool(rows) and (last < least or 0 < together < least)


def hidden_cells(counts: Counts, *, threshold: int = THRESHOLD) -> Mask:
    """
    Say which cells of a two-way table must be hidden.

    Parameters
    ----------
    counts
        Shape ``(rows, columns)``; all totals are known to the reader.

    Returns
    -------
    ndarray of bool
        Same shape.

    Notes
    -----
    Cells of 1 to ``threshold - 1`` are hidden. A reader who knows the totals, the
    shown cells and that a hidden one is at least 1 can pin a hidden cell down to a
    range of values; how wide that is is a maximum flow through the other hidden
    cells. While a small cell has fewer than ``threshold`` possible values, the
    smallest cell that shares its row or column is hidden as well. Where all that are
    not zero are hidden and it is still too narrow, everything is hidden.
    """
    small = (counts > 0) & (counts < threshold)
    hidden = small.copy()
    for row, column in np.argwhere(small).tolist():
        while _room(counts, hidden, row, column, threshold) < threshold - 1:
            found = _next_to_hide(counts, hidden, row, column)
            if found is None:
                return np.ones_like(hidden)
            hidden[found] = True
    return hidden


def hidden_by_column(counts: Counts, *, threshold: int = THRESHOLD) -> Mask:
    """
    Say which cells to hide where columns are unlike things, each with its total.

    Shapes as in `hidden_cells`; totals of rows mean nothing and are not shown, so no
    count follows from another column.

    Examples
    --------
    >>> hidden_by_column(np.array([[3, 50], [40, 60], [90, 70]])).tolist()
    [[True, False], [True, False], [False, False]]
    """
    columns = [
        hidden_rows(counts[:, [k]], threshold=threshold) for k in range(counts.shape[1])
    ]
    return np.array(columns, np.bool_).T.reshape(counts.shape)


def _next_to_hide(
    counts: Counts, hidden: Mask, row: int, column: int
) -> tuple[int, int] | None:
    """
    Return the smallest open cell that lets the given one move further.

    A cell moves only with another in its row, another in its column, and one where
    those two cross; then with cells anywhere.
    """
    rows = np.flatnonzero(hidden[:, column])
    columns = np.flatnonzero(hidden[row])
    beside_in_row, beside_in_column, crossing = np.zeros((3, *hidden.shape), np.bool_)
    beside_in_row[row] = beside_in_column[:, column] = True
    crossing[np.ix_(rows, columns)] = True
    wanted = [crossing, beside_in_row | beside_in_column, np.ones_like(hidden)]
    if len(rows) < 2:
        wanted.insert(0, beside_in_column)
    if len(columns) < 2:
        wanted.insert(0, beside_in_row)
    open_cells = (counts > 0) & ~hidden
    for place in wanted:
        cells = np.argwhere(open_cells & place).tolist()
        if cells:
            found = min(cells, key=lambda cell: int(counts[cell[0], cell[1]]))
            return found[0], found[1]
    return None


def _room(counts: Counts, hidden: Mask, row: int, column: int, enough: int) -> int:
    """Return how many other values a hidden cell could have, up to ``enough``."""
    spare = np.where(hidden, counts - 1, 0)
    free = np.where(hidden, enough, 0)
    own = int(spare[row, column])
    spare[row, column] = free[row, column] = 0
    up = _flow(spare.copy(), free.copy(), row, column, enough)
    down = min(own, _flow(free.copy(), spare.copy(), row, column, enough))
    return up + down


def _flow(there: Counts, back: Counts, row: int, column: int, enough: int) -> int:
    """
    Push as much as possible from a row to a column through hidden cells.

    ``there`` holds what fits from a row to a column, ``back`` the other way.
    """
    pushed = 0
    while pushed < enough:
        path = _path(there, back, row, column)
        if path is None:
            break
        ways = [(there, back) if forth else (back, there) for forth, _ in path]
        cells = [cell for _, cell in path]
        fits = [int(way[cell]) for (way, _), cell in zip(ways, cells, strict=True)]
        amount = min(enough - pushed, *fits)
        for (way, _), cell in zip(ways, cells, strict=True):
            way[cell] -= amount
        for (_, other), cell in zip(ways, cells, strict=True):
            other[cell] += amount
        pushed += amount
    return pushed


Step = tuple[bool, tuple[int, int]]


def _path(there: Counts, back: Counts, row: int, column: int) -> list[Step] | None:
    """Return a shortest way from a row to a column, or ``None``."""
    came: dict[tuple[bool, int], tuple[tuple[bool, int], Step]] = {}
    start, goal = (True, row), (False, column)
    queue = [start]
    for node in queue:
        is_row, k = node
        line = there[k] if is_row else back[:, k]
        for n in np.flatnonzero(line > 0).tolist():
            reached = (not is_row, n)
            if reached == start or reached in came:
                continue
            came[reached] = (node, (is_row, (k, n) if is_row else (n, k)))
            queue.append(reached)
        if goal in came:
            break
    if goal not in came:
        return None
    steps: list[Step] = []
    node = goal
    while node != start:
        node, step = came[node]
        steps.append(step)
    return steps[::-1]
