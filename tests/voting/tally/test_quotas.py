"""Seats by part: who is passed over, ties of one part, parts that wait, both engines alike."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.bundles import pick_design
from voting import recount
from voting.ballots import BallotDesign, picks_marks
from voting.bundle import ballot_lines
from voting.log import canonical
from voting.tally import check_rule, count_box
from voting.tally.result import Box, Tie

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.tally.result import TallyResult

KEYS = "abcdefgh"
TEN = pick_design(KEYS, max_picks=8)
WEB: dict[str, Any] = {"part": "web", "seats": 2}
PAPER: dict[str, Any] = {"part": "paper", "seats": 1}
PANEL: dict[str, Any] = {"part": "panel", "seats": 1, "body": True}
PARTS = [WEB, PANEL, PAPER]


def rule(parts: Any = None, **more: Any) -> dict[str, Any]:
    found = PARTS if parts is None else parts
    seats = sum(part["seats"] for part in found)
    return {"name": "plurality", "seats": seats, "seats_by": found, **more}


def box(
    web: dict[str, int], paper: dict[str, int], panel: dict[str, int] | None = None, roll: int = 99
) -> Box:
    """Ballots that each name one option, and what the panel gave."""
    ballots = {
        (str(picks_marks([key])), channel): number
        for channel, votes in (("web", web), ("paper", paper))
        for key, number in votes.items()
    }
    return Box(ballots, roll, bodies={"panel": panel or {}})


def count(
    given: Box,
    by: dict[str, Any] | None = None,
    lot: Sequence[str] | None = None,
    design: BallotDesign = TEN,
) -> TallyResult:
    """Count by both engines, which write the same."""
    by = by or rule()
    result = count_box(design, by, given, lot)
    figures = {
        "roll": given.roll,
        "void": sum(given.void.values()),
        "bodies": {name: dict(row) for name, row in given.bodies.items()},
    }
    config = {"ballot": design.to_config(), "rule": by}
    told = recount.count(config, ballot_lines(given.ballots, by), figures, lot and [*lot])
    assert canonical(told) == canonical(result.to_json())
    return result


def outcome(result: TallyResult) -> dict[str, tuple[int | None, bool | None, str]]:
    return {one.key: (one.rank, one.won, one.reason) for one in result.options}


def test_each_part_chooses_in_its_turn_and_passes_over_the_chosen() -> None:
    """By hand: the web seats b and a; the panel's first is a, so c; on paper b, c and a lead: d."""
    given = box(
        {"a": 7, "b": 9, "c": 3, "f": 1},
        {"a": 5, "b": 8, "c": 6, "d": 4, "e": 2},
        {"a": 30, "c": 20, "e": 10},
    )
    result = count(given)
    assert result.winners == ("b", "a", "c", "d")
    assert outcome(result) == {
        "a": (2, True, "enough_votes"),
        "b": (1, True, "enough_votes"),
        "c": (3, True, "enough_votes"),
        "d": (4, True, "enough_votes"),
        "e": (None, False, "fewer_votes"),
        "f": (None, False, "fewer_votes"),
        "g": (None, False, "no_votes"),
        "h": (None, False, "no_votes"),
    }
    told: Any = result.to_json()
    assert [(part["part"], part["seats"], part["chosen"]) for part in told["seated"]] == [
        ("web", 2, ["b", "a"]),
        ("panel", 1, ["c"]),
        ("paper", 1, ["d"]),
    ]
    assert told["seated"][1]["measures"]["e"] == 10
    assert not any(part["waits"] for part in told["seated"])
    assert told["options"][0]["counts"] == {"votes": 12}
    assert (result.decided, result.ties, result.parts) == (True, (), None)


def test_another_order_of_the_parts_is_another_rule() -> None:
    given = box({"a": 9, "b": 5, "c": 1}, {"a": 9, "c": 2})
    assert count(given, rule([WEB, PAPER])).winners == ("a", "b", "c")
    assert count(given, rule([PAPER, WEB])).winners == ("a", "b", "c")
    less = box({"a": 9, "b": 5, "c": 1}, {"b": 9})
    assert count(less, rule([WEB, PAPER])).winners == ("a", "b")
    assert count(less, rule([PAPER, WEB])).winners == ("b", "a", "c")


