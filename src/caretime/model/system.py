"""The care system: everything a plan needs, checked once when built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from caretime.model.assumptions import Assumptions
from caretime.model.calendar import Calendar
from caretime.model.care import (
    Absence,
    Appointment,
    Demand,
    Group,
    GroupMember,
)
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
from caretime.model.terms import Contract


@dataclass(frozen=True, slots=True)
class CareSystem:
    """
    A system of care at the start of a plan.

    Parameters
    ----------
    name
        Shown in reports.
    first_day
        Monday of week 0.
    members
        People covered, for rates per 1,000.
    jurisdiction
        Profile of ``standards``.
    contract_in_force
        Id of the contract that holds on ``first_day``.
    pooling
        Who shares an intake queue: ``site``, ``county`` or ``region``.
    inputs_hash
        SHA-256 of the canonical content of the folder it was read from.
    """

    name: str
    first_day: date
    members: int
    jurisdiction: str
    contract_in_force: str
    pooling: str
    calendar: Calendar
    clinics: tuple[Clinic, ...]
    clinicians: tuple[Clinician, ...]
    network: tuple[NetworkTherapist, ...]
    patients: tuple[Patient, ...]
    appointments: tuple[Appointment, ...]
    groups: tuple[Group, ...]
    group_members: tuple[GroupMember, ...]
    demand: tuple[Demand, ...]
    assumptions: Assumptions
    standards: tuple[Standard, ...]
    contracts: Mapping[str, Contract]
    absences: tuple[Absence, ...] = ()
    incidents: tuple[Incident, ...] = ()
    unavailable: tuple[Unavailability, ...] = ()
    work_places: tuple[WorkPlace, ...] = ()
    cover: tuple[Cover, ...] = ()
    team_meetings: tuple[TeamMeeting, ...] = ()
    network_hours: tuple[NetworkHours, ...] = ()
    stated_times: tuple[StatedTime, ...] = ()
    inputs_hash: str = ""
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.first_day.weekday() != 0:
            raise ValueError(f"first day {self.first_day} is not a Monday")
        if self.contract_in_force not in self.contracts:
            raise ValueError(f"no contract {self.contract_in_force!r}")
