"""One server in one folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psycopg

from caretime_web.cluster._making import (
    DATABASE,
    OWNER,
    SUPERUSER,
    make_data,
    make_passwords,
    make_roles,
)
from caretime_web.cluster._process import is_alive, postmaster_pid, serves
from caretime_web.cluster.account import server_account
from caretime_web.cluster.address import Address
from caretime_web.cluster.errors import ClusterError
from caretime_web.cluster.programs import Programs, find_programs

_PORT = 5432
_START_SECONDS = 60.0
_LONGEST_SOCKET = 100
"""Signs in the path of a socket; systems allow 103 to 107."""

_IN_BACKGROUND = '"$@" >&2 & echo $!'

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_wal_size": "2GB",
    "maintenance_work_mem": "256MB",
    "jit": "off",
    # What people typed must not stand in a log: no statements, no detail lines.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def default_home() -> Path:
    """
    Return where the database lives if nobody says otherwise.

    ``CARETIME_HOME`` where set; as root ``/var/lib/caretime``; else the folder
    ``caretime`` where the user's programs keep their data.
    """
    if named := os.environ.get("CARETIME_HOME"):
        return Path(named).absolute()
    if os.getuid() == 0:
        return Path("/var/lib/caretime")
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser().absolute() / "caretime"


class Cluster:
    """
    A PostgreSQL server that lives in one folder.

    It listens on a Unix socket only, wants a password from everybody (random,
    in a file that we alone can read) and checks its pages. As root its programs
    run as the user ``caretime-pg``.

    Parameters
    ----------
    home
        The folder. Made where there is none; nothing outside it is changed.
    programs
        What to run. Where not given: what fits the data that stands there, else
        the first choice of ``find_programs``.

    Examples
    --------
    ::

        with Cluster(default_home()).running() as cluster:
            psycopg.connect(**cluster.address().parameters())
    """

    def __init__(self, home: Path | str, programs: Programs | None = None) -> None:
        self.home = Path(home).absolute()
        self._given = programs

    @property
    def data(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.home / "data"

    def address(self, role: str = OWNER) -> Address:
        """
        Return where the database answers and as whom.

        ``role`` is ``caretime``, who owns the tables; ``caretime_planner``, who
        cannot read identity; or ``postgres``.
        """
        passwords = make_passwords(self.home / "passwords.json")
        return Address(
            host=str(self._socket_folder()),
            port=_PORT,
            database="postgres" if role == SUPERUSER else DATABASE,
            user=role,
            password=passwords[role],
        )

    def is_up(self) -> bool:
        """Say whether the server answers; only an answer counts, never a process."""
        if not (self.home / "passwords.json").exists():
            return False
        parameters = self.address(SUPERUSER).parameters()
        try:
            psycopg.connect(**parameters, connect_timeout=5).close()  # type: ignore[arg-type]
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        """
        Have the server up inside the block; the last to leave stops it.

        Several programs may stand inside at once. One that was killed counts as
        gone; the server it left behind is taken over by the next.
        """
        users = self._hold()
        try:
            yield self
        finally:
            self._leave(users)

    def start(self) -> None:
        """
        Make the server where there is none, and start it where it is not up.

        Raises
        ------
        ClusterError
            If the folder cannot be used, was made by another version of
            PostgreSQL, or the server does not come up: with its own last words.
        """
        with self._lock():
            self._start()

    def stop(self) -> None:
        """
        Stop the server, open transactions rolled back; nothing if it is not up.

        Raises
        ------
        ClusterError
            If it does not stop within a minute.
        """
        if self.data.exists():
            with self._lock():
                self._stop()

    def _hold(self) -> int:
        with self._lock():
            users = os.open(self.home / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                self._start()
            except BaseException:
                os.close(users)
                raise
        return users

    def _leave(self, users: int) -> None:
        with self._lock():
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._stop()
            finally:
                os.close(users)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one program at a time make, start or stop this server."""
        try:
            self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
            lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ClusterError(
                self.home,
                f"the database cannot be kept here: {error.strerror}",
                "set CARETIME_HOME to a folder that you may write to",
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _start(self) -> None:
        if self.is_up():
            return
        account = server_account()
        if blocked := account.blocked_at(self.data):
            raise ClusterError(
                self.home,
                f"the server's user may not enter {blocked}, which is closed to others",
                "set CARETIME_HOME to a folder such as /var/lib/caretime",
            )
        passwords = make_passwords(self.home / "passwords.json")
        programs = self._reachable(self._programs())
        if not self.data.exists():
            make_data(self.home, programs, account, passwords[SUPERUSER])
        self._launch(programs)
        if not (self.home / "ready").exists():
            make_roles(self.address(SUPERUSER), passwords)
            (self.home / "ready").touch()

    def _programs(self) -> Programs:
        """Return programs that fit the data, which bind to one major version."""
        known = (self._given,) if self._given else find_programs()
        if not self.data.exists():
            return known[0]
        made_by = int((self.data / "PG_VERSION").read_text())
        for programs in known:
            if programs.major == made_by:
                return programs
        have = " and ".join(str(programs.major) for programs in known)
        newer = made_by > max(programs.major for programs in known)
        raise ClusterError(
            self.data,
            f"was made by PostgreSQL {made_by}; this machine has {have}",
            f"install PostgreSQL {made_by}"
            + ("" if newer else ", or restore a backup into a new folder"),
        )

    def _reachable(self, programs: Programs) -> Programs:
        """Return the programs, copied where the server's user cannot enter."""
        if server_account().blocked_at(programs.folder / "postgres") is None:
            return programs
        kept = self.home / "programs" / programs.version
        target = kept / "pginstall"
        if not target.exists():
            new = kept.with_suffix(".new")
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(programs.folder.parent, new / "pginstall", symlinks=True)
            # The wheel keeps the libraries it brings beside the package.
            package = programs.folder.parents[1]
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, kept.parent / libraries.name, symlinks=True)
            new.rename(kept)
        return Programs(target / "bin", programs.version, programs.origin)

    def _socket_folder(self) -> Path:
        folder = self.home / "socket"
        if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") <= _LONGEST_SOCKET:
            return folder
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"caretime-{os.getuid()}-{mark}"

    def _make_socket_folder(self) -> Path:
        account, folder = server_account(), self._socket_folder()
        try:
            folder.mkdir(mode=0o700)
            account.own(folder)
        except FileExistsError:
            entry = folder.lstat()
            if entry.st_uid != account.uid or entry.st_mode & 0o77:
                raise ClusterError(
                    folder, "belongs to somebody else, or others may enter it"
                ) from None
        return folder

    def _launch(self, programs: Programs) -> None:
        """Start the server program and wait until it answers."""
        account, log = server_account(), self.home / "server.log"
        settings = _SETTINGS | {
            "unix_socket_directories": str(self._make_socket_folder())
        }
        command = [programs.path("postgres"), "-D", str(self.data), "-p", str(_PORT)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        stale = postmaster_pid(self.data)
        if stale is not None and not serves(stale, self.data):
            # The number in the file is not a server of ours any more. Told so, the
            # program replaces its lock files itself, after checks of its own.
            environment["PG_GRANDPARENT_PID"] = str(stale)
        # A shell between makes the server nobody's child: it outlives us, and no
        # zombie of it stays with us when it stops.
        shell = ["/bin/sh", "-c", _IN_BACKGROUND, "sh", *command]
        with log.open("wb") as output:
            started = subprocess.run(
                shell,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=output,
                check=True,
                cwd=self.home,
                env=environment,
                start_new_session=True,
                **account.steps_down(),
            )
        self._wait_until_up(int(started.stdout), log)

    def _wait_until_up(self, pid: int, log: Path) -> None:
        end = monotonic() + _START_SECONDS
        while not self.is_up():
            if not is_alive(pid):
                raise ClusterError(self.home, f"the server ended: {_last_words(log)}")
            if monotonic() > end:
                os.kill(pid, signal.SIGINT)
                raise ClusterError(
                    self.home,
                    f"the server did not answer in {_START_SECONDS:.0f} seconds: "
                    + _last_words(log),
                )
            sleep(0.02)

    def _stop(self) -> None:
        pid = postmaster_pid(self.data)
        if pid is None or not serves(pid, self.data):
            return
        programs = self._reachable(self._programs())
        done = subprocess.run(
            [programs.path("pg_ctl"), "stop", "-D", str(self.data), "-m", "fast", "-w"],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            **server_account().steps_down(),
        )
        if done.returncode and serves(pid, self.data):
            raise ClusterError(self.home, f"does not stop: {done.stderr.strip()}")


def _last_words(log: Path) -> str:
    """Return what a server said last that tells why, in one line."""
    lines = log.read_text(errors="replace").splitlines()
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (telling or lines or ["it said nothing"])[-1].strip()
