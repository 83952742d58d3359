"""The second count by itself: published examples, and results that follow from what they tell."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.rules import KIND_OF, cases
from voting.bundle import ballot_lines
from voting.recount import RULES, count, decide, told_sums
from voting.recount_rounds import EVERY_BALLOT, read_ranking

if TYPE_CHECKING:
    from tests.factories.rules import Case

Plain = dict[str, Any]


def counted(keys: str, rule: Plain, ballots: dict[str, int], **limits: Any) -> Plain:
    """Count rankings such as "abc"."""
    options = [{"key": key, "number": at, "group": None} for at, key in enumerate(keys, 1)]
    ballot = {"kind": "rank", "options": options, "min_picks": 1, "max_picks": len(keys), **limits}
    patterns = {json.dumps([[key] for key in text]): number for text, number in ballots.items()}
    config = {"ballot": ballot, "rule": rule}
    return count(config, patterns, {"roll": 999, "void": 0})


def told_of(result: Plain, name: str) -> Plain:
    return {one["key"]: one["counts"].get(name, one.get(name)) for one in result["options"]}


# Tennessee chooses its capital: Memphis, Nashville, Chattanooga, Knoxville; per cent of the people.
TENNESSEE = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}
# 45 voters of Schulze's first example.
SCHULZE = {
    "acbed": 5,
    "adecb": 5,
    "bedac": 8,
    "cabed": 3,
    "caebd": 7,
    "cbade": 2,
    "dceba": 7,
    "ebadc": 8,
}


def test_tennessee_by_run_off_goes_to_knoxville() -> None:
    result = counted("MNCK", {"name": "irv"}, TENNESSEE)
    assert result["winners"] == ["K"]
    assert [one["out"] for one in result["rounds"]] == [["C"], ["N"], []]
    assert result["rounds"][1]["votes"] == {"M": 42, "N": 26, "K": 32}
    assert told_of(result, "reason") == {
        "M": "fewer_votes",
        "N": "excluded",
        "C": "excluded",
        "K": "majority",
    }


def test_tennessee_by_places_goes_to_nashville() -> None:
    result = counted("MNCK", {"name": "borda", "seats": 1}, TENNESSEE)
    assert told_of(result, "points") == {"M": 126, "N": 194, "C": 173, "K": 107}
    assert result["winners"] == ["N"]


@pytest.mark.parametrize("strength", ["winning", "margins"])
def test_schulze_s_first_example_gives_his_order(strength: str) -> None:
    result = counted("abcde", {"name": "schulze", "seats": 1, "strength": strength}, SCHULZE)
    assert result["winners"] == ["e"]
    assert result["condorcet"] is None
    assert result["pairs"]["a"] == {"b": 20, "c": 26, "d": 30, "e": 22}
    assert told_of(result, "rank") == {"e": 1, "a": 2, "c": 3, "b": 4, "d": 5}


def test_food_for_a_party_by_transfers() -> None:
    ballots = {"o": 4, "po": 2, "cs": 8, "cw": 4, "s": 1, "w": 1}
    result = counted("opcsw", {"name": "stv", "seats": 3}, ballots)
    assert result["winners"] == ["c", "o", "s"]
    assert {one["need"] for one in result["options"]} == {6}
    second = result["rounds"][1]
    assert second["transfer"] == "c"
    assert second["votes"] == {"o": 4, "p": 2, "c": 6, "s": 5, "w": 3}
    assert [one["out"] for one in result["rounds"]] == [[], [], ["p"], ["w"]]
    assert told_of(result, "reason")["s"] == "remaining"


def test_thirds_are_cut_off_and_told_as_exhausted() -> None:
    result = counted("abc", {"name": "stv", "seats": 2, "decimals": 2}, {"ab": 4, "a": 3, "c": 1})
    second = result["rounds"][1]
    assert second["votes"] == {"a": 3, "b": "57/25", "c": 1}
    assert second["exhausted"] == "43/25"


def test_everybody_s_second_choice_gets_the_surplus_and_the_seat() -> None:
    result = counted("ab", {"name": "stv", "seats": 2}, {"ab": 10})
    assert result["winners"] == ["a", "b"]
    assert result["rounds"][1]["votes"] == {"a": 4, "b": 6}


@pytest.mark.parametrize(
    ("name", "seats", "chosen"),
    [("seq_pav", 4, ["a", "b", "c", "d"]), ("seq_phragmen", 3, ["a", "c", "b"])],
)
def test_groups_are_chosen_by_turns(name: str, seats: int, chosen: list[str]) -> None:
    options = [
        {"key": key, "number": at, "cost": 0, "group": None} for at, key in enumerate("abcd")
    ]
    ballot = {"kind": "pick", "options": options, "min_picks": 1, "max_picks": 4}
    patterns = {'["a","b"]': 6, '["a"]': 1, '["c","d"]': 4, '["c"]': 1}
    rule = {"name": name, "seats": seats}
    config = {"ballot": {**ballot, "spend_limit": None}, "rule": rule}
    result = count(config, patterns, {"roll": 20, "void": 0})
    assert result["winners"] == (["a", "c", "b", "d"] if name == "seq_pav" else chosen)


@pytest.mark.parametrize(
    ("completion", "chosen"), [("phragmen", ["c", "a", "d"]), ("votes", []), ("none", ["c", "a"])]
)
def test_equal_shares_are_paid_from_purses(completion: str, chosen: list[str]) -> None:
    """Example 2.12 of Lackner and Skowron (2023): c at 1/5, a at 13/40, then d lacks 1/40."""
    options = [
        {"key": key, "number": at, "cost": 0, "group": None} for at, key in enumerate("abcd")
    ]
    ballot = {"kind": "pick", "options": options, "min_picks": 1, "max_picks": 4}
    patterns = {'["c","d"]': 3, '["a","b"]': 2, '["a","c"]': 2, '["b","d"]': 1, "[]": 5}
    rule = {"name": "equal_shares", "seats": 3, "completion": completion}
    config = {"ballot": {**ballot, "spend_limit": None}, "rule": rule}
    result = count(config, patterns, {"roll": 20, "void": 0})
    first, second, *third = result["rounds"]
    assert (first["prices"]["c"], second["prices"]) == ("1/5", {"a": "13/40", "b": "1/3"})
    assert [one.get("loads") for one in third] == (
        [{"b": "7/40", "d": "1/40"}] if completion == "phragmen" else [None] * len(third)
    )
    assert result["winners"] == (chosen or ["c", "a", "d"])  # d has 4 votes, b 3
    assert [one["counts"]["money"] for one in result["options"]] == [
        "1/10",
        "19/40",
        "21/40",
        "9/10",
    ]


READINGS = [
    ([["a"], [], ["b"]], {}, "a b"),
    ([["a"], [], ["b"]], {"skipped": "exhaust"}, "a"),
    ([["a"], [], ["b"], [], [], ["c"]], {"skipped": "exhaust_two"}, "a b"),
    ([["a"], ["a"], ["b"]], {}, "a b"),
    ([["a"], ["a"], ["b"]], {"repeated": "exhaust"}, "a"),
    ([["a"], ["a"], [], ["b"]], {"skipped": "exhaust_two"}, "a b"),
    ([["a"], ["b", "c"], ["d"]], {}, "a"),
    ([["a"], ["b", "c"], ["d"]], {"overvote": "skip"}, "a d"),
    ([["a"], ["b", "c"], ["d"]], {"overvote": "continuing"}, "a bc d"),
    ([["a"], ["a", "c"], ["d"]], {}, "a c d"),
    ([["b", "c"], ["b"]], {"overvote": "skip"}, "b"),
    ([["b", "c"], ["b"]], {"overvote": "skip", "repeated": "exhaust"}, "b"),
]


@pytest.mark.parametrize(("places", "how", "read"), READINGS)
def test_rankings_of_any_shape_are_read(places: Any, how: Plain, read: str) -> None:
    config = {"ballot": {"equal_ranks": False}, "rule": {"reading": how}}
    assert " ".join(map("".join, read_ranking(config, places))) == read


def test_ballot_that_two_options_share_ends_there_for_good() -> None:
    """Even where both go out together in the next step."""
    ballots = {'[["a"]]': 2, '[["b","c"],["a"]]': 3, '[["d"]]': 4, '[["e"]]': 4}
    options = [{"key": key, "number": at} for at, key in enumerate("abcde")]
    ballot = {"kind": "rank", "options": options, "min_picks": 1, "max_picks": 5}
    rule = {"name": "irv", "reading": {"overvote": "continuing"}, "elimination": "batch"}
    config = {"ballot": ballot, "rule": rule}
    result = count(config, ballots, {"roll": 20, "void": 0}, [*"abcde"])
    assert [one["out"] for one in result["rounds"]] == [["a", "b", "c"], ["e"], []]
    assert [one["exhausted"] for one in result["rounds"]] == [3, 5, 9]


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(sorted(set(KIND_OF) - set(EVERY_BALLOT))).flatmap(cases))
def test_result_follows_from_the_figures_it_tells(case: Case) -> None:
    """So its decisions can be checked where ballots are not published."""
    config = {"ballot": case.ballot, "rule": case.rule}
    figures = {"roll": case.roll, "void": case.void, "bodies": case.bodies}
    lines = ballot_lines(case.box, case.rule)
    result = count(config, lines, figures, case.lot)
    for name in ("turnout", "valid", "blank"):
        figures[name] = result[name]
    told = json.loads(json.dumps(result, sort_keys=True))
    assert decide(config, told_sums(told), figures, case.lot) == result
    assert sum(Counter(lines).values()) == result["valid"] + result["blank"]


def test_every_rule_has_made_up_contests() -> None:
    assert set(KIND_OF) == set(RULES)
