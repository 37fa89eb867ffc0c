"""What is written reads back the same, and gives the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings

from caretime.formats import (
    check_folder,
    read_system,
    system_hash,
    write_system,
)
from caretime.model.assumptions import Assumption
from caretime.model.system import CareSystem
from formats.small import small_system, small_week
from strategies import systems

DRAW = (Phase.explicit, Phase.generate)
"""No shrinking: a system reads from a disk, and shrinking takes minutes."""

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def back(system: CareSystem, name: str) -> CareSystem:
    """Write a system and read it again."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_system(system, path)
        assert check_folder(path) == ()
        return read_system(path)


def content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.mark.filterwarnings("ignore::caretime.errors.AssumptionWarning")
@given(system=systems())
@settings(phases=DRAW)
def test_a_folder_loses_nothing(system):
    found = back(system, "folder")

    assert replace(found, inputs_hash="") == system
    assert found.inputs_hash == system_hash(system)


@pytest.mark.filterwarnings("ignore::caretime.errors.AssumptionWarning")
@given(system=systems())
@settings(max_examples=8, phases=DRAW)
def test_a_workbook_loses_nothing(system):
    found = back(system, "book.xlsx")

    assert replace(found, inputs_hash="") == system
    assert found.inputs_hash == system_hash(system)


def test_the_same_system_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_system(small_system(), tmp_path / name)
        write_system(small_system(), tmp_path / f"{name}.xlsx")

    assert content(tmp_path / "one") == content(tmp_path / "two")
    first, second = (tmp_path / f"{name}.xlsx" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_the_fingerprint_sees_every_change():
    system = small_system()
    first = system.patients[0]
    changes = [
        replace(system, name="Another"),
        replace(system, members=9_001),
        replace(system, notes=()),
        replace(system, patients=system.patients[::-1]),
        replace(
            system, patients=(replace(first, has_email=True), *system.patients[1:])
        ),
        replace(system, absences=()),
        replace(system, incidents=()),
        replace(system, assumptions=system.assumptions.with_value("sick_days", 9)),
        replace(system, standards=system.standards[:-1]),
        replace(
            system,
            contracts={"terms-now": replace(system.contracts["terms-now"], title="T")},
        ),
    ]

    hashes = {system_hash(changed) for changed in (system, *changes)}

    assert len(hashes) == len(changes) + 1


def test_the_fingerprint_overlooks_order_of_columns_spaces_and_line_ends(tmp_path):
    write_system(small_system(), tmp_path / "a")
    file = tmp_path / "a" / "demand.csv"
    before = read_system(tmp_path / "a").inputs_hash

    file.write_bytes(
        b"need,county, language,age_group,dispersion,referrals_per_week\r\n"
        b"therapy,Los Angeles,es ,adult,1.40,3.5\r\n"
        b"\r\n"
        b"therapy,Orange,en,teen,,0.50\r\n"
    )

    assert read_system(tmp_path / "a").inputs_hash == before


def test_a_folder_that_holds_something_is_not_overwritten(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "letter.txt").write_text("mine")

    with pytest.raises(FileExistsError, match="not empty"):
        write_system(small_system(), tmp_path / "a")
    with pytest.raises(FileExistsError, match=r"no part of a system: letter\.txt"):
        write_system(small_system(), tmp_path / "a", overwrite=True)

    assert content(tmp_path) == {"a/letter.txt": b"mine"}


def test_overwriting_replaces_a_system_whole(tmp_path):
    write_system(small_system(), tmp_path / "a")

    write_system(replace(small_system(), incidents=()), tmp_path / "a", overwrite=True)

    assert not (tmp_path / "a" / "incidents").exists()
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("name", ["a", "a.xlsx"])
def test_a_failure_leaves_nothing_behind(tmp_path, name):
    system = small_system()
    naive = replace(system.appointments[0], start=datetime(2024, 10, 21, 9))  # noqa: DTZ001
    system = replace(system, appointments=(naive,))

    with pytest.raises(ValueError, match="no time zone"):
        write_system(system, tmp_path / name)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", [" padded", "", "two\nlines", "nul\0"])
def test_text_that_no_cell_can_hold_is_refused(tmp_path, text):
    system = small_system()
    clinic = replace(system.clinics[0], county=text)

    with pytest.raises(ValueError, match="county"):
        write_system(replace(system, clinics=(clinic,)), tmp_path / "a")


def test_an_item_with_a_semicolon_is_refused(tmp_path):
    system = small_system()
    odd = replace(system.clinicians[0], languages=("en;es",))

    with pytest.raises(ValueError, match="languages"):
        write_system(replace(system, clinicians=(odd,)), tmp_path / "a")


def test_numbers_of_seventeen_digits_survive_a_workbook(tmp_path):
    system = small_system()
    clinic = replace(system.clinics[0], latitude=0.1 + 0.2)

    write_system(replace(system, clinics=(clinic,)), tmp_path / "a.xlsx")

    assert read_system(tmp_path / "a.xlsx").clinics[0].latitude == 0.1 + 0.2


def test_a_value_in_use_is_written_not_the_shipped_one(tmp_path):
    system = small_system()
    changed = system.assumptions.with_value("sick_days", 30)

    write_system(replace(system, assumptions=changed), tmp_path / "a")

    assert read_system(tmp_path / "a").assumptions["sick_days"] == 30


def test_a_row_of_a_folder_stands_in_for_the_shipped_one(tmp_path):
    write_system(small_system(), tmp_path / "a")
    (tmp_path / "a" / "assumptions.csv").write_text(
        "name,value,low,high,unit,holder,source\n"
        "sick_days,11,9,13,days per year,confirmed,our records\n"
        "sick_days,5,5,5,days per year,employer,a letter\n"
    )

    table = read_system(tmp_path / "a").assumptions

    assert table.row("sick_days") == Assumption(
        "sick_days", 11, 9, 13, "days per year", "our records", "confirmed"
    )
    assert table.seen_by("employer")["sick_days"] == 5
    assert table["leave_weeks"] == small_system().assumptions["leave_weeks"]


def test_a_contract_may_be_based_on_one_beside_it(tmp_path):
    write_system(small_system(), tmp_path / "a")
    (tmp_path / "a" / "contracts" / "offer.yaml").write_text(
        "contract: {id: offer, title: O, effective: 2025-01-01, standing: employer,\n"
        "  source: a letter, based_on: terms-now}\n"
        "clauses:\n  - {id: PMT, kind: protected_hours, hours_per_week: 4}\n"
    )

    offer = read_system(tmp_path / "a").contracts["offer"]

    assert offer.effective == date(2025, 1, 1)
    base = [clause.clause_id for clause in small_week()]
    assert [clause.clause_id for clause in offer.clauses] == [*base, "PMT"]
