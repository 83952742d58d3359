"""Orders among tied projects."""

from __future__ import annotations

import pytest

from budgets.methods.equal_shares import EqualSharesOptions
from budgets.methods.greedy import GreedyOptions
from budgets.methods.orders import check_orders, first_of, in_steps
from budgets.methods.profile import Candidate

A, B, C = (
    Candidate("a", 5, 9, votes=1),
    Candidate("b", 5, 9, votes=2),
    Candidate("c", 6, 9, votes=3),
)
BOTH = ("lower_cost", "more_votes")


@pytest.mark.parametrize(
    ("names", "lot", "first", "decided_by"),
    [
        ((), {}, "abc", ()),
        (("lower_cost",), {}, "ab", ("lower_cost",)),
        (BOTH, {}, "b", BOTH),
        (("more_votes",), {}, "c", ("more_votes",)),
        (("lower_cost",), {"a": 1, "b": 0}, "b", ("lower_cost", "lot")),
        ((), {"a": 1, "b": 0}, "abc", ()),
        ((), {"a": 1, "b": 2, "c": 0}, "c", ("lot",)),
    ],
)
def test_the_first_of_a_tie(
    names: tuple[str, ...], lot: dict[str, int], first: str, decided_by: tuple[str, ...]
) -> None:
    level, told = first_of((A, B, C), names, lot)
    assert ("".join(one.key for one in level), told) == (first, decided_by)


def test_all_of_a_tie_in_steps() -> None:
    steps, told = in_steps((C, B, A), BOTH, {})
    assert [[one.key for one in step] for step in steps] == [["b"], ["a"], ["c"]]
    assert told == list(BOTH)


@pytest.mark.parametrize("names", [("oldest",), ("lower_cost", "lower_cost")])
def test_names_that_cannot_be_are_refused_by_every_rule(names: tuple[str, ...]) -> None:
    for options in (GreedyOptions, EqualSharesOptions):
        with pytest.raises(ValueError, match="tie order"):
            options(tie_orders=names)
    with pytest.raises(ValueError, match="tie order"):
        check_orders(names)
