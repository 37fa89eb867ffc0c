"""Settings that the framework's own checks find nothing wrong with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import call_command


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_production_settings_pass_the_checks_of_a_deployment():
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"), CARETIME_ENV="production"
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_an_unknown_environment_is_refused():
    done = manage("check", CARETIME_ENV="staging")

    assert done.returncode != 0
    assert "expected production or development" in done.stderr


@pytest.mark.parametrize("environment", ["production", "development"])
def test_an_error_page_never_shows_values(environment):
    done = manage("diffsettings", "--all", CARETIME_ENV=environment)

    assert "### DEBUG = False" in done.stdout or "DEBUG = False" in done.stdout


def test_the_address_of_a_server_wins(tmp_path):
    done = manage(
        "diffsettings", DATABASE_URL="postgresql://desk:s%40fe@db.example/care"
    )

    assert "'HOST': 'db.example'" in done.stdout


def test_the_signing_key_is_made_once_and_kept_from_others(tmp_path):
    environment = {"CARETIME_HOME": str(tmp_path), "CARETIME_ENV": "production"}
    assert manage("check", **environment).returncode == 0
    made = (tmp_path / "secret-key").read_text()

    assert manage("check", **environment).returncode == 0

    assert (tmp_path / "secret-key").read_text() == made
    assert len(made) >= 64
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_the_tables_are_as_the_last_migration_left_them(desk):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
