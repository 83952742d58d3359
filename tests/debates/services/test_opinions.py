"""What an account does in a conversation."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.utils import timezone

from debates import services
from debates.models import Comment, FiguresDue, Flag, Follow, Position, Reaction
from debates.selectors import thread_page
from debates.services import opinions
from proceedings.audit import Action
from proceedings.models import AuditEvent, Phase, PhaseKind
from proceedings.refusals import Refused
from residents.models import Notice, NoticeKind
from tests.factories.debates import (
    make_comment,
    make_flag,
    make_hidden_comment,
    make_house_rule,
    make_thread,
)
from tests.factories.proceedings import stage_of
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from debates.models import Thread
    from residents.models import User

pytestmark = pytest.mark.django_db


def refusal_of(act: Callable[[], object]) -> str:
    """The code with which `act` is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.refusal.code


def test_opinion_is_stored_recorded_and_due_for_counting() -> None:
    author, thread = make_user(), make_thread()
    said = services.post_comment(
        actor=author, thread_id=thread.pk, body="빈 자리가 생깁니다.", position="for"
    )
    assert (said.position, said.body, said.parent_id) == ("for", "빈 자리가 생깁니다.", None)
    event = AuditEvent.objects.get(action=Action.COMMENT_POSTED)
    assert (event.subject, event.actor_ref) == (f"debates.comment:{said.pk}", author.actor_ref)
    assert said.body not in str(event.data)
    assert list(FiguresDue.objects.values_list("comment", flat=True)) == [said.pk]


def test_same_words_twice_are_said_once() -> None:
    author, thread = make_user(), make_thread()
    first = services.post_comment(actor=author, thread_id=thread.pk, body="한 번만", position="for")
    again = services.post_comment(actor=author, thread_id=thread.pk, body="한 번만", position="for")
    assert (first, Comment.objects.count()) == (again, 1)


def test_side_is_not_kept_where_none_is_asked_and_for_replies() -> None:
    asked, unasked = make_comment(), make_thread(asks_position=False)
    reply = services.post_comment(
        actor=make_user(),
        thread_id=asked.thread_id,
        parent_id=asked.pk,
        body="왜요",
        position="for",
    )
    plain = services.post_comment(
        actor=make_user(), thread_id=unasked.pk, body="좋습니다", position="against"
    )
    assert (reply.position, plain.position) == (Position.NEUTRAL, Position.NEUTRAL)


def test_reply_tells_the_author_of_the_opinion_and_nobody_else() -> None:
    opinion = make_comment()
    services.post_comment(
        actor=make_user(), thread_id=opinion.thread_id, parent_id=opinion.pk, body="맞습니다"
    )
    services.post_comment(
        actor=opinion.author, thread_id=opinion.thread_id, parent_id=opinion.pk, body="덧붙입니다"
    )
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (opinion.author, NoticeKind.COMMENT_REPLY)
    assert notice.params == {"title": opinion.thread.subject_title}


def test_closed_conversation_takes_no_opinion() -> None:
    thread = make_thread(closed_at=timezone.now())
    code = refusal_of(
        lambda: services.post_comment(actor=make_user(), thread_id=thread.pk, body="늦었습니다")
    )
    assert (code, Comment.objects.count()) == ("conversation_closed", 0)


def test_conversation_whose_end_lies_ahead_takes_opinions() -> None:
    thread = make_thread(closed_at=timezone.now() + timedelta(minutes=1))
    services.post_comment(actor=make_user(), thread_id=thread.pk, body="아직 됩니다")
    assert Comment.objects.count() == 1


def test_reply_to_a_reply_is_refused() -> None:
    reply = make_comment(parent=(opinion := make_comment()), thread=opinion.thread)
    code = refusal_of(
        lambda: services.post_comment(
            actor=make_user(), thread_id=reply.thread_id, parent_id=reply.pk, body="더 깊이"
        )
    )
    assert code == "reply_to_reply"


def test_opinion_of_another_conversation_cannot_be_replied_to_here() -> None:
    opinion, elsewhere = make_comment(), make_thread()
    with pytest.raises(Comment.DoesNotExist):
        services.post_comment(
            actor=make_user(), thread_id=elsewhere.pk, parent_id=opinion.pk, body="엉뚱한 곳"
        )


def test_last_word_of_a_person_counts_and_can_be_taken_back() -> None:
    opinion, reader = make_comment(), make_user()
    for useful in (True, False, False):
        services.react_to_comment(actor=reader, comment_id=opinion.pk, useful=useful)
    assert [one.useful for one in Reaction.objects.all()] == [False]
    services.react_to_comment(actor=reader, comment_id=opinion.pk, useful=None)
    assert not Reaction.objects.exists()


