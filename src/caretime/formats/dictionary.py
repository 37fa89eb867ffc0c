"""
The data dictionaries: what each table of a system folder holds.

One CSV a table stands in ``tables/dictionary/``. The reader, the writer and the
manual all work from these rows, so a table cannot mean one thing in the code and
another in the manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from caretime import tables

TYPES = {
    "id": "a stable code of letters, digits, '.', '_' and '-'",
    "ids": "ids with semicolons between",
    "place": "the id of a clinic, or telehealth",
    "code": "a code in small letters",
    "codes": "codes with semicolons between",
    "language": "an ISO 639 code such as en or es",
    "languages": "ISO 639 codes with semicolons between",
    "text": "text in one line",
    "zip": "five digits",
    "integer": "a whole number",
    "integers": "whole numbers with semicolons between",
    "number": "a number with a decimal point",
    "share": "a share from 0 to 1",
    "shares": "shares from 0 to 1 with semicolons between",
    "yes_no": "yes or no",
    "date": "a date such as 2024-10-21",
    "dates": "dates such as 2024-11-28 with semicolons between",
    "datetime": "a time with its offset such as 2024-10-21T09:00:00-07:00",
    "clock": "a time of day such as 08:30",
    "weekday": "Mon, Tue, Wed, Thu or Fri",
    "time_zone": "an IANA time zone such as America/Los_Angeles",
}
"""What a cell of each type looks like; the words every message uses."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """
    One column of one table.

    Parameters
    ----------
    name, type, unit
        Header, one of ``TYPES``, and unit where the type has one.
    required
        Whether the column must be there and every cell filled.
    default
        What an empty cell means, as text; empty means "nothing".
    low, high
        Bounds, both included, as text; empty where there is none.
    choices
        The codes allowed, or nothing where any will do.
    references
        Each ``table.column`` in one of which the value must stand, or nothing.
    meaning, source
        For the manual.
    """

    name: str
    type: str
    unit: str
    required: bool
    default: str
    low: str
    high: str
    choices: tuple[str, ...]
    references: tuple[str, ...]
    meaning: str
    source: str

    @property
    def expectation(self) -> str:
        """
        Say in a few words what a cell holds.

        >>> dictionary("clinicians")["fte"].expectation
        'a number with a decimal point, 0.05 to 1'
        """
        if self.choices:
            many = "one or more of " if self.type == "codes" else ""
            return many + _listed(self.choices)
        text = TYPES[self.type]
        if self.type in ("share", "shares") or not (self.low or self.high):
            return text
        if not self.high:
            return f"{text}, {self.low} or more"
        return f"{text}, {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Table:
    """
    One table of a system folder, of a plan (``plan/…``) or an update (``update/…``).

    Parameters
    ----------
    name
        File name without ``.csv``, and name of the sheet.
    key
        Columns that no two rows may share; empty where there is no such rule.
    required
        Whether the file must be there.
    least
        Fewest rows.
    attributes
        Columns by name, in the order they are written.
    """

    name: str
    key: tuple[str, ...]
    required: bool
    least: int
    attributes: dict[str, Attribute]

    def __getitem__(self, column: str) -> Attribute:
        return self.attributes[column]

    @property
    def is_of_absence(self) -> bool:
        """Whether it says who is away, and so must never say why."""
        return self.name in _ABSENCES


_SHAPES: dict[str, tuple[tuple[str, ...], bool, int]] = {
    "clinics": (("clinic_id",), True, 1),
    "clinicians": (("clinician_id",), True, 1),
    "network": (("therapist_id",), False, 0),
    "patients": (("patient_id",), True, 0),
    "appointments": (("appointment_id",), True, 0),
    "groups": (("group_id",), False, 0),
    "group_members": (("group_id", "patient_id"), False, 0),
    "demand": (("county", "age_group", "language", "need"), True, 1),
    "assumptions": (("name", "holder"), False, 0),
    "absences": ((), False, 0),
    "unavailable": ((), False, 0),
    "work_places": ((), False, 0),
    "cover": ((), False, 0),
    "team_meetings": ((), False, 0),
    "network_hours": ((), False, 0),
    "stated_times": ((), False, 0),
    "standards": (("standard_id",), False, 1),
    "incidents": (("incident_id",), False, 0),
    "system": ((), True, 1),
    "roster": ((), False, 0),
    "incident/clinicians": ((), False, 1),
    "plan/series": (("patient_id",), True, 0),
    "plan/matches": (("patient_id",), True, 0),
    "plan/bookings": (("patient_id", "number"), True, 0),
    "plan/untimed": (("patient_id", "number"), True, 0),
    "plan/left_out": (("patient_id",), True, 0),
    "plan/contacts": ((), True, 0),
    "plan/groups": (("group_id",), True, 0),
    "plan/to_buy": ((), True, 0),
    "plan/home": (("patient_id",), True, 0),
    "plan/caught_up": ((), True, 0),
    "plan/prices": (("substitute_id", "week"), True, 0),
    "update/answers": (("patient_id",), False, 0),
    "update/pins": (("patient_id",), False, 0),
    "update/returned": (("clinician_id",), False, 0),
    "update/absent": (("clinician_id",), False, 0),
    "update/openings": (("substitute_id", "week"), False, 0),
    "update/choices": (("patient_id",), False, 0),
}

_ABSENCES = (
    "absences",
    "unavailable",
    "incidents",
    "incident/clinicians",
    "update/absent",
    "update/returned",
)

_NO_CSV = ("system", "incidents", "roster")

CSV_TABLES = tuple(name for name in _SHAPES if name not in _NO_CSV and "/" not in name)
"""Tables that are one CSV file each in a folder, in the order they are read."""

WEEK_TABLES = (
    "unavailable",
    "work_places",
    "cover",
    "team_meetings",
    "network_hours",
    "stated_times",
)
"""Tables that stand in a folder, and in its hash, only where they have rows."""

LATER_COLUMNS: dict[str, tuple[str, ...]] = {
    "clinicians": ("gender",),
    "network": ("gender", "payers", "highest_risk_tier"),
    "patients": ("gender_preference", "payer"),
    "incidents": (
        "shares_low",
        "shares_high",
        "clinician_ids",
        "last_day",
        "open_ended",
    ),
}
"""Columns that stand in a folder, and in its hash, only where they say something."""

PLAN_TABLES = tuple(name for name in _SHAPES if name.startswith("plan/"))
"""Tables of a plan for an incident, in the order they are written."""

UPDATE_TABLES = tuple(name for name in _SHAPES if name.startswith("update/"))
"""Tables of what became known since a plan was made, in the order they are read."""

SHEETS = ("system", *CSV_TABLES, "incidents", "contracts")
"""Sheets of a workbook, in the order they are written."""


@cache
def dictionary(table: str) -> Table:
    """
    Return the dictionary of one table.

    Raises
    ------
    KeyError
        If there is no such table.

    Examples
    --------
    >>> clinics = dictionary("clinics")
    >>> clinics["rooms"].meaning
    'Rooms in which visits are held; 0 for a site that works by telehealth only'
    >>> clinics["opens"].expectation
    'a time of day such as 08:30, 00:00 to 24:00'
    """
    key, required, least = _SHAPES[table]
    attributes = {
        row["attribute"]: Attribute(
            name=row["attribute"],
            type=row["type"],
            unit=row["unit"],
            required=row["required"] == "yes",
            default=row["default"],
            low=row["low"],
            high=row["high"],
            choices=_choices(row["choices"]),
            references=_choices(row["references"]),
            meaning=row["meaning"],
            source=row["source"],
        )
        for row in tables.rows(f"dictionary/{table}")
    }
    return Table(table, key, required, least, attributes)


def table_names() -> tuple[str, ...]:
    """
    Return the names of all tables that have a dictionary.

    >>> "clinics" in table_names()
    True
    """
    return tuple(_SHAPES)


def titles(table: str) -> dict[str, str]:
    """
    Return the titles of a shipped code list, by code.

    >>> titles("languages")["es"]
    'Spanish'
    """
    found: dict[str, str] = {}
    for row in tables.rows(table):
        code, title = list(row.values())[:2]
        found[code] = title
    return found


def _choices(text: str) -> tuple[str, ...]:
    if not text.startswith("table:"):
        return tuple(text.split(";")) if text else ()
    table, column = text.removeprefix("table:").split(".")
    return tuple(dict.fromkeys(row[column] for row in tables.rows(table)))


def _listed(choices: tuple[str, ...], most: int = 10) -> str:
    if len(choices) > most:
        return f"one of {len(choices)} codes ({', '.join(choices[:most])}, …)"
    return ", ".join(choices[:-1]) + f" or {choices[-1]}"
