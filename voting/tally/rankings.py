"""Reading a ranking: what a gap, a repeated option or two options in one place are worth.

Settings stand under `reading`: `overvote` (`exhaust`, `skip`, `continuing`), `skipped` (`ignore`,
`exhaust`, `exhaust_two`) and `repeated` (`first`, `exhaust`); each switch changes rounds of real
elections, so it is part of the frozen rule (`docs/rules.md`, "Reading a ranking").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots import ranking_of
from voting.tally.result import tabulate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, ChannelCount

OVERVOTE = ("exhaust", "skip", "continuing")
SKIPPED = ("ignore", "exhaust", "exhaust_two")
REPEATED = ("first", "exhaust")
KNOWN = {"overvote": OVERVOTE, "skipped": SKIPPED, "repeated": REPEATED}

Ranking = tuple[tuple[str, ...], ...]
"""What a ballot says after reading: places from the first on, none of them empty."""


@dataclass(frozen=True)
class Reading:
    """How the places of a ballot are read; `level` says that options may share a place."""

    overvote: str
    skipped: str
    repeated: str
    level: bool

    def read(self, places: list[list[str]]) -> Ranking:
        """Give the ranking of one ballot."""
        ranking: list[tuple[str, ...]] = []
        seen: set[str] = set()
        gap = False
        for written in places:
            if not written:
                if self.skipped == "exhaust" or (gap and self.skipped == "exhaust_two"):
                    break
                gap = True
                continue
            gap = False
            if len(written) == 1 and written[0] not in seen:
                ranking.append((written[0],))
                seen.add(written[0])
                continue
            place = [key for key in written if key not in seen]
            if len(place) < len(written) and self.repeated == "exhaust":
                break
            if len(place) > 1 and not self.level and self.overvote != "continuing":
                if self.overvote == "exhaust":
                    break
                continue
            if place:
                ranking.append(tuple(place))
                seen.update(place)
        return tuple(ranking)


def reading_of(design: BallotDesign, rule: Mapping[str, Json]) -> Reading:
    """Give the reading that a rule asks for; raises ValueError for one that cannot be read."""
    given = rule.get("reading")
    if given is None:
        given = {}
    if not isinstance(given, dict) or not set(given) <= set(KNOWN):
        raise ValueError(f"Not a reading: {given}")
    parts = {name: given.get(name, known[0]) for name, known in KNOWN.items()}
    if any(parts[name] not in known for name, known in KNOWN.items()):
        raise ValueError(f"Not a reading: {given}")
    return Reading(**{name: str(part) for name, part in parts.items()}, level=design.equal_ranks)


def reading_problem(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name a reading that there is not."""
    try:
        reading_of(design, rule)
    except ValueError:
        return [
            Refusal(
                "bad_reading",
                mark("This way of reading rankings is not known."),
                mark("Say for overvote, skipped and repeated one of the ways that there are."),
                form_field="reading",
            )
        ]
    return []


def level_problem(design: BallotDesign) -> list[Refusal]:
    """Name a ballot with shared places where a rule cannot count them."""
    if not design.equal_ranks:
        return []
    return [
        Refusal(
            "equal_ranks",
            mark("This rule needs rankings in which no two options share a place."),
            mark("Choose another rule, or let each place hold one option."),
            form_field="equal_ranks",
        )
    ]


@dataclass(frozen=True)
class Rankings:
    """A box of rankings: equal ones together, and by channel the ballots that rank one first."""

    groups: Mapping[Ranking, int]
    channels: tuple[ChannelCount, ...]


def read_box(design: BallotDesign, rule: Mapping[str, Json], box: Box) -> Rankings:
    """Read every ballot of a box. Raises ValueError for marks that the design does not allow."""
    reading = reading_of(design, rule)
    groups: dict[Ranking, int] = defaultdict(int)
    read: dict[str, Ranking] = {}

    def ranked(marks: str) -> Ranking:
        if marks not in read:
            read[marks] = reading.read(ranking_of(marks))
        return read[marks]

    def first(marks: str) -> list[tuple[str, str]]:
        ranking = ranked(marks)
        if not ranking or (len(ranking[0]) > 1 and not reading.level):
            return []
        return [(key, "votes") for key in ranking[0]]

    channels = tabulate(design, box, ("votes",), first)
    for (marks, _channel), number in box.ballots.items():
        groups[ranked(marks)] += number
    return Rankings(groups, channels)
