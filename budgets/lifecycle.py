"""How a budget and its projects move, and what must hold before they do.

Pure: values in, None or a refusal out. Amounts are exact numbers of one currency.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from decimal import Decimal


class State(StrEnum):
    """Where a budget stands."""

    PREPARING = "preparing"
    REVIEWING = "reviewing"
    VOTING = "voting"
    COUNTING = "counting"
    ALLOCATED = "allocated"
    EXECUTING = "executing"
    SETTLED = "settled"


ORDER: tuple[State, ...] = tuple(State)
"""The line of stages that a page shows."""

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.PREPARING: frozenset({State.REVIEWING}),
        State.REVIEWING: frozenset({State.PREPARING}),
        State.VOTING: frozenset({State.REVIEWING}),
        State.ALLOCATED: frozenset({State.EXECUTING}),
        State.EXECUTING: frozenset({State.SETTLED}),
    }
)
"""What the office does by hand; the contest and the allocation do the rest."""

OPEN_TO_CHANGE = frozenset({State.PREPARING, State.REVIEWING})
"""As long as nothing is on a ballot, budget and projects may be changed."""

CONTEST_STAGE: Mapping[str, State] = MappingProxyType(
    dict.fromkeys(("closed", "boxed", "opened", "counted", "disputed", "recount"), State.COUNTING)
)
"""A contest's state that puts its budget into another stage than the stored one."""


def stage_of(state: str, contest_state: str | None) -> State:
    """The stage that people see: while the contest is being counted, the budget is too."""
    stored = State(state)
    if stored is State.VOTING and contest_state is not None:
        return CONTEST_STAGE.get(contest_state, stored)
    return stored


def check_move(state: str, to: str, *, contest_state: str | None, imported: bool) -> Refusal | None:
    """None if the office may move a budget on (or back) now."""
    if imported:
        return IMPORTED
    if State(to) not in MOVES.get(State(state), frozenset()):
        return Refusal(
            "no_such_move",
            mark("This budget cannot move to that stage from where it stands."),
            mark("The vote and its count move it by themselves."),
        )
    if State(state) is State.VOTING and contest_state != "draft":
        return Refusal(
            "contest_frozen",
            mark("The contest is frozen; its projects do not change any more."),
            mark("Before it opens you can take the contest back to draft on its own page."),
        )
    return None


IMPORTED = Refusal(
    "imported",
    mark("This budget was imported; it stays as the file has it."),
)


def check_open(state: str, *, imported: bool) -> Refusal | None:
    """None while projects may be written, changed and reviewed."""
    if imported:
        return IMPORTED
    if State(state) in OPEN_TO_CHANGE:
        return None
    return Refusal(
        "projects_closed",
        mark("The projects of this budget stand on a ballot and do not change any more."),
        mark("Before the contest is frozen you can move the budget back to its review."),
    )


def line_sum(lines: Collection[tuple[Decimal, Decimal]]) -> Fraction:
    """What a cost breakdown adds up to; `lines` are (quantity, unit price)."""
    return sum((Fraction(quantity) * Fraction(price) for quantity, price in lines), Fraction(0))


def check_breakdown(lines: Collection[tuple[Decimal, Decimal]], cost: Decimal) -> Refusal | None:
    """None if the breakdown gives the cost; an empty one says nothing."""
    total = line_sum(lines)
    if not lines or total == Fraction(cost):
        return None
    return Refusal(
        "breakdown_differs",
        mark("The breakdown adds up to %(sum)s won, but the cost is %(cost)s won."),
        mark("Please correct a line or the cost; the difference is %(difference)s won."),
        {
            "sum": _plain(total),
            "cost": _plain(Fraction(cost)),
            "difference": _plain(abs(total - Fraction(cost))),
        },
        form_field="cost",
    )


def check_cost(cost: Decimal, cap: Decimal) -> Refusal | None:
    """None for a project that the budget could pay if it came first."""
    if 0 < cost <= cap:
        return None
    return Refusal(
        "cost_beyond_cap",
        mark(
            "A project must cost more than 0 and at most the cap of %(cap)s won; "
            "this one: %(cost)s won."
        ),
        mark("Please make it smaller, or divide it."),
        {"cap": _plain(Fraction(cap)), "cost": _plain(Fraction(cost))},
        form_field="cost",
    )


def check_ballot(
    state: str, eligible: int, waiting: Sequence[str], *, imported: bool
) -> list[Refusal]:
    """Everything that keeps a budget's projects off the ballot; empty means ready.

    `eligible` counts the projects found eligible, `waiting` are titles without a review.
    """
    if imported:
        return [IMPORTED]
    missing = []
    if State(state) is not State.REVIEWING:
        missing.append(
            Refusal(
                "not_reviewing",
                mark("The contest is prepared at the end of the department review."),
                mark("Move the budget to its review first."),
            )
        )
    if waiting:
        missing.append(
            Refusal(
                "reviews_missing",
                mark("%(count)s projects wait for their review: %(titles)s."),
                mark("Each project needs a verdict with a note before people vote."),
                {"count": len(waiting), "titles": ", ".join(waiting[:3])},
            )
        )
    if not eligible:
        missing.append(
            Refusal(
                "nothing_eligible",
                mark("No project was found eligible, so there is nothing to vote on."),
            )
        )
    return missing


def _plain(amount: Fraction) -> int | str:
    return amount.numerator if amount.denominator == 1 else f"{float(amount):,.2f}"
