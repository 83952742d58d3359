"""Totals of each kind of ballot, and what a counting rule gets to see."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from budgets.methods.greedy import GreedyOptions, allocate_greedily
from budgets.pabulib import (
    PabulibBallot,
    PabulibElection,
    PabulibProject,
    count_totals,
    profile_of,
    read_pabulib,
    with_outcome,
    with_totals,
)

DATA = Path(__file__).parents[2] / "data" / "pabulib"


def read(name: str) -> PabulibElection:
    return read_pabulib((DATA / name).read_bytes()).election


def test_approval_counts_ballots_that_name_a_project() -> None:
    totals = count_totals(read("approval_greedy.pb"))
    assert totals.votes == totals.scores == {"A": 6, "B": 4, "C": 3, "D": 2}


def test_ordinal_gives_n_points_to_the_first_of_n() -> None:
    totals = count_totals(read("ordinal.pb"))
    assert totals.scores == {"X": 3 + 1, "Y": 2 + 2 + 1, "Z": 1}
    assert totals.votes == {"X": 2, "Y": 3, "Z": 1}


def test_cumulative_adds_points_exactly() -> None:
    totals = count_totals(read("cumulative_decimals.pb"))
    assert totals.scores == {"P": Fraction(11, 2), "Q": Fraction(9, 2), "R": 2}


def test_scoring_takes_the_default_for_projects_that_a_ballot_leaves_out() -> None:
    totals = count_totals(read("scoring_default.pb"))
    assert totals.scores == {"M": -2 + 1 + 1, "N": 4 + 3 + 1}
    assert totals.votes == {"M": 1, "N": 2}


def test_a_project_that_nobody_named_has_zero() -> None:
    election = PabulibElection(
        {"budget": "10", "vote_type": "approval"}, (PabulibProject("a", 5),), ()
    )
    assert count_totals(election).votes == {"a": 0}


def test_the_profile_has_the_scores_of_the_ballots_not_those_of_the_file() -> None:
    election = PabulibElection(
        {"budget": "10", "vote_type": "approval"},
        (PabulibProject("a", 5, votes=900),),
        (PabulibBallot("v", ("a",)),),
    )
    [candidate] = profile_of(election).candidates
    assert (candidate.key, candidate.cost, candidate.score) == ("a", 5, 1)


def test_the_withdrawal_price_withdraws_only_what_the_budget_cannot_pay() -> None:
    [gone, *_] = profile_of(read("withdrawn_no_skip.pb")).candidates
    assert gone.withdrawn
    rich = PabulibElection(
        {"budget": "1000000000", "vote_type": "approval"}, (PabulibProject("a", 999_999_999),), ()
    )
    assert not profile_of(rich).candidates[0].withdrawn


def test_official_winners_are_those_selected_by_the_rule() -> None:
    assert read("custom_codes.pb").official_winners == frozenset("A")
    assert read("tie_undecided.pb").official_winners is None


def test_an_election_without_a_rule_or_minimum_says_so() -> None:
    election = PabulibElection({"budget": "10", "vote_type": "approval"}, (), ())
    assert election.rule == "unknown"
    assert election.threshold is None


def test_a_budget_made_by_hand_must_be_a_number() -> None:
    with pytest.raises(ValueError, match="not a number"):
        _ = PabulibElection({"budget": "a lot", "vote_type": "approval"}, (), ()).budget


@pytest.mark.parametrize("name", ["approval_greedy.pb", "ordinal.pb", "cumulative_decimals.pb"])
def test_with_totals_states_what_the_file_stated(name: str) -> None:
    election = read(name)
    bare = PabulibElection(
        {key: text for key, text in election.meta.items() if not key.startswith("num_")},
        tuple(
            PabulibProject(
                one.project_id, one.cost, one.name, selected=one.selected, extra=one.extra
            )
            for one in election.projects
        ),
        election.ballots,
    )
    assert with_totals(bare) == election


def test_with_outcome_marks_the_winners_in_the_order_of_the_count() -> None:
    election = read("tie_undecided.pb")
    outcome = allocate_greedily(profile_of(election), GreedyOptions(), tie_break=["C", "B"])
    result = with_outcome(election, outcome)
    assert [(one.project_id, one.selected) for one in result.projects] == [
        ("A", 1),
        ("C", 1),
        ("B", 0),
    ]
    assert result.official_winners == frozenset("AC")
    assert result.meta == election.meta


def test_with_outcome_says_if_everything_is_funded() -> None:
    election = read("approval_greedy.pb")
    rich = replace(election, meta={**election.meta, "budget": "14000000"})
    result = with_outcome(rich, allocate_greedily(profile_of(rich), GreedyOptions()))
    assert result.meta["fully_funded"] == "1"
