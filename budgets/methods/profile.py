"""What a budget method counts: the money, the projects and their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budgets.methods.exact import Exact


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project as a counting rule sees it.

    `score` is what it is ranked by: the number of ballots naming it, or its points. A withdrawn
    project stays in the list, so that the result can say so, but is passed over.
    """

    key: str
    cost: Exact
    score: Exact
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One budget to spend and the projects that compete for it, in any order.

    Raises ValueError if two projects share a key or if money is negative.
    """

    budget: Exact
    candidates: tuple[Candidate, ...]

    def __post_init__(self) -> None:
        if len({candidate.key for candidate in self.candidates}) < len(self.candidates):
            raise ValueError("Two projects have the same key.")
        if self.budget < 0 or any(candidate.cost < 0 for candidate in self.candidates):
            raise ValueError("A budget or a cost is negative.")
