"""Draws by lot as everybody reads them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.draws import hold, make_draw, make_published_draw
from voting.models import Draw
from voting.selectors.draws import replayed

pytestmark = pytest.mark.django_db


def text_of(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_list_shows_draws_once_their_list_is_out() -> None:
    draft = make_draw(title="아직 초안")
    draw = make_published_draw()
    page = text_of("/draws/")
    assert draw.title in page
    assert draft.title not in page


def test_list_without_draws_says_so() -> None:
    assert "예정된 추첨이 없습니다" in text_of("/draws/")


@pytest.mark.parametrize("number", [1, 3])
def test_list_keeps_its_number_of_statements(number: int) -> None:
    for _ in range(number):
        make_published_draw()
    with CaptureQueriesContext(connection) as caught:
        text_of("/draws/")
    assert len(caught) <= 2


def test_list_turns_its_pages_forwards_and_back() -> None:
    first = make_published_draw()
    area = first.area
    draws = [first, *(make_published_draw(title=f"추첨 {n:02d}", area=area) for n in range(1, 23))]
    newest = Client().get("/draws/")
    assert list(newest.context["draws"]) == draws[:2:-1]
    assert (newest.context["previous_url"], newest.context["next_url"]) == (
        "",
        f"?before={draws[3].pk}",
    )
    older = Client().get(f"/draws/?before={draws[3].pk}")
    assert list(older.context["draws"]) == draws[2::-1]
    assert (older.context["previous_url"], older.context["next_url"]) == (
        f"?after={draws[2].pk}",
        "",
    )
    back = Client().get(f"/draws/?after={draws[2].pk}")
    assert list(back.context["draws"]) == draws[:2:-1]
    assert back.context["next_url"] == f"?before={draws[3].pk}"
    assert back.context["previous_url"] == ""


@pytest.mark.parametrize("asked", ["before=x", "after=-1", "before=99999999999", "after=99"])
def test_an_odd_place_in_the_list_is_no_error(asked: str) -> None:
    make_published_draw()
    assert Client().get(f"/draws/?{asked}").status_code == 200


def test_draft_is_nobodys_to_read() -> None:
    draw = make_draw()
    assert Client().get(f"/draws/{draw.pk}/").status_code == 404
    assert Client().get(f"/draws/{draw.pk}/draw.json").status_code == 404


def test_published_draw_shows_rules_digest_and_list_but_not_the_secret() -> None:
    draw = make_published_draw()
    page = text_of(f"/draws/{draw.pk}/")
    assert "성별 여: 전체의 60% 이하(8자리 가운데 4자리)" in page
    assert "연령대 청년: 전체의 25% 이상(8자리 가운데 2자리)" in page
    assert draw.list_digest[:4] in page
    assert 'id="seated"' not in page
    assert json.loads(text_of(f"/draws/{draw.pk}/draw.json"))["secret"] is None


def test_drawn_lots_show_seats_reserves_and_numbers() -> None:
    draw = hold(make_published_draw())
    page = text_of(f"/draws/{draw.pk}/")
    assert 'id="seated"' in page
    assert "예비순번" in page
    assert "3 1 6 2 2 5" in page
    assert json.loads(text_of(f"/draws/{draw.pk}/draw.json"))["outcome"] == draw.outcome


def test_anybody_draws_again_on_the_page_with_the_numbers_that_were_thrown() -> None:
    draw = hold(make_published_draw())
    same = text_of(f"/draws/{draw.pk}/?numbers=3,1,6+/+2-2-5")
    assert "이 숫자로 다시 뽑아도 자리와 예비순번이 차례까지 같습니다." in same
    assert 'value="3,1,6 / 2-2-5"' in same
    other = text_of(f"/draws/{draw.pk}/?numbers=3+1+6+2+2+6")
    assert "다른 추첨" in other
    assert "3 1 6 2 2 5" in other.partition('id="again"')[2]
    assert draw.outcome
    changed = {**draw.outcome, "reserves": draw.outcome["reserves"][::-1]}
    assert not replayed(Draw(**{**fields_of(draw), "outcome": changed}), draw.entropy).is_same


def fields_of(draw: Draw) -> dict[str, Any]:
    return {field.attname: getattr(draw, field.attname) for field in draw._meta.concrete_fields}


@pytest.mark.parametrize("typed", ["", "%20%2F%20-", "abc"])
def test_numbers_that_are_none_are_refused_and_kept(typed: str) -> None:
    draw = hold(make_published_draw())
    page = text_of(f"/draws/{draw.pk}/?numbers={typed}")
    assert 'aria-invalid="true"' in page
    assert "다른 추첨" not in page


def test_fewer_numbers_than_were_thrown_are_told() -> None:
    draw = hold(make_published_draw())
    assert "6개를 던졌는데 3개를" in text_of(f"/draws/{draw.pk}/?numbers=3+1+6")
    assert "숫자의 개수" not in text_of(f"/draws/{draw.pk}/?numbers=3+1+6+2+2+6")


def test_a_bare_no_says_to_which_question() -> None:
    rows = [f"{n},여,{'청년' if n < 6 else '아니요'}\n" for n in range(1, 10)]
    draw = make_published_draw(data=("접수번호,성별,연령대\n" + "".join(rows)).encode())
    page = text_of(f"/draws/{draw.pk}/")
    told = re.findall(r'<th scope="row">\d+</th><td>([^<]*)</td>', page)
    assert set(told) == {"여 · 청년", "여 · 연령대: 아니요"}


def test_nobody_draws_before_the_draw() -> None:
    page = text_of(f"/draws/{make_published_draw().pk}/?numbers=316")
    assert 'id="again"' not in page


def test_seats_that_stay_empty_are_told() -> None:
    data = "접수번호,성별,연령대\n" + "".join(f"{n},여,청년\n" for n in range(1, 10))
    draw = hold(make_published_draw(data=data.encode()))
    assert "빈자리가 남았습니다" in text_of(f"/draws/{draw.pk}/")
