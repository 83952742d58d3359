"""Notices by mail."""

from __future__ import annotations

import contextlib
import uuid
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import TYPE_CHECKING, Any, cast

import pytest
import time_machine
from celery.signals import before_task_publish
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from residents.models import Notice, NoticeKind
from residents.selectors import mailed_kinds, notices_of, unread_count
from residents.services import (
    hand_over_mail,
    mark_read,
    send_account_mail,
    send_due_mail,
    send_notice,
    set_preferences,
)
from residents.services.notices import LEASE
from residents.tasks import mail_account
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks as AfterCommit

    from residents.models import User

pytestmark = pytest.mark.django_db


def tell(*users: User, kind: NoticeKind = NoticeKind.PROPOSAL_ANSWERED) -> None:
    with transaction.atomic():
        send_notice(
            user_ids=[user.pk for user in users],
            kind=kind,
            params={"title": "골목 보안등"},
            url="/proposals/1/",
        )


def test_due_notices_are_mailed_once_in_the_language_of_the_reader() -> None:
    korean, english = make_user(), make_user(language="en")
    tell(korean, english)
    assert send_due_mail() == 2
    assert send_due_mail() == 0
    by_address = {message.to[0]: message for message in mail.outbox}
    assert "공식 답변" in by_address[korean.email].subject
    assert "official answer" in by_address[english.email].subject
    assert "/proposals/1/" in by_address[korean.email].body
    assert "/me/notices/settings/" in by_address[korean.email].body


def test_batch_leaves_the_rest_for_the_next_run() -> None:
    tell(make_user(), make_user(), make_user())
    assert [send_due_mail(limit=2), send_due_mail(limit=2)] == [2, 1]


def test_closed_account_gets_no_mail() -> None:
    user = make_user()
    tell(user)
    user.is_active = False
    user.save()
    assert send_due_mail() == 0
    assert Notice.objects.get().mail_state == "none"


class PickyBackend(EmailBackend):
    """A mail server that refuses one address, as SMTP does."""

    def send_messages(self, messages: Any) -> Any:
        """Refuse addresses that begin with bad."""
        for message in messages:
            if message.to[0].startswith("bad"):
                raise SMTPRecipientsRefused({message.to[0]: (550, b"unknown")})
        return super().send_messages(messages)


def test_refused_address_is_marked_and_the_others_are_mailed(settings: object) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.PickyBackend"  # type: ignore[attr-defined]  # pytest-django's settings
    tell(make_user(email="bad@example.org"), make_user())
    assert send_due_mail() == 1
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"failed", "sent"}


class BrokenLine(EmailBackend):
    """A mail server that hangs up after its first mail."""

    sent = 0

    def send_messages(self, messages: Any) -> Any:
        """Take one mail, then break the connection off."""
        if self.sent:
            raise SMTPServerDisconnected("Connection unexpectedly closed")
        self.sent += 1
        return super().send_messages(messages)


def test_server_that_hangs_up_gets_no_mail_twice(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.BrokenLine"
    people = [make_user() for _ in range(3)]
    tell(*people)
    for _ in people:
        with contextlib.suppress(SMTPServerDisconnected):
            send_due_mail()
    assert [message.to[0] for message in mail.outbox] == [user.email for user in people]
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"sent"}


def test_what_a_worker_had_in_hand_that_died_is_due_again_later() -> None:
    tell(make_user())
    Notice.objects.update(mailing_until=timezone.now() + LEASE)
    assert send_due_mail() == 0
    with time_machine.travel(timezone.now() + LEASE + timedelta(minutes=1)):
        assert send_due_mail() == 1
        assert send_due_mail() == 0
    assert Notice.objects.get().mailing_until is None


def test_preferences_decide_what_comes_by_mail() -> None:
    user = make_user()
    assert NoticeKind.THREAD_ACTIVITY not in mailed_kinds(user)
    set_preferences(actor=user, mailed_kinds=["thread_activity"])
    set_preferences(actor=user, mailed_kinds=["thread_activity"])
    assert mailed_kinds(user) == {"thread_activity"}
    tell(user)
    assert send_due_mail() == 0


def test_reading_marks_only_ones_own() -> None:
    user, other = make_user(), make_user()
    tell(user, other)
    assert mark_read(actor=user, notice_ids=Notice.objects.values_list("pk", flat=True)) == 1
    assert (unread_count(user), unread_count(other)) == (0, 1)


def test_older_notices_follow_after_the_page() -> None:
    user = make_user()
    for _ in range(3):
        tell(user)
    first = notices_of(user, size=2)
    rest = notices_of(user, before=first[-1].notice.pk, size=2)
    assert [len(first), len(rest)] == [2, 1]


# --- Mail about the account itself ---


def test_mail_leaves_after_the_commit_and_not_before(
    django_capture_on_commit_callbacks: AfterCommit,
) -> None:
    with django_capture_on_commit_callbacks() as later:
        hand_over_mail(subject="로그인 코드", body="482913", address="person@example.org")
    assert (len(mail.outbox), len(later)) == (0, 1)
    later[0]()
    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == ("로그인 코드", "482913", ["person@example.org"])


def test_mail_of_a_transaction_that_fails_is_never_sent(
    django_capture_on_commit_callbacks: AfterCommit,
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        hand_over_mail(subject="로그인 코드", body="482913", address="person@example.org")
        transaction.set_rollback(True)
    assert mail.outbox == []


def test_refused_address_is_let_be_and_named_nowhere(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.PickyBackend"
    send_account_mail(subject="로그인 코드", body="482913", address="bad.address@example.org")
    assert mail.outbox == []
    assert "refuses an address" in caplog.text
    assert "example.org" not in caplog.text


def test_queue_of_the_worker_shows_neither_address_nor_code(
    django_capture_on_commit_callbacks: AfterCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Any] = []

    def note(headers: Any, **_rest: Any) -> None:
        published.append(headers)

    conf, queue = mail_account.app.conf, f"test-{uuid.uuid4().hex}"
    monkeypatch.setattr(mail_account, "queue", queue, raising=False)
    monkeypatch.setattr(mail_account, "_exec_options", None)  # where Celery keeps the queue
    before_task_publish.connect(note)
    conf.task_always_eager = False
    try:
        with django_capture_on_commit_callbacks(execute=True):
            hand_over_mail(subject="로그인 코드", body="482913", address="person@example.org")
        with mail_account.app.connection_for_write() as connection:
            cast("Any", connection.default_channel).queue_delete(queue)
    finally:
        conf.task_always_eager = True
        before_task_publish.disconnect(note)
    assert mail.outbox == []
    assert published[0]["argsrepr"] == "(…)"
