"""Budgets and projects being set up: who may, what must hold, what is recorded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from budgets.models import Budget, BudgetState, Project, ProjectState
from budgets.services.planning import (
    Line,
    change_budget,
    change_project,
    create_budget,
    create_project,
    move_budget,
)
from proceedings.models import AuditEvent, Phase, PhaseKind
from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.budgets import (
    budget_words,
    make_administrator,
    make_budget,
    make_project,
    make_reviewing_budget,
    project_words,
    review,
)
from tests.factories.proceedings import stage_of
from tests.factories.residents import make_user

pytestmark = pytest.mark.django_db

LAMPS = (Line("보안등", Decimal(60), Decimal(800_000), "등"),)


def test_a_budget_is_announced_and_recorded() -> None:
    actor = make_administrator()
    budget = create_budget(actor=actor, words=budget_words())
    event = AuditEvent.objects.get(subject=f"budgets.budget:{budget.pk}")
    assert (event.action, event.actor_ref) == ("budgets.budget.created", actor.actor_ref)


def test_only_administrators_announce_budgets() -> None:
    with pytest.raises(Refused, match="role_needed"):
        create_budget(actor=make_user(role=RoleKind.OFFICIAL), words=budget_words())
    assert not Budget.objects.exists()


def test_a_changed_budget_records_which_fields() -> None:
    budget = make_budget()
    words = budget_words(area=budget.area, title=budget.title, cap=Decimal(400_000_000))
    change_budget(actor=make_administrator(), budget_id=budget.pk, words=words)
    budget.refresh_from_db()
    assert budget.cap == 400_000_000
    event = AuditEvent.objects.filter(action="budgets.budget.changed").get()
    assert event.data == {"fields": ["cap"]}


def test_a_cap_below_a_project_is_refused_by_its_title() -> None:
    project = make_project(cost=Decimal(90_000_000))
    words = budget_words(area=project.budget.area, cap=Decimal(80_000_000))
    with pytest.raises(Refused, match="cap_below_project") as refused:
        change_budget(actor=make_administrator(), budget_id=project.budget_id, words=words)
    assert refused.value.refusal.params == {"title": project.title}


def test_projects_get_codes_that_are_never_used_twice() -> None:
    budget = make_budget()
    assert [make_project(budget).code for _n in range(3)] == ["01", "02", "03"]


def test_a_breakdown_must_add_up_to_the_cost() -> None:
    budget = make_budget()
    with pytest.raises(Refused, match="breakdown_differs"):
        make_project(budget, lines=LAMPS, cost=Decimal(47_000_000))
    assert not Project.objects.exists()
    assert make_project(budget, lines=LAMPS).cost_lines.get().amount == 48_000_000


def test_a_project_dearer_than_the_cap_is_refused() -> None:
    with pytest.raises(Refused, match="cost_beyond_cap"):
        make_project(make_budget(cap=Decimal(40_000_000)))


def test_a_change_replaces_the_breakdown_and_asks_for_a_new_verdict() -> None:
    budget = make_reviewing_budget([48_000_000])
    project = budget.projects.get()
    review(project)
    words = project_words(budget, area=project.area, department=project.department)
    change_project(actor=make_administrator(), project_id=project.pk, words=words, lines=LAMPS)
    project.refresh_from_db()
    assert project.state == ProjectState.SUBMITTED
    assert [line.label for line in project.cost_lines.all()] == ["보안등"]


def test_the_own_department_changes_a_project_and_another_does_not() -> None:
    project = make_project()
    words = project_words(project.budget, area=project.area, department=project.department)
    own = make_user(role=RoleKind.OFFICIAL, department=project.department)
    changed = change_project(actor=own, project_id=project.pk, words=words)
    assert changed.title == words.title
    with pytest.raises(Refused, match="other_department"):
        change_project(actor=make_user(role=RoleKind.OFFICIAL), project_id=project.pk, words=words)


def test_officials_do_not_add_projects() -> None:
    budget = make_budget()
    with pytest.raises(Refused, match="role_needed"):
        create_project(
            actor=make_user(role=RoleKind.OFFICIAL),
            budget_id=budget.pk,
            words=project_words(budget),
        )


def test_a_move_is_recorded_from_where_to_where() -> None:
    budget = make_reviewing_budget()
    event = AuditEvent.objects.filter(action="budgets.budget.changed").get()
    assert event.data == {"from": "preparing", "to": "reviewing"}
    with pytest.raises(Refused, match="no_such_move"):
        move_budget(actor=make_administrator(), budget_id=budget.pk, to="settled")


def test_a_projects_conversation_takes_its_new_title_and_area() -> None:
    project = make_project()
    assert project.thread is not None
    assert project.thread.area == project.area
    words = project_words(project.budget, title="보안등과 반사경")
    changed = change_project(actor=make_administrator(), project_id=project.pk, words=words)
    assert changed.thread is not None
    assert changed.thread.subject_title == "보안등과 반사경"
    assert changed.area != project.area
    assert changed.thread.area == changed.area


def test_conversations_close_when_the_budget_is_settled() -> None:
    project = make_project()
    assert project.thread is not None
    Budget.objects.filter(pk=project.budget_id).update(state=BudgetState.EXECUTING)
    move_budget(actor=make_administrator(), budget_id=project.budget_id, to="settled")
    project.thread.refresh_from_db()
    assert project.thread.closed_at is not None


def test_projects_are_taken_in_the_stage_of_the_process_for_ideas_only() -> None:
    process = stage_of(PhaseKind.PROPOSE, -2, -1)
    budget = make_budget(process_id=process.pk)
    actor = make_administrator()
    with pytest.raises(Refused, match="already_closed"):
        create_project(actor=actor, budget_id=budget.pk, words=project_words(budget))
    assert not budget.projects.exists()
    Phase.objects.update(closes_at=timezone.now() + timedelta(days=1))
    assert create_project(actor=actor, budget_id=budget.pk, words=project_words(budget)).pk
