"""Logs: one line of JSON each, and nobody's data in them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from celery.app.trace import LOG_FAILURE, LOG_RETRY
from django.conf import settings
from django.db import IntegrityError

from civic.reporting import QuietFormatter, without_people
from residents.models import User
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from pathlib import Path

PERSONAL = "kim.mudeung@example.org"


def line_of(
    message: str, *args: object, error: BaseException | None = None, **extra: object
) -> Any:
    """A record as it is written, read back."""
    record = logging.LogRecord("madang.test", logging.ERROR, "x.py", 1, message, args, None)
    record.exc_info = (type(error), error, error.__traceback__) if error else None
    vars(record).update(extra)
    written = QuietFormatter().format(record)
    assert "\n" not in written
    return json.loads(written)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"no such user {PERSONAL}", "no such user (e-mail)"),
        ("Error handling request /search/?q=%EA%B9%80", "Error handling request /search/"),
        ("Invalid request from ip=203.0.113.9: x", "Invalid request from ip=(address): x"),
        ("call 010-1234-5678", "call (number)"),
        ("born 900505-1234567", "born (number)"),
        ("contest 12 closed at 18:00", "contest 12 closed at 18:00"),
    ],
)
def test_message_loses_what_names_somebody(text: str, kept: str) -> None:
    assert without_people(text) == kept


def test_line_keeps_our_own_fields_and_drops_those_of_libraries() -> None:
    line = line_of("request", method="POST", status=200, request=f"<GET ?mail={PERSONAL}>")
    assert (line["message"], line["method"], line["status"]) == ("request", "POST", 200)
    assert set(line) == {"time", "level", "logger", "message", "method", "status"}


@pytest.mark.django_db
def test_error_of_the_database_names_the_place_and_not_the_person() -> None:
    user = make_user(email=PERSONAL)
    with pytest.raises(IntegrityError) as caught:
        User.objects.create(email=user.email, name="김무등")
    assert PERSONAL in str(caught.value)
    line = line_of("Internal Server Error: %s", "/accounts/signup/", error=caught.value)
    assert "django.db.utils.IntegrityError" in line["error"]
    assert "psycopg.errors.UniqueViolation" in line["error"]
    assert any(each.startswith("tests/civic/test_reporting.py:") for each in line["error"])
    assert PERSONAL not in json.dumps(line)


@pytest.mark.parametrize("words", [LOG_FAILURE, LOG_RETRY])
def test_failed_task_does_not_quote_its_error(words: str) -> None:
    told = {
        "name": "residents.mail_account", "id": "7f", "exc": f"SMTPDataError({PERSONAL})",
        "traceback": f"at {PERSONAL}", "description": "raised unexpected",
        "args": f"({PERSONAL},)", "kwargs": "{}", "hostname": "h", "internal": "",
    }  # fmt: skip
    line = line_of(words.strip(), told, data=told)
    assert line["message"].startswith("Task residents.mail_account[7f]")
    assert PERSONAL not in json.dumps(line)


BROKEN = f"""
def application(environ, start_response):
    raise RuntimeError("{PERSONAL}")
"""


def test_web_server_writes_json_lines_without_query_address_or_error_text(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    log = tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    command += ["--bind", "127.0.0.1:0", "--pythonpath", str(tmp_path), "broken:application"]
    with log.open("wb") as out:
        server = subprocess.Popen(  # noqa: S603 - our own list
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "WEB_PROCESSES": "1", "TMPDIR": str(tmp_path)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        address = None
        for _wait in range(200):
            found = re.search(r"Listening at: http://[^:]+:(\d+)", log.read_text())
            if found:
                address = f"http://127.0.0.1:{found[1]}"
                break
            time.sleep(0.05)
        assert address is not None, log.read_text()
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(f"{address}/search/?q={PERSONAL}", timeout=10).close()  # noqa: S310 - our own server
    finally:
        server.terminate()
        server.wait(timeout=20)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (failed,) = [line for line in lines if "error" in line]
    assert failed["message"].endswith(" /search/")
    assert failed["error"][0] == "builtins.RuntimeError"
    assert PERSONAL not in log.read_text()
