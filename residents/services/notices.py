"""Tell accounts things, in the site and by mail."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from residents.models import Notice, NoticePreference, User
from residents.notices import is_mailed_by_default, missing_values
from residents.selectors import offered_kinds, told_in_words
from residents.tasks import mail_account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.core.mail.backends.base import BaseEmailBackend
    from django.db.models import QuerySet

    from residents.models import NoticeKind

log = logging.getLogger("madang.mail")
LEASE = timedelta(minutes=10)
"""How long a worker has one notice in hand: longer than the mail server may take for each word."""


def send_notice(
    *, user_ids: Iterable[int], kind: NoticeKind, params: Mapping[str, Any], url: str
) -> int:
    """Tell accounts something, inside the caller's transaction; returns how many were told.

    `params` fill the words of `kind` (`residents.notices` lists the values) and must be plain
    JSON; `url` is a path of this site. The notice shows under “My notices” at once; those who want
    the kind by mail get one after the commit, from the worker. Erased and closed accounts are left
    out; each account is told once.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Notices are written in the transaction of what they tell.")
    lacking = missing_values(kind, params)
    if lacking:
        raise ValueError(f"A notice {kind} needs {', '.join(sorted(lacking))}.")
    told = set(
        User.objects.filter(pk__in=set(user_ids), is_active=True).values_list("pk", flat=True)
    )
    chosen = dict(
        NoticePreference.objects.filter(user_id__in=told, kind=kind).values_list(
            "user_id", "by_mail"
        )
    )
    default = is_mailed_by_default(kind)
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=pk,
                kind=kind,
                params=dict(params),
                url=url,
                mail_state="due" if chosen.get(pk, default) else "none",
            )
            for pk in sorted(told)
        ],
        batch_size=1000,
    )
    return len(told)


@transaction.atomic(durable=True)
def mark_read(*, actor: User, notice_ids: Iterable[int] | None = None) -> int:
    """Mark notices of `actor` as read, all of them if no ids are given; returns how many."""
    unread = Notice.objects.filter(user=actor, read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=list(notice_ids))
    return unread.update(read_at=timezone.now())


@transaction.atomic(durable=True)
def set_preferences(*, actor: User, mailed_kinds: Iterable[str]) -> None:
    """Keep for every kind of notice that may come to `actor` whether they want it by mail."""
    wanted = set(mailed_kinds)
    NoticePreference.objects.bulk_create(
        [
            NoticePreference(user=actor, kind=kind, by_mail=kind in wanted)
            for kind, _name in offered_kinds(actor)
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["by_mail"],
    )


def send_due_mail(*, limit: int = 500) -> int:
    """Mail at most `limit` due notices over one connection; returns how many went out.

    Each is taken, mailed and noted by itself: whatever breaks later, nobody gets a mail twice that
    went out before. No transaction is open while the mail server is spoken to. When it does not
    answer, the error goes up, and what did not go out is due at once; what a worker had in hand
    that died is due again after `LEASE`.
    """
    if not _free().exists():
        return 0
    sent = 0
    with get_connection() as connection:
        for _ in range(limit):
            state = _mail_next(connection)
            if state is None:
                break
            sent += state == "sent"
    return sent


def _free() -> QuerySet[Notice]:
    """Due notices that no worker has in hand."""
    now = timezone.now()
    return Notice.objects.filter(Q(mailing_until=None) | Q(mailing_until__lt=now), mail_state="due")


def _mail_next(connection: BaseEmailBackend) -> str | None:
    """Mail the oldest due notice; returns what became of it, None if nothing is due."""
    notice = _take_next()
    if notice is None:
        return None
    state = "due"
    try:
        state = _mailed(notice, connection)
    finally:
        Notice.objects.filter(pk=notice.pk).update(mail_state=state, mailing_until=None)
    return state


@transaction.atomic(durable=True)
def _take_next() -> Notice | None:
    """The oldest due notice, which other workers pass over from now on."""
    free = _free().select_for_update(skip_locked=True, of=("self",))
    notice = free.select_related("user").order_by("pk").first()
    if notice is not None:
        until = timezone.now() + LEASE
        Notice.objects.filter(pk=notice.pk).update(mailing_until=until)
    return notice


def _mailed(notice: Notice, connection: BaseEmailBackend) -> str:
    """What became of a notice; an address that the mail server refuses is marked as failed."""
    if not notice.user.is_active:
        return "none"
    message = _mail(notice)
    message.connection = connection
    try:
        message.send()
    except SMTPRecipientsRefused:
        return "failed"
    return "sent"


def send_account_mail(*, subject: str, body: str, address: str) -> None:
    """Send one mail about an account: a code, a warning. An address that is refused is let be.

    Nothing of it is logged. When the mail server cannot be reached, the error goes up.
    """
    try:
        EmailMessage(subject, body, to=[address]).send()
    except SMTPRecipientsRefused:
        log.warning("the mail server refuses an address")


def hand_over_mail(*, subject: str, body: str, address: str) -> None:
    """Give a mail to the worker after the caller's transaction; without a worker's queue, send it.

    Its arguments are kept out of what Celery writes about tasks: they name a person and a code.
    """
    transaction.on_commit(partial(_queue_mail, subject, body, address))


def _queue_mail(subject: str, body: str, address: str) -> None:
    try:
        task = mail_account.s(subject, body, address)
        task.apply_async(argsrepr="(…)")
    except OperationalError:
        log.warning("mail is sent at once: the worker's queue does not answer")
        send_account_mail(subject=subject, body=body, address=address)


def _mail(notice: Notice) -> EmailMessage:
    with translation.override(notice.user.language):
        told = told_in_words(notice.kind, notice.params)
        body = render_to_string(
            "residents/mail/notice.txt",
            {
                "title": told.title,
                "body": told.body,
                "url": f"{settings.SITE_URL}{notice.url}",
                "settings_url": f"{settings.SITE_URL}{reverse('notice_preferences')}",
                "site_name": settings.SITE_NAME,
            },
        )
        return EmailMessage(f"[{settings.SITE_NAME}] {told.title}", body, to=[notice.user.email])
