"""Equal shares in a real contest: prepared, frozen, counted twice, published, recounted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import Completion, EqualSharesOptions
from budgets.models import Budget
from budgets.services.contests import prepare_budget_contest
from proceedings.refusals import Refused
from tests.factories.budgets import (
    make_administrator,
    make_allocated_budget,
    make_reviewing_budget,
    open_now,
    review,
    run_to_the_result,
    selected,
    verified,
    vote_for,
)
from voting.models import Contest, TallyRun
from voting.selectors import frozen_config_of, readiness

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

COSTS = (200_000_000, 150_000_000, 90_000_000, 60_000_000)
BALLOTS = (
    *[["01", "02"]] * 6,
    *[["03"]] * 4,
    *[["03", "04"]] * 3,
    *[["04"]] * 2,
)
"""Greedy spends on 01 first; equal shares on 03 and 04, and what is left on nothing dearer."""


@pytest.mark.parametrize("completion", list(Completion))
@pytest.mark.parametrize("then_greedy", [False, True])
def test_both_engines_and_the_verifier_give_the_money_out_alike(
    completion: Completion, tmp_path: Path, *, then_greedy: bool
) -> None:
    options = EqualSharesOptions(
        completion=completion, then_greedy=then_greedy, threshold=1, tie_orders=("lower_cost",)
    )
    budget = make_allocated_budget(COSTS, BALLOTS, options=options)
    assert budget.contest is not None
    config = frozen_config_of(Contest.objects.get(pk=budget.contest.pk))
    assert config["allocation"] == {**options.as_data(), "budget": 300_000_000}
    assert {"03", "04"} <= selected(budget)
    assert TallyRun.objects.filter(engine__startswith="money", state="done").count() == 2
    code, said = verified(budget, tmp_path)
    assert code == 0, said
    assert "rule;equalshares" in (tmp_path / "election.pb").read_text()


def test_a_level_tie_that_comes_to_the_same_asks_for_no_lot(client: Client, tmp_path: Path) -> None:
    """Who is paid for first costs the voters of the other more, and both are paid for."""
    ballots = (*[["01"]] * 6, *[["02"]] * 6, *[["01", "02"]] * 6)
    options = EqualSharesOptions(completion=Completion.NONE)
    budget = make_allocated_budget((120_000_000, 120_000_000), ballots, options=options)
    outcome = budget.allocations.get().result["outcome"]
    assert (outcome["undecided"], [tie["mattered"] for tie in outcome["ties"]]) == ([], [False])
    assert selected(budget) == {"01", "02"}
    text = client.get(budget.get_absolute_url()).content.decode()
    assert "어느 사업이 먼저여도 같은 사업이 선정되므로 추첨하지 않습니다." in text
    assert "아직 정해지지 않은 동점" not in text
    project = client.get(budget.projects.get(code="01").get_absolute_url()).content.decode()
    assert "동점을 어떻게 정하더라도 선정됩니다." in project
    code, said = verified(budget, tmp_path)
    assert code == 0, said


def test_losing_project_tells_the_way_of_its_supporters_money(client: Client) -> None:
    options = EqualSharesOptions(completion=Completion.NONE, tie_orders=("lower_cost",))
    budget = make_allocated_budget(COSTS, BALLOTS, options=options)
    text = client.get(budget.projects.get(code="01").get_absolute_url()).content.decode()
    assert "이 사업을 고른 주민에게 남은 몫" in text
    assert "더 골랐다면 선정되었습니다" in text
    steps = budget.allocations.get().paths
    won = budget.projects.filter(state="selected")
    assert {len(steps[one.code]) > 1 for one in won} == {True, False}
    for one in won:
        text = client.get(one.get_absolute_url()).content.decode()
        assert "함께 냈고, 한 사람이 많아야" in text
        assert ("이 사업을 고른 주민에게 남은 몫" in text) == (len(steps[one.code]) > 1)
    whole = client.get(budget.get_absolute_url()).content.decode()
    assert "이 예산은 균등 몫 방식으로 나누었습니다." in whole


def test_exclusions_and_limits_are_frozen_counted_and_verified(tmp_path: Path) -> None:
    budget = make_reviewing_budget(COSTS)
    for project in budget.projects.all():
        review(project)
    areas = {one.code: one.area.name for one in budget.projects.select_related("area")}
    constraints = Constraints(
        exclusions=(("03", "04"),), area_caps=((areas["01"], 200_000_000),), threshold_percent=20
    )
    options = EqualSharesOptions(constraints=constraints, then_greedy=True)
    contest = prepare_budget_contest(
        actor=make_administrator(), budget_id=budget.pk, options=options
    )
    open_now(contest)
    config = frozen_config_of(Contest.objects.get(pk=contest.pk))
    assert config["allocation"]["areas"] == areas  # type: ignore[index, call-overload]  # a mapping
    budget = Budget.objects.get(pk=budget.pk)
    vote_for(budget, *BALLOTS)
    budget = run_to_the_result(budget)
    decisions = budget.allocations.get().result["outcome"]["decisions"]
    fates = {one["project"]: one["fate"] for one in decisions}
    assert (fates["03"], fates["04"]) == ("funded", "excluded")
    code, said = verified(budget, tmp_path)
    assert code == 0, said


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("equal_shares_without_ballots", {"publication": "totals"}),
        (
            "weights_with_equal_shares",
            {
                "rule_options": {
                    "weights": {
                        "parts": [{"part": "web", "weight": 100}],
                        "as": "ballots",
                        "empty": "spread",
                    }
                }
            },
        ),
    ],
)
def test_what_equal_shares_cannot_have_is_refused_before_freezing(
    code: str, columns: dict[str, Any]
) -> None:
    budget = make_reviewing_budget(COSTS)
    for project in budget.projects.all():
        review(project)
    contest = prepare_budget_contest(
        actor=make_administrator(), budget_id=budget.pk, options=EqualSharesOptions()
    )
    if "rule_options" in columns:
        columns = {"rule_options": {**contest.rule_options, **columns["rule_options"]}}
    for name, value in columns.items():
        setattr(contest, name, value)
    assert code in {one.code for one in readiness(contest)}
    contest.rule_options = {"allocation": contest.rule_options["allocation"]}
    contest.publication = "full"
    assert code not in {one.code for one in readiness(contest)}


def test_a_rule_that_cannot_be_counted_leaves_the_budget_in_review() -> None:
    budget = make_reviewing_budget(COSTS)
    for project in budget.projects.all():
        review(project)
    options = EqualSharesOptions(constraints=Constraints(exclusions=(("01", "99"),)))
    with pytest.raises(Refused) as refused:
        prepare_budget_contest(actor=make_administrator(), budget_id=budget.pk, options=options)
    assert refused.value.refusal.code == "unknown_exclusion"
    budget.refresh_from_db()
    assert (budget.state, budget.contest) == ("reviewing", None)
