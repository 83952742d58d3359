"""Runs that are guided or passed over are the runs that would have been made."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.constraints import Constraints, Limits
from budgets.methods.equal_shares.ahead import BLOCK, Ahead
from budgets.methods.equal_shares.exploring import leave_open
from budgets.methods.equal_shares.field import Field, field_of
from budgets.methods.equal_shares.options import MOST_RUNS, Utility
from budgets.methods.equal_shares.run import Run
from budgets.methods.profile import Ballots, Candidate, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from budgets.methods.equal_shares.run import Chooser

KEYS = "abcdef"
Setting = tuple[Field, Limits]


@st.composite
def settings_of_runs(draw: st.DrawFn) -> Setting:
    """Draw ballots and costs in which ties are common, and perhaps projects that exclude others."""
    marks = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 3), min_size=1)
    kinds = draw(st.lists(st.tuples(marks, st.integers(1, 9)), min_size=1, max_size=8))
    ballots = Ballots.of((one.items(), number) for one, number in kinds)
    costs = {key: draw(st.sampled_from([0, 4, 6, 6, 9, 20, 31])) for key in KEYS}
    rivals = draw(st.lists(st.sampled_from([("a", "b"), ("c", "d", "e")]), max_size=1))
    profile = Profile(50, tuple(Candidate(key, costs[key], 1) for key in KEYS), ballots)
    limits = Limits(profile, Constraints(exclusions=tuple(rivals)))
    return field_of(ballots, costs, draw(st.sampled_from(Utility)), [1]), limits


def shares() -> st.SearchStrategy[Fraction]:
    """A share, in the range where it decides who can pay."""
    return st.fractions(Fraction(1, 9), 9, max_denominator=12)


def first(core: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
    """Let the first of a tie win."""
    return core[:1], ()


@settings(deadline=None, max_examples=400)
@given(settings_of_runs(), shares(), shares(), st.sampled_from([first, leave_open]))
def test_a_guided_run_is_the_run_itself(
    setting: Setting, one: Fraction, other: Fraction, choose: Chooser
) -> None:
    field, limits = setting
    low, high = sorted([one, other])
    guide = Run(field, high, limits, choose)
    alone = Run(field, low, limits, choose)
    guided = Run(field, low, limits, choose, guide=guide)
    assert guided.keys == alone.keys
    assert guided.ties == alone.ties
    assert guided.fork == alone.fork
    assert guided.state == alone.state


@settings(deadline=None, max_examples=400)
@given(settings_of_runs(), shares(), shares(), st.integers(1, 9))
def test_a_run_between_two_that_are_surely_the_same_is_like_them(
    setting: Setting, one: Fraction, other: Fraction, tenths: int
) -> None:
    field, limits = setting
    low, high = (Run(field, share, limits, leave_open) for share in sorted([one, other]))
    if not low.is_same_until(high):
        return
    share = low.share + (high.share - low.share) * Fraction(tenths, 10)
    between = Run(field, share, limits, leave_open)
    assert between.keys == low.keys
    assert between.ties == []


def made_by(
    share_of: Callable[[int], Fraction], most: int
) -> tuple[list[int], list[tuple[int, list[str]]]]:
    """Ask for runs up to a number; tell which were made, and which were given."""
    made: list[int] = []
    ballots = Ballots.of([([("a", 1)], 4), ([("b", 1)], 3)])
    costs = {"a": 8, "b": 9}
    field = field_of(ballots, costs, Utility.COST, [1])
    profile = Profile(50, tuple(Candidate(key, costs[key], 1) for key in "ab"), ballots)

    def make(number: int, guide: Run | None) -> Run:
        made.append(number)
        share = share_of(number)
        return Run(field, share, Limits(profile, Constraints()), leave_open, guide=guide)

    given_out: list[tuple[int, list[str]]] = []
    ahead, number, run = Ahead(make), 0, None
    while number < most:
        number, run = ahead.after(number, run)
        given_out.append((number, run.keys))
    return made, given_out


def test_only_the_runs_around_a_change_are_made_where_steps_are_small() -> None:
    made, given_out = made_by(lambda number: Fraction(number, 1000), MOST_RUNS)
    assert len(made) < 60
    changes = {tuple(keys): number for number, keys in reversed(given_out)}
    assert changes == {(): 1, ("a",): 2000, ("a", "b"): 3000}


def test_each_run_is_made_once_and_few_in_vain_where_results_change() -> None:
    made, given_out = made_by(lambda number: Fraction(2 + number % 2), 30)
    assert [number for number, _ in given_out] == list(range(1, 31))
    assert len(made) == len(set(made)) < 30 + BLOCK
