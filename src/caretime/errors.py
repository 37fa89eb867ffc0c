"""
Everything Caretime raises on purpose.

::

    CaretimeError
    ├── InputError(problems)     files or values are wrong; carries every Problem
    └── PlanError                the question contradicts itself

A wrong argument by a programmer is a plain ``ValueError``. Infeasible, out of
time, not found: these are answers and stand in results, they are never raised.
Messages carry ids and row numbers only, never a person's name.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """
    One thing that is wrong with the input, and where.

    Parameters
    ----------
    source
        File name relative to the system folder, or ``workbook.xlsx[sheet]``.
    row
        Line number in the file as an editor counts it (the header is line 1),
        or 0 where no single line is to blame.
    field
        Column or key, dotted for nested keys; empty where the whole row or
        file is meant.
    message
        What was found and what is expected, in one sentence.
    suggestion
        A likely correction, or empty.

    Examples
    --------
    >>> print(Problem("clinicians.csv", 7, "license", "unknown license 'LCWS'",
    ...               "did you mean LCSW?"))
    clinicians.csv:7 license: unknown license 'LCWS' (did you mean LCSW?)
    """

    source: str
    row: int
    field: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        place = f"{self.source}:{self.row}" if self.row else self.source
        field = f" {self.field}" if self.field else ""
        hint = f" ({self.suggestion})" if self.suggestion else ""
        return f"{place}{field}: {self.message}{hint}"


class CaretimeError(Exception):
    """Base of all errors raised on purpose."""


class InputError(CaretimeError):
    """Files or values are wrong; carries every problem found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PlanError(CaretimeError):
    """The question contradicts itself, for instance an empty horizon."""


class AssumptionWarning(UserWarning):
    """A default stands in for local data; the text says where to put yours."""


def warn_assumption(text: str) -> None:
    """Warn, once per place, that a default stands in for local data."""
    warnings.warn(text, AssumptionWarning, stacklevel=3)
