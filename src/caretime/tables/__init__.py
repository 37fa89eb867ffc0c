"""Data dictionaries and shipped tables, as CSV beside this file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files


def rows(name: str) -> Iterator[dict[str, str]]:
    """
    Yield the rows of a shipped table.

    >>> next(rows("licenses"))["license"]
    'LCSW'
    """
    with (files(__name__) / f"{name}.csv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file)
