"""A server that is made, started, left behind, found and stopped."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from caretime_web.cluster import Cluster, ClusterError, Programs, find_programs
from caretime_web.cluster._process import postmaster_pid, serves


@pytest.fixture(scope="module")
def own(cluster_at):
    """A server that these tests may start, stop and kill."""
    cluster = cluster_at("own")
    cluster.start()
    yield cluster
    cluster.stop()


def ask(cluster: Cluster, question: str, role: str = "caretime") -> object:
    with psycopg.connect(**cluster.address(role).parameters()) as link:
        row = link.execute(question).fetchone()
    assert row is not None
    return row[0]


def wait_until(claim) -> None:
    end = monotonic() + 20
    while not claim():
        assert monotonic() < end
        sleep(0.02)


def test_the_owner_of_the_tables_is_no_superuser(cluster):
    rights = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"

    assert ask(cluster, rights) is False
    assert ask(cluster, rights, "caretime_planner") is False


def test_it_checks_its_pages_and_listens_on_no_network(cluster):
    assert ask(cluster, "SHOW data_checksums") == "on"
    assert ask(cluster, "SHOW listen_addresses") == ""


def test_a_wrong_password_is_refused(cluster):
    right = cluster.address().parameters()

    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        psycopg.connect(**right | {"password": "guess"})


def test_passwords_are_readable_by_us_alone_and_show_in_no_text(cluster):
    address = cluster.address()
    kept = cluster.home / "passwords.json"

    assert kept.stat().st_mode & 0o777 == 0o600
    assert address.password in kept.read_text()
    assert address.password not in repr(address)


@pytest.mark.skipif(os.getuid() != 0, reason="only root steps down")
def test_as_root_the_server_runs_as_a_user_of_its_own(cluster):
    pid = postmaster_pid(cluster.data)

    assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert cluster.data.stat().st_uid == Path(f"/proc/{pid}").stat().st_uid
    assert cluster.data.stat().st_mode & 0o077 == 0


def test_starting_again_finds_it_up(own):
    before = postmaster_pid(own.data)

    own.start()

    assert postmaster_pid(own.data) == before


def test_stopping_twice_is_stopping_once(own):
    own.stop()
    own.stop()

    assert not own.is_up()
    own.start()
    assert own.is_up()


def test_what_was_committed_survives_a_killed_server(own):
    with psycopg.connect(**own.address().parameters()) as link:
        link.execute("CREATE TABLE kept AS SELECT 7 AS number")
    pid = postmaster_pid(own.data)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not own.is_up())

    own.start()

    assert ask(own, "SELECT number FROM kept") == 7
    assert postmaster_pid(own.data) != pid


def test_a_lock_file_with_the_number_of_another_program_stops_nobody(own):
    locks = (
        own.data / "postmaster.pid",
        own.home / "socket" / ".s.PGSQL.5432.lock",
    )
    pid = postmaster_pid(own.data)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not serves(pid, own.data))
    stranger = os.getpid()
    for lock in locks:
        lock.write_text(lock.read_text().replace(str(pid), str(stranger), 1))

    own.start()

    assert own.is_up()
    assert not serves(stranger, own.data)


HOLD = """
import sys
from pathlib import Path
from caretime_web.cluster import Cluster
with Cluster(Path(sys.argv[1])).running():
    print("up", flush=True)
    sys.stdin.readline()
"""


def holder(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_starts_at_once_make_one_server_and_the_last_to_leave_stops_it(
    cluster_at,
):
    home = cluster_at("twice").home
    first, second = holder(home), holder(home)

    assert first.stdout.readline() == second.stdout.readline() == "up\n"
    first.communicate("leave\n", timeout=60)
    assert Cluster(home).is_up()
    second.communicate("leave\n", timeout=60)

    assert first.returncode == second.returncode == 0
    assert not Cluster(home).is_up()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_an_ordinary_user_runs_a_server_as_oneself(open_folder):
    nobody = pwd.getpwnam("nobody")
    home = open_folder / "nobody"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    # Stepping down after the imports: nobody may not read where Python stands.
    step_down = (
        "import os\nfrom caretime_web.cluster import Cluster\nos.setgroups([])\n"
        f"os.setgid({nobody.pw_gid})\nos.setuid({nobody.pw_uid})\n"
    )

    process = subprocess.run(
        [sys.executable, "-c", step_down + HOLD, str(home)],
        input="leave\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.stdout == "up\n", process.stderr
    assert {path.stat().st_uid for path in home.iterdir()} == {nobody.pw_uid}
    assert postmaster_pid(home / "data") is None


def test_a_killed_program_leaves_a_server_that_the_next_takes_over(cluster_at):
    home = cluster_at("left").home
    killed = holder(home)
    assert killed.stdout.readline() == "up\n"

    killed.kill()
    killed.communicate()
    left = postmaster_pid(home / "data")

    assert Cluster(home).is_up()
    with Cluster(home).running():
        assert postmaster_pid(home / "data") == left
    assert not Cluster(home).is_up()


def test_data_of_a_newer_version_are_left_alone(open_folder):
    home = open_folder / "newer"
    (home / "data").mkdir(parents=True)
    (home / "data" / "PG_VERSION").write_text("99\n")

    with pytest.raises(ClusterError, match="made by PostgreSQL 99; this machine has"):
        Cluster(home).start()

    assert [file.name for file in (home / "data").iterdir()] == ["PG_VERSION"]


def test_data_are_run_by_the_programs_that_made_them(open_folder):
    home = open_folder / "older"
    (home / "data").mkdir(parents=True)
    known = find_programs()
    (home / "data" / "PG_VERSION").write_text(f"{known[-1].major}\n")

    assert Cluster(home)._programs() == known[-1]


def test_a_folder_that_cannot_be_made_is_told(open_folder):
    (open_folder / "file").touch()

    with pytest.raises(ClusterError, match="cannot be kept here: Not a directory"):
        Cluster(open_folder / "file" / "home").start()


@pytest.mark.skipif(os.getuid() != 0, reason="only root steps down")
def test_root_is_told_where_the_servers_user_may_not_enter(open_folder):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(ClusterError, match=r"may not enter .*closed"):
        Cluster(closed / "home").start()

    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_told_and_leaves_nothing_half_made(open_folder):
    small = open_folder / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=711", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be made here")

    try:
        with pytest.raises(ClusterError, match=r"the disk has . MB left"):
            Cluster(small / "home").start()
        left = sorted(file.name for file in (small / "home").iterdir())
    finally:
        subprocess.run(["umount", str(small)], check=True)

    assert left == ["lock", "passwords.json"]


def test_a_server_that_does_not_come_up_says_its_last_words(cluster_at):
    cluster = cluster_at("broken")
    (cluster.data / "global" / "pg_control").unlink()

    with pytest.raises(ClusterError, match=r"the server ended: .*pg_control"):
        cluster.start()


def test_a_path_too_long_for_a_socket_works_all_the_same(cluster_at):
    cluster = cluster_at("long" * 25)

    with cluster.running():
        folder = Path(cluster.address().host)
        assert folder.stat().st_mode & 0o777 == 0o700

    assert not folder.is_relative_to(cluster.home)
    folder.rmdir()


def test_programs_named_but_not_there_are_told(monkeypatch, tmp_path):
    monkeypatch.setenv("CARETIME_POSTGRES", str(tmp_path))

    with pytest.raises(ClusterError, match="does not hold PostgreSQL"):
        find_programs()


def test_the_number_of_a_data_folder_is_the_first_of_the_version():
    assert Programs(Path("bin"), "18.6", "wheel").major == 18
