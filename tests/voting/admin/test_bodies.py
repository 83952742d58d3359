"""The office's page for what a body gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from residents.roles import RoleKind
from tests.factories.residents import make_user
from tests.voting.services.test_bodies import PANEL, closed
from tests.voting.services.test_lots import run_on
from voting.models import ContestState

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db
TYPED = {"points-1": "0", "points-2": "9", "points-3": "1"}


def test_two_people_type_what_a_body_gave_and_the_vote_goes_on(client_of: ClientOf) -> None:
    contest = closed("a", "b")
    at = f"/admin/voting/contest/{contest.pk}/"
    first, second = (client_of(make_user(role=RoleKind.ADMINISTRATOR)) for _ in range(2))
    overview = first.get(f"{at}change/").content.decode()
    assert f"{at}bodies/1/" in overview
    assert "아직 입력 전" in overview
    empty = first.post(f"{at}bodies/1/", {**TYPED, "points-2": ""})
    assert empty.status_code == 422
    assert "0을 적어 주세요" in empty.content.decode()
    assert 'value="1"' in empty.content.decode()
    assert first.post(f"{at}bodies/1/", TYPED).status_code == 302
    again = first.post(f"{at}bodies/1/", TYPED)
    assert again.status_code == 422
    assert "이미 입력하셨습니다" in again.content.decode()
    blind = second.get(f"{at}bodies/1/").content.decode()
    assert PANEL in blind
    assert 'value="9"' not in blind
    answer = second.post(f"{at}bodies/1/", {**TYPED, "points-3": "2"}, follow=True)
    assert "둘 다 다시 입력해 주세요" in answer.content.decode()
    for client in (second, first):
        answer = client.post(f"{at}bodies/1/", TYPED, follow=True)
    assert "공개 기록에 올렸습니다" in answer.content.decode()
    assert run_on(contest).state == ContestState.PUBLISHED
    assert "두 사람이 확인함" in first.get(f"{at}change/").content.decode()


def test_an_unknown_body_is_not_found_and_observers_do_not_type(client_of: ClientOf) -> None:
    contest = closed("a")
    at = f"/admin/voting/contest/{contest.pk}/bodies/"
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    assert office.get(f"{at}2/").status_code == 404
    observer = client_of(make_user(role=RoleKind.OBSERVER))
    assert observer.get(f"{at}1/").status_code == 403
