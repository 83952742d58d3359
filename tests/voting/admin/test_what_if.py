"""The office's page on which rules are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from residents.roles import RoleKind
from tests.factories.budgets import make_voting_budget
from tests.factories.residents import make_user
from tests.factories.voting import make_contest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db


def test_rules_stand_beside_each_other_with_their_winners(client_of: ClientOf) -> None:
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    contest = make_contest(kind="rank", rule="irv", max_picks=3)
    at = f"/admin/voting/contest/{contest.pk}/"
    assert f"{at}what-if/" in office.get(f"{at}set-up/rule/").content.decode()
    text = office.get(f"{at}what-if/").content.decode()
    for words in ("즉석 결선", "슐체", "보르다", "지어낸", "이 투표에 고른 규칙"):
        assert words in text
    assert office.get(f"{at}what-if/?ballots=999").status_code == 200
    empty = make_contest(keys=())
    answer = office.get(f"/admin/voting/contest/{empty.pk}/what-if/")
    assert "먼저 항목과 한도를" in answer.content.decode()


def test_a_budget_is_not_ranked_by_votes_but_shown_the_way_to_its_own_page(
    client_of: ClientOf,
) -> None:
    budget = make_voting_budget((200_000_000, 150_000_000))
    assert budget.contest is not None
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    at = f"/admin/voting/contest/{budget.contest.pk}/what-if/"
    text = office.get(at).content.decode()
    assert f"/admin/budgets/budget/{budget.pk}/what-if/" in text
    assert "지어낸" not in text
    loose = make_contest(kind="budget", costs=(1, 2, 3), outcome="allocation")
    assert office.get(f"/admin/voting/contest/{loose.pk}/what-if/").status_code == 200
