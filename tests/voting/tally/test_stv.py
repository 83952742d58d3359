"""Single transferable vote: quota, surpluses in parts, stages, ties, what is left at the end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.bundles import pick_design
from tests.voting.tally.test_irv import count as counted
from tests.voting.tally.test_irv import outcomes
from voting.ballots import BallotKind
from voting.tally import check_rule


def count(profile: dict[str, int], seats: int, lot: str = "", **settings: Any) -> Any:
    return counted(profile, lot, "stv", seats=seats, **settings)


def stages(result: Any) -> list[Any]:
    told = result.to_json()["rounds"]
    return [
        (one["votes"], one["exhausted"], one["transfer"], one["out"], one["chosen"]) for one in told
    ]


def test_surplus_goes_on_in_parts_and_the_fewest_go_out() -> None:
    result = count({"ab": 12, "c": 8, "d": 9, "b": 1}, 2)
    # 30 ballots, two seats: the quota is 11; one vote of the twelve is passed on
    assert {one.need for one in result.options} == {11}
    assert stages(result) == [
        ({"a": 12, "b": 1, "c": 8, "d": 9}, 0, None, [], ["a"]),
        ({"a": 11, "b": "49999/25000", "c": 8, "d": 9}, "1/25000", "a", [], []),
        ({"a": 11, "c": 8, "d": 9}, 2, None, ["b"], []),
        ({"a": 11, "d": 9}, 10, None, ["c"], ["d"]),
    ]
    assert outcomes(result) == {
        "a": (1, True, "quota"),
        "b": (None, False, "excluded"),
        "c": (None, False, "excluded"),
        "d": (2, True, "remaining"),
    }
    assert result.winners == ("a", "d")


@pytest.mark.parametrize(("decimals", "passed"), [(0, 0), (1, 0), (2, "24/25"), (5, "24999/25000")])
def test_parts_are_cut_off_after_the_decimals_asked_for(decimals: int, passed: Any) -> None:
    result = count({"ab": 12, "c": 8, "d": 9, "e": 1}, 2, decimals=decimals)
    told = stages(result)[1]
    assert told[2] == "a"
    assert told[0].get("b") == passed


def test_equal_surpluses_are_told_apart_by_earlier_stages_or_by_lot() -> None:
    profile = {"ac": 10, "bd": 10, "c": 1, "d": 2, "e": 1}
    opened = count(profile, 3)
    assert opened.to_json()["ties"][0] == {
        "round": 2, "what": "surplus", "options": ["a", "b"], "votes": 10, "by": None, "first": None,
    }  # fmt: skip
    assert outcomes(opened)["c"] == (None, None, "tie_undecided")
    assert outcomes(opened)["a"] == outcomes(opened)["b"] == (1, True, "quota")
    assert len(stages(opened)) == 1
    drawn = count(profile, 3, lot="bacde")
    assert drawn.to_json()["ties"][0]["first"] == "b"
    assert [one[2] for one in stages(drawn)[1:3]] == ["b", "a"]


def test_equal_fewest_go_together_where_it_makes_no_difference() -> None:
    result = count({"a": 9, "b": 8, "ca": 2, "db": 2}, 1)
    assert result.to_json()["ties"] == [
        {"round": 2, "what": "exclude", "options": ["c", "d"], "votes": 2, "by": "together",
         "out": ["c", "d"]}
    ]  # fmt: skip
    assert result.winners == ("a",)
    spare = count({"a": 9, "c": 2, "d": 2}, 2)
    assert spare.to_json()["ties"][0]["by"] is None


def test_options_without_a_vote_go_together_and_are_never_chosen() -> None:
    result = count({"a": 3}, 2, keys="bc")
    assert outcomes(result) == {
        "a": (1, True, "quota"),
        "b": (None, False, "fewer_votes"),
        "c": (None, False, "fewer_votes"),
    }
    nothing = count({"": 4}, 1, keys="ab")
    assert outcomes(nothing)["a"] == (None, False, "no_votes")
    assert len(stages(nothing)) == 1


def test_surplus_can_still_bring_a_seat_to_who_has_no_vote_yet() -> None:
    result = count({"ab": 10}, 2)
    assert result.winners == ("a", "b")
    assert outcomes(result)["b"] == (2, True, "quota")


def test_missed_quorum_leaves_stages_without_winners() -> None:
    result = count({"a": 3, "b": 1}, 1, quorum={"of": "roll"})
    assert set(outcomes(result).values()) == {(None, False, "quorum_missed")}
    assert stages(result)
    assert (result.ties, result.winners) == ((), ())


def test_settings_are_checked() -> None:
    design = pick_design(kind=BallotKind.RANK, max_picks=4)

    def codes(**rule: Any) -> list[str]:
        return [one.code for one in check_rule(design, {"name": "stv", **rule})]

    assert codes(seats=2, decimals=9, ties="lot", reading={"skipped": "exhaust"}) == []
    assert codes() == codes(seats=5) == ["bad_seats"]
    assert codes(seats=1, decimals=10) == codes(seats=1, decimals="5") == ["bad_figure"]
    assert codes(seats=1, ties="coin") == ["bad_setting"]
    assert codes(seats=1, threshold=None) == ["unknown_part"]
