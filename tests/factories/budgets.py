"""Made-up budgets, from the first project to the allocation, through the services."""

from __future__ import annotations

import itertools
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from budgets.methods.greedy import GreedyOptions
from budgets.models import Budget, Project, ProjectState
from budgets.pabulib import read_pabulib
from budgets.services.allocation import allocate_due
from budgets.services.contests import prepare_budget_contest
from budgets.services.importing import store_election
from budgets.services.planning import (
    BudgetWords,
    Line,
    ProjectWords,
    create_budget,
    create_project,
    move_budget,
)
from budgets.services.reviewing import Verdict, review_project
from residents.roles import RoleKind
from tests.factories.places import make_area, make_district
from tests.factories.residents import make_department, make_user
from tests.factories.voting import pass_the_close, vote
from voting.models import Contest, PublicationFile
from voting.services.bodies import enter_body
from voting.services.clock import advance_contests
from voting.services.contests import freeze, open_contest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from places.models import Area
    from residents.models import User

_numbers = itertools.count(1)
OF_RULE = ("quorum", "weights")
SETTINGS = ("publication", "lot_source", "max_picks", "result_on", "live_turnout", *OF_RULE)
OWN_FILES = Path(__file__).parents[1] / "data" / "pabulib"


def make_administrator() -> User:
    """Somebody who sets budgets up."""
    return make_user(role=RoleKind.ADMINISTRATOR)


def budget_words(**columns: Any) -> BudgetWords:
    """A budget of 300 million won for a district of its own unless given."""
    area = columns.pop("area", None) or make_district(population=100_000)
    return BudgetWords(
        **{
            "title": f"2027년 주민참여예산 {next(_numbers)}",
            "area_id": area.pk,
            "year": 2027,
            "cap": Decimal(300_000_000),
            "summary": "무등구 주민이 사업을 고릅니다.",
            "effect": "이 투표로 2027년 예산안에 담을 사업을 정합니다.",
            **columns,
        }
    )


def make_budget(**columns: Any) -> Budget:
    """Store a budget whose projects are being gathered."""
    return create_budget(actor=make_administrator(), words=budget_words(**columns))


def project_words(budget: Budget, **columns: Any) -> ProjectWords:
    """A project of 48 million won in a dong and with a department of its own unless given."""
    area = columns.pop("area", None) or make_area(parent=budget.area)
    if "department" not in columns:
        columns["department"] = make_department()
    department = columns.pop("department")
    return ProjectWords(
        **{
            "title": f"안심 골목 LED 보안등 교체 {next(_numbers)}",
            "area_id": area.pk,
            "cost": Decimal(48_000_000),
            "summary": "느티로 12길의 어두운 골목에 보안등을 바꿔 답니다.",
            "department_id": department.pk if department else None,
            **columns,
        }
    )


def make_project(
    budget: Budget | None = None, *, lines: Sequence[Line] = (), **columns: Any
) -> Project:
    """Store a project, in a budget of its own unless given."""
    budget = budget or make_budget()
    return create_project(
        actor=make_administrator(),
        budget_id=budget.pk,
        words=project_words(budget, **columns),
        lines=lines,
    )


def make_reviewing_budget(costs: Sequence[int] = (), **columns: Any) -> Budget:
    """A budget in its department review, with a project per cost."""
    budget = make_budget(**columns)
    for cost in costs:
        make_project(budget, cost=Decimal(cost))
    budget = move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")
    return Budget.objects.select_related("area").get(pk=budget.pk)


def review(project: Project, *, eligible: bool = True, **columns: Any) -> None:
    """Store a verdict of the project's department."""
    review_project(
        actor=make_administrator(),
        project_id=project.pk,
        verdict=Verdict(
            **{
                "is_eligible": eligible,
                "note": "현장을 살펴보니 설치할 수 있습니다.",
                "reviewed_cost": project.cost,
                "expected_effect": "밤길이 밝아집니다.",
                **columns,
            }
        ),
    )


