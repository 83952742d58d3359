"""How a budget moves, and what its projects must add up to."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from budgets.lifecycle import (
    MOVES,
    State,
    check_ballot,
    check_breakdown,
    check_cost,
    check_move,
    check_open,
    stage_of,
)
from budgets.models import BudgetState

if TYPE_CHECKING:
    from proceedings.refusals import Refusal


def code_of(refusal: Refusal | None) -> str:
    return refusal.code if refusal else ""


def test_the_table_and_the_model_name_the_same_states() -> None:
    assert [state.value for state in State] == BudgetState.values


@pytest.mark.parametrize(
    ("contest", "shown"),
    [("open", State.VOTING), ("closed", State.COUNTING), ("counted", State.COUNTING)],
)
def test_a_budget_is_counted_while_its_contest_is(contest: str, shown: State) -> None:
    assert stage_of("voting", contest) is shown


def test_an_allocated_budget_stays_so_whatever_its_contest_does() -> None:
    assert stage_of("allocated", "recount") is State.ALLOCATED


@pytest.mark.parametrize("state", list(State))
def test_only_the_moves_of_the_table_are_made_by_hand(state: State) -> None:
    possible = {
        to for to in State if check_move(state, to, contest_state="draft", imported=False) is None
    }
    assert possible == MOVES.get(state, frozenset())


def test_a_frozen_contest_holds_its_budget_at_the_vote() -> None:
    refusal = check_move("voting", "reviewing", contest_state="frozen", imported=False)
    assert code_of(refusal) == "contest_frozen"


def test_an_imported_budget_is_neither_moved_nor_changed() -> None:
    moved = check_move("allocated", "executing", contest_state="published", imported=True)
    assert code_of(moved) == "imported"
    assert code_of(check_open("preparing", imported=True)) == "imported"


def test_projects_are_closed_once_they_are_on_a_ballot() -> None:
    assert check_open("reviewing", imported=False) is None
    assert code_of(check_open("voting", imported=False)) == "projects_closed"


def test_a_breakdown_that_differs_names_both_figures_and_the_difference() -> None:
    lines = [(Decimal(60), Decimal(800_000)), (Decimal(1), Decimal(500_000))]
    refusal = check_breakdown(lines, Decimal(48_000_000))
    assert refusal is not None
    assert refusal.params == {"sum": 48_500_000, "cost": 48_000_000, "difference": 500_000}
    assert refusal.form_field == "cost"


def test_a_breakdown_that_fits_or_is_not_there_is_fine() -> None:
    assert check_breakdown([(Decimal("1.5"), Decimal(2))], Decimal(3)) is None
    assert check_breakdown([], Decimal(3)) is None


@pytest.mark.parametrize(
    ("cost", "code"), [(0, "cost_beyond_cap"), (1, ""), (10, ""), (11, "cost_beyond_cap")]
)
def test_a_project_costs_something_and_at_most_the_cap(cost: int, code: str) -> None:
    assert code_of(check_cost(Decimal(cost), Decimal(10))) == code


def test_everything_that_keeps_a_budget_from_its_vote_is_listed() -> None:
    gaps = check_ballot("preparing", 0, ["가", "나", "다", "라"], imported=False)
    assert [gap.code for gap in gaps] == ["not_reviewing", "reviews_missing", "nothing_eligible"]
    assert gaps[1].params == {"count": 4, "titles": "가, 나, 다"}
    assert check_ballot("reviewing", 1, [], imported=False) == []
