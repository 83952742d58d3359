"""Reading a ranking: gaps, repeated options and several options in one place, by every switch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.factories.bundles import pick_design
from voting.ballots import BallotKind, Marks
from voting.tally import check_rule
from voting.tally.rankings import read_box, reading_of
from voting.tally.result import Box

RANK = pick_design("abcde", kind=BallotKind.RANK, max_picks=5)
LEVEL = pick_design("abcde", kind=BallotKind.RANK, max_picks=5, equal_ranks=True)


def read(written: str, reading: Any = None, *, level: bool = False) -> str:
    """Read places written as letters, "-" for an empty one: "a,bc,-,d"."""
    places = [sorted(place.strip("-")) for place in written.split(",")]
    rule: dict[str, Any] = {"reading": reading}
    ranking = reading_of(LEVEL if level else RANK, rule).read(places)
    return ",".join("".join(place) for place in ranking)


@pytest.mark.parametrize(
    ("written", "reading", "ranking"),
    [
        ("a,b,c", {}, "a,b,c"),
        ("a,-,b,-,-,c", {}, "a,b,c"),
        ("a,-,b", {"skipped": "exhaust"}, "a"),
        ("-,a", {"skipped": "exhaust"}, ""),
        ("a,-,b,-,-,c", {"skipped": "exhaust_two"}, "a,b"),
        ("a,a,-,b", {"skipped": "exhaust_two"}, "a,b"),
        ("a,-,a,-,b", {"skipped": "exhaust_two"}, "a,b"),
        ("a,b,a,c", {}, "a,b,c"),
        ("a,b,a,c", {"repeated": "exhaust"}, "a,b"),
        ("a,ab,c", {}, "a,b,c"),
        ("a,ab,c", {"repeated": "exhaust"}, "a"),
        ("a,bc,d", {}, "a"),
        ("a,bc,d", {"overvote": "skip"}, "a,d"),
        ("bc,b,d", {"overvote": "skip"}, "b,d"),
        ("bc,b,d", {"overvote": "skip", "repeated": "exhaust"}, "b,d"),
        ("a,bc,d", {"overvote": "continuing"}, "a,bc,d"),
        ("bc,b,d", {"overvote": "continuing"}, "bc,d"),
        ("-", {}, ""),
    ],
)
def test_places_are_read_from_the_first_on(
    written: str, reading: dict[str, str], ranking: str
) -> None:
    assert read(written, reading) == ranking


def test_shared_places_stay_where_they_are_allowed() -> None:
    assert read("a,bc,d", level=True) == "a,bc,d"
    assert read("ab,bc", {"overvote": "exhaust"}, level=True) == "ab,c"


def test_first_choices_are_counted_by_channel() -> None:
    box = Box(
        {
            ('[["a"],["b"]]', "web"): 3,
            ('[[],["b"]]', "paper"): 2,
            ('[["a","c"]]', "paper"): 4,
            ("[]", "web"): 1,
        },
        roll=20,
    )
    for overvote in ("exhaust", "continuing"):
        paper, web = read_box(RANK, {"reading": {"overvote": overvote}}, box).channels
        assert (web.counts["a"], paper.counts["b"]) == ({"votes": 3}, {"votes": 2})
        assert paper.counts["a"] == paper.counts["c"] == {"votes": 0}
    paper, web = read_box(LEVEL, {}, box).channels
    assert paper.counts["a"] == paper.counts["c"] == {"votes": 4}


def test_ballots_that_read_alike_are_counted_together() -> None:
    marks = [Marks(json.dumps(m, separators=(",", ":"))) for m in ([["a"]], [["a"], ["a"]])]
    groups = read_box(RANK, {}, Box({(one, "web"): 2 for one in marks}, roll=9)).groups
    assert groups == {(("a",),): 4}


@pytest.mark.parametrize("rule", ["irv", "stv", "schulze", "borda"])
@pytest.mark.parametrize(
    "reading", [1, [], {"gap": "ignore"}, {"skipped": "never"}, {"overvote": None}]
)
def test_reading_that_there_is_not_is_refused(rule: str, reading: Any) -> None:
    seats = {} if rule == "irv" else {"seats": 1}
    problems = check_rule(RANK, {"name": rule, "reading": reading, **seats})
    assert [(one.code, one.form_field) for one in problems] == [("bad_reading", "reading")]
