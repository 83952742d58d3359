"""Figures of counts in rounds as geometry: bars on one measure, and votes that go on.

Pure, like `civic.charts`: numbers in, positions of an SVG out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from civic.charts import number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = 100
"""The height of one target in the drawing of a flow, in its own units."""
THICKEST = 80
"""The thickness of the widest ribbon."""


@dataclass(frozen=True)
class Figure:
    """A row to draw: what it has (`value`), how much of it is new, and the figure in words.

    `note` stands beside the name (chosen, out); `is_marked` stresses the row.
    """

    label: str
    value: Fraction
    text: str
    new: Fraction = Fraction(0)
    new_text: str = ""
    note: str = ""
    is_marked: bool = False


@dataclass(frozen=True)
class Bar:
    """A row as drawn: what it had before, then what is new."""

    figure: Figure
    old_width: str
    new_x: str
    new_width: str


@dataclass(frozen=True)
class Bars:
    """Rows on one common scale, with the mark that has to be reached."""

    bars: tuple[Bar, ...]
    mark: str
    has_new: bool


def bars(
    figures: Sequence[Figure], mark: Fraction | int | None = None, whole: int | None = None
) -> Bars:
    """Lay out one bar per row; the longest, the mark or the `whole` fills the width.

    Raises ValueError for a negative figure or more that is new than there is.
    """
    if any(one.value < 0 or not 0 <= one.new <= one.value for one in figures):
        raise ValueError("A bar needs a figure of 0 or more, and no more that is new.")
    longest = max((one.value for one in figures), default=Fraction(0))
    scale = max(longest, Fraction(mark or 0), Fraction(whole or 0))
    return Bars(
        bars=tuple(
            Bar(
                figure=one,
                old_width=percent(one.value - one.new, scale),
                new_x=percent(one.value - one.new, scale),
                new_width=percent(one.new, scale),
            )
            for one in figures
        ),
        mark="" if mark is None else percent(mark, scale),
        has_new=any(one.new for one in figures),
    )


@dataclass(frozen=True)
class Ribbon:
    """Votes on their way to one target: its name, the figure in words, the shape."""

    label: str
    text: str
    path: str
    is_lost: bool


@dataclass(frozen=True)
class Flow:
    """Ribbons from one block on the left to their rows on the right, `height` units high."""

    ribbons: tuple[Ribbon, ...]
    height: int
    block_y: str
    block_height: str


def flow(targets: Sequence[tuple[str, str, Fraction, bool]]) -> Flow:
    """Lay out where votes go: targets are (name, figure in words, number, whether it is lost).

    One unit has the same thickness on both sides. Raises ValueError without a number above 0.
    """
    largest = max((count for _label, _text, count, _lost in targets), default=Fraction(0))
    if largest <= 0 or any(count < 0 for _label, _text, count, _lost in targets):
        raise ValueError("A flow needs targets that get something.")
    height = ROW * len(targets)
    thick = [float(count / largest) * THICKEST for _label, _text, count, _lost in targets]
    top = left = (height - sum(thick)) / 2
    ribbons = []
    for row, ((label, text, _count, lost), wide) in enumerate(zip(targets, thick, strict=True)):
        right = ROW * row + (ROW - wide) / 2
        ribbons.append(
            Ribbon(
                label=label,
                text=text,
                path=_ribbon(left, right, wide),
                is_lost=lost,
            )
        )
        left += wide
    return Flow(tuple(ribbons), height, number(top), number(sum(thick)))


def _ribbon(left: float, right: float, wide: float) -> str:
    """A band from the left edge to the right one, in a drawing 100 units wide."""
    start, end = number(left), number(right)
    under_start, under_end = number(left + wide), number(right + wide)
    return (
        f"M6 {start}C50 {start} 50 {end} 100 {end}V{under_end}"
        f"C50 {under_end} 50 {under_start} 6 {under_start}Z"
    )
