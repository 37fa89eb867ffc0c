"""Builds weekly templates that keep every clause, and says why when none can."""

from caretime.rostering.build import BUDGET, build_roster
from caretime.rostering.policy import RosterPolicy
from caretime.rostering.score import score_roster

__all__ = ["BUDGET", "RosterPolicy", "build_roster", "score_roster"]
