"""
Plan, book and safeguard the hours of mental-health care.

The front door: these names and nothing else. Each is loaded from its room when
first asked for, so ``import caretime`` costs next to nothing.

>>> import caretime
>>> caretime.Problem("clinics.csv", 2, "zip", "is empty").field
'zip'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caretime.errors import (
        AssumptionWarning,
        CaretimeError,
        InputError,
        PlanError,
        Problem,
    )
    from caretime.model.assumptions import Assumption, Assumptions
    from caretime.model.calendar import Calendar
    from caretime.model.outcome import SimulationResult, Verdict
    from caretime.model.people import Clinician, Need, NetworkTherapist, Patient
    from caretime.model.standards import Standard
    from caretime.model.system import CareSystem
    from caretime.model.terms import Clause, Contract
    from caretime.model.week import Template

    __version__: str

_HOME = {
    "Assumption": "caretime.model.assumptions",
    "AssumptionWarning": "caretime.errors",
    "Assumptions": "caretime.model.assumptions",
    "Calendar": "caretime.model.calendar",
    "CareSystem": "caretime.model.system",
    "CaretimeError": "caretime.errors",
    "Clause": "caretime.model.terms",
    "Clinician": "caretime.model.people",
    "Contract": "caretime.model.terms",
    "InputError": "caretime.errors",
    "Need": "caretime.model.people",
    "NetworkTherapist": "caretime.model.people",
    "Patient": "caretime.model.people",
    "PlanError": "caretime.errors",
    "Problem": "caretime.errors",
    "SimulationResult": "caretime.model.outcome",
    "Standard": "caretime.model.standards",
    "Template": "caretime.model.week",
    "Verdict": "caretime.model.outcome",
}

__all__ = [
    "Assumption",
    "AssumptionWarning",
    "Assumptions",
    "Calendar",
    "CareSystem",
    "CaretimeError",
    "Clause",
    "Clinician",
    "Contract",
    "InputError",
    "Need",
    "NetworkTherapist",
    "Patient",
    "PlanError",
    "Problem",
    "SimulationResult",
    "Standard",
    "Template",
    "Verdict",
]


if not TYPE_CHECKING:  # a type checker must not take every name for granted

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            return version("caretime")
        if name not in _HOME:
            raise AttributeError(f"module 'caretime' has no attribute {name!r}")
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
