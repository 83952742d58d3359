"""Equal shares as a budget method: from a profile to an outcome with every figure."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from budgets.methods.constraints import Limits, set_aside
from budgets.methods.equal_shares.completion import Counting, Money, Runs
from budgets.methods.equal_shares.exploring import matters
from budgets.methods.equal_shares.field import field_of
from budgets.methods.equal_shares.options import Completion, StepOf
from budgets.methods.equal_shares.purses import ExactPurses
from budgets.methods.exact import Exact, rounded, whole
from budgets.methods.greedy import (
    GreedyOptions,
    allocate_greedily,
    barred,
    by_falling_score,
    fill_greedily,
)
from budgets.methods.orders import first_of, lot_places
from budgets.methods.outcome import Comparison, Decision, Fate, Outcome, Shares, Tie

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from budgets.methods.equal_shares.options import EqualSharesOptions
    from budgets.methods.equal_shares.run import Met, Run
    from budgets.methods.profile import Ballots, Candidate, Profile

    Possible = tuple[frozenset[str], frozenset[str]]
    """Projects that are funded for certain, and others that may be."""


def allocate_equal_shares(
    profile: Profile, options: EqualSharesOptions, tie_break: Sequence[str] | None = None
) -> Outcome:
    """Give each voter an equal share of the money and fund what supporters pay for together.

    `docs/counting.md` defines the rule, its completions and its ties. A tie whose order matters
    is decided by `options.tie_orders`, then by `tie_break`, the order that a lot gave, if that
    names all of the projects still level. Else the outcome is undecided and holds what is certain.

    Raises ValueError without ballots, or if `tie_break` repeats a project or names one that does
    not compete.
    """
    return _Count(profile, options, tie_break or ()).outcome()


def compare(ballots: Ballots, shared: Collection[str], greedy: Collection[str]) -> Comparison:
    """Count the voters who support more projects of one outcome than of the other."""
    sides = frozenset(shared), frozenset(greedy)
    ahead = [0, 0]
    for marks, number in ballots.groups:
        here, there = (
            sum(1 for key, points in marks if points > 0 and key in side) for side in sides
        )
        if here != there:
            ahead[here < there] += number
    return Comparison(equal_shares=ahead[0], greedy=ahead[1])


class _Count:
    def __init__(
        self, profile: Profile, options: EqualSharesOptions, tie_break: Sequence[str]
    ) -> None:
        if profile.ballots is None:
            raise ValueError("Equal shares needs the ballots.")
        self.profile = profile
        self.ballots = profile.ballots
        self.options = options
        self.tie_break = tie_break
        self.limits = Limits(profile, options.constraints)
        self.greedy_options = GreedyOptions(
            threshold=options.threshold,
            tie_orders=options.tie_orders,
            constraints=options.constraints,
        )
        self.competing: dict[str, Candidate] = {}
        self.aside: list[Decision] = []
        for one in sorted(profile.candidates, key=by_falling_score):
            kept_out = set_aside(one, profile, options.constraints, options.threshold)
            if kept_out is None:
                self.competing[one.key] = one
            else:
                self.aside.append(kept_out)
        costs = {key: one.cost for key, one in self.competing.items()}
        self.field = field_of(
            self.ballots, costs, options.utility, [profile.budget, *costs.values()]
        )
        self.money = Money(profile.budget, *self._shares(), costs)

    def _shares(self) -> tuple[Fraction, Fraction]:
        """Return the first share and what is added to it from run to run."""
        voters = self.ballots.count
        first = Fraction(self.profile.budget) / voters if voters else Fraction(0)
        step = Fraction(self.options.step)
        return first, first * step if self.options.step_of is StepOf.SHARE else step

    def outcome(self) -> Outcome:
        """Count, compare with greedy if that is asked for, and return what is chosen."""
        runs = self._runs()
        if runs.doubt is not None:
            return self._undecided(runs, runs.doubt.tie, runs.doubt.run)
        outcome = self._decided(runs)
        if not self.options.comparison:
            return outcome
        greedy = self._greedy()
        if outcome.undecided or greedy.undecided:
            possible = [self._possible(outcome), self._possible(greedy)]
            [tie, *_] = [tie for tie in (*outcome.ties, *greedy.ties) if tie.undecided]
            return self._open(possible, tie)
        compared = compare(self.ballots, outcome.winners, greedy.winners)
        chosen, other = (greedy, outcome) if compared.greedy_is_chosen else (outcome, greedy)
        turning = tuple(tie for tie in other.ties if tie.mattered)
        return replace(
            chosen, ties=chosen.ties + turning, shares=outcome.shares, comparison=compared
        )

    def _runs(self) -> Runs:
        places = lot_places(self.profile, self.tie_break)

        def choose(core: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
            members = [self.competing[key] for key in core]
            level, decided_by = first_of(members, self.options.tie_orders, places)
            return [one.key for one in level], decided_by

        completion = self.options.completion if self.money.step else Completion.NONE
        return Counting(self.field, self.money, self.limits, completion, choose).make_runs()

    def _greedy(self) -> Outcome:
        return allocate_greedily(self.profile, self.greedy_options, self.tie_break)

    # An outcome of one run

    def _decided(self, runs: Runs) -> Outcome:
        run = runs.run
        funded, purses = self._paid(run)
        lost, from_rest, greedy_ties = self._others(run, purses)
        winners = (*run.keys, *from_rest)
        return Outcome(
            budget=self.profile.budget,
            winners=winners,
            cost=self._cost(winners),
            decisions=(*funded, *lost, *self.aside),
            ties=(*self._ties(runs), *greedy_ties),
            shares=Shares(
                first=whole(self.money.first),
                share=whole(run.share),
                runs=runs.made,
                stopped=runs.stopped.value,
            ),
        )

    def _paid(self, run: Run) -> tuple[list[Decision], ExactPurses]:
        """Pay for the run's projects once more, exactly, and return the figures of each round."""
        purses = ExactPurses(self.field, run.share * self.field.money)
        left = self.profile.budget
        decisions = []
        for position, key in enumerate(run.keys, 1):
            project = self.field.projects[self.field.places[key]]
            money = purses.held(project)
            price = purses.price(project)
            if price is None:
                raise ArithmeticError(f"{key} was funded without the money for it.")
            purses.pay(project, price)
            support = project.cost / price if price else Fraction(project.weight)
            decisions.append(
                Decision(
                    key=key,
                    fate=Fate.FUNDED,
                    score=self.competing[key].score,
                    cost=self.competing[key].cost,
                    left=left,
                    position=position,
                    support=rounded(support / self.field.points),
                    price=rounded(price * self.field.points / self.field.money),
                    money=rounded(money / self.field.money),
                )
            )
            left -= self.competing[key].cost
        return decisions, purses

    def _others(
        self, run: Run, purses: ExactPurses
    ) -> tuple[list[Decision], tuple[str, ...], tuple[Tie, ...]]:
        """Decide on all that the run left: who gets what is left over, and why others do not."""
        if not self.options.then_greedy:
            return (
                [
                    self._lost(one, run, purses)
                    for key, one in self.competing.items()
                    if key not in run.keys
                ],
                (),
                (),
            )
        rest = fill_greedily(self.profile, self.greedy_options, self.tie_break, run.keys)
        decisions = []
        for decision in rest.decisions:
            one = self.competing.get(decision.key)
            if one is None:
                continue
            if decision.fate is Fate.DOES_NOT_FIT:
                decisions.append(replace(self._lost(one, run, purses), left=decision.left))
            elif decision.fate is Fate.FUNDED:
                decisions.append(replace(decision, fate=Fate.FUNDED_FROM_REST))
            else:
                decisions.append(decision)
        return decisions, rest.winners, rest.ties

    def _lost(self, one: Candidate, run: Run, purses: ExactPurses) -> Decision:
        bar = self.limits.bar(one.key, run.keys)
        if bar is not None and not self.options.then_greedy:
            return barred(one, bar)
        place = self.field.places.get(one.key)
        money = Fraction(0)
        if place is not None:
            money = purses.held(self.field.projects[place]) / self.field.money
        more = None
        if run.share:  # somebody has to support it, even if it costs nothing
            missing = (one.cost - money) / run.share
            more = max(1, -(-missing.numerator // missing.denominator))
        return Decision(
            key=one.key,
            fate=Fate.SUPPORT_SPENT,
            score=one.score,
            cost=one.cost,
            money=rounded(money),
            more=more,
        )

    def _ties(self, runs: Runs) -> list[Tie]:
        """Return the ties of the run, and those of others that decided how many runs there are."""
        told = []
        for met in runs.run.ties:
            mattered, exact = matters(runs.run, met, self.limits)
            told.append(self._tie(met, mattered=mattered, exact=exact, decided_by=met.decided_by))
        for number, met, exact in runs.others:
            if number != runs.number:
                tie = self._tie(met, mattered=True, exact=exact, decided_by=met.decided_by)
                told.append(replace(tie, run=number))
        return told

    def _tie(
        self, met: Met, *, mattered: bool, exact: bool, decided_by: tuple[str, ...] = ()
    ) -> Tie:
        scale = Fraction(self.field.points, self.field.money)
        score = 1 / met.burden if self.field.by_cost else met.burden * scale
        return Tie(
            score=rounded(score),
            members=met.members,
            mattered=mattered,
            decided_by=decided_by if mattered else (),
            exact=exact,
            round=met.round,
        )

    def _cost(self, keys: Collection[str]) -> Exact:
        return sum(self.competing[key].cost for key in keys)

    # An outcome that a tie leaves open

    def _undecided(self, runs: Runs, met: Met, number: int) -> Outcome:
        """Return what is certain whatever a tie does; nothing if there were too many ways."""
        tie = replace(self._tie(met, mattered=True, exact=bool(runs.finals)), run=number)
        if not runs.finals:
            return self._open([(frozenset(), frozenset(met.core))], tie, Fate.WAITING)
        return self._open([one for final in runs.finals for one in self._ends(final)], tie)

    def _ends(self, final: frozenset[str]) -> list[Possible]:
        """Where a possible result of the runs can lead."""
        end: Possible = final, frozenset()
        if self.options.then_greedy:
            order = sorted(final)
            rest = fill_greedily(self.profile, self.greedy_options, self.tie_break, order)
            end = final.union(rest.winners), frozenset(rest.contested)
            if any(one.fate is Fate.WAITING for one in rest.decisions):
                waiting = {one.key for one in rest.decisions if one.fate is Fate.WAITING}
                end = end[0], end[1] | waiting
        if not self.options.comparison:
            return [end]
        greedy = self._possible(self._greedy())
        if end[1] or greedy[1]:
            return [end, greedy]
        return [greedy if compare(self.ballots, end[0], greedy[0]).greedy_is_chosen else end]

    def _possible(self, outcome: Outcome) -> Possible:
        waiting = {one.key for one in outcome.decisions if one.fate is Fate.WAITING}
        return frozenset(outcome.winners), frozenset(outcome.contested) | waiting

    def _open(
        self, possible: Sequence[Possible], tie: Tie, else_: Fate = Fate.LOST_IN_EVERY_ORDER
    ) -> Outcome:
        """Put together what several results have in common; the tie names what hangs on it."""
        certain = frozenset.intersection(*(sure for sure, _ in possible))
        contested = frozenset().union(*(sure | maybe for sure, maybe in possible)) - certain
        decisions = []
        for key, one in self.competing.items():
            fate = else_
            if key in certain:
                fate = Fate.FUNDED_IN_EVERY_ORDER
            elif key in contested:
                fate = Fate.CONTESTED
            left = self.profile.budget if fate is Fate.WAITING else None
            decisions.append(Decision(key, fate, one.score, one.cost, left=left))
        winners = tuple(key for key in self.competing if key in certain)
        return Outcome(
            budget=self.profile.budget,
            winners=winners,
            cost=self._cost(winners),
            decisions=(*decisions, *self.aside),
            ties=(
                replace(
                    tie,
                    always=tuple(sorted(certain.intersection(tie.members))),
                    contested=tuple(sorted(contested)),
                ),
            ),
        )
