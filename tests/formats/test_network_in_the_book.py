"""Visits with somebody of the network in the book of a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from caretime.formats import check_folder, write_system
from formats.small import small_system


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder whose first visit is with a therapist of the network."""
    system = small_system()
    first, *rest = system.appointments
    with_network = replace(first, clinician_id=system.network[0].therapist_id)
    book = (with_network, *rest)
    write_system(replace(system, appointments=book), tmp_path / "a")
    return tmp_path / "a"


def told(path: Path) -> list[str]:
    return [str(problem) for problem in check_folder(path)]


def test_a_visit_may_be_with_somebody_of_the_network(folder):
    assert ",N-1," in (folder / "appointments.csv").read_text()
    assert told(folder) == []


def test_without_the_network_nobody_knows_who_that_is(folder):
    (folder / "network.csv").unlink()

    assert told(folder) == [
        "appointments.csv:2 clinician_id: 'N-1' stands nowhere in clinicians.csv"
    ]


def test_a_network_that_cannot_be_read_makes_nobody_unknown(folder):
    path = folder / "network.csv"
    path.write_text(path.read_text().replace(",", ";"))

    found = told(folder)

    assert len(found) == 1
    assert found[0].startswith("network.csv:1")


def test_a_therapist_with_the_id_of_a_clinician(folder):
    path = folder / "network.csv"
    path.write_text(path.read_text().replace("N-1", "C-1"))

    assert "network.csv:2 therapist_id: C-1 is the id of a clinician as well" in told(
        folder
    )
