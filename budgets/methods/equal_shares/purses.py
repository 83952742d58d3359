"""The voters' purses twice over: exactly, and in fixed point with a bound on the error.

Both hold what is left of each voter's share, one entry for each group of equal ballots. The
price of a project is the least payment for each unit of weight at which its supporters together
pay its cost, where nobody pays more than is in the purse. It never falls while purses empty.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from budgets.methods.equal_shares.field import Field, Supported

SCALE = 2**128
"""The unit of fixed point is this part of the smallest unit of money."""


FULL, EMPTY = 0, 1
"""The first two kinds of exact purses."""


@dataclass(slots=True)
class Funded:
    """A project as a run funded it; `price` is the exact one, None while nobody asked for it."""

    place: int
    price: Fraction | None = None


class Bracket(NamedTuple):
    """A price in fixed point: the exact one is at least `price - off`.

    If `proved`, there is money for it, and the exact one is at most `price + off`. If it is paid
    `in_full`, nobody has too little for it.
    """

    price: int
    off: int
    proved: bool
    in_full: bool = False


class Level(NamedTuple):
    """Purses of a `share` after `done` projects, each of which all its supporters paid in full.

    Of those who paid, nobody has less than `least` left.
    """

    done: int
    share: Fraction
    purses: list[int]
    error: int
    least: int

    def less(self, share: Fraction) -> int:
        """How much less everybody has with a lower share, rounded up."""
        lower = self.share - share
        return -(-lower.numerator * SCALE // lower.denominator)


class RoundedPurses:
    """Whole numbers in units of 1/`SCALE`; none is further than `error` from its exact value.

    Why the bounds hold, with E for `error`, N for the number of voters who give all they have
    (the poor) and R for the weight of the others (the rich): a purse that is E off moves the sum
    that the poor give by at most E·N, and rounding the price down loses less than R. So the
    price is at most E·N/R + 1 off. From below this is always so. From above it is so if none of
    the rich could be poor within that range and E; else no bound is claimed.
    """

    def __init__(self, field: Field, share: Fraction) -> None:
        self.purses = [share.numerator * SCALE // share.denominator] * field.groups
        self.error = 1
        self.prices = [one.cost * SCALE // one.weight for one in field.projects]

    def price(self, project: Supported, enough: int | None = None) -> Bracket | None:
        """Return the price, or None if the supporters surely have too little money.

        Starts from the last price, which is not too high, and raises it until those who cannot
        pay it are the ones that it was computed for, or until it is surely above `enough`: that
        such a price is not too high needs no last step, and so holds the bound from below.
        """
        cost = project.cost * SCALE
        views = [(bucket, read(self.purses)) for bucket, read in project.reading]
        price = self.prices[project.place]
        off = room = 0
        before = -1  # the number of poor that the price was computed for
        while True:
            given = poor = poor_weight = 0
            for (number, weight), view in views:
                limit = weight * (price + off) + room
                below = [purse for purse in view if purse < limit]
                if below:
                    given += number * sum(below)
                    poor += number * len(below)
                    poor_weight += number * weight * len(below)
            if poor == before:  # nobody else is poor even at the top of the bracket
                return Bracket(price, off, proved=True, in_full=not poor)
            rich = project.weight - poor_weight
            if not rich:
                if given + project.voters * self.error < cost:
                    return None
                return Bracket(price, price, proved=False)
            raised = (cost - given) // rich
            if raised <= price and before >= 0:
                return Bracket(price, off, proved=False)
            price = self.prices[project.place] = max(price, raised)
            off = self.error * poor // rich + 2
            if enough is not None and price - off > enough:
                return Bracket(price, off, proved=False)
            before, room = poor, self.error

    def least_of(self, project: Supported) -> int:
        """What each supporter of a project has left at least."""
        left = (min(map(self.purses.__getitem__, groups)) for _, groups in project.payers)
        return min(left) - self.error

    def begin_at(self, level: Level, less: int) -> None:
        """Take the purses of a level, out of which everybody has so much less."""
        self.purses = [purse - less for purse in level.purses]
        self.error = level.error + 1

    def start_at(self, project: Supported, price: int) -> None:
        """Look for the price from here on; it must not be higher than the exact one."""
        self.prices[project.place] = max(self.prices[project.place], price)

    def pay(self, project: Supported, price: int, off: int) -> None:
        """Let the supporters pay a price that is at most `off` from the exact one."""
        purses = self.purses
        for weight, groups in project.payers:
            payment = weight * price
            for group in groups:
                purse = purses[group]
                purses[group] = purse - payment if purse > payment else 0
        self.error += project.heaviest * off


class ExactPurses:
    """The same purses exactly: whole numbers over one common denominator.

    Groups whose voters paid for the same projects have the same purse, so only a few different
    ones are kept: `kinds` says which one a group has.
    """

    def __init__(self, field: Field, share: Fraction) -> None:
        self.projects = field.projects
        self.kinds = [FULL] * field.groups
        self.amounts = [share.numerator, 0]
        self.denominator = share.denominator
        self.paid = 0

    def follow(self, run: list[Funded]) -> None:
        """Pay for what a run has funded since the last time, and put in each exact price."""
        for funded in run[self.paid :]:
            project = self.projects[funded.place]
            if funded.price is None:
                funded.price = self.price(project)
            if funded.price is None:
                raise ArithmeticError("A project was funded without the money for it.")
            self.pay(project, funded.price)
        self.paid = len(run)

    def purse(self, group: int) -> Fraction:
        """Return what each voter of a group has left."""
        return Fraction(self.amounts[self.kinds[group]], self.denominator)

    def held(self, project: Supported) -> Fraction:
        """Return the money that the supporters have left."""
        held = sum(
            number * count * self.amounts[kind]
            for (number, _weight), read in project.reading
            for kind, count in Counter(read(self.kinds)).items()
        )
        return Fraction(held, self.denominator)

    def price(self, project: Supported) -> Fraction | None:
        """Return the exact price, or None if the supporters have too little money."""
        holders: Counter[tuple[int, int]] = Counter()
        for (number, weight), read in project.reading:
            for kind, count in Counter(read(self.kinds)).items():
                holders[self.amounts[kind], weight] += number * count
        cost = project.cost * self.denominator
        given, rich = 0, project.weight
        while rich:
            # poor are those who cannot pay (cost - given) / rich for each unit of their weight
            poor = [one for one in holders if one[0] * rich < one[1] * (cost - given)]
            if not poor:
                return Fraction(cost - given, rich * self.denominator)
            for amount, weight in poor:
                count = holders.pop((amount, weight))
                given += amount * count
                rich -= weight * count
        return None

    def pay(self, project: Supported, price: Fraction) -> None:
        """Let the supporters pay the exact price."""
        common = self.denominator * (price.denominator // gcd(self.denominator, price.denominator))
        if common > self.denominator:
            factor = common // self.denominator
            self.amounts = [amount * factor for amount in self.amounts]
            self.denominator = common
        unit = price.numerator * (common // price.denominator)
        kinds, amounts = self.kinds, self.amounts
        for weight, groups in project.payers:
            moved: dict[int, int] = {}
            for group in groups:
                before = kinds[group]
                if before not in moved:
                    moved[before] = EMPTY
                    if amounts[before] > weight * unit:
                        moved[before] = len(amounts)
                        amounts.append(amounts[before] - weight * unit)
                kinds[group] = moved[before]
