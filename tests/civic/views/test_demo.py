from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import time_machine
from django.core.mail import EmailMessage, get_connection

from civic.views.demo import newest_mails

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = datetime(2026, 9, 1, 9, tzinfo=UTC)


def lay(folder: Path, clock: time_machine.Traveller, *, first: int, number: int) -> None:
    """Lay so many mails into one file, a second apart."""
    with get_connection(
        "django.core.mail.backends.filebased.EmailBackend", file_path=str(folder)
    ) as connection:
        for second in range(first, first + number):
            clock.move_to(BEGIN + timedelta(seconds=second), tick=False)
            mail = EmailMessage(f"{second}번", "안녕하세요", None, ["a@example.org"])
            mail.connection = connection
            mail.send()


def test_the_newest_mails_are_shown_however_many_a_worker_sent(tmp_path: Path) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        lay(tmp_path, clock, first=0, number=50)
        lay(tmp_path, clock, first=50, number=2)
    told = [mail["subject"] for mail in newest_mails(tmp_path)]
    assert told == [f"{second}번" for second in range(51, 11, -1)]
