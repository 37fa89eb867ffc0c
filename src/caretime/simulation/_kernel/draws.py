"""Compiled twin of ``streams``, and the one place where the kernel records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit, types

from caretime.model.log import (
    BINS,
    COUNTED,
    COUNTER,
    LOG_COLUMNS,
    SUMMED,
    EventKind,
)
from caretime.simulation._kernel.world import WORLD

_ARGUMENTS = {
    "w": WORLD,
    "i": types.int64,
    "u": types.uint64,
    "t": types.Array(types.int64, 1, "C"),
}


_SIGNATURES: dict[Any, tuple[Any, ...]] = {}

_WATCHING: list[Callable[[int, int], None]] = []


@contextmanager
def watched(tell: Callable[[int, int], None]) -> Iterator[None]:
    """Tell how many functions are compiled, and how many there are, at each one."""
    _WATCHING.append(tell)
    try:
        yield
    finally:
        _WATCHING.remove(tell)


def _fingerprint() -> str:
    """Return a hash of every source the compiled code is made of."""
    here = Path(__file__).parent
    room = here.parent
    sources = [*here.glob("*.py"), room / "_arrays.py", room / "streams.py"]
    sources.append(room.parent / "model" / "log.py")
    whole = sha256()
    for source in sorted(sources):
        whole.update(source.read_bytes())
    return whole.hexdigest()


_FINGERPRINT = _fingerprint()


def keep(compiled: Any) -> Any:
    """
    Keep compiled code between runs, for as long as no source of it changes.

    Numba looks at the file of the function alone, but compiles what it calls,
    and constants of other files, into it: a change there would go unnoticed.
    """
    compiled.enable_caching()
    compiled._cache._cache_file._source_stamp = _FINGERPRINT
    return compiled


def kernel(arguments: str, *, forceinline: bool = False) -> Callable[..., Any]:
    """
    Compile a function for one signature, a letter an argument.

    ``w`` is the world, ``i`` an integer, ``u`` a mask or draw, ``t`` an address
    table. Without it every width of integer field makes another copy of every
    function, and compiling takes minutes.

    It is compiled, or loaded, when one that calls it is compiled: what is kept of
    that one holds all it calls, so that of an engine compiled before one function
    is loaded in place of eighty.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        compiled = keep(
            njit(nogil=True, error_model="numpy", forceinline=forceinline)(function)
        )
        chosen = compiled.get_call_template

        def called(args: Any, kws: Any) -> Any:
            make(compiled)
            return chosen(args, kws)

        compiled.get_call_template = called
        _SIGNATURES[compiled] = tuple(_ARGUMENTS[letter] for letter in arguments)
        return compiled

    return decorate


def make(compiled: Any) -> None:
    """Compile a function of `kernel` for its signature, or load it; once."""
    if not compiled.overloads:
        compiled.compile(_SIGNATURES[compiled])
        compiled.disable_compile()
        if not compiled.stats.cache_hits:
            made = sum(1 for one in _SIGNATURES if one.overloads)
            for tell in _WATCHING:
                tell(made, len(_SIGNATURES))


def inline(arguments: str) -> Callable[..., Any]:
    """Compile a function that is always inlined: the smallest ones only."""
    return kernel(arguments, forceinline=True)


_GOLDEN = np.uint64(0x9E37_79B9_7F4A_7C15)
_M1 = np.uint64(0xBF58_476D_1CE4_E5B9)
_M2 = np.uint64(0x94D0_49BB_1331_11EB)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_ONE = np.uint64(1)
COLUMNS = len(LOG_COLUMNS)
_LAST = BINS - 1

# Which weekly counter an event adds to, and by how much: one, or its value.
_KINDS = len(EventKind)
_ONES = np.full(_KINDS, -1, np.int64)
_VALUES = np.full(_KINDS, -1, np.int64)
for _kind, _name in COUNTED.items():
    _ONES[_kind] = COUNTER[_name]
for _kind, _name in SUMMED.items():
    _VALUES[_kind] = COUNTER[_name]
ONES: Any = _ONES
VALUES: Any = _VALUES
_OFFER, _ATTENDED = int(EventKind.OFFER), int(EventKind.ATTENDED)
_NETWORK, _MEALS = int(EventKind.TO_NETWORK), int(EventKind.WEEK_MEALS)
_LEVELS, _ABSENT = int(EventKind.LEVELS), int(EventKind.ABSENT)
_C_OFFERS, _C_VISITS = COUNTER["intake_offers"], COUNTER["visits_intake"]
_C_OWN, _C_NETWORK = COUNTER["visits_own"], COUNTER["to_network"]
_C_CUT, _C_LEVEL = COUNTER["meals_cut"], COUNTER["in_treatment"]
_C_ABSENT = COUNTER["days_absent"]


@inline("uii")
def draw(key: Any, purpose: int, index: int) -> Any:
    """Return the same integer as ``streams.draw``."""
    position = (np.uint64(purpose) << _S32) | np.uint64(index)
    value = key + (position + _ONE) * _GOLDEN
    value = (value ^ (value >> _S30)) * _M1
    value = (value ^ (value >> _S27)) * _M2
    return value ^ (value >> _S31)


@inline("ui")
def pick(value: Any, size: int) -> Any:
    """Map a draw to 0 .. size - 1 (the remainder; bias below 2**-50)."""
    return np.int64(value % np.uint64(size))


@kernel("wiiiiiiiii")
def write_row(
    w: Any,
    day: int,
    tick: int,
    kind: int,
    mid: int,
    clinician: int,
    stratum: int,
    vtype: int,
    value: int,
    flag: int,
) -> None:
    """Write an event's row; a row beyond the end of the log is only counted."""
    n = w.at[0]
    w.at[0] = n + 1
    if n < w.log.shape[0]:
        w.log[n, 0] = day
        w.log[n, 1] = tick
        w.log[n, 2] = kind
        w.log[n, 3] = mid
        w.log[n, 4] = clinician
        w.log[n, 5] = w.strata[stratum] if stratum >= 0 else -1
        w.log[n, 6] = vtype
        w.log[n, 7] = value
        w.log[n, 8] = flag


@inline("wiiiiiiiii")
def record(
    w: Any,
    day: int,
    tick: int,
    kind: int,
    mid: int,
    clinician: int,
    stratum: int,
    vtype: int,
    value: int,
    flag: int,
) -> None:
    """Count an event in its week and, when tracing, write its row."""
    week = max(day, 0) // 5
    if ONES[kind] >= 0:
        w.weekly[week, ONES[kind]] += 1
    elif VALUES[kind] >= 0:
        w.weekly[week, VALUES[kind]] += value
        if kind == _NETWORK and flag == 0:
            w.weekly[week, _C_NETWORK] += 1
        elif kind == _MEALS:
            w.weekly[week, _C_CUT] += flag
    elif kind == _ATTENDED:
        w.weekly[week, _C_VISITS + vtype] += 1
        w.weekly[week, _C_OWN] += flag
    elif kind == _OFFER:
        clock, noted = flag & 7, flag >> 3
        wait = min(value, _LAST)
        if clock == 0:
            w.weekly[week, _C_OFFERS] += 1
        w.waits[clock, stratum, noted, wait] += 1
        w.weekly_waits[week, clock, noted, wait] += 1
    elif kind == _LEVELS:
        w.weekly[week, _C_LEVEL + vtype] += value
    elif kind == _ABSENT:
        w.weekly[week, _C_ABSENT + flag] += 1
    if w.log.shape[0] > 0:
        write_row(w, day, tick, kind, mid, clinician, stratum, vtype, value, flag)
