"""Openings, compiled: a bit for each quarter hour that can still be booked."""

from __future__ import annotations

from typing import Any

import numpy as np

from caretime.simulation._arrays import INTAKE, URGENT, VT_INTAKE, VT_URGENT
from caretime.simulation._kernel_draws import inline, kernel

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_DEBRUIJN = np.uint64(0x03F7_9D71_B4CB_0A89)
_SHIFT = np.uint64(58)
_table = np.zeros(64, np.int64)
for _bit in range(64):
    _table[((1 << _bit) * 0x03F7_9D71_B4CB_0A89 & (2**64 - 1)) >> 58] = _bit
_TABLE: Any = _table


@inline("u")
def lowest(mask: Any) -> int:
    """Return the position of the lowest set bit; the mask is not zero."""
    return _TABLE[((mask & (~mask + _ONE)) * _DEBRUIJN) >> _SHIFT]


@inline("u")
def count(mask: Any) -> Any:
    """Count the set bits."""
    m = mask - ((mask >> _ONE) & np.uint64(0x5555_5555_5555_5555))
    m = (m & np.uint64(0x3333_3333_3333_3333)) + (
        (m >> np.uint64(2)) & np.uint64(0x3333_3333_3333_3333)
    )
    m = (m + (m >> np.uint64(4))) & np.uint64(0x0F0F_0F0F_0F0F_0F0F)
    return np.int64((m * np.uint64(0x0101_0101_0101_0101)) >> np.uint64(56))


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


@inline("wiiii")
def clear_opening(w: Any, plane: int, seat: int, day: int, tick: int) -> None:
    """Take an opening; the intake plane keeps its bit sets in step."""
    left = w.free[plane, seat, day] & ~(_ONE << np.uint64(tick))
    w.free[plane, seat, day] = left
    if plane == INTAKE:
        w.free_intakes[day] -= 1
        if left == _ZERO:
            w.avail[day, seat >> 6] &= ~(_ONE << np.uint64(seat & 63))


@kernel("wiiii")
def set_opening(w: Any, plane: int, seat: int, day: int, tick: int) -> None:
    """Give an opening back."""
    before = w.free[plane, seat, day]
    w.free[plane, seat, day] = before | (_ONE << np.uint64(tick))
    if plane == INTAKE:
        w.free_intakes[day] += 1
        if before == _ZERO:
            w.avail[day, seat >> 6] |= _ONE << np.uint64(seat & 63)
        for s in range(w.hint.shape[0]):
            if w.hint[s] > day:
                w.hint[s] = day


@kernel("wiiiu")
def set_day(w: Any, plane: int, seat: int, day: int, mask: Any) -> None:
    """Replace all openings of a kind on a seat's day."""
    before = w.free[plane, seat, day]
    w.free[plane, seat, day] = mask
    if plane == INTAKE:
        w.free_intakes[day] += count(mask) - count(before)
        bit = _ONE << np.uint64(seat & 63)
        if mask == _ZERO:
            w.avail[day, seat >> 6] &= ~bit
        else:
            w.avail[day, seat >> 6] |= bit
            for s in range(w.hint.shape[0]):
                if w.hint[s] > day:
                    w.hint[s] = day


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
        first = today if today % 5 == 0 else today + lead
        for day in range(first, min(today + lead + 1, par.days)):
            for seat in range(par.seats):
                mask = w.free[plane, seat, day]
                if mask != _ZERO:
                    set_day(w, plane, seat, day, _ZERO)
                    goal = par.return_plane
                    set_day(w, goal, seat, day, w.free[goal, seat, day] | mask)


@kernel("wii")
def is_eligible(w: Any, stratum: int, seat: int) -> bool:
    """Say whether the seat may treat the stratum."""
    word = w.eligible[stratum, seat >> 6]
    return (word >> np.uint64(seat & 63)) & _ONE != _ZERO
