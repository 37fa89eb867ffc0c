"""Planning never sees a name: three locks, each tried."""

from __future__ import annotations

import psycopg
import pytest
from django.apps import apps
from django.db import connections

from caretime_web import bridge
from caretime_web.data.identity import Person

SEEN = ("care_", "site_", "terms_", "plan_")
UNSEEN = ("identity_", "outbox_", "audit_")
DJANGO = ("auth_", "django_")


@pytest.fixture
def planner(cluster, desk):
    parameters = cluster.address("caretime_planner").parameters() | {"dbname": desk}
    with psycopg.connect(**parameters) as link:
        yield link


def refused(link: psycopg.Connection, statement: str) -> bool:
    """Say whether the role may not do this."""
    try:
        link.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    finally:
        link.rollback()
    return False


def tables(starts: tuple[str, ...]) -> list[str]:
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table.startswith(starts)
    )


def test_every_table_says_by_its_name_who_may_read_it():
    known = tables((*SEEN, *UNSEEN, *DJANGO))

    assert known == sorted(
        model._meta.db_table for model in apps.get_models(include_auto_created=True)
    )


def test_the_planners_role_reads_care_and_nothing_else(planner):
    everything = tables((*SEEN, *UNSEEN, *DJANGO))

    open_to_it = [t for t in everything if not refused(planner, f"TABLE {t}")]

    assert open_to_it == tables(SEEN)


def test_the_planners_role_changes_nothing(planner):
    changeable = [
        table
        for table in tables((*SEEN, *UNSEEN, *DJANGO))
        if not refused(planner, f"DELETE FROM {table}")
    ]

    assert changeable == []


def test_the_planners_role_cannot_become_another(planner):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        planner.execute("SET ROLE caretime")


def test_no_chain_of_attributes_leads_from_care_to_a_name():
    reached, ahead = (
        set(),
        [model for model in apps.get_models() if model._meta.db_table.startswith(SEEN)],
    )
    while ahead:
        model = ahead.pop()
        reached.add(model._meta.db_table)
        for field in model._meta.get_fields(include_hidden=False):
            other = field.related_model
            if other is not None and other._meta.db_table not in reached:
                ahead.append(other)

    assert [table for table in sorted(reached) if table.startswith("identity")] == []
    assert not hasattr(Person._meta.get_field("patient").related_model, "person")


def test_an_absence_has_no_column_for_why(desk):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'plan_absence' ORDER BY 1"
        )
        columns = [name for (name,) in cursor.fetchall()]

    assert columns == ["clinician_id", "first_day", "id", "last_day", "position"]


def test_the_planners_role_builds_the_whole_system(cluster, loaded_desk, eight):
    planning = cluster.address("caretime_planner")
    default = connections["default"]
    default.close()
    default.settings_dict.update(USER=planning.user, PASSWORD=planning.password)

    seen = bridge.read_system()

    assert seen is not None
    assert seen.inputs_hash == eight.inputs_hash
