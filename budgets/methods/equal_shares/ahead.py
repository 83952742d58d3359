"""Which of the runs with a rising share are made, and which need not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgets.methods.equal_shares.options import MOST_RUNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from budgets.methods.equal_shares.run import Run

BLOCK = 8
"""So many runs are begun from the highest, until more of them turn out to be the same."""


class Ahead:
    """Gives the runs by number, and passes over those that surely fund what the one before did.

    Later runs are made first, to guide those between: the last of a block, then the middle of what
    is not known yet. A run is made only if it is asked for, guides one that is, or ends a block.
    """

    def __init__(self, make: Callable[[int, Run | None], Run]) -> None:
        self._make = make
        self._waiting: list[tuple[int, Run]] = []
        self._width = 0
        self._passed = 0

    def after(self, number: int, run: Run | None) -> tuple[int, Run]:
        """Return the next run that is not surely the same as this one, or the last that is."""
        if not self._waiting:
            wider = self._width < BLOCK or self._passed == self._width
            self._width = max(1, 2 * self._width) if wider else BLOCK
            last = min(number + self._width, MOST_RUNS)
            self._waiting.append((last, self._make(last, None)))
        while True:
            here, ahead = self._waiting[-1]
            if here == number + 1 or (run is not None and run.is_same_until(ahead)):
                self._passed = here - number
                return self._waiting.pop()
            between = (number + here) // 2
            self._waiting.append((between, self._make(between, ahead)))
