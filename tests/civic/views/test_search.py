"""Search over all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
