"""What goes into the tables comes back out, every column of every table."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caretime.formats import check_folder, read_system, system_hash, write_system
from caretime.formats.dictionary import CSV_TABLES
from caretime.model.calendar import Calendar
from caretime.model.care import Absence
from caretime.model.incident import Incident
from caretime.model.site import (
    NetworkHours,
    StatedTime,
    TeamMeeting,
    Unavailability,
    WorkPlace,
)
from caretime.model.system import CareSystem
from caretime_web import bridge
from caretime_web.actions.load import load_system

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def bring_in(system: CareSystem, **other: object) -> None:
    load_system(
        system,
        **{"written": {}, "commit": True, "replace": False} | other,
        now=NOW,
        by="job:load",
    )


@pytest.fixture(scope="module")
def full(eight: CareSystem) -> CareSystem:
    """The clinic of eight with something in each table and each column."""
    patient, *patients = eight.patients
    clinician, *clinicians = eight.clinicians
    therapist, *network = eight.network
    visit, *visits = eight.appointments
    standard, *standards = eight.standards
    clinic_id, clinician_id = eight.clinics[0].clinic_id, clinician.clinician_id
    fall_back = datetime(2025, 11, 2, 9, 30, tzinfo=UTC)
    calendar = Calendar("America/Los_Angeles", eight.calendar.holidays)
    system = replace(
        eight,
        calendar=calendar,
        name='Ünïcode, with "quotes"; and a comma',
        notes=("One note.", "Another: with a colon"),
        patients=(
            replace(patient, gender_preference="woman", payer="medi_cal", risk_tier=1),
            *patients,
        ),
        clinicians=(replace(clinician, gender="woman", fte=0.3), *clinicians),
        network=(
            replace(
                therapist,
                gender="man",
                payers=("medi_cal", "self_pay"),
                highest_risk_tier=3,
                openings_per_week=1 / 3,
            ),
            *network,
        ),
        # The hour that comes twice when clocks go back: the second time.
        appointments=(
            replace(
                visit,
                requested_at=fall_back.astimezone(calendar.zone),
                offered_at=(fall_back + timedelta(hours=1)).astimezone(calendar.zone),
                start=fall_back.astimezone(calendar.zone) + timedelta(days=9),
            ),
            *visits,
        ),
        absences=(
            Absence(clinician_id, date(2025, 6, 2), None),
            Absence(clinician_id, date(2025, 7, 7), date(2025, 7, 11)),
        ),
        incidents=(
            *eight.incidents,
            Incident(
                "named",
                date(2025, 6, 2),
                date(2025, 5, 20),
                clinician_ids=(clinician_id,),
                open_ended=True,
            ),
            Incident(
                "ranged",
                date(2025, 6, 2),
                date(2025, 5, 20),
                (0.6, 1 / 3),
                (clinic_id,),
                (0.5, 0.1),
                (0.7, 0.4),
            ),
        ),
        unavailable=(Unavailability(clinician_id, 4, 960, 1020),),
        work_places=(WorkPlace(clinician_id, 0, 480, 720, "telehealth", 0),),
        team_meetings=(TeamMeeting(clinic_id, 60),),
        network_hours=(NetworkHours(therapist.therapist_id, 1, 600, 720),),
        stated_times=(StatedTime(patient.patient_id, 2, 480, 600),) * 2,
        standards=(replace(standard, limit=standard.limit + 1), *standards),
    )
    return replace(system, inputs_hash=system_hash(system))


def test_every_attribute_of_every_noun_has_a_column():
    for table in bridge.TABLES:
        columns = {field.column for field in table.model._meta.concrete_fields}
        assert set(table.columns) <= columns, table.name
        if table.noun is not None:
            assert table.columns == tuple(f.name for f in fields(table.noun))


def test_every_table_of_a_folder_and_every_part_of_a_system_has_its_place():
    kept = {table.name for table in bridge.TABLES}
    parts = {field.name for field in fields(CareSystem)}

    assert set(CSV_TABLES) <= kept
    assert kept <= parts
    assert parts - kept == {
        *("name", "first_day", "members", "jurisdiction", "contract_in_force"),
        *("pooling", "calendar", "inputs_hash", "notes"),
    }


def test_nothing_was_loaded_is_said_by_nothing(desk):
    assert bridge.read_system() is None


def test_a_system_with_something_everywhere_comes_back_equal(desk, full):
    for part in fields(full):
        assert getattr(full, part.name) not in ((), None, "", 0), part.name

    bring_in(full)

    back = bridge.read_system()
    assert back is not None
    for part in fields(full):
        assert getattr(back, part.name) == getattr(full, part.name), part.name
    assert system_hash(back) == system_hash(full)


def test_a_folder_comes_back_byte_for_byte(desk, eight, tmp_path):
    write_system(eight, tmp_path / "in")
    assert check_folder(tmp_path / "in") == ()
    bring_in(read_system(tmp_path / "in"))

    write_system(bridge.read_system(), tmp_path / "out")

    files = sorted(
        path.relative_to(tmp_path / "in")
        for path in (tmp_path / "in").rglob("*")
        if path.is_file()
    )
    assert len(files) > 15
    for file in files:
        one, other = tmp_path / "in" / file, tmp_path / "out" / file
        assert one.read_bytes() == other.read_bytes(), file


def test_the_order_of_rows_survives_a_change(desk, full):
    bring_in(full)
    turned = replace(full, patients=full.patients[::-1])
    turned = replace(turned, inputs_hash=system_hash(turned))

    bring_in(turned, replace=True)

    back = bridge.read_system()
    assert back.patients == turned.patients
    assert back.inputs_hash == turned.inputs_hash != full.inputs_hash


def test_moments_are_kept_to_the_microsecond(desk, full):
    visit = full.appointments[0]
    odd = replace(visit, offered_at=visit.offered_at + timedelta(microseconds=1))
    system = replace(full, appointments=(odd, *full.appointments[1:]))

    bring_in(system)

    assert bridge.read_system().appointments[0].offered_at == odd.offered_at
