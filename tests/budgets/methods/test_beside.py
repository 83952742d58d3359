from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.methods.beside import (
    GREEDY,
    SHARES,
    UNWEIGHTED,
    WEIGHTED,
    beside_plain_votes,
    paths_of,
    side_by_side,
)
from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import Completion, EqualSharesOptions, StepOf
from budgets.methods.greedy import GreedyOptions
from budgets.methods.outcome import Fate
from budgets.methods.profile import Ballots, Candidate, Profile
from budgets.methods.rules import count

if TYPE_CHECKING:
    from collections.abc import Sequence

BALLOTS = ((("a", "b"), 6), (("c",), 4), (("c", "d"), 3), (("d",), 2), ((), 1))
COSTS = {"a": 200, "b": 150, "c": 90, "d": 60}
BY_VOTES = GreedyOptions(threshold=1, tie_orders=("lower_cost",))
BY_SHARES = EqualSharesOptions(completion=Completion.NONE, tie_orders=("lower_cost",))


def profile_of(
    ballots: Sequence[tuple[Sequence[str], int]] = BALLOTS, budget: int = 300
) -> Profile:
    groups = Ballots.of((((key, 1) for key in keys), number) for keys, number in ballots)
    score = {key: sum(n for marks, n in groups.groups if key in dict(marks)) for key in COSTS}
    return Profile(
        budget,
        tuple(Candidate(key, cost, score[key]) for key, cost in COSTS.items()),
        groups,
    )


def test_both_ways_are_counted_whichever_decides() -> None:
    profile = profile_of()
    first = side_by_side(profile, BY_VOTES, count(profile, BY_VOTES))
    second = side_by_side(profile, BY_SHARES, count(profile, BY_SHARES))
    assert (first.counted, second.counted) == (GREEDY, SHARES)
    assert first.voters == second.voters == 15
    assert first.ways[GREEDY].winners == second.ways[GREEDY].winners == ("c", "b", "d")
    assert second.ways[SHARES].winners == ("c",)
    assert first.without == {GREEDY: 0, SHARES: 0}
    assert second.without == {GREEDY: 0, SHARES: 8}


def test_money_behind_a_project_is_told_payment_by_payment() -> None:
    profile = profile_of()
    outcome = count(profile, BY_SHARES)
    beside = side_by_side(profile, BY_SHARES, outcome)
    assert outcome.shares is not None
    assert outcome.shares.share == Fraction(300, 16)
    assert beside.paths == {
        "a": [("", 112)],
        "b": [("", 112)],
        "c": [("", 131)],
        "d": [("", 93), ("c", 55)],
    }
    assert beside.more_votes == {}


def test_votes_that_were_missing_are_told_where_votes_decide() -> None:
    profile = profile_of()
    beside = side_by_side(profile, BY_VOTES, count(profile, BY_VOTES))
    assert beside.more_votes == {"a": 1}
    assert beside.paths == {}


def test_every_payment_is_kept() -> None:
    keys = [f"{number:02d}" for number in range(12)]
    groups = Ballots.of([([(key, 1) for key in keys], 10)])
    profile = Profile(110, tuple(Candidate(key, 10, 10) for key in keys), groups)
    outcome = count(profile, BY_SHARES, keys)
    path = side_by_side(profile, BY_SHARES, outcome, keys).paths[keys[-1]]
    assert path == [("", 110), *((key, 100 - 10 * place) for place, key in enumerate(keys[:-1]))]


def test_votes_that_were_missing_are_told_where_the_comparison_chose_them() -> None:
    profile = profile_of()
    compared = replace(BY_SHARES, comparison=True)
    outcome = count(profile, compared)
    assert outcome.comparison is not None
    assert outcome.comparison.greedy_is_chosen
    beside = side_by_side(profile, compared, outcome)
    assert beside.more_votes == {"a": 1}
    assert beside.paths == {}


def test_equal_shares_tell_what_barred_a_project() -> None:
    profile = profile_of()
    barred = replace(BY_SHARES, constraints=Constraints(exclusions=(("c", "d"),)))
    outcome = count(profile, barred)
    beside = side_by_side(profile, barred, outcome)
    assert {one.fate for one in outcome.decisions if one.key == "d"} == {Fate.EXCLUDED}
    assert beside.in_the_way == {"d": ("c",)}
    assert beside.as_data()["in_the_way"] == {"d": ["c"]}
    by_votes = replace(BY_VOTES, constraints=barred.constraints)
    told = side_by_side(profile, by_votes, count(profile, by_votes))
    assert told.more_votes == {"a": 1, "d": 3}  # enough to come before what bars it
    assert told.in_the_way == {}


def test_weighted_projects_are_counted_by_plain_votes_and_by_equal_shares() -> None:
    profile = profile_of()
    scores = {"a": 90, "b": 5, "c": 3, "d": 2}
    weighted = replace(
        profile,
        candidates=tuple(
            replace(one, score=scores[one.key], votes=int(one.score)) for one in profile.candidates
        ),
    )
    beside = beside_plain_votes(weighted, BY_VOTES, count(weighted, BY_VOTES))
    assert beside.counted == WEIGHTED
    assert {name: way.winners for name, way in beside.ways.items()} == {
        WEIGHTED: ("a", "c"),
        UNWEIGHTED: ("c", "b", "d"),
        SHARES: ("c", "b", "d"),
    }
    assert beside.without == {WEIGHTED: 2, UNWEIGHTED: 0, SHARES: 0}
    assert beside.as_data()["ways"] == {
        name: {
            "winners": list(way.winners),
            "cost": way.cost,
            "undecided": False,
            "without": beside.without[name],
        }
        for name, way in beside.ways.items()
    }


def test_nothing_is_compared_without_ballots() -> None:
    profile = Profile(300, (Candidate("a", 100, 3),))
    with pytest.raises(ValueError, match="ballots"):
        side_by_side(profile, BY_VOTES, count(profile, BY_VOTES))


@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from("abcd")).map(sorted), st.integers(1, 5)), max_size=8
    ),
    st.integers(0, 500),
)
def test_a_path_ends_with_the_money_that_the_count_tells(
    ballots: list[tuple[list[str], int]], budget: int
) -> None:
    profile = profile_of(ballots, budget)
    outcome = count(profile, BY_SHARES)
    beside = side_by_side(profile, BY_SHARES, outcome)
    for one in outcome.decisions:
        if one.key in beside.paths and one.money is not None:
            assert one.fate in {Fate.SUPPORT_SPENT, Fate.FUNDED}
            assert -1 <= beside.paths[one.key][-1][1] - one.money <= 1
        assert (one.key in outcome.winners) == (one.key in beside.ways[SHARES].winners)


def test_after_a_level_tie_only_the_money_of_what_came_before_is_followed() -> None:
    costs = {"a": 2, "b": 2, "c": 6}
    groups = Ballots.of((((key, 1) for key in keys), 1) for keys in ("ab", "abc", "bc"))
    profile = Profile(10, tuple(Candidate(key, cost, 2) for key, cost in costs.items()), groups)
    options = EqualSharesOptions(
        completion=Completion.ADD1_EXHAUSTIVE, step=1, step_of=StepOf.MONEY
    )
    outcome = count(profile, options)
    assert not outcome.undecided
    assert set(paths_of(groups, options, outcome)) == {"b"}
