"""The runs of a count: with which share the result is made, and whether ties leave that open."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from budgets.methods.equal_shares.ahead import Ahead
from budgets.methods.equal_shares.exploring import (
    Explored,
    Result,
    TooManyForks,
    leave_open,
    matters,
    results,
)
from budgets.methods.equal_shares.options import MOST_RUNS, Completion
from budgets.methods.equal_shares.run import Met, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet
    from fractions import Fraction

    from budgets.methods.constraints import Limits
    from budgets.methods.equal_shares.field import Field
    from budgets.methods.equal_shares.run import Chooser
    from budgets.methods.exact import Exact


ON_RUN: ContextVar[Callable[[int], object]] = ContextVar("ON_RUN", default=lambda _number: None)
"""Is told the number of each run that was made, for those who wait."""


class Verdict(StrEnum):
    """What a result means for the runs that may follow it."""

    GO_ON = "go_on"
    OVERSPENT = "overspent"
    EXHAUSTIVE = "exhaustive"
    NOTHING_LEFT = "nothing_left"
    ONLY_RUN = "only_run"
    LIMIT = "limit"

    @property
    def stays(self) -> bool:
        """Whether the result is the one that counts."""
        return self not in {Verdict.GO_ON, Verdict.OVERSPENT}

    @property
    def turn(self) -> str:
        """What comes next, whatever the reason."""
        return "stay" if self.stays else self.value


@dataclass(frozen=True, slots=True)
class Money:
    """The budget, the share of the first run, what is added to it, and what projects cost.

    `costs` has all projects that compete, also those without supporters.
    """

    budget: Exact
    first: Fraction
    step: Fraction
    costs: Mapping[str, Exact]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A tie that leaves the count open, and the number of the run that met it."""

    tie: Met
    run: int


class End(NamedTuple):
    """A result that counts if ties are broken so, in which run, and why there is no other."""

    result: Result
    run: int
    stopped: Verdict


@dataclass(slots=True)
class Runs:
    """What the runs gave: `made` of them, with all the `ends` that are possible.

    `runs` are those that have one, by number. Without ends there are too many ways to follow.
    Where the ends differ, `doubt` is what keeps the count open. `turning` are ties that mattered
    in a run because they decided whether the count went on.
    """

    made: int
    runs: Mapping[int, Run] = field(default_factory=dict)
    ends: AbstractSet[End] = frozenset()
    doubt: Doubt | None = None
    turning: list[tuple[int, Met, bool]] = field(default_factory=list)

    @property
    def results(self) -> list[Result]:
        """The sets of projects that may be funded, each once."""
        return sorted({end.result for end in self.ends}, key=sorted)


class Counting:
    """Makes run after run until every possible result is the last of its kind."""

    def __init__(
        self,
        index: Field,
        money: Money,
        limits: Limits,
        completion: Completion,
        choose: Chooser,
    ) -> None:
        self.index = index
        self.money = money
        self.limits = limits
        self.completion = completion
        self.choose = choose

    def make_runs(self) -> Runs:
        """Return the runs that count, whatever ties do, and what keeps the count open."""
        ends: set[End] = set()
        counting: dict[int, Run] = {}
        going: set[Result] = set()
        doubt: Doubt | None = None
        turning: list[tuple[int, Met, bool]] = []
        before: Run | None = None
        made, ahead = 0, Ahead(self._run)
        while True:  # until a verdict is the limit of runs, at the latest
            made, run = ahead.after(made, before)
            ON_RUN.get()(made)
            here = self._results(run)
            if here is None:
                return Runs(made, doubt=Doubt(run.ties[-1], made))
            verdicts = {one: self._verdict(one, made) for one in here}
            turning += self._turning_points(run, made)
            if before is not None and Verdict.OVERSPENT in verdicts.values():
                ends |= {End(one, made - 1, Verdict.OVERSPENT) for one in going}
                counting[made - 1] = before
                if before.fork and doubt is None:
                    doubt = Doubt(before.ties[-1], made - 1)
            staying = {one for one, verdict in verdicts.items() if verdict.stays}
            if staying:
                ends |= {End(one, made, verdicts[one]) for one in staying}
                counting[made] = run
            going = {one for one, verdict in verdicts.items() if verdict is Verdict.GO_ON}
            if run.fork and doubt is None and (staying or len(set(verdicts.values())) > 1):
                doubt = Doubt(run.ties[-1], made)
            if not going:
                return Runs(made, counting, ends, doubt, turning)
            before = run

    def _run(self, number: int, guide: Run | None) -> Run:
        return Run(self.index, self._share(number), self.limits, self.choose, guide=guide)

    def _share(self, number: int) -> Fraction:
        return self.money.first + (number - 1) * self.money.step

    def _results(self, run: Run) -> frozenset[Result] | None:
        """Return what the run can give; None if there are too many ways to follow."""
        if not run.fork:
            return frozenset({frozenset(run.keys)})
        try:
            return results(self.index, run.share, self.limits, self.choose)
        except TooManyForks:
            return None

    def _verdict(self, result: Result, number: int) -> Verdict:
        left = self.money.budget - sum(self.money.costs[key] for key in result)
        if left < 0:
            return Verdict.OVERSPENT
        if self.completion is Completion.NONE:
            return Verdict.ONLY_RUN
        if self.completion is Completion.ADD1_EXHAUSTIVE and not any(
            cost <= left and self._is_open(key, result) for key, cost in self.money.costs.items()
        ):
            return Verdict.EXHAUSTIVE
        if not any(self._is_open(one.key, result) for one in self.index.projects):
            return Verdict.NOTHING_LEFT
        return Verdict.LIMIT if number == MOST_RUNS else Verdict.GO_ON

    def _is_open(self, key: str, result: Result) -> bool:
        return key not in result and self.limits.bar(key, result) is None

    def _turning_points(self, run: Run, number: int) -> list[tuple[int, Met, bool]]:
        """Ties that mattered in a run in which they decide whether there is another."""
        cores = [tie for tie in run.ties if tie.core]
        if not cores or self.completion is Completion.NONE:
            return []
        try:
            possible = results(self.index, run.share, self.limits, leave_open)
        except TooManyForks:
            possible = None
        if possible and len({self._verdict(one, number).turn for one in possible}) == 1:
            return []
        explored: Explored = {}
        told = [(tie, *matters(run, tie, self.limits, explored)) for tie in cores]
        return [(number, tie, exact) for tie, mattered, exact in told if mattered]
