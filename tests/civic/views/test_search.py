"""Search over all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.proposals import make_proposal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


def test_search_finds_and_keeps_the_words(client: Client) -> None:
    proposal = make_proposal(title="가로등을 늘려 주세요")
    text = client.get("/search/", {"q": "가로등"}).content.decode()
    assert proposal.title in text
    assert 'value="가로등"' in text


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
