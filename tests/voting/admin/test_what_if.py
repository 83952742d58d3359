"""The office's page on which rules are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from residents.roles import RoleKind
from tests.factories.budgets import make_voting_budget
from tests.factories.residents import make_user
from tests.factories.voting import make_contest, make_open_contest, run_to_the_end, vote
from voting.models import ContestFigures, ContestPreset
from voting.selectors.what_if import MOST_BALLOTS

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


def test_a_preset_is_tried_from_its_card_before_there_is_a_contest(client_of: ClientOf) -> None:
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    preset = ContestPreset.objects.get(slug="gwangju")
    at = "/admin/voting/contest/what-if/"
    assert f"{at}?preset={preset.pk}" in office.get("/admin/voting/contest/add/").content.decode()
    text = office.get(f"{at}?preset={preset.pk}").content.decode()
    assert "지어낸 표 300장" in text
    assert f"?begin={preset.pk}" in text
    earlier = make_open_contest(kind="pick", max_picks=2, title="지난 의제 투표")
    vote(earlier, "a", "b")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    run_to_the_end(earlier)
    assert "공개된 표 1장" in office.get(f"{at}?preset={preset.pk}").content.decode()
    assert "지어낸 표 300장" in office.get(f"{at}?preset={preset.pk}&ballots=").content.decode()
    ContestFigures.objects.filter(contest=earlier).update(web=MOST_BALLOTS + 1)
    text = office.get(f"{at}?preset={preset.pk}").content.decode()
    assert "지난 의제 투표" in text
    assert "count_ballots" in text
    assert office.get(f"{at}?preset=x").status_code == 200
    ContestPreset.objects.all().delete()
    assert office.get(at).status_code == 200


def test_presets_stand_above_the_rules_of_a_contest(client_of: ClientOf) -> None:
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    contest = make_contest(kind="pick", max_picks=2)
    preset = ContestPreset.objects.get(slug="gwangju")
    at = f"/admin/voting/contest/{contest.pk}/what-if/?preset={preset.pk}"
    text = office.get(at).content.decode()
    assert preset.name in text
    assert "시민총회 10선" in text
    assert "자치계획 찬반" not in text


def test_presets_are_tried_by_staff_only(client_of: ClientOf) -> None:
    outsider = client_of(make_user())
    assert outsider.get("/admin/voting/contest/what-if/").status_code in {302, 403}


def test_too_many_different_ballots_are_said(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voting.selectors.what_if.MOST_DIFFERENT", 1)
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    contest = make_contest(kind="pick", max_picks=2)
    text = office.get(f"/admin/voting/contest/{contest.pk}/what-if/").content.decode()
    assert "서로 다른 표가 너무 많아" in text
