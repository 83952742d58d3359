"""Filling seats by a measure, whatever it is: votes, points, a weighted share, a rank.

Options that are able take the seats from the highest measure down. A tie at the last seat is
named; a public lot that names all who tie decides it, nothing else does (`docs/rules.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voting.tally.result import OptionResult, Tie, ranks, report

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, ChannelCount, Exact, Pairs, Quorum, TallyResult
    from voting.tally.weights import Weighed

Counts = Mapping[str, Mapping[str, "Exact"]]
"""What is told of each option: a name to a number."""


@dataclass(frozen=True)
class Standing:
    """How options stand before seats are filled.

    `measure` ranks them; `able` may take a seat; `backed` have anything at all that speaks for
    them; `counts` is told of each. `need` are the votes that were asked for, if any; `places` the
    ranks where they do not follow from the measure.
    """

    measure: Mapping[str, Exact]
    able: Collection[str]
    backed: Collection[str]
    counts: Counts
    need: int | None = None
    pairs: Pairs | None = None
    places: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Seats:
    """How the seats of one group fell."""

    sure: frozenset[str]
    tie: Tie | None


def fill(
    measure: Mapping[str, Exact],
    able: Collection[str],
    seats: int,
    tie_order: Sequence[str] | None,
) -> Seats:
    """Give the seats to those with the highest measure; `measure` is in the ballot's order."""
    falling = sorted((key for key in measure if key in able), key=lambda key: -measure[key])
    if len(falling) <= seats:
        return Seats(frozenset(falling), None)
    cut = measure[falling[seats - 1]]
    sure = frozenset(key for key in falling if measure[key] > cut)
    level = tuple(key for key in measure if key in able and measure[key] == cut)
    room = seats - len(sure)
    if len(level) == room:
        return Seats(sure | set(level), None)
    drawn: tuple[str, ...] = ()
    if tie_order is not None and set(level) <= set(tie_order):
        drawn = tuple(sorted(level, key=list(tie_order).index)[:room])
    return Seats(sure | set(drawn), Tie(level, cut, room, drawn))


def seat_options(
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    standing: Standing,
    *,
    quorum: Quorum | None,
    channels: Sequence[ChannelCount],
    weighed: Weighed | None = None,
    tie_order: Sequence[str] | None = None,
) -> TallyResult:
    """Fill the seats of each group and put the result together."""
    seats = rule.get("seats")
    stopped = ""
    if weighed is not None and weighed.broken:
        stopped = "part_empty"
    if quorum is not None and not quorum.reached:
        stopped = "quorum_missed"
    options: list[OptionResult] = []
    ties: list[Tie] = []
    for group in _groups(design, grouped=rule.get("per_group") is True):
        mine = {key: standing.measure[key] for key in group}
        places = standing.places or ranks(mine)
        fell = None
        if isinstance(seats, int) and not stopped:
            fell = fill(mine, standing.able, seats, tie_order)
            ties += [fell.tie] if fell.tie else []
        for key in group:
            won, reason = _outcome(key, standing, fell)
            if stopped:
                won, reason = (None if seats is None else False), stopped
            counts = standing.counts[key]
            options.append(OptionResult(key, counts, places[key], won, reason, standing.need))
    place = design.keys.index
    result = report(
        str(rule["name"]),
        box,
        quorum=quorum,
        options=sorted(options, key=lambda option: place(option.key)),
        channels=channels,
        ties=sorted(ties, key=lambda tie: place(tie.options[0])),
        tie_order=tie_order,
    )
    parts = None if weighed is None else weighed.parts
    return replace(result, parts=parts, pairs=standing.pairs)


def _groups(design: BallotDesign, *, grouped: bool) -> list[list[str]]:
    groups: dict[str | None, list[str]] = {}
    for option in design.in_order:
        groups.setdefault(option.group if grouped else None, []).append(option.key)
    return list(groups.values())


def _outcome(key: str, standing: Standing, fell: Seats | None) -> tuple[bool | None, str]:
    """Say whether an option won, and the code of the reason."""
    if fell is None:
        return None, "ranked"
    if fell.tie and key in fell.tie.options:
        if not fell.tie.decided:
            return None, "tie_undecided"
        return (True, "won_by_lot") if key in fell.tie.won else (False, "lost_by_lot")
    if key in fell.sure:
        return True, "enough_votes"
    if key not in standing.able:
        return False, "below_threshold" if key in standing.backed else "no_votes"
    return False, "fewer_votes"
