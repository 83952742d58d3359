"""A variant of equal shares as data that can be frozen with a contest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from budgets.methods.constraints import NO_CONSTRAINTS, Constraints
from budgets.methods.exact import Exact, plain, read_plain
from budgets.methods.orders import check_orders

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_RUNS = 5000
"""A count makes at most so many runs."""


class Utility(StrEnum):
    """What a funded project is worth to a voter who supports it."""

    COST = "cost"
    CARDINALITY = "cardinality"
    POINTS = "points"


class Completion(StrEnum):
    """Whether and until when further runs with a higher share are made."""

    NONE = "none"
    ADD1_EXHAUSTIVE = "add1_exhaustive"
    ADD1_OVERSPEND = "add1_overspend"


class StepOf(StrEnum):
    """What the step between two runs is measured in."""

    SHARE = "share"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class EqualSharesOptions:
    """A variant of the rule.

    `step` is added to the share from run to run: a part of the first share, or an amount of money
    for each voter. `then_greedy` spends what is left over by votes. With `comparison` the greedy
    outcome is taken instead if more voters have more funded projects in it. `threshold` is the
    least score. Raises ValueError for what makes no sense.
    """

    utility: Utility = Utility.COST
    completion: Completion = Completion.ADD1_OVERSPEND
    then_greedy: bool = False
    step: Exact = Fraction(1, 500)
    step_of: StepOf = StepOf.SHARE
    comparison: bool = False
    threshold: int | None = None
    tie_orders: tuple[str, ...] = ()
    constraints: Constraints = NO_CONSTRAINTS

    def __post_init__(self) -> None:
        check_orders(self.tie_orders)
        if self.step <= 0:
            raise ValueError("The step must be more than 0.")

    def as_data(self) -> dict[str, object]:
        """Return the options as plain JSON values, as a frozen contest keeps them."""
        data: dict[str, object] = {
            "rule": "equal_shares",
            "utility": self.utility.value,
            "completion": self.completion.value,
            "then_greedy": self.then_greedy,
            "step": plain(self.step),
            "step_of": self.step_of.value,
            "comparison": self.comparison,
            "threshold": self.threshold,
            "tie": list(self.tie_orders),
        }
        if self.constraints != NO_CONSTRAINTS:
            data["constraints"] = self.constraints.as_data()
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> EqualSharesOptions:
        """Read what `as_data` wrote."""
        return cls(
            utility=Utility(data["utility"]),
            completion=Completion(data["completion"]),
            then_greedy=bool(data["then_greedy"]),
            step=read_plain(data["step"]),
            step_of=StepOf(data["step_of"]),
            comparison=bool(data["comparison"]),
            threshold=data["threshold"],
            tie_orders=tuple(data["tie"]),
            constraints=Constraints.from_data(data.get("constraints", {})),
        )
