"""Schulze and Borda: textbook elections, level places, what is written down."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.bundles import pick_design
from tests.voting.tally.test_irv import TENNESSEE, outcomes
from tests.voting.tally.test_irv import count as counted
from voting.ballots import BallotKind
from voting.tally import check_rule
from voting.tally.schulze import strongest_paths

SCHULZE_45 = {
    "acbed": 5, "adecb": 5, "bedac": 8, "cabed": 3, "caebd": 7, "cbade": 2, "dceba": 7, "ebadc": 8,
}  # fmt: skip
"""The example with 45 voters in Schulze's papers, also in the encyclopedia."""


def count(profile: dict[str, int], rule: str = "schulze", lot: str = "", **settings: Any) -> Any:
    return counted(profile, lot, rule, **settings)


def test_example_of_schulze_with_all_pairs_and_paths() -> None:
    result = count(SCHULZE_45, seats=1)
    pairs = result.to_json()["pairs"]
    assert pairs == {
        "a": {"b": 20, "c": 26, "d": 30, "e": 22},
        "b": {"a": 25, "c": 16, "d": 33, "e": 18},
        "c": {"a": 19, "b": 29, "d": 17, "e": 24},
        "d": {"a": 15, "b": 12, "c": 28, "e": 14},
        "e": {"a": 23, "b": 27, "c": 21, "d": 31},
    }
    assert strongest_paths(pairs) == {
        "a": {"b": 28, "c": 28, "d": 30, "e": 24},
        "b": {"a": 25, "c": 28, "d": 33, "e": 24},
        "c": {"a": 25, "b": 29, "d": 29, "e": 24},
        "d": {"a": 25, "b": 28, "c": 28, "e": 24},
        "e": {"a": 25, "b": 28, "c": 28, "d": 31},
    }
    ranks = {one.key: one.rank for one in result.options}
    assert sorted(ranks, key=lambda key: ranks[key] or 0) == ["e", "a", "c", "b", "d"]
    assert (result.winners, result.to_json()["condorcet"]) == (("e",), None)


def test_winner_of_every_pair_is_named_and_chosen() -> None:
    result = count(TENNESSEE, seats=1)
    assert (result.winners, result.to_json()["condorcet"]) == (("n",), "n")
    assert outcomes(result)["m"] == (4, False, "fewer_votes")
    assert result.to_json()["pairs"]["n"] == {"m": 58, "c": 68, "l": 68}


def test_options_not_ranked_stand_below_and_level() -> None:
    result = count({"a,bc": 3, "b,-": 2, "": 4}, seats=1, equal_ranks=True, keys="d")
    pairs = result.to_json()["pairs"]
    assert pairs["a"] == {"b": 3, "c": 3, "d": 3}
    assert (pairs["b"]["c"], pairs["c"]["b"]) == (2, 0)
    assert pairs["d"] == {"a": 0, "b": 0, "c": 0}
    assert {one.key: dict(one.counts) for one in result.options} == {
        "a": {"votes": 3, "ranked": 3},
        "b": {"votes": 2, "ranked": 5},
        "c": {"votes": 0, "ranked": 3},
        "d": {"votes": 0, "ranked": 0},
    }


def test_margins_and_winning_votes_can_differ() -> None:
    pairs = {
        "a": {"b": 10, "c": 3},
        "b": {"a": 9, "c": 6},
        "c": {"a": 7, "b": 1},
    }
    assert strongest_paths(pairs)["a"] == {"b": 10, "c": 6}
    assert strongest_paths(pairs, margins=True)["a"] == {"b": 1, "c": 1}


def test_ring_of_equal_wins_is_a_tie_that_a_lot_decides() -> None:
    ring = {"abc": 1, "bca": 1, "cab": 1}
    opened = count(ring, seats=1)
    assert opened.to_json()["ties"] == [
        {"options": ["a", "b", "c"], "votes": 0, "seats": 1, "won": []}
    ]
    assert count(ring, seats=1, lot="bca").winners == ("b",)
    two = count({"abc": 2, "bac": 2}, seats=1)
    assert two.to_json()["ties"][0]["votes"] == 0
    last = count({"abc": 2, "acb": 2}, seats=2)
    assert last.to_json()["ties"] == [{"options": ["b", "c"], "votes": 1, "seats": 1, "won": []}]


def test_without_rankings_nobody_is_able() -> None:
    result = count({"": 3}, seats=1, keys="ab")
    assert outcomes(result) == {"a": (1, False, "no_votes"), "b": (1, False, "no_votes")}


@pytest.mark.parametrize(
    ("unranked", "points"),
    [
        ("zero", {"a": 6, "b": 4, "c": 3, "d": 0}),
        ("average", {"a": 7, "b": 5, "c": 4, "d": 2}),
        ("modified", {"a": 4, "b": 1, "c": 0, "d": 0}),
    ],
)
def test_borda_gives_points_by_place(unranked: str, points: dict[str, int]) -> None:
    profile = {"ab": 2, "c": 1} if unranked != "modified" else {"abc": 1, "ab": 2, "c": 1}
    result = count(profile, "borda", seats=1, unranked=unranked, keys="d")
    told = {one.key: one.counts["points"] for one in result.options}
    assert told == points


def test_borda_shares_the_points_of_a_shared_place() -> None:
    result = count({"ab,c": 1}, "borda", seats=1, equal_ranks=True)
    assert {one.key: one.counts["points"] for one in result.options} == {
        "a": 3 / 2, "b": 3 / 2, "c": 0,
    }  # fmt: skip
    assert result.to_json()["ties"] == [
        {"options": ["a", "b"], "votes": "3/2", "seats": 1, "won": []}
    ]


def test_borda_of_the_capital_is_nashville() -> None:
    result = count(TENNESSEE, "borda", seats=1)
    assert result.winners == ("n",)
    assert {one.key: one.counts["points"] for one in result.options} == {
        "m": 126, "n": 194, "c": 173, "l": 107,
    }  # fmt: skip


def test_settings_are_checked() -> None:
    design = pick_design(kind=BallotKind.RANK, max_picks=4, equal_ranks=True)

    def codes(rule: str, **settings: Any) -> list[str]:
        return [one.code for one in check_rule(design, {"name": rule, **settings})]

    assert codes("schulze", seats=1, strength="margins") == codes("borda", unranked="average") == []
    assert codes("schulze", strength="losing") == codes("borda", unranked="half") == ["bad_setting"]
    assert codes("schulze", seats=9) == codes("borda", seats=0) == ["bad_seats"]
    assert codes("borda", ties="lot") == ["unknown_part"]
