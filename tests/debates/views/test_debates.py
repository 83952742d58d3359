"""Pages of stand-alone debates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from debates.models import Debate
from proceedings.audit import Action
from proceedings.models import AuditEvent
from tests.factories.debates import make_comment, make_debate, make_hidden_comment
from tests.factories.places import make_area
from tests.factories.proceedings import make_field
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from residents.models import User

pytestmark = pytest.mark.django_db


def typed(**changes: str) -> dict[str, str]:
    """A form as somebody filled it in."""
    return {
        "title": "공영주차장 밤 요금을 받을까",
        "body": "84면 가운데 30면을 같은 차가 차지합니다.",
        "area": str(make_area().pk),
        "field": str(make_field().pk),
        "days": "14",
        **changes,
    }


@pytest.mark.parametrize("many", [1, 3])
def test_list_keeps_its_query_count(
    many: int,
    client_of: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(many):
        make_debate()
    with django_assert_num_queries(4):  # dong and fields to choose from, page, count
        Client().get("/debates/")
    client = client_of(make_user())
    client.get("/debates/")  # fills the session's cache
    with django_assert_num_queries(5):  # and the account
        client.get("/debates/")


@pytest.mark.parametrize("many", [1, 3])
def test_page_keeps_its_query_count(
    many: int,
    client_of: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    debate, reader = make_debate(), make_user()
    for position in ["for", "neutral", "against"] * many:
        opinion = make_comment(thread=debate.thread, position=position)
        make_comment(thread=debate.thread, parent=opinion)
        make_hidden_comment(thread=debate.thread, position=position)
    client = client_of(reader)
    client.get(debate.get_absolute_url())
    with django_assert_num_queries(7):  # account, debate, map, and four for the conversation
        client.get(debate.get_absolute_url())
    with django_assert_num_queries(5):  # debate, map, and three
        Client().get(debate.get_absolute_url())


def test_visitors_page_has_no_cookie_no_token_and_a_way_to_log_in() -> None:
    debate = make_debate()
    make_comment(thread=debate.thread)
    for path in ("/debates/", debate.get_absolute_url(), "/house-rules/"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in answer.content.decode()
    page = Client().get(debate.get_absolute_url()).content.decode()
    assert f"/accounts/login/?next=%2Fdebates%2F{debate.pk}%2F%23opinions" in page


def test_filters_come_back_as_chips_and_stay_in_the_links() -> None:
    debate = make_debate()
    area = debate.area.code
    page = Client().get(f"/debates/?area={area}&sort=busy&standing=nonsense").content.decode()
    assert debate.title in page
    assert 'href="?sort=busy"' in page
    assert f"area={area}&amp;sort=ending" in page
    empty = Client().get(f"/debates/?area={make_area().code}").content.decode()
    assert "조건에 맞는 토론이 없습니다" in empty


def test_closed_debate_says_so_and_offers_no_form(client_of: Callable[[User], Client]) -> None:
    debate = make_debate(closes_at=timezone.now(), summary="그대로 두기로 했습니다.")
    page = client_of(make_user()).get(debate.get_absolute_url()).content.decode()
    assert "마감했습니다" in page
    assert "그대로 두기로 했습니다." in page
    assert 'id="opinion-form"' not in page


def test_hidden_debate_shows_neither_words_nor_opinions() -> None:
    debate = make_debate(is_hidden=True, title="감춘 물음")
    make_comment(thread=debate.thread, body="감춘 의견")
    page = Client().get(debate.get_absolute_url()).content.decode()
    assert "가린 토론입니다" in page
    assert "감춘 의견" not in page
    assert page.count("감춘 물음") == 0
    assert Client().get("/debates/999999/").status_code == 404


def test_anybody_with_an_account_opens_a_debate(client_of: Callable[[User], Client]) -> None:
    author = make_user()
    answer = client_of(author).post("/debates/new/", typed(asked_by_office="on"))
    debate = Debate.objects.select_related("thread").get()
    assert answer["Location"] == debate.get_absolute_url()
    assert (debate.author, debate.asked_by_office) == (author, False)
    assert (debate.thread.subject_title, debate.thread.subject_url) == (
        debate.title,
        debate.get_absolute_url(),
    )
    assert debate.thread.closed_at == debate.closes_at
    last = datetime.now(ZoneInfo("Asia/Seoul")) + timedelta(days=14)  # noqa: TID251 - zone given
    assert debate.closes_at is not None
    assert timezone.localtime(debate.closes_at).strftime("%Y-%m-%d %H:%M") == (
        f"{last:%Y-%m-%d} 23:59"
    )
    assert AuditEvent.objects.get(action=Action.DEBATE_OPENED).actor_ref == author.actor_ref


def test_office_asks_in_its_name(client_of: Callable[[User], Client]) -> None:
    client_of(make_user("official")).post("/debates/new/", typed(asked_by_office="on", days="0"))
    debate = Debate.objects.get()
    assert (debate.asked_by_office, debate.closes_at) == (True, None)
    assert "구청이 묻습니다" in Client().get(debate.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "물음을 적어 주세요."),
        ({"body": "번호 900101-1234567"}, "id_body_error"),
        ({"area": "0"}, "동"),
        ({"days": "9999"}, "9999"),
    ],
)
def test_what_is_wrong_is_named_and_kept(
    client_of: Callable[[User], Client], changes: dict[str, str], words: str
) -> None:
    form = typed(**changes)
    answer = client_of(make_user()).post("/debates/new/", form)
    page = answer.content.decode()
    assert (answer.status_code, Debate.objects.count()) == (422, 0)
    assert words in page
    assert form["title"] in page
    assert form["body"] in page


@pytest.mark.parametrize(
    ("closes_in", "summary", "words"),
    [
        (3, "", ["토론이 끝납니다", "까지"]),
        (None, "", ["담당 부서가 닫을 때까지 열려 있습니다."]),
        (-1, "", ["담당 부서가 결과를 정리해 적습니다."]),
        (-1, "밤 11시부터 끄기로 했습니다.", ["밤 11시부터 끄기로 했습니다."]),
    ],
)
def test_page_says_where_the_debate_stands_and_what_comes_next(
    closes_in: int | None, summary: str, words: list[str]
) -> None:
    closes_at = timezone.now() + timedelta(days=closes_in) if closes_in else None
    page = Client().get(make_debate(closes_at=closes_at, summary=summary).get_absolute_url()).text
    strip = page[page.index('class="strip"') :]
    assert [
        each for each in ["토론 자체로 정해지는 것은 없습니다.", *words] if each not in strip
    ] == []
