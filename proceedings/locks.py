"""Advisory locks of PostgreSQL, named for what is scarce. `docs/locking.md` has the order."""

from __future__ import annotations

import hashlib

from django.db import connection
from django.db.models import Func, TextField, Value


def lock_number(name: str) -> int:
    """Map a lock's name, such as `contest:12`, to the signed 64-bit number PostgreSQL wants."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _lock(function: str, name: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held until commit: take it inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [lock_number(name)])


def lock_shared(name: str) -> None:
    """Hold `name` together with other sharers until the transaction ends; waits for it."""
    _lock("pg_advisory_xact_lock_shared", name)


def lock_shared_along(name: str) -> Func:
    """The same as a column of a statement that returns one row: no round trip of its own.

    That statement sees the database as it was before the lock was granted. It may read only what
    the lock does not guard; what it guards is read by the next statement.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held until commit: take it inside a transaction.")
    return Func(
        Value(lock_number(name)),
        function="pg_advisory_xact_lock_shared",
        output_field=TextField(),
    )


def lock_exclusive(name: str) -> None:
    """Hold `name` alone until the transaction ends; waits for all others to end."""
    _lock("pg_advisory_xact_lock", name)


def try_lock_exclusive(name: str) -> bool:
    """Hold `name` alone until the transaction ends, or say at once that somebody has it."""
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held until commit: take it inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_number(name)])
        return bool(cursor.fetchone()[0])
