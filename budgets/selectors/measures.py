"""What each project of a counted budget has: votes by channel, points, or points of 100 by part."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from budgets.selectors.words import language, say
from hangul.formats import people, votes
from voting.summaries import measure_of, measure_words, points
from voting.wording import channel_words, part_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.results.parts import PartOutcome, WeighedOutcome
    from voting.selectors.pages import ShownResult


@dataclass(frozen=True)
class Piece:
    """What a channel or a part gave, as a piece of a bar on the scale of the project with most.

    `note` tells what stands behind points that a part gave.
    """

    series: int
    value: Fraction
    text: str
    x: str
    width: str
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """What a project was ranked by, in words, the pieces of it, and what stands behind it."""

    total: str
    pieces: tuple[Piece, ...]
    note: str = ""


def series_of(shown: ShownResult) -> tuple[tuple[int, str], ...]:
    """The pieces of a bar by name: parts with their weights, or channels."""
    if shown.weighed is not None:
        return tuple(enumerate(part_words(part.name) for part in shown.weighed.parts))
    if shown.figures.rule == "points":
        return ((0, _("Points received")),)
    return tuple(enumerate(channel_words(group) for group in shown.rows.series))


def measures_of(shown: ShownResult) -> dict[str, Measure]:
    """What each project has, by code."""
    if shown.weighed is not None:
        return _weighed(shown, shown.weighed)
    figures, rows = shown.figures, shown.rows
    if figures.rule == "points":
        return _points(shown)
    most = max((option.votes for option in figures.options), default=0)
    found = {}
    for option, (_title, counts) in zip(figures.options, rows.rows, strict=True):
        values = [Fraction(counts.get(group, 0)) for group in rows.series]
        texts = [votes(int(value), language()) for value in values]
        pieces = _pieces(values, texts, [""] * len(texts), Fraction(most))
        found[option.key] = Measure(measure_words(figures, option), pieces)
    return found


def _points(shown: ShownResult) -> dict[str, Measure]:
    """Points, which are not told by channel, and from how many voters they come."""
    found = {option.key: measure_of(shown.figures, option) for option in shown.figures.options}
    most = max(found.values(), default=Fraction(0))
    return {
        option.key: Measure(
            measure_words(shown.figures, option),
            _pieces([found[option.key]], [points(found[option.key])], [""], most),
            say(_("from %(people)s"), people=people(option.votes, language())),
        )
        for option in shown.figures.options
    }


def _weighed(shown: ShownResult, weighed: WeighedOutcome) -> dict[str, Measure]:
    """Points of 100, part by part; the project with the most points fills its bar."""
    places = range(len(shown.figures.options))
    worth = [[part.rows[place].worth for part in weighed.parts] for place in places]
    most = max((sum(row, Fraction(0)) for row in worth), default=Fraction(0))
    return {
        option.key: Measure(
            measure_words(shown.figures, option),
            _pieces(
                values,
                [points(value) for value in values],
                [_behind(shown, part, place) for part in weighed.parts],
                most,
            ),
        )
        for place, (option, values) in enumerate(zip(shown.figures.options, worth, strict=True))
    }


def _behind(shown: ShownResult, part: PartOutcome, place: int) -> str:
    """What a project has in a part before its share is taken."""
    measure = part.rows[place].measure
    in_points = part.is_body or shown.figures.rule == "points"
    return points(measure) if in_points else votes(int(measure), language())


def _pieces(
    values: Sequence[Fraction], texts: Sequence[str], notes: Sequence[str], most: Fraction
) -> tuple[Piece, ...]:
    """Values laid end to end."""
    pieces, before = [], Fraction(0)
    for series, (value, text, note) in enumerate(zip(values, texts, notes, strict=True)):
        x, width = _percent(before, most), _percent(value, most)
        pieces.append(Piece(series, value, text, x, width, note))
        before += value
    return tuple(pieces)


def _percent(part: Fraction, whole: Fraction) -> str:
    return f"{round(float(part / whole * 100), 2):g}%" if whole else "0%"