def test_ten_of_an_assembly() -> None:
    """Five by the web, three by the panel, two on paper."""
    keys = [f"o{number:02}" for number in range(12)]
    design = pick_design(keys, max_picks=10)
    parts = [
        {"part": "web", "seats": 5},
        {"part": "panel", "seats": 3, "body": True},
        {"part": "paper", "seats": 2},
    ]
    given = box(
        {key: 30 - place for place, key in enumerate(keys)},
        {key: 1 + place for place, key in enumerate(keys)},
        {"o04": 9, "o05": 8, "o11": 7, "o07": 6},
    )
    result = count(given, rule(parts), design=design)
    assert result.winners == (*keys[:5], "o05", "o11", "o07", "o10", "o09")


def test_open_tie_stops_what_comes_after_it_and_a_lot_goes_on() -> None:
    given = box({"a": 9, "b": 5, "c": 5, "h": 1}, {"b": 3, "d": 2}, {"c": 4, "e": 1})
    result = count(given)
    assert result.decided is False
    assert result.winners == ("a",)
    assert {key: why for key, (_rank, _won, why) in outcome(result).items()} == {
        "a": "enough_votes",
        **dict.fromkeys("bcde", "tie_undecided"),
        **dict.fromkeys("fg", "no_votes"),
        "h": "fewer_votes",
    }
    told: Any = result.to_json()
    assert told["ties"] == [
        {"options": ["b", "c"], "votes": 5, "seats": 1, "won": [], "part": "web"}
    ]
    assert [part["waits"] for part in told["seated"]] == [False, True, True]
    drawn = count(given, lot=["h", "g", "c", "b", "a", "d", "e", "f"])
    assert drawn.winners == ("a", "c", "e", "b")
    assert outcome(drawn)["c"] == (2, True, "won_by_lot")
    assert outcome(drawn)["b"] == (4, True, "enough_votes")
    other = count(given, lot=["b", "c", *"adefgh"])
    assert other.winners == ("a", "b", "c", "d")


def test_who_loses_a_lot_and_is_chosen_by_no_later_part_is_told_so() -> None:
    given = box({"a": 9, "b": 5, "c": 5}, {"d": 2}, {"e": 1})
    result = count(given, lot=[*KEYS])
    assert outcome(result)["c"] == (None, False, "lost_by_lot")
    assert result.tie_order == tuple(KEYS)
    assert count(given, lot=["b", "a"]).decided is False


def test_tie_in_the_last_part_leaves_nothing_else_open() -> None:
    result = count(box({"a": 9, "b": 5, "f": 1}, {"c": 3, "d": 3, "e": 1}, {"e": 1}))
    assert result.winners == ("a", "b", "e")
    assert [one.part for one in result.ties if isinstance(one, Tie)] == ["paper"]
    assert outcome(result)["f"] == (None, False, "fewer_votes")


def test_seats_that_nobody_takes_stay_empty() -> None:
    result = count(box({"a": 1}, {"a": 4}))
    assert (result.winners, result.decided) == (("a",), True)
    assert count(Box({}, roll=3)).winners == ()


def test_missed_quorum_seats_nobody_and_names_no_tie() -> None:
    bar = {"of": "fixed", "number": 50}
    result = count(box({"a": 5, "b": 5, "c": 5}, {"d": 1}), rule(quorum=bar), [*KEYS])
    assert (result.winners, result.ties, result.tie_order) == ((), (), None)
    assert set(outcome(result).values()) == {(None, False, "quorum_missed")}
    told: Any = result.to_json()
    assert [(part["chosen"], part["waits"]) for part in told["seated"]] == [([], False)] * 3
    assert told["seated"][0]["measures"]["a"] == 5


def test_ballots_of_a_way_without_a_seat_are_not_counted() -> None:
    given = box({"a": 1}, {"b": 1})
    by = rule([WEB, PANEL])
    with pytest.raises(ValueError, match="paper"):
        count_box(TEN, by, given)
    config = {"ballot": TEN.to_config(), "rule": by}
    with pytest.raises(ValueError, match="does not allow"):
        recount.count(config, ballot_lines(given.ballots, by), {"roll": 9, "void": 0, "bodies": {}})


