"""Spend the money by the frozen rule once the votes are counted, and publish both together."""

from __future__ import annotations

import json
import logging
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.utils import timezone

from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Candidate, Profile
from budgets.methods.rules import METHODS
from budgets.models import Allocation, Budget, BudgetState, Project, ProjectState
from budgets.pabulib import write_pabulib
from budgets.selectors.exporting import election_of
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refused
from proceedings.services import SYSTEM, record_event
from voting.log import Json, LeafKind, canonical, digest
from voting.models import Contest, ContestState, PromisedLeaf
from voting.selectors import ballot_design, frozen_config_of
from voting.selectors.counting import box_of, count
from voting.services.counting import publish
from voting.services.notices import announce_result

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal

    from budgets.methods.outcome import Outcome
    from voting.tally.result import TallyResult

log = logging.getLogger("madang.budgets")


def allocate_due() -> int:
    """Allocate and publish every budget whose contest is counted and whose day has come."""
    today = timezone.localdate()
    done = 0
    waiting = Budget.objects.filter(
        contest__outcome="allocation", contest__state=ContestState.COUNTED
    ).exclude(contest__result_on__gt=today)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        try:
            allocated = allocate_budget(budget_id=pk)
        except Refused as refused:
            log.warning("budget refused", extra={"budget": pk, "why": refused.refusal.code})
            continue
        if allocated is not None:
            done += 1
            announce_result(contest_id=cast("int", allocated.budget.contest_id))
    return done


@transaction.atomic(durable=True)
def allocate_budget(*, budget_id: int, actor_ref: str = SYSTEM) -> Allocation | None:
    """Allocate one counted budget and publish it; None if it is not counted (or done already)."""
    budget = Budget.objects.select_related("area").get(pk=budget_id)
    if budget.contest_id is None:
        return None
    lock_exclusive(f"contest:{budget.contest_id}")
    contest = Contest.objects.select_for_update().get(pk=budget.contest_id)
    if contest.state != ContestState.COUNTED:
        return None
    rule = cast("Mapping[str, Json]", frozen_config_of(contest)["allocation"])
    box = box_of(contest)
    result = count(contest, box)
    withdrawn = withdrawn_keys(contest)
    outcome = count_money(contest, result, rule, withdrawn)
    allocation: dict[str, Json] = {
        "lot": None,
        "withdrawn": cast("Json", withdrawn),
        "outcome": cast("Json", outcome.as_data()),
    }
    last = budget.allocations.first()
    stored = Allocation.objects.create(
        budget=budget,
        version=last.version + 1 if last else 1,
        rule=dict(rule),
        result=allocation,
        digest=digest(canonical(allocation)),
    )
    _mark_projects(budget, outcome)
    publish(
        contest,
        box,
        result,
        actor_ref=actor_ref,
        allocation=allocation,
        election_pb=write_pabulib(election_of(budget, contest, box, outcome)).encode(),
    )
    record_event(
        action=Action.BUDGET_ALLOCATED,
        actor_ref=actor_ref,
        subject=f"budgets.budget:{budget.pk}",
        data={"version": stored.version, "winners": len(outcome.winners), "digest": stored.digest},
    )
    return stored


def withdrawn_keys(contest: Contest) -> list[str]:
    """Options that a correction in the contest's log withdrew after they were frozen."""
    leaves = PromisedLeaf.objects.filter(contest=contest, kind=LeafKind.CORRECTION)
    told = [
        json.loads(data) for data in leaves.order_by("place__index").values_list("data", flat=True)
    ]
    return [str(key) for leaf in told for key in leaf.get("withdrawn", [])]


def count_money(
    contest: Contest, result: TallyResult, rule: Mapping[str, Json], withdrawn: Collection[str] = ()
) -> Outcome:
    """Run the frozen allocation rule over the counted votes; withdrawn projects are passed over."""
    votes = {one.key: one.counts["votes"] for one in result.options}
    profile = Profile(
        budget=_exact(rule["budget"]),
        candidates=tuple(
            Candidate(
                key=option.key,
                cost=option.cost or 0,
                score=votes[option.key],
                withdrawn=option.key in withdrawn,
            )
            for option in ballot_design(contest).options
        ),
    )
    options = GreedyOptions(
        skip=bool(rule["skip"]),
        threshold=cast("int | None", rule["threshold"]),
        tie_orders=tuple(cast("list[str]", rule["tie"])),
    )
    return METHODS[str(rule["rule"])](profile, options, None)


def _exact(value: Json) -> int | Fraction:
    return value if isinstance(value, int) else Fraction(str(value))


def _mark_projects(budget: Budget, outcome: Outcome) -> None:
    """Show the outcome on the projects (a pointer: the allocation row is the record)."""
    won = set(outcome.winners)
    open_keys = {key for tie in outcome.ties for key in tie.contested}
    on_ballot = Project.objects.filter(
        budget=budget,
        state__in=[ProjectState.ON_BALLOT, ProjectState.SELECTED, ProjectState.NOT_SELECTED],
    )
    on_ballot.filter(code__in=won).update(state=ProjectState.SELECTED)
    on_ballot.exclude(code__in=won | open_keys).update(state=ProjectState.NOT_SELECTED)
    Budget.objects.filter(pk=budget.pk).update(state=BudgetState.ALLOCATED)


def money_text(amount: int | Fraction | Decimal) -> Json:
    """An amount for the frozen rule: a whole number, or a fraction as text."""
    exact = Fraction(amount)
    return int(exact) if exact.denominator == 1 else str(exact)
