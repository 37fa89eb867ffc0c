"""The reduced book in SimPy: a process for each patient, a diary for each therapist."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import simpy

TICKS = 64


@dataclass
class Diary:
    """Free quarter hours of every therapist and day."""

    therapists: int
    openings: int
    days: int
    rng: random.Random
    first_day: int = 0
    free: list[list[list[int]]] = field(init=False)
    left: list[int] = field(init=False)

    def __post_init__(self) -> None:
        hours = list(range(8, 8 + self.openings))
        self.free = [
            [hours.copy() for _ in range(self.days)] for _ in range(self.therapists)
        ]
        self.left = [self.therapists * self.openings] * self.days

    def first_of_anyone(self, day: int) -> tuple[int, int, int]:
        """Take the first opening from a day on, of a therapist drawn at random."""
        day = max(day, self.first_day)
        while self.left[day] == 0:
            day += 1
        self.first_day = day
        start = self.rng.randrange(self.therapists)
        for step in range(self.therapists):
            who = (start + step) % self.therapists
            if self.free[who][day]:
                return who, day, self.take(who, day, self.free[who][day][0])
        raise AssertionError("a day with openings has a therapist with one")

    def first_of(self, who: int, day: int, tick: int) -> tuple[int, int]:
        """Take a therapist's first opening from a day on, at the same hour if free."""
        while not self.free[who][day]:
            day += 1
        hours = self.free[who][day]
        return day, self.take(who, day, tick if tick in hours else hours[0])

    def take(self, who: int, day: int, tick: int) -> int:
        self.free[who][day].remove(tick)
        self.left[day] -= 1
        return tick


@dataclass
class Clinic:
    """What is counted, and the numbers of the model."""

    env: simpy.Environment
    diary: Diary
    rng: random.Random
    no_show: float
    ends: float
    interval: int
    intake_waits: list[int] = field(default_factory=list)
    return_delays: list[int] = field(default_factory=list)
    visits: int = 0
    missed: int = 0


def patient(clinic: Clinic) -> Iterator[simpy.Event]:
    """Ask, come for the first visit, then return until the course ends."""
    asked = int(clinic.env.now)
    who, day, tick = clinic.diary.first_of_anyone(asked + 1)
    clinic.intake_waits.append(day - asked)
    seen = False
    while True:
        yield clinic.env.timeout(day + tick / TICKS - clinic.env.now)
        if clinic.rng.random() < clinic.no_show:
            clinic.missed += 1
            if seen:
                day, tick = clinic.diary.first_of(who, day + 1, tick)
            else:
                who, day, tick = clinic.diary.first_of_anyone(day + 1)
            continue
        clinic.visits += 1
        seen = True
        if clinic.rng.random() < clinic.ends:
            return
        wished = day + clinic.interval - clinic.rng.randrange(3)
        day, tick = clinic.diary.first_of(who, wished, tick)
        clinic.return_delays.append(day - wished)


def referrals(clinic: Clinic, rate: float) -> Iterator[simpy.Event]:
    """Let people ask: a Poisson stream within the opening hours of each day."""
    ahead = 0.0
    while True:
        ahead += clinic.rng.expovariate(rate)
        day, part = divmod(ahead, 1)
        moment = day + (8 + int(36 * part) + 0.5) / TICKS
        yield clinic.env.timeout(moment - clinic.env.now)
        clinic.env.process(patient(clinic))


def simulate(
    *,
    therapists: int,
    openings: int,
    days: int,
    rate: float,
    no_show: float,
    ends: float,
    interval: int,
    seed: int,
) -> Clinic:
    """Run the book for some days; ``rate`` is referrals a day."""
    env = simpy.Environment()
    rng = random.Random(seed)
    diary = Diary(therapists, openings, days + 130, rng)
    clinic = Clinic(env, diary, rng, no_show, ends, interval)
    env.process(referrals(clinic, rate))
    env.run(until=days)
    return clinic
