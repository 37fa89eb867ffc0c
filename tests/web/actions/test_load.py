"""A folder into the database: whole or not at all, and again as a difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from caretime.errors import InputError
from caretime.formats import system_hash
from caretime.model.care import Absence
from caretime.model.system import CareSystem
from caretime_web import bridge
from caretime_web.actions.load import Loaded, load_system
from caretime_web.data.audit import AuditEntry, author, verify
from caretime_web.data.care import Appointment, Patient
from caretime_web.data.identity import Person
from caretime_web.data.plan import Absence as AbsenceRow
from caretime_web.data.terms import System

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def load(system: CareSystem, **other: object) -> Loaded:
    system = replace(system, inputs_hash=system_hash(system))
    asked = {"written": {}, "commit": True, "replace": False} | other
    return load_system(system, **asked, now=NOW, by="job:load")


def changes(loaded: Loaded) -> dict[str, tuple[int, int, int, int]]:
    return {
        c.table: (c.added, c.changed, c.removed, c.moved)
        for c in loaded.changes
        if c.added or c.changed or c.removed or c.moved
    }


def test_a_first_load_adds_everything(desk, eight):
    loaded = load(eight)

    assert loaded.committed
    assert loaded.before == ""
    assert changes(loaded)["clinicians"] == (8, 0, 0, 0)
    assert Patient.objects.count() == len(eight.patients)
    assert System.objects.get().fingerprint == eight.inputs_hash


def test_a_preview_counts_the_same_and_writes_nothing(desk, eight):
    previewed = load(eight, commit=False)

    assert not previewed.committed
    assert Patient.objects.count() == 0
    assert AuditEntry.objects.count() == 0
    assert previewed.changes == load(eight).changes


def test_the_same_folder_again_changes_nothing(loaded_desk, eight):
    entries = AuditEntry.objects.exclude(subject="terms_system").count()

    loaded = load(eight)

    assert loaded.committed
    assert loaded.before == loaded.fingerprint
    assert changes(loaded) == {}
    assert AuditEntry.objects.exclude(subject="terms_system").count() == entries


def test_a_second_folder_is_told_as_a_difference(loaded_desk, eight):
    first, second, *others = eight.patients
    more = Absence(eight.clinicians[0].clinician_id, eight.first_day, None)
    changed = replace(
        eight,
        patients=(
            replace(first, risk_tier=2 if first.risk_tier == 3 else 3),
            second,
            *others,
        ),
        absences=(more, *eight.absences),
    )

    loaded = load(changed, replace=True)

    assert changes(loaded) == {
        "patients": (0, 1, 0, 0),
        "absences": (1, 0, 0, 0),
    }
    assert bridge.read_system().inputs_hash == system_hash(changed)
    assert verify() == []


def test_what_would_change_rows_is_not_written_unasked(loaded_desk, eight):
    fewer = replace(eight, appointments=eight.appointments[1:])

    refused = load(fewer)

    assert (refused.committed, refused.loses) == (False, 1)
    assert Appointment.objects.count() == len(eight.appointments)
    assert load(fewer, replace=True).committed
    assert Appointment.objects.count() == len(eight.appointments) - 1


def test_what_only_adds_is_written_unasked(loaded_desk, eight):
    away = Absence(eight.clinicians[0].clinician_id, eight.first_day, None)

    loaded = load(replace(eight, absences=(*eight.absences, away)))

    assert loaded.committed
    assert AbsenceRow.objects.order_by("position").last().last_day is None


def test_rows_that_stay_are_not_written_when_one_before_them_goes(loaded_desk, eight):
    before = list(Appointment.objects.order_by("position").values_list("position"))

    loaded = load(replace(eight, appointments=eight.appointments[1:]), replace=True)

    assert changes(loaded) == {"appointments": (0, 0, 1, 0)}
    after = list(Appointment.objects.order_by("position").values_list("position"))
    assert after == before[1:]


@pytest.mark.parametrize("place", [0, 3, None], ids=["first", "between", "last"])
def test_a_new_row_stands_where_the_folder_has_it(loaded_desk, eight, place):
    new = replace(eight.demand[0], county="Elsewhere")
    rows = list(eight.demand)
    rows.insert(len(rows) if place is None else place, new)
    more = replace(eight, demand=tuple(rows))

    loaded = load(more)

    assert changes(loaded) == {"demand": (1, 0, 0, 0)}
    assert bridge.read_system().demand == more.demand


def test_equal_rows_are_told_apart_by_their_number(loaded_desk, eight):
    away = Absence(eight.clinicians[0].clinician_id, eight.first_day, None)
    thrice = replace(eight, absences=(away,) * 3)
    load(thrice, replace=True)

    loaded = load(replace(eight, absences=(away,) * 2), replace=True)

    assert changes(loaded) == {"absences": (0, 0, 1, 0)}
    assert bridge.read_system().absences == (away, away)


def test_two_visits_may_trade_places(loaded_desk, eight):
    returns = [
        number
        for number, visit in enumerate(eight.appointments)
        if visit.visit_type == "return"
        and visit.clinician_id == eight.clinicians[0].clinician_id
    ]
    first, second = returns[:2]
    visits = list(eight.appointments)
    visits[first], visits[second] = (
        replace(visits[first], start=visits[second].start),
        replace(visits[second], start=visits[first].start),
    )

    loaded = load(replace(eight, appointments=tuple(visits)), replace=True)

    assert changes(loaded) == {"appointments": (0, 2, 0, 0)}
    back = bridge.read_system().appointments
    assert back[first].start == visits[first].start


def test_a_folder_with_a_double_booking_is_refused_whole(desk, eight):
    first, *others = eight.appointments
    again = replace(first, appointment_id="A-again")

    with pytest.raises(InputError, match=r"appointments.csv one_(clinician|patient)"):
        load(replace(eight, appointments=(first, again, *others)))

    assert Patient.objects.count() == 0
    assert System.objects.count() == 0


def test_another_request_date_for_a_known_visit_is_refused(loaded_desk, eight):
    first, *others = eight.appointments
    earlier = replace(first, requested_at=first.requested_at - timedelta(days=1))

    with pytest.raises(InputError, match="requested_at of care_appointment is never"):
        load(replace(eight, appointments=(earlier, *others)), replace=True)


def test_a_patient_with_a_name_on_record_is_not_removed(loaded_desk, eight):
    who = eight.patients[0].patient_id
    with author("user:1"):
        Person.objects.create(patient_id=who, name="Zebulon Quixote")
    without = {
        part: tuple(row for row in getattr(eight, part) if row.patient_id != who)
        for part in ("patients", "appointments", "group_members", "stated_times")
    }

    with pytest.raises(InputError, match="identity_person") as refused:
        load(replace(eight, **without), replace=True)

    assert "Zebulon" not in str(refused.value)
    assert Person.objects.count() == 1


def test_a_row_made_at_the_desk_stands_behind_those_of_the_folder(loaded_desk, eight):
    with author("user:1"):
        AbsenceRow.objects.create(
            clinician_id=eight.clinicians[0].clinician_id, first_day=eight.first_day
        )

    back = bridge.read_system()

    assert back.absences[:-1] == eight.absences
    assert back.absences[-1].last_day is None


def test_two_loads_at_once_wait_for_each_other(loaded_desk, cluster, eight):
    parameters = cluster.address().parameters() | {"dbname": loaded_desk}
    with psycopg.connect(**parameters) as other:
        other.execute("SELECT pg_advisory_xact_lock(724002)")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(InputError, match="lock timeout"):
            load(eight)

    assert load(eight).committed
