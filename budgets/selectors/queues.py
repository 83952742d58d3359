"""What the office works off: projects by department and by what they wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When

from budgets.models import (
    Budget,
    BudgetState,
    ElectionUpload,
    Milestone,
    Project,
    ProjectState,
)
from proceedings.refusals import Refusal
from residents.roles import RoleKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from residents.models import User

WAITING = {"state": ProjectState.SUBMITTED, "budget__state": BudgetState.REVIEWING}

PROJECT_ORDER = ("waits", "turn", "-budget__year", "budget", "pk")
STEP_ORDER = ("is_done", "turn", "planned_on", "pk")


def latest_uploads(limit: int = 10) -> list[ElectionUpload]:
    """The newest uploaded elections, without their bytes."""
    return list(_uploads()[:limit])


def upload_by_id(pk: int) -> ElectionUpload | None:
    """One uploaded election, without its bytes."""
    return _uploads().filter(pk=pk).first()


def _uploads() -> QuerySet[ElectionUpload]:
    return ElectionUpload.objects.select_related("area", "budget").defer("content")


def upload_problem(upload: ElectionUpload) -> Refusal | None:
    """Why an uploaded election could not be stored."""
    found = upload.problem
    if not found:
        return None
    return Refusal(found["code"], found["message"], found["next_step"], found["params"])


def own_departments(user: User) -> list[int]:
    """Departments that somebody is an official of today."""
    return [
        role.department_id
        for role in user.current_roles
        if role.kind == RoleKind.OFFICIAL and role.department_id is not None
    ]


def office_projects(user: User) -> QuerySet[Project]:
    """All projects, those of the own department first, then what waits for a verdict."""
    return (
        Project.objects.select_related("budget", "area", "department")
        .annotate(
            turn=Case(
                When(department__in=own_departments(user), then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            ),
            waits=Case(When(**WAITING, then=Value(0)), default=Value(1)),
        )
        .order_by(*PROJECT_ORDER)
    )


def office_budgets() -> QuerySet[Budget]:
    """All budgets with how many projects they have, how many wait, and what they ask for."""
    return Budget.objects.select_related("area", "contest").annotate(
        projects_count=Count("projects"),
        waiting_count=Count("projects", filter=Q(projects__state=ProjectState.SUBMITTED)),
        asked=Sum("projects__cost"),
    )


def project_for_office(pk: int) -> Project | None:
    """A project with everything that its page in the office reads; None if there is none."""
    return (
        Project.objects.select_related(
            "budget__area", "budget__contest", "area", "field", "department", "proposal"
        )
        .prefetch_related("cost_lines", "reviews__department", "milestones")
        .filter(pk=pk)
        .first()
    )


def budget_projects(budget: Budget) -> QuerySet[Project]:
    """A budget's projects as the office lists them."""
    return budget.projects.select_related("area", "department").order_by("pk")


def office_steps(user: User) -> QuerySet[Milestone]:
    """All steps: open ones first, among them those of the own department, by planned day."""
    return (
        Milestone.objects.select_related("project__department", "project__budget")
        .annotate(
            turn=Case(
                When(project__department__in=own_departments(user), then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            ),
            is_done=Case(When(done_on__isnull=True, then=Value(0)), default=Value(1)),
        )
        .order_by(*STEP_ORDER)
    )
