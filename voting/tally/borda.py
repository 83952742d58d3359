"""Borda (1781): points by place; with n options the first gets n − 1 of a ballot, the last none.

Options that share a place share its points. `unranked` says what options get that a ballot does
not rank: nothing (`zero`), the average of what is left (`average`), or nothing while the ranked
ones get points by how many there are (`modified`: with k of them k − 1, k − 2, …; Emerson 2013
calls this the modified Borda count, there with one point more for each). Settings: `seats`,
`unranked`, `reading`, `quorum`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voting.tally.bars import bar_problem, quorum_of, unknown_options
from voting.tally.rankings import read_box, reading_problem
from voting.tally.result import add_up
from voting.tally.seats import Standing, seat_options
from voting.tally.settings import choice_of, choice_problem, seats_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.rankings import Ranking
    from voting.tally.result import Box, TallyResult

UNRANKED = ("zero", "average", "modified")
SETTINGS = {"seats", "unranked", "reading", "quorum"}


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "quorum"),
        *seats_problem(design, rule),
        *choice_problem(rule, "unranked", UNRANKED),
        *reading_problem(design, rule),
    ]


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Add up the points of every ballot and fill the seats from the top."""
    rankings = read_box(design, rule, box)
    unranked = choice_of(rule, "unranked", UNRANKED)
    doubled = dict.fromkeys(design.keys, 0)
    for ranking, number in rankings.groups.items():
        for key, twice in _doubled(design.keys, ranking, unranked).items():
            doubled[key] += twice * number
    points = {key: Fraction(twice, 2) for key, twice in doubled.items()}
    backed = {key for key in design.keys if points[key] > 0}
    standing = Standing(
        measure=points,
        able=backed,
        backed=backed,
        counts={
            key: {**add_up(rankings.channels, key, ("votes",)), "points": points[key]}
            for key in design.keys
        },
    )
    return seat_options(
        design,
        rule,
        box,
        standing,
        quorum=quorum_of(rule, box),
        channels=rankings.channels,
        tie_order=tie_order,
    )


def _doubled(keys: Sequence[str], ranking: Ranking, unranked: str) -> dict[str, int]:
    """Give twice the points of one ballot, so that the average of a place is whole.

    The place before which i options stand and which holds m gives the average of n − 1 − i down to
    n − i − m, which is (2n − 1 − 2i − m) / 2.
    """
    points: dict[str, int] = {}
    ranked = sum(len(place) for place in ranking)
    size = ranked if unranked == "modified" else len(keys)
    for place in ranking:
        points |= dict.fromkeys(place, 2 * size - 1 - 2 * len(points) - len(place))
    if unranked == "average" and ranking:
        left = [key for key in keys if key not in points]
        points |= dict.fromkeys(left, len(left) - 1)
    return points
