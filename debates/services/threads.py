"""Open, name and close a conversation, inside the transaction of its subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from debates.models import Follow, Thread
from debates.moderation import is_open
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.services import record_event

if TYPE_CHECKING:
    from datetime import datetime

    from places.models import Area
    from proceedings.models import Process
    from residents.models import User


def thread_lock(thread_id: int) -> str:
    """The lock that all who say something share, and that closing and hiding hold alone."""
    return f"thread:{thread_id}"


@transaction.atomic
def open_thread(
    *,
    title: str,
    url: str,
    area: Area,
    asks_position: bool = True,
    closes_at: datetime | None = None,
    process: Process | None = None,
    follower: User | None = None,
) -> Thread:
    """Open a conversation under a subject, inside the transaction that makes the subject.

    `url` is the subject's path, such as `/proposals/12/`; where it is known only after the subject
    is stored, open with an empty one and follow with `name_thread`. `area` is where it lies: whose
    moderators decide about what is said. Where it belongs to a
    `process` with debate phases, opinions are taken while one of them runs. `follower` hears of
    every opinion, until they stop it.
    """
    thread = Thread.objects.create(
        subject_title=title,
        subject_url=url,
        area=area,
        asks_position=asks_position,
        closed_at=closes_at,
        process=process,
    )
    if follower is not None:
        Follow.objects.create(thread=thread, user=follower)
    return thread


@transaction.atomic
def open_thread_once(
    *,
    subject: str,
    title: str,
    url: str,
    area: Area,
    asks_position: bool,
    closes_at: datetime | None,
) -> Thread:
    """Open the conversation under a subject that knows nothing of conversations; once.

    `subject` is its name in the record, such as `voting.contest:12`: whoever knows both rooms
    finds the conversation by it.
    """
    thread, _new = Thread.objects.get_or_create(
        subject=subject,
        defaults={
            "subject_title": title,
            "subject_url": url,
            "area": area,
            "asks_position": asks_position,
            "closed_at": closes_at,
        },
    )
    return thread


@transaction.atomic
def name_thread(*, thread: Thread, title: str, url: str, area: Area) -> Thread:
    """Give a conversation its subject's present title, address and area."""
    thread.subject_title, thread.subject_url, thread.area = title, url, area
    thread.save(update_fields=["subject_title", "subject_url", "area"])
    return thread


@transaction.atomic
def hide_thread(thread: Thread, *, is_hidden: bool) -> None:
    """Hide a conversation with its subject, or show it again with it."""
    lock_exclusive(thread_lock(thread.pk))
    thread.is_hidden = is_hidden
    thread.save(update_fields=["is_hidden"])


@transaction.atomic
def close_thread(*, actor_ref: str, thread: Thread) -> Thread:
    """Close a conversation for new opinions from now on; one that is closed stays as it is."""
    lock_exclusive(thread_lock(thread.pk))
    thread.refresh_from_db(fields=["closed_at"])
    now = timezone.now()
    if is_open(thread.closed_at, now):
        thread.closed_at = now
        thread.save(update_fields=["closed_at"])
        record_event(
            action=Action.THREAD_CLOSED,
            actor_ref=actor_ref,
            subject=f"debates.thread:{thread.pk}",
        )
    return thread
