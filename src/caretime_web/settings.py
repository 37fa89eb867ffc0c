"""
Settings of the desk, from the environment.

``CARETIME_ENV``
    ``production`` (what holds if nothing is said) or ``development``.
``DATABASE_URL``
    Address of a server; without it, our own in ``CARETIME_HOME``.
``CARETIME_HOSTS``
    Names under which the desk is reached, commas between.
``CARETIME_SECRET_KEY``
    Signs sessions; without it, a random one that is kept in ``CARETIME_HOME``.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from caretime_web.cluster import Address, Cluster, address_of_url, default_home

ENVIRONMENT = os.environ.get("CARETIME_ENV", "production")
if ENVIRONMENT not in ("production", "development"):
    raise ImproperlyConfigured(
        f"CARETIME_ENV is {ENVIRONMENT!r}, expected production or development"
    )
PRODUCTION = ENVIRONMENT == "production"
DEBUG = False
"""Never on: Django's page of an error shows values that may be a person's."""


def _secret_key() -> str:
    if named := os.environ.get("CARETIME_SECRET_KEY"):
        return named
    path = default_home() / "secret-key"
    try:
        return path.read_text()
    except OSError:
        pass  # Not there yet, or no place for it: what follows tells which.
    made = secrets.token_urlsafe(64)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text()
    except OSError:
        # Nowhere to keep it: whoever signs in must do so again after a restart.
        return made
    with os.fdopen(handle, "w") as file:
        file.write(made)
    return made


def _database() -> dict[str, Any]:
    if url := os.environ.get("DATABASE_URL"):
        address = address_of_url(url)
    elif default_home().exists():
        address = Cluster(default_home()).address()
    else:
        address = Address(str(default_home() / "socket"), 5432, "caretime", "", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": address.host,
        "PORT": str(address.port),
        "NAME": address.database,
        "USER": address.user,
        "PASSWORD": address.password,
        "OPTIONS": dict(address.options),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [
    host
    for host in os.environ.get("CARETIME_HOSTS", "localhost,127.0.0.1").split(",")
    if host
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "caretime_web.data",
]
AUTH_USER_MODEL = "desk.User"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 8 * 60 * 60
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
