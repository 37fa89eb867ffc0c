"""Which table holds which nouns, and what a row of it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from caretime.formats.assumptions import stated_rows
from caretime.formats.contracts import contract_text
from caretime.model.assumptions import Assumption
from caretime.model.care import Absence, Appointment, Demand, Group, GroupMember
from caretime.model.incident import Incident
from caretime.model.people import Clinic, Clinician, NetworkTherapist, Patient
from caretime.model.site import (
    Cover,
    NetworkHours,
    StatedTime,
    TeamMeeting,
    Unavailability,
    WorkPlace,
)
from caretime.model.standards import Standard
from caretime.model.system import CareSystem
from caretime.rules.access import load_standards, profiles
from caretime_web.data import care, plan, site, terms


@dataclass(frozen=True)
class Table:
    """
    One table of a system folder and the table of the database that keeps it.

    Parameters
    ----------
    name
        As in the folder, and as the attribute of ``CareSystem``.
    columns
        Of the nouns, in the order in which a noun takes them.
    """

    name: str
    model: type[models.Model]
    noun: type[Any] | None
    columns: tuple[str, ...]

    @property
    def key(self) -> str | None:
        """The column that names a row; none where equal rows may stand twice."""
        key = self.model._meta.pk.column
        return key if key in self.columns else None

    @cached_property
    def lists(self) -> frozenset[int]:
        """Places of the columns that hold several values."""
        return self._of(ArrayField)

    @cached_property
    def moments(self) -> frozenset[int]:
        """Places of the columns that hold a moment."""
        return self._of(models.DateTimeField)

    def _of(self, kind: type[Any]) -> frozenset[int]:
        by_column = {f.column: f for f in self.model._meta.concrete_fields}
        return frozenset(
            place
            for place, column in enumerate(self.columns)
            if isinstance(by_column[column], kind)
        )

    def rows(self, things: Iterable[Any]) -> Iterator[Sequence[Any]]:
        """Yield the values of nouns as the database takes them."""
        values = map(attrgetter(*self.columns), things)
        if not self.lists:
            return values
        return (
            [list(cell) if place in self.lists else cell for place, cell in pairs]
            for pairs in map(enumerate, values)
        )


def _table(name: str, model: type[models.Model], noun: type[Any]) -> Table:
    return Table(name, model, noun, tuple(field.name for field in fields(noun)))


CONTRACTS = Table(
    "contracts",
    terms.Contract,
    None,
    (
        *("contract_id", "title", "effective", "until", "standing", "source"),
        *("written", "terms"),
    ),
)

TABLES = (
    CONTRACTS,
    _table("clinics", care.Clinic, Clinic),
    _table("clinicians", care.Clinician, Clinician),
    _table("network", care.NetworkTherapist, NetworkTherapist),
    _table("patients", care.Patient, Patient),
    _table("appointments", care.Appointment, Appointment),
    _table("groups", care.Group, Group),
    _table("group_members", care.GroupMember, GroupMember),
    _table("demand", plan.Demand, Demand),
    _table("assumptions", terms.Assumption, Assumption),
    _table("standards", terms.Standard, Standard),
    _table("absences", plan.Absence, Absence),
    _table("incidents", plan.Incident, Incident),
    _table("unavailable", site.Unavailability, Unavailability),
    _table("work_places", site.WorkPlace, WorkPlace),
    _table("cover", site.Cover, Cover),
    _table("team_meetings", site.TeamMeeting, TeamMeeting),
    _table("network_hours", site.NetworkHours, NetworkHours),
    _table("stated_times", site.StatedTime, StatedTime),
)
"""Every table of a folder; one that others refer to stands before them."""


def rows_of(table: Table, system: CareSystem) -> Iterator[Sequence[Any]]:
    """Yield what a table keeps of a system, in the order of the folder."""
    if table.name == "assumptions":
        return table.rows(stated_rows(system.assumptions))
    if table.name == "standards":
        return table.rows(_own_standards(system))
    return table.rows(getattr(system, table.name))


def _own_standards(system: CareSystem) -> tuple[Standard, ...]:
    """Return the standards unless they are those that ship with the profile."""
    shipped = system.jurisdiction in profiles()
    if shipped and system.standards == load_standards(system.jurisdiction):
        return ()
    return system.standards


def contract_rows(
    system: CareSystem, written: Mapping[str, str]
) -> Iterator[Sequence[Any]]:
    """
    Yield the contracts of a system as documents.

    Parameters
    ----------
    written
        Texts of contracts as their authors wrote them, by id; where one is
        missing, the text that we would write stands for it.
    """
    for contract_id, contract in sorted(system.contracts.items()):
        whole = contract_text(contract)
        yield (
            contract_id,
            *(contract.title, contract.effective, contract.until),
            *(contract.standing, contract.source),
            *(written.get(contract_id, whole), whole),
        )


def settings_of(system: CareSystem) -> dict[str, Any]:
    """Return what ``terms_system`` keeps of a system."""
    return {
        "name": system.name,
        "time_zone": system.calendar.time_zone,
        "first_day": system.first_day,
        "members": system.members,
        "jurisdiction": system.jurisdiction,
        "pooling": system.pooling,
        "contract_in_force_id": system.contract_in_force,
        "holidays": sorted(system.calendar.holidays),
        "notes": list(system.notes),
        "fingerprint": system.inputs_hash,
    }
