"""Processes of their own that work on the tests' database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


def database_url() -> str:
    """The address of the database that this test uses."""
    here = connection.settings_dict
    host = f"?host={here['HOST']}" if here["HOST"].startswith("/") else ""
    where = "" if host else f"{here['HOST']}:{here['PORT'] or 5432}"
    return f"postgresql://{here['USER']}:{here['PASSWORD']}@{where}/{here['NAME']}{host}"


PROGRAM = "import django; django.setup(); from tests.factories.killing import main; main()"


def run_workers(job: str, how: str, *pairs: str) -> list[str]:
    """Run workers that may be killed (`tests.factories.killing`); gives how each ended."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, job, how, *pairs],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.split()
