"""The list of debates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from debates.models import Debate, ThreadFigures
from debates.selectors import debate_author, debate_list, open_debates, search_debates
from debates.selectors.standalone import LIST_ROWS
from tests.factories.debates import make_debate
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_filters_narrow_the_list_and_hidden_debates_stay_out() -> None:
    mine = make_debate()
    over = make_debate(area=mine.area, field=mine.field, closes_at=timezone.now())
    make_debate(area=mine.area)
    make_debate(area=mine.area, field=mine.field, is_hidden=True)
    area, field = mine.area.code, mine.field.slug
    assert set(debate_list(area=area, field=field).debates) == {mine, over}
    assert debate_list(area=area, field=field, standing="open").debates == (mine,)
    assert debate_list(area=area, field=field, standing="closed").debates == (over,)


def test_busy_and_ending_orders() -> None:
    quiet, busy = make_debate(), make_debate()
    ThreadFigures.objects.create(thread=busy.thread, comments=7)
    later = make_debate(closes_at=timezone.now() + timedelta(days=9))
    soon = make_debate(closes_at=timezone.now() + timedelta(days=2))
    assert debate_list(sort="busy").debates[0] == busy
    assert debate_list(sort="ending").debates == (soon, later)
    assert debate_list().debates == (soon, later, busy, quiet)


@pytest.mark.parametrize("sort", ["new", "busy", "ending"])
def test_pages_show_each_debate_once(sort: str) -> None:
    end = timezone.now() + timedelta(days=3)
    debates = {make_debate(closes_at=end).pk for _ in range(LIST_ROWS + 3)}
    first = debate_list(sort=sort)
    second = debate_list(sort=sort, cursor=first.next)
    shown = [one.pk for one in (*first.debates, *second.debates)]
    assert (set(shown), len(shown), second.next, first.count) == (debates, 15, "", 15)
    assert debate_list(sort=sort, cursor=second.previous).debates == first.debates


@pytest.mark.parametrize("many", [1, 3])
def test_list_takes_two_queries_whatever_its_length(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        make_debate()
    with django_assert_num_queries(2):  # the page, the count
        for debate in debate_list().debates:
            assert debate_author(debate)
            assert debate.area.name
            assert debate.field.name


def test_open_debates_of_some_areas() -> None:
    here, there = make_debate(), make_debate()
    make_debate(area=here.area, closes_at=timezone.now())
    assert list(open_debates(areas=[here.area.code])) == [here]
    assert list(open_debates()) == [there, here]


def test_search_wants_every_word_in_title_or_text() -> None:
    found = make_debate(title="하천변 조명", body="세 시간 끄기")
    make_debate(title="하천변 의자", body="늘리기")
    assert list(search_debates("조명 시간")) == [found]
    assert not search_debates("  ").exists()


def test_office_asks_in_its_own_name() -> None:
    asked = make_debate(asked_by_office=True, author=make_user(name="오담당"))
    assert debate_author(asked) == "구청"
    assert debate_author(make_debate(author=make_user(name="이느티"))) == "이○○"
    assert Debate.objects.count() == 2
