"""The administration's door: the same log-in as everybody's, with its second factor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from residents.roles import RoleKind
from tests.factories.draws import make_draw
from tests.factories.proposals import make_reviewed
from tests.factories.residents import PASSWORD, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

pytestmark = pytest.mark.django_db
DOOR = "/admin/login/"


def test_stranger_is_sent_to_the_log_in_of_the_site_and_comes_back(client: Client) -> None:
    first = client.get("/admin/proposals/proposal/")
    second = client.get(first["Location"])
    assert second["Location"] == (f"{reverse('account_login')}?next=/admin/proposals/proposal/")


def test_password_alone_opens_nothing(client: Client) -> None:
    user = make_user(RoleKind.ADMINISTRATOR)
    answer = client.post(DOOR, {"username": user.email, "password": PASSWORD, "next": "/admin/"})
    assert answer["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302


def test_citizen_without_a_role_is_told_no(client_of: Callable[[User], Client]) -> None:
    client = client_of(make_user())
    assert client.get("/admin/")["Location"].startswith(DOOR)
    assert client.get(DOOR).status_code == 403


def test_staff_who_are_in_already_come_to_the_morning_list(
    client_of: Callable[[User], Client],
) -> None:
    client = client_of(make_user(RoleKind.OBSERVER))
    assert client.get(DOOR)["Location"] == "/admin/"
    assert "오늘 할 일" in client.get("/admin/").content.decode()


def test_password_is_changed_where_everybody_does_it(client_of: Callable[[User], Client]) -> None:
    client = client_of(make_user(RoleKind.OBSERVER))
    answer = client.get("/admin/password_change/")
    assert answer["Location"] == reverse("account_change_password")


def test_lists_write_dates_as_the_pages_do(client_of: Callable[[User], Client]) -> None:
    opens = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    make_draw(draws_at=opens)
    text = client_of(make_user(RoleKind.ADMINISTRATOR)).get("/admin/voting/draw/")
    assert "2026. 11. 22. 18:00" in text.content.decode()


def test_djangos_own_sentences_are_said_our_way(client_of: Callable[[User], Client]) -> None:
    client = client_of(make_user(RoleKind.ADMINISTRATOR))
    text = client.get("/admin/proceedings/process/add/").content.decode()
    for ours in ("저장하고 하나 더 추가", "저장하고 계속 고치기", "누리집 보기"):
        assert ours in text
    for theirs in ("다른 이름으로", "사이트 보기"):
        assert theirs not in text


def test_a_list_says_how_many_there_are_or_what_an_empty_one_means(
    client_of: Callable[[User], Client],
) -> None:
    client = client_of(make_user(RoleKind.ADMINISTRATOR))
    proposals = "/admin/proposals/proposal/"
    assert "답변을 기다리는 제안이 없습니다." in client.get(proposals).text
    assert "맞는 것이 없습니다." in client.get(proposals, {"due": "overdue"}).text
    assert "맞는 것이 없습니다." in client.get(proposals, {"q": "보안등"}).text
    assert "아직 아무것도 없습니다." in client.get("/admin/proposals/progress/").text
    make_reviewed()
    text = " ".join(client.get(proposals).text.split())
    assert "제안 1건" in text
    assert "답변을 기다리는 제안이 없습니다." not in text


def test_a_list_links_to_its_filters_and_says_that_one_is_in_use(
    client_of: Callable[[User], Client],
) -> None:
    client = client_of(make_user(RoleKind.ADMINISTRATOR))
    link = '<a href="#changelist-filter">조건 고르기'
    proposals = "/admin/proposals/proposal/"
    assert f"{link}</a>" in client.get(proposals).text
    assert f"{link}: 고른 조건 있음</a>" in client.get(proposals, {"due": "overdue"}).text
    assert link not in client.get("/admin/budgets/allocation/").text
