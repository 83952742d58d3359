"""Schulze: every option against every other, and the strongest paths between them.

Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
single-winner election method (2011): a link is as strong as the ballots that make it (`winning`)
or as its lead (`margins`), a path as its weakest link; who has the stronger path beats the other.
Settings: `seats`, `strength`, `reading`, `quorum`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voting.tally.bars import bar_problem, quorum_of, unknown_options
from voting.tally.rankings import read_box, reading_problem
from voting.tally.result import Pairs, add_up
from voting.tally.seats import Standing, seat_options
from voting.tally.settings import choice_of, choice_problem, seats_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.rankings import Ranking
    from voting.tally.result import Box, TallyResult

STRENGTH = ("winning", "margins")
SETTINGS = {"seats", "strength", "reading", "quorum"}

Table = dict[str, dict[str, int]]
"""A number for each pair of options."""


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "quorum"),
        *seats_problem(design, rule),
        *choice_problem(rule, "strength", STRENGTH),
        *reading_problem(design, rule),
    ]


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Hold every two options against each other and rank them by how many beat them."""
    rankings = read_box(design, rule, box)
    above = held_against(design.keys, rankings.groups)
    paths = strongest_paths(above, margins=choice_of(rule, "strength", STRENGTH) == "margins")
    beaten = {
        key: sum(paths[other][key] > paths[key][other] for other in paths[key])
        for key in design.keys
    }
    ranked = dict.fromkeys(design.keys, 0)
    for ranking, number in rankings.groups.items():
        for place in ranking:
            for key in place:
                ranked[key] += number
    counts = {
        key: {**add_up(rankings.channels, key, ("votes",)), "ranked": ranked[key]}
        for key in design.keys
    }
    backed = {key for key in design.keys if ranked[key]}
    standing = Standing(
        measure={key: -number for key, number in beaten.items()},
        able=backed,
        backed=backed,
        counts=counts,
        pairs=Pairs(above, condorcet_of(above)),
        places={key: 1 + number for key, number in beaten.items()},
    )
    result = seat_options(
        design,
        rule,
        box,
        standing,
        quorum=quorum_of(rule, box),
        channels=rankings.channels,
        tie_order=tie_order,
    )
    return replace(result, ties=tuple(replace(tie, votes=-tie.votes) for tie in result.ties))


def held_against(keys: Sequence[str], groups: Mapping[Ranking, int]) -> Table:
    """Count for every two options the ballots that rank the first above the second.

    One long number for each option holds all its figures side by side, a field for each other
    option wide enough for every ballot; so a ballot adds one number for each option it ranks.
    """
    width = sum(groups.values()).bit_length() + 1
    field = {key: 1 << width * place for place, key in enumerate(keys)}
    everybody = sum(field.values())
    rows = dict.fromkeys(keys, 0)
    for ranking, number in groups.items():
        below = everybody
        for place in ranking:
            for key in place:
                below -= field[key]
            for key in place:
                rows[key] += below * number
    mask = (1 << width) - 1
    return {
        one: {
            other: rows[one] >> width * place & mask
            for place, other in enumerate(keys)
            if other != one
        }
        for one in keys
    }


def strongest_paths(above: Table, *, margins: bool = False) -> Table:
    """Give the strength of the strongest path between every two options (Floyd and Warshall)."""
    paths: Table = {
        one: {
            other: (number - above[other][one] if margins else number)
            if number > above[other][one]
            else 0
            for other, number in row.items()
        }
        for one, row in above.items()
    }
    for middle in paths:
        onward = paths[middle]
        for one, row in paths.items():
            if one == middle or not row[middle]:
                continue
            there = row[middle]
            for other, further in onward.items():
                if other != one and row[other] < there and row[other] < further:
                    row[other] = min(there, further)
    return paths


def condorcet_of(above: Table) -> str | None:
    """Give the option that wins against every other one, if there is one."""
    return next(
        (
            one
            for one, row in above.items()
            if all(number > above[other][one] for other, number in row.items())
        ),
        None,
    )
