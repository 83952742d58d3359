"""Instant run-off: rounds, ties that matter and ties that do not, every setting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.factories.bundles import pick_design
from voting.ballots import BallotKind, ranking_marks
from voting.ballots.files import BallotFile, read_file
from voting.tally import check_rule, count_box
from voting.tally.result import Box, TallyResult


def box_of(profile: dict[str, int]) -> Box:
    """Ballots written as letters in order, with commas where places hold several: "ab", "a,bc"."""
    ballots: dict[tuple[str, str], int] = {}
    for written, number in profile.items():
        places = [place.strip("-") for place in (written.split(",") if "," in written else written)]
        ballots[ranking_marks(places), "web"] = number
    return Box(ballots, roll=999)


def count(
    profile: dict[str, int], lot: str = "", rule: str = "irv", keys: str = "", **settings: Any
) -> TallyResult:
    names = sorted(set("".join(profile)) - set(",-") | set(keys))
    design = pick_design(names, kind=BallotKind.RANK, max_picks=max(5, len(names)))
    if "equal_ranks" in settings:
        design = pick_design(
            names, kind=BallotKind.RANK, max_picks=5, equal_ranks=settings.pop("equal_ranks")
        )
    return count_box(design, {"name": rule, **settings}, box_of(profile), list(lot) or None)


def rounds(result: TallyResult) -> list[Any]:
    told: Any = result.to_json()
    return [(one["votes"], one["exhausted"], one["out"], one["chosen"]) for one in told["rounds"]]


def outcomes(result: TallyResult) -> dict[str, tuple[int | None, bool | None, str]]:
    return {one.key: (one.rank, one.won, one.reason) for one in result.options}


TENNESSEE = {"mncl": 42, "nclm": 26, "clnm": 15, "lcnm": 17}
"""Memphis, Nashville, Chattanooga, Knoxville (l): the textbook's choice of a capital."""


def test_second_choices_decide_where_nobody_has_most() -> None:
    result = count(TENNESSEE)
    assert rounds(result) == [
        ({"c": 15, "l": 17, "m": 42, "n": 26}, 0, ["c"], []),
        ({"l": 32, "m": 42, "n": 26}, 0, ["n"], []),
        ({"l": 58, "m": 42}, 0, [], ["l"]),
    ]
    assert outcomes(result) == {
        "c": (None, False, "excluded"),
        "l": (1, True, "majority"),
        "m": (None, False, "fewer_votes"),
        "n": (None, False, "excluded"),
    }
    assert {one.key: one.counts for one in result.options}["m"] == {"votes": 42}


def test_count_ends_at_a_majority_or_when_two_are_left() -> None:
    profile = {"a": 6, "bc": 2, "cb": 3}
    assert rounds(count(profile)) == [({"a": 6, "b": 2, "c": 3}, 0, [], ["a"])]
    assert rounds(count(profile, stop="two")) == [
        ({"a": 6, "b": 2, "c": 3}, 0, ["b"], []),
        ({"a": 6, "c": 5}, 0, [], ["a"]),
    ]


def test_exhausted_ballots_count_for_nobody() -> None:
    result = count({"a": 4, "b": 3, "c": 2, "": 5})
    assert (result.valid, result.blank) == (9, 5)
    assert rounds(result)[-1] == ({"a": 4, "b": 3}, 2, [], ["a"])


def test_batch_sends_out_all_who_cannot_reach_the_next() -> None:
    profile = {"a": 10, "b": 9, "cb": 3, "da": 2, "ea": 1}
    assert rounds(count(profile, elimination="batch"))[0][2] == ["c", "d", "e"]
    assert rounds(count(profile))[0][2] == ["e"]
    assert count(profile, elimination="batch").ties == ()


def test_options_that_tie_below_all_others_together_go_together() -> None:
    result = count({"a": 9, "b": 8, "ca": 2, "db": 2}, keys="e")
    assert rounds(result)[0][2] == ["e"]
    assert rounds(result)[1][2] == ["c", "d"]
    assert result.to_json()["ties"] == [
        {"round": 2, "options": ["c", "d"], "votes": 2, "by": "together", "out": ["c", "d"]}
    ]
    assert result.decided
    assert result.tie_order is None


EARLIER = {"a": 6, "b": 4, "c": 3, "db": 0, "dc": 1}


def test_tie_is_settled_by_earlier_rounds_or_by_lot_or_not_at_all() -> None:
    earlier = count(EARLIER)
    assert earlier.to_json()["ties"] == [
        {"round": 2, "options": ["b", "c"], "votes": 4, "by": "earlier", "out": ["c"]}
    ]
    opened = count(EARLIER, ties="lot")
    assert outcomes(opened) == {
        "a": (None, None, "tie_undecided"),
        "b": (None, None, "tie_undecided"),
        "c": (None, None, "tie_undecided"),
        "d": (None, False, "excluded"),
    }
    assert (opened.decided, rounds(opened)[-1][2:]) == (False, ([], []))
    drawn = count(EARLIER, ties="lot", lot="cdba")
    assert drawn.to_json()["ties"] == [
        {"round": 2, "options": ["b", "c"], "votes": 4, "by": "lot", "out": ["b"]}
    ]
    assert drawn.tie_order == ("c", "d", "b", "a")
    assert count(EARLIER, ties="lot", lot="ca").decided is False


