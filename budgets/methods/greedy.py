"""Greedy allocation: by falling score, fund what fits.

Two variants: pass over a project that does not fit and go on (`skip`), or stop at the first one.
Either may ask for a minimum score. `docs/pabulib.md` explains the rule and its ties in words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from budgets.methods.outcome import Decision, Fate, Outcome, Tie

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from budgets.methods.exact import Exact
    from budgets.methods.profile import Candidate, Profile

TIE_ORDERS: Mapping[str, Callable[[Candidate], Exact]] = MappingProxyType(
    {"lower_cost": lambda candidate: candidate.cost}
)
"""Orders among equal scores that options may name; the smaller value comes first."""

LOT = "lot"
"""What a tie says that was decided by the explicit order given as `tie_break`."""

MAX_SUMS = 2**14
"""How many different sums of costs are tried to find what wins in every order of a tie."""


@dataclass(frozen=True, slots=True)
class GreedyOptions:
    """A variant of the rule, as data that can be frozen with a contest.

    `threshold` is the least score that can be funded, `tie_orders` names of `TIE_ORDERS`, applied
    one after the other to equal scores. Raises ValueError for a name that does not exist.
    """

    skip: bool = True
    threshold: int | None = None
    tie_orders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = [name for name in self.tie_orders if name not in TIE_ORDERS]
        if unknown:
            raise ValueError(f"Unknown tie order {unknown[0]!r}; known: {', '.join(TIE_ORDERS)}.")

    def as_data(self) -> dict[str, object]:
        """Return the options as plain JSON values, as a frozen contest keeps them."""
        return {
            "rule": "greedy",
            "skip": self.skip,
            "threshold": self.threshold,
            "tie": list(self.tie_orders),
        }


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
    count = _Count(profile.budget, options, _lot_places(profile, tie_break or ()))
    competing = []
    aside = []
    for candidate in sorted(profile.candidates, key=_by_falling_score):
        fate = _set_aside(candidate, options.threshold)
        if fate is None:
            competing.append(candidate)
        else:
            aside.append(_decision(candidate, fate, threshold=options.threshold))
    for score, members in groupby(competing, key=lambda candidate: candidate.score):
        count.decide_level(score, tuple(members))
    return Outcome(
        budget=profile.budget,
        winners=tuple(count.winners),
        cost=profile.budget - count.left,
        decisions=(*count.decisions, *aside),
        ties=tuple(count.ties),
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
        self, budget: Exact, options: GreedyOptions, lot_places: Mapping[str, int]
    ) -> None:
        self.left = budget
        self.options = options
        self.lot_places = lot_places
        self.winners: list[str] = []
        self.decisions: list[Decision] = []
        self.ties: list[Tie] = []
        self.stopped = False
        self.undecided = False

    def decide_level(self, score: Exact, members: tuple[Candidate, ...]) -> None:
        """Decide all projects of one score, highest score first."""
        tied = len(members) > 1 and (self.stopped or not self.undecided)
        mattered = tied and not self.stopped and self._order_matters(members)
        decided_by: list[str] = []
        doubt: tuple[tuple[str, ...], tuple[str, ...], bool] = ((), (), True)
        for step in self._in_order(members, decided_by):
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

    def _order_matters(self, members: Sequence[Candidate]) -> bool:
        costs = (member.cost for member in members)
        return order_matters(costs, self.left, skip=self.options.skip)

    def _in_order(
        self, members: tuple[Candidate, ...], decided_by: list[str]
    ) -> list[tuple[Candidate, ...]]:
        """Split equal scores by the named orders, then by the lot; what stays level is one step."""
        steps = [members]
        for name in self.options.tie_orders:
            rank = TIE_ORDERS[name]
            split = [
                tuple(level)
                for step in steps
                for _, level in groupby(sorted(step, key=rank), key=rank)
            ]
            if len(split) > len(steps):
                decided_by.append(name)
            steps = split
        drawn: list[tuple[Candidate, ...]] = []
        for step in steps:
            if len(step) > 1 and all(member.key in self.lot_places for member in step):
                if LOT not in decided_by:
                    decided_by.append(LOT)
                order = sorted(step, key=lambda member: self.lot_places[member.key])
                drawn.extend((member,) for member in order)
            else:
                drawn.append(step)
        return drawn

    def _decide(self, candidate: Candidate) -> None:
        if self.stopped:
            self._pass_by((candidate,))
        elif candidate.cost <= self.left:
            self.winners.append(candidate.key)
            self.decisions.append(
                _decision(candidate, Fate.FUNDED, self.left, position=len(self.winners))
            )
            self.left -= candidate.cost
        else:
            self.decisions.append(_decision(candidate, Fate.DOES_NOT_FIT, self.left))
            self.stopped = not self.options.skip

    def _pass_by(self, step: Sequence[Candidate]) -> None:
        """Answer for projects whose turn comes after the stop or after an undecided tie."""
        for candidate in step:
            if self.stopped:
                self.decisions.append(_decision(candidate, Fate.AFTER_STOP))
            else:
                fate = Fate.WAITING if candidate.cost <= self.left else Fate.DOES_NOT_FIT
                self.decisions.append(_decision(candidate, fate, self.left))

    def _leave_undecided(
        self, step: tuple[Candidate, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Fund what wins in every order and leave the rest of the tie open."""
        skip = self.options.skip
        costs = {candidate.key: candidate.cost for candidate in step}
        always, exact = funded_in_every_order(costs, self.left, skip=skip)
        contested = []
        before = self.left
        for candidate in step:
            if candidate.key in always:
                fate = Fate.FUNDED_IN_EVERY_ORDER
                self.winners.append(candidate.key)
                self.left -= candidate.cost
            elif candidate.cost <= before:
                fate = Fate.CONTESTED
                contested.append(candidate.key)
            else:
                fate = Fate.DOES_NOT_FIT
            self.decisions.append(_decision(candidate, fate, before))
        self.undecided = True
        self.stopped = not skip  # not all of them fit, so in every order one is the first misfit
        return tuple(sorted(always)), tuple(sorted(contested)), exact


def _by_falling_score(candidate: Candidate) -> tuple[Exact, Exact, str]:
    return -candidate.score, candidate.cost, candidate.key


def _set_aside(candidate: Candidate, threshold: int | None) -> Fate | None:
    if candidate.withdrawn:
        return Fate.WITHDRAWN
    if threshold is not None and candidate.score < threshold:
        return Fate.BELOW_THRESHOLD
    return None


def _decision(
    candidate: Candidate,
    fate: Fate,
    left: Exact | None = None,
    *,
    position: int | None = None,
    threshold: int | None = None,
) -> Decision:
    return Decision(
        key=candidate.key,
        fate=fate,
        score=candidate.score,
        cost=candidate.cost,
        left=left,
        position=position,
        threshold=threshold if fate is Fate.BELOW_THRESHOLD else None,
    )


def _lot_places(profile: Profile, tie_break: Sequence[str]) -> dict[str, int]:
    places = {key: place for place, key in enumerate(tie_break)}
    if len(places) < len(tie_break):
        raise ValueError("The lot names a project twice.")
    unknown = places.keys() - {candidate.key for candidate in profile.candidates}
    if unknown:
        raise ValueError(f"The lot names {min(unknown)!r}, which does not compete.")
    return places
