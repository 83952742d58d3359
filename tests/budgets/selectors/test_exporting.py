"""What a budget exports passes the checker of the public library, without one error."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest
from pabulib.checker import Checker

from budgets.pabulib import read_pabulib, with_totals, write_pabulib
from tests.factories.budgets import (
    OWN_FILES,
    import_file,
    make_allocated_budget,
    make_voting_budget,
    run_to_the_result,
    vote_for,
)

if TYPE_CHECKING:
    from budgets.models import Budget

COSTS = (200_000_000, 150_000_000, 90_000_000)
BALLOTS: tuple[list[str], ...] = (["01", "02"], ["01", "03"], ["01"], ["02"], [])


def found_by_checker(text: str) -> dict[str, Any]:
    """The errors that the public checker finds in a file, by their kind."""
    with redirect_stdout(io.StringIO()):  # it tells of its progress
        report = Checker().process_files([text])
    [result] = [one for key, one in report.items() if key not in {"metadata", "summary"}]
    results = result["results"]
    errors: dict[str, Any] = {} if isinstance(results, str) else results["errors"]
    assert report["metadata"]["valid"] == (not errors)
    return errors


def export_of(budget: Budget) -> str:
    """The file that the bundle holds and the budget's page offers."""
    assert budget.contest is not None
    publication = budget.contest.publications.latest("version")
    [file] = [one for one in publication.files.all() if one.name.endswith(".pb")]
    return bytes(file.content).decode()


def test_the_checker_finds_what_is_wrong() -> None:
    text = write_pabulib(with_totals(read_pabulib(_bytes("approval_greedy.pb")).election))
    assert found_by_checker(text) == {}
    assert found_by_checker(text.replace("num_votes;", "num_votes;9"))
    assert found_by_checker(text.replace("country;", "country;Atlantis "))


@pytest.mark.django_db
@pytest.mark.parametrize("publication", ["full", "patterns", "totals"])
@pytest.mark.parametrize("threshold", [None, 1, 2])
def test_export_passes_however_much_is_published(publication: str, threshold: int | None) -> None:
    budget = make_allocated_budget(COSTS, BALLOTS, publication=publication, threshold=threshold)
    text = export_of(budget)
    assert found_by_checker(text) == {}
    meta = read_pabulib(text.encode()).election.meta
    assert ("comment" in meta) == (publication != "full")
    if publication != "full":
        assert ("2 or more voters chose" in meta["comment"]) == (threshold == 2)


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{"skip": False}, {"threshold": 2}, {"tie_rule": "report"}])
def test_export_passes_by_any_variant_of_greedy(options: dict[str, Any]) -> None:
    assert found_by_checker(export_of(make_allocated_budget(COSTS, BALLOTS, **options))) == {}


@pytest.mark.django_db
def test_export_passes_while_a_tie_is_open() -> None:
    budget = make_voting_budget((200_000_000, 200_000_000))
    vote_for(budget, ["01"], ["02"])
    assert found_by_checker(export_of(run_to_the_result(budget))) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["approval_greedy.pb", "threshold.pb", "withdrawn_no_skip.pb"])
def test_export_of_an_imported_budget_passes(name: str) -> None:
    assert found_by_checker(export_of(run_to_the_result(import_file(name)))) == {}


def _bytes(name: str) -> bytes:
    return (OWN_FILES / name).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["approval_greedy.pb", "choose_one.pb", "equal_shares.pb", "ordinal.pb", "points.pb",
     "no_skip_threshold.pb", "threshold.pb", "tie_drawn_otherwise.pb"],
)  # fmt: skip
def test_elections_of_every_kind_of_ballot_pass_as_they_are_written(name: str) -> None:
    election = with_totals(read_pabulib(_bytes(name)).election)
    assert found_by_checker(write_pabulib(election)) == {}
