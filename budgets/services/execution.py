"""Carry out what was chosen: plan the steps, report them, say what was spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from budgets.models import Budget, BudgetState, Milestone, Project, ProjectState
from budgets.permissions import refuse_unless_in_charge
from budgets.services.planning import locked_budget, project_subject, refuse
from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from proposals.models import Support
from residents.models import NoticeKind
from residents.services import send_notice

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from residents.models import User

CHOSEN = (ProjectState.SELECTED, ProjectState.EXECUTING)


@dataclass(frozen=True)
class Report:
    """What came of a step: when it was done, in words, and what it cost.

    `finishes` says that with it the whole project is done.
    """

    done_on: date
    note: str
    spent: Decimal
    finishes: bool = False


@transaction.atomic(durable=True)
def plan_milestone(*, actor: User, project_id: int, title: str, planned_on: date) -> Milestone:
    """Announce a step of a chosen project with the day it is planned for."""
    project = _chosen_project(actor, project_id)
    milestone = Milestone.objects.create(project=project, title=title, planned_on=planned_on)
    record_event(
        action=Action.MILESTONE_REPORTED,
        actor_ref=actor.actor_ref,
        subject=project_subject(project),
        data={"milestone": milestone.pk, "planned_on": planned_on.isoformat()},
    )
    return milestone


@transaction.atomic(durable=True)
def report_milestone(*, actor: User, milestone_id: int, report: Report) -> Milestone:
    """Report a step as done (once), and tell those who supported the proposal behind it."""
    milestone = Milestone.objects.get(pk=milestone_id)
    project = _chosen_project(actor, milestone.project_id)
    milestone.refresh_from_db()
    _refuse_report(milestone, report)
    milestone.done_on, milestone.note, milestone.spent = report.done_on, report.note, report.spent
    milestone.save(update_fields=["done_on", "note", "spent"])
    project.state = ProjectState.DONE if report.finishes else ProjectState.EXECUTING
    project.save(update_fields=["state"])
    Budget.objects.filter(pk=project.budget_id, state=BudgetState.ALLOCATED).update(
        state=BudgetState.EXECUTING
    )
    record_event(
        action=Action.MILESTONE_REPORTED,
        actor_ref=actor.actor_ref,
        subject=project_subject(project),
        reason=report.note,
        data={
            "milestone": milestone.pk,
            "done_on": report.done_on.isoformat(),
            "spent": str(report.spent),
            "finishes": report.finishes,
        },
    )
    send_notice(
        user_ids=followers_of(project),
        kind=NoticeKind.PROJECT_PROGRESS,
        params={"title": project.title, "note": f"{milestone.title}: {report.note}"[:200]},
        url=project.get_absolute_url(),
    )
    return milestone


def followers_of(project: Project) -> list[int]:
    """Accounts behind the project's proposal: who wrote it and who supported it."""
    if project.proposal is None:
        return []
    supporters = Support.objects.filter(
        proposal=project.proposal, resident__user__isnull=False
    ).values_list("resident__user_id", flat=True)
    return sorted({project.proposal.author_id, *(pk for pk in supporters if pk is not None)})


def _chosen_project(actor: User, project_id: int) -> Project:
    """A project that is being carried out, under its budget's lock."""
    budget = locked_budget(Project.objects.get(pk=project_id).budget_id)
    project = budget.projects.select_related("department", "proposal").get(pk=project_id)
    refuse(refuse_unless_in_charge(actor, project))
    if project.state not in CHOSEN:
        raise Refused(
            Refusal(
                "not_chosen",
                mark("Only a project that was chosen and is not done yet has steps to report."),
                mark("Look at its state."),
            )
        )
    return project


def _refuse_report(milestone: Milestone, report: Report) -> None:
    if milestone.done_on is not None:
        raise Refused(
            Refusal(
                "already_reported",
                mark("This step was already reported as done on %(day)s."),
                mark("Plan a new step to add something."),
                {"day": milestone.done_on},
                form_field="milestone",
            )
        )
    if report.done_on > timezone.localdate():
        raise Refused(
            Refusal(
                "not_done_yet",
                mark("The day on which it was done lies in the future."),
                mark("Please report the step when it is done."),
                form_field="done_on",
            )
        )
