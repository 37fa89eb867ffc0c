"""The reduced book in four programs, and its growth."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from peer_c import CBook, compiler
from theory_pools import (
    REDUCED,
    arrivals,
    make_book,
    make_draws,
    make_reduced,
    reduced_rate,
)

from benchmarks.simulation.measure import alone, in_turn, table
from caretime.model.log import COUNTER
from caretime.simulation._kernel.engine import run_pool

SEATS, WEEKS = 50, 52
SLOTS = [COUNTER[name] for name in ("visits_intake", "visits_return", "no_shows")]


def events_of(outcome) -> int:
    """Return booked visits that came due."""
    return int(outcome.weekly[:, SLOTS].sum())


def prepared(seats: int, weeks: int, load: float, seed: int = 1):
    """Return a reduced pool and its draws."""
    pool = make_reduced(weeks=weeks, seats=seats)
    rng = np.random.default_rng([seed, seats])
    counts = arrivals(rng, 5 * weeks, reduced_rate(seats, load))
    return pool, make_draws(pool, seed, counts)


def engines(rounds: int) -> None:
    """Compare the programs in turn, visit by visit."""
    import peer_simpy

    rows = []
    for load in (0.97, 1.10):
        pool, draws = prepared(SEATS, WEEKS, load)
        work = {
            "SimPy": lambda load=load: peer_simpy.simulate(
                therapists=SEATS, days=5 * WEEKS, rate=reduced_rate(SEATS, load),
                seed=1, **REDUCED,
            ),
            "kernel": lambda pool=pool, draws=draws: run_pool(pool, draws),
        }  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            if compiler():
                book = CBook(Path(folder))
                work["C -O3"] = partial(book.run, pool, draws)
            for piece in work.values():
                piece()
            told = in_turn(work, rounds)
        events = events_of(told["kernel"][1])
        clinic = told["SimPy"][1]
        each = {
            name: span / (clinic.visits + clinic.missed if name == "SimPy" else events)
            for name, (span, _) in told.items()
        }
        for name, cost in each.items():
            rows.append(
                (f"{name}, load {load}", 1e9 * cost, 1 / cost,
                 each["SimPy"] / cost, cost / each.get("C -O3", float("nan")))
            )  # fmt: skip
    head = ("program", "ns a visit", "visits/s", "times SimPy", "of C")
    table("Reduced book, 50 clinicians, 52 weeks", head, rows)


def intakes(rounds: int) -> None:
    """Compare with Ciw on the book of intakes, which is what it can express."""
    import peer_ciw

    openings, rate, days = 10, 9.0, 1_000
    pool = make_book(weeks=days // 5, openings=openings)
    draws = make_draws(pool, 1, arrivals(np.random.default_rng(1), days, rate))
    work = {
        "Ciw": lambda: peer_ciw.simulate(
            openings=openings, days=days, rate=rate, seed=1
        ),
        "kernel": lambda: run_pool(pool, draws),
    }
    told = in_turn(work, rounds)
    ciw = told["Ciw"][0] / len(told["Ciw"][1])
    ours = told["kernel"][0] / len(draws.referrals)
    rows = [("Ciw", 1e9 * ciw, 1.0), ("kernel", 1e9 * ours, ciw / ours)]
    table("Intake book, 10 openings a day", ("program", "ns a person", "times"), rows)


def memory() -> None:
    """Show the most memory each program holds, in a process of its own."""
    start = f"import sys; sys.path[:0] = {[*map(str, _paths())]!r}\n"
    ours = (
        "from benchmarks.simulation.reduced import prepared\n"
        "from caretime.simulation._kernel.engine import run_pool\n"
    )
    rows = []
    for seats in (50, 2_400):
        simpy = (
            "import peer_simpy\nfrom theory_pools import REDUCED, reduced_rate\n"
            f"peer_simpy.simulate(therapists={seats}, days=260, seed=1, "
            f"rate=reduced_rate({seats}, 0.97), **REDUCED)"
        )
        run = ours + f"run_pool(*prepared({seats}, 52, 0.97))"
        for name, code in (("SimPy", simpy), ("kernel", run)):
            rows.append(
                (f"{name}, {seats} clinicians", alone(start + code)["megabytes"])
            )
    rows.append(("kernel, loaded and idle", alone(start + ours)["megabytes"]))
    table("Memory", ("program", "MB"), rows)


def _paths() -> tuple[Path, Path]:
    root = Path(__file__).parents[2]
    return root, root / "tests" / "simulation"


def growth(rounds: int, largest: int) -> None:
    """Show the cost of a visit against size, in pools of about 100 and in one."""
    rows = []
    seats = 24
    while seats <= largest:
        many = max(seats // 100, 1)
        pools = [prepared(seats // many, WEEKS, 0.97, seed=k) for k in range(many)]
        apart = {"apart": lambda pools=pools: [run_pool(p, d) for p, d in pools]}
        span, outcomes = in_turn(apart, rounds)["apart"]
        events = sum(events_of(o) for o in outcomes)
        del pools, outcomes
        pool, draws = prepared(seats, WEEKS, 0.97)
        one = {"one": lambda p=pool, d=draws: run_pool(p, d)}
        whole, outcome = in_turn(one, rounds)["one"]
        rows.append(
            (seats, events, span, 1e9 * span / events, whole,
             1e9 * whole / events_of(outcome))
        )  # fmt: skip
        seats *= 10
    head = ("clinicians", "visits", "s, pools of 100", "ns a visit", "s, one pool",
            "ns a visit")  # fmt: skip
    table("Growth, reduced book, 52 weeks, load 0.97", head, rows)
