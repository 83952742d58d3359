"""A department says whether a project can be done, what it costs, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from budgets.lifecycle import State, check_breakdown, check_cost, check_open
from budgets.models import Project, ProjectReview, ProjectState
from budgets.permissions import refuse_unless_in_charge
from budgets.services.planning import locked_budget, project_subject, refuse
from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from residents.models import NoticeKind
from residents.services import send_notice

if TYPE_CHECKING:
    from decimal import Decimal

    from residents.models import Department, User


@dataclass(frozen=True)
class Verdict:
    """검토의견: eligible or not, the note, the reviewed cost (적정사업비), the effect expected."""

    is_eligible: bool
    note: str
    reviewed_cost: Decimal
    expected_effect: str = ""


@transaction.atomic(durable=True)
def review_project(*, actor: User, project_id: int, verdict: Verdict) -> ProjectReview:
    """Add a verdict; the newest one holds. An eligible project goes to the vote at that cost."""
    budget = locked_budget(Project.objects.get(pk=project_id).budget_id)
    project = budget.projects.select_related("department", "proposal").get(pk=project_id)
    refuse(refuse_unless_in_charge(actor, project))
    refuse(check_open(budget.state, imported=budget.is_imported))
    department = _department(project)
    _refuse_early(budget.state, verdict)
    if verdict.is_eligible:
        lines = project.cost_lines.values_list("quantity", "unit_price")
        refuse(check_breakdown(list(lines), verdict.reviewed_cost))
        refuse(check_cost(verdict.reviewed_cost, budget.cap))
        project.cost = verdict.reviewed_cost
    project.state = ProjectState.ELIGIBLE if verdict.is_eligible else ProjectState.INELIGIBLE
    project.save(update_fields=["state", "cost"])
    review = ProjectReview.objects.create(
        project=project,
        department=department,
        reviewed_by_ref=actor.actor_ref,
        **asdict(verdict),
    )
    record_event(
        action=Action.PROJECT_REVIEWED,
        actor_ref=actor.actor_ref,
        subject=project_subject(project),
        reason=verdict.note,
        data={"eligible": verdict.is_eligible, "cost": str(verdict.reviewed_cost)},
    )
    if project.proposal is not None:
        send_notice(
            user_ids=[project.proposal.author_id],
            kind=NoticeKind.PROJECT_PROGRESS,
            params={"title": project.title, "note": verdict.note[:200]},
            url=project.get_absolute_url(),
        )
    return review


def _department(project: Project) -> Department:
    if project.department is None:
        raise Refused(
            Refusal(
                "no_department",
                mark("No department has been named for this project yet."),
                mark("Please ask the administrator to name one."),
            )
        )
    return project.department


def _refuse_early(state: str, verdict: Verdict) -> None:
    if State(state) is not State.REVIEWING:
        raise Refused(
            Refusal(
                "not_reviewing_yet",
                mark("The department review of this budget has not begun."),
                mark("The administrator opens it when all projects are gathered."),
            )
        )
    if not verdict.note.strip():
        raise Refused(
            Refusal(
                "no_note",
                mark("A verdict needs a note that says why."),
                mark("Please write what was looked at and what was found."),
                form_field="note",
            )
        )
