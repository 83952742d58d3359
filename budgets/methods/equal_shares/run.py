"""One run of equal shares: from full purses of one size until nothing can be paid for.

In each round the project with the least burden is funded: for the utility cost that is the price
over the cost, so one over the effective support; else it is the price. The burden of a project
never falls while purses empty, so its last one is a bound from below, and only the projects at
the front of a heap of such bounds are looked at again. Fixed-point purses decide where their
error cannot matter; everything nearer than that is decided by the exact purses.

A run with a higher share is a guide for one with a lower share. As long as both have funded the
same projects in the same order, no purse is fuller and no price lower here than there: this holds
at the beginning, the sum of min(purse, u · price) over the supporters of a project is no greater
for purses that are no fuller, and who pays more from less keeps less. So what the guide knew of
the burdens bounds them here as well, and what it could not pay for cannot be paid for here.

While all supporters can pay in full, a price is the cost over their weight, whatever the share: so
a run with a lower share begins as its guide does, with purses that hold as much less, as long as
nobody who has paid would have run out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from budgets.methods.equal_shares.purses import (
    SCALE,
    Bracket,
    ExactPurses,
    Funded,
    Level,
    RoundedPurses,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from budgets.methods.constraints import Limits
    from budgets.methods.equal_shares.field import Field, Supported

    Chooser = Callable[[Sequence[str]], tuple[Sequence[str], tuple[str, ...]]]
    """Given tied keys: those still level after the orders of the rule, and what ordered them."""

FINE = 2**64
"""Burdens are compared in so many parts of the unit of fixed-point prices."""

LEVELS = 4
"""A run keeps so many of its last levels for others to begin at."""


@dataclass(frozen=True, slots=True)
class Met:
    """A tie of least burden that a run met in `round`.

    `core` are the members whose order can matter, `step` says how many cores were met before.
    """

    round: int
    burden: Fraction
    members: tuple[str, ...]
    core: tuple[str, ...]
    step: int
    decided_by: tuple[str, ...] = ()


class Known(NamedTuple):
    """What a run knew of burdens, in units of `FINE`, when it had found what to fund next.

    `most` is what the least burden is at most, None if projects tied for it; `rival` the bound of
    the nearest other, None without one; `bounds` those of all that may still be funded, by place.
    """

    most: int | None
    rival: int | None
    bounds: dict[int, int]


class Seen(NamedTuple):
    """A project as a round saw it: its burden is at least `least` in units of `FINE`."""

    least: int
    place: int
    bracket: Bracket


class Run:
    """A run and what came of it.

    Where a tie has a core, the next entry of `script` is funded first; after the script `choose`
    says who. If several are still level, the run ends there, and `fork` holds them. `guide` is a
    run with a share that is not lower. `known` has what was known after so many projects.
    """

    def __init__(
        self,
        field: Field,
        share: Fraction,
        limits: Limits,
        choose: Chooser,
        script: Sequence[str] = (),
        guide: Run | None = None,
    ) -> None:
        self.field = field
        self.share = share
        self.keys: list[str] = []
        self.ties: list[Met] = []
        self.chosen: list[str] = []
        self.fork: tuple[str, ...] = ()
        self.exact = ExactPurses(field, share * field.money)
        self.funded: list[Funded] = []
        self.known: dict[int, Known] = {}
        self.levels: list[Level] = []
        self._guide = guide
        self._in_full = True
        self._limits = limits
        self._choose = choose
        self._script = script
        self._rounded = RoundedPurses(field, share * field.money)
        if guide is not None:
            self._begin_like(guide)
        self._heap = [
            (self._fine(one, self._rounded.prices[one.place]), one.place)
            for one in field.projects
            if one.key not in self.keys
        ]
        heapify(self._heap)
        while not self.fork:
            self._follow()
            found = self._take_least()
            if not found:
                break
            if isinstance(found, dict):
                self._note([(place, self._in_fine(place, price)) for place, price in found.items()])
                self._settle(found)
            else:
                self._note([(found.place, found.least)], self._at_most(found))
                self._fund(found.place, found.bracket)
        self._guide = None

    @property
    def state(self) -> frozenset[tuple[int, Fraction | None]]:
        """What has been paid: two runs with the same share and state go on alike."""
        self.exact.follow(self.funded)
        return frozenset((one.place, one.price) for one in self.funded)

    def is_same_until(self, other: Run) -> bool:
        """Whether each run with a share from this one's to the other's surely funds the same.

        It does if no projects tie and, round by round, the project that both fund has a burden
        here, where it is highest, below those that all others have there, where they are lowest.
        """
        return (
            self.keys == other.keys
            and not self.ties
            and not other.ties
            and all(
                known.most is not None and (there.rival is None or known.most < there.rival)
                for known, there in zip(self.known.values(), other.known.values(), strict=True)
            )
        )

    # The project of least burden

    def _begin_like(self, guide: Run) -> None:
        """Take over the rounds in which everybody pays in full here as well."""
        share = self.share * self.field.money
        for level in reversed(guide.levels):
            less = level.less(share)
            if level.least <= less:
                continue
            self._rounded.begin_at(level, less)
            self.levels = [one for one in guide.levels if one.done <= level.done]
            self.keys = guide.keys[: level.done]
            self.known = {done: guide.known[done] for done in range(level.done)}
            for key in self.keys:
                project = self.field.projects[self.field.places[key]]
                price = Fraction(project.cost, project.weight)
                self.funded.append(Funded(project.place, price))
            return

    def _keep_level(self, project: Supported) -> None:
        """Keep the purses after a project that all its supporters paid in full."""
        share, least = self.share * self.field.money, self._rounded.least_of(project)
        if self.levels:
            before = self.levels[-1]
            least = min(least, before.least - before.less(share))
        purses, error = self._rounded.purses.copy(), self._rounded.error
        level = Level(len(self.keys), share, purses, error, least)
        self.levels = [*self.levels[1 - LEVELS :], level]

    def _follow(self) -> None:
        """Raise the bounds to those of the guide, as long as that has funded the same."""
        if self._guide is None:
            return
        done = len(self.keys)
        if self._guide.keys[:done] != self.keys:
            self._guide = None
            return
        known = self._guide.known.get(done)
        if known is None and (done < len(self._guide.keys) or self._guide.fork):
            return  # the guide funded several at once, or ended early
        bounds = known.bounds if known else {}
        self._heap = [
            (max(least, bounds[place]), place) for least, place in self._heap if place in bounds
        ]
        heapify(self._heap)

    def _note(self, found: Iterable[tuple[int, int]], most: int | None = None) -> None:
        """Keep what is known of the burdens for runs with a lower share."""
        rival = self._heap[0][0] if self._heap else None
        bounds = {place: least for least, place in self._heap}
        self.known[len(self.keys)] = Known(most, rival, bounds | dict(found))

    def _take_least(self) -> Seen | dict[int, Fraction] | None:
        """Take what has the least burden off the heap: by a proof, or with exact prices."""
        while self._heap:
            fresh: list[Seen] = []
            self._look(fresh)
            if not fresh:
                return None
            first = min(fresh)
            proved = first.bracket.proved
            most = self._at_most(first) if proved else self._exactly(first)
            if most is None:  # there is not enough money for it after all
                self._put_back(one for one in fresh if one != first)
                continue
            self._look(fresh, most)
            rivals = [one for one in fresh if one.least <= most]
            if proved and len(rivals) == 1:
                self._put_back(one for one in fresh if one != first)
                return first
            prices = self._prices(rivals)
            tied = self._least_of(prices)
            self._put_back(
                one
                for one in fresh
                if one.place not in tied and (one.least > most or one.place in prices)
            )
            return tied
        return None

    def _look(self, fresh: list[Seen], most: int | None = None) -> None:
        """See again all projects whose burden may be `most` or less; without, the least ones."""
        heap = self._heap
        while heap:
            bound = most if most is not None else min(fresh).least if fresh else None
            if bound is not None and heap[0][0] > bound:
                return
            least, place = heappop(heap)
            project = self.field.projects[place]
            if self._limits.bar(project.key, self.keys) is None:
                self._rounded.start_at(project, self._price_of(project, least))
                enough = None if bound is None else self._price_of(project, bound) + 1
                bracket = self._rounded.price(project, enough)
                if bracket is not None:
                    least = self._fine(project, max(0, bracket.price - bracket.off))
                    fresh.append(Seen(least, project.place, bracket))

    def _project(self, seen: Seen) -> Supported:
        return self.field.projects[seen.place]

    def _put_back(self, seen: Iterable[Seen]) -> None:
        for one in seen:
            heappush(self._heap, (one.least, one.place))

    def _fine(self, project: Supported, price: int) -> int:
        """The burden of a fixed-point price, rounded down."""
        if not self.field.by_cost:
            return price * FINE
        return price * FINE // project.cost if project.cost else SCALE * FINE // project.weight

    def _price_of(self, project: Supported, fine: int) -> int:
        """The greatest fixed-point price whose burden is `fine` or less."""
        return fine * (project.cost if self.field.by_cost else 1) // FINE

    def _at_most(self, seen: Seen) -> int:
        return self._fine(self._project(seen), seen.bracket.price + seen.bracket.off) + 1

    def _exactly(self, seen: Seen) -> int | None:
        prices = self._prices([seen])
        if not prices:
            return None
        return self._in_fine(seen.place, prices[seen.place]) + 1

    def _prices(self, seen: Iterable[Seen]) -> dict[int, Fraction]:
        """Return the exact prices, by place, of those that can be paid for."""
        self.exact.follow(self.funded)
        prices = {one.place: self.exact.price(self._project(one)) for one in seen}
        return {place: price for place, price in sorted(prices.items()) if price is not None}

    def _in_fine(self, place: int, price: Fraction) -> int:
        burden = self._burden(place, price) * SCALE * FINE
        return burden.numerator // burden.denominator

    def _burden(self, place: int, price: Fraction) -> Fraction:
        project = self.field.projects[place]
        if not self.field.by_cost:
            return price
        return price / project.cost if project.cost else Fraction(1, project.weight)

    def _least_of(self, prices: Mapping[int, Fraction]) -> dict[int, Fraction]:
        burdens = {place: self._burden(place, price) for place, price in prices.items()}
        least = min(burdens.values())
        return {place: prices[place] for place, burden in burdens.items() if burden == least}

    # Paying

    def _fund(self, place: int, price: Fraction | Bracket) -> None:
        project = self.field.projects[place]
        self.keys.append(project.key)
        if isinstance(price, Bracket):
            self.funded.append(Funded(place))
            self._rounded.pay(project, price.price, price.off)
            self._in_full = self._in_full and price.in_full
            if self._in_full:
                self._keep_level(project)
        else:
            self._in_full = False
            self.funded.append(Funded(place, price))
            self._rounded.pay(project, price.numerator * SCALE // price.denominator, 1)

    def _settle(self, tied: Mapping[int, Fraction]) -> None:
        """Fund a project of exact price, or those of a tie that can come in any order.

        Then, if there are others, the first of them. The rest meet again in the next round.
        """
        if len(tied) == 1:
            [(place, price)] = tied.items()
            self._fund(place, price)
            return
        keys = {self.field.projects[place].key: place for place in tied}
        stuck = self._core(tied)
        core = tuple(key for key, place in keys.items() if place in stuck)
        level, decided_by = self._choose(core) if core else ((), ())
        step = len(self.chosen)
        first = next(iter(tied.items()))
        self.ties.append(
            Met(
                len(self.keys) + 1,
                self._burden(*first),
                tuple(keys),
                core,
                step,
                decided_by,
            )
        )
        for place, price in tied.items():
            if place not in stuck:
                self._fund(place, price)
        if not core:
            return
        if step < len(self._script):
            level = (self._script[step],)
        if len(level) > 1:
            self.fork = tuple(level)
            return
        [chosen] = level
        self.chosen.append(chosen)
        self._fund(keys[chosen], tied[keys[chosen]])
        for key in core:
            if key != chosen:
                project = self.field.projects[keys[key]]
                least = self._fine(project, self._rounded.prices[project.place])
                heappush(self._heap, (least, project.place))

    def _core(self, tied: Mapping[int, Fraction]) -> set[int]:
        """Those of a tie whose order may matter.

        All others are paid in full by the same voters whoever comes first: each supporter who
        has money left has enough for everything in the tie that the ballot names, and no limit
        or exclusion joins them with another of the tie.
        """
        projects = [self.field.projects[place] for place in tied]
        keys = [one.key for one in projects]
        stuck = {self.field.places[key] for key in self._limits.entangled(keys, self.keys)}
        naming: Counter[int] = Counter()
        for project in projects:
            if project.cost:
                for _, groups in project.payers:
                    naming.update(groups)
        shared = {group for group, times in naming.items() if times > 1}
        if not shared:
            return stuck
        purses = self.exact
        unit = lcm(purses.denominator, *(price.denominator for price in tied.values()))
        owed: dict[int, int] = dict.fromkeys(shared, 0)
        for project in projects:
            price = int(tied[project.place] * unit)
            for weight, groups in project.payers:
                for group in shared.intersection(groups):
                    owed[group] += weight * price
        factor = unit // purses.denominator
        short = {
            group
            for group, total in owed.items()
            if 0 < purses.amounts[purses.kinds[group]] * factor < total
        }
        return stuck | {
            project.place
            for project in projects
            if project.cost and any(not short.isdisjoint(groups) for _, groups in project.payers)
        }