def test_own_hidden_and_closed_opinions_cannot_be_rated() -> None:
    own, hidden = make_comment(), make_hidden_comment()
    closed = make_comment(thread=make_thread(closed_at=timezone.now()))

    def rate(comment: Comment, actor: User) -> str:
        return refusal_of(
            lambda: services.react_to_comment(actor=actor, comment_id=comment.pk, useful=True)
        )

    assert rate(own, own.author) == "own_opinion"
    assert rate(hidden, make_user()) == "opinion_not_shown"
    assert rate(closed, make_user()) == "conversation_closed"


def test_report_names_a_rule_and_is_made_once() -> None:
    opinion, reader, rule = make_comment(), make_user(), make_house_rule()
    services.flag_comment(actor=reader, comment_id=opinion.pk, rule=rule, note="번호")
    code = refusal_of(lambda: services.flag_comment(actor=reader, comment_id=opinion.pk, rule=rule))
    assert (code, Flag.objects.get().note) == ("already_flagged", "번호")
    assert AuditEvent.objects.get(action=Action.COMMENT_FLAGGED).data == {"rule": rule.number}


def test_own_opinion_cannot_be_reported() -> None:
    opinion = make_comment()
    code = refusal_of(
        lambda: services.flag_comment(
            actor=opinion.author, comment_id=opinion.pk, rule=make_house_rule()
        )
    )
    assert code == "own_opinion"


def test_author_withdraws_and_open_reports_are_settled() -> None:
    flag = make_flag()
    services.withdraw_comment(actor=flag.comment.author, comment_id=flag.comment_id)
    flag.refresh_from_db()
    assert (flag.comment.state, flag.settled_at is not None) == ("withdrawn", True)
    assert AuditEvent.objects.filter(action=Action.COMMENT_WITHDRAWN).count() == 1


def test_others_cannot_withdraw() -> None:
    opinion = make_comment()
    code = refusal_of(lambda: services.withdraw_comment(actor=make_user(), comment_id=opinion.pk))
    assert code == "not_the_author"


def test_hidden_opinion_cannot_be_withdrawn_to_erase_the_trace() -> None:
    opinion = make_hidden_comment()
    code = refusal_of(
        lambda: services.withdraw_comment(actor=opinion.author, comment_id=opinion.pk)
    )
    assert code == "opinion_not_shown"


def test_following_twice_is_following_once_and_can_end() -> None:
    reader, thread = make_user(), make_thread()
    services.follow_thread(actor=reader, thread_id=thread.pk)
    services.follow_thread(actor=reader, thread_id=thread.pk)
    assert Follow.objects.count() == 1
    services.unfollow_thread(actor=reader, thread_id=thread.pk)
    assert not Follow.objects.exists()


def race(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Run two things at the same time, each on a connection of its own."""

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in (first, second)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=20)


def double_click(thread: Thread, author: User) -> int:
    """Post the same words twice at once; returns how often they were said."""

    def post() -> None:
        services.post_comment(actor=author, thread_id=thread.pk, body="두 번 눌렀습니다")

    race(post, post)
    return Comment.objects.filter(thread=thread).count()


def wait_before_storing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both postings look before either writes."""
    create = Comment.objects.create

    def slowly(**columns: object) -> Comment:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        return create(**columns)

    monkeypatch.setattr(Comment.objects, "create", slowly)


@pytest.mark.django_db(transaction=True)
def test_double_click_says_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_before_storing(monkeypatch)
    assert double_click(make_thread(), make_user()) == 1


@pytest.mark.django_db(transaction=True)
def test_double_click_says_it_twice_when_the_lock_is_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait_before_storing(monkeypatch)
    monkeypatch.setattr(opinions, "lock_exclusive", lambda _name: None)
    assert double_click(make_thread(), make_user()) == 2


def test_opinions_are_taken_in_the_debate_of_the_process_only() -> None:
    process = stage_of(PhaseKind.DEBATE, -2, -1)
    comment = make_comment(thread=make_thread(process=process))
    actor = make_user()
    for act in (
        partial(
            services.post_comment, actor=actor, thread_id=comment.thread_id, body="이제야 봅니다"
        ),
        partial(services.react_to_comment, actor=actor, comment_id=comment.pk, useful=True),
    ):
        with pytest.raises(Refused, match="already_closed"):
            act()
    page = thread_page(comment.thread, user=actor)
    assert not page.is_open
    assert page.outside is not None
    Phase.objects.update(closes_at=timezone.now() + timedelta(days=1))
    assert services.post_comment(actor=actor, thread_id=comment.thread_id, body="이제야 봅니다").pk
