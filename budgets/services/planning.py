"""Set up a budget and its projects, and move it from stage to stage."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction

from budgets.lifecycle import check_breakdown, check_cost, check_move, check_open
from budgets.models import Budget, BudgetState, CostLine, Project, ProjectState
from budgets.permissions import refuse_unless_administrator, refuse_unless_in_charge
from debates.services import close_thread, name_thread, open_thread
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.models import PhaseKind
from proceedings.refusals import Refusal, Refused, mark
from proceedings.selectors import refuse_outside_phase
from proceedings.services import record_event
from voting.services.contests import put_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from debates.models import Thread
    from residents.models import User

MOST_TITLE = 160
"""How much of a title stands over a conversation."""


@dataclass(frozen=True)
class BudgetWords:
    """What the office says of a budget; `cap` is money of `currency`."""

    title: str
    area_id: int
    year: int
    cap: Decimal
    summary: str = ""
    effect: str = ""
    process_id: int | None = None
    currency: str = "KRW"


@dataclass(frozen=True)
class ProjectWords:
    """What is written down of a project; places in degrees (WGS84)."""

    title: str
    area_id: int
    cost: Decimal
    summary: str = ""
    field_id: int | None = None
    place: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    proposal_id: int | None = None
    department_id: int | None = None


@dataclass(frozen=True)
class Line:
    """A line of a cost breakdown (산출내역)."""

    label: str
    quantity: Decimal
    unit_price: Decimal
    unit: str = ""


def refuse(refusal: Refusal | None) -> None:
    """Raise what a check answered, if it answered no."""
    if refusal is not None:
        raise Refused(refusal)


def locked_budget(budget_id: int) -> Budget:
    """The budget under its own lock; whoever changes a budget or its projects takes it first."""
    lock_exclusive(f"budget:{budget_id}")
    return Budget.objects.select_related("contest", "process").get(pk=budget_id)


def budget_subject(budget: Budget) -> str:
    """The budget's name in the record."""
    return f"budgets.budget:{budget.pk}"


def project_subject(project: Project) -> str:
    """The project's name in the record."""
    return f"budgets.project:{project.pk}"


@transaction.atomic(durable=True)
def create_budget(*, actor: User, words: BudgetWords) -> Budget:
    """Announce an amount of money that people will spend by vote."""
    refuse(refuse_unless_administrator(actor))
    budget = Budget.objects.create(**asdict(words))
    record_event(
        action=Action.BUDGET_CREATED,
        actor_ref=actor.actor_ref,
        subject=budget_subject(budget),
        data={"cap": str(words.cap), "year": words.year},
    )
    return budget


@transaction.atomic(durable=True)
def change_budget(*, actor: User, budget_id: int, words: BudgetWords) -> Budget:
    """Change a budget whose projects are not on a ballot yet."""
    refuse(refuse_unless_administrator(actor))
    budget = locked_budget(budget_id)
    refuse(check_open(budget.state, imported=budget.is_imported))
    dear = budget.projects.exclude(state=ProjectState.INELIGIBLE).order_by("-cost").first()
    if dear is not None and dear.cost > words.cap:
        raise Refused(
            Refusal(
                "cap_below_project",
                mark("“%(title)s” costs more than this cap."),
                mark("Please choose a higher cap, or change the project first."),
                {"title": dear.title},
                form_field="cap",
            )
        )
    changed = _assign(budget, asdict(words))
    budget.save(update_fields=changed)
    record_event(
        action=Action.BUDGET_CHANGED,
        actor_ref=actor.actor_ref,
        subject=budget_subject(budget),
        data={"fields": changed},
    )
    return budget


