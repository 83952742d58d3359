"""Whether the process lives, and whether the whole can work: for machines that watch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from redis.exceptions import RedisError

from proceedings.selectors import last_heartbeat
from voting.selectors import database_now

if TYPE_CHECKING:
    from django.http import HttpRequest

STALE_HEARTBEAT = 90
"""Seconds after which a silent worker counts as gone (beat asks it every 20 seconds)."""
MOST_SKEW = 2
"""Seconds by which this clock and the database's may differ."""


def process(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer as long as the process can answer anything."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """200 if database, Redis, migrations, clock and worker are well; else 503 with what is not."""
    checks = {"database": _database(), "redis": _redis(), "worker": _worker()}
    checks["migrations"] = _migrations() if checks["database"] == "ok" else "unknown"
    checks["clock"] = _clock() if checks["database"] == "ok" else "unknown"
    well = all(value == "ok" for value in checks.values())
    return JsonResponse(checks, status=200 if well else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _redis() -> str:
    try:
        cache.set("readyz", 1, timeout=10)
        return "ok" if cache.get("readyz") == 1 else "forgets"
    except (RedisError, OSError):
        return "unreachable"


def _worker() -> str:
    try:
        beat = last_heartbeat()
    except (RedisError, OSError):
        return "unknown"
    if beat is None:
        return "never seen"
    return "ok" if time.time() - beat < STALE_HEARTBEAT else "silent"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    return "pending" if executor.migration_plan(targets) else "ok"


def _clock() -> str:
    return "ok" if abs(database_now().timestamp() - time.time()) < MOST_SKEW else "skewed"
