"""A new data folder, its roles and its database."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from tempfile import NamedTemporaryFile

import psycopg
from psycopg import sql

from caretime_web.cluster.account import Account
from caretime_web.cluster.address import Address
from caretime_web.cluster.errors import ClusterError
from caretime_web.cluster.programs import Programs

SUPERUSER, OWNER, PLANNER = "postgres", "caretime", "caretime_planner"
DATABASE = "caretime"
FREE_BYTES = 300_000_000
"""A new data folder has 40 MB; a region with its log of changes ten times that."""


def make_passwords(path: Path) -> dict[str, str]:
    """Return the passwords of our roles; made once, readable by us alone."""
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text())
        return known
    made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, PLANNER)}
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump(made, file)
    new.replace(path)
    return made


def make_data(home: Path, programs: Programs, account: Account, password: str) -> None:
    """
    Make the data folder, whole or not at all.

    Raises
    ------
    ClusterError
        If the disk is full or the programs refuse.
    """
    free = shutil.disk_usage(home).free
    if free < FREE_BYTES:
        raise ClusterError(
            home,
            f"the disk has {free // 1_000_000:,} MB left; a database needs "
            f"{FREE_BYTES // 1_000_000:,} MB to begin with",
        )
    new = home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    account.own(new)
    with NamedTemporaryFile("w", dir=home, prefix="first-") as file:
        file.write(password)
        file.flush()
        account.own(Path(file.name))
        done = subprocess.run(
            [
                *(programs.path("initdb"), "-D", str(new), "-U", SUPERUSER),
                *("--pwfile", file.name, "--data-checksums", "--encoding=UTF8"),
                *("--auth-local=scram-sha-256", "--auth-host=reject"),
                *_locale(programs.major),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=home,
            **account.steps_down(),
        )
    if done.returncode:
        shutil.rmtree(new, ignore_errors=True)
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        faults = [line for line in said if "error:" in line or "FATAL" in line]
        reason = (faults or said or ["it did not say why"])[0]
        raise ClusterError(home, f"the database cannot be made: {reason}")
    new.rename(home / "data")


def _locale(major: int) -> list[str]:
    """Return how texts are ordered: by code point, the same on every machine."""
    if major >= 18:
        provider = ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
    elif major == 17:
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        return ["--locale=C.UTF-8"]
    return [*provider, "--locale=C"]


def make_roles(superuser: Address, passwords: dict[str, str]) -> None:
    """
    Make the two roles and the database where they are missing; again does nothing.

    The owner of the database is no superuser. It may make roles and databases:
    tests and restored backups need both.
    """
    with psycopg.connect(**superuser.parameters(), autocommit=True) as link:  # type: ignore[arg-type]
        for role, rights in ((OWNER, "CREATEDB CREATEROLE"), (PLANNER, "")):
            known = link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if known.fetchone() else "CREATE"
            link.execute(
                sql.SQL(f"{verb} ROLE {{}} LOGIN {rights} PASSWORD {{}}").format(
                    sql.Identifier(role), sql.Literal(passwords[role])
                )
            )
        known = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not known.fetchone():
            link.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
