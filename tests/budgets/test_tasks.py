"""The clock's task: it allocates what is due, and once."""

from __future__ import annotations

import pytest

from budgets.models import Allocation
from budgets.tasks import allocate_due_task
from tests.factories.budgets import import_file
from voting.services.clock import advance_contests

pytestmark = pytest.mark.django_db


def test_the_task_allocates_a_counted_budget_and_is_safe_to_run_twice() -> None:
    budget = import_file("approval_greedy.pb")
    allocate_due_task()
    assert not Allocation.objects.exists()
    advance_contests()
    allocate_due_task()
    allocate_due_task()
    assert budget.allocations.count() == 1
