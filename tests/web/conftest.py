"""A real server for the tests, and a database of its own for each of them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from caretime.formats import system_hash
from caretime.model.system import CareSystem
from caretime.simulation import make_system
from caretime_web.cluster import Cluster


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that the server's user may enter, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="caretime-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="session")
def made(open_folder: Path) -> Path:
    """A stopped server's folder: to copy one is quicker than to make one."""
    cluster = Cluster(open_folder / "made")
    cluster.start()
    cluster.stop()
    return cluster.home


@pytest.fixture(scope="session")
def cluster_at(open_folder: Path, made: Path) -> Callable[[str], Cluster]:
    """Return the server of a new folder with the name given; not started."""

    def copied(name: str) -> Cluster:
        subprocess.run(["cp", "-a", made, open_folder / name], check=True)
        return Cluster(open_folder / name)

    return copied


@pytest.fixture(scope="session")
def cluster(cluster_at: Callable[[str], Cluster]) -> Iterator[Cluster]:
    """One server for all the tests of a process."""
    with cluster_at("shared").running() as running:
        # Nothing here outlives the tests: no waiting for the disk.
        as_administrator(running, "ALTER SYSTEM SET fsync = off")
        as_administrator(running, "ALTER SYSTEM SET full_page_writes = off")
        as_administrator(running, "SELECT pg_reload_conf()")
        yield running


def point_django_at(cluster: Cluster, database: str) -> None:
    address = cluster.address()
    connections.close_all()
    connections["default"].settings_dict.update(
        HOST=address.host,
        PORT=str(address.port),
        NAME=database,
        USER=address.user,
        PASSWORD=address.password,
    )


def as_administrator(cluster: Cluster, statement: str) -> None:
    parameters = cluster.address("postgres").parameters()
    with psycopg.connect(**parameters, autocommit=True) as link:
        link.execute(statement)


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of a database with all tables and no row, to be cloned."""
    as_administrator(cluster, "CREATE DATABASE migrated OWNER caretime")
    point_django_at(cluster, "migrated")
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    return "migrated"


_numbers = count(1)


@contextmanager
def clone(cluster: Cluster, template: str) -> Iterator[str]:
    """Point Django at a copy of a database; dropped at the end."""
    name = f"desk_{next(_numbers)}"
    as_administrator(cluster, f"CREATE DATABASE {name} TEMPLATE {template}")
    as_administrator(cluster, f"ALTER DATABASE {name} OWNER TO caretime")
    point_django_at(cluster, name)
    yield name
    connections.close_all()
    as_administrator(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def desk(cluster: Cluster, migrated: str) -> Iterator[str]:
    """An empty database that Django is connected to."""
    with clone(cluster, migrated) as name:
        yield name


@pytest.fixture(scope="session")
def loaded(cluster: Cluster, migrated: str, eight: CareSystem) -> str:
    """The name of a database with the clinic of eight in it, to be cloned."""
    from caretime_web.actions.load import load_system

    as_administrator(cluster, f"CREATE DATABASE loaded TEMPLATE {migrated}")
    as_administrator(cluster, "ALTER DATABASE loaded OWNER TO caretime")
    point_django_at(cluster, "loaded")
    load_system(
        eight,
        written={},
        commit=True,
        replace=False,
        now=datetime(2026, 3, 2, 17, 0, tzinfo=UTC),
        by="job:load",
    )
    connections.close_all()
    return "loaded"


@pytest.fixture
def loaded_desk(cluster: Cluster, loaded: str) -> Iterator[str]:
    """A database with the clinic of eight, that Django is connected to."""
    with clone(cluster, loaded) as name:
        yield name


@pytest.fixture(scope="session")
def eight() -> CareSystem:
    """The clinic of eight, with incidents, as if read from its folder."""
    system = make_system("clinic-of-eight", seed=1, incidents=True)
    return replace(system, inputs_hash=system_hash(system))
