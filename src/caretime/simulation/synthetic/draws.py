"""
Random numbers of the synthetic systems: one stream for each purpose.

A stream is a Philox generator [1]_ whose key is a hash of example, seed and
purpose, so a change in one table of a system leaves the others as they were.
Only raw 64-bit words are taken from NumPy and turned into numbers here, which
keeps the bytes the same on every platform and in every version of NumPy.

References
----------
.. [1] J. Salmon, M. Moraes, R. Dror, D. Shaw (2011). Parallel random numbers: as
   easy as 1, 2, 3. SC '11.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Draws:
    """
    The streams of one synthetic system.

    Examples
    --------
    >>> one, two = Draws("clinic-of-eight", 1), Draws("clinic-of-eight", 1)
    >>> bool((one.uniform("fte", 5) == two.uniform("fte", 5)).all())
    True
    >>> bool((one.uniform("fte", 5) == one.uniform("license", 5)).any())
    False
    """

    def __init__(self, example: str, seed: int) -> None:
        self._name = f"{example}/{seed}"

    def uniform(self, purpose: str, *shape: int) -> Floats:
        """Return numbers in [0, 1) of the given shape; the same at every call."""
        digest = sha256(f"{self._name}/{purpose}".encode()).digest()
        stream = np.random.Philox(key=int.from_bytes(digest[:16], "little"))
        words = stream.random_raw(int(np.prod(shape)))
        numbers = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return numbers.reshape(shape)

    def order(self, purpose: str, count: int) -> Ints:
        """Return a random order of ``count`` things."""
        return np.argsort(self.uniform(purpose, count), kind="stable")

    def pick(self, purpose: str, weights: Sequence[float] | Floats, count: int) -> Ints:
        """Draw ``count`` positions of ``weights``, each on its own."""
        return positions(cumulative(weights), self.uniform(purpose, count))

    def share_out(
        self, purpose: str, weights: Sequence[float] | Floats, blocks: Ints
    ) -> Ints:
        """
        Give each entry a position of ``weights``, in proportion in every block.

        Counts in a block are within one of the exact share; which ones are rounded
        up and who gets what is drawn.

        Parameters
        ----------
        blocks
            Block of each entry, for instance its county.

        Examples
        --------
        >>> draws = Draws("clinic-of-eight", 1)
        >>> chosen = draws.share_out("coin", [0.5, 0.5], np.zeros(10, dtype=np.int64))
        >>> np.bincount(chosen).tolist()
        [5, 5]
        """
        bounds = cumulative(weights)
        order = np.lexsort((self.uniform(purpose, len(blocks)), blocks))
        chosen = np.empty(len(blocks), dtype=np.int64)
        starts = self.uniform(f"{purpose}/start", int(blocks.max(initial=0)) + 1)
        sizes = np.bincount(blocks, minlength=len(starts))
        rank = np.arange(len(blocks)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        inside = blocks[order]
        at = (rank + starts[inside]) / sizes[inside]
        chosen[order] = positions(bounds, at)
        return chosen


def cumulative(weights: Sequence[float] | Floats) -> Floats:
    """Return the upper bounds of the shares that ``weights`` stand for."""
    sums: Floats = np.cumsum(np.asarray(weights, dtype=np.float64))
    if not sums[-1] > 0:
        raise ValueError("weights add up to nothing")
    return sums / sums[-1]


def positions(bounds: Floats, at: Floats) -> Ints:
    """Return into which share each number falls."""
    found = np.searchsorted(bounds, at, side="right")
    return np.minimum(found, len(bounds) - 1)


def apportion(weights: Sequence[float] | Floats, total: int, least: int = 0) -> Ints:
    """
    Split a whole number in proportion, by largest remainder.

    Examples
    --------
    >>> apportion([10.0, 3.2, 0.9], 24, least=1).tolist()
    [17, 5, 2]
    """
    shares = np.asarray(weights, dtype=np.float64)
    exact = shares * (total / shares.sum())
    parts = np.maximum(np.floor(exact).astype(np.int64), least)
    while (rest := total - int(parts.sum())) != 0:
        step = 1 if rest > 0 else -1
        owed = step * (exact - parts)
        owed[(parts <= least) & (step < 0)] = -np.inf
        parts[int(np.argmax(owed))] += step
    return parts
