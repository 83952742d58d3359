"""A PaBuLib file taken in whole, counted by the worker's services, recounted by the verifier."""

from __future__ import annotations

import os
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from budgets.methods.rules import Rule, rule_named
from budgets.models import Budget, BudgetState, Project, ProjectState
from budgets.pabulib import count_totals, read_pabulib
from budgets.services.importing import CHANNELS, store_election
from proceedings.refusals import Refused
from tests.factories.budgets import (
    OWN_FILES,
    import_file,
    run_to_the_result,
    selected,
    verified,
)
from tests.factories.pabulib import city_file
from tests.factories.places import make_district
from voting.models import Ballot, Contest, ContestState

pytestmark = pytest.mark.django_db

OWN = ("approval_greedy.pb", "bom_crlf_quotes.pb", "threshold.pb", "no_skip_threshold.pb",
       "withdrawn_no_skip.pb", "custom_codes.pb", "equal_shares.pb", "points.pb")  # fmt: skip
FOLDER = os.environ.get("MADANG_PABULIB_DIR")
REAL = sorted(Path(FOLDER).glob("*.pb*")) if FOLDER else []


@pytest.mark.parametrize("path", [*OWN, *REAL], ids=lambda path: Path(path).name)
def test_an_imported_greedy_file_gives_its_own_winners_and_verifies(
    path: Path | str, tmp_path: Path
) -> None:
    election = read_pabulib((OWN_FILES / path).read_bytes()).election
    rule = rule_named(election.rule)
    if not isinstance(rule, Rule):
        with pytest.raises(Refused, match="rule_not"):
            import_file(path)
        return
    budget = run_to_the_result(import_file(path))
    contest = Contest.objects.get(budget=budget)
    assert (budget.state, contest.state) == (BudgetState.ALLOCATED, ContestState.PUBLISHED)
    assert selected(budget) == election.official_winners
    assert contest.ballots.count() == len(election.ballots)
    code, said = verified(budget, tmp_path)
    assert code == 0, said
    exported = read_pabulib((tmp_path / "election.pb").read_bytes()).election
    assert exported.official_winners == election.official_winners
    assert sorted(b.choices for b in exported.ballots) == sorted(
        tuple(sorted(b.choices)) for b in election.ballots if b.choices
    )
    assert count_totals(exported) == count_totals(election)
    assert all(not ballot.extra for ballot in exported.ballots)


def test_an_undecided_tie_is_published_as_undecided_with_the_contested_group() -> None:
    budget = run_to_the_result(import_file("tie_undecided.pb"))
    outcome = budget.allocations.get().result["outcome"]
    assert outcome["undecided"]
    states = dict(Project.objects.filter(budget=budget).values_list("code", "state"))
    assert {states[key] for key in outcome["undecided"]} == {ProjectState.ON_BALLOT}


def test_a_file_in_the_shape_of_a_city_goes_through_the_site_with_its_own_winners(
    tmp_path: Path,
) -> None:
    (tmp_path / "city.pb").write_text(city_file(ballots=1500, voided=4), encoding="utf-8")
    election = read_pabulib((tmp_path / "city.pb").read_bytes()).election
    budget = run_to_the_result(import_file(tmp_path / "city.pb"))
    assert selected(budget) == election.official_winners
    found = Ballot.objects.filter(contest=budget.contest).values_list("channel", flat=True)
    ways = [ballot.extra.get("voting_method", "") for ballot in election.ballots]
    assert Counter(found) == Counter(CHANNELS.get(way, "other") for way in ways)
    (tmp_path / "bundle").mkdir()
    code, said = verified(budget, tmp_path / "bundle")
    assert code == 0, said


def test_the_channels_of_the_file_stay_with_its_ballots() -> None:
    text = (OWN_FILES / "approval_greedy.pb").read_text()
    election = read_pabulib(text.replace("paper", "phone", 1)).election
    with transaction.atomic():
        budget = store_election(
            actor_ref="system", election=election, area=make_district(), source="x.pb"
        )
    channels = Ballot.objects.filter(contest=budget.contest).values_list("channel", flat=True)
    assert sorted(channels) == ["other", "paper", "paper", "paper", "web", "web", "web"]
    assert budget.contest is not None
    figures = budget.contest.figures
    figures.refresh_from_db()
    assert (figures.web, figures.paper) == (4, 3)  # those who took part, by their ballots


def test_extra_columns_of_projects_are_kept_and_go_out_again() -> None:
    budget = import_file("bom_crlf_quotes.pb")
    election = read_pabulib((OWN_FILES / "bom_crlf_quotes.pb").read_bytes()).election
    extras = {one.project_id: dict(one.extra) for one in election.projects}
    assert {one.code: one.extra for one in budget.projects.all()} == extras
    assert budget.cap == Decimal(str(election.budget))


def test_a_file_whose_ballots_are_no_sets_is_refused_and_nothing_is_stored() -> None:
    with pytest.raises(Refused, match="ballots_not_sets"):
        import_file("ordinal.pb")
    assert not Budget.objects.exists()
    assert not Contest.objects.exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("cumulative_decimals.pb", "", "", "points_not_whole"),
        ("points.pb", "rule;greedy", "rule;greedy-threshold\nmin_project_score_threshold;2",
         "least_points"),
    ],
)  # fmt: skip
def test_points_that_would_be_counted_otherwise_are_refused(
    name: str, old: str, new: str, code: str
) -> None:
    text = (OWN_FILES / name).read_text()
    assert old in text
    election = read_pabulib(text.replace(old, new, 1)).election
    with pytest.raises(Refused, match=code), transaction.atomic():
        store_election(actor_ref="system", election=election, area=make_district(), source="x.pb")
    assert not Budget.objects.exists()


def test_another_rule_can_be_chosen_for_a_file_whose_own_is_not_known() -> None:
    with pytest.raises(Refused, match="rule_not_stated"):
        import_file("unknown_rule.pb")
    assert import_file("unknown_rule.pb", rule_name="greedy").rule["rule"] == "greedy"


def test_a_project_id_that_cannot_be_a_key_is_refused() -> None:
    text = (OWN_FILES / "approval_greedy.pb").read_text()
    election = read_pabulib(re.sub(r"\bD\b", "D D", text)).election
    with pytest.raises(Refused, match="bad_project_id"), transaction.atomic():
        store_election(actor_ref="system", election=election, area=make_district(), source="x.pb")
