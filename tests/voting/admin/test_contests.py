"""The office's contests: who sees them, and what each state shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from residents.roles import RoleKind
from tests.factories.residents import make_user
from tests.factories.voting import make_contest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db

CONTESTS = "/admin/voting/contest/"


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_user(role=RoleKind.ADMINISTRATOR))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", [RoleKind.ADMINISTRATOR, RoleKind.OBSERVER, RoleKind.AUDITOR])
def test_who_watches_the_votes_sees_list_and_page(client_of: ClientOf, role: RoleKind) -> None:
    contest = make_contest()
    client = client_of(make_user(role=role))
    assert contest.title in page(client, CONTESTS)
    assert contest.title in page(client, f"{CONTESTS}{contest.pk}/change/")


@pytest.mark.parametrize("role", [RoleKind.MODERATOR, RoleKind.OFFICIAL])
def test_other_staff_sees_no_contests(client_of: ClientOf, role: RoleKind) -> None:
    contest = make_contest()
    client = client_of(make_user(role=role))
    assert client.get(CONTESTS).status_code == 403
    assert client.get(f"{CONTESTS}{contest.pk}/change/").status_code == 403


@pytest.mark.parametrize("address", ["999999", "nothing", "9" * 30])
def test_an_unknown_contest_is_not_found(office: Client, address: str) -> None:
    assert office.get(f"{CONTESTS}{address}/change/").status_code == 404


def test_nothing_is_added_or_deleted_by_djangos_own_forms(office: Client) -> None:
    contest = make_contest()
    assert office.get(f"{CONTESTS}{contest.pk}/delete/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    office: Client, rows: int, django_assert_num_queries: Callable[[int], object]
) -> None:
    for _number in range(rows):
        make_contest()
    page(office, CONTESTS)
    with django_assert_num_queries(8):  # type: ignore[attr-defined]  # a context manager
        page(office, CONTESTS)
