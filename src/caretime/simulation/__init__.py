"""Runs a care system forward in time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caretime.simulation.runs import (
        Scenario,
        event_log,
        simulate,
        simulate_many,
        strata_of,
        warm_up,
    )
    from caretime.simulation.synthetic import make_system

_HOMES = {
    "Scenario": "runs",
    "event_log": "runs",
    "make_system": "synthetic",
    "simulate": "runs",
    "simulate_many": "runs",
    "strata_of": "runs",
    "warm_up": "runs",
}

__all__ = [
    "Scenario",
    "event_log",
    "make_system",
    "simulate",
    "simulate_many",
    "strata_of",
    "warm_up",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: the engines are heavy."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
