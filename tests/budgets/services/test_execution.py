"""Chosen projects being carried out: steps planned, reported, paid; who hears of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from budgets.models import BudgetState, Milestone, Project, ProjectState
from budgets.services.execution import Report, plan_milestone, report_milestone
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proposals.services import support_proposal
from residents.models import Notice
from residents.roles import RoleKind
from tests.factories.budgets import make_administrator, make_allocated_budget
from tests.factories.proposals import make_proposal, make_supporter
from tests.factories.residents import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def chosen() -> Project:
    budget = make_allocated_budget((200_000_000, 150_000_000), (["01"],))
    return budget.projects.select_related("department").get(code="01")


def plan(project: Project) -> Milestone:
    return plan_milestone(
        actor=make_administrator(),
        project_id=project.pk,
        title="현장 설계",
        planned_on=timezone.localdate(),
    )


def report(step: Milestone, **columns: object) -> Milestone:
    words = {
        "done_on": timezone.localdate(),
        "note": "설계를 마쳤습니다.",
        "spent": Decimal(5_000_000),
    }
    return report_milestone(
        actor=make_administrator(),
        milestone_id=step.pk,
        report=Report(**{**words, **columns}),  # type: ignore[arg-type]  # a test names what it changes
    )


def test_the_first_report_begins_the_work_of_project_and_budget(chosen: Project) -> None:
    step = report(plan(chosen))
    chosen.refresh_from_db()
    chosen.budget.refresh_from_db()
    assert (chosen.state, chosen.budget.state) == (ProjectState.EXECUTING, BudgetState.EXECUTING)
    assert (step.spent, step.note) == (Decimal(5_000_000), "설계를 마쳤습니다.")
    event = AuditEvent.objects.filter(action="budgets.milestone.reported").latest("pk")
    assert event.data["spent"] == "5000000"


def test_the_last_report_finishes_the_project_and_then_it_has_no_more_steps(
    chosen: Project,
) -> None:
    report(plan(chosen), finishes=True)
    chosen.refresh_from_db()
    assert chosen.state == ProjectState.DONE
    with pytest.raises(Refused, match="not_chosen"):
        plan(chosen)


def test_a_step_is_reported_once(chosen: Project) -> None:
    step = report(plan(chosen))
    with pytest.raises(Refused, match="already_reported"):
        report(step)


def test_a_step_is_not_reported_before_it_is_done(chosen: Project) -> None:
    with pytest.raises(Refused, match="not_done_yet"):
        report(plan(chosen), done_on=timezone.localdate() + timedelta(days=1))


def test_a_project_that_was_not_chosen_has_no_steps(chosen: Project) -> None:
    with pytest.raises(Refused, match="not_chosen"):
        plan(chosen.budget.projects.get(code="02"))


def test_another_department_does_not_report(chosen: Project) -> None:
    with pytest.raises(Refused, match="other_department"):
        plan_milestone(
            actor=make_user(role=RoleKind.OFFICIAL),
            project_id=chosen.pk,
            title="설계",
            planned_on=timezone.localdate(),
        )


def test_those_behind_the_proposal_hear_of_each_report(chosen: Project) -> None:
    proposal = make_proposal()
    supporter = make_supporter()
    support_proposal(actor=supporter, proposal_id=proposal.pk)
    Project.objects.filter(pk=chosen.pk).update(proposal=proposal)
    report(plan(chosen))
    told = set(Notice.objects.filter(kind="project_progress").values_list("user_id", flat=True))
    assert told == {proposal.author_id, supporter.pk}
