"""The ballots as index arrays: who supports which project, and how strongly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import itemgetter
from typing import TYPE_CHECKING

from budgets.methods.equal_shares.options import Utility

if TYPE_CHECKING:
    from collections.abc import Iterable

    from budgets.methods.exact import Exact
    from budgets.methods.profile import Ballots

Reader = Callable[[Sequence[int]], tuple[int, ...]]
"""Takes the entries of some groups out of a list of all groups, fast."""


@dataclass(frozen=True, slots=True, eq=False)
class Supported:
    """A project with its supporters. Cost and weights are whole numbers on the field's scales."""

    place: int
    key: str
    cost: int
    voters: int
    weight: int
    heaviest: int
    reading: tuple[tuple[tuple[int, int], Reader], ...]
    """Groups that count alike, by the number of ballots in each and the weight of a ballot.

    A group of 5 ballots is read with the groups of 4 and again with those of 1, so that there
    are few different numbers.
    """
    payers: tuple[tuple[int, tuple[int, ...]], ...]
    """Each supporting group once, by weight."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The projects that compete and have supporters, by key, over all groups of equal ballots.

    `money` and `points` are the scales: an amount or a weight times its scale is whole.
    """

    projects: tuple[Supported, ...]
    places: Mapping[str, int]
    groups: int
    money: int
    points: int
    by_cost: bool
    """Whether utility is cost: then a project's burden is its price over its cost."""


def field_of(
    ballots: Ballots, costs: Mapping[str, Exact], utility: Utility, money: Iterable[Exact]
) -> Field:
    """Index the supporters of projects by their costs; `money` must be whole on the scale.

    A ballot supports a project to which it gives more than 0 points. Its weight is those points
    if utility is points, else 1.
    """
    by_points = utility is Utility.POINTS
    scale = lcm(*(Fraction(amount).denominator for amount in money), 1)
    given = {points for marks, _ in ballots.groups for _, points in marks} if by_points else set()
    points_scale = lcm(*(points.denominator for points in given), 1)
    support: dict[str, dict[int, list[tuple[int, int]]]] = {key: {} for key in costs}
    for group, (marks, number) in enumerate(ballots.groups):
        for key, points in marks:
            if points > 0 and key in support:
                weight = int(points * points_scale) if by_points else 1
                support[key].setdefault(weight, []).append((group, number))
    backed = sorted(key for key in costs if support[key])
    return Field(
        projects=tuple(
            _supported(place, key, int(costs[key] * scale), support[key])
            for place, key in enumerate(backed)
        ),
        places={key: place for place, key in enumerate(backed)},
        groups=len(ballots.groups),
        money=scale,
        points=points_scale,
        by_cost=utility is Utility.COST,
    )


def _supported(
    place: int, key: str, cost: int, support: Mapping[int, Sequence[tuple[int, int]]]
) -> Supported:
    reading = tuple(
        ((1 << bit, weight), _reader(groups))
        for weight, members in sorted(support.items())
        for bit in range(max(number for _, number in members).bit_length())
        if (groups := tuple(group for group, number in members if number >> bit & 1))
    )
    voters = {weight: sum(n for _, n in members) for weight, members in support.items()}
    return Supported(
        place=place,
        key=key,
        cost=cost,
        voters=sum(voters.values()),
        weight=sum(weight * count for weight, count in voters.items()),
        heaviest=max(support),
        reading=reading,
        payers=tuple(
            (weight, tuple(group for group, _ in members))
            for weight, members in sorted(support.items())
        ),
    )


def _reader(groups: tuple[int, ...]) -> Reader:
    if len(groups) == 1:
        [only] = groups
        return lambda entries: (entries[only],)
    return itemgetter(*groups)
