"""A desk with messages to send, and where its servers are found."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

# The servers of the channels' own tests serve here too.
sys.path.insert(0, str(Path(__file__).parents[1] / "channels"))

MORNING = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in California."""


@pytest.fixture
def patients(loaded_desk) -> list[str]:
    from caretime_web.data.care import Patient

    return list(Patient.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def reachable() -> Callable[..., None]:
    """Give people addresses: ways in the order in which they would be reached."""
    from caretime_web.data.audit import author
    from caretime_web.data.identity import ContactPoint, Person

    def give(patients: list[str], *ways: str) -> None:
        with author("user:1"):
            Person.objects.bulk_create(
                Person(patient_id=patient, name="Somebody") for patient in patients
            )
            ContactPoint.objects.bulk_create(
                ContactPoint(person_id=p, channel=way, value=place(way, n), rank=rank)
                for n, p in enumerate(patients)
                for rank, way in enumerate(ways)
            )

    return give


def place(way: str, number: int) -> str:
    return {
        "email": f"p{number}@example.org",
        "sms": f"+1213555{number:04d}",
        "letter": f"Somebody\n{number} Main Street\nLos Angeles, CA 90012",
    }[way]


@pytest.fixture
def write() -> Callable[..., None]:
    """Write a message about something to each of some patients."""
    from caretime_web.actions.messages import Telling, write_messages
    from caretime_web.data.audit import author

    def write(patients: list[str], about: str = "A-1", **other: object) -> None:
        with author("user:1"):
            write_messages(
                [
                    Telling(
                        *(patient, "offer", about, "en", "Your visit"),
                        text="Please answer.\nThank you.\n",
                        short="Please answer.",
                        **other,
                    )
                    for patient in patients
                ],
                now=MORNING,
            )

    return write


@pytest.fixture
def database_url(cluster, loaded_desk) -> str:
    address = cluster.address()
    query = urlencode(
        {"host": address.host, "user": address.user, "password": address.password}
    )
    return f"postgresql:///{loaded_desk}?{query}"
