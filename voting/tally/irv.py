"""Instant run-off (Ware 1871): whoever has the fewest first choices goes out, until one has most.

As counted in Burlington, Maine, Alaska, Minneapolis and San Francisco, whose rules differ in the
settings: `reading` (gaps, repeated and level options), `elimination` (`one` at a time, or `batch`:
all who together cannot reach the next), `stop` (at a `majority`, or when `two` are left), `ties`
(`earlier` rounds, then a lot; or the `lot` at once) and `quorum`. One winner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.log import Json
from voting.tally.bars import bar_problem, unknown_options
from voting.tally.rankings import level_problem, read_box, reading_problem
from voting.tally.result import RoundTie
from voting.tally.rounds import Rounds, finish, numbers
from voting.tally.settings import choice_of, choice_problem
from voting.tally.transfers import TIES, Piles, go_together, settle_lowest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.tally.result import Box, TallyResult
    from voting.tally.rounds import Outcome

ELIMINATION = ("one", "batch")
STOP = ("majority", "two")
SETTINGS = {"reading", "elimination", "stop", "ties", "quorum"}


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "quorum"),
        *reading_problem(design, rule),
        *level_problem(design),
        *choice_problem(rule, "elimination", ELIMINATION),
        *choice_problem(rule, "stop", STOP),
        *choice_problem(rule, "ties", TIES),
    ]


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Count round by round and write every round and every tie down."""
    rankings = read_box(design, rule, box)
    piles, rounds = Piles(design.keys, rankings.groups), Rounds()
    valid = box.figures["valid"]
    told: list[dict[str, int]] = []
    winner: str | None = None
    while True:
        votes = dict(piles.votes)
        total = sum(votes.values())
        winner = _majority(rule, votes, total)
        out: list[str] = []
        if winner is None and total:
            out = _going(rule, votes, told, rounds, tie_order)
        chosen: list[Json] = [] if winner is None else [winner]
        rounds.written.append(
            {
                "round": len(told) + 1,
                "votes": numbers(votes),
                "exhausted": valid - total,
                "out": list[Json](out),
                "chosen": chosen,
            }
        )
        told.append(votes)
        if not out:
            break
        piles.take_out(out)

    def outcome(key: str) -> Outcome:
        if key == winner:
            return 1, True, "majority"
        if key not in piles.continuing:
            return None, False, "excluded"
        if rounds.open:
            return None, None, "tie_undecided"
        return None, False, "fewer_votes" if winner else "no_votes"

    return finish(
        design, rule, box, rounds, outcome, channels=rankings.channels, tie_order=tie_order
    )


def _majority(rule: Mapping[str, Json], votes: Mapping[str, int], total: int) -> str | None:
    """Give the option with more than half of what counts, once that ends the count."""
    if len(votes) > 2 and choice_of(rule, "stop", STOP) == "two":
        return None
    return next((key for key, number in votes.items() if 2 * number > total), None)


def _going(
    rule: Mapping[str, Json],
    votes: Mapping[str, int],
    told: Sequence[Mapping[str, int]],
    rounds: Rounds,
    tie_order: Sequence[str] | None,
) -> list[str]:
    """Give the options that go out in this round; none where a tie waits for a lot."""
    if choice_of(rule, "elimination", ELIMINATION) == "batch" and (batch := _batch(votes)):
        return batch
    fewest = min(votes.values())
    tied = [key for key, number in votes.items() if number == fewest]
    if len(tied) == 1:
        return tied
    by: str | None
    if go_together(tied, votes, [key for key in votes if key not in tied]):
        by, out = "together", tied
    else:
        by, out = settle_lowest(tied, told, choice_of(rule, "ties", TIES), tie_order)
    facts: dict[str, Json] = {"out": list[Json](out)}
    rounds.ties.append(RoundTie(len(told) + 1, tuple(tied), fewest, by, facts))
    rounds.open = by is None
    return out


def _batch(votes: Mapping[str, int]) -> list[str]:
    """Give the most options, from the fewest votes up, that together have fewer than any other."""
    for bar in sorted(set(votes.values()), reverse=True)[1:]:
        low = [key for key, number in votes.items() if number <= bar]
        if go_together(low, votes, [key for key in votes if key not in low]):
            return low
    return []
