"""Spend the money by the frozen rule once the votes are counted, and publish both together."""

from __future__ import annotations

import json
from contextvars import copy_context
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.utils import timezone

from budgets.methods.beside import beside_plain_votes, side_by_side
from budgets.methods.equal_shares import ON_RUN
from budgets.methods.greedy import GreedyOptions
from budgets.methods.outcome import OPEN_FATES, Fate, nothing_given
from budgets.methods.profile import Ballots, Candidate, Profile
from budgets.methods.rules import count as count_by
from budgets.methods.rules import options_from_data
from budgets.models import Allocation, Budget, BudgetState, Project, ProjectState
from budgets.pabulib import write_pabulib
from budgets.selectors.exporting import election_of
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.services import SYSTEM, Round, record_event
from voting import recount_money, recount_shares
from voting.ballots import points_of
from voting.log import Json, LeafKind, canonical, digest
from voting.models import Contest, ContestState, PromisedLeaf
from voting.selectors import ballot_design, frozen_config_of, rule_of
from voting.selectors.counting import count, input_of, lines_of, marks_of, runs_of
from voting.selectors.lots import is_left_to_lot
from voting.services.counting import confirmed_count, publish
from voting.services.runs import Verdict, dispute, run_engines, tell_run, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from budgets.methods.beside import Beside
    from budgets.methods.outcome import Outcome
    from voting.models import Publication
    from voting.selectors.counting import CountInput
    from voting.tally.result import Exact, TallyResult


@dataclass(frozen=True)
class MoneyInput:
    """What the money is given out by besides the frozen rule: the counted votes, and what befell.

    `counts` are those of each project; `withdrawn` the projects that a correction took out.
    """

    given: CountInput
    counts: Mapping[str, Mapping[str, Exact]]
    withdrawn: tuple[str, ...]

    @cached_property
    def root(self) -> str:
        """Digest of box, lot and withdrawn projects."""
        return digest(canonical({"money": self.given.root, "withdrawn": list(self.withdrawn)}))


@dataclass(frozen=True)
class CountedAnew:
    """The money of one input given out once more, and the same ballots counted the other way.

    It is made before the lock is taken; what is published has the same input or waits.
    """

    root: str
    outcome: Outcome
    beside: Beside


def money_input(contest: Contest, given: CountInput, result: TallyResult) -> MoneyInput:
    """The money's input as it follows from a count."""
    counts = {one.key: one.counts for one in result.options}
    return MoneyInput(given, counts, tuple(withdrawn_keys(contest)))


def withdrawn_keys(contest: Contest) -> list[str]:
    """Options that a correction in the contest's log withdrew after they were frozen."""
    leaves = PromisedLeaf.objects.filter(contest=contest, kind=LeafKind.CORRECTION)
    told = [
        json.loads(data) for data in leaves.order_by("place__index").values_list("data", flat=True)
    ]
    return [str(key) for leaf in told for key in leaf.get("withdrawn", [])]


# --- Two engines --------------------------------------------------------------------------------


def count_money(contest: Contest, money: MoneyInput) -> Outcome:
    """Run the frozen allocation rule over the counted votes; withdrawn projects are passed over."""
    options = options_from_data(rule_of_money(contest))
    return count_by(profile_of(contest, money), options, money.given.lot)


def count_money_plainly(contest: Contest, money: MoneyInput) -> dict[str, Json]:
    """The same by the second engine, which is also in every bundle."""
    config = dict(frozen_config_of(contest))
    lot, gone = list(money.given.lot or ()), list(money.withdrawn)
    lines = lines_of(contest, money.given.box)
    counts = {key: dict(told) for key, told in money.counts.items()}
    return recount_money.spend(config, counts, lines, lot, gone, money.given.box.roll)


ENGINES: Mapping[str, Callable[[Contest, MoneyInput], Mapping[str, Json]]] = {
    "money/main/1": lambda contest, money: plain_outcome(count_money(contest, money)),
    "money/plain/1": count_money_plainly,
}
"""Written apart, they must agree about every budget."""


