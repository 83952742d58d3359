"""What a rule asks beyond votes and money: minimums, exclusions and limits, as data.

Each of them only ever forbids more as projects are funded, never less: a project that is barred
once stays barred. What `greedy.py` and `equal_shares` say of ties rests on that.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from budgets.methods.exact import Exact, plain, read_plain
from budgets.methods.outcome import Decision, Fate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from budgets.methods.profile import Candidate, Profile

Caps = tuple[tuple[str, Exact], ...]
"""Limits of money by name, such as a category's."""

NUMBERS = ("threshold_percent", "cost_multiple", "min_turnout", "min_turnout_percent")
PERCENTAGES = ("threshold_percent", "min_turnout_percent")


@dataclass(frozen=True, slots=True)
class Constraints:
    """Conditions of a rule; without any, everything may be funded.

    `threshold_percent`: so many of a hundred voters must support a project. `cost_multiple` k: a
    project needs supporters / voters ≥ cost / (k · budget). `min_turnout`, or in percent of the
    electorate `min_turnout_percent`: with fewer voters nothing is funded. `exclusions`: of each
    group of projects at most one is funded. `category_caps`, `area_caps`: at most so much money
    for the projects of a category or an area; a project counts in full in each of its categories.
    Raises ValueError for what makes no sense.
    """

    threshold_percent: Exact | None = None
    cost_multiple: Exact | None = None
    min_turnout: int | None = None
    min_turnout_percent: Exact | None = None
    exclusions: tuple[tuple[str, ...], ...] = ()
    category_caps: Caps = ()
    area_caps: Caps = ()

    def __post_init__(self) -> None:
        for name in PERCENTAGES:
            percent = getattr(self, name)
            if percent is not None and not 0 < percent <= 100:
                raise ValueError(f"{name} must be more than 0 and at most 100.")
        if self.cost_multiple is not None and self.cost_multiple <= 0:
            raise ValueError("cost_multiple must be more than 0.")
        if self.min_turnout is not None and (
            not isinstance(self.min_turnout, int) or self.min_turnout < 1
        ):
            raise ValueError("min_turnout must be a whole number, at least 1.")
        if any(len(set(group)) < max(2, len(group)) for group in self.exclusions):
            raise ValueError("An exclusion must name two or more projects, each of them once.")
        for caps in (self.category_caps, self.area_caps):
            if len(dict(caps)) < len(caps) or any(cap < 0 for _name, cap in caps):
                raise ValueError("A limit of money is negative or stands there twice.")

    def as_data(self) -> dict[str, object]:
        """Return what is set, as plain JSON values."""
        data: dict[str, object] = {
            name: plain(number) for name in NUMBERS if (number := getattr(self, name)) is not None
        }
        if self.exclusions:
            data["exclusions"] = [list(group) for group in self.exclusions]
        for name in ("category_caps", "area_caps"):
            if caps := getattr(self, name):
                data[name] = {key: plain(cap) for key, cap in caps}
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Constraints:
        """Read what `as_data` wrote; raises ValueError for anything else."""
        unknown = data.keys() - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"There is no constraint {min(unknown)!r}.")
        numbers: dict[str, Any] = {name: read_plain(data[name]) for name in NUMBERS if name in data}
        return cls(
            **numbers,
            exclusions=tuple(tuple(map(str, group)) for group in data.get("exclusions", ())),
            category_caps=_read_caps(data.get("category_caps", {})),
            area_caps=_read_caps(data.get("area_caps", {})),
        )


def _read_caps(data: Mapping[str, object]) -> Caps:
    return tuple(sorted((name, read_plain(cap)) for name, cap in data.items()))


def set_aside(
    candidate: Candidate, profile: Profile, constraints: Constraints, threshold: int | None
) -> Decision | None:
    """Return why a project does not take part in the count; None if it does."""
    told = Decision(candidate.key, Fate.WITHDRAWN, candidate.score, candidate.cost)
    if candidate.withdrawn:
        return told
    voters = profile.turnout
    turnout = _turnout_needed(profile, constraints)
    if turnout is not None and (voters or 0) < turnout:
        return replace(told, fate=Fate.TOO_FEW_VOTERS, voters=voters, needed=turnout)
    votes = int(candidate.supporters) if candidate.supporters != candidate.score else None
    asked = candidate.supporters if profile.threshold_of_votes else candidate.score
    if threshold is not None and asked < threshold:
        votes = votes if profile.threshold_of_votes else None
        return replace(told, fate=Fate.BELOW_THRESHOLD, threshold=threshold, votes=votes)
    supporters = _supporters_needed(candidate, profile, constraints)
    if candidate.supporters < supporters:
        return replace(told, fate=Fate.TOO_FEW_SUPPORTERS, needed=supporters, votes=votes)
    return None


def _turnout_needed(profile: Profile, constraints: Constraints) -> int | None:
    needed = constraints.min_turnout
    if constraints.min_turnout_percent is not None:
        part = Fraction(constraints.min_turnout_percent) * (profile.electorate or 0) / 100
        needed = max(needed or 0, _up(part))
    return needed


