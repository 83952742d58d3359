"""Rankings: strict on the web, as written on paper, and nothing else in the box."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proceedings.refusals import Refusal
from tests.factories.bundles import pick_design
from voting.ballots import (
    BallotDesign,
    BallotKind,
    Overpick,
    SheetKind,
    SheetReading,
    check_marks,
    describe,
    is_blank,
    ranking_marks,
    ranking_of,
    read_marks,
    read_sheet,
)

RANK = pick_design(kind=BallotKind.RANK, max_picks=3)
LEVEL = replace(RANK, equal_ranks=True)


def code_of(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    assert answer.message % answer.params
    assert answer.next_step % answer.params
    return answer.code


@pytest.mark.parametrize(
    "raw",
    [
        {"b": 1, "a": 2},
        {"b": "1", "a": "2", "c": "", "d": None},
        [["b"], ["a"]],
        (("b",), ("a",), ()),
    ],
)
def test_places_of_options_or_options_of_places_give_one_text(raw: Any) -> None:
    assert read_marks(RANK, raw) == '[["b"],["a"]]'


def test_options_share_a_place_where_they_may() -> None:
    assert read_marks(LEVEL, {"b": 1, "a": 1, "c": 2}) == '[["a","b"],["c"]]'


@pytest.mark.parametrize(
    ("design", "raw", "code", "field"),
    [
        (RANK, {"a": 1, "b": 1}, "same_place", "b"),
        (RANK, {"a": 2}, "place_gap", ""),
        (LEVEL, {"a": 1, "b": 1, "c": 3}, "place_gap", ""),
        (RANK, [["a"], ["a"]], "ranked_twice", "a"),
        (LEVEL, {"a": [1, 2], "b": 1}, "ranked_twice", "a"),
        (RANK, {"a": 4}, "no_place", "a"),
        (RANK, {"a": 0}, "no_place", "a"),
        (RANK, {"a": "999999999"}, "no_place", "a"),
        (RANK, {"a": "1st"}, "not_a_place", "a"),
        (RANK, {"a": -1}, "not_a_place", "a"),
        (RANK, {"a": True}, "not_a_place", "a"),
        (RANK, {"a": 1.0}, "not_a_place", "a"),
        (RANK, {"z": 1}, "unknown_option", ""),
        (RANK, [["z"]], "unknown_option", ""),
        (replace(RANK, min_picks=2), {"a": 1}, "too_few", ""),
        (RANK, ["a", "b"], "not_a_ballot", ""),
        (RANK, [[1]], "not_a_ballot", ""),
        (RANK, {1: 1}, "not_a_ballot", ""),
        (RANK, "a", "not_a_ballot", ""),
        (RANK, None, "not_a_ballot", ""),
    ],
)
def test_ranking_that_the_web_forbids_is_refused_at_its_option(
    design: BallotDesign, raw: Any, code: str, field: str
) -> None:
    answer = read_marks(design, raw)
    assert code_of(answer) == code
    assert isinstance(answer, Refusal)
    assert answer.form_field == field


@pytest.mark.parametrize("raw", [{}, [], {"a": ""}, [[], []]])
def test_ranking_without_an_option_is_blank(raw: Any) -> None:
    assert read_marks(RANK, raw) == "[]"
    assert code_of(read_marks(replace(RANK, allow_blank=False), raw)) == "blank"
    assert read_sheet(RANK, raw) == SheetReading(SheetKind.BLANK, ranking_marks([]))


@pytest.mark.parametrize(
    ("raw", "marks"),
    [
        ({"a": 2, "b": 2}, '[[],["a","b"]]'),
        ({"a": [1, 3], "b": 3}, '[["a"],[],["a","b"]]'),
        ([["a", "a"], ["b"]], '[["a"],["b"]]'),
    ],
)
def test_sheet_lies_in_the_box_as_it_was_written(raw: Any, marks: str) -> None:
    sheet = read_sheet(RANK, raw)
    assert isinstance(sheet, SheetReading)
    assert (sheet.kind, sheet.marks) == (SheetKind.VALID, marks)
    check_marks(RANK, marks)


def test_place_that_is_not_on_the_sheet_is_void_or_left_out() -> None:
    raw = {"a": 1, "b": 9}
    assert read_sheet(RANK, raw) == SheetReading(SheetKind.VOID, None, "no_place")
    sheet = read_sheet(replace(RANK, overpick=Overpick.LEFT_OUT), raw)
    assert sheet == SheetReading(SheetKind.VALID, ranking_marks([["a"]]))
    nothing = read_sheet(replace(RANK, overpick=Overpick.LEFT_OUT), {"b": 9})
    assert isinstance(nothing, SheetReading)
    assert nothing.kind is SheetKind.BLANK


def test_sheet_with_too_few_different_options_is_void() -> None:
    sheet = read_sheet(replace(RANK, min_picks=2), {"a": [1, 2]})
    assert sheet == SheetReading(SheetKind.VOID, None, "too_few")


@pytest.mark.parametrize("raw", [{"z": 1}, {"a": "x"}, ["a"], None])
def test_typing_mistake_is_refused_and_not_called_void(raw: Any) -> None:
    assert isinstance(read_sheet(RANK, raw), Refusal)


@pytest.mark.parametrize(
    "marks",
    [
        '[["b","a"]]',
        '[["a"],[]]',
        '[["a"], ["b"]]',
        '[["z"]]',
        '[["a"],["b"],["c"],["d"]]',
        '[["a","a"]]',
        '["a"]',
        '{"a":1}',
        "[[1]]",
    ],
)
def test_other_texts_do_not_fit_the_box(marks: str) -> None:
    with pytest.raises(ValueError, match="does not allow"):
        check_marks(RANK, marks)
    with pytest.raises(ValueError, match="does not allow"):
        check_marks(replace(RANK, min_picks=2), '[["a"]]')


@settings(deadline=None)
@given(
    raw=st.dictionaries(
        st.sampled_from("abcd"), st.lists(st.integers(0, 5), max_size=2), max_size=4
    ),
    overpick=st.sampled_from([Overpick.VOID, Overpick.LEFT_OUT]),
    least=st.integers(0, 3),
    level=st.booleans(),
)
def test_whatever_is_on_a_sheet_has_a_reading_that_fits_the_box(
    raw: dict[str, list[int]], overpick: Overpick, least: int, *, level: bool
) -> None:
    design = replace(RANK, equal_ranks=level, overpick=overpick, min_picks=least)
    sheet = read_sheet(design, raw)
    assert isinstance(sheet, SheetReading)
    if sheet.marks is not None:
        check_marks(design, sheet.marks)
    web = read_marks(design, raw)
    if not isinstance(web, Refusal):
        assert sheet == SheetReading(SheetKind.BLANK if is_blank(web) else SheetKind.VALID, web)


@pytest.mark.parametrize("level", [False, True])
@pytest.mark.parametrize(("least", "most"), [(1, 3), (2, 2), (1, 1), (0, 4)])
def test_possible_ballots_are_those_the_web_takes(*, level: bool, least: int, most: int) -> None:
    design = replace(RANK, equal_ranks=level, min_picks=least, max_picks=most)
    answers = [
        read_marks(design, dict(zip("abcd", places, strict=True)))
        for places in product(["", 1, 2, 3, 4], repeat=4)
    ]
    taken = {marks for marks in answers if isinstance(marks, str)}
    assert describe(design).possible_ballots == len(taken)


def test_places_are_read_back() -> None:
    assert ranking_of('[["b"],[],["a","c"]]') == [["b"], [], ["a", "c"]]
    for other in ("{}", '["a"]'):
        with pytest.raises(ValueError, match="ranking"):
            ranking_of(other)
