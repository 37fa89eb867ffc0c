"""What a site lacked when its weeks were built, in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.model.outcome import Shortage
from caretime.rostering._columns import Shift
from caretime.rostering._person import Plan
from caretime.rostering._staff import Task
from caretime.rules.spans import DAY_NAMES
from caretime.rules.week_terms import GRID


def rooms_short(task: Task, over: NDArray[np.int64]) -> list[Shortage]:
    return [
        Shortage(
            task.clinic.clinic_id,
            "rooms",
            DAY_NAMES[day],
            int(over[day].sum()) * GRID,
            f"{task.clinic.clinic_id} lacks {over[day].sum() * GRID / 60:g} room-hours "
            f"on {DAY_NAMES[day]}",
        )
        for day in range(WORKING_DAYS)
        if over[day].any()
    ]


def unstaffed_shift(task: Task, shift: Shift, lacking: int) -> Shortage:
    cover = shift.cover
    who = " or ".join(cover.licenses) or "anybody"
    minutes = lacking * (cover.end - cover.start)
    when = f"{DAY_NAMES[cover.weekday]} {cover.start // 60:02d}:{cover.start % 60:02d}"
    return Shortage(
        task.clinic.clinic_id,
        "cover",
        when,
        minutes,
        f"{task.clinic.clinic_id} lacks {lacking} of {cover.clinicians} ({who}) for "
        f"crisis cover on {when}, {minutes / 60:g} hours",
    )


def unpaired(task: Task, plan: Plan, minutes: int) -> Shortage:
    clinician = plan.person.clinician
    who, whom = clinician.clinician_id, clinician.supervisor_id
    text = f"{who} and supervisor {whom} have no common time for {minutes} minutes"
    if all(other.clinician_id != whom for other in task.clinicians):
        text = f"supervisor {whom} of {who} has no week at {task.clinic.clinic_id}, "
        text += f"so nobody gives {minutes} minutes"
    return Shortage(
        task.clinic.clinic_id, "supervision", "week", minutes, f"{text} of supervision"
    )
