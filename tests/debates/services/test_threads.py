"""Conversations open and close with their subjects."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connections, transaction

from debates import services
from debates.models import Comment, Thread
from debates.services import opinions
from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from tests.factories.debates import make_thread
from tests.factories.places import make_area
from tests.factories.residents import make_user


@pytest.mark.django_db
def test_conversation_takes_its_subjects_title_and_address() -> None:
    here, there = make_area(), make_area()
    thread = services.open_thread(title="골목이 어둡습니다", url="", area=here)
    assert thread.area == here
    services.name_thread(
        thread=thread, title="골목이 너무 어둡습니다", url="/proposals/7/", area=there
    )
    thread.refresh_from_db()
    assert thread.area == there
    assert (thread.subject_title, thread.subject_url) == ("골목이 너무 어둡습니다", "/proposals/7/")
    assert thread.asks_position


@pytest.mark.django_db
def test_a_subject_that_cannot_hold_its_conversation_has_one_however_often_it_is_opened() -> None:
    area = make_area()
    opened = [
        services.open_thread_once(
            subject="voting.contest:7",
            title=title,
            url="/votes/7/",
            area=area,
            asks_position=False,
            closes_at=None,
        )
        for title in ("느티동 마을의제", "다른 이름")
    ]
    assert opened[0] == opened[1]
    assert opened[1].subject_title == "느티동 마을의제"
    with pytest.raises(IntegrityError, match="thread_once_per_subject"), transaction.atomic():
        make_thread(subject="voting.contest:7")


@pytest.mark.django_db
def test_closing_is_recorded_once() -> None:
    thread = make_thread()
    services.close_thread(actor_ref="system", thread=thread)
    closed_at = thread.closed_at
    services.close_thread(actor_ref="system", thread=thread)
    assert thread.closed_at == closed_at
    assert AuditEvent.objects.filter(action=Action.THREAD_CLOSED).count() == 1


def latecomers(thread: Thread) -> int:
    """Close while somebody is about to post; returns how many opinions came after the closing."""
    author = make_user()
    looked, closed = threading.Event(), threading.Event()

    def post() -> None:
        try:
            services.post_comment(actor=author, thread_id=thread.pk, body="마감 직전에 씁니다")
        except Refused:
            pass
        finally:
            connections.close_all()

    def close() -> None:
        looked.wait(timeout=10)
        try:
            with transaction.atomic():
                services.close_thread(actor_ref="system", thread=Thread.objects.get(pk=thread.pk))
            closed.set()
        finally:
            connections.close_all()

    create = Comment.objects.create

    def late(**columns: object) -> Comment:
        looked.set()
        closed.wait(timeout=1)  # with the lock the closing waits for us, so this runs out
        return create(**columns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Comment.objects, "create", late)
        threads = [threading.Thread(target=act) for act in (post, close)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(timeout=20)
    thread.refresh_from_db()
    assert thread.closed_at is not None
    return Comment.objects.filter(thread=thread, created_at__gt=thread.closed_at).count()


@pytest.mark.django_db(transaction=True)
def test_no_opinion_comes_after_the_closing() -> None:
    assert latecomers(make_thread()) == 0


@pytest.mark.django_db(transaction=True)
def test_an_opinion_comes_after_the_closing_when_the_lock_is_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opinions, "lock_shared", lambda _name: None)
    assert latecomers(make_thread()) == 1
