"""A conversation page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from debates.models import CommentFigures, Follow, Reaction
from debates.selectors import (
    comment_place,
    one_opinion,
    opinions_by,
    thread_page,
    thread_query,
)
from debates.selectors.threads import PAGE_ROWS, REPLY_ROWS, SIDE_ROWS
from tests.factories.debates import make_comment, make_hidden_comment, make_thread
from tests.factories.places import make_centre
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from debates.models import Comment, Thread
    from debates.selectors import ThreadPage

pytestmark = pytest.mark.django_db


def scored(thread: Thread, score: int, **columns: object) -> Comment:
    """An opinion whose score was counted."""
    comment = make_comment(thread=thread, **columns)
    CommentFigures.objects.create(comment=comment, score=score)
    return comment


def follow_link(thread: Thread, url: str) -> ThreadPage:
    """The page behind a link of a page."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return thread_page(thread, **thread_query(query))


def test_sides_stand_beside_each_other_each_with_its_best_first() -> None:
    thread = make_thread()
    low = scored(thread, 1)
    high = scored(thread, 9)
    new = make_comment(thread=thread)
    against = make_comment(thread=thread, position="against")
    page = thread_page(thread)
    shown = {side.position: [one.pk for one in side.opinions] for side in page.sides}
    assert shown == {"for": [high.pk, low.pk, new.pk], "neutral": [], "against": [against.pk]}
    assert (page.agree, page.neutral, page.against, page.total) == (3, 0, 1, 4)


def test_newest_first_when_asked() -> None:
    thread = make_thread()
    old, new = scored(thread, 9), make_comment(thread=thread)
    page = thread_page(thread, sort="new")
    assert [one.pk for one in page.sides[0].opinions] == [new.pk, old.pk]


def test_a_side_shows_its_first_few_and_leads_to_the_rest() -> None:
    thread = make_thread()
    for _ in range(SIDE_ROWS + 1):
        make_comment(thread=thread)
    side = thread_page(thread).sides[0]
    assert (len(side.opinions), side.count, side.has_more) == (SIDE_ROWS, SIDE_ROWS + 1, True)
    assert follow_link(thread, side.url).position == "for"


@pytest.mark.parametrize("sort", ["best", "new"])
def test_pages_of_a_side_show_each_opinion_once_forwards_and_back(sort: str) -> None:
    thread = make_thread()
    comments = [scored(thread, score) for score in [3, 1, 3, 0, 2] * 9]  # 45, three pages
    make_comment(thread=thread, position="against")
    first = thread_page(thread, position="for", sort=sort)
    second = follow_link(thread, first.next_url)
    third = follow_link(thread, second.next_url)
    pages = [[one.pk for one in page.sides[0].opinions] for page in (first, second, third)]
    assert [len(page) for page in pages] == [PAGE_ROWS, PAGE_ROWS, 5]
    assert sorted(pk for page in pages for pk in page) == sorted(comment.pk for comment in comments)
    assert (first.previous_url, third.next_url) == ("", "")
    back = follow_link(thread, third.previous_url)
    assert [one.pk for one in back.sides[0].opinions] == pages[1]
    start = follow_link(thread, back.previous_url)
    assert ([one.pk for one in start.sides[0].opinions], start.previous_url) == (pages[0], "")


@pytest.mark.parametrize(
    "asked",
    [
        {"position": "sideways"},
        {"sort": "random"},
        {"cursor": "DROP TABLE"},
        {"opinion": "9" * 40},
        {"opinion": "-1"},
        {"opinion": "999999999"},
    ],
)
def test_unknown_words_fall_back_to_the_first_page(asked: dict[str, str]) -> None:
    thread = make_thread()
    make_comment(thread=thread)
    page = thread_page(thread, **thread_query(asked))
    assert (page.focus, len(page.sides), page.sort) == (None, 3, "best")


def test_conversation_that_asks_for_no_position_is_one_list() -> None:
    thread = make_thread(asks_position=False)
    make_comment(thread=thread, position="neutral")
    page = thread_page(thread, position="for")
    assert (len(page.sides), page.tabs, page.sides[0].count) == (1, (), 1)


def test_replies_stand_under_their_opinion_oldest_first_and_few() -> None:
    opinion = make_comment()
    replies = [make_comment(thread=opinion.thread, parent=opinion) for _ in range(REPLY_ROWS + 2)]
    make_comment(thread=opinion.thread, parent=opinion, state="withdrawn")
    shown = thread_page(opinion.thread).sides[0].opinions[0]
    assert [one.pk for one in shown.replies] == [reply.pk for reply in replies[:REPLY_ROWS]]
    assert shown.more_replies == 2


def test_hidden_opinion_keeps_its_place_without_its_words() -> None:
    hidden = make_hidden_comment()
    seen = thread_page(hidden.thread).sides[0].opinions[0]
    decision = hidden.moderations.get()
    assert decision.rule is not None
    assert (seen.body, seen.is_hidden, seen.rule_number) == ("", True, decision.rule.number)
    assert not seen.may_appeal