def telling(engine: Callable[[], Mapping[str, Json]]) -> Mapping[str, Json]:
    """Let an engine tell at which of its runs it is, for the pages of those who wait."""
    context = copy_context()
    for heard in (ON_RUN, recount_shares.ON_RUN):
        context.run(heard.set, tell_run)
    return context.run(engine)


def plain_outcome(outcome: Outcome) -> dict[str, Json]:
    """An outcome as it is stored, published and compared."""
    return cast("dict[str, Json]", outcome.as_data())


def profile_of(contest: Contest, money: MoneyInput) -> Profile:
    """The projects with their costs and votes, and the ballots, as the methods read them."""
    rule, box = rule_of_money(contest), money.given.box
    areas = cast("dict[str, str]", rule.get("areas", {}))
    categories = cast("dict[str, list[str]]", rule.get("categories", {}))
    return Profile(
        budget=_exact(rule["budget"]),
        candidates=tuple(
            Candidate(
                key=option.key,
                cost=option.cost or 0,
                score=score_of(told),
                votes=int(told["votes"]),
                withdrawn=option.key in money.withdrawn,
                area=areas.get(option.key, ""),
                categories=tuple(categories.get(option.key, ())),
            )
            for option in ballot_design(contest).options
            for told in [money.counts[option.key]]
        ),
        ballots=Ballots.of(
            (points_of(marks).items(), number) for marks, number in marks_of(box).items()
        ),
        electorate=box.roll,
        threshold_of_votes=True,
    )


def score_of(told: Mapping[str, Exact]) -> Exact:
    """What a project is ranked by: points of 100 by weight, points, or votes."""
    return next(told[name] for name in ("weighted", "points", "votes") if name in told)


def rule_of_money(contest: Contest) -> Mapping[str, Json]:
    """The frozen rule by which the money is given out."""
    return cast("Mapping[str, Json]", frozen_config_of(contest)["allocation"])


def _exact(value: Json) -> int | Fraction:
    return value if isinstance(value, int) else Fraction(str(value))


# --- Giving it out ------------------------------------------------------------------------------


def allocate_due() -> int:
    """Allocate and publish every budget whose contest is counted and whose day has come."""
    waiting = Budget.objects.filter(
        contest__outcome="allocation", contest__state=ContestState.COUNTED
    ).exclude(contest__result_on__gt=timezone.localdate())
    walk = Round()
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        walk.take(partial(allocate_budget, budget_id=pk), budget=pk)
    return walk.end()


def allocate_budget(*, budget_id: int, actor_ref: str = SYSTEM) -> Publication | None:
    """Have both engines give out a counted budget's money, and publish what they agree on.

    None if there is nothing to publish: not counted, published already, engines still at work or
    in dispute. Where too few people took part there is no money to give out.
    """
    contest = Contest.objects.filter(budget=budget_id).first()
    if contest is None or contest.state != ContestState.COUNTED:
        return None
    given = input_of(contest)
    result = count(contest, given)
    anew = None
    if why_nothing(result) is None:
        money = money_input(contest, given, result)
        engines = {
            name: partial(telling, partial(engine, contest, money))
            for name, engine in ENGINES.items()
        }
        run_engines(contest_id=contest.pk, root=money.root, engines=engines)
        if verdict_of(contest, money.root, ENGINES) is Verdict.AGREED:
            anew = count_anew(contest, money)
    return _publish_budget(budget_id, contest.pk, actor_ref, anew)


def count_anew(contest: Contest, money: MoneyInput) -> CountedAnew:
    """Give the money out once more, and count the other way for those who read the result."""
    options, profile = options_from_data(rule_of_money(contest)), profile_of(contest, money)
    lot = money.given.lot
    outcome = count_by(profile, options, lot)
    if rule_of(contest).get("weights") and isinstance(options, GreedyOptions):
        beside = beside_plain_votes(profile, options, outcome, lot)
    else:
        beside = side_by_side(profile, options, outcome, lot)
    return CountedAnew(money.root, outcome, beside)


def why_nothing(result: TallyResult) -> Fate | None:
    """Why no money follows from a count: too few took part, or a part of it stayed empty."""
    stopped = {one.reason for one in result.options} & {Fate.QUORUM_MISSED, Fate.PART_EMPTY}
    return Fate(stopped.pop()) if stopped else None


