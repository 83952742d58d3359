"""The method of equal shares: each voter has the same money, and supporters pay together.

`counting` is the method, `options` a variant of it as data, `completion` makes runs with a rising
share, `ahead` passes over those that change nothing, `run` is one of them, `purses` pay, `field`
says who supports what, and `exploring` tells whether a tie matters. `docs/counting.md` defines the
rule.
"""

from budgets.methods.equal_shares.completion import ON_RUN
from budgets.methods.equal_shares.counting import allocate_equal_shares
from budgets.methods.equal_shares.options import (
    Completion,
    EqualSharesOptions,
    StepOf,
    Utility,
)

__all__ = [
    "ON_RUN",
    "Completion",
    "EqualSharesOptions",
    "StepOf",
    "Utility",
    "allocate_equal_shares",
]
