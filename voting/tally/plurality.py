"""Most votes win: one of several, up to k of n, with seats, a threshold and a quorum.

Settings: `seats` (how many win; null only ranks), `per_group` (seats in each group of the ballot),
`threshold` (a bar each winner must reach) and `quorum` (a bar on the turnout).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots import BallotDesign, picks_of
from voting.tally.bars import bar_problem, need_of, quorum_of, unknown_options
from voting.tally.result import Box, OptionResult, TallyResult, Tie, add_up, ranks, report, tabulate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.log import Json

SETTINGS = {"seats", "per_group", "threshold", "quorum"}


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    problems = [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "threshold"),
        *bar_problem(rule, "quorum"),
    ]
    seats, per_group = rule.get("seats"), rule.get("per_group", False)
    if seats is not None and (type(seats) is not int or not 1 <= seats <= len(design.options)):
        problems.append(
            Refusal(
                "bad_seats",
                mark("The number of winners must lie between 1 and the number of options."),
                form_field="seats",
            )
        )
    if not isinstance(per_group, bool) or (
        per_group and any(option.group is None for option in design.options)
    ):
        problems.append(
            Refusal(
                "no_group",
                mark("Winners per group need a group for every option."),
                form_field="per_group",
            )
        )
    return problems


@dataclass(frozen=True)
class _Seats:
    """How the seats of one group fell."""

    sure: frozenset[str]
    tie: Tie | None


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Count votes per option and fill the seats from the top; ties at the last seat are named."""
    channels = tabulate(
        design, box, ("votes",), lambda marks: [(key, "votes") for key in picks_of(marks)]
    )
    votes = {key: add_up(channels, key, ("votes",))["votes"] for key in design.keys}
    quorum, need = quorum_of(rule, box), need_of(rule, "threshold", box.figures)
    seats = rule.get("seats")
    missed = quorum is not None and not quorum.reached
    options: list[OptionResult] = []
    ties: list[Tie] = []
    for group in _groups(design, grouped=rule.get("per_group") is True):
        mine = {key: votes[key] for key in group}
        places = ranks(mine)
        fell = None
        if isinstance(seats, int) and not missed:
            fell = _fill(mine, seats, need or 1, tie_order)
            ties += [fell.tie] if fell.tie else []
        for key in group:
            won, reason = _outcome(key, votes[key], need or 1, fell)
            if missed:
                won, reason = (None if seats is None else False), "quorum_missed"
            options.append(OptionResult(key, {"votes": votes[key]}, places[key], won, reason, need))
    place = design.keys.index
    return report(
        str(rule["name"]),
        box,
        quorum=quorum,
        options=sorted(options, key=lambda option: place(option.key)),
        channels=channels,
        ties=sorted(ties, key=lambda tie: place(tie.options[0])),
        tie_order=tie_order,
    )


def _groups(design: BallotDesign, *, grouped: bool) -> list[list[str]]:
    groups: dict[str | None, list[str]] = {}
    for option in design.in_order:
        groups.setdefault(option.group if grouped else None, []).append(option.key)
    return list(groups.values())


def _fill(
    votes: Mapping[str, int], seats: int, need: int, tie_order: Sequence[str] | None
) -> _Seats:
    able = sorted((key for key in votes if votes[key] >= need), key=lambda key: -votes[key])
    if len(able) <= seats:
        return _Seats(frozenset(able), None)
    cut = votes[able[seats - 1]]
    sure = frozenset(key for key in able if votes[key] > cut)
    level = tuple(key for key in votes if votes[key] == cut)
    room = seats - len(sure)
    if len(level) == room:
        return _Seats(sure | set(level), None)
    drawn: tuple[str, ...] = ()
    if tie_order is not None and set(level) <= set(tie_order):
        drawn = tuple(sorted(level, key=list(tie_order).index)[:room])
    return _Seats(sure | set(drawn), Tie(level, cut, room, drawn))


def _outcome(key: str, votes: int, need: int, fell: _Seats | None) -> tuple[bool | None, str]:
    """Say whether an option won, and the code of the reason."""
    if fell is None:
        return None, "ranked"
    if fell.tie and key in fell.tie.options:
        if not fell.tie.decided:
            return None, "tie_undecided"
        return (True, "won_by_lot") if key in fell.tie.won else (False, "lost_by_lot")
    if key in fell.sure:
        return True, "enough_votes"
    if votes < need:
        return False, "below_threshold" if votes else "no_votes"
    return False, "fewer_votes"
