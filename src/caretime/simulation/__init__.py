"""Runs a care system forward in time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caretime.simulation.simulate import (
        Scenario,
        event_log,
        simulate,
        simulate_many,
        strata_of,
        warm_up,
    )
    from caretime.simulation.synthetic import make_system

_HOMES = {
    "Scenario": "simulate",
    "event_log": "simulate",
    "make_system": "synthetic",
    "simulate": "simulate",
    "simulate_many": "simulate",
    "strata_of": "simulate",
    "warm_up": "simulate",
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
    home = _HOMES[name]
    module = import_module(f"{__name__}.{home}")
    # The verb `simulate` has the name of its module, which the import has just
    # bound: bind every name of the module now, whichever was asked for.
    for sibling in (other for other, place in _HOMES.items() if place == home):
        globals()[sibling] = getattr(module, sibling)
    return globals()[name]
