"""Makes synthetic care systems: data of real size about nobody."""

from __future__ import annotations

from caretime.simulation.synthetic.systems import (
    EXAMPLES,
    Example,
    assemble,
    local_assumptions,
    make_system,
    synthetic_numbers,
)

__all__ = [
    "EXAMPLES",
    "Example",
    "assemble",
    "local_assumptions",
    "make_system",
    "synthetic_numbers",
]
