"""Committees by equal shares: every voter has the same money, a seat costs 1, supporters pay.

The method of equal shares for approvals (Peters and Skowron, Proportionality and the Limits of
Welfarism, 2020, there Rule X): with k seats each of the n ballots that are not blank has k/n. In
each round an option's price is the least amount at which its supporters, each paying so much or
all that is left, come to 1 together; the one of the lowest price is bought. What nobody can buy is
filled by `completion`: `phragmen`, the usual one (Lackner and Skowron, Multi-Winner Voting with
Approval Preferences, 2023), gives all ballots more money, as little at a time as buys one more;
`votes` takes those with the most votes; `none` leaves seats empty. Settings: `seats`, `completion`
and `quorum`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from voting.ballots import picks_of
from voting.log import Json
from voting.tally.bars import bar_problem, unknown_options
from voting.tally.result import RoundTie, add_up, tabulate
from voting.tally.rounds import Rounds, drawn, finish, numbers
from voting.tally.settings import choice_of, choice_problem, seats_problem
from voting.tally.supports import Supports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.tally.result import Box, Exact, TallyResult
    from voting.tally.rounds import Outcome

COMPLETIONS = ("phragmen", "votes", "none")
SETTINGS = {"seats", "completion", "quorum"}


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "quorum"),
        *seats_problem(design, rule, needed=True),
        *choice_problem(rule, "completion", COMPLETIONS),
    ]


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Buy seats as long as somebody can, then fill what is left; write every round and tie down."""
    channels = tabulate(
        design, box, ("votes",), lambda marks: [(key, "votes") for key in picks_of(marks)]
    )
    votes = {key: add_up(channels, key, ("votes",))["votes"] for key in design.keys}
    seats = rule["seats"]
    if type(seats) is not int:
        raise ValueError(f"Not a number of seats: {seats}")
    purses = _Purses(Supports(design, box), seats, box.figures["valid"])
    counting = _Count([key for key in votes if votes[key]], seats, tie_order)
    counting.go(_Way("prices", "paid", min, purses.prices, purses.apart, purses.pay))
    money = {key: purses.behind(key) for key in votes}
    way = choice_of(rule, "completion", COMPLETIONS)
    if way == "phragmen":
        counting.go(_Way("loads", "completed", min, purses.loads, purses.strangers, purses.charge))
    elif way == "votes":
        counting.go(_by_votes(votes))

    def outcome(key: str) -> Outcome:
        if key in counting.chosen:
            return counting.chosen[key], True, counting.reasons[key]
        if not votes[key]:
            return None, False, "no_votes"
        if counting.may_win(key, is_last=way == "none"):
            return None, None, "tie_undecided"
        return None, False, "not_paid"

    return finish(
        design,
        rule,
        box,
        counting.rounds,
        outcome,
        channels=channels,
        counts={key: {"votes": votes[key], "money": money[key]} for key in votes},
        tie_order=tie_order,
    )


@dataclass(frozen=True)
class _Way:
    """How seats are given out in a round.

    What the measure is called, the reason it gives, which is best, how it is taken of those left,
    who of equals is chosen whatever their order (with the measure and the seats left), and what
    being chosen does.
    """

    name: str
    reason: str
    best: Callable[[Iterable[Exact]], Exact]
    measure: Callable[[Sequence[str]], Mapping[str, Exact]]
    apart: Callable[[Sequence[str], Exact, int], list[str]]
    choose: Callable[[str, Exact], None]


def _by_votes(votes: Mapping[str, int]) -> _Way:
    """Give what is left to those with the most votes; equals share it as far as it goes."""
    return _Way(
        "votes",
        "completed",
        max,
        lambda left: {key: votes[key] for key in left},
        lambda level, _votes, room: list(level) if len(level) <= room else [],
        lambda _key, _votes: None,
    )


class _Count:
    """A count while it goes on: who was chosen, in which place and why."""

    def __init__(self, voted: Sequence[str], seats: int, tie_order: Sequence[str] | None) -> None:
        self.voted, self.seats, self.tie_order = voted, seats, tie_order
        self.rounds = Rounds()
        self.chosen: dict[str, int] = {}
        self.reasons: dict[str, str] = {}
        self.stuck: tuple[str, Sequence[str], Sequence[str]] = ("", (), ())
        """Where an open tie ended the count: the name of the measure, who has it, who ties."""

    def go(self, way: _Way) -> None:
        """Choose by one way, round by round, until it gives no more or a tie stays open."""
        while len(self.chosen) < self.seats and not self.rounds.open:
            told = way.measure([key for key in self.voted if key not in self.chosen])
            if not told:
                break
            mark = way.best(told.values())
            level = [key for key, number in told.items() if number == mark]
            goes, reason = self._settle(way, level, mark)
            number, place = len(self.rounds.written) + 1, len(self.chosen) + 1
            picked = list[Json](goes)
            self.rounds.written.append({"round": number, way.name: numbers(told), "chosen": picked})
            for key in goes:
                way.choose(key, mark)
                self.chosen[key], self.reasons[key] = place, reason
            if not goes:
                self.rounds.open, self.stuck = True, (way.name, list(told), level)

    def _settle(self, way: _Way, level: list[str], mark: Exact) -> tuple[list[str], str]:
        """Say who of those equal is chosen now, and why; nobody where only a lot could tell."""
        if len(level) == 1:
            return level, way.reason
        by: str | None = "together"
        goes = way.apart(level, mark, self.seats - len(self.chosen))
        if not goes:
            first = drawn(level, self.tie_order, 0)
            by, goes = (None, []) if first is None else ("lot", [first])
        number = len(self.rounds.written) + 1
        facts: dict[str, Json] = {"chosen": list[Json](goes)}
        self.rounds.ties.append(RoundTie(number, tuple(level), mark, by, facts))
        return goes, "won_by_lot" if by == "lot" else way.reason

    def may_win(self, key: str, *, is_last: bool) -> bool:
        """Whether an option not chosen may still win once the open tie is settled.

        `is_last` says that what nobody can buy stays empty.
        """
        name, measured, level = self.stuck
        if name == "votes":
            return key in level
        return bool(name) and (key in measured or not is_last)


