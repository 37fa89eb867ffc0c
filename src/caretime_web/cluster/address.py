"""Where a database answers, and as whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from caretime_web.cluster.errors import ClusterError

_SCHEMES = ("postgres", "postgresql")


@dataclass(frozen=True, slots=True)
class Address:
    """
    One database, one role.

    ``host`` is the folder of a Unix socket, or a machine. ``options`` are those
    of libpq, for instance ``sslmode``. The password shows in no representation.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    def parameters(self) -> dict[str, str | int]:
        """Return what ``psycopg.connect`` takes as keywords."""
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            **self.options,
        }


def address_of_url(url: str) -> Address:
    """
    Read a database address such as ``postgresql://user:secret@host:5432/name``.

    Parameters
    ----------
    url
        Signs with a meaning of their own are escaped as ``%40``; the folder of a
        socket stands in ``?host=``. Other words after ``?`` are libpq's options.

    Raises
    ------
    ClusterError
        If it is none; the message never repeats the address, which holds a secret.

    Examples
    --------
    >>> address = address_of_url("postgresql://desk:s%40crt@db.example:6432/care")
    >>> address.host, address.port, address.database, address.password
    ('db.example', 6432, 'care', 's@crt')
    >>> address_of_url("postgres:///care?host=%2Frun%2Fpg&user=desk").host
    '/run/pg'
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError:
        port = -1
    database = unquote(parts.path.lstrip("/"))
    if parts.scheme not in _SCHEMES or port == -1 or not database:
        raise ClusterError(
            "DATABASE_URL",
            "expected postgresql://user:password@host:port/database",
            "escape signs such as @ and / in the password as %40 and %2F",
        )
    return Address(
        host=options.pop("host", "") or unquote(parts.hostname or "localhost"),
        port=int(options.pop("port", 0)) or port or 5432,
        database=database,
        user=options.pop("user", "") or unquote(parts.username or ""),
        password=options.pop("password", "") or unquote(parts.password or ""),
        options=options,
    )
