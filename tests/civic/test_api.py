"""How the API says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/fields/"


def statuses(client: Client, count: int = 3) -> list[int]:
    return [client.get(ADDRESS).status_code for _try in range(count)]


def test_address_that_asks_too_often_is_told_when_to_come_back(
    limit_to: Callable[[str, str], None],
) -> None:
    limit_to("api", "2/minute")
    assert statuses(Client()) == [200, 200, 429]
    answer = Client().get(ADDRESS)
    assert answer.json()["code"] == "limit_reached"
    assert answer.json()["message"] == "1분 동안 요청이 너무 많았습니다."
    assert 0 < int(answer["Retry-After"]) <= 60
    assert statuses(Client(REMOTE_ADDR="203.0.113.7"), 2) == [200, 200]


def test_account_has_a_limit_of_its_own(
    limit_to: Callable[[str, str], None], client_of: Callable[[User], Client]
) -> None:
    limit_to("api", "1/minute")
    limit_to("api_account", "2/minute")
    assert statuses(client_of(make_user())) == [200, 200, 429]
    assert statuses(client_of(make_user()), 2) == [200, 200]
    assert statuses(Client(), 2) == [200, 429]


def test_limits_can_be_off(limit_to: Callable[[str, str], None]) -> None:
    limit_to("api", "off")
    assert set(statuses(Client(), 20)) == {200}


def test_addresses_are_not_kept(limit_to: Callable[[str, str], None]) -> None:
    limit_to("api", "2/minute")
    Client(REMOTE_ADDR="203.0.113.9").get(ADDRESS)
    keys = cache._cache.get_client().keys("*")  # type: ignore[attr-defined]  # what Redis holds
    assert keys
    assert not [key for key in keys if b"203.0.113.9" in key]