def test_totals_alone_give_the_same_result() -> None:
    given = box({"a": 9, "b": 5, "c": 5}, {"b": 3, "d": 2}, {"c": 4})
    tally: Any = count(given, lot=[*KEYS]).to_json()
    figures = {name: tally[name] for name in ("roll", "turnout", "valid", "blank", "void")}
    config = {"ballot": TEN.to_config(), "rule": rule()}
    told = recount.decide(
        config,
        recount.told_sums(tally),
        {**figures, "bodies": {"panel": {"c": 4}}},
        [*KEYS],
    )
    assert canonical(told) == canonical(tally)


@pytest.mark.parametrize(
    ("parts", "more", "codes"),
    [
        ([], {}, ["bad_seats_by"]),
        ("web", {}, ["bad_seats_by"]),
        ([{"part": "web", "seats": 0}], {}, ["bad_seats_by"]),
        ([{"part": "web", "seats": True}], {}, ["bad_seats_by"]),
        ([{"part": "", "seats": 4}], {}, ["bad_seats_by"]),
        ([{"part": "web", "seats": 4, "weight": 1}], {}, ["bad_seats_by"]),
        ([{"part": "web", "seats": 4, "body": 1}], {}, ["bad_seats_by"]),
        ([WEB, {**WEB, "body": True}], {}, ["bad_seats_by"]),
        ([WEB], {}, ["seats_by_sum"]),
        (PARTS, {"seats": None}, ["seats_by_sum"]),
        (PARTS, {"threshold": {"of": "valid", "share": "1/10"}}, ["seats_by_apart"]),
        (PARTS, {}, []),
        (None, {}, []),
    ],
)
def test_seats_that_cannot_be_counted_with_are_refused(
    parts: Any, more: dict[str, Any], codes: list[str]
) -> None:
    problems = check_rule(TEN, {"name": "plurality", "seats": 4, "seats_by": parts, **more})
    assert [one.code for one in problems] == codes
    for problem in problems:
        assert problem.form_field == "seats_by"
        assert problem.message % problem.params


def test_seats_by_part_stand_alone() -> None:
    grouped = replace(TEN, options=tuple(replace(option, group="분야") for option in TEN.options))
    weights = {
        "parts": [{"part": "web", "weight": 50}, {"part": "paper", "weight": 50}],
        "as": "ballots",
        "empty": "spread",
    }
    for setting in ({"per_group": True}, {"weights": weights}):
        problems = check_rule(grouped, rule(**setting))
        assert [one.params["name"] for one in problems] == [*setting]


LOTS = st.none() | st.permutations("abcde")
VOTES = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 4))


@settings(deadline=None)
@given(VOTES, VOTES, VOTES, st.permutations(range(1, 6)), LOTS)
def test_order_of_the_options_changes_only_how_ties_are_listed(
    web: dict[str, int], paper: dict[str, int], panel: dict[str, int], order: list[int], lot: Any
) -> None:
    design = pick_design("abcde", max_picks=5)
    turned = replace(
        design,
        options=tuple(
            replace(option, number=number)
            for option, number in zip(design.options, order, strict=True)
        ),
    )
    given = box(web, paper, panel)
    one, other = count(given, None, lot, design), count(given, None, lot, turned)
    assert outcome(one) == outcome(other)
    assert [set(tie.options) for tie in one.ties] == [set(tie.options) for tie in other.ties]
    assert one.seated is not None
    assert other.seated is not None
    for mine, theirs in zip(one.seated, other.seated, strict=True):
        assert (set(mine.chosen), mine.waits) == (set(theirs.chosen), theirs.waits)


@settings(deadline=None)
@given(VOTES, VOTES, VOTES)
def test_no_part_passes_over_somebody_with_more(
    web: dict[str, int], paper: dict[str, int], panel: dict[str, int]
) -> None:
    """Checked against what the rule says, for a lot in every order: nobody left has more."""
    design = pick_design("abcde", max_picks=5)
    for lot in list(permutations("abcde"))[::37]:
        result = count(box(web, paper, panel), None, lot, design)
        taken: set[str] = set()
        assert result.decided
        for part in result.seated or ():
            left = [key for key in design.keys if key not in taken and part.measures[key]]
            assert len(part.chosen) == min(part.seats, len(left))
            lost = [key for key in left if key not in part.chosen]
            assert all(
                part.measures[one] >= part.measures[other] for one in part.chosen for other in lost
            )
            taken |= set(part.chosen)
        assert taken == set(result.winners)
