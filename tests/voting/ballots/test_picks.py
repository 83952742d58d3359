"""A limit of choices in each group."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from proceedings.refusals import Refusal
from tests.factories.bundles import pick_design
from voting.ballots import (
    BallotDesign,
    Option,
    SheetKind,
    SheetReading,
    check_marks,
    describe,
    picks_marks,
    read_marks,
    read_sheet,
)

GROUPS = {"a": "복지", "b": "복지", "c": "안전", "d": "안전", "e": "교통"}
FIELDS = replace(
    pick_design(max_picks=3, group_picks=1),
    options=tuple(
        Option(key, number, key, group=group)
        for number, (key, group) in enumerate(GROUPS.items(), start=1)
    ),
)


def test_one_choice_in_each_group_is_taken() -> None:
    assert read_marks(FIELDS, ["e", "a", "d"]) == '["a","d","e"]'


def test_second_choice_in_a_group_is_refused_with_its_name() -> None:
    answer = read_marks(FIELDS, ["a", "b"])
    assert isinstance(answer, Refusal)
    assert answer.code == "group_full"
    assert answer.params == {"chosen": 2, "group": "복지", "most": 1, "extra": 1}
    with pytest.raises(ValueError, match="does not allow"):
        check_marks(FIELDS, '["a","b"]')


def test_sheet_with_two_in_a_group_is_void_as_a_whole() -> None:
    one_each = read_sheet(FIELDS, ["a", "d", "e"])
    assert one_each == SheetReading(SheetKind.VALID, picks_marks(["a", "d", "e"]))
    assert read_sheet(FIELDS, ["a", "b", "e"]) == SheetReading(SheetKind.VOID, None, "group_full")


@pytest.mark.parametrize(("each", "least", "most"), [(1, 1, 3), (2, 0, 4), (2, 2, 5), (1, 3, 3)])
def test_possible_ballots_are_those_the_web_takes(each: int, least: int, most: int) -> None:
    design = replace(FIELDS, group_picks=each, min_picks=least, max_picks=most)
    taken = [
        keys
        for size in range(6)
        for keys in combinations("abcde", size)
        if isinstance(read_marks(design, keys), str)
    ]
    assert describe(design).possible_ballots == len(taken)


@pytest.mark.parametrize(
    ("design", "code"),
    [
        (pick_design(group_picks=1), "no_group"),
        (replace(FIELDS, group_picks=0), "bad_group_picks"),
        (replace(FIELDS, group_picks=4), "bad_group_picks"),
        (replace(FIELDS, group_picks=1, min_picks=4, max_picks=4), "group_picks_few"),
    ],
)
def test_unsound_limit_is_named(design: BallotDesign, code: str) -> None:
    assert FIELDS.check() == []
    assert (code, "group_picks") in {(one.code, one.form_field) for one in design.check()}
