"""What goes into a count and what comes out of it, the same for every rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from voting.ballots import BallotDesign, check_marks, is_blank
from voting.log import Json, canonical, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


Exact = int | Fraction
"""A number without rounding: votes, points, shares of a weight."""


class StrangeChannelsError(ValueError):
    """Ballots came by `channels` to which a rule with parts gives nothing."""

    def __init__(self, channels: Sequence[str]) -> None:
        super().__init__(f"Ballots of a channel without a part: {', '.join(channels)}")
        self.channels = channels


def plain(number: Exact) -> int | str:
    """Give an exact number for JSON: whole, or `"7/3"` as text."""
    return int(number) if number.denominator == 1 else str(number)


@dataclass(frozen=True)
class Box:
    """The opened ballot box as numbers.

    `ballots` gives how many ballots carry the same marks text and came by the same channel;
    `void` how many void or unreadable ones came by a channel; `roll` how many people may vote;
    `bodies` what each body with a weight of its own gave to each option.
    """

    ballots: Mapping[tuple[str, str], int]
    roll: int
    void: Mapping[str, int] = field(default_factory=dict)
    bodies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = [points for body in self.bodies.values() for points in body.values()]
        figures = [*self.ballots.values(), *self.void.values(), *given, self.roll]
        if any(figure < 0 for figure in figures):
            raise ValueError("A ballot box holds no negative numbers.")

    @property
    def blank(self) -> int:
        """Ballots on which nothing is marked."""
        return sum(number for (marks, _), number in self.ballots.items() if is_blank(marks))

    @property
    def cast(self) -> int:
        """Ballots that were counted: valid and blank ones."""
        return sum(self.ballots.values())

    @property
    def turnout(self) -> int:
        """Everyone who took part: valid, blank and void."""
        return self.cast + sum(self.void.values())

    @property
    def figures(self) -> dict[str, int]:
        """The bases that bars may refer to."""
        return {"roll": self.roll, "turnout": self.turnout, "valid": self.cast - self.blank}


@dataclass(frozen=True)
class OptionResult:
    """One option's outcome.

    `counts` are votes by answer (`yes`, `no`, `abstain`, `blank`), or `votes` and what else the
    rule adds up (`docs/rules.md`). `rank` is 1 for the most votes and equal for equal votes.
    `won` is None while undecided or where the rule gives no winners. `need` is the number of votes
    the option had to reach, if the rule asks for one.
    """

    key: str
    counts: Mapping[str, Exact]
    rank: int | None
    won: bool | None
    reason: str
    need: int | None = None


@dataclass(frozen=True)
class Tie:
    """Equal votes at the last seat: who ties, for how many seats, and who got them by lot.

    `part` is the part whose seat it is, where seats are given out by part.
    """

    options: tuple[str, ...]
    votes: Exact
    seats: int
    won: tuple[str, ...] = ()
    part: str | None = None

    @property
    def decided(self) -> bool:
        """Whether it is settled."""
        return bool(self.won)

    @property
    def by_lot(self) -> bool:
        """Whether a public lot settled it."""
        return self.decided

    def to_json(self) -> dict[str, Json]:
        """Give the tie as plain values."""
        told: dict[str, Json] = {
            "options": list[Json](self.options),
            "votes": plain(self.votes),
            "seats": self.seats,
            "won": list[Json](self.won),
        }
        return told if self.part is None else {**told, "part": self.part}


@dataclass(frozen=True)
class RoundTie:
    """Equal options in a round: who ties, with how many votes each, what settled it and how.

    `by` is `together`, `earlier` or `lot`, or None while it is open; `facts` say what followed.
    """

    round: int
    options: tuple[str, ...]
    votes: Exact
    by: str | None
    facts: Mapping[str, Json]

    @property
    def decided(self) -> bool:
        """Whether it is settled."""
        return self.by is not None

    @property
    def by_lot(self) -> bool:
        """Whether a public lot settled it."""
        return self.by == "lot"

    def to_json(self) -> dict[str, Json]:
        """Give the tie as plain values."""
        return {
            "round": self.round,
            "options": list[Json](self.options),
            "votes": plain(self.votes),
            "by": self.by,
            **self.facts,
        }


@dataclass(frozen=True)
class PartCount:
    """One part of a weighted count: the weight used, what shares are shares of, the measures."""

    part: str
    weight: Exact
    divisor: Exact
    measures: Mapping[str, Exact]

    def to_json(self) -> dict[str, Json]:
        """Give the part as plain values."""
        return {
            "part": self.part,
            "weight": plain(self.weight),
            "divisor": plain(self.divisor),
            "measures": {key: plain(number) for key, number in self.measures.items()},
        }


@dataclass(frozen=True)
class SeatedPart:
    """One part that gives seats: what options have in it, whom it chose, whether it waits."""

    part: str
    seats: int
    measures: Mapping[str, Exact]
    chosen: tuple[str, ...]
    waits: bool

    def to_json(self) -> dict[str, Json]:
        """Give the part as plain values."""
        return {
            "part": self.part,
            "seats": self.seats,
            "measures": {key: plain(number) for key, number in self.measures.items()},
            "chosen": list[Json](self.chosen),
            "waits": self.waits,
        }


@dataclass(frozen=True)
class Pairs:
    """Every option held against every other: how many ballots put the first above the second."""

    above: Mapping[str, Mapping[str, int]]
    condorcet: str | None


@dataclass(frozen=True)
class Quorum:
    """Whether enough people took part: `got` of the `need` that the rule asks for."""

    need: int
    got: int

    @property
    def reached(self) -> bool:
        """Whether the figure reaches the need."""
        return self.got >= self.need

    def to_json(self) -> dict[str, Json]:
        """Give the figures as plain values."""
        return {"need": self.need, "got": self.got, "reached": self.reached}


@dataclass(frozen=True)
class ChannelCount:
    """What came by one channel: its ballots, blank and void ones, and votes by option."""

    channel: str
    ballots: int
    blank: int
    void: int
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class TallyResult:
    """The outcome of a count. `channels` stay out of the JSON: see `voting.tally.channels`.

    `rounds` is what rules that count in rounds write down of each, `parts` what weights do,
    `seated` what parts that give seats do, `pairs` what options held against each other give; each
    None where the rule has none.
    """

    rule: str
    roll: int
    turnout: int
    valid: int
    blank: int
    void: int
    quorum: Quorum | None
    options: tuple[OptionResult, ...]
    winners: tuple[str, ...]
    ties: tuple[Tie | RoundTie, ...]
    tie_order: tuple[str, ...] | None
    channels: tuple[ChannelCount, ...]
    rounds: tuple[Mapping[str, Json], ...] | None = None
    parts: tuple[PartCount, ...] | None = None
    pairs: Pairs | None = None
    seated: tuple[SeatedPart, ...] | None = None

    @property
    def decided(self) -> bool:
        """Whether no tie waits for a lot."""
        return all(tie.decided for tie in self.ties)

    def option(self, key: str) -> OptionResult:
        """Give the outcome of one option; raises KeyError for an unknown one."""
        for option in self.options:
            if option.key == key:
                return option
        raise KeyError(key)

    def to_json(self) -> dict[str, Json]:
        """Give the public result as plain values: all that a recount of the ballots can give."""
        told: dict[str, Json] = {
            "rule": self.rule,
            "roll": self.roll,
            "turnout": self.turnout,
            "valid": self.valid,
            "blank": self.blank,
            "void": self.void,
            "decided": self.decided,
            "quorum": None if self.quorum is None else self.quorum.to_json(),
            "options": [
                {
                    "key": option.key,
                    "counts": {name: plain(one) for name, one in option.counts.items()},
                    "rank": option.rank,
                    "won": option.won,
                    "reason": option.reason,
                    "need": option.need,
                }
                for option in self.options
            ],
            "winners": list[Json](self.winners),
            "ties": [tie.to_json() for tie in self.ties],
            "tie_order": None if self.tie_order is None else list[Json](self.tie_order),
        }
        if self.rounds is not None:
            told["rounds"] = [dict(one) for one in self.rounds]
        if self.parts is not None:
            told["parts"] = [part.to_json() for part in self.parts]
        if self.seated is not None:
            told["seated"] = [part.to_json() for part in self.seated]
        if self.pairs is not None:
            told["pairs"] = {one: dict[str, Json](row) for one, row in self.pairs.above.items()}
            told["condorcet"] = self.pairs.condorcet
        return told

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical public result: equal digests are equal results."""
        return digest(canonical(self.to_json()))


