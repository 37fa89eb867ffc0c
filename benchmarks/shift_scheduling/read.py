"""Read an instance of the shift-scheduling set into arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Worker:
    """What one employee's schedule must keep; minutes over the whole horizon."""

    worker_id: str
    most_of: tuple[int, ...]
    most_minutes: int
    least_minutes: int
    longest_run: int
    shortest_run: int
    shortest_rest: int
    most_weekends: int


@dataclass(frozen=True, eq=False)
class Instance:
    """
    One instance, employees E by days D by shifts S.

    ``follows[s, t]`` says that t may come the day after s. ``cost[e, d, s]`` is
    the request weight lost (an off-request broken) or saved (an on-request
    granted, negative) by working; ``constant`` is the price of granting no
    on-request. ``free[e, d]`` marks days off that must be given.
    """

    name: str
    days: int
    shifts: tuple[str, ...]
    minutes: np.ndarray
    follows: np.ndarray
    workers: tuple[Worker, ...]
    free: np.ndarray
    cost: np.ndarray
    constant: int
    need: np.ndarray
    under: np.ndarray
    over: np.ndarray

    def penalty(self, plan: np.ndarray) -> int:
        """Price a plan, shape (E, D), of shift indices or -1 for a day off."""
        who, day = np.nonzero(plan >= 0)
        shift = plan[who, day]
        count = np.zeros_like(self.need)
        np.add.at(count, (day, shift), 1)
        short = np.maximum(self.need - count, 0)
        extra = np.maximum(count - self.need, 0)
        cover = (short * self.under + extra * self.over).sum()
        return int(self.constant + self.cost[who, day, shift].sum() + cover)


def sections(text: str) -> dict[str, list[list[str]]]:
    """Split the file: the fields of every line, comments left out, by section."""
    found: dict[str, list[list[str]]] = {}
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            rows = found.setdefault(line.removeprefix("SECTION_"), [])
        else:
            rows.append([field.strip() for field in line.split(",")])
    return found


def worker_of(row: list[str], shifts: tuple[str, ...]) -> Worker:
    most = dict(part.split("=") for part in row[1].split("|"))
    numbers = [int(field) for field in row[2:8]]
    return Worker(row[0], tuple(int(most[s]) for s in shifts), *numbers)


def read_instance(path: Path | str) -> Instance:
    """Read one file of the set."""
    path = Path(path)
    parts = sections(path.read_text(encoding="utf-8"))
    days = int(parts["HORIZON"][0][0])
    shifts = tuple(row[0] for row in parts["SHIFTS"])
    at = {shift: index for index, shift in enumerate(shifts)}
    follows = np.ones((len(shifts), len(shifts)), bool)
    for row in parts["SHIFTS"]:
        for other in filter(None, row[2].split("|")):
            follows[at[row[0]], at[other]] = False
    workers = tuple(worker_of(row, shifts) for row in parts["STAFF"])
    who = {worker.worker_id: index for index, worker in enumerate(workers)}
    free = np.zeros((len(workers), days), bool)
    for row in parts.get("DAYS_OFF", ()):
        free[who[row[0]], [int(day) for day in row[1:]]] = True
    cost = np.zeros((len(workers), days, len(shifts)), np.int64)
    constant = 0
    for section, sign in (("SHIFT_ON_REQUESTS", -1), ("SHIFT_OFF_REQUESTS", 1)):
        for worker, day, shift, weight in parts.get(section, ()):
            cost[who[worker], int(day), at[shift]] += sign * int(weight)
            constant += int(weight) if sign < 0 else 0
    need, under, over = (np.zeros((days, len(shifts)), np.int64) for _ in range(3))
    for day, shift, *numbers in parts["COVER"]:
        place = int(day), at[shift]
        need[place], under[place], over[place] = (int(n) for n in numbers)
    return Instance(
        path.stem, days, shifts,
        np.array([int(row[1]) for row in parts["SHIFTS"]]),
        follows, workers, free, cost, constant, need, under, over,
    )  # fmt: skip