def test_author_of_a_hidden_opinion_sees_the_words_and_may_appeal() -> None:
    hidden = make_hidden_comment()
    seen = thread_page(hidden.thread, user=hidden.author).sides[0].opinions[0]
    assert (seen.body, seen.is_mine, seen.may_appeal) == (hidden.body, True, True)


def test_withdrawn_opinion_stays_only_where_it_was_replied_to() -> None:
    thread = make_thread()
    alone = make_comment(thread=thread, state="withdrawn")
    answered = make_comment(thread=thread, state="withdrawn")
    make_comment(thread=thread, parent=answered)
    page = thread_page(thread)
    shown = page.sides[0].opinions
    assert [(one.pk, one.body) for one in shown] == [(answered.pk, "")]
    assert alone.pk not in [one.pk for one in shown]
    assert page.total == 1


def test_names_are_masked_gone_or_at_a_desk() -> None:
    thread = make_thread()
    make_comment(thread=thread, author=make_user(name="김느티"))
    make_comment(thread=thread, author=make_user(erased_at=timezone.now()))
    centre = make_centre(name="느티동 행정복지센터")
    make_comment(thread=thread, author=make_user(name="박직원"), centre=centre)
    opinions = thread_page(thread, sort="new").sides[0].opinions
    assert [(one.name, one.desk) for one in opinions] == [
        ("주민", "느티동 행정복지센터에서 받아 적음"),
        ("탈퇴한 이용자", ""),
        ("김○○", ""),
    ]


def test_reader_sees_own_marks_and_figures_at_once() -> None:
    opinion, reader = make_comment(), make_user()
    Reaction.objects.create(comment=opinion, user=reader, useful=False)
    Reaction.objects.create(comment=opinion, user=make_user(), useful=True)
    Follow.objects.create(thread=opinion.thread, user=reader)
    page = thread_page(opinion.thread, user=reader)
    seen = page.sides[0].opinions[0]
    assert (seen.mark, seen.useful, seen.not_useful, page.follows) == (False, 1, 1, True)
    assert one_opinion(opinion, reader).mark is False
    assert thread_page(opinion.thread).sides[0].opinions[0].mark is None


def test_end_that_lies_ahead_leaves_the_conversation_open() -> None:
    assert thread_page(make_thread(closed_at=timezone.now() + timedelta(hours=1))).is_open
    assert not thread_page(make_thread(closed_at=timezone.now())).is_open


def test_address_of_an_opinion_opens_it_alone() -> None:
    opinion = make_comment()
    make_comment(thread=opinion.thread)
    place = comment_place(opinion)
    page = follow_link(opinion.thread, place)
    assert page.focus is not None
    assert (page.focus.pk, place.rpartition("#")[2]) == (opinion.pk, f"opinion-{opinion.pk}")
    assert "opinion=" not in page.all_url


def test_address_of_a_reply_opens_its_opinion_with_the_replies_from_there() -> None:
    opinion = make_comment()
    replies = [make_comment(thread=opinion.thread, parent=opinion) for _ in range(45)]
    page = follow_link(opinion.thread, comment_place(replies[22]))
    assert page.focus is not None
    shown = [one.pk for one in page.focus.replies]
    assert shown == [reply.pk for reply in replies[22:42]]
    assert follow_link(opinion.thread, page.previous_url).focus is not None
    after = follow_link(opinion.thread, page.next_url).focus
    assert after is not None
    assert [one.pk for one in after.replies] == [reply.pk for reply in replies[42:]]


def test_opinion_of_another_conversation_is_not_opened_here() -> None:
    elsewhere = make_comment()
    assert thread_page(make_thread(), opinion=str(elsewhere.pk)).focus is None


def fill(thread: Thread, many: int) -> None:
    """So many opinions on each side, each with a reply, and so many hidden ones."""
    for position in ("for", "neutral", "against"):
        for _ in range(many):
            opinion = make_comment(thread=thread, position=position)
            make_comment(thread=thread, parent=opinion)
            make_hidden_comment(thread=thread, position=position)


@pytest.mark.parametrize("many", [1, 3, 12])
@pytest.mark.parametrize("asked", [{}, {"position": "for"}, {"position": "for", "sort": "new"}])
def test_queries_do_not_grow_with_the_conversation(
    many: int, asked: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    thread, reader = make_thread(), make_user()
    fill(thread, many)
    with django_assert_num_queries(4):  # counts, opinions, replies, follow
        thread_page(thread, user=reader, **thread_query(asked))
    with django_assert_num_queries(3):  # a visitor follows nothing
        thread_page(thread, **thread_query(asked))


def test_what_an_account_wrote_comes_newest_first() -> None:
    author = make_user()
    first, second = make_comment(author=author), make_comment(author=author)
    make_comment()
    assert list(opinions_by(author)) == [second, first]
