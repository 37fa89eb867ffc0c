"""Whatever the bytes, the answer is a list of problems and never a crash."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caretime.errors import InputError
from caretime.formats import inspect_folder, read_system, write_system
from formats.small import small_system

PIECES = [b"", b"\0", b'"', b",", b";", b"\n", b"\r", b"\t", b"\xff", b"{", b"- "]
PIECES += [b": ", b"&a", b"*a", b"-1", b"1e400", b"nan", b"0x1F", b"9" * 30]
PIECES += ["９".encode(), "\u2028".encode(), b"2024-10-21", b"P-1", b"\xef\xbb\xbf"]

FILES = [
    "system.yaml",
    "clinics.csv",
    "clinicians.csv",
    "patients.csv",
    "appointments.csv",
    "groups.csv",
    "demand.csv",
    "assumptions.csv",
    "absences.csv",
    "incidents/walkout.yaml",
    "contracts/terms-now.yaml",
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("garbage")
    write_system(small_system(), folder / "a")
    write_system(small_system(), folder / "a.xlsx")
    return folder


def judged(path: Path) -> None:
    """Check that a system is read if, and only if, no problem was found."""
    found = inspect_folder(path)
    if found.problems:
        assert found.system is None
        with pytest.raises(InputError):
            read_system(path)
    else:
        assert found.system is not None


@given(
    name=st.sampled_from(FILES),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 6), st.sampled_from(PIECES)),
        min_size=1,
        max_size=3,
    ),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.filterwarnings("ignore::caretime.errors.AssumptionWarning")
def test_any_edit_of_any_file_is_answered(sound, tmp_path, name, edits):
    folder = tmp_path / "a"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound / "a", folder)
    data = (folder / name).read_bytes()
    for place, length, piece in edits:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    (folder / name).write_bytes(data)

    judged(folder)


@given(cut=st.floats(0, 1), flips=st.lists(st.floats(0, 1), max_size=3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.filterwarnings("ignore::caretime.errors.AssumptionWarning")
def test_any_damage_to_a_workbook_is_answered(sound, tmp_path, cut, flips):
    data = bytearray((sound / "a.xlsx").read_bytes())
    for place in flips:
        data[int(place * (len(data) - 1))] ^= 0x5A
    if not flips:
        del data[int(cut * len(data)) :]
    (tmp_path / "a.xlsx").write_bytes(data)

    judged(tmp_path / "a.xlsx")
