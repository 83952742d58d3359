"""Ballots of picks by a state that changes when one of their picks is chosen."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from voting.ballots import picks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.ballots import BallotDesign
    from voting.tally.result import Box


class Supports:
    """Ballots by how far their picks are chosen.

    A ballot's `level` is a number that changes when one of its picks is chosen; `held` gives for
    an option how many ballots that pick it stand at which level.
    """

    def __init__(self, design: BallotDesign, box: Box) -> None:
        groups: dict[str, int] = defaultdict(int)
        for (marks, _channel), number in box.ballots.items():
            groups[marks] += number
        self.picks = [picks_of(marks) for marks in groups]
        self.number = list(groups.values())
        self.level = [0] * len(self.picks)
        self.held: dict[str, dict[int, int]] = {key: defaultdict(int) for key in design.keys}
        self.of: dict[str, list[int]] = {key: [] for key in design.keys}
        for place, picks in enumerate(self.picks):
            for key in picks:
                self.held[key][0] += self.number[place]
                self.of[key].append(place)

    def choose(self, chosen: str, level: Callable[[int], int]) -> None:
        """Move every ballot that picks `chosen` to the level that follows from its present one."""
        for place in self.of[chosen]:
            old, number = self.level[place], self.number[place]
            new = self.level[place] = level(old)
            for key in self.picks[place]:
                self.held[key][old] -= number
                self.held[key][new] += number
