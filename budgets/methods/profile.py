"""What a budget method counts: the money, the projects, their scores and the ballots."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from budgets.methods.exact import Exact

Mark = tuple[str, "Exact"]
"""A project on a ballot and the points it gets there: 1 where ballots have none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project as a counting rule sees it.

    `score` is what it is ranked by: the number of ballots naming it, or its points. `votes` is
    the number of ballots naming it where that is not the score. `area` and `categories` are what
    limits of a rule may speak of. A withdrawn project stays in the list, so that the result can
    say so, but is passed over.
    """

    key: str
    cost: Exact
    score: Exact
    withdrawn: bool = False
    votes: int | None = None
    area: str = ""
    categories: tuple[str, ...] = ()

    @property
    def supporters(self) -> Exact:
        """How many ballots name the project."""
        return self.score if self.votes is None else self.votes


@dataclass(frozen=True)
class Ballots:
    """All ballots, equal ones together: each group is its marks and how many ballots have them.

    The marks of a group and the groups are sorted, so that the order in which ballots or projects
    came leaves no trace. A blank ballot has no marks and is a voter all the same.
    """

    groups: tuple[tuple[tuple[Mark, ...], int], ...]

    @classmethod
    def of(cls, ballots: Iterable[tuple[Iterable[Mark], int]]) -> Ballots:
        """Put equal ballots together; each comes with how many of its kind there are."""
        shared: dict[Mark, Mark] = {}  # equal marks are one tuple
        counted: Counter[tuple[Mark, ...]] = Counter()
        for marks, number in ballots:
            counted[tuple(sorted([shared.setdefault(mark, mark) for mark in marks]))] += number
        return cls(tuple(sorted((+counted).items())))

    @cached_property
    def count(self) -> int:
        """The number of voters."""
        return sum(number for _marks, number in self.groups)


@dataclass(frozen=True, slots=True)
class Profile:
    """One budget to spend and the projects that compete for it, in any order.

    `ballots` is needed by equal shares, `voters` (of `ballots`, if those are given) by percentages
    and `electorate`, the number of people with a vote, by a turnout in percent. A least score asks
    for that many supporters if `threshold_of_votes`. Raises ValueError if two projects share a
    key, if money is negative or if a ballot names an unknown project.
    """

    budget: Exact
    candidates: tuple[Candidate, ...]
    ballots: Ballots | None = None
    voters: int | None = None
    electorate: int | None = None
    threshold_of_votes: bool = False

    def __post_init__(self) -> None:
        keys = {candidate.key for candidate in self.candidates}
        if len(keys) < len(self.candidates):
            raise ValueError("Two projects have the same key.")
        if self.budget < 0 or any(candidate.cost < 0 for candidate in self.candidates):
            raise ValueError("A budget or a cost is negative.")
        if self.ballots is not None:
            named = {key for marks, _number in self.ballots.groups for key, _points in marks}
            if not named <= keys:
                raise ValueError(f"A ballot names {min(named - keys)!r}, which does not compete.")

    @property
    def turnout(self) -> int | None:
        """The number of voters, if it is known."""
        return self.voters if self.ballots is None else self.ballots.count
