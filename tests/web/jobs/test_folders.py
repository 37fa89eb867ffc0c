"""``caretime load`` and ``dump`` as a person runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from urllib.parse import urlencode

import pytest

from caretime.formats import read_system, write_system
from caretime_web.data.care import Patient


@pytest.fixture(scope="module")
def home(cluster_at):
    """A server of its own, held up so that each command finds it."""
    with cluster_at("verbs").running() as cluster:
        yield cluster.home


@pytest.fixture(scope="module")
def folder(eight, tmp_path_factory):
    path = tmp_path_factory.mktemp("verbs") / "eight"
    write_system(eight, path)
    contract = path / "contracts" / f"{eight.contract_in_force}.yaml"
    contract.write_text("# Signed on a Tuesday.\n" + contract.read_text())
    return path


@pytest.fixture
def caretime(home):
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "caretime", *map(str, arguments)],
            env=os.environ | {"CARETIME_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_folder_goes_in_and_comes_out_with_comments_and_all(
    caretime, folder, tmp_path
):
    assert caretime("dump", tmp_path / "none").returncode == 2

    previewed = caretime("load", folder, "--preview", "--json")
    loaded = caretime("load", folder, "--json")
    dumped = caretime("dump", tmp_path / "out", "--json")

    assert previewed.returncode == loaded.returncode == dumped.returncode == 0
    assert not json.loads(previewed.stdout)["committed"]
    assert json.loads(loaded.stdout)["committed"]
    fingerprint = read_system(folder).inputs_hash
    assert json.loads(dumped.stdout)["fingerprint"] == fingerprint
    assert read_system(tmp_path / "out").inputs_hash == fingerprint
    for path in (folder / "contracts").iterdir():
        again = tmp_path / "out" / "contracts" / path.name
        assert again.read_text() == path.read_text()


def test_a_second_load_is_a_difference_and_asks_before_it_loses_rows(
    caretime, folder, tmp_path
):
    caretime("load", folder)
    shutil.copytree(folder, tmp_path / "fewer")
    visits = tmp_path / "fewer" / "appointments.csv"
    visits.write_text("".join(visits.read_text().splitlines(True)[:-1]))

    again = caretime("load", folder)
    refused = caretime("load", tmp_path / "fewer")
    replaced = caretime("load", tmp_path / "fewer", "--replace")

    assert "just this already" in again.stdout
    assert refused.returncode == 2
    assert "nothing was written: 1 rows" in refused.stderr.replace("\n", " ")
    assert replaced.returncode == 0


def test_weeks_go_in_and_come_out(caretime, folder, eight, tmp_path):
    who, place = eight.clinicians[0].clinician_id, eight.clinics[0].clinic_id
    weeks = (
        "clinician_id,weekday,start,end,activity,place\n"
        f"{who},Mon,08:00,09:00,return,{place}\n"
        f"{who},Tue,08:00,09:00,intake,telehealth\n"
    )
    (tmp_path / "weeks.csv").write_text(weeks)

    for _ in range(2):
        loaded = caretime(
            "load", folder, "--replace", "--roster", tmp_path / "weeks.csv"
        )
        assert loaded.returncode == 0, loaded.stderr
    dumped = caretime("dump", tmp_path / "out", "--roster", tmp_path / "again.csv")

    assert dumped.returncode == 0, dumped.stderr
    assert (tmp_path / "again.csv").read_text() == weeks


def test_a_folder_with_problems_never_reaches_the_database(caretime, folder, tmp_path):
    (tmp_path / "bad").mkdir()

    refused = caretime("load", tmp_path / "bad")

    assert refused.returncode == 3
    assert "clinicians.csv: the file is missing" in refused.stderr


def test_the_server_of_an_address_is_used_and_no_other_started(cluster, desk, folder):
    address = cluster.address()
    query = urlencode(
        {"host": address.host, "user": address.user, "password": address.password}
    )

    done = subprocess.run(
        [sys.executable, "-m", "caretime", "load", str(folder), "--json"],
        env=os.environ | {"DATABASE_URL": f"postgresql:///{desk}?{query}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["committed"]
    assert Patient.objects.exists()


def test_an_address_where_nobody_answers_is_told_without_its_secret(folder, tmp_path):
    url = f"postgresql:///care?host={tmp_path}&user=desk&password=topsecret"

    done = subprocess.run(
        [sys.executable, "-m", "caretime", "load", str(folder)],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert "no server answers" in done.stderr
    assert "topsecret" not in done.stderr + done.stdout


def test_help_of_the_desks_verbs_loads_no_web():
    code = (
        "import sys\nfrom caretime.cli import main\n"
        "try:\n    main(['load', '--help'])\n"
        "except SystemExit:\n    pass\n"
        "print([m for m in ('django', 'psycopg', 'caretime_web') if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
