"""Every table, for Django to find; nobody else imports this module."""

from caretime_web.data.audit import AuditEntry, AuditHead
from caretime_web.data.care import (
    Appointment,
    Clinic,
    Clinician,
    Group,
    GroupMember,
    Hold,
    NetworkTherapist,
    Patient,
    Referral,
)
from caretime_web.data.identity import ContactPoint, Person, User
from caretime_web.data.outbox import Attempt, Message
from caretime_web.data.plan import (
    Absence,
    Demand,
    Incident,
    Roster,
    RosterBlock,
    RosterWeek,
)
from caretime_web.data.site import (
    Cover,
    NetworkHours,
    StatedTime,
    TeamMeeting,
    Unavailability,
    WorkPlace,
)
from caretime_web.data.terms import Assumption, Contract, Standard, System

__all__ = [
    "Absence",
    "Appointment",
    "Assumption",
    "Attempt",
    "AuditEntry",
    "AuditHead",
    "Clinic",
    "Clinician",
    "ContactPoint",
    "Contract",
    "Cover",
    "Demand",
    "Group",
    "GroupMember",
    "Hold",
    "Incident",
    "Message",
    "NetworkHours",
    "NetworkTherapist",
    "Patient",
    "Person",
    "Referral",
    "Roster",
    "RosterBlock",
    "RosterWeek",
    "Standard",
    "StatedTime",
    "System",
    "TeamMeeting",
    "Unavailability",
    "User",
    "WorkPlace",
]
