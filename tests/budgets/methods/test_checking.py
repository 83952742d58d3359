from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from budgets.methods.checking import check_rule
from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import (
    Completion,
    EqualSharesOptions,
    StepOf,
    Utility,
)
from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Candidate

if TYPE_CHECKING:
    from budgets.methods.rules import Options

CANDIDATES = (
    Candidate("01", 40, 0, area="느티동", categories=("안전",)),
    Candidate("02", 60, 0, area="장터동", categories=("안전", "복지")),
)
SHARES = EqualSharesOptions()


def limits(**conditions: object) -> GreedyOptions:
    return GreedyOptions(constraints=Constraints(**conditions))  # type: ignore[arg-type]  # a test names them


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        (replace(SHARES, utility=Utility.POINTS), "points_without_points", "utility"),
        (replace(SHARES, step=Fraction(1, 9000)), "step_too_small", "step"),
        (replace(SHARES, step=101, step_of=StepOf.MONEY), "step_too_large", "step"),
        (limits(exclusions=(("01", "09"),)), "unknown_exclusion", "exclusions"),
        (limits(area_caps=(("샘물동", 50),)), "limit_without_projects", "area_caps"),
        (limits(category_caps=(("환경", 50),)), "limit_without_projects", "category_caps"),
        (limits(area_caps=(("느티동", 101),)), "limit_above_budget", "area_caps"),
        (limits(area_caps=(("장터동", 59),)), "limit_below_costs", "area_caps"),
        (limits(category_caps=(("복지", 59),)), "limit_below_costs", "category_caps"),
    ],
)
def test_what_cannot_be_counted_is_refused_beside_its_field(
    options: Options, code: str, field: str
) -> None:
    refusal = check_rule(options, CANDIDATES, 100)
    assert refusal is not None
    assert (refusal.code, refusal.form_field) == (code, field)


@pytest.mark.parametrize(
    "options",
    [
        GreedyOptions(),
        SHARES,
        replace(SHARES, completion=Completion.NONE, step=Fraction(1, 9000)),
        limits(exclusions=(("01", "02"),), area_caps=(("장터동", 60),)),
        limits(category_caps=(("안전", 40),)),
    ],
)
def test_what_can_be_counted_is_not_refused(options: Options) -> None:
    assert check_rule(options, CANDIDATES, 100) is None


def test_points_are_counted_where_ballots_give_points() -> None:
    options = replace(SHARES, utility=Utility.POINTS)
    assert check_rule(options, CANDIDATES, 100, pointed=True) is None
