"""Projects: a row of their budget's list, and one of them whole."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery, Sum
from django.utils import timezone

from budgets.lifecycle import State, stage_of
from budgets.models import Project, ProjectReview, ProjectState
from budgets.selectors.results import Outcome, Result, outcomes_of, public_contest_of, result_of
from budgets.selectors.ways import Path, other_way_words
from budgets.selectors.words import PROJECT_TONES, local_name
from debates.models import Follow
from voting.models import ContestState, Option
from voting.words import unit_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from budgets.models import Budget, CostLine, Milestone
    from residents.models import User
    from voting.models import Contest

MOVING = (ProjectState.EXECUTING, ProjectState.DONE)
CARRIED_OUT = (ProjectState.SELECTED, ProjectState.EXECUTING, ProjectState.DONE)


@dataclass(frozen=True)
class Spending:
    """How far a chosen project is: steps done of all, money spent of its cost."""

    steps: int
    done: int
    spent: Decimal
    cost: Decimal

    @property
    def over(self) -> Decimal:
        """What was spent beyond the cost; 0 if nothing was."""
        return max(self.spent - self.cost, Decimal(0))


@dataclass(frozen=True)
class ProjectRow:
    """A project in its budget's list; `number` is that on the ballot, once it is fixed."""

    project: Project
    number: int | None
    over: str
    badge: str
    tone: str
    review: ProjectReview | None
    outcome: Outcome | None
    spending: Spending | None


def row_of(project: Project, outcome: Outcome | None, contest: Contest | None) -> ProjectRow:
    """A project as its budget's list shows it; `contest`: the one that everybody may see."""
    reviews = list(project.reviews.all())
    nouns = [local_name(noun) for noun in (project.area, project.field) if noun is not None]
    told = outcome if project.state not in MOVING else None
    return ProjectRow(
        project=project,
        number=number_of(project, contest),
        over=" · ".join(nouns),
        badge=told.label if told else str(project.get_state_display()),
        tone=told.tone if told else PROJECT_TONES.get(project.state, ""),
        review=reviews[0] if reviews else None,
        outcome=outcome,
        spending=spending_of(project),
    )


def number_of(project: Any, contest: Contest | None) -> int | None:
    """Its number on the ballot, as the query annotated it; none before the ballot is fixed.

    What was voted on elsewhere keeps the codes of its file alone.
    """
    return project.ballot_number if contest and contest.origin == "native" else None


def spending_of(project: Any) -> Spending | None:
    """Steps and money of a chosen project, as the query annotated them; None for the others."""
    if project.state not in CARRIED_OUT:
        return None
    return Spending(project.steps, project.steps_done, project.spent or Decimal(0), project.cost)


@dataclass(frozen=True)
class ProjectPage:
    """Everything the page of a project shows to everybody."""

    project: Project
    number: int | None
    budget: Budget
    stage: State
    badge: str
    tone: str
    over: str
    lines: tuple[CostLine, ...]
    reviews: tuple[ProjectReview, ...]
    milestones: tuple[Milestone, ...]
    late: frozenset[int]
    outcome: Outcome | None
    result: Result | None
    spending: Spending | None
    contest: Contest | None
    path: Path
    other_way: str

    @property
    def votes_open(self) -> bool:
        """Whether one can vote for it now."""
        on_ballot = self.project.state == ProjectState.ON_BALLOT
        is_open = self.contest is not None and self.contest.state == ContestState.OPEN
        return on_ballot and is_open


def project_by_id(
    budget_pk: int, pk: int, reader: User | AnonymousUser | None = None
) -> Project | None:
    """A project of a budget with what its page reads of it; None if there is none.

    Of `reader` it is known whether they follow its conversation.
    """
    account = (reader.pk if reader else None) or 0  # no account has this number
    follow = Follow.objects.filter(thread=OuterRef("thread"), user=account)
    return (
        with_steps(Project.objects.filter(budget_id=budget_pk, pk=pk))
        .annotate(is_followed=Exists(follow))
        .select_related("budget__area", "budget__contest", "proposal", "department", "thread")
        .prefetch_related(
            "cost_lines",
            "milestones",
            Prefetch("reviews", ProjectReview.objects.order_by("-pk").select_related("department")),
        )
        .first()
    )


def project_page(project: Project) -> ProjectPage:
    """The page of a project."""
    budget = project.budget
    contest = public_contest_of(budget)
    result = result_of(budget, contest, project.code)
    outcome = outcomes_of(result, budget.currency).get(project.code) if result else None
    row = row_of(project, outcome, contest)
    return ProjectPage(
        project=project,
        number=row.number,
        budget=budget,
        stage=stage_of(budget.state, contest.state if contest else None),
        badge=row.badge,
        tone=row.tone,
        over=row.over,
        lines=tuple(project.cost_lines.all()),
        reviews=tuple(project.reviews.all()),
        milestones=tuple(project.milestones.all()),
        late=frozenset(
            step.pk
            for step in project.milestones.all()
            if step.done_on is None and step.planned_on < timezone.localdate()
        ),
        outcome=outcome,
        result=result,
        spending=row.spending,
        contest=contest,
        path=_path_shown(result, outcome),
        other_way=_other_way(result, contest, project) if result and contest else "",
    )


def _other_way(result: Result, contest: Contest, project: Project) -> str:
    unit = unit_of(contest.rule, contest.rule_options)
    return other_way_words(result.allocation.beside, project.code, unit)


def _path_shown(result: Result | None, outcome: Outcome | None) -> Path:
    """How the money behind it went; of a funded project only if others were paid before it."""
    path = result.path if result else Path()
    return Path() if outcome and outcome.funded and path.payments < 1 else path


def with_steps(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with area and field, number on the ballot, steps there are and were, money spent."""
    option = Option.objects.filter(contest=OuterRef("budget__contest"), key=OuterRef("code"))
    return projects.select_related("area", "field").annotate(
        ballot_number=Subquery(option.values("number")[:1]),
        steps=Count("milestones"),
        steps_done=Count("milestones", filter=Q(milestones__done_on__isnull=False)),
        spent=Sum("milestones__spent"),
    )
