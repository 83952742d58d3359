"""Read what bodies with a weight or seats of their own have given, and who has typed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.models import BodyEntry
from voting.selectors.counting import bodies_of
from voting.tally.quotas import read_quotas
from voting.tally.weights import read_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voting.models import Contest
    from voting.tally.quotas import SeatPart
    from voting.tally.weights import Part

MOST_POINTS = 1_000_000
"""The most that a body gives to one option."""


@dataclass(frozen=True)
class BodyStanding:
    """A body: its place among the bodies, its weight or its seats, and how far its points are.

    `points` are those in the log, which two people typed alike. `round` is the one that is being
    typed, `entered_by` who has typed in it; `differs` says that the round before did not agree.
    """

    place: int
    part: str
    weight: int
    seats: int
    points: Mapping[str, int]
    round: int
    entered_by: frozenset[str]
    differs: bool


def body_parts(contest: Contest) -> list[Part | SeatPart]:
    """The bodies that the contest's rule gives a weight or seats."""
    weights = read_weights(contest.rule_options.get("weights"))
    parts = weights.parts if weights else read_quotas(contest.rule_options.get("seats_by"))
    return [part for part in parts if part.body]


def body_standings(contest: Contest) -> list[BodyStanding]:
    """Every body of a contest, in the order of its rule."""
    parts = body_parts(contest)
    given = bodies_of(contest) if parts else {}
    return [
        _standing(contest, place, part, given.get(part.name, {}))
        for place, part in enumerate(parts, start=1)
    ]


def _standing(
    contest: Contest, place: int, part: Part | SeatPart, points: Mapping[str, int]
) -> BodyStanding:
    entries = list(BodyEntry.objects.filter(contest=contest, part=part.name))
    last = max((entry.round for entry in entries), default=1)
    typed = [entry for entry in entries if entry.round == last]
    differs = not points and (last > 1 or len(typed) > 1)
    if len(typed) > 1:
        last, typed = last + 1, []
    by = frozenset(entry.entered_by_ref for entry in typed)
    weight, seats = getattr(part, "weight", 0), getattr(part, "seats", 0)
    return BodyStanding(place, part.name, weight, seats, points, last, by, differs)


def bodies_missing(contest: Contest) -> list[str]:
    """Bodies whose points are not in the log yet."""
    return [one.part for one in body_standings(contest) if not one.points]
