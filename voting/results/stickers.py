"""The stickers of a publication, read back for its page: beside the votes, never among them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voting.results import OptionOutcome, ResultFigures


@dataclass(frozen=True)
class BoardSum:
    """All stickers of one board on one day."""

    centre: str
    place: str
    day: date
    total: int


@dataclass(frozen=True)
class StickerFigures:
    """Stickers by option, from the most down and equal ones as on the ballot, and by board."""

    options: tuple[tuple[OptionOutcome, int], ...]
    boards: tuple[BoardSum, ...]

    @property
    def total(self) -> int:
        """All stickers."""
        return sum(number for _option, number in self.options)


def read_stickers(text: str, figures: ResultFigures) -> StickerFigures | None:
    """Read the `stickers` of a publication; None for a vote that shows none."""
    if not text:
        return None
    told = json.loads(text)
    options = [(option, int(told["sums"][option.key])) for option in figures.options]
    return StickerFigures(
        options=tuple(sorted(options, key=lambda one: (-one[1], one[0].number))),
        boards=tuple(
            BoardSum(
                centre=board["centre"],
                place=board["place"],
                day=date.fromisoformat(board["day"]),
                total=sum(board["counts"].values()),
            )
            for board in told["boards"]
        ),
    )
