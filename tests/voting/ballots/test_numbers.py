"""Scores and points: whole numbers within their limits, on the web, on paper and in the box."""

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
    numbers_marks,
    numbers_of,
    read_marks,
    read_sheet,
)

SCORE = pick_design(kind=BallotKind.SCORE, max_picks=4, score_max=5)
POINTS = pick_design(kind=BallotKind.POINTS, max_picks=3, points=10)
CAPPED = replace(POINTS, points_cap=6)
ALL = replace(POINTS, spend_all=True)
SCALED = replace(CAPPED, overpick=Overpick.SCALE)


def code_of(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    assert answer.message % answer.params
    assert answer.next_step % answer.params
    return answer.code


@pytest.mark.parametrize(
    ("design", "raw", "marks"),
    [
        (SCORE, {"b": "5", "a": 0, "c": "", "d": None}, '{"a":0,"b":5}'),
        (SCORE, {"a": ["3", 3]}, '{"a":3}'),
        (POINTS, {"b": "7", "a": 3, "c": "0"}, '{"a":3,"b":7}'),
        (POINTS, {"a": 2}, '{"a":2}'),
        (CAPPED, {"a": 6, "b": 4}, '{"a":6,"b":4}'),
        (SCORE, {}, "{}"),
        (POINTS, {"a": 0}, "{}"),
    ],
)
def test_numbers_are_read_into_one_text(design: BallotDesign, raw: Any, marks: str) -> None:
    assert read_marks(design, raw) == marks
    check_marks(design, marks)


@pytest.mark.parametrize(
    ("design", "raw", "code", "field"),
    [
        (SCORE, {"a": 6}, "bad_number", "a"),
        (SCORE, {"a": "-1"}, "bad_number", "a"),
        (SCORE, {"a": "3.5"}, "bad_number", "a"),
        (SCORE, {"a": True}, "bad_number", "a"),
        (SCORE, {"a": "네"}, "bad_number", "a"),
        (SCORE, {"a": [1, 2]}, "two_numbers", "a"),
        (SCORE, {"z": 1}, "unknown_option", ""),
        (SCORE, ["a"], "not_a_ballot", ""),
        (SCORE, None, "not_a_ballot", ""),
        (replace(SCORE, min_picks=2), {"a": 1}, "too_few", ""),
        (POINTS, {"a": 11}, "bad_number", "a"),
        (CAPPED, {"a": 7}, "bad_number", "a"),
        (POINTS, {"a": 6, "b": 5}, "many_points", ""),
        (POINTS, {"a": 1, "b": 1, "c": 1, "d": 1}, "too_many", ""),
        (ALL, {"a": 6, "b": 3}, "points_left", ""),
        (SCALED, {"a": 6, "b": 5}, "many_points", ""),
    ],
)
def test_numbers_that_the_web_forbids_are_refused_at_their_option(
    design: BallotDesign, raw: Any, code: str, field: str
) -> None:
    answer = read_marks(design, raw)
    assert code_of(answer) == code
    assert isinstance(answer, Refusal)
    assert answer.form_field == field


@pytest.mark.parametrize(
    ("design", "raw", "why"),
    [
        (SCORE, {"a": [1, 2], "b": 3}, "two_numbers"),
        (SCORE, {"a": 9, "b": 3}, "bad_number"),
        (POINTS, {"a": 11}, "many_points"),
        (CAPPED, {"a": 7}, "over_cap"),
        (POINTS, {"a": 6, "b": 5}, "many_points"),
        (ALL, {"a": 6}, "points_left"),
        (POINTS, {"a": 1, "b": 1, "c": 1, "d": 1}, "too_many"),
        (replace(POINTS, min_picks=2), {"a": 1}, "too_few"),
    ],
)
def test_sheet_outside_the_limits_is_void(design: BallotDesign, raw: Any, why: str) -> None:
    assert read_sheet(design, raw) == SheetReading(SheetKind.VOID, None, why)


def test_option_that_cannot_be_read_is_left_out_where_the_contest_says_so() -> None:
    lenient = replace(SCORE, overpick=Overpick.LEFT_OUT)
    sheet = read_sheet(lenient, {"a": [1, 2], "b": 3, "c": 9})
    assert sheet == SheetReading(SheetKind.VALID, numbers_marks({"b": 3}))
    nothing = read_sheet(lenient, {"a": [1, 2]})
    assert nothing == SheetReading(SheetKind.BLANK, numbers_marks({}))
    points = read_sheet(SCALED, {"a": [1, 2], "b": 3, "c": 7})
    assert points == SheetReading(SheetKind.VALID, numbers_marks({"b": 3}))


def test_too_many_points_lie_in_the_box_as_written_where_they_are_scaled() -> None:
    sheet = read_sheet(SCALED, {"a": 6, "b": 6})
    assert sheet == SheetReading(SheetKind.VALID, numbers_marks({"a": 6, "b": 6}))
    check_marks(SCALED, '{"a":6,"b":6}')
    with pytest.raises(ValueError, match="does not allow"):
        check_marks(CAPPED, '{"a":6,"b":6}')


@pytest.mark.parametrize(
    ("design", "marks"),
    [
        (SCORE, '{"a":6}'),
        (SCORE, '{"a":-1}'),
        (SCORE, '{"a":"1"}'),
        (SCORE, '{"a":true}'),
        (SCORE, '{"b":1,"a":1}'),
        (SCORE, '{"a": 1}'),
        (SCORE, '{"z":1}'),
        (SCORE, "[]"),
        (POINTS, '{"a":0}'),
        (SCALED, '{"a":7,"b":6}'),
        (ALL, '{"a":1}'),
    ],
)
def test_other_texts_do_not_fit_the_box(design: BallotDesign, marks: str) -> None:
    with pytest.raises(ValueError, match="does not allow"):
        check_marks(design, marks)


@settings(deadline=None)
@given(
    st.sampled_from(
        [SCORE, POINTS, CAPPED, ALL, SCALED, replace(SCORE, overpick=Overpick.LEFT_OUT)]
    ),
    st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(0, 12), max_size=2), max_size=4),
    st.integers(0, 3),
)
def test_whatever_is_on_a_sheet_has_a_reading_that_fits_the_box(
    design: BallotDesign, raw: dict[str, list[int]], least: int
) -> None:
    design = replace(design, min_picks=least)
    sheet = read_sheet(design, raw)
    assert isinstance(sheet, SheetReading)
    if sheet.marks is not None:
        check_marks(design, sheet.marks)
    web = read_marks(design, raw)
    if not isinstance(web, Refusal):
        assert sheet == SheetReading(SheetKind.BLANK if is_blank(web) else SheetKind.VALID, web)


