"""Rolls, their codes and due mail, under real threads; locks with the twin without them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections, transaction
from django.utils import timezone

from proceedings.tables import read_table
from residents.models import Applicant, ApplicantRoll, Notice, NoticeKind, PaperCode
from residents.roles import RoleKind
from residents.services import (
    import_applicants,
    issue_codes,
    mark_read,
    rolls,
    send_due_mail,
    send_notice,
)
from tests.factories.places import make_area
from tests.factories.residents import make_user
from tests.factories.rolls import make_applicants
from tests.factories.threads import at_once, codes, held_up, unlocked

pytestmark = pytest.mark.django_db(transaction=True)


def one_file_twice() -> list[str]:
    """Two administrators bring the same file at once."""
    area = make_area(code="9901")
    line = f"김무등,19580312,010-0000-1234,{area.code}\n"
    data = f"이름,생년월일,휴대전화,동 코드\n{line}".encode()
    return codes(at_once(*[partial(import_applicants, actor=None, title="신청자", data=data)] * 2))


def test_one_file_brought_twice_is_taken_once_and_the_other_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held_up(monkeypatch, rolls, "clean_text")
    assert one_file_twice() == ["imported_before"]
    assert Applicant.objects.count() == 1


def test_a_file_is_read_before_its_lock_so_that_both_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, together = read_table, threading.Barrier(2)

    def read_together(*args: Any) -> Any:
        together.wait(timeout=30)  # whoever is alone here fails
        return read(*args)

    monkeypatch.setattr(rolls, "read_table", read_together)
    assert one_file_twice() == ["imported_before"]
    assert Applicant.objects.count() == 1


def test_without_the_lock_nobody_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, rolls)
    held_up(monkeypatch, rolls, "clean_text")
    assert one_file_twice() == ["residents_applicantroll_digest_key"]
    assert Applicant.objects.count() == 1


def two_prints(monkeypatch: pytest.MonkeyPatch) -> int:
    """Two administrators print codes for three applicants at once; how many codes are good."""
    make_applicants(
        make_area(), *(f"{name},19580312,010-0000-1234" for name in ("김무등", "이솔", "박강"))
    )
    roll = ApplicantRoll.objects.get()
    held_up(monkeypatch, rolls, "code_hash")
    administrators = [make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2)]
    jobs = [partial(issue_codes, actor=actor, roll=roll) for actor in administrators]
    assert codes(at_once(*jobs)) == []
    return PaperCode.objects.filter(expires_at__gt=timezone.now()).count()


def test_of_two_prints_one_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_prints(monkeypatch) == 3


def test_without_the_lock_each_person_has_two_good_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, rolls)
    assert two_prints(monkeypatch) == 6


class SlowServer(EmailBackend):
    """A mail server that takes its time over each mail."""

    asked, answers = threading.Event(), threading.Event()

    def send_messages(self, messages: Any) -> Any:
        """Say that a mail has come, and take it once that is wanted."""
        self.asked.set()
        assert self.answers.wait(timeout=30)
        return super().send_messages(messages)


def mailed() -> int:
    try:
        return send_due_mail()
    finally:
        connections.close_all()


def test_while_a_mail_is_on_its_way_nobody_waits_and_nobody_else_sends_it(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    reader = make_user()
    with transaction.atomic():
        send_notice(
            user_ids=[reader.pk],
            kind=NoticeKind.PROPOSAL_ANSWERED,
            params={"title": "골목 보안등"},
            url="/proposals/1/",
        )
    with ThreadPoolExecutor(max_workers=1) as pool:
        worker = pool.submit(mailed)
        try:
            assert SlowServer.asked.wait(timeout=30)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            assert mark_read(actor=reader) == 1
            assert send_due_mail() == 0
        finally:
            SlowServer.answers.set()
        assert worker.result() == 1
    assert [message.to for message in mail.outbox] == [[reader.email]]
    assert Notice.objects.get().mail_state == "sent"
