"""The money after the count: once, by the frozen rule, published with its bundle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from budgets.models import Allocation, Budget, BudgetState, ProjectState
from budgets.services import allocation
from budgets.services.allocation import allocate_budget, allocate_due, count_money_plainly
from proceedings.models import AuditEvent
from residents.models import Notice
from tests.factories.budgets import (
    make_administrator,
    make_allocated_budget,
    make_voting_budget,
    run_to_the_result,
    vote_for,
)
from voting.models import Contest, ContestState, TallyRun
from voting.selectors.disputes import disputes
from voting.selectors.pages import shown_result
from voting.services.clock import advance_contests
from voting.services.counting import recount_contest
from voting.summaries import outcome_words, summaries_of
from voting.verifier import Check

if TYPE_CHECKING:
    from budgets.services.allocation import MoneyInput

pytestmark = pytest.mark.django_db

COSTS = (200_000_000, 150_000_000, 90_000_000)
BALLOTS = (["01", "02"], ["01", "03"], ["01"], ["02"])


def test_the_votes_of_a_contest_give_out_the_money_and_publish_both() -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    assert budget.contest is not None
    assert (budget.state, budget.contest.state) == (BudgetState.ALLOCATED, ContestState.PUBLISHED)
    states = dict(budget.projects.values_list("code", "state"))
    assert states == {
        "01": ProjectState.SELECTED,
        "02": ProjectState.NOT_SELECTED,
        "03": ProjectState.SELECTED,
    }
    decisions = budget.allocations.get().result["outcome"]["decisions"]
    assert decisions[1] == {
        "project": "02",
        "fate": "does_not_fit",
        "score": 2,
        "cost": 150_000_000,
        "left": 100_000_000,
    }
    event = AuditEvent.objects.get(action="budgets.budget.allocated")
    assert event.data["winners"] == 2


def test_a_second_run_changes_nothing() -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    assert allocate_due() == 0
    assert allocate_budget(budget_id=budget.pk) is None
    assert budget.allocations.count() == 1


def test_a_budget_is_not_allocated_before_its_contest_is_counted() -> None:
    budget = make_voting_budget(COSTS)
    assert allocate_budget(budget_id=budget.pk) is None
    assert allocate_due() == 0


def test_the_result_waits_for_its_day() -> None:
    budget = make_voting_budget(COSTS, result_on=timezone.localdate() + timedelta(days=3))
    vote_for(budget, *BALLOTS)
    waiting = run_to_the_result(budget)
    assert waiting.contest is not None
    assert waiting.contest.state == ContestState.COUNTED
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert allocate_due() == 1


def test_those_who_voted_hear_of_the_result_from_the_clock() -> None:
    make_allocated_budget(COSTS, BALLOTS)
    assert not Notice.objects.filter(kind="contest_result").exists()
    advance_contests()
    advance_contests()
    assert Notice.objects.filter(kind="contest_result").count() == len(BALLOTS)


def test_the_database_refuses_to_change_or_delete_an_allocation() -> None:
    make_allocated_budget(COSTS, BALLOTS)
    for act in (
        lambda: Allocation.objects.update(version=2),
        lambda: Allocation.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_equal_votes_that_matter_are_published_as_undecided() -> None:
    budget = make_voting_budget((200_000_000, 200_000_000))
    vote_for(budget, ["01"], ["02"])
    budget = run_to_the_result(budget)
    outcome = budget.allocations.get().result["outcome"]
    assert outcome["undecided"] == ["01", "02"]
    states = set(budget.projects.values_list("state", flat=True))
    assert states == {ProjectState.ON_BALLOT}
    assert wrong_with(budget) is None
    said, outcomes = told(budget)
    assert f"어느 사업을 할지 아직 정해지지 않았습니다: {titles(budget, '01', '02')}." in said
    assert "예산으로 할 사업" not in said
    assert outcomes == {"01": "아직 정해지지 않음", "02": "아직 정해지지 않음"}


def test_projects_behind_an_undecided_tie_wait_too() -> None:
    budget = make_voting_budget((200_000_000, 200_000_000, 90_000_000, 300_000_000))
    vote_for(budget, ["01", "02"], ["01", "02"], ["03"], ["04"])
    budget = run_to_the_result(budget)
    states = dict(budget.projects.values_list("code", "state"))
    assert states == {
        "01": ProjectState.ON_BALLOT,
        "02": ProjectState.ON_BALLOT,
        "03": ProjectState.ON_BALLOT,
        "04": ProjectState.ON_BALLOT,
    }
    assert wrong_with(budget) is None
    assert set(told(budget)[1].values()) == {"아직 정해지지 않음"}


# --- Two engines --------------------------------------------------------------------------------


def told(budget: Budget) -> tuple[str, dict[str, str]]:
    """What the page of the result says in words, and of each project."""
    shown = shown_result(Contest.objects.get(budget=budget))
    assert shown is not None
    outcomes = {one.key: outcome_words(shown, one) for one in shown.figures.options}
    return summaries_of(shown)["ko"], outcomes


def titles(budget: Budget, *codes: str) -> str:
    """Titles of projects as a sentence lists them."""
    return ", ".join(f"“{budget.projects.get(code=code).title}”" for code in codes)


def wrong_with(budget: Budget) -> object:
    """What the verifier finds wrong with the newest publication."""
    publication = Contest.objects.get(budget=budget).publications.latest("version")
    return Check({one.name: bytes(one.content) for one in publication.files.all()}).wrong


def test_both_engines_give_the_money_out_before_it_is_published() -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    runs = Contest.objects.get(budget=budget).tally_runs.order_by("engine")
    assert [run.engine for run in runs] == ["main/1", "money/main/1", "money/plain/1", "plain/1"]
    assert {run.state for run in runs} == {"done"}
    assert runs[1].result == runs[2].result
    assert runs[1].input_root == runs[2].input_root != runs[0].input_root
    assert wrong_with(budget) is None


def test_engines_that_give_the_money_out_differently_stop_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def miserly(contest: Contest, money: MoneyInput) -> dict[str, object]:
        return {**count_money_plainly(contest, money), "winners": []}

    monkeypatch.setattr(allocation, "ENGINES", {**allocation.ENGINES, "money/plain/1": miserly})
    budget = make_allocated_budget(COSTS, BALLOTS)
    assert budget.contest is not None
    assert budget.contest.state == ContestState.DISPUTED
    assert budget.state == BudgetState.VOTING
    assert not budget.allocations.exists()
    assert not budget.contest.publications.exists()
    assert set(budget.projects.values_list("state", flat=True)) == {ProjectState.ON_BALLOT}
    [dispute] = disputes()
    assert [run.engine for run in dispute.runs] == ["money/main/1", "money/plain/1"]
    assert [one.place for one in dispute.differences] == ["winners"]

    monkeypatch.undo()
    recount_contest(
        actor=make_administrator(), contest_id=budget.contest.pk, reason="프로그램을 고쳤습니다."
    )
    budget = run_again(budget)
    assert budget.allocations.count() == 1
    assert wrong_with(budget) is None


def run_again(budget: Budget) -> Budget:
    """Count, allocate and publish, as the clock would."""
    for _tick in range(2):
        advance_contests()
    allocate_due()
    return Budget.objects.select_related("contest").get(pk=budget.pk)


def test_an_allocation_that_comes_out_otherwise_at_publication_is_a_dispute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        allocation, "run_engines", lambda **named: _stored(named["contest_id"], named["root"])
    )
    budget = make_allocated_budget(COSTS, BALLOTS)
    assert budget.contest is not None
    assert budget.contest.state == ContestState.DISPUTED
    assert not budget.allocations.exists()


def _stored(contest_id: int, root: str) -> None:
    """Two runs that agree on something that is not so."""
    contest = Contest.objects.get(pk=contest_id)
    for engine in allocation.ENGINES:
        TallyRun.objects.create(
            contest=contest,
            input_root=root,
            config_digest=contest.config_digest,
            engine=engine,
            state="done",
            result="{}",
            result_digest="0" * 64,
        )


def test_a_budget_waits_for_an_engine_that_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation, "run_engines", lambda **_named: None)
    budget = make_allocated_budget(COSTS, BALLOTS)
    assert budget.contest is not None
    assert budget.contest.state == ContestState.COUNTED
    monkeypatch.undo()
    assert allocate_due() == 1


# --- Too few people -----------------------------------------------------------------------------


def test_a_missed_quorum_pays_for_nothing_and_is_published() -> None:
    budget = make_voting_budget(COSTS, quorum={"of": "fixed", "number": 9})
    vote_for(budget, *BALLOTS)
    budget = run_to_the_result(budget)
    assert budget.contest is not None
    assert (budget.state, budget.contest.state) == (BudgetState.ALLOCATED, ContestState.PUBLISHED)
    assert set(budget.projects.values_list("state", flat=True)) == {ProjectState.NOT_SELECTED}
    outcome = budget.allocations.get().result["outcome"]
    assert (outcome["winners"], outcome["cost"]) == ([], 0)
    assert {one["fate"] for one in outcome["decisions"]} == {"quorum_missed"}
    assert "예산으로 할 사업" not in told(budget)[0]
    names = set(budget.contest.publications.get().files.values_list("name", flat=True))
    assert "allocation.json" not in names
    assert "election.pb" in names
    assert wrong_with(budget) is None
    assert allocate_due() == 0


def test_a_quorum_that_is_just_reached_pays() -> None:
    budget = make_voting_budget(COSTS, quorum={"of": "fixed", "number": 4})
    vote_for(budget, *BALLOTS)
    budget = run_to_the_result(budget)
    assert budget.allocations.get().result["outcome"]["winners"] == ["01", "03"]
    assert wrong_with(budget) is None


def test_a_budget_that_pays_for_nothing_says_so() -> None:
    budget = make_voting_budget(COSTS, threshold=9)
    vote_for(budget, *BALLOTS)
    said, outcomes = told(run_to_the_result(budget))
    assert said.endswith("예산으로 할 사업이 없습니다.")
    assert set(outcomes.values()) == {"이번 예산에서 빠짐"}


def test_a_vote_without_a_ballot_goes_by_the_frozen_rule_alone() -> None:
    budget = run_to_the_result(make_voting_budget(COSTS))
    outcome = budget.allocations.get().result["outcome"]
    assert outcome["winners"] == ["03", "02"]
    assert wrong_with(budget) is None