@pytest.mark.parametrize(
    "design",
    [
        pick_design("abc", kind=BallotKind.SCORE, max_picks=3, score_max=2),
        pick_design("abc", kind=BallotKind.SCORE, max_picks=3, score_max=2, min_picks=2),
        pick_design("abc", kind=BallotKind.POINTS, max_picks=3, points=4),
        pick_design("abc", kind=BallotKind.POINTS, max_picks=2, points=4, spend_all=True),
        pick_design("abc", kind=BallotKind.POINTS, max_picks=3, points=4, points_cap=2),
        pick_design(
            "abc", kind=BallotKind.POINTS, max_picks=3, points=4, points_cap=2, spend_all=True
        ),
    ],
)
def test_possible_ballots_are_those_the_web_takes(design: BallotDesign) -> None:
    answers = [
        read_marks(design, dict(zip("abc", numbers, strict=True)))
        for numbers in product(["", 0, 1, 2, 3, 4], repeat=3)
    ]
    taken = {marks for marks in answers if isinstance(marks, str)}
    assert describe(design).possible_ballots == len(taken)


def test_numbers_are_read_back() -> None:
    assert numbers_of('{"a":0,"b":5}') == {"a": 0, "b": 5}
    for other in ("[]", '{"a":"yes"}', '{"a":true}'):
        with pytest.raises(ValueError, match="numbers"):
            numbers_of(other)
