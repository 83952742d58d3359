"""Logs and error reports that carry nobody's data (read by the logging set-up: imports no app)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from django.views.debug import ExceptionReporter
from pythonjsonlogger.json import JsonFormatter

if TYPE_CHECKING:
    from logging import LogRecord
    from types import TracebackType

FIELDS = (
    "method", "route", "status", "seconds",
    "contest", "engine", "run", "runs", "budget", "proposal", "upload", "why",
)  # fmt: skip
"""What our own lines say beside their message; whatever else a library adds is left out."""
PERSONAL = (
    (re.compile(r"[\w.%+-]+@[\w-]+(\.[\w-]+)+"), "(e-mail)"),
    (re.compile(r"(/[^\s?\"']*)\?[^\s\"']+"), r"\1"),  # what was asked for below an address
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b"), "(address)"),
    (re.compile(r"\d[\d-]{6,}\d"), "(number)"),
)
ROOT = Path(__file__).resolve().parent.parent


def without_people(text: str) -> str:
    """A line without e-mails, queries, network addresses and numbers as long as a phone's."""
    for shape, instead in PERSONAL:
        text = shape.sub(instead, text)
    return text


def place_of(traceback: TracebackType | None) -> list[str]:
    """Where an error passed through: file, line and function, the newest last."""
    return [
        f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(traceback)
    ]


def _short(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-3:])


class QuietFormatter(JsonFormatter):
    """One line of JSON for each record: time, level, logger, message, our own fields.

    Of an error it keeps the kind and the places. Its text is left out, as the database and the mail
    server quote in it what somebody typed.
    """

    def add_fields(
        self, log_data: dict[str, Any], record: LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Write what is kept, and nothing else."""
        log_data["time"] = self.formatTime(record)
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = without_people(words_of(record))
        log_data |= {name: vars(record)[name] for name in FIELDS if name in vars(record)}
        if "exc_info" in message_dict:
            log_data["error"] = message_dict["exc_info"]

    def formatException(self, ei: Any) -> list[str]:  # type: ignore[override]  # noqa: N802 - a list is clearer as JSON, logging's name
        """The kind of the error and of those that led to it, each with its places."""
        lines: list[str] = []
        error = ei[1]
        while error is not None and len(lines) < 200:
            kind = type(error)
            lines += [f"{kind.__module__}.{kind.__qualname__}", *place_of(error.__traceback__)]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return lines


def words_of(record: LogRecord) -> str:
    """The message; what Celery writes about a failed task quotes the error and is shortened."""
    told = record.args
    if isinstance(told, Mapping) and "exc" in told:
        return f"Task {told.get('name')}[{told.get('id')}] {told.get('description', 'failed')}"
    return record.getMessage()


class QuietExceptionReporter(ExceptionReporter):
    """Error reports without local variables, bodies and cookies: a ballot could stand in them."""

    def get_traceback_data(self) -> dict[str, Any]:
        """Keep where it happened; drop what was in the variables and in the request."""
        data = super().get_traceback_data()
        for frame in data.get("frames", []):
            frame["vars"] = []
        data["request"] = None
        data["user_str"] = ""
        data["filtered_POST_items"] = []
        data["request_COOKIES_items"] = []
        data["request_meta"] = {}
        return data
