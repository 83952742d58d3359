"""The names of rules."""

from __future__ import annotations

import pytest

from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Candidate, Profile
from budgets.methods.rules import METHODS, NOT_YET_COUNTED, RULES, Rule, rule_named
from proceedings.refusals import Refusal

PROFILE = Profile(10, (Candidate("a", 6, 3), Candidate("b", 5, 2), Candidate("c", 4, 1)))


@pytest.mark.parametrize(
    ("name", "winners"),
    [
        ("greedy", ("a", "c")),
        ("greedy-threshold", ("a", "c")),
        ("greedy-no-skip", ("a",)),
        ("greedy-exclusive", ("a", "c")),
        ("greedy-custom", ("a",)),
    ],
)
def test_each_name_counts_its_variant(name: str, winners: tuple[str, ...]) -> None:
    rule = rule_named(name)
    assert isinstance(rule, Rule)
    assert rule.count(PROFILE).winners == winners


def test_every_row_has_a_method_and_its_own_name() -> None:
    assert {rule.method for rule in RULES.values()} <= METHODS.keys()
    assert {rule.name for rule in RULES.values()} == RULES.keys()


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
        *((name, "rule_not_yet_counted") for name in NOT_YET_COUNTED),
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
