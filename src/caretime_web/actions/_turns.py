"""Whose turn it is: writers about the same people go one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from zlib import crc32

from django.db import OperationalError, connection

PEOPLE = 724_002
"""First number of the locks on people; the log's chains have 724001."""

TRIES = 5
PASSING = frozenset({"40001", "40P01"})
"""What the database says when two were in each other's way: try again."""

_Answer = TypeVar("_Answer")


def take_turn(*ids: str) -> None:
    """
    Wait until nobody else writes about these people; until the transaction ends.

    The locks are taken in the order of their numbers, so that two who want several
    never wait for each other. Caps are read before a visit is written: without turns
    two visits could each be the last that a cap allows.
    """
    numbers = sorted({crc32(one.encode()) - 2**31 for one in ids})
    with connection.cursor() as cursor:
        # One statement a lock: within one, the order would be the planner's.
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PEOPLE, number])


def in_turn(work: Callable[[], _Answer]) -> _Answer:
    """
    Do a whole transaction, again if the database had to stop it for another.

    Inside a transaction of the caller's it is done once: only the whole could be
    done again.
    """
    tries = 1 if connection.in_atomic_block else TRIES
    for _ in range(tries - 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in PASSING:
                raise
    return work()
