"""Scores and points: sums, means, what is scaled, what is told."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.factories.bundles import pick_design
from voting.ballots import BallotKind, Overpick, numbers_marks
from voting.tally import check_rule, count_box
from voting.tally.result import Box, TallyResult

SCORE = pick_design("abc", kind=BallotKind.SCORE, max_picks=3, score_max=5)
POINTS = pick_design("abc", kind=BallotKind.POINTS, max_picks=3, points=10)
SCALED = replace(POINTS, overpick=Overpick.SCALE)
WEIGHTS: dict[str, Any] = {
    "parts": [{"part": "web", "weight": 70}, {"part": "paper", "weight": 30}],
    "as": "points",
    "empty": "spread",
}


def box_of(*ballots: tuple[dict[str, int], int], channel: str = "web") -> Box:
    return Box({(numbers_marks(given), channel): number for given, number in ballots}, roll=99)


BOX = box_of(({"a": 5, "b": 3}, 2), ({"b": 4, "c": 0}, 3), ({}, 1))


def told(result: TallyResult) -> dict[str, Any]:
    return {one.key: dict(one.counts) for one in result.options}


def test_scores_are_added_up() -> None:
    result = count_box(SCORE, {"name": "score", "seats": 1}, BOX)
    assert told(result) == {
        "a": {"votes": 2, "score": 10, "scored": 2},
        "b": {"votes": 5, "score": 18, "scored": 5},
        "c": {"votes": 0, "score": 0, "scored": 3},
    }
    assert [(one.rank, one.reason) for one in result.options] == [
        (2, "fewer_votes"),
        (1, "enough_votes"),
        (3, "no_votes"),
    ]
    assert (result.valid, result.blank) == (5, 1)
    assert result.channels[0].counts["a"] == {"votes": 2}


def test_mean_is_over_the_ballots_that_scored_an_option() -> None:
    mean = count_box(SCORE, {"name": "score", "of": "mean", "seats": 1}, BOX)
    assert mean.winners == ("a",)
    least = count_box(SCORE, {"name": "score", "of": "mean", "least": 3, "seats": 1}, BOX)
    assert least.winners == ("b",)
    assert (least.options[0].rank, least.options[0].reason) == (1, "below_threshold")
    assert least.options[2].reason == "no_votes"


def test_equal_means_of_different_sums_tie() -> None:
    box = box_of(({"a": 2}, 1), ({"b": 2}, 3))
    result = count_box(SCORE, {"name": "score", "of": "mean", "seats": 1}, box)
    assert [(tie.options, tie.votes) for tie in result.ties] == [(("a", "b"), 2)]


def test_points_are_added_up_and_scaled_where_too_many_were_given() -> None:
    box = box_of(({"a": 7, "b": 3}, 2), ({"b": 10, "c": 5}, 3))
    result = count_box(SCALED, {"name": "points", "seats": 1}, box)
    assert told(result) == {
        "a": {"votes": 2, "points": 14},
        "b": {"votes": 5, "points": 26},
        "c": {"votes": 3, "points": 10},
    }
    third = count_box(SCALED, {"name": "points"}, box_of(({"a": 10, "b": 5}, 1)))
    assert told(third)["a"] == {"votes": 1, "points": Fraction(20, 3)}
    assert third.to_json()["options"][0]["counts"] == {"points": "20/3", "votes": 1}  # type: ignore[index,call-overload]  # plain values


def test_scores_and_points_can_be_weighted_by_their_sums() -> None:
    box = Box(
        {(numbers_marks({"a": 5, "b": 5}), "web"): 1, (numbers_marks({"b": 4}), "paper"): 9},
        roll=99,
    )
    for name, design in (("score", SCORE), ("points", POINTS)):
        result = count_box(design, {"name": name, "seats": 1, "weights": WEIGHTS}, box)
        assert [one.counts["weighted"] for one in result.options] == [35, 65, 0]
        assert result.winners == ("b",)


def test_settings_are_checked() -> None:
    def codes(rule: dict[str, Any]) -> set[str]:
        design = SCORE if rule["name"] == "score" else POINTS
        return {one.code for one in check_rule(design, rule)}

    score, points = {"name": "score", "seats": 1}, {"name": "points", "seats": 1}
    assert (
        codes({**score, "of": "mean", "least": 3}) == codes({**score, "weights": WEIGHTS}) == set()
    )
    assert codes({**points, "weights": WEIGHTS, "quorum": {"of": "roll"}}) == set()
    assert codes({**score, "of": "median"}) == {"bad_setting"}
    assert codes({**score, "least": 0}) == codes({**score, "least": "2"}) == {"bad_figure"}
    assert codes({**score, "of": "mean", "weights": WEIGHTS}) == {"weights_mean"}
    assert codes({**points, "of": "sum"}) == {"unknown_part"}
    assert codes({**points, "weights": {}}) == codes({**score, "weights": 1}) == {"bad_weights"}
    assert codes({**points, "seats": 9, "quorum": 1}) == {"bad_seats", "bad_bar"}
