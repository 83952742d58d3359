"""The department's verdict: who, when, with what, and that it stays."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from budgets.models import ProjectReview, ProjectState
from budgets.services.planning import Line, move_budget
from budgets.services.reviewing import Verdict, review_project
from proceedings.refusals import Refused
from residents.models import Notice
from residents.roles import RoleKind
from tests.factories.budgets import (
    make_administrator,
    make_budget,
    make_project,
    make_reviewing_budget,
    review,
)
from tests.factories.proposals import make_proposal
from tests.factories.residents import make_user

pytestmark = pytest.mark.django_db


def test_an_eligible_project_goes_to_the_vote_at_the_reviewed_cost() -> None:
    project = make_reviewing_budget([48_000_000]).projects.get()
    review(project, reviewed_cost=Decimal(45_000_000))
    project.refresh_from_db()
    assert project.state == ProjectState.ELIGIBLE
    assert project.cost == Decimal(45_000_000)


def test_an_ineligible_project_keeps_its_cost_and_the_note_says_why() -> None:
    project = make_reviewing_budget([48_000_000]).projects.get()
    review(project, eligible=False, reviewed_cost=Decimal(1), note="시유지가 아닙니다.")
    project.refresh_from_db()
    assert project.state == ProjectState.INELIGIBLE
    assert project.cost == Decimal(48_000_000)
    assert project.reviews.get().note == "시유지가 아닙니다."


def test_a_second_verdict_is_added_and_holds() -> None:
    project = make_reviewing_budget([48_000_000]).projects.get()
    review(project, eligible=False)
    review(project)
    project.refresh_from_db()
    assert project.state == ProjectState.ELIGIBLE
    assert project.reviews.count() == 2


def test_a_reviewed_cost_must_fit_the_breakdown() -> None:
    budget = make_budget()
    lines = [Line("보안등", Decimal(60), Decimal(800_000))]
    project = make_project(budget, lines=lines)
    move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")
    with pytest.raises(Refused, match="breakdown_differs"):
        review(project, reviewed_cost=Decimal(45_000_000))


def test_nothing_is_reviewed_before_the_review_begins() -> None:
    with pytest.raises(Refused, match="not_reviewing_yet"):
        review(make_project())


def test_a_verdict_without_a_note_is_refused() -> None:
    project = make_reviewing_budget([48_000_000]).projects.get()
    with pytest.raises(Refused, match="no_note"):
        review(project, note="  ")


def test_a_project_without_a_department_waits_for_one() -> None:
    budget = make_budget()
    project = make_project(budget, department=None)
    move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")
    with pytest.raises(Refused, match="no_department"):
        review(project)


def test_another_department_gives_no_verdict() -> None:
    project = make_reviewing_budget([48_000_000]).projects.get()
    verdict = Verdict(is_eligible=True, note="됩니다.", reviewed_cost=project.cost)
    with pytest.raises(Refused, match="other_department"):
        review_project(
            actor=make_user(role=RoleKind.OFFICIAL), project_id=project.pk, verdict=verdict
        )


def test_the_proposer_hears_of_the_verdict() -> None:
    proposal = make_proposal()
    budget = make_budget()
    project = make_project(budget, proposal_id=proposal.pk)
    move_budget(actor=make_administrator(), budget_id=budget.pk, to="reviewing")
    review(project)
    notice = Notice.objects.get(user=proposal.author, kind="project_progress")
    assert notice.url == project.get_absolute_url()


def test_the_database_refuses_to_change_or_delete_a_verdict() -> None:
    project = make_reviewing_budget([48_000_000]).projects.get()
    review(project)
    for act in (
        lambda: ProjectReview.objects.update(note="다른 말"),
        lambda: ProjectReview.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
