from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from budgets.forms.money import TIES, ContestForm
from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import Completion, EqualSharesOptions, StepOf, Utility
from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Candidate
from voting.configuration import BY_COST
from voting.models import ContestPreset

pytestmark = pytest.mark.django_db

CANDIDATES = (
    Candidate("01", 40, 0, area="느티동", categories=("안전",)),
    Candidate("02", 60, 0, area="장터동", categories=("복지",)),
)


def form_of(**data: Any) -> ContestForm:
    sent = {"method": "greedy", "tie_rule": "lower_lot", **data}
    return ContestForm(sent, candidates=CANDIDATES)


def test_votes_alone_are_enough() -> None:
    form = form_of(skip="0", threshold="20")
    assert form.is_valid(), form.errors
    assert form.options() == GreedyOptions(skip=False, threshold=20, tie_orders=("lower_cost",))


def test_every_condition_of_the_count_can_be_set() -> None:
    form = form_of(
        outside_percent="80", cost_multiple="1.5", min_turnout="100", min_turnout_percent="5"
    )
    assert form.is_valid(), form.errors
    options = form.options()
    assert isinstance(options, GreedyOptions)
    assert options.outside_percent == 80
    assert options.constraints == Constraints(
        cost_multiple=Fraction(3, 2), min_turnout=100, min_turnout_percent=5
    )


@pytest.mark.parametrize(
    ("choice", "orders", "tie_rule"),
    [(choice, *said) for choice, said in TIES.items()],
)
def test_one_choice_says_orders_and_end_of_a_tie(
    choice: str, orders: tuple[str, ...], tie_rule: str
) -> None:
    form = form_of(method="equal_shares", step="0.2", tie_rule=choice)
    assert form.is_valid(), form.errors
    assert (form.options().tie_orders, form.tie_end()) == (orders, tie_rule)
    assert ("lower_cost" in orders) == (tie_rule in BY_COST)
    assert set(TIES) == {value for value, _label in form.fields["tie_rule"].choices}  # type: ignore[attr-defined]  # a choice field


def test_equal_shares_with_all_their_switches() -> None:
    form = form_of(
        method="equal_shares",
        utility="cardinality",
        completion="add1_exhaustive",
        step="0.5",
        step_of="share",
        then_greedy="on",
        exclusions="01, 02\n",
        area_caps="느티동 80,000,000원\n",
        category_caps="안전 70",
        threshold_percent="5",
    )
    assert form.is_valid(), form.errors
    options = form.options()
    assert isinstance(options, EqualSharesOptions)
    assert options.utility is Utility.CARDINALITY
    assert options.completion is Completion.ADD1_EXHAUSTIVE
    assert (options.step, options.step_of) == (Fraction(1, 200), StepOf.SHARE)
    assert options.then_greedy
    assert not options.comparison
    assert options.constraints.exclusions == (("01", "02"),)
    assert options.constraints.area_caps == (("느티동", 80_000_000),)
    assert options.constraints.category_caps == (("안전", 70),)
    assert options.constraints.threshold_percent == 5


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("step", {"method": "equal_shares", "step": "0", "completion": "add1_overspend"}),
        ("exclusions", {"exclusions": "01"}),
        ("exclusions", {"exclusions": "01 01"}),
        ("area_caps", {"area_caps": "느티동 많이"}),
        ("area_caps", {"area_caps": "느티동 1\n느티동 2"}),
        ("threshold_percent", {"threshold_percent": "101"}),
        ("outside_percent", {"outside_percent": "100"}),
        ("outside_percent", {"method": "equal_shares", "step": "1", "outside_percent": "80"}),
        ("cost_multiple", {"cost_multiple": "0"}),
        ("min_turnout", {"min_turnout": "0"}),
        ("min_turnout_percent", {"min_turnout_percent": "101"}),
        ("tie_rule", {"tie_rule": "more_lot"}),
    ],
)
def test_what_cannot_be_read_is_named_beside_its_field(field: str, data: dict[str, Any]) -> None:
    form = form_of(**data)
    assert not form.is_valid()
    assert field in form.errors


def test_limits_are_asked_for_only_where_there_is_a_choice() -> None:
    form = ContestForm(candidates=CANDIDATES[:1])
    assert not {"exclusions", "area_caps", "category_caps"} & set(form.fields)


def preset_of(slug: str) -> int:
    return ContestPreset.objects.get(slug=slug).pk


@pytest.mark.parametrize("skip", ["1", "0"])
def test_what_a_preset_says_of_the_money_is_taken_with_the_conditions_of_the_form(
    skip: str,
) -> None:
    form = form_of(method="preset", preset=preset_of("budget-shares"), threshold="7", skip=skip)
    assert form.is_valid(), form.errors
    assert form.options() == EqualSharesOptions(threshold=7, tie_orders=("lower_cost",))
    own = form_of(method="greedy", preset=preset_of("budget-shares"), skip=skip)
    assert own.is_valid(), own.errors
    assert own.options() == GreedyOptions(skip=skip == "1", tie_orders=("lower_cost",))


def test_preset_that_says_nothing_of_the_money_is_by_votes() -> None:
    for preset in (None, preset_of("budget-district"), preset_of("budget-district-30")):
        form = form_of(method="preset", preset=preset)
        assert form.is_valid(), form.errors
        assert isinstance(form.options(), GreedyOptions)


@pytest.mark.parametrize(
    ("said", "slug", "groups"),
    [
        ("", "budget-district-20", "area"),
        ("", "budget-district", "field"),
        ("preset", "budget-district-30", "field"),
        ("area", "budget-district-30", "area"),
        ("area", "budget-district", "area"),
        ("field", "budget-district-20", "field"),
    ],
)
def test_projects_stand_together_as_said_or_as_the_preset_says(
    said: str, slug: str, groups: str
) -> None:
    form = form_of(groups=said, preset=preset_of(slug))
    assert form.is_valid(), form.errors
    assert form.chosen_groups() == groups


def test_equal_shares_are_refused_with_a_preset_that_sets_weights() -> None:
    form = form_of(method="equal_shares", step="0.2", preset=preset_of("budget-district-20"))
    assert form.has_error("method", "weights")


def test_more_votes_can_put_level_points_in_order() -> None:
    said = {"method": "preset", "tie_rule": "more_lot"}
    assert form_of(preset=preset_of("budget-district"), **said).has_error("tie_rule", "same_votes")
    form = form_of(preset=preset_of("budget-district-30"), **said)
    assert form.is_valid(), form.errors
    assert form.options().tie_orders == ("more_votes",)
