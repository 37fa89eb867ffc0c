"""The database, up and with its tables as this version wants them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from caretime_web.cluster import Cluster, ClusterError, default_home


@contextmanager
def open_desk() -> Iterator[None]:
    """
    Have Django and the database ready inside the block.

    The server of ``DATABASE_URL`` where that is set, else our own, which is started
    where it is not up and stopped by the last who leaves. Tables are brought to
    this version first.

    Raises
    ------
    ClusterError
        If there is no server and none can be started.
    """
    if os.environ.get("DATABASE_URL"):
        _migrate()
        yield
        return
    with Cluster(default_home()).running():
        _migrate()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def _migrate() -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caretime_web.settings")
    django.setup()
    from django.db import connection
    from django.db.utils import OperationalError

    try:
        connection.ensure_connection()
    except OperationalError as error:
        settings = connection.settings_dict
        raise ClusterError(
            "DATABASE_URL" if os.environ.get("DATABASE_URL") else default_home(),
            f"no server answers for {settings['USER']} on {settings['HOST']}: "
            + str(error).strip().splitlines()[-1],
        ) from error
    call_command("migrate", interactive=False, verbosity=0)
