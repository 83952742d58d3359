"""How the API says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from debates.models import Comment, Reaction
from proposals.models import Support
from tests.factories.debates import make_comment
from tests.factories.proposals import make_proposal, make_supporter
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


JSON = "application/json"


def writes() -> list[tuple[str, str, dict[str, str]]]:
    """Every writing request of the API: method, address, body."""
    opinion = make_comment()
    proposal = make_proposal()
    return [
        ("put", f"/api/v1/proposals/{proposal.pk}/support/", {}),
        ("delete", f"/api/v1/proposals/{proposal.pk}/support/", {}),
        (
            "post",
            f"/api/v1/threads/{opinion.thread_id}/comments/",
            {"body": "그늘이 필요합니다.", "position": "for"},
        ),
        ("put", f"/api/v1/comments/{opinion.pk}/reaction/", {"value": "useful"}),
    ]


def rows() -> tuple[int, int, int]:
    """How many supports, opinions and ratings there are."""
    return Support.objects.count(), Comment.objects.count(), Reaction.objects.count()


def test_without_a_log_in_nothing_is_written() -> None:
    asked = writes()
    before = rows()
    for method, address, body in asked:
        answer = getattr(Client(), method)(address, body, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (403, "log_in_first")
        assert answer.json()["message"] == "로그인해 주세요."
        english = getattr(Client(), method)(
            address, body, content_type=JSON, headers={"Accept-Language": "en"}
        )
        assert english.json()["message"] == "Please log in first."
    assert rows() == before


def test_without_the_token_nothing_is_written() -> None:
    asked = writes()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_supporter())
    before = rows()
    for method, address, body in asked:
        answer = getattr(client, method)(address, body, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (403, "token_needed")
        assert answer.json()["message"]
        assert "X-CSRFToken" in answer.json()["next_step"]
    assert rows() == before


def test_with_the_token_of_the_site_it_is_written() -> None:
    asked = writes()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_supporter())
    client.get("/debates/new/")  # a page with a form gives the token
    token = client.cookies["csrftoken"].value
    answers = [
        getattr(client, method)(
            address, body, content_type=JSON, headers={"X-CSRFToken": token}
        ).status_code
        for method, address, body in asked
    ]
    assert answers == [200, 200, 201, 200]


def test_staff_write_only_after_their_second_factor() -> None:
    asked = writes()
    client = Client()
    client.force_login(make_user(role="official"))
    before = rows()
    for method, address, body in asked:
        answer = getattr(client, method)(address, body, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
    assert rows() == before


def test_a_form_of_another_site_or_broken_json_is_told_in_the_same_shape(
    client_of: Callable[[User], Client],
) -> None:
    client, address = client_of(make_user()), writes()[2][1]
    form = client.post(address, {"body": "그늘", "position": "for"})
    broken = client.post(address, "{", content_type=JSON)
    assert (form.status_code, broken.status_code) == (415, 400)
    for answer in (form, broken, client.put(ADDRESS, {}, content_type=JSON)):
        assert set(answer.json()) == {"code", "message", "next_step"}
        assert answer.json()["message"]


def test_reading_sets_no_cookie() -> None:
    for address in (ADDRESS, "/api/v1/proposals/", writes()[2][1]):
        answer = Client().get(address)
        assert answer.status_code == 200
        assert not answer.cookies
