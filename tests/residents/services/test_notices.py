"""Notices by mail."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from residents.models import Notice, NoticeKind
from residents.selectors import mailed_kinds, notices_of, unread_count
from residents.services import mark_read, send_due_mail, send_notice, set_preferences
from tests.factories.residents import make_user

if TYPE_CHECKING:
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
