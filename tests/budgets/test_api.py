"""Budgets as data: everything public, nothing personal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.budgets import (
    make_allocated_budget,
    make_budget,
    make_project,
    make_reviewing_budget,
    make_voting_budget,
    review,
)

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from budgets.models import Project

pytestmark = pytest.mark.django_db

COSTS = (200_000_000, 150_000_000, 90_000_000)
BALLOTS = (["01", "02"], ["01", "03"], ["01"], ["02"])


def get(client: Client, address: str, status: int = 200) -> Any:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == status
    return answer.json()


def test_a_budget_names_its_cap_rule_and_public_contest(client: Client) -> None:
    budget = make_voting_budget(COSTS)
    shown = get(client, f"budgets/{budget.pk}/")
    assert (shown["cap"], shown["currency"]) == ("300000000.00", "KRW")
    assert shown["rule"] == {
        "rule": "greedy",
        "skip": True,
        "threshold": None,
        "tie": ["lower_cost"],
    }
    assert shown["contest"] == budget.contest_id
    assert shown["election_file"] is None


def test_a_contest_that_is_still_a_draft_is_not_named(client: Client) -> None:
    assert get(client, f"budgets/{make_budget().pk}/")["contest"] is None


def test_budgets_are_filtered_by_area_and_year(client: Client) -> None:
    here = make_budget()
    make_budget(year=2026)
    shown = get(client, f"budgets/?area={here.area.code}")["results"]
    assert [one["id"] for one in shown] == [here.pk]
    assert len(get(client, "budgets/?year=2026")["results"]) == 1


def test_projects_are_filtered_by_budget_and_state(client: Client) -> None:
    budget = make_reviewing_budget([48_000_000, 62_500_000])
    make_project()
    first = budget.projects.order_by("pk")[0]
    review(first)
    assert len(get(client, f"projects/?budget={budget.pk}")["results"]) == 2
    shown = get(client, f"projects/?budget={budget.pk}&state=eligible")["results"]
    assert [one["id"] for one in shown] == [first.pk]


def test_a_project_holds_its_reviews_without_the_name_of_the_reviewer(client: Client) -> None:
    budget = make_reviewing_budget([48_000_000])
    project: Project = budget.projects.get()
    review(project)
    [shown] = get(client, f"projects/{project.pk}/")["reviews"]
    assert sorted(shown) == [
        "department",
        "expected_effect",
        "is_eligible",
        "note",
        "reviewed_at",
        "reviewed_cost",
    ]


def test_the_allocation_is_the_one_of_the_recount_kit(client: Client) -> None:
    budget = make_allocated_budget(COSTS, BALLOTS)
    [shown] = get(client, f"budgets/{budget.pk}/allocations/")["results"]
    assert shown["result"]["outcome"]["winners"] == ["01", "03"]
    assert shown["digest"] == budget.allocations.get().digest
    file = get(client, f"budgets/{budget.pk}/")["election_file"]
    assert client.get(file.removeprefix("http://testserver")).status_code == 200
    get(client, "budgets/999999/allocations/", status=404)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("address", ["budgets/", "projects/"])
def test_lists_cost_one_query(
    client: Client,
    address: str,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _n in range(rows):
        make_project()
    with django_assert_num_queries(1):
        assert len(get(client, address)["results"]) == rows
