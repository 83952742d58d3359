"""A file of ballots: read as it was cast, refused with the place of each mistake."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.ballots.files import (
    FORMAT,
    MOST_PROBLEMS,
    BallotFileError,
    FileProblem,
    parse_file,
    read_file,
)

GOOD: dict[str, Any] = {
    "format": FORMAT,
    "title": "마을의제",
    "ballot": {"kind": "rank"},
    "options": [{"key": "a", "title": "보안등"}, {"key": "b"}],
    "ballots": [
        {"marks": [["b"], ["a"]], "count": 3},
        {"marks": [[], ["b", "a"], []], "channel": "paper"},
        {"marks": []},
    ],
    "void": 2,
}


def places(plain: Any) -> list[str]:
    with pytest.raises(BallotFileError) as caught:
        read_file(plain)
    for problem in caught.value.problems:
        assert problem.message % problem.params
    return [problem.place for problem in caught.value.problems]


def test_ballots_are_read_as_they_were_cast() -> None:
    file = read_file(GOOD)
    assert file.ballots == {
        ('[["b"],["a"]]', "web"): 3,
        ('[[],["a","b"]]', "paper"): 1,
        ("[]", "web"): 1,
    }
    assert (file.title, file.void, file.roll, file.lot) == ("마을의제", 2, 7, None)
    assert [option.title for option in file.design.options] == ["보안등", "b"]
    assert (file.design.min_picks, file.design.max_picks) == (0, 2)


def test_limits_rule_lot_and_bodies_come_from_the_file() -> None:
    plain = {
        **GOOD,
        "ballot": {"kind": "points", "points": 5, "overpick": "scale"},
        "ballots": [{"marks": {"b": 4, "a": 3}}],
        "rule": {"name": "points", "seats": 1},
        "lot": ["b", "a"],
        "bodies": {"committee": {"a": 2}},
        "roll": 9,
    }
    file = read_file(plain)
    assert file.ballots == {('{"a":3,"b":4}', "web"): 1}
    assert (file.rule, file.lot) == ({"name": "points", "seats": 1}, ("b", "a"))
    assert (file.bodies, file.roll) == ({"committee": {"a": 2}}, 9)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"format": "x"}, ["format"]),
        ({"extra": 1}, ["extra"]),
        ({"ballot": {"kind": "duel"}}, ["ballot.kind"]),
        ({"ballot": None}, ["ballot.kind"]),
        ({"ballot": {"kind": "rank", "seats": 1}}, ["ballot.seats"]),
        ({"ballot": {"kind": ["rank"]}}, ["ballot.kind"]),
        ({"ballot": {"kind": "rank", "overpick": "last"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "rank", "overpick": "scale"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "pick", "overpick": "first_k"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "pick", "overpick": "left_out"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "rank", "max_picks": "2"}}, ["ballot.max_picks"]),
        ({"ballot": {"kind": "rank", "equal_ranks": 1}}, ["ballot.equal_ranks"]),
        ({"ballot": {"kind": "points", "points_cap": []}}, ["ballot.points_cap"]),
        ({"ballot": {"kind": "rank", "spend_limit": "x"}}, ["ballot.spend_limit"]),
        ({"ballot": {"kind": "budget", "spend_limit": "1/0"}}, ["ballot.spend_limit"]),
        ({"options": [{"key": "a", "cost": 1.5}]}, ["options[0].cost"]),
        ({"options": [{"key": "a", "group": []}]}, ["options[0].group"]),
        ({"ballot": {"kind": "score", "score_max": 0}}, ["ballot.score_max"]),
        ({"options": []}, ["options"]),
        ({"options": [{"title": "x"}]}, ["options[0].key"]),
        ({"options": [{"key": "a", "party": "x"}]}, ["options[0].party"]),
        ({"options": [{"key": "a"}, {"key": "a"}]}, ["ballot.options"]),
        ({"ballots": {}}, ["ballots"]),
        ({"ballots": [{"count": 2}]}, ["ballots[0].marks"]),
        ({"ballots": [{"marks": [["a"]]}, {"marks": [["z"]]}]}, ["ballots[1].marks"]),
        ({"ballots": [{"marks": ["a"]}]}, ["ballots[0].marks"]),
        ({"ballots": [{"marks": [["a"]], "count": 0}]}, ["ballots[0].count"]),
        ({"ballots": [{"marks": [["a"]], "channel": 1}]}, ["ballots[0].channel"]),
        ({"ballots": [{"marks": [["a"]], "voter": 1}]}, ["ballots[0].voter"]),
        ({"roll": -1}, ["roll"]),
        ({"roll": 6}, ["roll"]),
        ({"void": "2"}, ["void"]),
        ({"rule": "irv"}, ["rule"]),
        ({"lot": ["z"]}, ["lot"]),
        ({"lot": ["a", "a"]}, ["lot"]),
        ({"lot": "a"}, ["lot"]),
        ({"bodies": []}, ["bodies"]),
        ({"bodies": {"committee": {"z": 1}}}, ["bodies.committee"]),
        ({"bodies": {"committee": 3}}, ["bodies.committee"]),
    ],
)
def test_every_mistake_is_named_by_its_place(change: dict[str, Any], where: list[str]) -> None:
    kept = {**GOOD, "ballots": []} if {"ballot", "options"} & set(change) else GOOD
    assert places({**kept, **change})[: len(where)] == where


@pytest.mark.parametrize("plain", [None, [], "x", 1])
def test_what_is_no_file_of_ballots_is_refused(plain: Any) -> None:
    assert places(plain) == ["format"]


@pytest.mark.parametrize(
    ("ballot", "marks", "why"),
    [
        ({"kind": "pick", "max_picks": 1}, ["a", "b"], "You chose 2 options; at most 1"),
        ({"kind": "pick"}, ["a", "a"], "“a” was chosen twice."),
        ({"kind": "pick"}, {"a": 1}, 'Marks look like ["a","b"]'),
        ({"kind": "pick"}, ["z"], "There is no option “z”."),
        ({"kind": "rank", "max_picks": 1}, [["a"], ["b"]], "There is no place 2"),
        ({"kind": "rank", "min_picks": 2}, [[], ["a"]], "1 marked; this ballot needs at least 2."),
        ({"kind": "rank"}, {"a": 1}, 'Marks look like [["b"],["a"]]'),
        ({"kind": "score", "score_max": 5}, {"a": 9}, "“9” is not possible for “a”."),
        ({"kind": "score", "score_max": 5}, {"a": "3"}, 'Marks look like {"a":5,"b":0}'),
        ({"kind": "points", "points": 5}, {"a": 4, "b": 3}, "You gave 7 points; there are 5."),
        ({"kind": "yes_no"}, {"a": "perhaps"}, "“perhaps” is not an answer"),
    ],
)
def test_marks_that_cannot_be_are_told_why_and_how_they_look(
    ballot: dict[str, Any], marks: Any, why: str
) -> None:
    plain: dict[str, Any] = {"format": FORMAT, "ballot": ballot, "ballots": [{"marks": marks}]}
    plain["options"] = [{"key": "a"}, {"key": "b"}]
    with pytest.raises(BallotFileError) as caught:
        read_file(plain)
    (problem,) = caught.value.problems
    assert problem.place == "ballots[0].marks"
    words = f"{problem.message} {problem.next_step}" % problem.params
    assert why in words
    assert "within the limits that “ballot” sets." in words


def test_many_mistakes_are_told_up_to_a_number() -> None:
    with pytest.raises(BallotFileError) as caught:
        read_file({**GOOD, "ballots": [{"marks": ["a"]}] * (MOST_PROBLEMS + 7)})
    assert (len(caught.value.problems), caught.value.more) == (MOST_PROBLEMS, 7)


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (b'{"rule": {"name": "irv"}, "rule": {"name": "borda"}}', "rule", "stands twice"),
        (b'{"ballots": [{"marks": [], "marks": [["a"]]}]}', "marks", "stands twice"),
        (b"[" * 100_000, "1", "too many brackets"),
        (b'{\n"format": ', "2:11", "not JSON"),
        (b'{"format": 1,\n"title": "\xff"}', "2", "not UTF-8"),
    ],
)
def test_json_that_says_two_things_or_nothing_is_refused(data: bytes, place: str, why: str) -> None:
    with pytest.raises(BallotFileError) as caught:
        parse_file(data)
    (problem,) = caught.value.problems
    assert problem.place == place
    assert why in problem.message


WHOLE_FILES: list[dict[str, Any]] = [
    GOOD,
    {
        "format": FORMAT,
        "ballot": {"kind": "budget", "max_picks": 2, "group_picks": 1, "spend_limit": "7/2"},
        "options": [
            {"key": "a", "title": "보안등", "group": "x", "cost": 1},
            {"key": "b", "group": "y", "cost": "1/2"},
        ],
        "ballots": [{"marks": ["b", "a"], "count": 2, "channel": "paper"}],
        "rule": {"name": "projects"},
        "bodies": {"committee": {"a": 3}},
        "lot": ["b", "a"],
        "roll": 4,
    },
    {
        "format": FORMAT,
        "ballot": {"kind": "points", "points": 5, "points_cap": 3, "spend_all": True},
        "options": [{"key": "a"}, {"key": "b"}],
        "ballots": [{"marks": {"a": 3, "b": 2}}],
    },
    {
        "format": FORMAT,
        "ballot": {"kind": "yes_no", "abstain_allowed": True},
        "options": [{"key": "a"}, {"key": "b"}],
        "ballots": [{"marks": {"a": "yes", "b": "abstain"}}],
    },
]
STRANGE: list[Any] = [
    None, True, -1, 0, 2.5, 10**30, float("nan"), "", "x", "1/0", [], {}, [[]], [None], ["a", "a"],
    [["a"], ["a"]], {"a": 1}, {"x": None},
]  # fmt: skip


@given(data=st.data())
def test_no_wound_to_a_file_is_more_than_an_error(data: st.DataObject) -> None:
    """Put something strange in any one place: it is read, or named by its place."""
    plain = copy.deepcopy(data.draw(st.sampled_from(WHOLE_FILES)))
    inside, key = plain, data.draw(st.sampled_from(sorted(plain)))
    while inside[key] and isinstance(inside[key], dict | list) and data.draw(st.booleans()):
        inside = inside[key]
        key = data.draw(
            st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside)))
        )
    inside[key] = data.draw(st.sampled_from(STRANGE))
    found: list[FileProblem] = []
    try:
        read_file(parse_file(json.dumps(plain).encode()))
    except BallotFileError as error:
        found = error.problems
    assert all(problem.place and problem.message % problem.params for problem in found)
