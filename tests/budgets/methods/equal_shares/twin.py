"""Equal shares once more, from the definition in docs/counting.md and nothing else.

Every voter has a purse, every project is looked at in every round, every way to break a tie is
followed, all in fractions. It shares no code with the engine but the greedy count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Data = dict[str, Any]
Ballot = Mapping[str, Fraction]
Path = tuple[str, ...]
Chooser = Callable[[list[str]], list[str]]
Ends = dict[int, tuple[Fraction, str, list[tuple["State", tuple["Tie", ...]]]]]
"""Of each run that may count: its share, what ended the count there, and all its ways."""


@dataclass
class Town:
    """All that a count needs, in plain values.

    `exclusions` are groups of which one project may be funded, `pools` groups with a limit.
    """

    budget: Fraction
    costs: Mapping[str, Fraction]
    ballots: Sequence[Ballot]
    utility: str
    completion: str
    step: Fraction
    exclusions: Sequence[set[str]] = ()
    pools: Sequence[tuple[set[str], Fraction]] = ()

    def weight(self, ballot: Ballot, key: str) -> Fraction:
        points = ballot.get(key, Fraction(0))
        if points <= 0:
            return Fraction(0)
        return Fraction(points) if self.utility == "points" else Fraction(1)

    def barred(self, key: str, funded: Sequence[str]) -> bool:
        excluded = any(key in group and group.intersection(funded) for group in self.exclusions)
        return excluded or any(
            key in pool and sum(self.costs[one] for one in pool.intersection((*funded, key))) > cap
            for pool, cap in self.pools
        )

    def touch(self, key: str, other: str) -> bool:
        groups = (*self.exclusions, *(pool for pool, _ in self.pools))
        return any({key, other} <= group for group in groups)


@dataclass
class State:
    """Purses and what was funded in a run."""

    town: Town
    purses: list[Fraction]
    funded: tuple[str, ...] = ()

    def supporters(self, key: str) -> list[tuple[int, Fraction]]:
        weights = ((n, self.town.weight(b, key)) for n, b in enumerate(self.town.ballots))
        return [(voter, weight) for voter, weight in weights if weight]

    def held(self, key: str) -> Fraction:
        return sum((self.purses[voter] for voter, _ in self.supporters(key)), Fraction(0))

    def price(self, key: str) -> Fraction | None:
        """The least price: those with the least money for their weight give all they have."""
        cost = self.town.costs[key]
        people = sorted(self.supporters(key), key=lambda one: self.purses[one[0]] / one[1])
        for place, (voter, weight) in enumerate(people):
            rest = sum(one[1] for one in people[place:])
            price = (cost - sum(self.purses[one[0]] for one in people[:place])) / rest
            if price * weight <= self.purses[voter]:
                return price
        return None

    def burden(self, key: str, price: Fraction) -> Fraction:
        if self.town.utility != "cost":
            return price
        cost = self.town.costs[key]
        return price / cost if cost else Fraction(1, len(self.supporters(key)))

    def least(self) -> tuple[Fraction, list[str]]:
        """The least burden and who has it."""
        burdens: dict[str, Fraction] = {}
        for key in sorted(self.town.costs):
            if key in self.funded or self.town.barred(key, self.funded) or not self.supporters(key):
                continue
            price = self.price(key)
            if price is not None:
                burdens[key] = self.burden(key, price)
        least = min(burdens.values(), default=Fraction(0))
        return least, [key for key, burden in burdens.items() if burden == least]

    def fund(self, key: str) -> State:
        price = self.price(key)
        assert price is not None
        purses = list(self.purses)
        for voter, weight in self.supporters(key):
            purses[voter] -= min(purses[voter], weight * price)
        return State(self.town, purses, (*self.funded, key))

    def core(self, tied: list[str]) -> list[str]:
        """The members of a tie that are not free."""
        prices = {key: self.price(key) or Fraction(0) for key in tied}
        weights = [
            {key: self.town.weight(ballot, key) for key in tied if self.town.costs[key]}
            for ballot in self.town.ballots
        ]
        short = [
            sum(1 for weight in mine.values() if weight) > 1
            and 0 < purse < sum(weight * prices[key] for key, weight in mine.items())
            for purse, mine in zip(self.purses, weights, strict=True)
        ]
        together = all(
            not self.town.barred(key, (*self.funded, *(one for one in tied if one != key)))
            for key in tied
        )
        touching = {
            key
            for key in tied
            for one in tied
            if not together and key != one and self.town.touch(key, one)
        }
        return [
            key
            for key in tied
            if key in touching
            or any(short[voter] and self.town.costs[key] for voter, _ in self.supporters(key))
        ]


def start(town: Town, share: Fraction) -> State:
    return State(town, [share] * len(town.ballots))


def all_results(state: State) -> frozenset[frozenset[str]]:
    """The results of a run from here on, with every tie broken in every way."""
    seen: dict[tuple[frozenset[str], tuple[Fraction, ...]], frozenset[frozenset[str]]] = {}

    def follow(here: State) -> frozenset[frozenset[str]]:
        place = frozenset(here.funded), tuple(here.purses)
        if place not in seen:
            tied = here.least()[1]
            seen[place] = (
                frozenset[frozenset[str]]().union(*(follow(here.fund(key)) for key in tied))
                if tied
                else frozenset({frozenset(here.funded)})
            )
        return seen[place]

    return follow(state)


@dataclass
class Tie:
    """A tie as one path through a run met it."""

    round: int
    burden: Fraction
    members: list[str]
    mattered: bool
    level: bool
    whole: bool = False
    """Whether it is level and no order has narrowed it."""


def paths(
    state: State, choose: Chooser, ties: tuple[Tie, ...] = ()
) -> list[tuple[State, tuple[Tie, ...]]]:
    """Every way that a run can go if `choose` breaks ties where it can."""
    burden, tied = state.least()
    if not tied:
        return [(state, ties)]
    if len(tied) == 1:
        return paths(state.fund(tied[0]), choose, ties)
    after = {all_results(state.fund(key)) for key in tied}
    core = state.core(tied)
    level = choose(core) if core else []
    whole = len(core) == len(level) > 1
    met = Tie(len(state.funded) + 1, burden, tied, len(after) > 1, len(level) > 1, whole)
    for key in tied:
        if key not in core:
            state = state.fund(key)
    if not core:
        return paths(state, choose, (*ties, met))
    return [one for key in level for one in paths(state.fund(key), choose, (*ties, met))]


def verdict(town: Town, funded: Sequence[str], number: int) -> str:
    left = town.budget - sum(town.costs[key] for key in funded)
    unfunded = [key for key in town.costs if key not in funded and not town.barred(key, funded)]
    supported = [key for key in unfunded if any(town.weight(one, key) for one in town.ballots)]
    if left < 0:
        return "overspent"
    if town.completion == "none" or not town.step:
        return "only_run"
    if town.completion == "add1_exhaustive" and all(town.costs[key] > left for key in unfunded):
        return "exhaustive"
    if not supported:
        return "nothing_left"
    return "limit" if number == 5000 else "go_on"


@dataclass
class Answer:
    """What came of a count: every possible result, and how it got there if nothing is open."""

    finals: set[frozenset[str]]
    doubt: tuple[int, Tie] | None
    run: State
    ties: list[tuple[int | None, Tie]]
    share: Fraction
    runs: int
    stopped: str
    ends: Ends
    turning: list[tuple[int, Tie]]


def count(town: Town, choose: Chooser) -> Answer:
    """Make run after run; see "Equal shares" and "Ties" in docs/counting.md."""
    finals: set[frozenset[str]] = set()
    doubt = None
    others: list[tuple[int, Tie]] = []
    before: list[tuple[State, tuple[Tie, ...]]] = []
    ends: Ends = {}
    ways: list[tuple[State, tuple[Tie, ...]]] = []
    first = town.budget / len(town.ballots) if town.ballots else Fraction(0)
    number = 0
    while True:
        number += 1
        share = first + (number - 1) * town.step
        earlier_ways, ways = ways, paths(start(town, share), choose)
        words = [verdict(town, state.funded, number) for state, _ in ways]
        turns = {"go_on": "go_on", "overspent": "overspent"}
        free = {
            turns.get(verdict(town, sorted(one), number), "stay")
            for one in all_results(start(town, share))
        }
        if len(free) > 1:
            level = [tie for tie in ways[0][1] if tie.level]
            met = ways[0][1][: ways[0][1].index(level[0]) + 1] if level else ways[0][1]
            others += [(number, tie) for tie in met if tie.mattered]
        open_tie = next((tie for _, ties in ways for tie in ties if tie.level), None)
        if "overspent" in words:
            finals |= {frozenset(state.funded) for state, _ in before}
            ends[number - 1] = (share - town.step, "overspent", earlier_ways)
            earlier = next((tie for _, ties in before for tie in ties if tie.level), None)
            if earlier and doubt is None:
                doubt = number - 1, earlier
        staying = [way for way, word in zip(ways, words, strict=True) if turns.get(word) is None]
        finals |= {frozenset(state.funded) for state, _ in staying}
        if staying:
            [word, *_] = {word for word in words if turns.get(word) is None}
            ends[number] = (share, word, ways)
        if open_tie and doubt is None and (staying or len(set(words)) > 1):
            doubt = number, open_tie
        going = [way for way, word in zip(ways, words, strict=True) if word == "go_on"]
        if not going:
            counts, at = (
                (before[0], number - 1) if "overspent" in words and before else (ways[0], number)
            )
            ties: list[tuple[int | None, Tie]] = [(None, tie) for tie in counts[1]]
            ties += [(where, tie) for where, tie in others if where != at]
            return Answer(
                finals,
                doubt,
                counts[0],
                ties,
                first + (at - 1) * town.step,
                number,
                words[0],
                ends,
                others,
            )
        before = going
