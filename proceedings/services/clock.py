"""What is due is taken one by one: one thing's trouble stops no other, and is not lost either."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from proceedings.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("madang.clock")


class Round:
    """One round of the clock: each step by itself, in a transaction of its own."""

    def __init__(self) -> None:
        self.taken = 0
        self.trouble: Exception | None = None

    def take(self, step: Callable[[], object], **which: int) -> None:
        """Take a step that is due; `which` names its row in the log, as in `contest=12`.

        What the house refuses is normal and waits for its time. Anything else is kept for the end.
        """
        try:
            self.taken += int(bool(step()))
        except Refused as refused:
            log.warning("a step was refused", extra={**which, "why": refused.refusal.code})
        except Exception as error:  # whatever it is: the others still have their turn
            log.exception("a step failed", extra=which)
            self.trouble = self.trouble or error

    def end(self) -> int:
        """Give how many steps were taken, or raise the first trouble: the task is seen to fail."""
        if self.trouble is not None:
            raise self.trouble
        return self.taken
