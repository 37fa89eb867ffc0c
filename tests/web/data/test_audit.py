"""Every change has an author and an entry, and a change behind its back shows."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from caretime_web.data.audit import AuditEntry, AuditHead, author, heads, verify
from caretime_web.data.care import Clinic, Patient
from caretime_web.data.identity import ContactPoint, Person


def make_clinic(number: int = 1) -> Clinic:
    return Clinic.objects.create(
        clinic_id=f"K-{number}",
        county="Kern",
        zip="93301",
        latitude=35.4,
        longitude=-119.0,
        rooms=2,
        opens=480,
        closes=1080,
    )


@pytest.fixture
def log(desk):
    """A clinic made, changed and removed again, each by somebody else."""
    with author("user:1", why="open site"):
        make_clinic()
    with author("user:2"):
        Clinic.objects.update(rooms=3)
    with author("user:3"):
        Clinic.objects.all().delete()


def as_tamperer(cluster, desk: str, *statements: str) -> None:
    """Write as one who can switch the triggers off."""
    parameters = cluster.address("postgres").parameters() | {"dbname": desk}
    with psycopg.connect(**parameters) as link:
        link.execute("SET session_replication_role = replica")
        for statement in statements:
            link.execute(statement)


def test_a_change_without_an_author_is_refused(desk):
    with pytest.raises(DatabaseError, match="care_clinic without an author"):
        make_clinic()


def test_an_author_has_a_name(desk):
    with pytest.raises(ValueError, match="every change has an author"), author(""):
        pass


def test_who_did_what_to_which_id_before_and_after(log):
    entries = AuditEntry.objects.order_by("id")

    assert [(e.by, e.act, e.subject, e.subject_id) for e in entries] == [
        ("user:1", "insert", "care_clinic", "K-1"),
        ("user:2", "update", "care_clinic", "K-1"),
        ("user:3", "delete", "care_clinic", "K-1"),
    ]
    assert entries[0].why == "open site"
    assert entries[0].before is None
    assert (entries[1].before["rooms"], entries[1].after["rooms"]) == (2, 3)
    assert entries[2].after is None


def test_raw_statements_are_written_down_too(desk):
    with author("user:1"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO care_clinic VALUES (DEFAULT, 'K-9', 'Kern', '93301',"
            " 1, 2, 3, 480, 1080)"
        )

    assert AuditEntry.objects.get().subject_id == "K-9"


def test_what_is_rolled_back_leaves_no_entry(desk):
    with author("user:1"):
        make_clinic()
        transaction.set_rollback(True)

    assert AuditEntry.objects.count() == 0
    assert verify() == []


def test_a_change_that_changes_nothing_leaves_no_entry(log):
    with author("user:1"):
        make_clinic()
    before = AuditEntry.objects.count()

    with author("user:4"):
        Clinic.objects.update(rooms=2)

    assert AuditEntry.objects.count() == before


def test_an_untouched_log_holds(log):
    assert verify() == []
    assert verify(heads()) == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET by = 'user:9'", "DELETE FROM audit_entry"],
)
def test_the_log_is_append_only(log, statement):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_tables_cannot_be_emptied_past_the_log(log):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE care_clinic CASCADE")


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE audit_entry SET by = 'user:9' WHERE id = 2", "was changed"),
        ("UPDATE audit_entry SET at = at - interval '1 day' WHERE id = 1", "was chang"),
        (
            "UPDATE audit_entry SET after = jsonb_set(after, '{rooms}', '4')"
            " WHERE id = 2",
            "was changed",
        ),
        ("DELETE FROM audit_entry WHERE id = 1", "entries before are missing"),
        ("DELETE FROM audit_entry WHERE id = 2", "missing"),
        ("DELETE FROM audit_entry WHERE id = 3", "entries at the end are missing"),
    ],
)
def test_tampering_shows(cluster, desk, log, tampering, fault):
    # One chain, so that which entry follows which does not depend on the process.
    assert AuditEntry.objects.values("chain").distinct().count() == 1

    as_tamperer(cluster, desk, tampering)

    [found] = verify()
    assert fault in found.fault


def test_an_entry_made_to_fit_shows_in_the_next(cluster, desk, log):
    as_tamperer(
        cluster,
        desk,
        "UPDATE audit_entry SET by = 'user:9' WHERE id = 1",
        "UPDATE audit_entry AS e SET hash = audit_hash(e) WHERE id = 1",
    )

    [found] = verify()

    assert (found.number, found.fault) == (2, "does not follow from the entry before")


def test_a_log_cut_and_mended_shows_against_an_anchor_kept_elsewhere(
    cluster, desk, log
):
    kept = heads()
    as_tamperer(
        cluster,
        desk,
        "DELETE FROM audit_entry WHERE id = 3",
        "UPDATE audit_head AS h SET (number, hash) = (SELECT number, hash FROM"
        " audit_entry AS e WHERE e.chain = h.chain AND id = 2) WHERE number > 0",
    )

    assert verify() == []
    assert [found.fault for found in verify(kept)] == ["anchor"]


def test_two_writers_do_not_wait_for_each_other(cluster, desk):
    parameters = cluster.address().parameters() | {"dbname": desk}
    insert = (
        "INSERT INTO care_clinic VALUES"
        " (DEFAULT, %s, 'Kern', '93301', 1, 2, 3, 480, 1080)"
    )
    with psycopg.connect(**parameters) as one, psycopg.connect(**parameters) as two:
        for link in (one, two):
            link.execute("SET lock_timeout = '1s'")
            link.execute("SELECT set_config('caretime.by', 'test', true)")
        one.execute(insert, ["K-1"])
        two.execute(insert, ["K-2"])

    assert AuditEntry.objects.values("chain").distinct().count() == 2
    assert verify() == []


def test_more_writers_than_chains_all_get_their_turn(cluster, desk):
    parameters = cluster.address().parameters() | {"dbname": desk}
    for number in range(40):
        with psycopg.connect(**parameters) as link:
            link.execute("SELECT set_config('caretime.by', 'test', true)")
            link.execute(
                "INSERT INTO care_clinic VALUES"
                " (DEFAULT, %s, 'Kern', '93301', 1, 2, 3, 480, 1080)",
                [f"K-{number}"],
            )

    assert AuditEntry.objects.count() == 40
    assert sum(AuditHead.objects.values_list("number", flat=True)) == 40
    assert verify() == []


def test_a_great_many_rows_at_once_are_one_entry_with_their_digest(desk):
    with author("job:load"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO plan_demand (county, age_group, language, need,"
            " referrals_per_week, dispersion) SELECT 'Kern', 'adult', 'en', 'therapy',"
            " number, 1 FROM generate_series(1, 1001) AS number"
        )

    entry = AuditEntry.objects.get()
    assert (entry.act, entry.subject, entry.rows) == ("insert", "plan_demand", 1001)
    assert len(entry.digest) == 32
    assert verify() == []


def test_the_log_keeps_no_name_and_no_contact_point(loaded_desk):
    patient = Patient.objects.first()

    with author("user:1"):
        person = Person.objects.create(patient=patient, name="Zebulon Quixote")
        ContactPoint.objects.create(
            person=person, channel="email", value="zebulon@example.org"
        )
        Person.objects.update(name="Zebulon Q. Quixote", birth_year=1980)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry AS e WHERE e::text ~* 'zebul'")
        assert cursor.fetchone() == (0,)
    changed = AuditEntry.objects.filter(subject="identity_person", act="update").get()
    assert (changed.subject_id, changed.after) == (patient.pk, ["birth_year", "name"])
