"""The verb new: another first day, and incidents on request."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from caretime.cli import ExitCode, main
from caretime.formats import read_system


def new(folder: Path, *options: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(["new", str(folder), *options])
    return int(caught.value.code or 0)


def test_a_system_begins_when_told_and_holds_incidents(tmp_path):
    folder = tmp_path / "clinic"

    code = new(folder, "--first-day", "2024-10-21", "--incidents")

    system = read_system(folder)
    assert code == ExitCode.DONE
    assert system.first_day == date(2024, 10, 21)
    assert [one.incident_id for one in system.incidents] == ["half-away", "one-ill"]


def test_a_system_has_no_incidents_unasked(tmp_path):
    assert new(tmp_path / "clinic") == ExitCode.DONE

    assert not (tmp_path / "clinic" / "incidents").exists()


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2024-10-22", "is a Tuesday, expected a Monday such as 2024-10-21"),
        ("soon", 'unable to convert "soon" into date'),
    ],
)
def test_a_first_day_that_is_none_is_told(tmp_path, capsys, day, told):
    code = new(tmp_path / "clinic", "--first-day", day)

    assert code == ExitCode.USAGE
    assert told in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "clinic").exists()
