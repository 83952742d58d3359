"""The map of a debate: sides from opinions, figures from the roll-up, words of what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from debates import services
from debates.models import Comment, Reaction
from debates.opinion import LEAST, Liking
from debates.selectors import opinion_map
from tests.factories.debates import make_comment, make_debate, make_thread, rated
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_an_opinion_stands_where_both_sides_put_it() -> None:
    thread = make_thread()
    opinion = rated(thread, for_=9, against_=4)
    (dot,) = opinion_map(thread).dots
    assert dot.url == f"/comments/{opinion.pk}/"
    assert (dot.share_for, dot.share_against, dot.liking) == (90, 40, Liking.FOR)


def test_an_opinion_that_nine_people_of_a_side_rated_is_not_shown() -> None:
    thread = make_thread()
    rated(thread, LEAST - 1)
    assert opinion_map(thread).dots == ()


def test_those_without_an_opinion_of_their_own_stand_on_no_side() -> None:
    thread = make_thread()
    opinion = rated(thread, LEAST - 1)
    for _each in range(LEAST):
        services.react_to_comment(actor=make_user(), comment_id=opinion.pk, useful=True)
    services.refresh_figures()
    assert opinion_map(thread).dots == ()


def test_who_changes_sides_is_counted_on_the_new_one() -> None:
    thread = make_thread()
    opinion = rated(thread)
    changer = Reaction.objects.filter(comment=opinion).order_by("pk")[0].user  # in favour so far
    services.post_comment(
        actor=changer, thread_id=thread.pk, body="다시 생각했습니다.", position="against"
    )
    services.refresh_figures()
    opinion.refresh_from_db()
    assert (opinion.figures.rated_for, opinion.figures.rated_against) == (LEAST - 1, LEAST + 1)
    assert opinion_map(thread).dots == ()


def test_withdrawing_ones_opinion_takes_the_side_away() -> None:
    thread = make_thread()
    opinion = rated(thread)
    author = Reaction.objects.filter(comment=opinion).order_by("pk")[0].user
    own = Comment.objects.get(thread=thread, author=author)
    services.withdraw_comment(actor=author, comment_id=own.pk)
    services.refresh_figures()
    assert opinion_map(thread).dots == ()


def test_hidden_opinions_are_not_on_the_map() -> None:
    thread = make_thread()
    opinion = rated(thread)
    Comment.objects.filter(pk=opinion.pk).update(state="hidden")
    assert opinion_map(thread).dots == ()


@pytest.mark.parametrize("many", [1, 3])
def test_the_map_costs_one_query(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    thread = make_thread()
    for _each in range(many):
        rated(thread)
    with django_assert_num_queries(1):
        assert opinion_map(thread).dots


def test_the_page_names_what_both_sides_find_useful_and_no_person() -> None:
    debate = make_debate()
    rated(debate.thread)
    page = Client().get(debate.get_absolute_url()).content.decode()
    part = page[page.index('id="map-title"') : page.index('id="opinions"')]
    assert "자정부터 받으면 어떨까요." in part
    assert "찬성하는 분의 100%, 반대하는 분의 100%가 도움된다고 했습니다" in part
    assert "○○" not in part


def test_the_page_says_when_the_map_comes() -> None:
    debate = make_debate()
    make_comment(thread=debate.thread)
    page = Client().get(debate.get_absolute_url()).content.decode()
    assert "양쪽이 함께 도움된다고 한 의견을 여기에 보여 드립니다" in page
