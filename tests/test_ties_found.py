"""Ties are found without being looked for: small made-up elections, counted in every order.

Each election is a PaBuLib file with many equals. What different orders of equals fund is found
from the definition alone: greedy by trying all orders, equal shares by following each voter's
purse through every way to break every tie. Where that gives more than one set of projects the
command must report a tie that mattered. Where it gives one, greedy must report none, and equal
shares none that leaves a project open or, in a single run, that mattered.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby, permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.budgets.methods.equal_shares import twin
from tests.test_swaps import printed

MANY = settings(deadline=None, max_examples=60)
NO_ORDER = ("--tie", "")
Results = set[frozenset[str]]


@dataclass(frozen=True)
class Election:
    """A small vote on money: what projects cost, and the points that each ballot gives."""

    budget: int
    costs: dict[str, int]
    ballots: list[dict[str, int]]
    kind: str

    def as_file(self) -> bytes:
        """Write it as a PaBuLib file."""
        rows = [f"{key};{cost}" for key, cost in self.costs.items()]
        ballots = [
            f"{voter};{','.join(marks)};{','.join(map(str, marks.values()))}"
            for voter, marks in enumerate(self.ballots)
        ]
        head = ["META", "key;value", f"budget;{self.budget}", f"vote_type;{self.kind}"]
        parts = [*head, "PROJECTS", "project_id;cost", *rows, "VOTES", "voter_id;vote;points"]
        return ("\n".join([*parts, *ballots]) + "\n").encode()

    def score(self, key: str) -> int:
        return sum(marks.get(key, 0) for marks in self.ballots)


@st.composite
def elections(draw: st.DrawFn) -> Election:
    keys = "ABCDE"[: draw(st.integers(2, 5))]
    kind = draw(st.sampled_from(["approval", "cumulative"]))
    points = st.just(1) if kind == "approval" else st.sampled_from([1, 1, 2])
    marks = st.dictionaries(st.sampled_from(keys), points, min_size=min(3, len(keys)))
    costs = {key: draw(st.sampled_from([2, 2, 3])) for key in keys}
    ballots = draw(st.lists(marks, min_size=2, max_size=5))
    return Election(draw(st.integers(4, 8)), costs, ballots, kind)


def greedy_in_every_order(election: Election, *, skip: bool, least: int) -> Results:
    """Fund by falling score in every order of equals."""
    able = [key for key in election.costs if election.score(key) >= least]
    falling = sorted(able, key=election.score, reverse=True)
    levels = [list(level) for _score, level in groupby(falling, key=election.score)]
    results = set()
    for order in product(*map(permutations, levels)):
        left, funded = election.budget, set()
        for key in chain.from_iterable(order):
            if election.costs[key] <= left:
                left -= election.costs[key]
                funded.add(key)
            elif not skip:
                break
        results.add(frozenset(funded))
    return results


def shares_in_every_order(election: Election, utility: str, completion: str) -> Results:
    """Follow equal shares, run after run, through every way to break every tie."""
    town = twin.Town(
        budget=Fraction(election.budget),
        costs={key: Fraction(cost) for key, cost in election.costs.items()},
        ballots=[
            {key: Fraction(given) for key, given in marks.items()} for marks in election.ballots
        ],
        utility=utility,
        completion=completion,
        step=Fraction(1, 2),
    )
    return twin.count(town, lambda core: core).finals


def counted(election: Election, *options: str) -> Any:
    """What the command says as JSON."""
    return json.loads(printed("count_pabulib", election.as_file(), *options))


def check(told: Any, results: Results, *, left_open: bool) -> None:
    """A tie that mattered is told where orders differ; nothing is certain that is not."""
    mattered = [tie for tie in told["ties"] if tie["mattered"]]
    assert mattered or len(results) == 1
    certain = frozenset.intersection(*results)
    if left_open:
        contested = {key for tie in told["ties"] for key in tie["contested"]}
        assert set(told["winners"]) <= certain
        assert contested <= frozenset().union(*results) - certain
        assert bool(contested) == (len(results) > 1)
    else:
        assert any(set(told["winners"]) <= one for one in results)


@pytest.mark.parametrize("tie", ["", "lower_cost"])
@pytest.mark.parametrize("least", [0, 2])
@pytest.mark.parametrize("rule", ["greedy", "greedy_noskip"])
def test_greedy_tells_of_a_tie_exactly_where_orders_of_equals_differ(
    rule: str, least: int, tie: str
) -> None:
    met: Counter[bool] = Counter()

    @MANY
    @given(elections())
    def told(election: Election) -> None:
        results = greedy_in_every_order(election, skip=rule == "greedy", least=least)
        options = ["--rule", rule, "--threshold", str(least), "--tie", tie]
        answer = counted(election, *options)
        check(answer, results, left_open=not tie)
        assert any(tie["mattered"] for tie in answer["ties"]) == (len(results) > 1)
        met[len(results) > 1] += 1

    told()
    assert met[True]
    assert met[False]


@pytest.mark.parametrize("tie", ["", "lower_cost,more_votes"])
@pytest.mark.parametrize("completion", ["none", "add1_exhaustive", "add1_overspend"])
@pytest.mark.parametrize("utility", ["cost", "cardinality", "points"])
def test_equal_shares_tell_of_a_tie_wherever_orders_of_equals_differ(
    utility: str, completion: str, tie: str
) -> None:
    met: Counter[bool] = Counter()

    @MANY
    @given(elections())
    def told(election: Election) -> None:
        kind = "cumulative" if utility == "points" else election.kind
        drawn = Election(election.budget, election.costs, election.ballots, kind)
        results = shares_in_every_order(drawn, utility, completion)
        options = ["--rule", "equal_shares", "--utility", utility, "--completion", completion]
        if completion != "none":
            options += ["--step", "0.5"]
        answer = counted(drawn, *options, "--tie", tie)
        check(answer, results, left_open=not tie)
        if len(results) == 1:
            assert not any(tie["contested"] for tie in answer["ties"])
        if len(results) == 1 and completion == "none":
            assert not any(tie["mattered"] for tie in answer["ties"])
        met[len(results) > 1] += 1

    told()
    assert met[True]
    assert met[False]
