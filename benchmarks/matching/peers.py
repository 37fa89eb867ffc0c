"""The same match by others: a flow, a bipartite matching, a linear program, C."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.matching.cases import Pure

SOURCE = Path(__file__).with_name("assign.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")
HIGHS_SECONDS = 120.0


@dataclass(frozen=True)
class Answer:
    """
    One way's assignment and how long it took.

    ``therapist`` is -1 where left out. ``building`` are the seconds before ``solving``
    in which the instance is turned into what the peer takes; ``prices`` only where the
    peer gives them.
    """

    therapist: NDArray[np.int32]
    building: float
    solving: float
    prices: NDArray[np.int64] | None = None


def by_engine(pure: Pure) -> Answer:
    """Solve with the product's own engine."""
    from caretime.matching.engine import solve

    start = time.perf_counter()
    problem = pure.problem
    ready = time.perf_counter()
    found = solve(problem)
    done = time.perf_counter()
    prices = found.prices[:, 0]
    return Answer(found.substitute, ready - start, done - ready, prices)


def by_flow(pure: Pure) -> Answer:
    """Solve as a flow of single patients with OR-Tools' SimpleMinCostFlow."""
    return _flow(pure, np.ones(len(pure.ask_of), np.int64), None)


def by_flow_of_groups(pure: Pure) -> Answer:
    """Solve as a flow of whole groups of one ask and tier with OR-Tools."""
    start = time.perf_counter()
    groups, count, members = pure.by_group()
    answer = _flow(groups, count, members)
    spent = time.perf_counter() - start - answer.solving
    return Answer(answer.therapist, spent, answer.solving)


def _flow(
    pure: Pure, count: NDArray[np.int64], members: NDArray[np.int64] | None
) -> Answer:
    from ortools.graph.python import min_cost_flow

    start = time.perf_counter()
    patient, therapist, points = pure.by_patient()
    n, s = len(pure.ask_of), len(pure.places)
    sink = n + s
    flow = min_cost_flow.SimpleMinCostFlow()
    most = np.minimum(count[patient], pure.places[therapist])
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        patient, n + therapist, most, points
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(s), np.full(s, sink), pure.places, np.zeros(s, np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(n), np.full(n, sink), count, pure.left_out
    )
    supply = np.zeros(sink + 1, np.int64)
    supply[:n], supply[sink] = count, -count.sum()
    flow.set_nodes_supplies(np.arange(sink + 1), supply)
    ready = time.perf_counter()
    status = flow.solve()
    done = time.perf_counter()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    sent = flow.flows(pairs)
    own = np.full(int(count.sum()), -1, np.int32)
    if members is None:
        own[patient[sent > 0]] = therapist[sent > 0]
    else:
        # The first of each group are placed, which of them does not matter.
        first = np.cumsum(count) - count
        group, who = np.repeat(patient, sent), np.repeat(therapist, sent)
        order = np.argsort(group, kind="stable")
        group, who = group[order], who[order]
        rank = np.arange(len(group)) - np.searchsorted(group, group)
        own[members[first[group] + rank]] = who
    return Answer(own, ready - start, done - ready)


