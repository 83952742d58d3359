"""The second engine, which is in every bundle, gives the same bytes for every budget rule."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.constraints import Constraints
from budgets.methods.greedy import GreedyOptions
from budgets.methods.rules import Options, count
from tests.budgets.methods.equal_shares.test_counting import Case, cases
from voting import recount_money
from voting.log import canonical

if TYPE_CHECKING:
    from budgets.methods.profile import Profile


def told_by_the_second(profile: Profile, options: Options, lot: list[str]) -> bytes:
    assert profile.ballots is not None
    candidates = profile.candidates
    allocation = {
        **options.as_data(),
        "budget": profile.budget,
        "areas": {one.key: one.area for one in candidates},
        "categories": {one.key: list(one.categories) for one in candidates},
    }
    ballot = {"options": [{"key": one.key, "cost": one.cost} for one in candidates]}
    config = {"allocation": allocation, "ballot": ballot}
    patterns = {
        json.dumps(dict(marks), sort_keys=True): number for marks, number in profile.ballots.groups
    }
    votes = {one.key: one.score for one in profile.candidates}
    gone = [one.key for one in profile.candidates if one.withdrawn]
    told: Any = recount_money.allocate(config, votes, patterns, lot, gone, profile.electorate or 0)
    return canonical(told)


@st.composite
def counted(draw: st.DrawFn) -> tuple[Profile, Options, list[str]]:
    profile, options, _ = draw(cases().filter(whole))
    keys = sorted(one.key for one in profile.candidates)
    lot = draw(st.permutations(keys)) if draw(st.booleans()) else []
    constraints = replace(
        options.constraints,
        threshold_percent=draw(st.none() | st.integers(1, 60)),
        cost_multiple=draw(st.none() | st.sampled_from([1, 3])),
        min_turnout=draw(st.none() | st.integers(1, 3)),
        min_turnout_percent=draw(st.none() | st.just(30)),
    )
    profile = replace(
        profile,
        electorate=draw(st.integers(6, 20)),
        candidates=tuple(
            replace(one, withdrawn=draw(st.integers(0, 9)) == 0) for one in profile.candidates
        ),
    )
    threshold = draw(st.none() | st.integers(1, 2))
    common: dict[str, Any] = {
        "threshold": threshold,
        "constraints": constraints if draw(st.booleans()) else Constraints(),
        "tie_orders": options.tie_orders,
    }
    greedy = GreedyOptions(
        skip=draw(st.booleans()), outside_percent=draw(st.sampled_from([None, 50, 80])), **common
    )
    shares = replace(
        options, then_greedy=draw(st.booleans()), comparison=draw(st.booleans()), **common
    )
    return profile, greedy if draw(st.booleans()) else shares, lot


def whole(case: Case) -> bool:
    """Whether points and costs are whole, as on the ballots of a contest."""
    profile, _, ballots = case
    points = [one for ballot in ballots for one in ballot.values()]
    return all(one.denominator == 1 for one in (*points, *(c.cost for c in profile.candidates)))


@settings(deadline=None, max_examples=300)
@given(counted())
def test_both_engines_give_the_same_bytes(case: tuple[Profile, Options, list[str]]) -> None:
    profile, options, lot = case
    first: Any = count(profile, options, lot).as_data()
    assert canonical(first) == told_by_the_second(profile, options, lot)
