"""Greedy allocation: by falling score, fund what fits.

Two variants: pass over a project that does not fit and go on (`skip`), or stop at the first one.
Either may ask for a minimum score, for other `Constraints`, or take money from outside for a
project that the rest nearly pays. `docs/counting.md` explains the rule and its ties in words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from budgets.methods.constraints import NO_CONSTRAINTS, Bar, Constraints, Limits, set_aside
from budgets.methods.exact import Exact, plain, read_plain
from budgets.methods.orders import check_orders, in_steps, lot_places
from budgets.methods.outcome import Decision, Fate, Outcome, Tie

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from budgets.methods.profile import Candidate, Profile

MAX_SUMS = 2**14
"""How many different sums of costs are tried to find what wins in every order of a tie."""


@dataclass(frozen=True, slots=True)
class GreedyOptions:
    """A variant of the rule, as data that can be frozen with a contest.

    `threshold` is the least score that can be funded, `tie_orders` names of `TIE_ORDERS`, applied
    one after the other to equal scores. With `outside_percent`, a project that does not fit is
    funded all the same if what is left pays so many percent of it: money from outside, which is
    not part of the budget, pays the rest. Raises ValueError for what makes no sense.
    """

    skip: bool = True
    threshold: int | None = None
    tie_orders: tuple[str, ...] = ()
    outside_percent: Exact | None = None
    constraints: Constraints = NO_CONSTRAINTS

    def __post_init__(self) -> None:
        check_orders(self.tie_orders)
        if self.outside_percent is not None and not 0 < self.outside_percent < 100:
            raise ValueError("outside_percent must be more than 0 and less than 100.")

    def pays(self, cost: Exact, left: Exact) -> bool:
        """Whether so much left pays a cost, with money from outside if there may be any."""
        percent = self.outside_percent
        return cost <= left or (percent is not None and cost * percent <= left * 100)

    def as_data(self) -> dict[str, object]:
        """Return the options as plain JSON values, as a frozen contest keeps them."""
        data: dict[str, object] = {
            "rule": "greedy",
            "skip": self.skip,
            "threshold": self.threshold,
            "tie": list(self.tie_orders),
        }
        if self.outside_percent is not None:
            data["outside_percent"] = plain(self.outside_percent)
        if self.constraints != NO_CONSTRAINTS:
            data["constraints"] = self.constraints.as_data()
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> GreedyOptions:
        """Read what `as_data` wrote."""
        outside = data.get("outside_percent")
        return cls(
            skip=bool(data["skip"]),
            threshold=data["threshold"],
            tie_orders=tuple(data["tie"]),
            outside_percent=None if outside is None else read_plain(outside),
            constraints=Constraints.from_data(data.get("constraints", {})),
        )


def allocate_greedily(
    profile: Profile, options: GreedyOptions, tie_break: Sequence[str] | None = None
) -> Outcome:
    """Fund projects by falling score as long as the money lasts.

    Equal scores are put in order by `options.tie_orders`, then by `tie_break`: project keys in the
    order a lot gave, which decides a tie if it names all of the projects still level. Where
    neither does and the order matters, the count ends there undecided: the outcome holds the
    winners that are certain and names the contested projects. Where the order cannot matter,
    nothing needs deciding.

    Money and scores are exact numbers of any one unit. Raises ValueError if `tie_break` repeats a
    project or names one that does not compete.
    """
    return fill_greedily(profile, options, tie_break)


def fill_greedily(
    profile: Profile,
    options: GreedyOptions,
    tie_break: Sequence[str] | None = None,
    funded: Sequence[str] = (),
) -> Outcome:
    """Go on greedily where `funded` projects are funded already; the outcome has the others."""
    count = _Count(profile, options, lot_places(profile, tie_break or ()), funded)
    competing = []
    aside = []
    for candidate in sorted(profile.candidates, key=by_falling_score):
        if candidate.key not in funded:
            kept_out = set_aside(candidate, profile, options.constraints, options.threshold)
            if kept_out is None:
                competing.append(candidate)
            else:
                aside.append(kept_out)
    for score, members in groupby(competing, key=lambda candidate: candidate.score):
        count.decide_level(score, tuple(members))
    return Outcome(
        budget=profile.budget,
        winners=tuple(count.winners),
        cost=count.money - count.left,
        decisions=(*count.decisions, *aside),
        ties=tuple(count.ties),
        outside=count.outside,
    )


def some_order_funds(profile: Profile, options: GreedyOptions, winners: Collection[str]) -> bool:
    """Whether the rule funds exactly these projects under some order of equal scores.

    One count tells: if any order funds them, so does the one that puts them first among their
    equals and the dearest of the others behind them, where none fits or the first one stops it.
    """
    wanted = set(winners)
    free = replace(options, tie_orders=())
    order = sorted(profile.candidates, key=lambda one: (one.key not in wanted, -one.cost, one.key))
    outcome = allocate_greedily(profile, free, [candidate.key for candidate in order])
    return set(outcome.winners) == wanted


def order_matters(costs: Iterable[Exact], left: Exact, *, skip: bool) -> bool:
    """Whether the order among equal scores changes which of them are funded with `left` money.

    Exact, without trying orders. Passing over misfits, an order can only matter if the projects
    that fit one by one do not all fit together: then each of them is funded in some order (its
    own turn first), and never all of them. Stopping at the first misfit, it matters if they do
    not all fit together and at least one fits: that one is funded when first, and when last it
    either comes after the stop or is itself the misfit.
    """
    costs = list(costs)
    fitting = [cost for cost in costs if cost <= left]
    total = sum(fitting if skip else costs)
    return bool(fitting) and total > left


def funded_in_every_order(
    costs: Mapping[str, Exact], left: Exact, *, skip: bool
) -> tuple[frozenset[str], bool]:
    """Which projects of a tie that matters are funded in every order, and whether that is exact.

    Stopping at the first misfit, none is. Passing over misfits, a project is left out exactly if
    some of the others fit together and leave less than its cost, so the sums of the others'
    costs are tried. With more than `MAX_SUMS` different sums the answer is only sound: it names
    free projects, which always fit, and (False) may miss others.
    """
    if not skip:
        return frozenset(), True
    fitting = {key: cost for key, cost in costs.items() if cost <= left}
    always = set()
    exact = True
    for key, cost in fitting.items():
        others = [other for name, other in fitting.items() if name != key]
        found = _some_sum_between(others, left - cost, left) if cost else False
        if found is None:
            exact = False
        elif not found:
            always.add(key)
    return frozenset(always), exact


def _some_sum_between(costs: Iterable[Exact], above: Exact, most: Exact) -> bool | None:
    """Whether some of the costs add up to more than `above`, at most `most`; None: too many."""
    sums: set[Exact] = {0}
    for cost in sorted(costs):
        sums |= {total + cost for total in sums if total + cost <= most}
        if max(sums) > above:
            return True
        if len(sums) > MAX_SUMS:
            return None
    return False


class _Count:
    """The state of one count: money left, results so far, and whether it has ended."""

    def __init__(
        self,
        profile: Profile,
        options: GreedyOptions,
        places: Mapping[str, int],
        funded: Sequence[str],
    ) -> None:
        self.limits = Limits(profile, options.constraints)
        self.money = self.left = profile.budget - sum(self.limits.costs[key] for key in funded)
        self.options = options
        self.places = places
        self.funded = list(funded)
        self.winners: list[str] = []
        self.outside: Exact = 0
        self.decisions: list[Decision] = []
        self.ties: list[Tie] = []
        self.stopped = False
        self.undecided = False

    def decide_level(self, score: Exact, members: tuple[Candidate, ...]) -> None:
        """Decide all projects of one score, highest score first."""
        tied = len(members) > 1 and (self.stopped or not self.undecided)
        mattered = tied and not self.stopped and self._order_matters(members)
        steps, decided_by = in_steps(members, self.options.tie_orders, self.places)
        doubt: tuple[tuple[str, ...], tuple[str, ...], bool] = ((), (), True)
        for step in steps:
            if self.stopped or self.undecided:
                self._pass_by(step)
            elif len(step) > 1 and self._order_matters(step):
                doubt = self._leave_undecided(step)
            else:
                for candidate in step:
                    self._decide(candidate)
        if tied:
            always, contested, exact = doubt
            self.ties.append(
                Tie(
                    score=score,
                    members=tuple(sorted(member.key for member in members)),
                    mattered=mattered,
                    decided_by=tuple(decided_by) if mattered else (),
                    always=always,
                    contested=contested,
                    exact=exact,
                )
            )

    def _bar(self, candidate: Candidate) -> Bar | None:
        return self.limits.bar(candidate.key, self.funded)

    def _order_matters(self, members: Sequence[Candidate]) -> bool:
        """Whether the order changes who is funded; projects that are barred anyway take no part."""
        free = [member for member in members if self._bar(member) is None]
        skip, left = self.options.skip, self.left
        payable = [member for member in free if self.options.pays(member.cost, left)]
        pool = payable if skip else free
        if payable and not self.limits.allow([member.key for member in pool], self.funded):
            return True
        costs = [member.cost for member in pool]
        if self.options.outside_percent is None:
            return order_matters(costs, left, skip=skip)
        total = sum(costs)
        last_is_paid = all(
            total - cost <= left and self.options.pays(cost, left - total + cost) for cost in costs
        )
        return bool(payable) and not last_is_paid

    def _decide(self, candidate: Candidate) -> None:
        bar = self._bar(candidate)
        if self.stopped:
            self._pass_by((candidate,))
        elif bar is not None:
            self.decisions.append(barred(candidate, bar, self.left))
        elif self.options.pays(candidate.cost, self.left):
            self._fund(candidate)
        else:
            self.decisions.append(_decision(candidate, Fate.DOES_NOT_FIT, self.left))
            self.stopped = not self.options.skip

    def _fund(self, candidate: Candidate) -> None:
        outside = max(0, candidate.cost - self.left)
        fate = Fate.FUNDED_WITH_OUTSIDE if outside else Fate.FUNDED
        self.winners.append(candidate.key)
        self.funded.append(candidate.key)
        decision = _decision(candidate, fate, self.left, position=len(self.funded))
        self.decisions.append(replace(decision, outside=outside) if outside else decision)
        self.outside += outside
        self.left -= candidate.cost - outside

    def _pass_by(self, step: Sequence[Candidate]) -> None:
        """Answer for projects whose turn comes after the stop or after an undecided tie."""
        for candidate in step:
            bar = self._bar(candidate)
            if self.stopped:
                self.decisions.append(_decision(candidate, Fate.AFTER_STOP))
            elif bar is not None:
                self.decisions.append(barred(candidate, bar, self.left))
            else:
                payable = self.options.pays(candidate.cost, self.left)
                fate = Fate.WAITING if payable else Fate.DOES_NOT_FIT
                self.decisions.append(_decision(candidate, fate, self.left))

    def _leave_undecided(
        self, step: tuple[Candidate, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Fund what wins in every order and leave the rest of the tie open."""
        skip = self.options.skip
        always, exact = self._funded_in_every_order(step)
        contested = []
        before = self.left
        bars = {candidate.key: self._bar(candidate) for candidate in step}
        for candidate in step:
            bar = bars[candidate.key]
            if bar is not None:
                self.decisions.append(barred(candidate, bar, before))
                continue
            if candidate.key in always:
                fate = Fate.FUNDED_IN_EVERY_ORDER
                self.winners.append(candidate.key)
                self.funded.append(candidate.key)
                self.left -= candidate.cost
            elif self.options.pays(candidate.cost, before):
                fate = Fate.CONTESTED
                contested.append(candidate.key)
            else:
                fate = Fate.DOES_NOT_FIT
            self.decisions.append(_decision(candidate, fate, before))
        self.undecided = True
        self.stopped = not skip and self._surely_stops(step)
        return tuple(sorted(always)), tuple(sorted(contested)), exact

    def _surely_stops(self, step: Sequence[Candidate]) -> bool:
        """Whether in every order some project of the tie is too dear for what is left.

        So it is if they do not all fit, unless a bar instead of the money may keep one out, or
        money from outside may pay for the last of them.
        """
        free = [one.key for one in step if self._bar(one) is None]
        return self.options.outside_percent is None and not self.limits.entangled(free, self.funded)

    def _funded_in_every_order(self, step: Sequence[Candidate]) -> tuple[frozenset[str], bool]:
        free = {one.key: one.cost for one in step if self._bar(one) is None}
        if self.options.outside_percent is not None:
            return frozenset(), False
        if not self.limits.entangled(free, self.funded):
            return funded_in_every_order(free, self.left, skip=self.options.skip)
        if not self.options.skip:
            return frozenset(), False
        return self._never_barred({key: cost for key, cost in free.items() if cost <= self.left})

    def _never_barred(self, costs: Mapping[str, Exact]) -> tuple[frozenset[str], bool]:
        """Which of these fit and are allowed beside every set of the others that may be funded."""
        sets: list[tuple[str, ...]] = [()]
        for key in sorted(costs):
            sets += [(*one, key) for one in sets if self._may_all([*one, key], costs)]
            if len(sets) > MAX_SUMS:
                return frozenset(), False
        return frozenset(
            key
            for key in costs
            if all(key in one or self._may_all([*one, key], costs) for one in sets)
        ), True

    def _may_all(self, keys: Sequence[str], costs: Mapping[str, Exact]) -> bool:
        cost = sum(costs[key] for key in keys)
        return cost <= self.left and self.limits.allow(keys, self.funded)


def by_falling_score(candidate: Candidate) -> tuple[Exact, Exact, str]:
    """Sort projects by score, the highest first, then by cost and key."""
    return -candidate.score, candidate.cost, candidate.key


def barred(candidate: Candidate, bar: Bar, left: Exact | None = None) -> Decision:
    """Return the decision on a project that an exclusion or a limit of money keeps out."""
    fate = Fate.EXCLUDED if bar.rival is not None else Fate.OVER_LIMIT
    decision = _decision(candidate, fate, left)
    return replace(decision, rival=bar.rival, limit=bar.limit, cap=bar.cap)


def _decision(
    candidate: Candidate, fate: Fate, left: Exact | None = None, *, position: int | None = None
) -> Decision:
    return Decision(
        key=candidate.key,
        fate=fate,
        score=candidate.score,
        cost=candidate.cost,
        left=left,
        position=position,
    )
