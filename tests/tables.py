"""The tables that tests begin with: made once for each state of the migrations, then copied.

Making them takes most of a minute, and every process of a test run, and the walks after it, want
a database of their own. PostgreSQL copies one in less than a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "madang_tables"


def filled_template() -> str:
    """Name of a database with all tables as the migrations make them; makes it if it is missing.

    Those of other states of the migrations are dropped.
    """
    name = f"{PREFIX}_{digest_of(sources())}"
    with (ROOT / "var" / "tables.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        old = templates()
        if name not in old:
            half = f"{PREFIX}_half"
            ask(f'DROP DATABASE IF EXISTS "{half}"')
            ask(f'CREATE DATABASE "{half}"')
            migrate(half)
            ask(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
            for one in old:
                ask(f'DROP DATABASE IF EXISTS "{one}"')
    return name


def sources() -> Iterable[Path]:
    """The files that decide what the tables are: migrations, models and who else brings some."""
    yield ROOT / "deploy" / "requirements" / "test.txt"
    for app in sorted(path.parent for path in ROOT.glob("*/apps.py")):
        yield from sorted(app.glob("migrations/*.py"))
        yield from sorted(app.glob("models.py"))
        yield from sorted(app.glob("models/**/*.py"))


def digest_of(files: Iterable[Path]) -> str:
    """A short name for the content of files."""
    found = hashlib.sha256()
    for file in files:
        found.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def migrate(name: str) -> None:
    """Run all migrations on a database, in a process of its own so that no state stays behind."""
    code = (
        "import django; from django.conf import settings;"
        f"settings.DATABASES['default']['NAME'] = {name!r};"
        "django.setup(); from django.core.management import call_command;"
        "call_command('migrate', verbosity=0)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own words


def templates() -> list[str]:
    """The databases that stand ready or once did."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}_%"])
        return [name for (name,) in cursor.fetchall()]


def ask(statement: str) -> None:
    """Have a statement done from outside of any test's database."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
