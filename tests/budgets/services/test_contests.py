"""Eligible projects as a contest: a frozen copy with costs, the rule of the money beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from budgets.methods.equal_shares import EqualSharesOptions
from budgets.methods.greedy import GreedyOptions
from budgets.models import Budget, BudgetState, ProjectState
from budgets.services.contests import contest_to_try, prepare_budget_contest
from budgets.services.planning import move_budget
from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.budgets import (
    make_administrator,
    make_reviewing_budget,
    open_now,
    review,
)
from tests.factories.proceedings import make_field
from tests.factories.residents import make_user
from tests.factories.voting import vote
from voting.models import Contest, ContestPreset
from voting.selectors import frozen_config_of, readiness

if TYPE_CHECKING:
    from budgets.models import Project

pytestmark = pytest.mark.django_db


def prepared(budget: Budget, **options: object) -> Contest:
    return prepare_budget_contest(actor=make_administrator(), budget_id=budget.pk, **options)  # type: ignore[arg-type]  # a test names the options


def reviewed_budget(*costs: int) -> Budget:
    budget = make_reviewing_budget(costs)
    for project in budget.projects.all():
        review(project)
    return budget


def test_eligible_projects_become_options_with_their_costs() -> None:
    budget = make_reviewing_budget([48_000_000, 62_500_000, 96_000_000])
    first, second, third = budget.projects.order_by("pk")
    review(first)
    review(second, eligible=False)
    review(third)
    contest = prepared(budget)
    assert [(o.key, o.title, o.cost, o.url) for o in contest.options.all()] == [
        (p.code, p.title, p.cost, p.get_absolute_url()) for p in (first, third)
    ]
    states = {one.code: one.state for one in budget.projects.all()}
    assert states == {
        "01": ProjectState.ON_BALLOT,
        "02": ProjectState.INELIGIBLE,
        "03": ProjectState.ON_BALLOT,
    }
    budget.refresh_from_db()
    assert (budget.contest, budget.state) == (contest, BudgetState.VOTING)


def test_the_rule_of_the_money_is_frozen_in_the_form_that_the_verifier_reads() -> None:
    contest = prepared(
        reviewed_budget(48_000_000),
        options=GreedyOptions(skip=False, threshold=20),
        tie_rule="report",
    )
    open_now(contest)
    contest.refresh_from_db()
    assert frozen_config_of(contest)["allocation"] == {
        **GreedyOptions(skip=False, threshold=20).as_data(),
        "budget": 300_000_000,
    }
    assert contest.outcome == "allocation"


def test_a_preset_gives_the_rules_and_stays_changeable() -> None:
    preset = ContestPreset.objects.create(
        slug="pb", name="참여예산", settings={"kind": "budget", "max_picks": 5, "min_age": 14}
    )
    contest = prepared(reviewed_budget(*[48_000_000] * 6), preset=preset)
    assert (contest.max_picks, contest.min_age, contest.tie_rule) == (5, 14, "lower_cost")
    assert contest.census == contest.area.population


def test_a_project_without_a_verdict_keeps_all_from_the_vote() -> None:
    budget = make_reviewing_budget([48_000_000, 62_500_000])
    review(budget.projects.order_by("pk")[0])
    with pytest.raises(Refused, match="reviews_missing"):
        prepared(budget)
    assert not Contest.objects.exists()


def test_a_budget_without_eligible_projects_is_not_voted_on() -> None:
    budget = make_reviewing_budget([48_000_000])
    project: Project = budget.projects.get()
    review(project, eligible=False)
    with pytest.raises(Refused, match="nothing_eligible"):
        prepared(budget)


def test_a_prepared_budget_can_go_back_and_uses_the_same_draft_again() -> None:
    budget = reviewed_budget(48_000_000, 62_500_000)
    contest = prepared(budget)
    actor = make_administrator()
    move_budget(actor=actor, budget_id=budget.pk, to="reviewing")
    assert contest.options.count() == 0
    assert budget.projects.filter(state=ProjectState.ELIGIBLE).count() == 2
    review(budget.projects.order_by("pk")[0], eligible=False)
    again = prepared(budget, options=GreedyOptions(skip=False))
    assert again.pk == contest.pk
    assert [option.key for option in again.options.all()] == ["02"]
    assert again.rule_options["allocation"]["skip"] is False


def test_another_preset_at_the_second_try_applies_in_full() -> None:
    budget = reviewed_budget(*[48_000_000] * 6)
    contest = prepared(budget)
    actor = make_administrator()
    Contest.objects.filter(pk=contest.pk).update(max_picks=2, min_age=14)
    move_budget(actor=actor, budget_id=budget.pk, to="reviewing")
    settings = {"max_picks": 5, "bases": ["lives", "works"], "publication": "totals"}
    preset = ContestPreset.objects.create(slug="second", name="둘째", settings=settings)
    again = prepared(budget, preset=preset)
    assert again.pk == contest.pk
    told = (again.preset, again.max_picks, again.bases, again.publication, again.min_age)
    assert told == (preset, 5, ["lives", "works"], "totals", 14)
    Contest.objects.filter(pk=contest.pk).update(max_picks=4, bases=["lives"])
    move_budget(actor=actor, budget_id=budget.pk, to="reviewing")
    kept = prepared(budget, preset=preset)
    assert (kept.max_picks, kept.bases) == (4, ["lives"])


def test_a_frozen_contest_keeps_its_projects() -> None:
    budget = reviewed_budget(48_000_000)
    open_now(prepared(budget))
    with pytest.raises(Refused, match="contest_frozen"):
        move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")


def test_only_administrators_prepare_a_contest() -> None:
    budget = reviewed_budget(48_000_000)
    with pytest.raises(Refused, match="role_needed"):
        prepare_budget_contest(actor=make_user(role=RoleKind.OFFICIAL), budget_id=budget.pk)


def test_a_named_order_among_equals_is_kept() -> None:
    budget = make_reviewing_budget((200_000_000, 150_000_000))
    for project in budget.projects.all():
        review(project)
    options = EqualSharesOptions(tie_orders=("more_votes", "lower_cost"))
    contest = prepare_budget_contest(
        actor=make_administrator(), budget_id=budget.pk, options=options, tie_rule="lower_lot"
    )
    assert contest.rule_options["allocation"]["tie"] == ["more_votes", "lower_cost"]
    assert contest.tie_rule == "lower_lot"


def test_picks_can_be_limited_in_each_field() -> None:
    budget = make_reviewing_budget([48_000_000, 62_500_000, 96_000_000, 30_000_000])
    safety, welfare = make_field(name="안전", position=2), make_field(name="복지", position=1)
    for project, field in zip(
        budget.projects.order_by("pk"), [safety, welfare, safety, welfare], strict=True
    ):
        project.field = field
        project.save(update_fields=["field"])
        review(project)
    preset = ContestPreset.objects.create(
        slug="fields",
        name="분야마다",
        settings={"kind": "budget", "max_picks": 9, "group_picks": 1},
    )
    contest = prepared(budget, preset=preset, groups="field")
    assert [(one.key, one.group) for one in contest.options.all()] == [
        ("02", "복지"), ("04", "복지"), ("01", "안전"), ("03", "안전"),
    ]  # fmt: skip
    assert (contest.max_picks, contest.group_picks) == (4, 1)
    open_now(contest)
    contest.refresh_from_db()
    vote(contest, "01", "02")
    with pytest.raises(Refused, match="group_full"):
        vote(contest, "01", "03")


def test_a_limit_in_each_field_needs_a_field_for_each_project() -> None:
    preset = ContestPreset.objects.get(slug="budget-district-30")
    budget = reviewed_budget(48_000_000, 62_500_000)
    first, second = budget.projects.order_by("pk")
    first.field = make_field()
    first.save(update_fields=["field"])
    for make in (prepared, contest_to_try):
        with pytest.raises(Refused, match="no_group") as refused:
            make(budget, preset=preset, groups="field")
        assert refused.value.refusal.params == {"titles": second.title}
    assert not Contest.objects.exists()
    contest = prepared(budget, preset=preset, groups="area")
    assert (contest.group_picks, "no_group" in {one.code for one in readiness(contest)}) == (
        2,
        False,
    )
