"""Search over all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.budgets import make_project
from tests.factories.debates import make_debate
from tests.factories.proposals import make_proposal
from tests.factories.voting import make_open_contest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


def test_search_finds_and_keeps_the_words(client: Client) -> None:
    proposal = make_proposal(title="가로등을 늘려 주세요")
    text = client.get("/search/", {"q": "가로등"}).content.decode()
    assert proposal.title in text
    assert 'value="가로등"' in text


def test_search_finds_every_kind_whatever_particles_and_spaces(client: Client) -> None:
    titles = {
        make_proposal(title="공영주차장 밤 요금").title,
        make_debate(title="공영 주차장을 밤에 닫을까").title,
        make_project(title="공영 주차장에 지붕 놓기").title,
        make_open_contest(title="공영 주차장 이름 정하기").title,
    }
    make_debate(title="공영 운동장을 열까")
    text = client.get("/search/", {"q": "공영주차장에서"}).text
    assert [title for title in titles if title not in text] == []
    assert "공영 운동장을" not in text
    text = client.get("/search/", {"q": "공영 주차장"}).text
    assert [title for title in titles if title not in text] == []


def test_too_many_searches_are_told_when_to_come_back(
    client: Client, limit_to: Callable[[str, str], None]
) -> None:
    limit_to("search", "1/minute")
    client.get("/search/", {"q": "가로등"})
    answer = client.get("/search/", {"q": "그늘막"})
    assert answer.status_code == 429
    text = answer.content.decode()
    assert 'value="그늘막"' in text
    assert "1분 뒤에 다시 해 주세요." in text
    assert client.get("/search/").status_code == 200


def hits(client: Client, **query: str | int) -> dict[str, Any]:
    """The answer of the API to a search."""
    answer = client.get("/api/v1/search/", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_data_finds_what_the_page_finds(client: Client) -> None:
    rooms: dict[str, Any] = {
        "proposals": make_proposal(title="공영주차장 밤 요금"),
        "debates": make_debate(title="공영 주차장을 밤에 닫을까"),
        "contests": make_open_contest(title="공영 주차장 이름 정하기"),
        "projects": make_project(title="공영 주차장에 지붕 놓기"),
    }
    make_debate(title="공영 운동장을 열까")
    found = hits(client, q="공영주차장에서")
    assert found.pop("next") is None
    assert found == {
        room: [{"id": one.pk, "title": one.title, "page": one.get_absolute_url()}]
        for room, one in rooms.items()
    }


def test_data_reads_on_page_by_page_until_everything_was_given_once(client: Client) -> None:
    made = {make_debate(title=f"가로등 {number}").pk for number in range(5)}
    make_proposal(title="가로등을 늘려 주세요")
    address: str | None = "/api/v1/search/?q=가로등&page_size=2"
    given: list[int] = []
    while address:
        found = client.get(address).json()
        given += [one["id"] for one in found["debates"]]
        address = found["next"]
    assert sorted(given) == sorted(made)


@pytest.mark.parametrize(
    "query", ["", "q=", "q=+", f"q={'가' * 81}", "q=가&page=0", "q=가&page=51", "q=가&page_size=99"]
)
def test_data_says_which_part_of_an_odd_question_is_wrong(client: Client, query: str) -> None:
    answer = client.get(f"/api/v1/search/?{query}")
    assert answer.status_code == 400
    assert set(answer.json()) <= {"q", "page", "page_size"}


def test_the_last_page_names_no_next_one(client: Client) -> None:
    for number in range(52):
        make_debate(title=f"가로등 {number}")
    assert hits(client, q="가로등", page=50, page_size=1)["next"] is None


def test_data_keeps_to_the_limit_of_the_page(
    client: Client, limit_to: Callable[[str, str], None]
) -> None:
    limit_to("search", "1/minute")
    hits(client, q="가로등")
    answer = client.get("/api/v1/search/", {"q": "가로등"})
    assert answer.status_code == 429
    assert answer.json()["code"] == "limit_reached"
