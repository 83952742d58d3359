"""The money after the count: once, by the frozen rule, published with its bundle."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from budgets.models import Allocation, BudgetState, ProjectState
from budgets.services.allocation import allocate_budget, allocate_due
from proceedings.models import AuditEvent
from residents.models import Notice
from tests.factories.budgets import (
    make_allocated_budget,
    make_voting_budget,
    run_to_the_result,
    vote_for,
)
from voting.models import ContestState

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


def test_those_who_voted_hear_of_the_result() -> None:
    make_allocated_budget(COSTS, BALLOTS)
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
