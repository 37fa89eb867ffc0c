"""The independent second builder: one clinician's week as a constraint program."""

from caretime.rostering._cpsat.solving import WeekSolver, best_week
from caretime.rostering._cpsat.terms import Situation, guards_of, situation_of

__all__ = ["Situation", "WeekSolver", "best_week", "guards_of", "situation_of"]
