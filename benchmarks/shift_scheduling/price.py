"""The best legal schedule of one employee for given gains, by a dynamic program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from benchmarks.shift_scheduling.read import Instance

LARGEST_TABLE = 8_000_000
"""States up to which weekends are counted in the table; beyond, they are priced."""

BARRED = -1e12
"""Gain of what may not be done."""


@njit(cache=True, nogil=True)
def fill(gain, rest, units, after, allowed, limits, charge, back):
    """
    Walk the days forward over states (kind, units worked, weekends worked).

    Kind 0 to ``resting - 1`` is days off so far, the last of them enough; then
    follows one kind for each class of the last shift and shifts in a row.
    ``gain[d, g]`` and ``rest[d]`` are the gains of working group g and of a
    day off, ``charge`` the price of a weekend where they are not counted.
    ``back[d, kind, units, weekends]`` keeps kind before and group, packed.
    Returns the table after the last day.
    """
    shortest, longest, resting, most, weekends, counted = limits
    days, groups = gain.shape
    kinds = resting + allowed.shape[0] * longest
    low = -1e300
    table = np.full((kinds, most + 1, weekends + 1), low)
    first = np.full(kinds, most + 1)
    last = np.full(kinds, -1)
    table[resting - 1, 0, 0] = 0.0
    first[resting - 1] = 0
    last[resting - 1] = 0
    fresh = np.full_like(table, low)
    for day in range(days):
        new_first = np.full(kinds, most + 1)
        new_last = np.full(kinds, -1)
        fresh[:] = low
        for kind in range(kinds):
            if last[kind] < first[kind]:
                continue
            working = kind >= resting
            run = (kind - resting) % longest + 1 if working else 0
            group_before = (kind - resting) // longest
            for group in range(-1, groups):
                if group < 0:
                    # A run that began with the horizon has no shortest length.
                    if rest[day] <= BARRED:
                        continue
                    if working and run < shortest and run != day:
                        continue
                    to = 0 if working else min(kind + 1, resting - 1)
                    earned, step, more = rest[day], 0, 0
                else:
                    if gain[day, group] <= BARRED:
                        continue
                    if working and (run == longest or not allowed[group_before, group]):
                        continue
                    if not working and kind < resting - 1:
                        continue
                    to = resting + after[group] * longest + run
                    earned, step = gain[day, group], units[group]
                    week = day % 7
                    opens = week == 5 or (week == 6 and not (working and day > 0))
                    earned -= charge if opens else 0.0
                    more = 1 if opens and counted else 0
                code = kind * 128 + group + 1
                top = min(last[kind], most - step)
                for unit in range(first[kind], top + 1):
                    for weekend in range(weekends + 1 - more):
                        value = table[kind, unit, weekend] + earned
                        if value > fresh[to, unit + step, weekend + more]:
                            fresh[to, unit + step, weekend + more] = value
                            back[day, to, unit + step, weekend + more] = code
                if top >= first[kind]:
                    new_first[to] = min(new_first[to], first[kind] + step)
                    new_last[to] = max(new_last[to], top + step)
        table, fresh = fresh, table
        first, last = new_first, new_last
    return table


@njit(cache=True, nogil=True)
def walk_back(table, back, units, limits, least):
    """Find the best end state and read the groups of its days, -1 for off."""
    _, _, resting, most, weekends, counted = limits
    days = back.shape[0]
    best, kind, unit, weekend = -1e200, -1, 0, 0
    for k in range(table.shape[0]):
        for u in range(least, most + 1):
            for w in range(weekends + 1):
                if table[k, u, w] > best:
                    best, kind, unit, weekend = table[k, u, w], k, u, w
    plan = np.full(days, -1)
    if kind < 0:
        return best, plan
    for day in range(days - 1, -1, -1):
        code = back[day, kind, unit, weekend]
        before, group = code // 128, code % 128 - 1
        plan[day] = group
        if group >= 0:
            unit -= units[group]
            week = day % 7
            if counted and (
                week == 5 or (week == 6 and not (before >= resting and day > 0))
            ):
                weekend -= 1
        kind = before
    return best, plan


@dataclass(frozen=True, eq=False)
class Pricer:
    """
    The dynamic program made ready for one instance.

    Shifts alike in length and in what may come before and after form a group;
    of a group only the best shift of a day matters. Limits on shifts of one
    kind are not in the table, nor are weekends where it would be too large.
    """

    instance: Instance
    group_of: np.ndarray
    units: np.ndarray
    after: np.ndarray
    allowed: np.ndarray
    unit: int
    counts_weekends: bool

    @classmethod
    def of(cls, instance: Instance) -> Pricer:
        follows, minutes = instance.follows, instance.minutes
        keys = [
            (follows[s].tobytes(), follows[:, s].tobytes(), int(minutes[s]))
            for s in range(len(minutes))
        ]
        groups = list(dict.fromkeys(keys))
        group_of = np.array([groups.index(key) for key in keys])
        one = np.array([keys.index(key) for key in groups])
        rows = list(dict.fromkeys(key[0] for key in groups))
        after = np.array([rows.index(key[0]) for key in groups])
        sample = [[key[0] for key in groups].index(row) for row in rows]
        unit = int(np.gcd.reduce(minutes))
        longest = max(w.longest_run for w in instance.workers)
        resting = max(w.shortest_rest for w in instance.workers)
        most = max(w.most_minutes for w in instance.workers) // unit + 1
        weekends = max(w.most_weekends for w in instance.workers) + 1
        states = instance.days * (len(rows) * longest + resting) * most * weekends
        return cls(
            instance, group_of, minutes[one] // unit, after,
            follows[np.ix_(one[sample], one)], unit, states <= LARGEST_TABLE,
        )  # fmt: skip

    def price(self, worker, gain, charge=0.0, must=None):
        """
        Find the employee's best schedule.

        Parameters
        ----------
        worker
            Index of the employee.
        gain
            Gain of each day and shift, shape (D, S); BARRED forbids one.
        charge
            Price of a weekend worked.
        must
            True for days that must be worked, shape (D,), or none.

        Returns
        -------
        tuple
            The gain (hugely negative if no schedule is legal) and the shifts,
            shape (D,), -1 for off.
        """
        rules = self.instance.workers[worker]
        days = self.instance.days
        most_of = np.array(rules.most_of)
        gain = np.where(most_of > 0, gain, BARRED)
        gain[self.instance.free[worker]] = BARRED
        groups = len(self.units)
        best = np.full((days, groups), BARRED)
        shift = np.zeros((days, groups), np.int64)
        for group in range(groups):
            members = np.flatnonzero(self.group_of == group)
            pick = gain[:, members].argmax(axis=1)
            shift[:, group] = members[pick]
            best[:, group] = gain[np.arange(days), shift[:, group]]
        rest = np.zeros(days)
        if must is not None:
            rest[must] = BARRED
        most = rules.most_minutes // self.unit
        counted = self.counts_weekends
        weekends = rules.most_weekends if counted else 0
        limits = np.array([
            rules.shortest_run, rules.longest_run, rules.shortest_rest,
            most, weekends, int(counted),
        ])  # fmt: skip
        kinds = rules.shortest_rest + len(self.allowed) * rules.longest_run
        back = np.empty((days, kinds, most + 1, weekends + 1), np.int32)
        table = fill(
            best, rest, self.units, self.after, self.allowed, limits, charge, back
        )
        least = -(-rules.least_minutes // self.unit)
        value, plan = walk_back(table, back, self.units, limits, least)
        chosen = np.where(plan >= 0, shift[np.arange(days), np.maximum(plan, 0)], -1)
        return value, chosen

    def excess(self, worker, plan):
        """How far a plan is over the limits kept outside the table: kinds, weekends."""
        rules = self.instance.workers[worker]
        used = np.bincount(plan[plan >= 0], minlength=len(rules.most_of))
        over = np.maximum(used - np.array(rules.most_of), 0)
        return over, max(0, weekends_of(plan) - rules.most_weekends)


def weekends_of(plan) -> int:
    """How many weekends a plan works, shape (D,)."""
    days = len(plan)
    padded = np.full(-(-days // 7) * 7, -1)
    padded[:days] = plan
    return int((padded.reshape(-1, 7)[:, 5:] >= 0).any(axis=1).sum())