def _supporters_needed(candidate: Candidate, profile: Profile, constraints: Constraints) -> int:
    """The least number of supporters that the percentage and the cost ask for."""
    voters = profile.turnout or 0
    needed = 0
    if constraints.threshold_percent is not None:
        needed = _up(Fraction(constraints.threshold_percent) * voters / 100)
    if constraints.cost_multiple is not None and candidate.cost:
        worth = Fraction(constraints.cost_multiple) * profile.budget
        by_cost = _up(candidate.cost * voters / worth) if worth else voters + 1
        needed = max(needed, by_cost)
    return needed


def _up(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a project may not be funded beside others: an excluding one, or a limit of money."""

    rival: str | None = None
    limit: str | None = None
    cap: Exact | None = None


class Limits:
    """Which projects may not be funded beside those that are.

    Raises ValueError if constraints speak of projects, categories or areas that do not exist, or
    need figures that the profile does not have.
    """

    def __init__(self, profile: Profile, constraints: Constraints) -> None:
        _check(profile, constraints)
        self.costs = {one.key: one.cost for one in profile.candidates}
        self.pools: dict[str, list[tuple[str, Exact]]] = {}
        self.rivals: dict[str, set[str]] = {}
        for group in constraints.exclusions:
            for key in group:
                self.rivals.setdefault(key, set()).update(one for one in group if one != key)
        by_category, by_area = dict(constraints.category_caps), dict(constraints.area_caps)
        for one in profile.candidates:
            mine = sorted(set(one.categories))
            named = [(name, by_category[name]) for name in mine if name in by_category]
            if one.area in by_area:
                named.append((f"{AREA}{one.area}", by_area[one.area]))
            if named:
                self.pools[one.key] = named

    def bar(self, key: str, funded: Collection[str]) -> Bar | None:
        """Return what forbids a project beside the funded ones: an exclusion, else a limit."""
        rivals = self.rivals.get(key, set()).intersection(funded)
        if rivals:
            return Bar(rival=min(rivals))
        for name, cap in self.pools.get(key, ()):
            if self._spent(name, funded) + self.costs[key] > cap:
                return Bar(limit=name.removeprefix(AREA), cap=cap)
        return None

    def in_the_way(self, key: str, funded: Collection[str]) -> tuple[str, ...]:
        """Return the funded projects on whose account `bar` forbids one, in their order."""
        bar = self.bar(key, funded)
        if bar is None:
            return ()
        if bar.rival is not None:
            return tuple(one for one in funded if one in self.rivals[key])
        [full, *_] = [
            name
            for name, cap in self.pools[key]
            if self._spent(name, funded) + self.costs[key] > cap
        ]
        return tuple(one for one in funded if self._is_in(one, full))

    def allow(self, keys: Iterable[str], funded: Sequence[str]) -> bool:
        """Whether all of these may be funded together, beside the funded ones."""
        together = list(funded)
        for key in keys:
            if self.bar(key, together) is not None:
                return False
            together.append(key)
        return True

    def entangled(self, keys: Collection[str], funded: Sequence[str]) -> set[str]:
        """Of projects that may each be funded, those that another of them may bar.

        Empty if all may be funded together; else those that share an exclusion or a limit.
        """
        if self.allow(keys, funded):
            return set()
        return {key for key in keys if any(self._touch(key, one) for one in keys if one != key)}

    def _touch(self, key: str, other: str) -> bool:
        pools = {name for name, _cap in self.pools.get(key, ())}
        return other in self.rivals.get(key, set()) or any(
            name in pools for name, _cap in self.pools.get(other, ())
        )

    def _spent(self, name: str, funded: Collection[str]) -> Exact:
        return sum(self.costs[one] for one in funded if self._is_in(one, name))

    def _is_in(self, key: str, name: str) -> bool:
        return any(name == pool for pool, _cap in self.pools.get(key, ()))


AREA = "\x00area:"
"""Tells the limit of an area from that of a category of the same name."""


def _check(profile: Profile, constraints: Constraints) -> None:
    keys = {one.key for one in profile.candidates}
    unknown = {key for group in constraints.exclusions for key in group} - keys
    if unknown:
        raise ValueError(f"An exclusion names {min(unknown)!r}, which does not compete.")
    categories = {name for one in profile.candidates for name in one.categories}
    areas = {one.area for one in profile.candidates}
    for caps, known in ((constraints.category_caps, categories), (constraints.area_caps, areas)):
        for name, _cap in caps:
            if name not in known:
                raise ValueError(f"There is a limit for {name!r}, but no project is in it.")
    counts_voters = (
        constraints.threshold_percent,
        constraints.cost_multiple,
        constraints.min_turnout,
        constraints.min_turnout_percent,
    )
    if profile.turnout is None and any(one is not None for one in counts_voters):
        raise ValueError("The rule needs the number of voters.")
    if profile.electorate is None and constraints.min_turnout_percent is not None:
        raise ValueError("A turnout in percent needs the size of the electorate.")


NO_CONSTRAINTS = Constraints()
