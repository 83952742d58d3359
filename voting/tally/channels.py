"""Votes by channel as they may be shown: no cell so small that it says how somebody voted.

A row is one option (or one item of a yes/no ballot). It is split by channel only if each cell of
the split, and what the cell leaves over, holds at least `MINIMUM` ballots. Rows that are not split
could be worked out from the others where every ballot names one option; so they are hidden in such
company that their sum is no smaller either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.log import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.tally.result import ChannelCount

MINIMUM = 10
"""The fewest ballots that a published cell stands for."""

Row = tuple[Mapping[str, int], ...]
"""One option's votes by answer, one mapping for each group of channels."""


@dataclass(frozen=True)
class ChannelTable:
    """Groups of channels, and for each option its votes by group; None where they are merged."""

    groups: tuple[tuple[str, ...], ...]
    rows: Mapping[str, Row | None]

    def to_json(self) -> dict[str, Json]:
        """Give the table as plain values."""
        return {
            "minimum": MINIMUM,
            "groups": [list[Json](group) for group in self.groups],
            "rows": {
                key: None if row is None else [dict[str, Json](cell) for cell in row]
                for key, row in self.rows.items()
            },
        }


def publish_channels(channels: Sequence[ChannelCount]) -> ChannelTable:
    """Merge what is too small to show: channels with few ballots first, then rows."""
    groups = _grouped(channels)
    keys = list(channels[0].counts) if channels else []
    sizes = [sum(one.ballots for one in group) for group in groups]
    rows = {key: tuple(_cell(group, key) for group in groups) for key in keys}
    shown = {key for key, row in rows.items() if len(groups) > 1 and _is_large(row, sizes)}
    _hide_in_company(rows, shown)
    return ChannelTable(
        tuple(tuple(one.channel for one in group) for group in groups),
        {key: rows[key] if key in shown else None for key in keys},
    )


def _grouped(channels: Sequence[ChannelCount]) -> list[list[ChannelCount]]:
    """Join the smallest channel to the next until each group holds enough ballots."""
    groups = [[one] for one in sorted(channels, key=lambda one: (one.ballots, one.channel))]
    while len(groups) > 1 and sum(one.ballots for one in groups[0]) < MINIMUM:
        groups[:2] = [groups[0] + groups[1]]
        groups.sort(key=lambda group: sum(one.ballots for one in group))
    return sorted(
        (sorted(group, key=lambda one: one.channel) for group in groups),
        key=lambda group: group[0].channel,
    )


def _cell(group: Sequence[ChannelCount], key: str) -> dict[str, int]:
    """Votes of one option in one group; abstentions and blanks are told as one figure, `rest`."""
    counts = {
        name: sum(one.counts[key][name] for one in group) for name in sorted(group[0].counts[key])
    }
    if "abstain" in counts:
        counts["rest"] = counts.pop("abstain") + counts.pop("blank")
    return counts


def _is_large(row: Row, sizes: Sequence[int]) -> bool:
    """Whether every part of the row may be split; a part that is empty everywhere says nothing."""
    parts = [[cell[name] for cell in row] for name in row[0]]
    if list(row[0]) == ["votes"]:
        parts.append([size - cell["votes"] for size, cell in zip(sizes, row, strict=True)])
    return all(min(part) >= MINIMUM or not any(part) for part in parts)


def _hide_in_company(rows: Mapping[str, Row], shown: set[str]) -> None:
    """Take rows out of `shown` until those that are hidden are too many to be worked out."""
    if not rows or "votes" not in next(iter(rows.values()))[0]:
        return

    def votes(key: str) -> int:
        return sum(cell["votes"] for cell in rows[key])

    while shown and len(shown) < len(rows):
        hidden = [rows[key] for key in rows if key not in shown]
        sums = [sum(cell["votes"] for cell in group) for group in zip(*hidden, strict=True)]
        if not any(sums) or (len(hidden) > 1 and min(sums) >= MINIMUM):
            return
        shown.remove(min(shown, key=lambda key: (votes(key), key)))
