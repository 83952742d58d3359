"""What goes into a count and what comes out of it, the same for every rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voting.ballots import BallotDesign, check_marks, is_blank
from voting.log import Json, canonical, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Box:
    """The opened ballot box as numbers.

    `ballots` gives how many ballots carry the same marks text and came by the same channel;
    `void` how many void or unreadable ones came by a channel; `roll` how many people may vote.
    """

    ballots: Mapping[tuple[str, str], int]
    roll: int
    void: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        figures = [*self.ballots.values(), *self.void.values(), self.roll]
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

    `counts` are votes by answer (`votes`, or `yes`, `no`, `abstain`, `blank`). `rank` is 1 for the
    most votes and equal for equal votes. `won` is None while undecided or where the rule gives no
    winners. `need` is the number of votes the option had to reach, if the rule asks for one.
    """

    key: str
    counts: Mapping[str, int]
    rank: int | None
    won: bool | None
    reason: str
    need: int | None = None


@dataclass(frozen=True)
class Tie:
    """Equal votes at the last seat: who ties, for how many seats, and who got them by lot."""

    options: tuple[str, ...]
    votes: int
    seats: int
    won: tuple[str, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether a public lot settled it."""
        return bool(self.won)


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
    """The outcome of a count. `channels` stay out of the JSON: see `voting.tally.channels`."""

    rule: str
    roll: int
    turnout: int
    valid: int
    blank: int
    void: int
    quorum: Quorum | None
    options: tuple[OptionResult, ...]
    winners: tuple[str, ...]
    ties: tuple[Tie, ...]
    tie_order: tuple[str, ...] | None
    channels: tuple[ChannelCount, ...]

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
        return {
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
                    "counts": dict(option.counts),
                    "rank": option.rank,
                    "won": option.won,
                    "reason": option.reason,
                    "need": option.need,
                }
                for option in self.options
            ],
            "winners": list[Json](self.winners),
            "ties": [
                {
                    "options": list[Json](tie.options),
                    "votes": tie.votes,
                    "seats": tie.seats,
                    "won": list[Json](tie.won),
                }
                for tie in self.ties
            ],
            "tie_order": None if self.tie_order is None else list[Json](self.tie_order),
        }

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
    ties: Sequence[Tie] = (),
    tie_order: Sequence[str] | None = None,
) -> TallyResult:
    """Put a result together; winners stand by rank, then in the ballot's order."""
    winners = sorted((option for option in options if option.won), key=lambda one: one.rank or 0)
    lot_used = tie_order is not None and any(tie.decided for tie in ties)
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


def ranks(votes: Mapping[str, int]) -> dict[str, int]:
    """Rank by votes: 1 for the most, equal votes share a rank, the next rank skips them."""
    return {
        key: 1 + sum(other > number for other in votes.values()) for key, number in votes.items()
    }
