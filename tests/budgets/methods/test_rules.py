"""The names of rules."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import pytest

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import Completion, EqualSharesOptions, StepOf, Utility
from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Ballots, Candidate, Profile
from budgets.methods.rules import (
    EQUAL_SHARES,
    OPTIONS,
    RULES,
    Options,
    Rule,
    options_from_data,
    rule_named,
)
from proceedings.refusals import Refusal
from voting.log import canonical

if TYPE_CHECKING:
    from voting.log import Json

PROFILE = Profile(
    10,
    (Candidate("a", 6, 3), Candidate("b", 5, 2), Candidate("c", 4, 1)),
    Ballots.of([([("a", 1)], 3), ([("b", 1)], 2), ([("c", 1)], 1)]),
)


@pytest.mark.parametrize(
    ("name", "winners"),
    [
        ("greedy", ("a", "c")),
        ("greedy-threshold", ("a", "c")),
        ("greedy-no-skip", ("a",)),
        ("greedy-exclusive", ("a", "c")),
        ("greedy-custom", ("a",)),
        ("equalshares", ()),
        ("equalshares/add1", ()),
        ("equalshares-comparison", ("a", "c")),
        ("equalshares/add1-comparison", ("a", "c")),
    ],
)
def test_each_name_counts_its_variant(name: str, winners: tuple[str, ...]) -> None:
    rule = rule_named(name)
    assert isinstance(rule, Rule)
    assert rule.count(PROFILE).winners == winners


def test_every_row_has_its_own_name_and_says_whether_it_can_be_stored() -> None:
    assert {rule.name for rule in RULES.values()} == RULES.keys()
    assert {name for name in RULES if not RULES[name].needs_ballots} == {
        name for name in RULES if name.startswith("greedy")
    }
    assert EQUAL_SHARES.needs_ballots


VARIANTS = [
    GreedyOptions(),
    GreedyOptions(skip=False, threshold=30, tie_orders=("lower_cost", "more_votes")),
    GreedyOptions(outside_percent=80, constraints=Constraints(threshold_percent=Fraction(5, 2))),
    EqualSharesOptions(),
    EqualSharesOptions(
        utility=Utility.POINTS,
        completion=Completion.ADD1_EXHAUSTIVE,
        then_greedy=True,
        step=Fraction(1, 3),
        step_of=StepOf.MONEY,
        comparison=True,
        threshold=2,
        tie_orders=("more_votes",),
        constraints=Constraints(
            cost_multiple=3,
            min_turnout=10,
            min_turnout_percent=Fraction(1, 3),
            exclusions=(("a", "b"), ("b", "c")),
            category_caps=(("green", 5),),
            area_caps=(("north", Fraction(1, 3)),),
        ),
    ),
]


@pytest.mark.parametrize("options", VARIANTS)
def test_options_come_back_from_canonical_json(options: Options) -> None:
    data = json.loads(canonical(cast("Json", options.as_data())))
    assert options_from_data(data) == options
    assert data["rule"] in OPTIONS


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rule": "dictator"}, "no method"),
        ({"constraints": {"colour": 1}}, "no constraint 'colour'"),
        ({"constraints": {"min_turnout": "1/2"}}, "whole number"),
        ({"step": "much"}, "not an exact number"),
        ({"utility": "joy"}, "joy"),
        ({"tie": ["oldest"]}, "Unknown tie order"),
    ],
)
def test_data_that_no_options_wrote_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        options_from_data({**EqualSharesOptions().as_data(), **change})


def test_rules_with_additions_of_their_own_say_so() -> None:
    assert {name for name, rule in RULES.items() if rule.caveat} == {
        "greedy-exclusive",
        "greedy-custom",
    }


def test_options_of_one_count_are_added_to_the_rule() -> None:
    rule = RULES["greedy-no-skip"].with_options(threshold=2, tie_orders=("lower_cost",))
    assert rule.options == GreedyOptions(skip=False, threshold=2, tie_orders=("lower_cost",))
    assert rule.with_options(threshold=None).options.tie_orders == ("lower_cost",)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("unknown", "rule_not_stated"),
        ("", "rule_not_stated"),
        ("dictator", "rule_unknown"),
    ],
)
def test_a_rule_that_cannot_be_counted_is_refused_by_name(name: str, code: str) -> None:
    refusal = rule_named(name)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert name in refusal.message % refusal.params or code == "rule_not_stated"
    assert "greedy-no-skip" in refusal.next_step % refusal.params
