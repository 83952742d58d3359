"""Numbers typed for each option in order: places, scores, points."""

from __future__ import annotations

from typing import Any

import pytest

from tests.voting.forms.test_desk import design, error, typed
from voting.ballots import BallotDesign, BallotKind, SheetKind, read_sheet
from voting.forms.keys import numbers_typed


def ballot(kind: str, **columns: Any) -> BallotDesign:
    return design(4, BallotKind(kind), **columns)


RANK = ballot("rank")
SCORE = ballot("score", score_max=5)
POINTS = ballot("points", points=10)
MANY_POINTS = ballot("points", points=100, points_cap=50)


@pytest.mark.parametrize(
    ("of", "keys", "numbers"),
    [
        (RANK, "2130", [[2], [1], [3], []]),
        (RANK, "2 1 3 .", [[2], [1], [3], []]),
        (RANK, "21..", [[2], [1], [], []]),
        (RANK, "1/2 1 . 3", [[1, 2], [1], [], [3]]),
        (RANK, "1/21.3", [[1, 2], [1], [], [3]]),
        (RANK, "7777", [[7], [7], [7], [7]]),
        (RANK, "12 1 . .", [[12], [1], [], []]),
        (SCORE, "500.", [[5], [0], [0], []]),
        (POINTS, "10 0 0 0", [[10], [], [], []]),
        (POINTS, "5+5+.+.", [[5], [5], [], []]),
        (MANY_POINTS, "50+50+0+0", [[50], [50], [], []]),
        (MANY_POINTS, "50 40..", [[50], [40], [], []]),
        (SCORE, "5x", None),
        (SCORE, "5/", None),
    ],
)
def test_one_number_stands_for_each_option(of: BallotDesign, keys: str, numbers: Any) -> None:
    assert numbers_typed(of, keys) == numbers


@pytest.mark.parametrize(
    ("of", "keys"),
    [(RANK, "0"), (RANK, "0000"), (RANK, "...."), (SCORE, "0"), (SCORE, "."), (POINTS, "0 0 0 0")],
)
def test_nothing_on_the_whole_sheet_is_blank(of: BallotDesign, keys: str) -> None:
    assert (typed(keys, of).declared, typed(keys, of).raw) == (SheetKind.BLANK, {})


def test_noughts_for_every_option_are_scores() -> None:
    assert typed("0000", SCORE).raw == {"o1": [0], "o2": [0], "o3": [0], "o4": [0]}
    assert typed("/", SCORE).declared is SheetKind.UNREADABLE
    assert typed("*3", POINTS).declared is SheetKind.VOID


@pytest.mark.parametrize(
    ("of", "keys", "kind", "marks"),
    [
        (RANK, "21.3", SheetKind.VALID, '[["o2"],["o1"],["o4"]]'),
        (RANK, "11.3", SheetKind.VALID, '[["o1","o2"],[],["o4"]]'),
        (RANK, "1/2...", SheetKind.VALID, '[["o1"],["o1"]]'),
        (RANK, "19..", SheetKind.VOID, None),
        (SCORE, "5/4...", SheetKind.VOID, None),
        (SCORE, "50..", SheetKind.VALID, '{"o1":5,"o2":0}'),
        (POINTS, "8 3 0 0", SheetKind.VOID, None),
        (POINTS, "8 2 0 0", SheetKind.VALID, '{"o1":8,"o2":2}'),
    ],
)
def test_what_a_voter_can_do_to_a_sheet_has_a_reading(
    of: BallotDesign, keys: str, kind: SheetKind, marks: str | None
) -> None:
    reading = typed(keys, of)
    read: Any = read_sheet(of, reading.raw, declared=reading.declared, why=reading.why)
    assert (read.kind, read.marks) == (kind, marks)


@pytest.mark.parametrize("keys", ["213", "21345", "2x34", "2 1 3", "//", "2//1.."])
def test_too_few_too_many_and_unknown_keys_are_refused_and_kept(keys: str) -> None:
    assert error(keys, RANK)