def test_last_two_with_equal_votes_wait_for_a_lot() -> None:
    result = count({"a": 5, "b": 5})
    assert (result.winners, result.decided) == ((), False)
    assert count({"a": 5, "b": 5}, lot="ba").winners == ("b",)


def test_place_with_several_options_is_decided_while_counting() -> None:
    profile = {"a": 5, "b": 4, "c": 3, "d,ac": 1, "d,-": 1}
    result = count(profile, reading={"overvote": "continuing"}, ties="lot")
    assert rounds(result)[1] == ({"a": 5, "b": 4, "c": 3}, 2, ["c"], [])
    assert rounds(result)[2] == ({"a": 5, "b": 4}, 5, [], ["a"])
    alone = count({"a": 3, "b": 3, "c": 1, "d,bc": 2}, reading={"overvote": "continuing"})
    assert rounds(alone)[-1][0] == {"a": 3, "b": 5}


def test_without_any_vote_nobody_is_chosen() -> None:
    result = count({"": 3}, keys="ab")
    assert rounds(result) == [({"a": 0, "b": 0}, 0, [], [])]
    assert outcomes(result) == {
        "a": (None, False, "no_votes"),
        "b": (None, False, "no_votes"),
    }


def test_missed_quorum_leaves_rounds_without_a_winner() -> None:
    result = count({"a": 5, "b": 5}, quorum={"of": "roll", "share": "1/2"})
    assert set(outcomes(result).values()) == {(None, False, "quorum_missed")}
    assert (result.ties, result.decided, result.winners) == ((), True, ())
    assert rounds(result) == [({"a": 5, "b": 5}, 0, [], [])]


def test_settings_are_checked() -> None:
    design = pick_design(kind=BallotKind.RANK, max_picks=4)
    good = {"name": "irv", "elimination": "batch", "stop": "two", "ties": "lot"}
    assert check_rule(design, good) == []
    for wrong in ({"elimination": "all"}, {"stop": 2}, {"ties": "coin"}):
        problems = check_rule(design, {"name": "irv", **wrong})
        assert [one.code for one in problems] == ["bad_setting"]
        assert problems[0].message % problems[0].params
        assert problems[0].next_step % problems[0].params
    assert [one.code for one in check_rule(design, {"name": "irv", "seats": 1})] == ["unknown_part"]
    level = pick_design(kind=BallotKind.RANK, max_picks=4, equal_ranks=True)
    assert [one.code for one in check_rule(level, {"name": "irv"})] == ["equal_ranks"]


# --- An election that was held: the published figures of every round ---

DATA = Path(__file__).parents[2] / "data" / "ballots"


def published(name: str) -> BallotFile:
    return read_file(json.loads((DATA / f"{name}.json").read_text()))


def recounted(file: BallotFile, **rule: Any) -> TallyResult:
    return count_box(file.design, {**file.rule, **rule}, Box(file.ballots, file.roll))


BURLINGTON: list[tuple[dict[str, int], int]] = [
    ({"W": 2951, "K": 2585, "M": 2063, "S": 1306, "X": 36, "P": 35}, 4),
    ({"W": 3294, "K": 2981, "M": 2554}, 151),
    ({"K": 4313, "W": 4061}, 606),
]
"""Rounds as the city published them: whoever could no longer win went out at once."""


def test_burlington_2009_round_by_round() -> None:
    file = published("burlington_2009")
    result = recounted(file)
    assert result.valid == 8980
    rounds: Any = result.to_json()["rounds"]
    assert [(one["votes"], one["exhausted"]) for one in rounds] == BURLINGTON
    assert result.winners == ("K",)
    assert result.ties == ()


def test_burlington_2009_one_by_one_ends_with_the_same_two() -> None:
    file = published("burlington_2009")
    rounds: Any = recounted(file, elimination="one").to_json()["rounds"]
    assert (rounds[-1]["votes"], rounds[-1]["exhausted"]) == BURLINGTON[-1]
    assert [one["out"] for one in rounds] == [["P"], ["X"], ["S"], ["M"], []]


def test_burlington_2009_had_another_winner_of_every_pair() -> None:
    """Andy Montroll beat each of the others, by 4,064 : 3,476 against Bob Kiss."""
    file = published("burlington_2009")
    rule: dict[str, Any] = {"name": "schulze", "seats": 1, "reading": file.rule["reading"]}
    result = count_box(file.design, rule, Box(file.ballots, file.roll))
    told: Any = result.to_json()
    assert told["condorcet"] == "M"
    assert result.winners == ("M",)
