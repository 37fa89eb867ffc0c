"""Who the server runs as: PostgreSQL refuses to be root."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

from caretime_web.cluster.errors import ClusterError

NAME = "caretime-pg"


@dataclass(frozen=True, slots=True)
class Account:
    """
    The system user that owns the data and runs the programs.

    ``drops`` says that we are root and step down to it for every program.
    """

    uid: int
    gid: int
    drops: bool

    def steps_down(self) -> dict[str, Any]:
        """Return the keywords with which ``subprocess`` runs as this user."""
        if not self.drops:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder that we made to this user."""
        if self.drops:
            os.chown(path, self.uid, self.gid)

    def blocked_at(self, path: Path) -> Path | None:
        """Return the outermost folder above a path that this user may not cross."""
        if not self.drops:
            return None
        for folder in reversed(path.absolute().parents):
            entry = folder.stat()
            bit = stat.S_IXUSR if entry.st_uid == self.uid else stat.S_IXOTH
            if not entry.st_mode & bit:
                return folder
        return None


def server_account() -> Account:
    """
    Return who the server runs as: us, or as root the user ``caretime-pg``.

    As root the user is made where there is none: without a password, a shell or
    a home.

    Raises
    ------
    ClusterError
        If it cannot be made.
    """
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid(), drops=False)
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _made()
    return Account(entry.pw_uid, entry.pw_gid, drops=True)


def _made() -> pwd.struct_passwd:
    program = which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is not None:
        command = [program, "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            return pwd.getpwnam(NAME)
        except KeyError:
            reason = done.stderr.strip() or f"useradd ended with {done.returncode}"
    else:
        reason = "there is no useradd"
    raise ClusterError(
        NAME,
        f"PostgreSQL does not run as root, and a user for it cannot be made: {reason}",
        f"make a system user {NAME}, or start Caretime as an ordinary user",
    )
