"""Proportional committees: Thiele's and Phragmén's rules, round by round."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.factories.bundles import pick_design
from voting.ballots import picks_marks
from voting.tally import RULES, check_rule, count_box
from voting.tally.result import Box, TallyResult

RULE_NAMES = ("seq_pav", "seq_phragmen")


def box_of(profile: dict[str, int]) -> Box:
    """Ballots written as the letters they pick."""
    return Box({(picks_marks(list(picks)), "web"): n for picks, n in profile.items()}, roll=999)


def count(rule: str, profile: dict[str, int], seats: int, lot: str = "") -> TallyResult:
    keys = sorted(set("".join(profile)) | {"z"})
    design = pick_design(keys, max_picks=len(keys))
    settings: dict[str, Any] = {"name": rule, "seats": seats}
    return count_box(design, settings, box_of(profile), list(lot) or None)


def test_thiele_divides_what_a_ballot_already_has() -> None:
    result = count("seq_pav", {"ab": 60, "c": 40}, 2)
    rounds: Any = result.to_json()["rounds"]
    assert rounds == [
        {"round": 1, "gains": {"a": 60, "b": 60, "c": 40, "z": 0}, "chosen": []},
    ]
    assert result.to_json()["ties"] == [
        {"round": 1, "options": ["a", "b"], "votes": 60, "by": None, "chosen": []}
    ]
    assert {one.key: one.reason for one in result.options} == {
        "a": "tie_undecided",
        "b": "tie_undecided",
        "c": "tie_undecided",
        "z": "no_votes",
    }
    drawn = count("seq_pav", {"ab": 60, "c": 40}, 2, lot="baz")
    assert drawn.winners == ("b", "c")
    assert drawn.to_json()["rounds"][1]["gains"] == {"a": 30, "c": 40, "z": 0}  # type: ignore[index,call-overload]  # plain values
    assert [(one.rank, one.reason) for one in drawn.options] == [
        (None, "fewer_votes"),
        (1, "won_by_lot"),
        (2, "chosen"),
        (None, "no_votes"),
    ]
    assert drawn.tie_order == ("b", "a", "z")


def test_phragmen_lays_loads_on_ballots() -> None:
    result = count("seq_phragmen", {"ab": 6, "a": 2, "c": 5}, 2)
    assert result.winners == ("a", "c")
    assert result.to_json()["rounds"] == [
        {"round": 1, "loads": {"a": "1/8", "b": "1/6", "c": "1/5"}, "chosen": ["a"]},
        {"round": 2, "loads": {"b": "7/24", "c": "1/5"}, "chosen": ["c"]},
    ]
    # b after a: the six ballots carry 6/8 together and take one more: (1 + 3/4) / 6
    assert Fraction(7, 24) == (1 + Fraction(6, 8)) / 6


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_groups_of_voters_get_seats_in_proportion(rule: str) -> None:
    result = count(rule, {"abcd": 62, "ef": 31}, 3, lot="abcdefz")
    assert len(set(result.winners) & set("abcd")) == 2
    assert len(set(result.winners) & set("ef")) == 1


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_count_ends_when_nobody_is_left_to_be_chosen(rule: str) -> None:
    result = count(rule, {"a": 2, "b": 1}, 3)
    assert result.winners == ("a", "b")
    assert result.rounds is not None
    assert len(result.rounds) == 2
    assert result.option("z").reason == "no_votes"
    assert count(rule, {}, 1).rounds == ()


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_missed_quorum_leaves_rounds_without_winners(rule: str) -> None:
    design = pick_design("ab")
    settings: dict[str, Any] = {"name": rule, "seats": 1, "quorum": {"of": "roll"}}
    result = count_box(design, settings, box_of({"a": 2, "b": 2}), ["a", "b"])
    assert (result.winners, result.ties, result.tie_order, result.decided) == ((), (), None, True)
    assert {(one.rank, one.won, one.reason) for one in result.options} == {
        (None, False, "quorum_missed")
    }
    assert result.rounds


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_settings_are_checked(rule: str) -> None:
    design = pick_design("ab")
    assert check_rule(design, {"name": rule, "seats": 2}) == []
    for wrong in ({}, {"seats": None}, {"seats": 3}, {"seats": True}):
        assert [one.code for one in check_rule(design, {"name": rule, **wrong})] == ["bad_seats"]
    codes = {one.code for one in check_rule(design, {"name": rule, "seats": 1, "weights": None})}
    assert codes == {"unknown_part"}
    assert RULES[rule].seated
