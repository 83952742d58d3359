"""Read the stickers that were counted on boards: for the desk, and for the publication."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.models import StickerCount
from voting.selectors.desk import users_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from places.models import Centre
    from voting.log import Json
    from voting.models import Contest

MOST_STICKERS = 100_000
"""The most that anybody counts for one option on one board."""


@dataclass(frozen=True)
class Board:
    """A board on one day, as counted last; `versions` from the first one on, with who typed them.

    `counted_by` is empty for an account that is gone.
    """

    last: StickerCount
    versions: Sequence[tuple[StickerCount, str]]

    @property
    def counts(self) -> Mapping[str, int]:
        """Stickers by option, as they hold now."""
        return counts_of(self.last)

    @property
    def total(self) -> int:
        """All stickers of the board."""
        return sum(self.counts.values())


def counts_of(row: StickerCount) -> dict[str, int]:
    """What one row says, by option."""
    return {str(key): int(number) for key, number in json.loads(row.counts).items()}


def newest_counts(contest: Contest) -> list[StickerCount]:
    """The version that holds of each board's day, by day, centre and place."""
    rows = StickerCount.objects.filter(contest=contest).select_related("centre")
    board = ("day", "centre__name", "centre_id", "place")
    return list(rows.order_by(*board, "-version").distinct(*board))


def boards_at(contest: Contest, centre: Centre) -> list[Board]:
    """The boards that a centre has counted, by day and place, each with all its versions."""
    rows = list(
        StickerCount.objects.filter(contest=contest, centre=centre).order_by(
            "day", "place", "version"
        )
    )
    names = {ref: user.name for ref, user in users_of([r.counted_by_ref for r in rows]).items()}
    boards: dict[tuple[object, str], list[tuple[StickerCount, str]]] = {}
    for row in rows:
        told = (row, names.get(row.counted_by_ref, ""))
        boards.setdefault((row.day, row.place), []).append(told)
    return [Board(versions[-1][0], versions) for versions in boards.values()]


def find_board(pk: int) -> StickerCount | None:
    """The version that holds of the board's day to which a row belongs; None if there is none."""
    row = StickerCount.objects.filter(pk=pk).first()
    if row is None:
        return None
    same = StickerCount.objects.filter(
        contest=row.contest_id, centre=row.centre_id, place=row.place, day=row.day
    )
    return same.select_related("contest__area", "centre").order_by("-version").first()


def sticker_table(contest: Contest) -> dict[str, Json]:
    """What a publication holds of the stickers: each board's day, and the sums by option."""
    rows = newest_counts(contest)
    keys = [option.key for option in contest.options.all()]
    boards: list[Json] = [
        {
            "centre": row.centre.name,
            "place": row.place,
            "day": row.day.isoformat(),
            "version": row.version,
            "counts": dict[str, "Json"](counts_of(row)),
        }
        for row in rows
    ]
    counted = [counts_of(row) for row in rows]
    sums: dict[str, Json] = {key: sum(counts[key] for counts in counted) for key in keys}
    return {"boards": boards, "sums": sums}
