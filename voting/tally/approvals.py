"""Proportional committees from approvals, option by option: Thiele's rule and Phragmén's.

`seq_pav`: sequential proportional approval voting (Thiele, Om Flerfoldsvalg, 1895). In each round
a ballot that already has k of its picks chosen lends 1/(k + 1) to each of its other picks.

`seq_phragmen`: Phragmén's sequential rule (Sur une méthode nouvelle, 1894). Choosing an option
lays a load of 1 on the ballots that pick it, evenly; the option that leaves the least load on its
ballots is chosen. Both as in Lackner and Skowron, Multi-Winner Voting with Approval Preferences
(2023), rules 3 and 8. Settings: `seats` and `quorum`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voting.ballots import picks_of
from voting.tally.bars import bar_problem, unknown_options
from voting.tally.result import RoundTie, add_up, tabulate
from voting.tally.rounds import Rounds, drawn, finish, numbers
from voting.tally.settings import seats_problem
from voting.tally.supports import Supports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, Exact, TallyResult
    from voting.tally.rounds import Outcome

SETTINGS = {"seats", "quorum"}


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "quorum"),
        *seats_problem(design, rule, needed=True),
    ]


def count_pav(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Choose one option a round, by what the ballots can still lend to it."""
    supports = Supports(design, box)

    def gains(left: Sequence[str]) -> dict[str, Exact]:
        return {
            key: sum(
                (Fraction(number, 1 + had) for had, number in supports.held[key].items()),
                Fraction(0),
            )
            for key in left
        }

    def choose(key: str, _gain: Exact) -> None:
        supports.choose(key, lambda had: had + 1)

    def best(gains: Mapping[str, Exact]) -> Exact | None:
        return max(gains.values(), default=None) or None

    return _count(design, rule, box, tie_order, ("gains", gains, best, choose))


def count_phragmen(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Choose one option a round, by the load that choosing it leaves on its ballots."""
    supports = Supports(design, box)
    load_at: list[Exact] = [0]

    def loads(left: Sequence[str]) -> dict[str, Exact]:
        found: dict[str, Exact] = {}
        for key in left:
            held = supports.held[key]
            if number := sum(held.values()):
                carried = sum(load_at[level] * ballots for level, ballots in held.items())
                found[key] = Fraction(1 + carried) / number
        return found

    def choose(key: str, load: Exact) -> None:
        load_at.append(load)
        supports.choose(key, lambda _had: len(load_at) - 1)

    def best(loads: Mapping[str, Exact]) -> Exact | None:
        return min(loads.values(), default=None)

    return _count(design, rule, box, tie_order, ("loads", loads, best, choose))


_Way = tuple[
    str,
    "Callable[[Sequence[str]], dict[str, Exact]]",
    "Callable[[Mapping[str, Exact]], Exact | None]",
    "Callable[[str, Exact], None]",
]
"""What a rule calls its measure, how it measures, which is best (if any), what choosing does."""


def _count(
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    tie_order: Sequence[str] | None,
    way: _Way,
) -> TallyResult:
    name, measure, best, choose = way
    channels = tabulate(
        design, box, ("votes",), lambda marks: [(key, "votes") for key in picks_of(marks)]
    )
    votes = {key: add_up(channels, key, ("votes",))["votes"] for key in design.keys}
    rounds, chosen, by_lot = Rounds(), list[str](), set[str]()
    seats = rule["seats"]
    while isinstance(seats, int) and len(chosen) < seats and not rounds.open:
        told = measure([key for key in design.keys if key not in chosen])
        mark = best(told)
        if mark is None:
            break
        level = [key for key, number in told.items() if number == mark]
        winner = level[0] if len(level) == 1 else drawn(level, tie_order, 0)
        number = len(rounds.written) + 1
        picked: list[Json] = [] if winner is None else [winner]
        rounds.written.append({"round": number, name: numbers(told), "chosen": picked})
        if len(level) > 1:
            by = None if winner is None else "lot"
            rounds.ties.append(RoundTie(number, tuple(level), mark, by, {"chosen": picked}))
        if winner is None:
            rounds.open = True
            continue
        if len(level) > 1:
            by_lot.add(winner)
        choose(winner, mark)
        chosen.append(winner)

    def outcome(key: str) -> Outcome:
        if key in chosen:
            reason = "won_by_lot" if key in by_lot else "chosen"
            return chosen.index(key) + 1, True, reason
        if not votes[key]:
            return None, False, "no_votes"
        return (None, None, "tie_undecided") if rounds.open else (None, False, "fewer_votes")

    return finish(design, rule, box, rounds, outcome, channels=channels, tie_order=tie_order)
