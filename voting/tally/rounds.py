"""What rules that count in rounds share: the written rounds, the outcome, how ties are settled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from voting.tally.bars import quorum_of
from voting.tally.result import OptionResult, add_up, plain, report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, ChannelCount, Exact, RoundTie, TallyResult

Outcome = tuple[int | None, bool | None, str]
"""Rank, whether it won, and the code of the reason."""


@dataclass
class Rounds:
    """A count while it goes on: rounds and ties as they are written down, `open` when it stuck."""

    written: list[dict[str, Json]] = field(default_factory=list)
    ties: list[RoundTie] = field(default_factory=list)
    open: bool = False


def numbers(measure: Mapping[str, Exact]) -> dict[str, Json]:
    """Give a measure of several options as plain values."""
    return {key: plain(number) for key, number in measure.items()}


def narrow(
    tied: Sequence[str], earlier: Sequence[Mapping[str, int]], best: Callable[..., int]
) -> list[str]:
    """Keep of those who tie the ones that were `best` (`min` or `max`) in the rounds before.

    `earlier` are the votes of these rounds, the first one first; looked at from the last on, until
    one option is left.
    """
    left = list(tied)
    for votes in reversed(earlier):
        if len(left) == 1:
            break
        bar = best(votes[key] for key in left)
        left = [key for key in left if votes[key] == bar]
    return left


def drawn(tied: Sequence[str], tie_order: Sequence[str] | None, place: int) -> str | None:
    """Give the first (0) or last (-1) of those who tie in a public lot that names all of them."""
    if tie_order is None or not set(tied) <= set(tie_order):
        return None
    return sorted(tied, key=list(tie_order).index)[place]


def finish(
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    rounds: Rounds,
    outcome: Callable[[str], Outcome],
    *,
    channels: Sequence[ChannelCount],
    counts: Mapping[str, Mapping[str, Exact]] | None = None,
    need: int | None = None,
    tie_order: Sequence[str] | None = None,
) -> TallyResult:
    """Put the result together; where the quorum was missed the rounds are told, and nobody won.

    `counts` are told of each option, the votes where nothing else is said.
    """
    quorum = quorum_of(rule, box)
    missed = quorum is not None and not quorum.reached
    options = []
    for key in design.keys:
        rank, won, reason = (None, False, "quorum_missed") if missed else outcome(key)
        told = add_up(channels, key, ("votes",)) if counts is None else counts[key]
        options.append(OptionResult(key, told, rank, won, reason, need))
    result = report(
        str(rule["name"]),
        box,
        quorum=quorum,
        options=options,
        channels=channels,
        ties=() if missed else rounds.ties,
        tie_order=tie_order,
    )
    return replace(result, rounds=tuple(rounds.written))