@transaction.atomic(durable=True)
def _publish_budget(
    budget_id: int, contest_id: int, actor_ref: str, anew: CountedAnew | None
) -> Publication | None:
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.COUNTED:
        return None
    given = input_of(contest)
    result = confirmed_count(contest, given)
    if result is None:
        return None
    money = money_input(contest, given, result)
    nothing = why_nothing(result)
    if nothing is None:
        outcome = _confirmed_outcome(contest, money, anew)
    else:
        outcome = nothing_given(profile_of(contest, money), nothing)
    if outcome is None or (outcome.undecided and is_left_to_lot(contest)):
        return None
    budget = Budget.objects.select_related("area").get(pk=budget_id)
    stored = _store(budget, contest, money, outcome, anew.beside if anew else None)
    _mark_projects(budget, outcome)
    publication = publish(
        contest,
        given,
        result,
        actor_ref=actor_ref,
        allocation=stored.result if nothing is None else None,
        election_pb=write_pabulib(election_of(budget, contest, given.box, outcome)).encode(),
    )
    record_event(
        action=Action.BUDGET_ALLOCATED,
        actor_ref=actor_ref,
        subject=f"budgets.budget:{budget.pk}",
        data={"version": stored.version, "winners": len(outcome.winners), "digest": stored.digest},
    )
    return publication


def _confirmed_outcome(
    contest: Contest, money: MoneyInput, anew: CountedAnew | None
) -> Outcome | None:
    """What both engines and the count anew found; None if they differ, or not all are there yet."""
    verdict = verdict_of(contest, money.root, ENGINES)
    if verdict is Verdict.WAITING:
        return None
    if verdict is Verdict.AGREED:
        if anew is None or anew.root != money.root:
            return None  # agreed or changed just now: the next round publishes it
        stored = {run.result_digest for run in runs_of(contest, money.root)}
        if stored == {digest(canonical(plain_outcome(anew.outcome)))}:
            return anew.outcome
    dispute(contest, money.root)
    return None


def _store(
    budget: Budget,
    contest: Contest,
    money: MoneyInput,
    outcome: Outcome,
    beside: Beside | None,
) -> Allocation:
    used = any("lot" in tie.decided_by for tie in outcome.ties)
    lot: list[Json] = list(money.given.lot or ())
    allocation: dict[str, Json] = {
        "lot": lot if used else None,
        "withdrawn": list[Json](money.withdrawn),
        "outcome": plain_outcome(outcome),
    }
    last = budget.allocations.first()
    return Allocation.objects.create(
        budget=budget,
        version=last.version + 1 if last else 1,
        rule=dict(rule_of_money(contest)),
        result=allocation,
        beside=beside.as_data() if beside else {},
        paths=beside.paths_as_data() if beside else {},
        digest=digest(canonical(allocation)),
    )


def _mark_projects(budget: Budget, outcome: Outcome) -> None:
    """Show the outcome on the projects (a pointer: the allocation row is the record)."""
    waiting = {one.key for one in outcome.decisions if one.fate in OPEN_FATES}
    on_ballot = Project.objects.filter(
        budget=budget,
        state__in=[ProjectState.ON_BALLOT, ProjectState.SELECTED, ProjectState.NOT_SELECTED],
    )
    on_ballot.filter(code__in=outcome.winners).update(state=ProjectState.SELECTED)
    on_ballot.filter(code__in=waiting).update(state=ProjectState.ON_BALLOT)
    on_ballot.exclude(code__in=waiting.union(outcome.winners)).update(
        state=ProjectState.NOT_SELECTED
    )
    under_way = [BudgetState.EXECUTING, BudgetState.SETTLED]
    Budget.objects.filter(pk=budget.pk).exclude(state__in=under_way).update(
        state=BudgetState.ALLOCATED
    )


def money_text(amount: int | Fraction | Decimal) -> Json:
    """An amount for the frozen rule: a whole number, or a fraction as text."""
    exact = Fraction(amount)
    return int(exact) if exact.denominator == 1 else str(exact)
