"""Where a debate's two sides agree: opinions by how useful people of either side found them. Pure.

A person's side is that of the newest opinion they wrote in the conversation; who wrote none stands
on no side and is not on the map. An opinion is placed by two shares: of those in favour who rated
it, how many found it useful, and the same of those against. Whole numbers in, whole numbers out, so
the same figures always give the same map. Nobody's own ratings can be read from it: an opinion is
placed only if at least ten people of each side rated it, and shares are rounded to steps of five.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST = 10
"""Fewer people of a side than this say nothing here."""
STEP = 5
AGREED = 60
"""From this share of both sides on, an opinion counts as one that both find useful."""


class Liking(StrEnum):
    """Who finds an opinion useful."""

    BOTH = "both"
    FOR = "for"
    AGAINST = "against"
    FEW = "few"


@dataclass(frozen=True)
class Ratings:
    """How many of each side rated an opinion, and how many of them found it useful."""

    pk: int
    useful_for: int
    rated_for: int
    useful_against: int
    rated_against: int


@dataclass(frozen=True)
class Place:
    """An opinion on the map: the share of either side that found it useful, in per cent."""

    pk: int
    share_for: int
    share_against: int

    @property
    def liking(self) -> Liking:
        """Who finds it useful: both sides, one of them, or few of either."""
        high_for, high_against = self.share_for >= AGREED, self.share_against >= AGREED
        if high_for and high_against:
            return Liking.BOTH
        if high_for or high_against:
            return Liking.FOR if high_for else Liking.AGAINST
        return Liking.FEW


def placed(ratings: Iterable[Ratings]) -> tuple[Place, ...]:
    """The opinions that enough people of both sides rated, those that both like best in front.

    The order is by the smaller of the two shares, then by the larger, then by the number.
    """
    places = [
        Place(
            one.pk,
            _share(one.useful_for, one.rated_for),
            _share(one.useful_against, one.rated_against),
        )
        for one in ratings
        if min(one.rated_for, one.rated_against) >= LEAST
    ]
    return tuple(
        sorted(
            places,
            key=lambda one: (
                -min(one.share_for, one.share_against),
                -max(one.share_for, one.share_against),
                one.pk,
            ),
        )
    )


def _share(part: int, whole: int) -> int:
    """The share in per cent, to the nearest step; a half goes up."""
    return (2 * 100 * part + STEP * whole) // (2 * STEP * whole) * STEP
