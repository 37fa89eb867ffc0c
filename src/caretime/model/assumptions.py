"""Behavior numbers with unit, range, source and who holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Assumption:
    """
    One behavior number.

    Parameters
    ----------
    name
        A row of ``tables/assumptions.csv``.
    value, low, high
        Central value and the range that sensitivity runs use.
    holder
        ``confirmed``, ``assumption``, or the side whose account it is.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    holder: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"{self.name}: value {self.value} outside {self.low} to {self.high}"
            )


@dataclass(frozen=True, slots=True)
class Assumptions(Mapping[str, float]):
    """
    The numbers in use: one row per name and holder.

    Reading ``assumptions["no_show_floor"]`` gives the shared value (holder
    ``confirmed`` or ``assumption``). ``seen_by("union")`` gives the same table
    with that side's rows in place of the shared ones.

    Examples
    --------
    >>> rows = [Assumption("pace", 1.0, 0.5, 2.0, "x", "made up", "assumption"),
    ...         Assumption("pace", 2.0, 2.0, 2.0, "x", "a leaflet", "union")]
    >>> table = Assumptions.of(rows)
    >>> table["pace"], table.seen_by("union")["pace"]
    (1.0, 2.0)
    >>> table.disputed()
    ('pace',)
    """

    rows: tuple[Assumption, ...]
    _shared: Mapping[str, Assumption] = field(repr=False)

    @classmethod
    def of(cls, rows: Iterable[Assumption]) -> Assumptions:
        """Build the table; a name needs exactly one shared row."""
        rows = tuple(rows)
        shared: dict[str, Assumption] = {}
        for row in rows:
            if row.holder in ("confirmed", "assumption"):
                if row.name in shared:
                    raise ValueError(f"{row.name} has two shared rows")
                shared[row.name] = row
        if lone := {row.name for row in rows} - set(shared):
            raise ValueError(f"no shared row for {', '.join(sorted(lone))}")
        return cls(rows, shared)

    def __getitem__(self, name: str) -> float:
        return self._shared[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._shared)

    def __len__(self) -> int:
        return len(self._shared)

    def row(self, name: str) -> Assumption:
        """Return the shared row of a name."""
        return self._shared[name]

    def seen_by(self, holder: str) -> Assumptions:
        """Return the table with one side's rows in place of the shared ones."""
        theirs = {row.name: row for row in self.rows if row.holder == holder}
        return Assumptions(self.rows, {**self._shared, **theirs})

    def disputed(self) -> tuple[str, ...]:
        """Return the names for which a side holds a number of its own."""
        return tuple(
            sorted({r.name for r in self.rows if r.holder in ("union", "employer")})
        )

    def with_value(self, name: str, value: float) -> Assumptions:
        """Return the table with one shared value replaced, its range widened."""
        row = self._shared[name]
        changed = replace(
            row, value=value, low=min(row.low, value), high=max(row.high, value)
        )
        return Assumptions(self.rows, {**self._shared, name: changed})
