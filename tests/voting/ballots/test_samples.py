"""Made-up ballots fit their design and are the same each time."""

from __future__ import annotations

from typing import Any

import pytest

from voting.ballots import BallotDesign, BallotKind, Option, check_marks, read_marks
from voting.ballots.samples import SAMPLES, sample_ballots


def design(kind: str, **columns: Any) -> BallotDesign:
    options = tuple(Option(f"o{n}", n, f"의제 {n}", group="가나"[n % 2]) for n in range(1, 6))
    return BallotDesign(BallotKind(kind), options, **{"max_picks": 5, **columns})


DESIGNS = [
    design("single", max_picks=1),
    design("pick", max_picks=3, min_picks=2),
    design("pick", max_picks=2, group_picks=1),
    design("yes_no"),
    design("rank", max_picks=3),
    design("score", score_max=5),
    design("points", points=10, points_cap=4, spend_all=True),
    design("points", points=3, max_picks=2),
]


@pytest.mark.parametrize("asked", DESIGNS, ids=lambda asked: str(asked.kind))
def test_made_up_ballots_are_ballots_of_the_design(asked: BallotDesign) -> None:
    ballots = sample_ballots(asked, read_marks, "씨앗")
    assert sum(ballots.values()) == SAMPLES
    assert len(ballots) > 1
    for marks in ballots:
        check_marks(asked, marks)
    assert sample_ballots(asked, read_marks, "씨앗") == ballots
    assert sample_ballots(asked, read_marks, "다른 씨앗") != ballots
