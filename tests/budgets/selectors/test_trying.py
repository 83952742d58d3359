"""The rule of a budget tried on made-up ballots, and on those of an earlier budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import EqualSharesOptions
from budgets.selectors.trying import budgets_to_try, try_rule
from budgets.services.contests import prepare_budget_contest
from residents.roles import RoleKind
from tests.factories.budgets import (
    make_administrator,
    make_allocated_budget,
    make_reviewing_budget,
    review,
)
from tests.factories.residents import make_user
from voting.models import ContestFigures
from voting.selectors.what_if import MOST_BALLOTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from budgets.methods.rules import Options
    from budgets.models import Budget
    from residents.models import User

pytestmark = pytest.mark.django_db

COSTS = (200_000_000, 150_000_000, 90_000_000)
BALLOTS = (["01", "02"], ["01", "03"], ["01"], ["02"])


def prepared(options: Options | None = None) -> Budget:
    budget = make_reviewing_budget(COSTS)
    for project in budget.projects.all():
        review(project)
    prepare_budget_contest(actor=make_administrator(), budget_id=budget.pk, options=options)
    budget.refresh_from_db()
    return budget


def test_made_up_ballots_are_given_out_by_the_rule_and_the_other_way() -> None:
    bars = Constraints(min_turnout=10**6, exclusions=(("01", "02"),))
    found = try_rule(prepared(EqualSharesOptions(threshold=10**6, constraints=bars)))
    assert found is not None
    assert found.ballots > 100
    own, other = found.ways
    assert (own.way.counted, other.way.counted) == (True, False)
    assert own.funded
    assert len(own.funded) == own.way.projects
    assert own.way.cost <= found.cap


def test_ballots_of_an_earlier_budget_fund_what_they_funded_then() -> None:
    earlier = make_allocated_budget(COSTS, BALLOTS)
    budget = prepared()
    assert budgets_to_try(budget) == ([earlier], [])
    found = try_rule(budget, earlier)
    assert found is not None
    assert found.ballots == len(BALLOTS)
    winners = earlier.allocations.get().result["outcome"]["winners"]
    titles = dict(earlier.projects.values_list("code", "title"))
    assert found.ways[0].funded == tuple(titles[key] for key in winners)


def test_without_a_rule_nothing_is_tried(client_of: Callable[[User], Client]) -> None:
    budget = make_reviewing_budget(COSTS)
    assert try_rule(budget) is None
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    text = office.get(f"/admin/budgets/budget/{budget.pk}/what-if/").content.decode()
    assert "먼저 투표를 준비해 주세요" in text
    assert office.get("/admin/budgets/budget/999999/what-if/").status_code == 404


def test_the_office_reads_both_ways(client_of: Callable[[User], Client]) -> None:
    earlier, budget = make_allocated_budget(COSTS, BALLOTS), prepared()
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    at = f"/admin/budgets/budget/{budget.pk}/"
    assert f"{at}what-if/" in office.get(f"{at}change/").content.decode()
    for asked in ("", f"?ballots={earlier.pk}", "?ballots=x"):
        text = office.get(f"{at}what-if/{asked}").content.decode()
        assert "이 규칙이었다면 선정되었을 사업" in text
        assert "득표순" in text
        assert "균등 몫" in text


def test_weights_are_tried_on_made_up_ballots_and_a_made_up_committee() -> None:
    budget = prepared()
    assert budget.contest is not None
    parts = [{"part": "all", "weight": 30}, {"part": "위원회", "weight": 70, "body": True}]
    weights = {"parts": parts, "as": "points", "empty": "void"}
    budget.contest.rule_options["weights"] = weights
    budget.contest.save(update_fields=["rule_options"])
    found = try_rule(budget)
    assert found is not None
    assert not found.is_unweighted
    assert [one.way.label for one in found.ways] == ["반영 비율 적용", "반영 비율 없음", "균등 몫"]
    again = try_rule(budget)
    assert again is not None
    assert again.ways == found.ways


def test_earlier_ballots_that_lack_a_part_are_counted_alike() -> None:
    earlier = make_allocated_budget(COSTS, BALLOTS)
    budget = prepared()
    assert budget.contest is not None
    parts = [{"part": "all", "weight": 30}, {"part": "위원회", "weight": 70, "body": True}]
    weights = {"parts": parts, "as": "points", "empty": "void"}
    budget.contest.rule_options["weights"] = weights
    budget.contest.save(update_fields=["rule_options"])
    found = try_rule(budget, earlier)
    assert found is not None
    assert found.is_unweighted
    assert [one.way.label for one in found.ways] == ["득표순", "균등 몫"]


def test_too_large_budgets_are_named_with_the_way_to_count_them(
    client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, budget = make_allocated_budget(COSTS, BALLOTS), prepared()
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    at = f"/admin/budgets/budget/{budget.pk}/what-if/"
    monkeypatch.setattr("budgets.selectors.trying.MOST_DIFFERENT", 1)
    text = office.get(f"{at}?ballots={earlier.pk}").content.decode()
    assert "서로 다른 표가 너무 많아" in text
    monkeypatch.undo()
    ContestFigures.objects.filter(contest=earlier.contest).update(web=MOST_BALLOTS + 1)
    assert budgets_to_try(budget) == ([], [earlier])
    text = office.get(at).content.decode()
    assert f"/budgets/{earlier.pk}/export.pb" in text
    assert "count_pabulib" in text
    assert "아직 없습니다" not in text