def report(
    rule: str,
    box: Box,
    *,
    quorum: Quorum | None,
    options: Sequence[OptionResult],
    channels: Sequence[ChannelCount],
    ties: Sequence[Tie | RoundTie] = (),
    tie_order: Sequence[str] | None = None,
) -> TallyResult:
    """Put a result together; winners stand by rank, then in the ballot's order."""
    winners = sorted((option for option in options if option.won), key=lambda one: one.rank or 0)
    lot_used = tie_order is not None and any(tie.by_lot for tie in ties)
    return TallyResult(
        rule=rule,
        roll=box.roll,
        turnout=box.turnout,
        valid=box.cast - box.blank,
        blank=box.blank,
        void=sum(box.void.values()),
        quorum=quorum,
        options=tuple(options),
        winners=tuple(option.key for option in winners),
        ties=tuple(ties),
        tie_order=tuple(tie_order or ()) if lot_used else None,
        channels=tuple(channels),
    )


def tabulate(
    design: BallotDesign,
    box: Box,
    names: Sequence[str],
    votes: Callable[[str], Iterable[tuple[str, str]]],
) -> tuple[ChannelCount, ...]:
    """Add up `box` by channel, sorted by channel name.

    `votes` gives for one marks text the (option, answer) pairs that it adds one to; `names` are
    the answers there are. Raises ValueError for marks that the design does not allow.
    """
    counts: dict[str, dict[str, dict[str, int]]] = {}
    cast: Counter[str] = Counter()
    blank: Counter[str] = Counter()
    for channel in {channel for _, channel in box.ballots} | set(box.void):
        counts[channel] = {key: dict.fromkeys(names, 0) for key in design.keys}
    for (marks, channel), number in box.ballots.items():
        check_marks(design, marks)
        cast[channel] += number
        blank[channel] += number if is_blank(marks) else 0
        for key, name in votes(marks):
            counts[channel][key][name] += number
    return tuple(
        ChannelCount(name, cast[name], blank[name], box.void.get(name, 0), counts[name])
        for name in sorted(counts)
    )


def add_up(channels: Sequence[ChannelCount], key: str, names: Sequence[str]) -> dict[str, int]:
    """Votes of one option over all channels, by answer."""
    return {name: sum(channel.counts[key][name] for channel in channels) for name in names}


def ranks(measure: Mapping[str, Exact]) -> dict[str, int]:
    """Rank by a measure: 1 for the most, equal ones share a rank, the next rank skips them."""
    return {
        key: 1 + sum(other > number for other in measure.values())
        for key, number in measure.items()
    }
