"""Equal votes decided by lot on the office's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from residents.roles import RoleKind
from tests.factories.residents import make_user
from tests.voting.services.test_lots import run_on, tied
from voting.models import ContestState
from voting.selectors.lots import waits_for_lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db
NUMBERS = {"entropy": "3 1 6", "again": "3/1/6", "witnesses": "참관인"}


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_user(role=RoleKind.ADMINISTRATOR))


def test_tie_is_shown_with_the_way_to_the_lot_and_drawn(office: Client) -> None:
    contest = tied("a", "b")
    address = f"/admin/voting/contest/{contest.pk}/lot/"
    assert address in office.get(f"/admin/voting/contest/{contest.pk}/change/").content.decode()
    assert "주사위" in office.get(address).content.decode()
    assert "공개 추첨으로 정한 뒤" in office.get(contest.get_absolute_url()).content.decode()
    wrong = office.post(address, {**NUMBERS, "again": "3 1 5"})
    assert wrong.status_code == 422
    assert "두 사람이 적은 숫자가 다릅니다" in wrong.content.decode()
    assert office.post(address, NUMBERS).status_code == 302
    assert run_on(contest).state == ContestState.PUBLISHED


def test_page_of_a_contest_without_a_tie_leads_back(office: Client) -> None:
    contest = tied("a", "a", "b")
    answer = office.get(f"/admin/voting/contest/{contest.pk}/lot/", follow=True)
    assert "추첨할 동점이 없습니다" in answer.content.decode()


def test_observers_do_not_draw(client_of: ClientOf) -> None:
    contest = tied("a", "b")
    observer = client_of(make_user(role=RoleKind.OBSERVER))
    assert observer.post(f"/admin/voting/contest/{contest.pk}/lot/", NUMBERS).status_code == 403
    assert waits_for_lot(contest)
