"""Orders among tied projects: those that a rule names, then a lot; nothing else decides."""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from budgets.methods.exact import Exact
    from budgets.methods.profile import Candidate, Profile

TIE_ORDERS: Mapping[str, Callable[[Candidate], Exact]] = MappingProxyType(
    {
        "lower_cost": lambda candidate: candidate.cost,
        "more_votes": lambda candidate: -candidate.supporters,
    }
)
"""Orders among tied projects that options may name; the smaller value comes first."""

LOT = "lot"
"""What a tie says that was decided by the explicit order given as `tie_break`."""


def check_orders(names: Sequence[str]) -> None:
    """Raise ValueError for the name of an order that does not exist, or that comes twice."""
    unknown = [name for name in names if name not in TIE_ORDERS]
    if unknown:
        raise ValueError(f"Unknown tie order {unknown[0]!r}; known: {', '.join(TIE_ORDERS)}.")
    if len(set(names)) < len(names):
        raise ValueError("A tie order stands there twice.")


def lot_places(profile: Profile, tie_break: Sequence[str]) -> dict[str, int]:
    """Return the place that a lot gave each project; raises ValueError for one that cannot be."""
    places = {key: place for place, key in enumerate(tie_break)}
    if len(places) < len(tie_break):
        raise ValueError("The lot names a project twice.")
    unknown = places.keys() - {candidate.key for candidate in profile.candidates}
    if unknown:
        raise ValueError(f"The lot names {min(unknown)!r}, which does not compete.")
    return places


def in_steps(
    members: Sequence[Candidate], names: Sequence[str], places: Mapping[str, int]
) -> tuple[list[tuple[Candidate, ...]], list[str]]:
    """Split tied projects into steps, and say what did it; what stays level is one step.

    The named orders come first, one after the other. A step that is still level is put in order
    by the lot, if that names all of it.
    """
    decided_by: list[str] = []
    steps = [tuple(members)]
    for name in names:
        rank = TIE_ORDERS[name]
        split = [
            tuple(level) for step in steps for _, level in groupby(sorted(step, key=rank), key=rank)
        ]
        if len(split) > len(steps):
            decided_by.append(name)
        steps = split
    drawn: list[tuple[Candidate, ...]] = []
    for step in steps:
        if len(step) > 1 and all(member.key in places for member in step):
            if LOT not in decided_by:
                decided_by.append(LOT)
            order = sorted(step, key=lambda member: places[member.key])
            drawn.extend((member,) for member in order)
        else:
            drawn.append(step)
    return drawn, decided_by


def first_of(
    members: Sequence[Candidate], names: Sequence[str], places: Mapping[str, int]
) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Return who of tied projects comes first, all that are still level, and what decided it."""
    level = tuple(members)
    decided_by = []
    for name in names:
        rank = TIE_ORDERS[name]
        least = min(map(rank, level))
        ahead = tuple(member for member in level if rank(member) == least)
        if len(ahead) < len(level):
            decided_by.append(name)
        level = ahead
    if len(level) > 1 and all(member.key in places for member in level):
        decided_by.append(LOT)
        level = (min(level, key=lambda member: places[member.key]),)
    return level, tuple(decided_by)
