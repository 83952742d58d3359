"""A file of ballots: read as it was cast, refused with the place of each mistake."""

from __future__ import annotations

from typing import Any

import pytest

from voting.ballots.files import FORMAT, BallotFileError, read_file

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
        ({"ballot": {"kind": "rank", "overpick": "last"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "rank", "overpick": "scale"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "pick", "overpick": "first_k"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "pick", "overpick": "left_out"}}, ["ballot.overpick"]),
        ({"ballot": {"kind": "rank", "spend_limit": "x"}}, ["ballot"]),
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