def make_voting_budget(costs: Sequence[int] = (), **options: Any) -> Budget:
    """A budget whose eligible projects (codes 01, 02, …) are on an open ballot, up to three each."""
    columns = {key: options.pop(key) for key in ("cap", "area", "title") if key in options}
    settings = {key: options.pop(key) for key in SETTINGS if key in options}
    budget = make_reviewing_budget(costs, **columns)
    for project in budget.projects.all():
        review(project)
    greedy = {key: options.pop(key) for key in ("skip", "threshold") if key in options}
    rule = options.pop("options", GreedyOptions(**greedy))
    contest = prepare_budget_contest(
        actor=make_administrator(), budget_id=budget.pk, options=rule, **options
    )
    open_now(contest, **settings)
    return Budget.objects.select_related("area", "contest").get(pk=budget.pk)


def open_now(contest: Contest, **columns: Any) -> None:
    """Complete a draft's set-up and open it."""
    now = timezone.now()
    of_rule = {name: columns.pop(name) for name in OF_RULE if name in columns}
    if of_rule:
        columns["rule_options"] = {**contest.rule_options, **of_rule}
    Contest.objects.filter(pk=contest.pk).update(
        **{
            "bases": ["lives"],
            "paper": False,
            "publication": "full",
            "grace_seconds": 0,
            "opens_at": now - timedelta(hours=1),
            "closes_at": now + timedelta(days=1),
            **columns,
        }
    )
    with transaction.atomic():
        freeze(contest_id=contest.pk, actor_ref="system")
    assert open_contest(contest_id=contest.pk)


def vote_for(budget: Budget, *ballots: Sequence[str]) -> None:
    """Cast one web ballot per list of codes."""
    assert budget.contest is not None
    contest = Contest.objects.select_related("area").get(pk=budget.contest.pk)
    for codes in ballots:
        vote(contest, *codes)


def run_to_the_result(budget: Budget, **bodies: Mapping[str, int]) -> Budget:
    """Close, type what bodies gave, count, allocate and publish, as the clock and people would."""
    contest = Contest.objects.get(budget=budget)
    if contest.origin == "native":
        with connection.cursor() as cursor:  # a test's transaction still owes its deferred checks
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            pass_the_close(contest)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    if bodies:
        advance_contests()
    for part, points in bodies.items():
        for _ in range(2):
            enter_body(actor=make_administrator(), contest_id=contest.pk, part=part, points=points)
    for _tick in range(3):
        advance_contests()
    allocate_due()
    return Budget.objects.select_related("area", "contest").get(pk=budget.pk)


def make_allocated_budget(
    costs: Sequence[int], ballots: Sequence[Sequence[str]], **options: Any
) -> Budget:
    """A budget whose vote is over and whose money is given out."""
    budget = make_voting_budget(costs, **options)
    vote_for(budget, *ballots)
    return run_to_the_result(budget)


def import_file(path: Path | str, area: Area | None = None, **options: Any) -> Budget:
    """Store one of our PaBuLib files (by name) or any other (by path), not counted yet."""
    election = read_pabulib((OWN_FILES / path).read_bytes()).election
    with transaction.atomic():
        return store_election(
            actor_ref="system",
            election=election,
            area=area or make_district(),
            source=Path(path).name,
            **options,
        )


def selected(budget: Budget) -> frozenset[str]:
    """The codes of the projects that the result selected."""
    chosen = Project.objects.filter(budget=budget, state=ProjectState.SELECTED)
    return frozenset(chosen.values_list("code", flat=True))


def verified(budget: Budget, folder: Path) -> tuple[int, str]:
    """Write the published bundle out and run its own verifier over it: how it ended, what it said."""
    for file in PublicationFile.objects.filter(publication__contest=budget.contest):
        (folder / file.name).write_bytes(bytes(file.content))
    done = subprocess.run(  # noqa: S603 - the verifier of the bundle itself
        [sys.executable, "-I", str(folder / "verify.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout
