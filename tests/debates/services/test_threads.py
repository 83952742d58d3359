"""Conversations open and close with their subjects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from debates import services
from debates.models import Comment, Flag, HouseRule, Reaction, Thread
from debates.services import opinions
from debates.services.threads import hide_thread
from proceedings.audit import Action
from proceedings.models import AuditEvent
from tests.factories.debates import make_comment, make_house_rule, make_thread
from tests.factories.places import make_area
from tests.factories.residents import make_user
from tests.factories.threads import at_once, be_patient, codes, patience

if TYPE_CHECKING:
    from residents.models import User


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


def post(opinion: Comment, actor: User) -> object:
    """Say something beside an opinion."""
    return services.post_comment(actor=actor, thread_id=opinion.thread_id, body="마감 직전입니다")


def rate(opinion: Comment, actor: User) -> object:
    """Find an opinion useful."""
    return services.react_to_comment(actor=actor, comment_id=opinion.pk, useful=True)


def report(opinion: Comment, actor: User) -> object:
    """Report an opinion."""
    rule = HouseRule.objects.earliest("number")
    return services.flag_comment(actor=actor, comment_id=opinion.pk, rule=rule)


def close(thread: Thread) -> object:
    """Close a conversation."""
    return services.close_thread(actor_ref="system", thread=thread)


def hide(thread: Thread) -> object:
    """Hide a conversation with its subject."""
    return hide_thread(thread, is_hidden=True)


Saying = tuple[Callable[[Comment, "User"], object], Any, str]
Ending = Callable[[Thread], object]
WAYS: list[tuple[Saying, Ending]] = [
    ((post, Comment.objects, "create"), close),
    ((post, Comment.objects, "create"), hide),
    ((rate, Reaction.objects, "bulk_create"), close),
    ((rate, Reaction.objects, "bulk_create"), hide),
    ((report, Flag.objects, "get_or_create"), hide),
]
"""What is said, where it is stored, and what ends the conversation meanwhile."""


def comes_late(saying: Saying, end: Ending) -> bool:
    """End a conversation while somebody is about to say something; whether they still say it."""
    act, table, name = saying
    opinion, actor = make_comment(), make_user()
    make_house_rule()
    looked, ended, late = threading.Event(), threading.Event(), []
    write = getattr(table, name)

    def write_late(*rows: object, **columns: object) -> object:
        looked.set()
        late.append(ended.wait(timeout=patience()))  # with the lock the ending waits for us
        return write(*rows, **columns)

    def end_meanwhile() -> None:
        looked.wait(timeout=10)
        with transaction.atomic():
            end(Thread.objects.get(pk=opinion.thread_id))
        ended.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, name, write_late)
        at_once(lambda: act(opinion, actor), end_meanwhile)
    assert ended.is_set()
    return late == [True]


@pytest.mark.parametrize(("saying", "end"), WAYS)
@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_after_a_conversation_was_closed_or_hidden(
    saying: Saying, end: Ending
) -> None:
    assert not comes_late(saying, end)


@pytest.mark.parametrize(("saying", "end"), WAYS)
@pytest.mark.django_db(transaction=True)
def test_something_is_said_after_the_ending_when_the_lock_is_taken_away(
    saying: Saying, end: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opinions, "lock_shared", lambda _name: None)
    be_patient(monkeypatch)
    assert comes_late(saying, end)


def said_while_hiding(saying: Saying) -> list[str]:
    """Say something while a conversation is being hidden; why it was refused, if it was."""
    opinion, actor = make_comment(), make_user()
    make_house_rule()
    hiding = threading.Event()

    def hide_slowly() -> None:
        with transaction.atomic():
            hide(Thread.objects.get(pk=opinion.thread_id))
            hiding.set()
            time.sleep(0.5)

    def say() -> object:
        hiding.wait(timeout=10)
        return saying[0](opinion, actor)

    return codes(at_once(hide_slowly, say))


@pytest.mark.parametrize("saying", [WAYS[0][0], WAYS[2][0], WAYS[4][0]])
@pytest.mark.django_db(transaction=True)
def test_what_is_said_while_the_subject_is_hidden_waits_and_is_refused(saying: Saying) -> None:
    assert said_while_hiding(saying) == ["conversation_hidden"]


@pytest.mark.django_db(transaction=True)
def test_it_is_said_below_a_hidden_subject_when_the_lock_is_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opinions, "lock_shared", lambda _name: None)
    assert said_while_hiding(WAYS[0][0]) == []
