"""Weights of channels and bodies: exact shares, empty parts, what is written down."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.bundles import budget_design, pick_design
from voting.ballots import BallotKind
from voting.tally import check_rule, count_box
from voting.tally.result import Box, TallyResult
from voting.tally.weights import tells_channel

PICK = pick_design()


def parts(web: int, paper: int, body: int = 0) -> list[dict[str, Any]]:
    shares: list[dict[str, Any]] = [
        {"part": "web", "weight": web},
        {"part": "paper", "weight": paper},
    ]
    return [*shares, {"part": "committee", "weight": body, "body": True}] if body else shares


def weights(
    web: int, paper: int, body: int = 0, *, way: str = "ballots", empty: str = "spread"
) -> dict[str, Any]:
    return {"parts": parts(web, paper, body), "as": way, "empty": empty}


def count(box: Box, weights: dict[str, Any], **more: Any) -> TallyResult:
    return count_box(PICK, {"name": "plurality", "seats": 1, "weights": weights, **more}, box)


def weighted(result: TallyResult) -> dict[str, Fraction]:
    return {one.key: Fraction(one.counts["weighted"]) for one in result.options}


BOX = Box(
    {('["a"]', "web"): 7, ('["b"]', "web"): 3, ('["a"]', "paper"): 1, ('["b"]', "paper"): 2},
    roll=90,
)


def test_each_channel_counts_with_its_weight_whatever_its_size() -> None:
    result = count(BOX, weights(50, 50))
    assert weighted(result) == {"a": Fraction(155, 3), "b": Fraction(145, 3), "c": 0, "d": 0}
    assert result.winners == ("a",)
    told: Any = result.to_json()
    assert told["options"][0]["counts"] == {"votes": 8, "weighted": "155/3"}
    assert told["parts"] == [
        {"part": "web", "weight": 50, "divisor": 10, "measures": {"a": 7, "b": 3, "c": 0, "d": 0}},
        {"part": "paper", "weight": 50, "divisor": 3, "measures": {"a": 1, "b": 2, "c": 0, "d": 0}},
    ]


def test_seven_to_three_is_exact() -> None:
    result = count(BOX, weights(70, 30))
    assert weighted(result)["a"] == 70 * Fraction(7, 10) + 30 * Fraction(1, 3) == 59
    assert weighted(result)["b"] == 70 * Fraction(3, 10) + 30 * Fraction(2, 3) == 41


def test_share_of_points_and_of_ranks() -> None:
    box = Box(
        {('["a","b"]', "web"): 6, ('["c"]', "web"): 2, ('["b"]', "paper"): 1, ("[]", "web"): 9},
        roll=90,
    )
    points = weighted(count(box, weights(70, 30, way="points")))
    assert points == {"a": 30, "b": 60, "c": 10, "d": 0}
    rank = weighted(count(box, weights(70, 30, way="rank")))
    third = Fraction(1, 3)
    assert rank["a"] == 70 * (2 + Fraction(1, 2)) * third + 30 * 1 * third
    assert rank["b"] == 70 * (2 + Fraction(1, 2)) * third + 30
    assert rank["d"] == 30 * third
    assert sum(rank.values()) == 100 * 6 * third


def test_blank_ballots_do_not_thin_a_channel_out() -> None:
    blank = Box({**BOX.ballots, ("[]", "paper"): 40}, roll=90)
    assert weighted(count(blank, weights(50, 50))) == weighted(count(BOX, weights(50, 50)))


def test_empty_part_gives_its_weight_to_the_others_or_stops_the_count() -> None:
    box = Box({('["a"]', "web"): 3, ('["b"]', "web"): 1, ("[]", "paper"): 5}, roll=90)
    spread = count(box, weights(70, 30))
    assert weighted(spread) == {"a": 75, "b": 25, "c": 0, "d": 0}
    assert spread.parts is not None
    assert [(part.weight, part.divisor) for part in spread.parts] == [(100, 4), (0, 0)]
    void = count(box, weights(70, 30, empty="void"))
    assert {(one.won, one.reason) for one in void.options} == {(False, "part_empty")}
    assert (void.winners, void.ties, void.decided) == ((), (), True)
    assert weighted(void) == {"a": Fraction(105, 2), "b": Fraction(35, 2), "c": 0, "d": 0}
    ranked = count(box, weights(70, 30, empty="void"), seats=None)
    assert {(one.won, one.reason) for one in ranked.options} == {(None, "part_empty")}
    quorum = {"of": "roll", "share": "1/2"}
    missed = count(box, weights(70, 30, empty="void"), quorum=quorum)
    assert {one.reason for one in missed.options} == {"quorum_missed"}


def test_without_any_ballot_all_measures_are_zero() -> None:
    result = count(Box({}, roll=9), weights(50, 50))
    assert weighted(result) == {"a": 0, "b": 0, "c": 0, "d": 0}
    assert {one.reason for one in result.options} == {"no_votes"}


def test_body_adds_its_points_and_is_empty_without_them() -> None:
    box = replace(BOX, bodies={"committee": {"b": 30, "c": 10}})
    result = count(box, weights(20, 10, 70))
    shares = weighted(result)
    assert shares["b"] == 20 * Fraction(3, 10) + 10 * Fraction(2, 3) + 70 * Fraction(3, 4)
    assert shares["c"] == Fraction(35, 2)
    assert result.winners == ("b",)
    assert result.options[2].reason == "fewer_votes"
    alone = count(BOX, weights(20, 10, 70))
    assert alone.winners == ("a",)
    assert alone.parts is not None
    assert [part.weight for part in alone.parts] == [Fraction(200, 3), Fraction(100, 3), 0]


def test_threshold_is_held_against_votes() -> None:
    threshold = {"of": "fixed", "number": 6}
    result = count(BOX, weights(1, 99), threshold=threshold)
    assert result.winners == ("a",)
    assert result.options[1].reason == "below_threshold"


def test_tie_of_weighted_shares_is_named_with_its_share() -> None:
    box = Box({('["a"]', "web"): 3, ('["b"]', "paper"): 1}, roll=9)
    result = count(box, weights(50, 50))
    assert result.to_json()["ties"] == [{"options": ["a", "b"], "votes": 50, "seats": 1, "won": []}]


def test_projects_are_ranked_by_their_weighted_share() -> None:
    design = budget_design({"lamp": 48, "bench": 62})
    box = Box({('["lamp"]', "web"): 9, ('["bench"]', "web"): 1, ('["bench"]', "paper"): 1}, roll=20)
    result = count_box(design, {"name": "projects", "weights": weights(50, 50)}, box)
    assert [(one.rank, one.won) for one in result.options] == [(2, None), (1, None)]


def test_single_option_has_the_whole_rank() -> None:
    design = pick_design("a", kind=BallotKind.SINGLE, max_picks=1)
    rule: dict[str, Any] = {"name": "plurality", "seats": 1, "weights": weights(50, 50, way="rank")}
    result = count_box(design, rule, Box({('["a"]', "web"): 1}, roll=3))
    assert weighted(result) == {"a": 100}


def test_ballots_of_a_channel_without_weight_stop_the_count() -> None:
    with pytest.raises(ValueError, match="post"):
        count(Box({('["a"]', "post"): 1}, roll=3), weights(50, 50))
    count(Box({('["a"]', "web"): 1}, roll=3, void={"post": 2}), weights(50, 50))


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"parts": parts(50, 50)},
        weights(50, 49),
        weights(100, 0),
        weights(50, 50, way="votes"),
        weights(50, 50, empty="ignore"),
        {**weights(50, 50), "parts": [*parts(50, 25), {"part": "web", "weight": 25}]},
        {**weights(50, 50), "parts": [{"part": "", "weight": 100}]},
        {**weights(50, 50), "parts": [{"part": "web", "weight": 100, "body": 1}]},
        {**weights(50, 50), "parts": [{"part": "web", "weight": 100, "share": 1}]},
        {**weights(50, 50), "parts": "web"},
        {**weights(50, 50), "parts": [{"part": "web", "weight": "100"}]},
        {**weights(50, 50), "more": 1},
    ],
)
def test_weights_that_cannot_be_counted_with_are_refused(given: Any) -> None:
    problems = check_rule(PICK, {"name": "plurality", "weights": given})
    assert [(one.code, one.form_field) for one in problems] == [("bad_weights", "weights")]
    assert check_rule(PICK, {"name": "plurality", "weights": weights(50, 50)}) == []


@settings(deadline=None)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(['["a"]', '["b"]', '["a","c"]']), st.sampled_from(["web", "paper"])
        ),
        st.integers(1, 40),
        min_size=1,
    ),
    st.integers(1, 99),
)
def test_shares_of_points_add_up_to_a_hundred(
    ballots: dict[tuple[str, str], int], web: int
) -> None:
    result = count(Box(ballots, roll=999), weights(web, 100 - web, way="points"))
    assert sum(weighted(result).values()) == 100


@settings(deadline=None)
@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_weights_in_proportion_to_the_ballots_change_nothing(
    a: int, b: int, c: int, d: int
) -> None:
    web, paper = a + b, c + d
    box = Box(
        {('["a"]', "web"): a * 100, ('["b"]', "web"): b * 100,
         ('["a"]', "paper"): c * 100, ('["b"]', "paper"): d * 100},
        roll=99_999,
    )  # fmt: skip
    plain = count_box(PICK, {"name": "plurality", "seats": None}, box)
    if web * 100 % (web + paper) == 0:
        share = web * 100 // (web + paper)
        result = count(box, weights(share, 100 - share), seats=None)
        assert [one.rank for one in result.options] == [one.rank for one in plain.options]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(['["a"]', '["b"]', '["a","c"]', "[]"]), st.sampled_from("wp")),
        st.integers(1, 9),
        max_size=6,
    ),
    st.sampled_from(["ballots", "points", "rank"]),
    st.integers(1, 99),
)
def test_all_ballots_together_weigh_as_if_they_had_come_one_way(
    ballots: dict[tuple[str, str], int], way: str, vote: int
) -> None:
    names = {"w": "web", "p": "paper"}
    box = {(marks, names[channel]): number for (marks, channel), number in ballots.items()}
    merged: dict[tuple[str, str], int] = {}
    for (marks, _channel), number in box.items():
        merged[marks, "web"] = merged.get((marks, "web"), 0) + number
    bodies = {"committee": {"a": 2, "b": 5}}
    body = {"part": "committee", "weight": 100 - vote, "body": True}
    shares: Any = {"as": way, "empty": "spread"}
    together = count(
        Box(box, 99, bodies=bodies), {**shares, "parts": [{"part": "all", "weight": vote}, body]}
    )
    alone = count(
        Box(merged, 99, bodies=bodies), {**shares, "parts": [{"part": "web", "weight": vote}, body]}
    )
    assert weighted(together) == weighted(alone)
    assert together.winners == alone.winners


@pytest.mark.parametrize(
    "given_parts",
    [
        [{"part": "all", "weight": 50}, {"part": "web", "weight": 50}],
        [{"part": "all", "weight": 100, "body": True}],
    ],
)
def test_all_ballots_are_no_part_beside_their_own_parts(given_parts: list[dict[str, Any]]) -> None:
    rule: dict[str, Any] = {
        "name": "plurality",
        "seats": 1,
        "weights": {"parts": given_parts, "as": "ballots", "empty": "spread"},
    }
    assert [one.code for one in check_rule(PICK, rule)] == ["bad_weights"]
    assert tells_channel(rule)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, False),
        ({"weights": weights(50, 50)}, True),
        ({"weights": {**weights(1, 99), "parts": [{"part": "all", "weight": 100}]}}, False),
        ({"seats_by": [{"part": "web", "seats": 1}]}, True),
    ],
)
def test_ballots_tell_their_channel_only_where_channels_count_apart(
    rule: dict[str, Any], *, told: bool
) -> None:
    assert tells_channel(rule) == told
