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
    from caretime.bargaining.claims import try_claims
    from caretime.bargaining.compare import compare
    from caretime.bargaining.comparison import Comparison
    from caretime.bargaining.frontier import frontier
    from caretime.bargaining.reproduce import reproduce
    from caretime.errors import (
        AssumptionWarning,
        CaretimeError,
        InputError,
        PlanError,
        Problem,
    )
    from caretime.formats import (
        casebook_contract,
        casebook_ids,
        check_folder,
        default_assumptions,
        read_contract,
        read_roster,
        read_system,
        write_contract,
        write_system,
    )
    from caretime.measures.log_tally import tally_of_log
    from caretime.measures.measure import measure
    from caretime.model.assumptions import Assumptions
    from caretime.model.calendar import Calendar
    from caretime.model.outcome import SimulationResult, Verdict
    from caretime.model.people import Clinician, Need
    from caretime.model.system import CareSystem
    from caretime.model.terms import Clause, Contract
    from caretime.model.week import Roster, Template
    from caretime.reports import write_report
    from caretime.rostering import RosterPolicy, build_roster
    from caretime.rules.access import load_standards
    from caretime.rules.check import check
    from caretime.rules.eligibility import may_treat
    from caretime.rules.even_week import even_template
    from caretime.rules.ledger import week_ledger
    from caretime.rules.roster import check_roster
    from caretime.simulation import event_log, make_system, simulate, simulate_many

    __version__: str

_HOME = {
    "AssumptionWarning": "caretime.errors",
    "Assumptions": "caretime.model.assumptions",
    "Calendar": "caretime.model.calendar",
    "CareSystem": "caretime.model.system",
    "CaretimeError": "caretime.errors",
    "Clause": "caretime.model.terms",
    "Clinician": "caretime.model.people",
    "Comparison": "caretime.bargaining.comparison",
    "Contract": "caretime.model.terms",
    "InputError": "caretime.errors",
    "Need": "caretime.model.people",
    "PlanError": "caretime.errors",
    "Problem": "caretime.errors",
    "Roster": "caretime.model.week",
    "RosterPolicy": "caretime.rostering",
    "SimulationResult": "caretime.model.outcome",
    "Template": "caretime.model.week",
    "Verdict": "caretime.model.outcome",
    "build_roster": "caretime.rostering",
    "casebook_contract": "caretime.formats",
    "casebook_ids": "caretime.formats",
    "check": "caretime.rules.check",
    "check_folder": "caretime.formats",
    "check_roster": "caretime.rules.roster",
    "compare": "caretime.bargaining.compare",
    "default_assumptions": "caretime.formats",
    "even_template": "caretime.rules.even_week",
    "event_log": "caretime.simulation",
    "frontier": "caretime.bargaining.frontier",
    "load_standards": "caretime.rules.access",
    "make_system": "caretime.simulation",
    "may_treat": "caretime.rules.eligibility",
    "measure": "caretime.measures.measure",
    "read_contract": "caretime.formats",
    "read_roster": "caretime.formats",
    "read_system": "caretime.formats",
    "reproduce": "caretime.bargaining.reproduce",
    "simulate": "caretime.simulation",
    "simulate_many": "caretime.simulation",
    "tally_of_log": "caretime.measures.log_tally",
    "try_claims": "caretime.bargaining.claims",
    "week_ledger": "caretime.rules.ledger",
    "write_contract": "caretime.formats",
    "write_report": "caretime.reports",
    "write_system": "caretime.formats",
}

__all__ = [
    "AssumptionWarning",
    "Assumptions",
    "Calendar",
    "CareSystem",
    "CaretimeError",
    "Clause",
    "Clinician",
    "Comparison",
    "Contract",
    "InputError",
    "Need",
    "PlanError",
    "Problem",
    "Roster",
    "RosterPolicy",
    "SimulationResult",
    "Template",
    "Verdict",
    "build_roster",
    "casebook_contract",
    "casebook_ids",
    "check",
    "check_folder",
    "check_roster",
    "compare",
    "default_assumptions",
    "even_template",
    "event_log",
    "frontier",
    "load_standards",
    "make_system",
    "may_treat",
    "measure",
    "read_contract",
    "read_roster",
    "read_system",
    "reproduce",
    "simulate",
    "simulate_many",
    "tally_of_log",
    "try_claims",
    "week_ledger",
    "write_contract",
    "write_report",
    "write_system",
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
