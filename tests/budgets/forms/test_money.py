from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from budgets.forms.money import ContestForm
from budgets.methods.equal_shares import Completion, EqualSharesOptions, StepOf, Utility
from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Candidate

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
    assert form.options() == GreedyOptions(skip=False, threshold=20)


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
    ],
)
def test_what_cannot_be_read_is_named_beside_its_field(field: str, data: dict[str, Any]) -> None:
    form = form_of(**data)
    assert not form.is_valid()
    assert field in form.errors


def test_limits_are_asked_for_only_where_there_is_a_choice() -> None:
    form = ContestForm(candidates=CANDIDATES[:1])
    assert not {"exclusions", "area_caps", "category_caps"} & set(form.fields)
