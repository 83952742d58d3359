"""Seats by part: so many for the web, for a body, for paper, given out one part after the other.

`seats_by` is a list of parts in the order in which they choose (`docs/rules.md`, "Seats by part").
An option that a part has chosen is passed over by the later ones. Where a tie at the last seat of
a part stays open, the parts after it wait: whom they choose could depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.tally.result import OptionResult, SeatedPart, StrangeChannelsError, Tie, report
from voting.tally.seats import fill
from voting.tally.weights import read_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, ChannelCount, Exact, Quorum, TallyResult

APART = ("weights", "per_group", "threshold")
"""Settings that do not go together with seats by part."""


@dataclass(frozen=True)
class SeatPart:
    """A channel or a body, and how many seats it gives."""

    name: str
    seats: int
    body: bool


def read_quotas(given: Json) -> tuple[SeatPart, ...]:
    """Read the parts of a rule, none without any. Raises ValueError for what are no parts."""
    if given is None:
        return ()
    if not isinstance(given, list) or not given:
        raise ValueError("parts")
    parts = tuple(SeatPart(*read_part(one, "seats")) for one in given)
    if len({part.name for part in parts}) < len(parts):
        raise ValueError("two parts of one name")
    return parts


def quotas_problem(rule: Mapping[str, Json]) -> list[Refusal]:
    """Name seats by part that cannot be counted with, if they cannot."""
    try:
        parts = read_quotas(rule.get("seats_by"))
    except ValueError:
        return [
            Refusal(
                "bad_seats_by",
                mark("The seats by part cannot be counted with."),
                mark("Give each part its own name and a whole number of seats, 1 or more."),
                form_field="seats_by",
            )
        ]
    if not parts:
        return []
    problems = [
        Refusal(
            "seats_by_apart",
            mark("Seats by part do not go together with “%(name)s”."),
            mark("Take one of the two away."),
            {"name": name},
            form_field="seats_by",
        )
        for name in APART
        if rule.get(name)
    ]
    together = sum(part.seats for part in parts)
    if together != rule.get("seats"):
        problems.append(
            Refusal(
                "seats_by_sum",
                mark("The parts have %(sum)s seats together, the vote has %(seats)s."),
                mark("Let both be the same number."),
                {"sum": together, "seats": rule.get("seats") or "–"},
                form_field="seats_by",
            )
        )
    return problems


@dataclass
class _Seating:
    """What has come out so far: ranks of the chosen, who won or lost a lot, who is open."""

    ranks: dict[str, int] = field(default_factory=dict)
    by_lot: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    ties: list[Tie] = field(default_factory=list)
    told: list[SeatedPart] = field(default_factory=list)

    def give(
        self, part: SeatPart, measures: Mapping[str, Exact], tie_order: Sequence[str] | None
    ) -> None:
        """Let one part choose among those whom no part before has chosen."""
        rivals = {
            key: measure
            for key, measure in measures.items()
            if measure > 0 and key not in self.ranks
        }
        waits = bool(self.open)
        chosen: list[str] = []
        if waits:
            self.open |= set(rivals)
        else:
            fell = fill(rivals, rivals, part.seats, tie_order)
            chosen = sorted(
                (key for key in rivals if key in fell.sure), key=lambda key: -rivals[key]
            )
            first = len(self.ranks) + 1
            for key in chosen:
                above = sum(rivals[other] > rivals[key] for other in chosen)
                self.ranks[key] = first + above
            self._tie(part, fell.tie)
        self.told.append(SeatedPart(part.name, part.seats, measures, tuple(chosen), waits))

    def _tie(self, part: SeatPart, tie: Tie | None) -> None:
        if tie is None:
            return
        self.ties.append(replace(tie, part=part.name))
        if tie.decided:
            self.by_lot |= set(tie.won)
            self.lost |= set(tie.options) - set(tie.won)
        else:
            self.open |= set(tie.options)

    def outcome(self, key: str) -> tuple[bool | None, str]:
        """Say whether an option won, and the code of the reason."""
        if key in self.ranks:
            return True, "won_by_lot" if key in self.by_lot else "enough_votes"
        if key in self.open:
            return None, "tie_undecided"
        if key in self.lost:
            return False, "lost_by_lot"
        has_any = any(part.measures[key] for part in self.told)
        return False, "fewer_votes" if has_any else "no_votes"


def seat_by_parts(
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    parts: Sequence[SeatPart],
    *,
    channels: Sequence[ChannelCount],
    quorum: Quorum | None,
    tie_order: Sequence[str] | None,
) -> TallyResult:
    """Let each part give its seats in its turn, and put the result together.

    Raises StrangeChannelsError for ballots of a channel that gives no seats.
    """
    named = {part.name for part in parts if not part.body}
    strange = sorted(one.channel for one in channels if one.ballots and one.channel not in named)
    if strange:
        raise StrangeChannelsError(strange)
    votes = {
        one.channel: {key: row["votes"] for key, row in one.counts.items()} for one in channels
    }
    stopped = quorum is not None and not quorum.reached
    seating = _Seating()
    for part in parts:
        source = box.bodies.get(part.name, {}) if part.body else votes.get(part.name, {})
        measures = {key: source.get(key, 0) for key in design.keys}
        if stopped:
            seating.told.append(SeatedPart(part.name, part.seats, measures, (), waits=False))
        else:
            seating.give(part, measures, tie_order)
    options: list[OptionResult] = []
    for key in design.keys:
        won, reason = (False, "quorum_missed") if stopped else seating.outcome(key)
        counts = {"votes": sum(row[key] for row in votes.values())}
        options.append(OptionResult(key, counts, seating.ranks.get(key), won, reason))
    result = report(
        str(rule["name"]),
        box,
        quorum=quorum,
        options=options,
        channels=channels,
        ties=seating.ties,
        tie_order=tie_order,
    )
    return replace(result, seated=tuple(seating.told))
