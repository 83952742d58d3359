"""The whole site as it runs: web server, worker, clock, database, Redis, and a real browser."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings
from groundwork import project
from groundwork.services import APP
from playwright.sync_api import sync_playwright
from redis import Redis

from civic.demo.town import seed_places, seed_rules
from civic.settings import base
from tests.journeys.survey import Town
from tests.journeys.village import bring_back_rows_of_migrations, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from pytest_django.plugin import DjangoDbBlocker

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop in this thread
ROOT = Path(__file__).resolve().parent.parent.parent
SIDE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Which of the walks that go side by side this is: each has a database and a Redis number of its own."""
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def role_of_the_site() -> tuple[str, str]:
    """Name and password with which the site's processes log in: the role that may change and
    remove nothing append-only, where there is one (the servers of `bin/services` have it).
    """
    here = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
        if not cursor.fetchone() or not here["HOST"].startswith("/"):
            return here["USER"], here["PASSWORD"]
    call_command("grant_app_role", APP, stdout=StringIO())
    return APP, ""


def environment(port: int) -> dict[str, str]:
    """What the site's processes get: the test database, a Redis number of their own, our keys."""
    here = connection.settings_dict
    user, password = role_of_the_site()
    host = f"?host={here['HOST']}" if here["HOST"].startswith("/") else ""
    where = "" if host else f"{here['HOST']}:{here['PORT'] or 5432}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "civic.settings.dev",
        "DATABASE_URL": f"postgresql://{user}:{password}@{where}/{here['NAME']}{host}",
        "REDIS_URL": settings.REDIS_URL.replace("db=0", f"db={9 + SIDE}"),
        "SECRET_KEY": settings.SECRET_KEY,
        "MADANG_IDENTITY_KEY": settings.IDENTITY_KEY,
        "MADANG_ROLL_KEY": settings.ROLL_KEY,
        "MADANG_LOG_KEY": settings.LOG_KEY,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "EMAIL_FILE_PATH": str(ROOT / "var" / f"journey-{SIDE}-mail"),
        "MADANG_DEMO": "1",
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "default",
    }


def until(ready: object, seconds: float, what: str) -> None:
    """Wait until `ready()` is true; fail with `what` after so many seconds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if ready():  # type: ignore[operator]  # a function of no arguments
            return
        time.sleep(0.2)
    pytest.fail(f"Not within {seconds:.0f} s: {what}")


def answers(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def is_alone() -> bool:
    """Whether no process but this one still speaks to the test database, which is dropped at the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone() == (0,))


@pytest.fixture
def town(transactional_db: None, settings: Any) -> None:
    """The places and rules of the demo town, without its people; passwords as the site has them."""
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    bring_back_rows_of_migrations()
    seed_places()
    seed_rules()


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The site's address, while its web server, worker and clock run as processes of their own."""
    port = free_port()
    env = environment(port)
    with Redis.from_url(env["REDIS_URL"]) as redis:
        redis.flushdb()  # what the site before left undone is not this one's
    with open(ROOT / "var" / "journey.lock", "w") as door:  # noqa: PTH123 - locked while files are laid out
        fcntl.flock(door, fcntl.LOCK_EX)
        project.collect_static(env, compressed=False)
    python = sys.executable
    commands = (
        [python, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "civic.wsgi",
         "-b", f"127.0.0.1:{port}", "-w", "2"],
        [python, "-m", "celery", "-A", "civic", "worker", "-B", "-c", "1", "-l", "warning",
         "-s", str(Path(env.get("TMPDIR", "/tmp")) / f"madang-beat-{port}")],  # noqa: S108 - the clock's own notes
    )  # fmt: skip
    logs = [open(ROOT / "var" / f"journey-{SIDE}-{n}.log", "w") for n in range(2)]  # noqa: SIM115, PTH123 - closed below
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603 - fixed words
        for command, log in zip(commands, logs, strict=True)
    ]
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{address}/readyz"), 90, "the site is ready")
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in logs:
            log.close()


@pytest.fixture
def site(town: None) -> Iterator[str]:
    """The running site of a town without people."""
    with running() as address:
        yield address


@pytest.fixture(scope="module")
def town_hall(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """One filled town for all tests here, its pictures in files; emptied afterwards."""
    as_the_site_has_it = override_settings(
        PASSWORD_HASHERS=base.PASSWORD_HASHERS,
        STORAGES={**settings.STORAGES, "default": base.STORAGES["default"]},
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
    )
    with django_db_blocker.unblock(), as_the_site_has_it:
        try:
            village = settle()
            with running() as address:
                yield Town(address, village)
        finally:
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@pytest.fixture(scope="session")
def browser(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Browser]:
    """The system's Chromium, quiet towards the outside.

    While its driver runs, this process speaks to the database through a connection of its own; it
    is closed before the database is dropped.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("MADANG_CHROMIUM", "/usr/bin/chromium"),
            args=QUIET.split(),
        )
        yield chromium
        chromium.close()
        connections.close_all()
    with django_db_blocker.unblock():
        until(is_alone, 30, "everybody let go of the database")
