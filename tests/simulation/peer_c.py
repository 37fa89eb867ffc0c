"""The reduced book in C, compiled where there is a compiler."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from caretime.model.log import BINS
from caretime.simulation import streams as st
from caretime.simulation._arrays import Draws, Pool

SOURCE = Path(__file__).with_name("book.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")
COUNTS = ("visits_intake", "visits_return", "no_shows", "discharged")


class _Model(ctypes.Structure):
    _fields_ = [
        *[
            (name, ctypes.c_int64)
            for name in (
                "seats", "days", "weeks", "horizon", "openings", "interval",
                "referrals", "shows", "ends", "jitter", "start",
            )
        ],
        ("no_show", ctypes.c_uint64),
        ("end", ctypes.c_uint64),
    ]  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """What the C program returns: columns ``COUNTS`` by week, and waits by clock."""

    weekly: np.ndarray
    waits: np.ndarray


class CBook:
    """The compiled program."""

    def __init__(self, folder: Path) -> None:
        library = folder / "book.so"
        subprocess.run([compiler(), *FLAGS, "-o", library, SOURCE], check=True)
        self._book = ctypes.CDLL(str(library)).book

    def run(self, pool: Pool, draws: Draws) -> Counted:
        """Run a ``theory_pools.make_reduced`` pool."""
        par = pool.par[0]
        days = np.ascontiguousarray(draws.referrals["day"])
        ticks = np.ascontiguousarray(draws.referrals["tick"])
        keys = np.ascontiguousarray(draws.referral_keys)
        model = _Model(
            seats=len(pool.seats),
            days=int(par["days"]),
            weeks=int(par["weeks"]),
            horizon=int(par["horizon"]),
            openings=int(pool.masks[0, 0, 1, 0]).bit_count(),
            interval=5 * (1 + int(np.argmax(pool.interval > 0))),
            referrals=len(days),
            shows=st.SHOWS,
            ends=st.ENDS,
            jitter=st.JITTER,
            start=st.START,
            no_show=int(pool.no_show[0, 0]),
            end=int(pool.end[0]),
        )
        weekly = np.zeros((int(par["weeks"]), len(COUNTS)), np.int64)
        waits = np.zeros((3, BINS), np.int32)
        arrays = (days, ticks, keys, weekly, waits)
        places = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        if not self._book(ctypes.byref(model), *places):
            raise ValueError("someone found no opening; the C program has no waitlist")
        return Counted(weekly, waits)


def compiler() -> str | None:
    """Return the C compiler's path, if there is one."""
    return shutil.which("gcc") or shutil.which("cc")
