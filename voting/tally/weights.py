"""Weights: web and paper, or a body, each with its share of the outcome, exactly.

Towns give the web 50 and the hall 50, or a committee 30 (`docs/rules.md`, "Weights"). What an
option has in a part is made a share of that part, and the shares are added by weight: 100 is all.
The part `all` is every ballot, however it came: a town that gives its vote 30 and a committee 70
does not weigh web and paper apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.tally.result import PartCount, StrangeChannelsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, ChannelCount, Exact

ALL = 100
TOGETHER = "all"
"""The part of all ballots together; it stands beside bodies only."""
WAYS = ("ballots", "points", "rank")
EMPTY = ("spread", "void")


@dataclass(frozen=True)
class Part:
    """A channel or a body, and its weight out of 100."""

    name: str
    weight: int
    body: bool


@dataclass(frozen=True)
class Weights:
    """The weights of a rule: the parts, what a share is (`way`), and what an empty part means."""

    parts: tuple[Part, ...]
    way: str
    empty: str

    @property
    def channels(self) -> set[str]:
        """The parts that are ways of voting, or all of them together."""
        return {part.name for part in self.parts if not part.body}


@dataclass(frozen=True)
class Weighed:
    """A weighted count: each option's share out of 100, the parts behind it.

    `broken` says that a part was empty where that stops the count.
    """

    measure: Mapping[str, Exact]
    parts: tuple[PartCount, ...]
    broken: bool


def read_weights(given: Json) -> Weights | None:
    """Read the weights of a rule; None without any. Raises ValueError for what is no weight."""
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) != {"parts", "as", "empty"}:
        raise ValueError("parts, as and empty")
    way, empty, parts = given["as"], given["empty"], given["parts"]
    if way not in WAYS or empty not in EMPTY or not isinstance(parts, list):
        raise ValueError("as, empty or parts")
    read = tuple(Part(*read_part(one, "weight")) for one in parts)
    if len({part.name for part in read}) < len(read) or sum(part.weight for part in read) != ALL:
        raise ValueError("weights that do not add up, or two of one name")
    weights = Weights(read, str(way), str(empty))
    if any(part.body and part.name == TOGETHER for part in read) or (
        TOGETHER in weights.channels and len(weights.channels) > 1
    ):
        raise ValueError("all ballots beside a part of them")
    return weights


def tells_channel(rule: Mapping[str, Json]) -> bool:
    """Whether a count needs to know how each ballot came: ways of voting weigh or seat apart.

    Weights that cannot be counted with, as in a draft, are taken for such.
    """
    try:
        weights = read_weights(rule.get("weights"))
    except ValueError:
        return True
    apart = weights is not None and weights.channels != {TOGETHER}
    return apart or bool(rule.get("seats_by"))


def read_part(one: Json, number: str) -> tuple[str, int, bool]:
    """Read a part's name, its whole number above 0 (of the key `number`) and whether it is a body.

    Raises ValueError for anything else.
    """
    if not isinstance(one, dict) or not {"part", number} <= set(one) <= {"part", number, "body"}:
        raise ValueError("a part")
    name, much, body = one["part"], one[number], one.get("body", False)
    if not isinstance(name, str) or not name or type(much) is not int or much < 1:
        raise ValueError(f"a part's name or {number}")
    if not isinstance(body, bool):
        raise ValueError("a part's body")  # noqa: TRY004 - a value from a file
    return name, much, body


def weights_problem(rule: Mapping[str, Json]) -> list[Refusal]:
    """Name weights that cannot be counted with, if they cannot."""
    try:
        read_weights(rule.get("weights"))
    except ValueError:
        return [
            Refusal(
                "bad_weights",
                mark("The weights cannot be counted with."),
                mark(
                    "Give each part its own name and a whole weight, 100 together, and say what "
                    "a share is and what an empty part means."
                ),
                form_field="weights",
            )
        ]
    return []


def weigh(
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    channels: Sequence[ChannelCount],
    sums: Mapping[str, Mapping[str, Exact]],
) -> Weighed | None:
    """Weigh what each option has in each channel (`sums`); None for a rule without weights.

    Raises StrangeChannelsError for ballots of a channel that has no weight.
    """
    weights = read_weights(rule.get("weights"))
    if weights is None:
        return None
    named = weights.channels
    strange = sorted(one.channel for one in channels if one.ballots and one.channel not in named)
    if strange and TOGETHER not in named:
        raise StrangeChannelsError(strange)
    valid = {one.channel: one.ballots - one.blank for one in channels}
    if TOGETHER in named:
        valid = {TOGETHER: sum(valid.values())}
        sums = {TOGETHER: {k: sum(row[k] for row in sums.values()) for k in design.keys}}
    shares: dict[str, dict[str, Exact]] = {}
    counts: dict[str, tuple[Exact, dict[str, Exact]]] = {}
    for part in weights.parts:
        source = box.bodies.get(part.name, {}) if part.body else sums.get(part.name, {})
        measures = {key: source.get(key, 0) for key in design.keys}
        way = "points" if part.body and weights.way == "ballots" else weights.way
        divisor = _divisor(way, measures, valid.get(part.name, 0))
        counts[part.name] = (divisor, measures)
        if divisor:
            shares[part.name] = shares_of(way, measures, divisor)
    used = _used(weights, set(shares))
    measure = {
        key: sum((used[name] * share[key] for name, share in shares.items()), Fraction(0))
        for key in design.keys
    }
    parts = tuple(
        PartCount(part.name, used[part.name], *counts[part.name]) for part in weights.parts
    )
    broken = weights.empty == "void" and len(shares) < len(weights.parts)
    return Weighed(measure, parts, broken)


def weighted_counts(
    counts: Mapping[str, Mapping[str, Exact]], weighed: Weighed | None
) -> Mapping[str, Mapping[str, Exact]]:
    """Add `weighted` to what is told of each option."""
    if weighed is None:
        return counts
    return {key: {**row, "weighted": weighed.measure[key]} for key, row in counts.items()}


def _divisor(way: str, measures: Mapping[str, Exact], valid: int) -> Exact:
    if way == "ballots":
        return valid
    if way == "points":
        return sum(measures.values())
    return max(1, len(measures) - 1) if any(measures.values()) else 0


def shares_of(way: str, measures: Mapping[str, Exact], divisor: Exact) -> dict[str, Exact]:
    """Make the measures of a part that is not empty shares of it."""
    if way != "rank":
        return {key: Fraction(measure) / divisor for key, measure in measures.items()}
    if len(measures) == 1:
        return dict.fromkeys(measures, 1)
    values = list(measures.values())
    return {
        key: (
            sum(other < measure for other in values)
            + Fraction(sum(other == measure for other in values) - 1, 2)
        )
        / divisor
        for key, measure in measures.items()
    }


def _used(weights: Weights, full: set[str]) -> dict[str, Exact]:
    """Give the weight that each part counts with; `full` are the parts that are not empty."""
    together = sum(part.weight for part in weights.parts if part.name in full)
    share = Fraction(ALL, together) if together and weights.empty == "spread" else 1
    return {part.name: part.weight * share if part.name in full else 0 for part in weights.parts}
