"""Whole elections, from the file to its winners.

The folder that MADANG_PABULIB_DIR names is counted too; its files may be gzipped.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.greedy import GreedyOptions, some_order_funds
from budgets.methods.rules import Rule, rule_named
from budgets.pabulib import (
    PabulibBallot,
    PabulibElection,
    PabulibProject,
    profile_of,
    read_pabulib,
    with_totals,
    write_pabulib,
)
from tests.factories.pabulib import city_file

OWN = Path(__file__).parents[1] / "data" / "pabulib"
FOLDERS = [OWN, *map(Path, filter(None, [os.environ.get("MADANG_PABULIB_DIR")]))]
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.pb*"))
GREEDY = read_pabulib((OWN / "approval_greedy.pb").read_bytes()).election


def rule_of(election: PabulibElection, declared: str) -> Rule:
    rule = rule_named(declared)
    assert isinstance(rule, Rule)
    orders = ("lower_cost", "more_votes") if rule.needs_ballots else ("lower_cost",)
    return rule.with_options(threshold=election.threshold, tie_orders=orders)


def winners_of(election: PabulibElection) -> set[str]:
    rule = rule_of(election, election.rule)
    profile = profile_of(election, with_ballots=rule.needs_ballots)
    return set(rule.count(profile).winners)


@pytest.mark.parametrize("seed", range(6))
def test_a_file_in_the_shape_of_a_city_gives_the_winners_it_records(seed: int) -> None:
    text = city_file(ballots=400 + 300 * seed, projects=25 + 10 * seed, seed=seed, voided=seed)
    reading = read_pabulib(text.encode("utf-8-sig" if seed % 2 else "utf-8"))
    assert reading.warnings == ()
    assert len(reading.election.ballots) == 400 + 300 * seed
    assert frozenset(winners_of(reading.election)) == reading.election.official_winners
    assert read_pabulib(write_pabulib(reading.election)).election == reading.election


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_gives_the_winners_it_records_and_is_written_back(path: Path) -> None:
    """A declared rule gives exactly the file's own winners.

    Only where a tie mattered may the file have broken it otherwise; then some order of the tied
    projects gives its winners.
    """
    reading = read_pabulib(path.read_bytes())
    election = reading.election
    assert read_pabulib(write_pabulib(election)).election == election
    assert profile_of(with_totals(election)) == profile_of(election)
    official = election.official_winners
    if official is None or isinstance(rule_named(election.rule), Rule) is False:
        return
    rule = rule_of(election, election.rule)
    outcome = rule.count(profile_of(election, with_ballots=rule.needs_ballots))
    if frozenset(outcome.winners) != official:
        assert any(tie.mattered for tie in outcome.ties)
        assert isinstance(rule.options, GreedyOptions)
        assert some_order_funds(profile_of(election), rule.options, official)


@pytest.mark.parametrize(
    ("name", "winners"),
    [
        ("approval_greedy.pb", {"A", "B", "D"}),
        ("choose_one.pb", {"1", "3"}),
        ("cumulative_decimals.pb", {"P", "Q"}),
        ("no_skip_threshold.pb", {"A"}),
        ("ordinal.pb", {"Y", "Z"}),
        ("scoring_default.pb", {"N"}),
        ("threshold.pb", {"가-1", "가-3"}),
        ("withdrawn_no_skip.pb", {"B", "C"}),
        ("tie_drawn_otherwise.pb", {"A", "C"}),
        ("tie_undecided.pb", {"A"}),
        ("equal_shares.pb", {"A"}),
    ],
)
def test_our_own_files_are_counted_as_by_hand(name: str, winners: set[str]) -> None:
    assert winners_of(read_pabulib((OWN / name).read_bytes()).election) == winners


@settings(deadline=None)
@given(st.permutations(GREEDY.ballots), st.permutations(GREEDY.projects))
def test_the_order_of_rows_is_irrelevant(
    ballots: list[PabulibBallot], projects: list[PabulibProject]
) -> None:
    shuffled = replace(GREEDY, ballots=tuple(ballots), projects=tuple(projects))
    rule = rule_of(GREEDY, "greedy")
    assert rule.count(profile_of(shuffled)) == rule.count(profile_of(GREEDY))


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("ABCD"), unique=True, max_size=3), max_size=8),
    st.sampled_from(["greedy", "greedy-no-skip"]),
)
def test_one_more_ballot_for_a_winner_alone_never_makes_it_lose(
    choices: list[list[str]], declared: str
) -> None:
    ballots = tuple(PabulibBallot(str(n), tuple(named)) for n, named in enumerate(choices))
    meta = {**GREEDY.meta, "rule": declared}
    election = replace(GREEDY, meta=meta, ballots=ballots)
    for winner in winners_of(election):
        more = replace(election, ballots=(*ballots, PabulibBallot("one more", (winner,))))
        assert winner in winners_of(more)