def by_scipy(pure: Pure) -> Answer:
    """Solve with SciPy, each place a column and each patient's leaving out as well."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    start = time.perf_counter()
    patient, therapist, points = pure.by_patient()
    n = len(pure.ask_of)
    first = np.cumsum(pure.places) - pure.places
    times = pure.places[therapist]
    row = np.repeat(patient, times)
    inside = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    column = np.repeat(first[therapist], times) + inside
    owner = np.repeat(np.arange(len(pure.places)), pure.places)
    total = len(owner)
    # One more for everybody, because a weight of 0 is no pair.
    weight = np.append(np.repeat(points, times), pure.left_out) + 1
    row, column = np.append(row, np.arange(n)), np.append(column, total + np.arange(n))
    matrix = csr_array((weight.astype(float), (row, column)), shape=(n, total + n))
    ready = time.perf_counter()
    rows, columns = min_weight_full_bipartite_matching(matrix)
    done = time.perf_counter()
    own = np.full(n, -1, np.int32)
    placed = columns < total
    own[rows[placed]] = owner[columns[placed]]
    return Answer(own, ready - start, done - ready)


def by_highs(pure: Pure) -> Answer:
    """
    Solve as a linear program with HiGHS, rounded: its corners are whole.

    Leaving out costs less than in the others, as much as keeps the tiers apart: a
    solver in floating point cannot tell 1 from 1 in 2 to the 38th.
    """
    import highspy

    start = time.perf_counter()
    patient, therapist, points = pure.by_patient()
    n, s = len(pure.ask_of), len(pure.places)
    steps = np.array([0, 1 << 20, 1 << 16, 1 << 12])
    cost = np.append(points, steps[pure.tier]).astype(float)
    pairs, size = len(patient), len(patient) + n
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, n + s
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.zeros(size), np.ones(size)
    lp.row_lower_ = np.append(np.ones(n), np.zeros(s))
    lp.row_upper_ = np.append(np.ones(n), pure.places).astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    begin = np.append(2 * np.arange(pairs), 2 * pairs + np.arange(n + 1))
    lp.a_matrix_.start_ = begin.astype(np.int32)
    index = np.append(np.stack((patient, n + therapist), axis=1), np.arange(n))
    lp.a_matrix_.index_ = index.astype(np.int32)
    lp.a_matrix_.value_ = np.ones(2 * pairs + n)
    # Whoever solved before in this process may have asked for other threads.
    highspy.Highs.resetGlobalScheduler(True)
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("time_limit", HIGHS_SECONDS)
    highs.passModel(lp)
    ready = time.perf_counter()
    highs.run()
    done = time.perf_counter()
    highspy.Highs.resetGlobalScheduler(True)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(
            f"HiGHS: {highs.modelStatusToString(highs.getModelStatus())}"
        )
    chosen = np.array(highs.getSolution().col_value[:pairs]) > 0.5
    own = np.full(n, -1, np.int32)
    own[patient[chosen]] = therapist[chosen]
    return Answer(own, ready - start, done - ready)


def compiler() -> str | None:
    """Return the C compiler's path, if there is one."""
    return shutil.which("gcc") or shutil.which("cc")


@cache
def c_program() -> Callable[..., int]:
    """Compile the program in C once."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "assign.so"
        subprocess.run([str(compiler()), *FLAGS, "-o", library, SOURCE], check=True)
        call = ctypes.CDLL(str(library)).assign
    call.restype = ctypes.c_int64
    return call


def by_c(pure: Pure) -> Answer:
    """Solve with successive shortest paths written by hand in C."""
    call = c_program()
    start = time.perf_counter()
    n, s = len(pure.ask_of), len(pure.places)
    out = pure.left_out
    order = np.argsort(-out, kind="stable").astype(np.int32)
    own, prices = np.empty(n, np.int32), np.empty(s, np.int64)
    arrays = (
        pure.ask_of, pure.start, pure.therapist, pure.points, out, pure.places, order,
        own, prices,
    )  # fmt: skip
    given = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    ready = time.perf_counter()
    if call(ctypes.c_int64(n), ctypes.c_int64(s), *given):
        raise MemoryError("C had too little memory")
    done = time.perf_counter()
    return Answer(own, ready - start, done - ready, prices)


WAYS: dict[str, Callable[[Pure], Answer]] = {
    "the engine": by_engine,
    "OR-Tools flow": by_flow,
    "OR-Tools flow of groups": by_flow_of_groups,
    "C, shortest paths": by_c,
    "SciPy": by_scipy,
    "HiGHS": by_highs,
}
MOST_PATIENTS = {"SciPy": 20_000, "HiGHS": 5_000}
"""Beyond these a peer is not run: minutes or gigabytes."""
