"""Conditions of a rule: who takes part, what bars what, and what makes no sense."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.constraints import NO_CONSTRAINTS, Bar, Constraints, Limits, set_aside
from budgets.methods.greedy import GreedyOptions, allocate_greedily
from budgets.methods.outcome import Fate
from budgets.methods.profile import Candidate, Profile

PARK = Candidate("park", 60, 40, area="north", categories=("green", "sport"))
TREES = Candidate("trees", 30, 30, area="north", categories=("green",))
ROAD = Candidate("road", 50, 20, area="south")
PROFILE = Profile(100, (PARK, TREES, ROAD), voters=100, electorate=400)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"threshold_percent": 0}, "threshold_percent must be more than 0"),
        ({"min_turnout_percent": 101}, "at most 100"),
        ({"cost_multiple": 0}, "cost_multiple must be more than 0"),
        ({"min_turnout": 0}, "min_turnout must be a whole number"),
        ({"min_turnout": Fraction(1, 2)}, "min_turnout must be a whole number"),
        ({"exclusions": (("park",),)}, "two or more projects"),
        ({"exclusions": (("park", "park"),)}, "each of them once"),
        ({"category_caps": (("green", -1),)}, "negative"),
        ({"area_caps": (("north", 1), ("north", 2))}, "twice"),
    ],
)
def test_conditions_that_make_no_sense_are_refused(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Constraints(**options)


@pytest.mark.parametrize(
    ("profile", "constraints", "why"),
    [
        (PROFILE, Constraints(exclusions=(("park", "pool"),)), "names 'pool'"),
        (PROFILE, Constraints(category_caps=(("art", 5),)), "'art', but no project"),
        (PROFILE, Constraints(area_caps=(("east", 5),)), "'east', but no project"),
        (replace(PROFILE, voters=None), Constraints(threshold_percent=5), "number of voters"),
        (replace(PROFILE, electorate=None), Constraints(min_turnout_percent=5), "electorate"),
    ],
)
def test_conditions_that_do_not_fit_the_vote_are_refused(
    profile: Profile, constraints: Constraints, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        Limits(profile, constraints)


@pytest.mark.parametrize(
    ("constraints", "fate", "figures"),
    [
        (NO_CONSTRAINTS, None, {}),
        (Constraints(min_turnout=100), None, {}),
        (Constraints(min_turnout=101), Fate.TOO_FEW_VOTERS, {"needed": 101, "voters": 100}),
        (Constraints(min_turnout_percent=25), None, {}),
        (
            Constraints(min_turnout=5, min_turnout_percent=Fraction(101, 4)),
            Fate.TOO_FEW_VOTERS,
            {"needed": 101, "voters": 100},
        ),
        (Constraints(threshold_percent=20), None, {}),
        (
            Constraints(threshold_percent=Fraction(41, 2)),
            Fate.TOO_FEW_SUPPORTERS,
            {"needed": 21},
        ),
        (Constraints(cost_multiple=Fraction(5, 2)), None, {}),
        (Constraints(cost_multiple=2), Fate.TOO_FEW_SUPPORTERS, {"needed": 25}),
    ],
)
def test_a_project_takes_part_only_if_the_conditions_hold(
    constraints: Constraints, fate: Fate | None, figures: dict[str, int]
) -> None:
    decision = set_aside(ROAD, PROFILE, constraints, None)
    assert (decision.fate if decision else None) is fate
    assert {name: decision.params[name] for name in figures} == figures if decision else not figures


def test_without_money_a_project_that_costs_something_is_not_worth_its_votes() -> None:
    poor = replace(PROFILE, budget=0)
    decision = set_aside(ROAD, poor, Constraints(cost_multiple=3), None)
    assert decision is not None
    assert decision.needed == 101


@pytest.mark.parametrize(
    ("constraints", "funded", "bar"),
    [
        (Constraints(exclusions=(("park", "trees", "road"),)), [], None),
        (Constraints(exclusions=(("park", "trees"), ("trees", "road"))), ["road", "park"], "park"),
        (Constraints(category_caps=(("green", 90),)), ["park"], None),
        (Constraints(category_caps=(("green", 89),)), ["park"], ("green", 89)),
        (Constraints(category_caps=(("green", 89),)), ["road"], None),
        (Constraints(area_caps=(("north", 20),)), [], ("north", 20)),
        (
            Constraints(area_caps=(("north", 20),), category_caps=(("green", 10),)),
            [],
            ("green", 10),
        ),
    ],
)
def test_a_project_is_barred_by_what_is_funded(
    constraints: Constraints, funded: list[str], bar: str | tuple[str, int] | None
) -> None:
    found = Limits(PROFILE, constraints).bar("trees", funded)
    if bar is None:
        assert found is None
    elif isinstance(bar, str):
        assert found == Bar(rival=bar)
    else:
        assert found == Bar(limit=bar[0], cap=bar[1])


def test_greedy_tells_what_kept_a_project_out() -> None:
    constraints = Constraints(exclusions=(("park", "trees"),), area_caps=(("south", 40),))
    outcome = allocate_greedily(PROFILE, GreedyOptions(skip=False, constraints=constraints))
    assert outcome.winners == ("park",)
    told = {one.key: one.as_data() for one in outcome.decisions}
    assert (told["trees"]["fate"], told["trees"]["rival"]) == ("excluded", "park")
    assert (told["road"]["fate"], told["road"]["limit"], told["road"]["cap"]) == (
        "over_limit",
        "south",
        40,
    )


def test_money_from_outside_pays_what_the_rest_nearly_pays() -> None:
    outcome = allocate_greedily(PROFILE, GreedyOptions(outside_percent=20))
    assert outcome.winners == ("park", "trees", "road")
    assert (outcome.cost, outcome.left, outcome.outside) == (100, 0, 40)
    assert outcome.as_data()["outside"] == 40
    assert outcome.decisions[-1].fate is Fate.FUNDED_WITH_OUTSIDE
    assert outcome.decisions[-1].outside == 40
    assert allocate_greedily(PROFILE, GreedyOptions(outside_percent=21)).outside == 0


@pytest.mark.parametrize("percent", [0, 100, -1])
def test_a_percentage_from_outside_that_makes_no_sense_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="outside_percent"):
        GreedyOptions(outside_percent=percent)


# --- Ties under conditions, against every order ---


@st.composite
def level_profiles(draw: st.DrawFn) -> tuple[Profile, GreedyOptions]:
    """One group of equal scores, so that its members are all that orders can change."""
    keys = "abcd"[: draw(st.integers(2, 4))]
    pool = draw(st.sets(st.sampled_from(keys)))
    candidates = tuple(
        Candidate(key, draw(st.integers(0, 8)), 5, categories=("pool",) if key in pool else ("",))
        for key in keys
    )
    groups = st.lists(st.sampled_from(keys), min_size=2, max_size=3, unique=True).map(tuple)
    constraints = Constraints(
        exclusions=tuple(draw(st.lists(groups, max_size=1))),
        category_caps=(("pool", draw(st.integers(0, 12))),) if pool else (),
    )
    options = GreedyOptions(
        skip=draw(st.booleans()),
        outside_percent=draw(st.sampled_from([None, None, 50, 80])),
        constraints=constraints,
    )
    return Profile(draw(st.integers(0, 20)), candidates), options


@settings(deadline=None, max_examples=400)
@given(level_profiles())
def test_what_is_said_of_a_tie_holds_in_every_order(case: tuple[Profile, GreedyOptions]) -> None:
    profile, options = case
    keys = [one.key for one in profile.candidates]
    results = {
        frozenset(allocate_greedily(profile, options, order).winners)
        for order in permutations(keys)
    }
    outcome = allocate_greedily(profile, options)
    [tie] = outcome.ties
    assert tie.mattered == outcome.undecided
    if options.outside_percent is not None and any(not one.cost for one in profile.candidates):
        assert tie.mattered or len(results) == 1  # errs on the safe side, as docs/counting.md says
    else:
        assert tie.mattered == (len(results) > 1)
    ever, always = frozenset().union(*results), frozenset.intersection(*results)
    assert set(outcome.winners) <= always
    assert ever - always <= set(outcome.winners) | set(outcome.contested)
    if tie.exact:
        assert set(outcome.winners) == always
        assert set(outcome.contested) == ever - always