class _Purses:
    """What every ballot has left, in whole units; `unit` of them pay for a seat.

    Units are made smaller where a price needs it, so nothing is rounded. In the completion of
    Phragmén all begin with what they have, and what a ballot owes stands below zero.
    """

    def __init__(self, supports: Supports, seats: int, ballots: int) -> None:
        self.supports = supports
        self.unit = ballots
        self.amounts = [seats]
        """Units by the level of `supports`."""

    def purses(self, key: str) -> list[tuple[int, int]]:
        """What supporters of an option have, rising, and how many ballots have it."""
        held = self.supports.held[key].items()
        return sorted((self.amounts[level], number) for level, number in held if number)

    def behind(self, key: str) -> Exact:
        """What the supporters of an option have together, in seats."""
        units = sum(amount * number for amount, number in self.purses(key))
        return Fraction(units, self.unit) if units else 0

    def prices(self, left: Sequence[str]) -> dict[str, Exact]:
        """The price of each option that its supporters can buy."""
        found: dict[str, Exact] = {}
        for key in left:
            purses = self.purses(key)
            need, ballots = self.unit, sum(number for _amount, number in purses)
            for amount, number in purses:
                if amount * ballots >= need:
                    found[key] = Fraction(need, ballots * self.unit)
                    break
                need -= amount * number
                ballots -= number
        return found

    def pay(self, key: str, price: Exact) -> None:
        """Take the price from each supporter, or what it has."""
        units = self._units(price)
        self._become(key, lambda amount: max(0, amount - units))

    def apart(self, level: Sequence[str], price: Exact, _room: int) -> list[str]:
        """Those equal whose supporters can pay for all of them that they pick.

        Whatever the order, they are bought at this price before anything dearer; so there is a
        seat for each of them, too.
        """
        units = price * self.unit
        return self._without(level, lambda amount, number: not amount or amount >= units * number)

    def loads(self, left: Sequence[str]) -> dict[str, Exact]:
        """How much more every ballot would have to get for an option to be bought."""
        found: dict[str, Exact] = {}
        for key in left:
            purses = self.purses(key)
            lack = self.unit - sum(amount * number for amount, number in purses)
            found[key] = Fraction(lack, self.unit * sum(number for _amount, number in purses))
        return found

    def charge(self, key: str, load: Exact) -> None:
        """Take all from the supporters, what they got up to now included."""
        units = self._units(load)
        self._become(key, lambda _amount: -units)

    def strangers(self, level: Sequence[str], _load: Exact, room: int) -> list[str]:
        """Those equal who share no supporter, if there is a seat for everybody equal."""
        return self._without(level, lambda *_: False) if len(level) <= room else []

    def _without(self, level: Sequence[str], is_enough: Callable[[int, int], bool]) -> list[str]:
        """Leave out whoever shares a ballot with another where the ballot has not enough."""
        found, equal = set(level), set(level)
        for place, picks in enumerate(self.supports.picks):
            mine = equal.intersection(picks)
            if len(mine) > 1:
                amount = self.amounts[self.supports.level[place]]
                if not is_enough(amount, len(mine)):
                    found -= mine
        return [key for key in level if key in found]

    def _units(self, amount: Exact) -> int:
        """Give an amount of seats in units, after making the units as small as it needs."""
        units = Fraction(amount) * self.unit
        self.unit *= units.denominator
        self.amounts = [old * units.denominator for old in self.amounts]
        return units.numerator

    def _become(self, key: str, amount: Callable[[int], int]) -> None:
        """Change what each supporter of an option has."""
        levels = {old: level for level, old in enumerate(self.amounts)}

        def level_of(old: int) -> int:
            new = amount(self.amounts[old])
            if new not in levels:
                levels[new] = len(self.amounts)
                self.amounts.append(new)
            return levels[new]

        self.supports.choose(key, level_of)
