"""A result by parts read back: what each part weighed, or whom each part chose.

Pure. Parts are channels (web, paper) or bodies; see `docs/rules.md`, "Weights", "Seats by part".
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from voting.tally.seats import fill
from voting.tally.weights import read_weights, shares_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.ballots import BallotDesign
    from voting.results import ResultFigures

Plain = Any
"""Parsed JSON of a publication or of a frozen rule, written by this app itself."""

HEAVY = 20
"""So many ballots of one channel against one of another need a warning."""


@dataclass(frozen=True)
class PartRow:
    """One option in one part: what it has there, and what that is worth of 100."""

    title: str
    measure: Fraction
    worth: Fraction


@dataclass(frozen=True)
class PartOutcome:
    """A part with the weight it counted with (0 if it stayed empty) and its options."""

    name: str
    is_body: bool
    weight: Fraction
    rows: tuple[PartRow, ...]


@dataclass(frozen=True)
class Ratio:
    """One ballot (or, of `points`, one vote) of `heavy` weighed as many of `light` as `number`."""

    heavy: str
    light: str
    number: Fraction
    of_votes: bool

    @property
    def is_large(self) -> bool:
        """Whether it calls for a warning."""
        return self.number > HEAVY


@dataclass(frozen=True)
class WeighedOutcome:
    """The parts, the largest ratio between two channels, and who would win without weights.

    `unweighted` is None where the rule names no winners, or where equal votes leave it open.
    """

    parts: tuple[PartOutcome, ...]
    ratio: Ratio | None
    unweighted: tuple[str, ...] | None

    @property
    def channels(self) -> tuple[PartOutcome, ...]:
        """The parts that are ways to vote."""
        return tuple(part for part in self.parts if not part.is_body)


def read_parts(
    plain: Plain, rule: Mapping[str, Any], figures: ResultFigures, design: BallotDesign
) -> WeighedOutcome | None:
    """Read the parts of a weighted result back; None for a result without weights."""
    weights = read_weights(rule.get("weights"))
    if weights is None or not plain.get("parts"):
        return None
    bodies = {part.name for part in weights.parts if part.body}
    titles = {option.key: option.title for option in figures.options}
    parts, per_ballot = [], {}
    for one in plain["parts"]:
        name, weight, divisor = one["part"], Fraction(one["weight"]), Fraction(one["divisor"])
        measures = {key: Fraction(number) for key, number in one["measures"].items()}
        way = "points" if name in bodies and weights.way == "ballots" else weights.way
        shares = shares_of(way, measures, divisor) if divisor else dict.fromkeys(measures, 0)
        rows = tuple(PartRow(titles[key], measures[key], weight * shares[key]) for key in titles)
        parts.append(PartOutcome(name, name in bodies, weight, rows))
        if divisor and weight and name not in bodies and way != "rank":
            per_ballot[name] = weight / divisor
    return WeighedOutcome(
        parts=tuple(parts),
        ratio=_ratio(per_ballot, of_votes=weights.way == "points"),
        unweighted=_unweighted(figures, design, rule),
    )


@dataclass(frozen=True)
class SeatedOutcome:
    """A part that gives seats: whom it chose, with how much; whether its own tie is open, or waits.

    `rows` are title and votes or points; None where so few stand behind a figure that it is merged.
    """

    name: str
    seats: int
    rows: tuple[tuple[str, int | None], ...]
    is_body: bool
    is_open: bool
    waits: bool


def read_seated(
    plain: Plain, rule: Mapping[str, Any], figures: ResultFigures, cells: Plain
) -> tuple[SeatedOutcome, ...]:
    """Read the parts that give seats; none where nobody was chosen because too few took part.

    A figure of a channel is told only where the table by channel tells it (`cells`).
    """
    if figures.quorum is not None and not figures.quorum.reached:
        return ()
    bodies = {part["part"] for part in rule.get("seats_by") or () if part.get("body")}
    titles = {one.key: one.title for one in figures.options}
    votes = {one.key: one.votes for one in figures.options}
    undecided = {tie.part for tie in figures.ties if not tie.decided}

    def told(name: str, key: str, number: int) -> int | None:
        if name in bodies:
            return number
        if cells["groups"] == [[name]]:
            return votes[key]
        is_split = [name] in cells["groups"] and cells["rows"].get(key) is not None
        return number if is_split else None

    return tuple(
        SeatedOutcome(
            name=one["part"],
            seats=one["seats"],
            rows=tuple(
                (titles[key], told(one["part"], key, one["measures"][key])) for key in one["chosen"]
            ),
            is_body=one["part"] in bodies,
            is_open=one["part"] in undecided,
            waits=one["waits"],
        )
        for one in plain.get("seated", ())
    )


def _ratio(per_ballot: Mapping[str, Fraction], *, of_votes: bool) -> Ratio | None:
    if len(per_ballot) < 2:
        return None
    heavy = max(per_ballot, key=lambda name: per_ballot[name])
    light = min(per_ballot, key=lambda name: per_ballot[name])
    return Ratio(heavy, light, per_ballot[heavy] / per_ballot[light], of_votes)


def _unweighted(
    figures: ResultFigures, design: BallotDesign, rule: Mapping[str, Any]
) -> tuple[str, ...] | None:
    """Titles of those who would win if every ballot weighed the same."""
    seats = rule.get("seats")
    if not isinstance(seats, int):
        return None
    name = next(name for name in ("points", "score", "votes") if name in figures.options[0].counts)
    measure = {one.key: Fraction(one.counts[name]) for one in figures.options}
    able = [one.key for one in figures.options if measure[one.key] and one.votes >= (one.need or 0)]
    won: set[str] = set()
    for keys in _groups(design, grouped=rule.get("per_group") is True):
        fell = fill({key: measure[key] for key in keys}, able, seats, None)
        if fell.tie is not None:
            return None
        won |= fell.sure
    return tuple(one.title for one in figures.ranked if one.key in won)


def _groups(design: BallotDesign, *, grouped: bool) -> Sequence[Sequence[str]]:
    groups: dict[str | None, list[str]] = {}
    for option in design.in_order:
        groups.setdefault(option.group if grouped else None, []).append(option.key)
    return list(groups.values())