@transaction.atomic(durable=True)
def move_budget(*, actor: User, budget_id: int, to: str) -> Budget:
    """Move a budget on by hand; back from a contest that is still a draft empties its ballot."""
    refuse(refuse_unless_administrator(actor))
    budget = locked_budget(budget_id)
    if budget.contest is not None:
        lock_exclusive(f"contest:{budget.contest_id}")
        budget.contest.refresh_from_db(fields=["state"])
    contest_state = budget.contest.state if budget.contest else None
    imported = budget.is_imported
    refuse(check_move(budget.state, to, contest_state=contest_state, imported=imported))
    if budget.state == BudgetState.VOTING and budget.contest is not None:
        put_options(budget.contest, [])
        on_ballot = budget.projects.filter(state=ProjectState.ON_BALLOT)
        on_ballot.update(state=ProjectState.ELIGIBLE)
    if to == BudgetState.SETTLED:
        for project in budget.projects.filter(thread__isnull=False).select_related("thread"):
            close_thread(actor_ref=actor.actor_ref, thread=cast("Thread", project.thread))
    before, budget.state = budget.state, to
    budget.save(update_fields=["state"])
    record_event(
        action=Action.BUDGET_CHANGED,
        actor_ref=actor.actor_ref,
        subject=budget_subject(budget),
        data={"from": before, "to": to},
    )
    return budget


@transaction.atomic(durable=True)
def create_project(
    *, actor: User, budget_id: int, words: ProjectWords, lines: Sequence[Line] = ()
) -> Project:
    """Write a project down under the next code of its budget.

    Raises Refused outside the phase in which the budget's process takes ideas, if it has one.
    """
    refuse(refuse_unless_administrator(actor))
    budget = locked_budget(budget_id)
    refuse(check_open(budget.state, imported=budget.is_imported))
    refuse(refuse_outside_phase(budget.process, PhaseKind.PROPOSE))
    _refuse_costs(budget, words.cost, lines)
    project = Project.objects.create(budget=budget, code=_next_code(budget), **asdict(words))
    _put_lines(project, lines)
    project.thread = open_thread(
        title=project.title[:MOST_TITLE], url=project.get_absolute_url(), area=project.area
    )
    project.save(update_fields=["thread"])
    record_event(
        action=Action.PROJECT_CREATED,
        actor_ref=actor.actor_ref,
        subject=project_subject(project),
        data={"cost": str(words.cost)},
    )
    return project


@transaction.atomic(durable=True)
def change_project(
    *, actor: User, project_id: int, words: ProjectWords, lines: Sequence[Line] = ()
) -> Project:
    """Change a project and its breakdown; what changes after a review must be reviewed again."""
    budget = locked_budget(Project.objects.get(pk=project_id).budget_id)
    project = budget.projects.select_for_update(of=("self",)).get(pk=project_id)
    refuse(refuse_unless_in_charge(actor, project))
    refuse(check_open(budget.state, imported=budget.is_imported))
    _refuse_costs(budget, words.cost, lines)
    changed = _assign(project, asdict(words))
    if project.state != ProjectState.SUBMITTED:
        project.state = ProjectState.SUBMITTED
        changed.append("state")
    project.save(update_fields=changed)
    _put_lines(project, lines)
    if project.thread is not None and {"title", "area"} & set(changed):
        title, url = project.title[:MOST_TITLE], project.get_absolute_url()
        name_thread(thread=project.thread, title=title, url=url, area=project.area)
    record_event(
        action=Action.PROJECT_CHANGED,
        actor_ref=actor.actor_ref,
        subject=project_subject(project),
        data={"fields": changed, "lines": len(lines)},
    )
    return project


def _refuse_costs(budget: Budget, cost: Decimal, lines: Iterable[Line]) -> None:
    refuse(check_breakdown([(line.quantity, line.unit_price) for line in lines], cost))
    refuse(check_cost(cost, budget.cap))


def _next_code(budget: Budget) -> str:
    """A short code of its own; it is the key on the ballot and never used twice."""
    codes = budget.projects.values_list("code", flat=True)
    numbers = [int(code) for code in codes if code.isdecimal()]
    return f"{max(numbers, default=0) + 1:02d}"


def _put_lines(project: Project, lines: Sequence[Line]) -> None:
    project.cost_lines.all().delete()
    CostLine.objects.bulk_create(CostLine(project=project, **asdict(line)) for line in lines)


def _assign(row: Budget | Project, values: dict[str, Any]) -> list[str]:
    """Set what differs; returns the names of the fields that changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return [name.removesuffix("_id") for name in changed]
