"""Whether all that the site needs is there, each part failing by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.migrations.recorder import MigrationRecorder

from proceedings.selectors import HEARTBEAT_KEY
from proceedings.services.phases import note_heartbeat

if TYPE_CHECKING:
    from django.test import Client

WELL = {"database": "ok", "redis": "ok", "worker": "ok", "migrations": "ok", "clock": "ok"}


def checks(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    found: dict[str, Any] = answer.json()
    return answer.status_code, found


@pytest.mark.django_db
def test_all_is_well_with_a_worker_that_was_just_heard(client: Client) -> None:
    note_heartbeat()
    assert checks(client) == (200, WELL)


@pytest.mark.django_db
def test_worker_that_was_never_heard_or_fell_silent_is_told(client: Client) -> None:
    assert checks(client) == (503, {**WELL, "worker": "never seen"})
    cache.set(HEARTBEAT_KEY, time.time() - 100)
    assert checks(client) == (503, {**WELL, "worker": "silent"})


@pytest.mark.django_db
def test_tables_behind_the_code_are_told(client: Client) -> None:
    note_heartbeat()
    MigrationRecorder.Migration.objects.filter(app="residents").order_by("-pk")[:1].get().delete()
    assert checks(client) == (503, {**WELL, "migrations": "pending"})


@pytest.mark.django_db
def test_dead_redis_is_told_and_the_process_still_lives(client: Client, settings: Any) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {"default": dead}
    assert checks(client) == (503, {**WELL, "redis": "unreachable", "worker": "unknown"})
    assert client.get("/healthz").status_code == 200


ASK = """
import django
django.setup()
from django.test import Client
client = Client(SERVER_NAME="localhost")
print(client.get("/readyz").content.decode())
print(client.get("/healthz").status_code)
"""


def test_dead_database_is_told_and_the_process_still_lives() -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "civic.settings.test",
            "DATABASE_URL": "postgresql://madang_app@/madang?host=/nowhere",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    ready, alive = done.stdout.splitlines()[-2:]
    found = json.loads(ready)
    assert (found["database"], found["migrations"], found["clock"]) == (
        "unreachable",
        "unknown",
        "unknown",
    )
    assert found["redis"] == "ok"
    assert alive == "200"
