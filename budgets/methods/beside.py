"""The same ballots counted the other way too, and what became of the money on the way.

It explains a result and decides nothing: who would have been funded by votes or by equal shares,
how many voters each leaves with nothing, what more votes would have done, and how the money of
a project's supporters went to other projects before its own turn. Where ways of voting or bodies
have weights, which equal shares know nothing of, the plain votes are counted both ways beside.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from budgets.methods.equal_shares import EqualSharesOptions, Utility
from budgets.methods.exact import plain, rounded
from budgets.methods.explaining import in_the_way, score_to_pass, votes_short
from budgets.methods.greedy import GreedyOptions
from budgets.methods.outcome import Fate
from budgets.methods.rules import count

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from budgets.methods.exact import Exact
    from budgets.methods.outcome import Outcome
    from budgets.methods.profile import Ballots, Profile
    from budgets.methods.rules import Options

FINE = 10**6
"""Money on its way is counted in millionths and cut; it explains and never decides."""

GREEDY, SHARES = "greedy", "equal_shares"
WEIGHTED, UNWEIGHTED = "weighted", "unweighted"
TOLD = frozenset({Fate.FUNDED, Fate.SUPPORT_SPENT})
"""Projects of which the money of their supporters is told."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A count and the other one beside it.

    `counted` is the way that decides. `more_votes` tells of projects that lost by votes how many
    more would have been enough, `more_than` of those that lost by weighted scores which score
    they would have had to exceed; `paths` of what the supporters of a project of equal shares had
    at first and after each payment, a funded one's up to its own turn: (the project paid, what
    was left).
    """

    counted: str
    voters: int
    ways: Mapping[str, Outcome]
    without: Mapping[str, int]
    more_votes: Mapping[str, int]
    paths: Mapping[str, Sequence[tuple[str, int]]]
    more_than: Mapping[str, Exact] = field(default_factory=dict)
    in_the_way: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_data(self) -> dict[str, object]:
        """Return all but the paths as plain JSON values."""
        return {
            "counted": self.counted,
            "voters": self.voters,
            "ways": {
                name: {
                    "winners": list(outcome.winners),
                    "cost": plain(outcome.cost),
                    "undecided": outcome.undecided,
                    "without": self.without[name],
                }
                for name, outcome in self.ways.items()
            },
            "more_votes": dict(self.more_votes),
            "more_than": {key: plain(score) for key, score in self.more_than.items()},
            "in_the_way": {key: list(others) for key, others in self.in_the_way.items()},
            "every_step": True,  # allocations before this word kept the largest payments only
        }

    def paths_as_data(self) -> dict[str, list[list[object]]]:
        """Return the paths as plain JSON values."""
        return {key: [list(step) for step in path] for key, path in self.paths.items()}


def side_by_side(
    profile: Profile, options: Options, outcome: Outcome, lot: Sequence[str] | None = None
) -> Beside:
    """Count the other way: equal shares beside greedy, greedy beside equal shares.

    `outcome` is what `options` gave. Conditions, limits and the orders of ties stay the same.
    Raises ValueError without ballots.
    """
    if profile.ballots is None:
        raise ValueError("Two ways can only be compared on ballots.")
    other = the_other(options)
    more = _more_votes(profile, options, outcome)
    by_shares = isinstance(options, EqualSharesOptions)
    beside = count(profile, other, lot)
    ways = {
        GREEDY: beside if by_shares else outcome,
        SHARES: outcome if by_shares else beside,
    }
    return Beside(
        counted=SHARES if by_shares else GREEDY,
        voters=sum(number for marks, number in profile.ballots.groups if marks),
        ways=ways,
        without={name: left_out(profile.ballots, one) for name, one in ways.items()},
        more_votes=more,
        paths=paths_of(profile.ballots, options, outcome),
        in_the_way=_in_the_way(profile, options, outcome, more),
    )


def beside_plain_votes(
    profile: Profile, options: GreedyOptions, outcome: Outcome, lot: Sequence[str] | None = None
) -> Beside:
    """Count weighted projects without their weights: by votes, and by equal shares.

    Both know the voters only; equal shares give each of them the same, however they voted.
    Raises ValueError without ballots.
    """
    if profile.ballots is None:
        raise ValueError("Two ways can only be compared on ballots.")
    by_votes = replace(
        profile,
        candidates=tuple(replace(one, score=one.supporters) for one in profile.candidates),
    )
    ways = {
        WEIGHTED: outcome,
        UNWEIGHTED: count(by_votes, options, lot),
        SHARES: count(by_votes, the_other(options), lot),
    }
    passing = {
        one.key: score
        for one in outcome.decisions
        if (score := score_to_pass(profile, options, outcome, one.key)) is not None
    }
    return Beside(
        counted=WEIGHTED,
        voters=sum(number for marks, number in profile.ballots.groups if marks),
        ways=ways,
        without={name: left_out(profile.ballots, one) for name, one in ways.items()},
        more_votes={},
        paths={},
        more_than=passing,
        in_the_way=_in_the_way(profile, options, outcome, passing),
    )


def the_other(options: Options) -> Options:
    """The usual form of the other way, under the same conditions."""
    same = {
        "threshold": options.threshold,
        "tie_orders": options.tie_orders,
        "constraints": options.constraints,
    }
    if isinstance(options, EqualSharesOptions):
        return GreedyOptions(**same)  # type: ignore[arg-type]  # taken from one of the two
    return EqualSharesOptions(**same)  # type: ignore[arg-type]  # the same


def left_out(ballots: Ballots, outcome: Outcome) -> int:
    """How many voters chose something, and none of it is funded."""
    won = set(outcome.winners)
    return sum(
        number
        for marks, number in ballots.groups
        if marks and not any(key in won for key, points in marks if points > 0)
    )


def _more_votes(profile: Profile, options: Options, outcome: Outcome) -> dict[str, int]:
    """How many more votes would have been enough, where votes decided.

    With equal shares they do if the comparison chose the outcome of greedy.
    """
    if isinstance(options, EqualSharesOptions):
        if not _greedy_was_chosen(outcome):
            return {}
        options = GreedyOptions(
            threshold=options.threshold,
            tie_orders=options.tie_orders,
            constraints=options.constraints,
        )
    found = {one.key: votes_short(profile, options, outcome, one.key) for one in outcome.decisions}
    return {key: int(more) for key, more in found.items() if more is not None}


def _greedy_was_chosen(outcome: Outcome) -> bool:
    return outcome.comparison is not None and outcome.comparison.greedy_is_chosen


def _in_the_way(
    profile: Profile, options: Options, outcome: Outcome, enough: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """What barred the projects of which it is not told how much would have been `enough`."""
    barred = in_the_way(profile, options.constraints, outcome)
    return {key: others for key, others in barred.items() if key not in enough}


def paths_of(
    ballots: Ballots, options: Options, outcome: Outcome
) -> dict[str, list[tuple[str, int]]]:
    """Tell of each project how the money of its supporters went, up to its own turn.

    The first step names no project: it is what they had together at first. Where a tie is still
    level, though the same is funded, what was paid after it is not known.
    """
    if not isinstance(options, EqualSharesOptions) or outcome.shares is None:
        return {}
    if _greedy_was_chosen(outcome):
        return {}
    level = any(one.fate is Fate.FUNDED_IN_EVERY_ORDER for one in outcome.decisions)
    shown = {Fate.FUNDED} if level else TOLD
    told = [one.key for one in outcome.decisions if one.fate in shown]
    purses = _Purses(ballots, outcome.shares.share, pointed=options.utility is Utility.POINTS)
    money = {key: purses.behind(key) for key in told}
    paths = {key: [("", had)] for key, had in money.items()}
    for one in outcome.decisions:
        if one.fate is Fate.FUNDED and one.price is not None:
            money.pop(one.key, None)
            for key, amount in purses.pay(one.key, one.price).items():
                if key in money and amount:
                    money[key] -= amount
                    paths[key].append((one.key, money[key]))
    return {key: _in_units(path) for key, path in paths.items()}


class _Purses:
    """What each group of equal ballots has left, in millionths of the unit of money."""

    def __init__(self, ballots: Ballots, share: Exact, *, pointed: bool) -> None:
        self.marks = [dict(group) for group, _number in ballots.groups]
        self.numbers = [number for _group, number in ballots.groups]
        self.left = [int(share * FINE)] * len(self.marks)
        self.pointed = pointed
        self.supporters: dict[str, list[int]] = {}
        for place, group in enumerate(self.marks):
            for key, points in group.items():
                if points > 0:
                    self.supporters.setdefault(key, []).append(place)

    def behind(self, key: str) -> int:
        """What all supporters of a project have."""
        return sum(self.left[one] * self.numbers[one] for one in self.supporters.get(key, ()))

    def pay(self, key: str, price: Exact) -> Counter[str]:
        """Take the price of a project; return what the money behind each project lost by it."""
        lost: Counter[str] = Counter()
        for place in self.supporters.get(key, ()):
            weight = self.marks[place][key] if self.pointed else 1
            paid = min(self.left[place], int(price * weight * FINE))
            self.left[place] -= paid
            for other, points in self.marks[place].items():
                if points > 0:
                    lost[other] += paid * self.numbers[place]
        return lost


def _in_units(path: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """A path in whole units of money."""
    return [(key, int(rounded(Fraction(money, FINE)))) for key, money in path]
