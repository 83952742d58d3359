"""Equal shares as a budget method: from a profile to an outcome with every figure."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from budgets.methods.constraints import Limits, set_aside
from budgets.methods.equal_shares.completion import Counting, Money
from budgets.methods.equal_shares.exploring import matters, results
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
from budgets.methods.orders import LOT, first_of, lot_places
from budgets.methods.outcome import Comparison, Decision, Fate, Outcome, Shares, Tie, merged

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from budgets.methods.equal_shares.completion import Doubt, Runs
    from budgets.methods.equal_shares.exploring import Explored
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


class _Paid(NamedTuple):
    """What a run paid: support, price and money of each project it funded; what purses hold."""

    share: Fraction
    figures: dict[str, tuple[Fraction, Fraction, Fraction]]
    purses: ExactPurses


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
        self.places = lot_places(profile, tie_break)
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
        if len(runs.results) != 1 and runs.doubt is not None:
            return self._undecided(runs, runs.doubt)
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
        completion = self.options.completion if self.money.step else Completion.NONE
        return Counting(self.field, self.money, self.limits, completion, self._choose).make_runs()

    def _choose(self, core: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
        """Return those of a core who are still level after the orders and the lot."""
        members = [self.competing[key] for key in core]
        level, decided_by = first_of(members, self.options.tie_orders, self.places)
        return [one.key for one in level], decided_by

    def _ways(self, run: Run) -> list[Run]:
        """Return the run, and where a tie leaves it open all ways that it can go."""
        ways = [run]
        if run.fork:
            ways = []
            results(self.field, run.share, self.limits, self._choose, ways=ways)
        return ways

    def _greedy(self) -> Outcome:
        return allocate_greedily(self.profile, self.greedy_options, self.tie_break)

    # An outcome on which all ways agree

    def _decided(self, runs: Runs) -> Outcome:
        """Return the outcome of the only result; what it pays, as far as all ways agree on it."""
        [result] = runs.results
        ends = [
            self._replayed(way)
            for run in runs.runs.values()
            for way in self._ways(run)
            if not way.fork and result == set(way.keys)
        ]
        first = self._first(runs, ends)
        told = {one.key for one in first}
        level = [self._level(key, ends) for key in self.competing if key in result - told]
        funded = (*first, *level)
        order = tuple(one.key for one in funded)
        lost, from_rest, greedy_ties = self._others(order, ends)
        winners = (*order, *from_rest)
        return Outcome(
            budget=self.profile.budget,
            winners=winners,
            cost=self._cost(winners),
            decisions=(*funded, *lost, *self.aside),
            ties=(*self._ties(runs), *greedy_ties),
            shares=self._shares_of(runs),
        )

    def _shares_of(self, runs: Runs) -> Shares | None:
        """Return the shares of the run in which all ways end, if it is one."""
        if len(runs.runs) > 1:
            return None
        [(run, stopped)] = {(end.run, end.stopped) for end in runs.ends}
        return Shares(
            first=whole(self.money.first),
            share=whole(runs.runs[run].share),
            runs=runs.made,
            stopped=stopped.value,
        )

    def _replayed(self, run: Run) -> _Paid:
        """Pay for the run's projects once more, exactly."""
        purses = ExactPurses(self.field, run.share * self.field.money)
        figures = {}
        for key in run.keys:
            project = self.field.projects[self.field.places[key]]
            money = purses.held(project)
            price = purses.price(project)
            if price is None:
                raise ArithmeticError(f"{key} was funded without the money for it.")
            purses.pay(project, price)
            support = project.cost / price if price else Fraction(project.weight)
            figures[key] = (
                support / self.field.points,
                price * self.field.points / self.field.money,
                money / self.field.money,
            )
        return _Paid(run.share, figures, purses)

    def _first(self, runs: Runs, ends: Sequence[_Paid]) -> list[Decision]:
        """Decide on what the only run that counts funds before a tie leaves it open."""
        if len(runs.runs) > 1:
            return []
        [run] = runs.runs.values()
        left = self.profile.budget
        decisions = []
        for position, key in enumerate(run.keys, 1):
            support, price, money = ends[0].figures[key]
            decisions.append(
                Decision(
                    key=key,
                    fate=Fate.FUNDED,
                    score=self.competing[key].score,
                    cost=self.competing[key].cost,
                    left=left,
                    position=position,
                    support=rounded(support),
                    price=rounded(price),
                    money=rounded(money),
                )
            )
            left -= self.competing[key].cost
        return decisions

    def _level(self, key: str, ends: Sequence[_Paid]) -> Decision:
        """Decide on what all ways fund: when, and what was left then, may differ."""
        one = self.competing[key]
        decision = Decision(key, Fate.FUNDED_IN_EVERY_ORDER, one.score, one.cost)
        paid = {end.figures[key][:2] for end in ends}
        if len(paid) > 1:
            return decision
        [(support, price)] = paid
        return replace(decision, support=rounded(support), price=rounded(price))

    def _others(
        self, funded: Sequence[str], ends: Sequence[_Paid]
    ) -> tuple[list[Decision], tuple[str, ...], tuple[Tie, ...]]:
        """Decide on all that was not paid for: who gets what is left over, why others do not."""
        if not self.options.then_greedy:
            return (
                [
                    self._lost(one, funded, ends)
                    for key, one in self.competing.items()
                    if key not in funded
                ],
                (),
                (),
            )
        rest = fill_greedily(self.profile, self.greedy_options, self.tie_break, funded)
        decisions = []
        for decision in rest.decisions:
            one = self.competing.get(decision.key)
            if one is None:
                continue
            if decision.fate is Fate.DOES_NOT_FIT:
                decisions.append(replace(self._lost(one, funded, ends), left=decision.left))
            elif decision.fate is Fate.FUNDED:
                decisions.append(replace(decision, fate=Fate.FUNDED_FROM_REST))
            else:
                decisions.append(decision)
        return decisions, rest.winners, rest.ties

    def _lost(self, one: Candidate, funded: Sequence[str], ends: Sequence[_Paid]) -> Decision:
        bar = self.limits.bar(one.key, funded)
        if bar is not None and not self.options.then_greedy:
            return barred(one, bar)
        lacks = {self._lack(one, end) for end in ends}
        if len(lacks) > 1:
            return Decision(one.key, Fate.LOST_IN_EVERY_ORDER, one.score, one.cost)
        [(money, more)] = lacks
        return Decision(
            key=one.key,
            fate=Fate.SUPPORT_SPENT,
            score=one.score,
            cost=one.cost,
            money=rounded(money),
            more=more,
        )

    def _lack(self, one: Candidate, end: _Paid) -> tuple[Fraction, int | None]:
        """Return what its supporters have at the end, and how many more would be enough."""
        place = self.field.places.get(one.key)
        money = Fraction(0)
        if place is not None:
            money = end.purses.held(self.field.projects[place]) / self.field.money
        if not end.share:
            return money, None
        missing = (one.cost - money) / end.share  # somebody has to support it, even if it is free
        return money, max(1, -(-missing.numerator // missing.denominator))

    def _ties(self, runs: Runs) -> list[Tie]:
        """Return the ties of the runs that count, and those of others that decided which do."""
        told = []
        for number, run in sorted(runs.runs.items()):
            where = number if len(runs.runs) > 1 else None
            told += [replace(tie, run=where) for tie in self._met(self._ways(run))]
        for number, met, exact in runs.turning:
            if number not in runs.runs:
                tie = self._tie(met, mattered=True, exact=exact, decided_by=met.decided_by)
                told.append(replace(tie, run=number))
        return told

    def _met(self, ways: Sequence[Run]) -> list[Tie]:
        """Return the ties that ways to the same result meet, each once.

        One that no order has narrowed and no lot has broken does not matter: all of it was
        followed.
        """
        known: dict[object, Tie] = {}
        explored: Explored = {}
        for way in ways:
            for met in way.ties:
                way.exact.follow(way.funded)
                paid = frozenset((one.place, one.price) for one in way.funded[: met.round - 1])
                name = met.members, met.burden, paid
                if name in known:
                    continue
                level = len(self._choose(met.core)[0]) > 1 if met.core else False
                whole_core = level and not met.decided_by
                mattered, exact = (
                    (False, True) if whole_core else matters(way, met, self.limits, explored)
                )
                known[name] = self._tie(
                    met, mattered=mattered, exact=exact, decided_by=met.decided_by
                )
        names = (*self.options.tie_orders, LOT)
        return merged(known.values(), names, lambda tie: (tie.round, tie.members, tie.score))

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

    def _undecided(self, runs: Runs, doubt: Doubt) -> Outcome:
        """Return what is certain whatever a tie does; nothing if there were too many ways.

        If that is all, no tie mattered but those that orders decided on the ways.
        """
        met = doubt.tie
        tie = replace(self._tie(met, mattered=True, exact=bool(runs.ends)), run=doubt.run)
        if not runs.ends:
            return self._open([(frozenset(), frozenset(met.core))], tie, Fate.WAITING)
        ends = [self._end(result) for result in runs.results]
        outcome = self._open([one for possible, _ in ends for one in possible], tie)
        if outcome.undecided:
            return outcome
        later = [tie for _, ties in ends for tie in ties if tie.mattered]
        names = (*self.options.tie_orders, LOT)
        told = merged(later, names, lambda tie: (-tie.score, tie.members))
        return replace(outcome, ties=(*self._ties(runs), *told))

    def _end(self, final: frozenset[str]) -> tuple[list[Possible], list[Tie]]:
        """Return where a possible result of the runs can lead, and by which ties."""
        end: Possible = final, frozenset()
        ties: list[Tie] = []
        if self.options.then_greedy:
            order = sorted(final)
            rest = fill_greedily(self.profile, self.greedy_options, self.tie_break, order)
            ties += rest.ties
            end = final.union(rest.winners), frozenset(rest.contested)
            if any(one.fate is Fate.WAITING for one in rest.decisions):
                waiting = {one.key for one in rest.decisions if one.fate is Fate.WAITING}
                end = end[0], end[1] | waiting
        if not self.options.comparison:
            return [end], ties
        outcome = self._greedy()
        greedy = self._possible(outcome)
        ties += outcome.ties
        if end[1] or greedy[1]:
            return [end, greedy], ties
        chosen = compare(self.ballots, end[0], greedy[0]).greedy_is_chosen
        return [greedy if chosen else end], ties

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
