"""Openings, compiled: a bit for each quarter hour that can still be booked."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from caretime.simulation._arrays import INTAKE, URGENT, VT_INTAKE, VT_URGENT
from caretime.simulation._kernel.draws import inline, kernel

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@intrinsic
def lowest(context: Any, mask: Any) -> Any:
    """Return the position of the lowest set bit; the mask is not zero."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@intrinsic
def count(context: Any, mask: Any) -> Any:
    """Count the set bits."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.ctpop(values[0])

    return types.int64(types.uint64), generate


@inline("ui")
def thin(mask: Any, permille: int) -> Any:
    """Keep the first share of a day's openings, rounded down."""
    keep = count(mask) * permille // 1000
    left = _ZERO
    while keep > 0:
        bit = mask & (~mask + _ONE)
        left |= bit
        mask ^= bit
        keep -= 1
    return left


@inline("wiii")
def mark_open(w: Any, plane: int, seat: int, day: int) -> None:
    """Note in both indexes, by day and by seat, that there are openings."""
    w.avail[plane, day, seat >> 6] |= _ONE << np.uint64(seat & 63)
    w.ahead[plane, seat, day >> 6] |= _ONE << np.uint64(day & 63)


@inline("wiii")
def mark_closed(w: Any, plane: int, seat: int, day: int) -> None:
    """Note in both indexes that no opening is left."""
    w.avail[plane, day, seat >> 6] &= ~(_ONE << np.uint64(seat & 63))
    w.ahead[plane, seat, day >> 6] &= ~(_ONE << np.uint64(day & 63))


@inline("wiiii")
def next_open(w: Any, plane: int, seat: int, first: int, last: int) -> int:
    """Find a seat's first day with openings, before ``last``, or -1."""
    if first >= last:
        return -1
    word = first >> 6
    bits = w.ahead[plane, seat, word] & (_ALL << np.uint64(first & 63))
    while bits == _ZERO:
        word += 1
        if word * 64 >= last:
            return -1
        bits = w.ahead[plane, seat, word]
    day = word * 64 + lowest(bits)
    return day if day < last else -1


FARTHEST = 9
"""Position in ``at`` of a bound on all days from which searches begin."""


@inline("wi")
def look_from(w: Any, day: int) -> None:
    """Let no stratum's search for an intake begin after the day."""
    if w.at[FARTHEST] <= day:
        return
    for s in range(w.hint.shape[0]):
        w.hint[s] = min(w.hint[s], day)


@inline("wiiii")
def clear_opening(w: Any, plane: int, seat: int, day: int, tick: int) -> None:
    """Take an opening."""
    left = w.free[plane, seat, day] & ~(_ONE << np.uint64(tick))
    w.free[plane, seat, day] = left
    if plane == INTAKE:
        w.free_intakes[day] -= 1
    if left == _ZERO:
        mark_closed(w, plane, seat, day)


@kernel("wiiii")
def set_opening(w: Any, plane: int, seat: int, day: int, tick: int) -> None:
    """Give an opening back."""
    before = w.free[plane, seat, day]
    w.free[plane, seat, day] = before | (_ONE << np.uint64(tick))
    if before == _ZERO:
        mark_open(w, plane, seat, day)
    if plane == INTAKE:
        w.free_intakes[day] += 1
        look_from(w, day)


@inline("wiiiu")
def set_day(w: Any, plane: int, seat: int, day: int, mask: Any) -> None:
    """Replace all openings of a kind on a seat's day."""
    before = w.free[plane, seat, day]
    w.free[plane, seat, day] = mask
    if mask == _ZERO:
        mark_closed(w, plane, seat, day)
    else:
        mark_open(w, plane, seat, day)
    if plane == INTAKE:
        w.free_intakes[day] += count(mask) - count(before)
        if mask != _ZERO:
            look_from(w, day)


@kernel("wiiiii")
def plane_of(w: Any, seat: int, day: int, tick: int, vtype: int, today: int) -> int:
    """Return the plane of a booked opening; released ones are for returns."""
    par = w.par[0]
    if vtype == VT_INTAKE:
        plane, lead = INTAKE, par.intake_release
    elif vtype == VT_URGENT:
        plane, lead = URGENT, par.urgent_release
    else:
        return par.return_plane
    mask = w.masks[w.phase[day // 5], w.seats[seat].template, plane, day % 5]
    if day - today > lead and (mask >> np.uint64(tick)) & _ONE != _ZERO:
        return plane
    return par.return_plane


@kernel("wiiiii")
def give_back(w: Any, seat: int, day: int, tick: int, vtype: int, today: int) -> None:
    """Return a booked opening to where it came from, if it still can be used."""
    if day > today:
        plane = plane_of(w, seat, day, tick, vtype, today)
        set_opening(w, plane, seat, day, tick)


@kernel("wi")
def release(w: Any, today: int) -> None:
    """
    Turn reserved openings nobody took into return openings, some days before.

    On Mondays for all days up to then, as new clinicians have just opened theirs.
    """
    par = w.par[0]
    for plane, lead in ((URGENT, par.urgent_release), (INTAKE, par.intake_release)):
        if lead < 0 or plane == par.return_plane:
            continue
        goal = par.return_plane
        first = today if today % 5 == 0 else today + lead
        for day in range(first, min(today + lead + 1, par.days)):
            for k in range(w.accept.shape[0]):
                bits = w.avail[plane, day, k]
                while bits != _ZERO:
                    seat = k * 64 + lowest(bits)
                    bits &= bits - _ONE
                    mask = w.free[plane, seat, day]
                    set_day(w, plane, seat, day, _ZERO)
                    set_day(w, goal, seat, day, w.free[goal, seat, day] | mask)


@kernel("wii")
def is_eligible(w: Any, stratum: int, seat: int) -> bool:
    """Say whether the seat may treat the stratum."""
    word = w.eligible[stratum, seat >> 6]
    return (word >> np.uint64(seat & 63)) & _ONE != _ZERO
