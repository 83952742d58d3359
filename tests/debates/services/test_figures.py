"""Counts made anew, and the daily word to followers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from debates import services
from debates.models import Comment, CommentFigures, FiguresDue, Reaction, ThreadFigures
from debates.moderation import State, score
from debates.services.threads import hide_thread
from residents.models import Notice, NoticeKind
from tests.factories.debates import make_comment, make_hidden_comment, make_thread
from tests.factories.places import make_centre
from tests.factories.residents import make_user

pytestmark = pytest.mark.django_db


def due(*comments: Comment) -> None:
    """Note that these are to be counted."""
    FiguresDue.objects.bulk_create([FiguresDue(comment=comment) for comment in comments])


def rate(comment: Comment, *, useful: int, not_useful: int) -> None:
    """Store so many reactions by people of their own."""
    for index in range(useful + not_useful):
        Reaction.objects.create(comment=comment, user=make_user(), useful=index < useful)


def test_counts_follow_the_rows_and_the_score_follows_the_rule() -> None:
    opinion, hidden = make_comment(), make_hidden_comment()
    rate(opinion, useful=3, not_useful=1)
    rate(hidden, useful=2, not_useful=0)
    make_comment(parent=opinion, thread=opinion.thread)
    make_comment(parent=opinion, thread=opinion.thread, state="withdrawn")
    due(opinion, opinion, hidden)
    assert services.refresh_figures() == 2
    for comment in (opinion, hidden):
        found = CommentFigures.objects.get(comment=comment)
        assert found.score == score(found.useful, found.not_useful, state=State(comment.state))
    found = opinion.figures
    assert (found.useful, found.not_useful, found.replies) == (3, 1, 1)


def test_conversation_counts_what_is_shown_by_side_and_by_person() -> None:
    thread, writer, centre = make_thread(), make_user(), make_centre()
    first = make_comment(thread=thread, author=writer, position="for")
    last = make_comment(thread=thread, author=writer, position="against")
    make_comment(thread=thread, author=writer, position="against", centre=centre)
    make_comment(thread=thread, author=writer, position="neutral", centre=centre)
    hidden = make_comment(thread=thread, position="against", state="hidden")
    reader = make_user()
    for opinion, user in ((first, reader), (last, reader), (last, writer), (hidden, make_user())):
        Reaction.objects.create(comment=opinion, user=user, useful=False)
    due(last)
    services.refresh_figures()
    figures = ThreadFigures.objects.get(thread=thread)
    assert (figures.in_favour, figures.neutral, figures.against) == (1, 1, 2)
    assert (figures.comments, figures.people) == (4, 4)


def test_counting_again_changes_figures_in_place_and_clears_the_notes() -> None:
    opinion = make_comment()
    due(opinion)
    services.refresh_figures()
    rate(opinion, useful=1, not_useful=0)
    assert services.refresh_figures() == 0
    due(opinion)
    assert services.refresh_figures() == 1
    assert CommentFigures.objects.get(comment=opinion).useful == 1
    assert not FiguresDue.objects.exists()


def test_cost_of_counting_does_not_grow_with_the_changes(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    for many in (1, 3):
        due(*[make_comment() for _ in range(many)])
        with django_assert_num_queries(7):  # type: ignore[operator] # begin, lock, notes, 2 counts, delete, commit
            services.refresh_figures()


def test_followers_hear_once_a_day_of_what_others_said() -> None:
    thread, reader = make_thread(), make_user()
    services.follow_thread(actor=reader, thread_id=thread.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        for _ in range(3):
            due(make_comment(thread=thread))
        due(make_comment(thread=thread, author=reader))
        services.refresh_figures()
        assert services.tell_followers() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert services.tell_followers() == 1
        assert services.tell_followers() == 0
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (reader, NoticeKind.THREAD_ACTIVITY)
    assert notice.params == {"title": thread.subject_title, "count": 3}


def test_followers_of_a_hidden_conversation_hear_of_it_once_it_is_shown_again() -> None:
    thread, reader = make_thread(), make_user()
    services.follow_thread(actor=reader, thread_id=thread.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        due(make_comment(thread=thread))
        services.refresh_figures()
        hide_thread(thread, is_hidden=True)
        assert services.tell_followers() == 0
        hide_thread(thread, is_hidden=False)
        assert services.tell_followers() == 1


def test_followers_hear_nothing_of_their_own_words_or_a_quiet_conversation() -> None:
    quiet, own, reader = make_thread(), make_thread(), make_user()
    for thread in (quiet, own):
        services.follow_thread(actor=reader, thread_id=thread.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        due(make_comment(thread=own, author=reader))
        services.refresh_figures()
        assert services.tell_followers() == 0
    assert not Notice.objects.exists()
