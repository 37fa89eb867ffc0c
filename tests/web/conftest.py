"""A real server for the tests: DATABASE_URL where set, else one of our own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
        yield running
