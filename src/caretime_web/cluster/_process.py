"""What the process table says of a server that may be gone."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PROC = Path("/proc")


def postmaster_pid(data: Path) -> int | None:
    """Return the process that a data folder names as its server, alive or not."""
    try:
        first = (data / "postmaster.pid").read_text().splitlines()[0]
        return abs(int(first))
    except (OSError, ValueError, IndexError):
        return None


def is_alive(pid: int) -> bool:
    """
    Say whether a process runs.

    A dead one whose parent has not yet taken note, a zombie, does not; ``kill -0``
    calls it alive.
    """
    return _state(pid) not in ("", "Z", "X")


def serves(pid: int, data: Path) -> bool:
    """
    Say whether a process is the living server of a data folder.

    A number alone proves nothing: it may have been given to another program.
    """
    if not is_alive(pid):
        return False
    if (_PROC / "self").exists():
        try:
            return (_PROC / str(pid) / "cwd").readlink() == data.resolve()
        except PermissionError:
            return True
        except OSError:
            return False
    return str(data) in _listed(pid, "command=").split()


def _state(pid: int) -> str:
    """Return the letter of a process's state, or nothing where there is none."""
    if not (_PROC / "self").exists():
        return _listed(pid, "stat=")[:1]
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def _listed(pid: int, column: str) -> str:
    command = ["ps", "-p", str(pid), "-o", column]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()
