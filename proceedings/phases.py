"""When something is open: pure questions about phases and hours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Standing(Enum):
    """Where a stretch of time stands as seen from `now`."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True)
class Span:
    """A stretch of time: open from `opens_at` (inclusive) to `closes_at` (exclusive)."""

    kind: str
    opens_at: datetime
    closes_at: datetime

    def standing(self, now: datetime) -> Standing:
        """Coming, running or over at `now`."""
        if now < self.opens_at:
            return Standing.COMING
        return Standing.RUNNING if now < self.closes_at else Standing.OVER


def check_phase(spans: Iterable[Span], kind: str, now: datetime) -> Refusal | None:
    """None while a stage of `kind` runs, and for a process that has no such stage."""
    mine = [span for span in spans if span.kind == kind]
    return check_open(mine, kind, now) if mine else None


def check_within(
    spans: Iterable[Span], kind: str, opens_at: datetime, closes_at: datetime
) -> Refusal | None:
    """None if the hours lie inside one stage of `kind`, and for a process that has no such stage.

    Else a refusal that names the stage that begins nearest to them.
    """
    mine = [span for span in spans if span.kind == kind]
    if not mine or any(s.opens_at <= opens_at and closes_at <= s.closes_at for s in mine):
        return None
    nearest = min(mine, key=lambda span: (abs(span.opens_at - opens_at), span.opens_at))
    return Refusal(
        code="outside_stage",
        message=mark(
            "The hours do not lie inside the stage of the process: %(opens)s to %(closes)s."
        ),
        next_step=mark("Please change the hours, or first the stage on the page of the process."),
        params={"opens": nearest.opens_at, "closes": nearest.closes_at},
        form_field="opens_at" if opens_at < nearest.opens_at else "closes_at",
    )


def check_open(spans: Iterable[Span], kind: str, now: datetime) -> Refusal | None:
    """None if a span of `kind` runs at `now`; else a refusal that says when it opens or closed."""
    mine = sorted((s for s in spans if s.kind == kind), key=lambda s: s.opens_at)
    if any(s.standing(now) is Standing.RUNNING for s in mine):
        return None
    coming = [s for s in mine if s.standing(now) is Standing.COMING]
    if coming:
        return Refusal(
            code="not_yet_open",
            message=mark("This has not opened yet. It opens at %(when)s."),
            next_step=mark("Please come back then."),
            params={"when": coming[0].opens_at},
        )
    if mine:
        return Refusal(
            code="already_closed",
            message=mark("This closed at %(when)s."),
            next_step=mark("You can read what came of it."),
            params={"when": mine[-1].closes_at},
        )
    return Refusal(
        code="no_such_phase",
        message=mark("This process has no such stage."),
        next_step=mark("Its stages are listed on its page."),
    )
