"""Places in an ordered list, written into addresses: `12.345` is before `345` with value 12. Pure.

A page starts after a place (`12.345`) or ends before it (`~12.345`), so that no page is ever
counted off from the start and new rows move nobody's page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FORM = re.compile(r"(~?)(-?[0-9]{1,18})\.([0-9]{1,18})")


@dataclass(frozen=True)
class Cursor:
    """A place: the value sorted by, the row's number, and which way the page goes from there."""

    value: int
    pk: int
    backward: bool = False

    def __str__(self) -> str:
        return f"{'~' if self.backward else ''}{self.value}.{self.pk}"


def read_cursor(text: str) -> Cursor | None:
    """The place that `text` names; None (the start of the list) for anything else."""
    match = FORM.fullmatch(text)
    return Cursor(int(match[2]), int(match[3]), bool(match[1])) if match else None


@dataclass(frozen=True)
class Bounds:
    """How a page of a list goes on: the places its neighbours start from, "" where none is."""

    previous: str
    next: str


def bounds(places: list[tuple[int, int]], cursor: Cursor | None, *, more: bool) -> Bounds:
    """The neighbours of a page whose rows stand at `places` (value, pk), in the order shown.

    `more`: whether rows remain in the direction in which the page was read.
    """
    if not places:
        return Bounds("", "")
    backward = cursor is not None and cursor.backward
    has_previous = more if backward else cursor is not None
    has_next = True if backward else more
    return Bounds(
        previous=str(Cursor(*places[0], backward=True)) if has_previous else "",
        next=str(Cursor(*places[-1])) if has_next else "",
    )
