"""A result of pairs read back: every option against every other, and the strongest paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.tally.schulze import strongest_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voting.results import OptionOutcome, ResultFigures

Plain = Any
"""Parsed JSON of a publication, written by this app itself."""


@dataclass(frozen=True)
class Cell:
    """How strong the first stands against the second, and whether it is the stronger one."""

    number: int
    is_stronger: bool


Row = tuple["OptionOutcome", tuple[Cell | None, ...]]


@dataclass(frozen=True)
class PairTable:
    """Options by rank against each other; None on the diagonal.

    `above` tells how many ballots put the option of the row above the one of the column, `paths`
    how strong the strongest path is, `beaten` how many others each option beats by its paths.
    """

    options: tuple[OptionOutcome, ...]
    above: tuple[Row, ...]
    paths: tuple[Row, ...]
    beaten: tuple[tuple[OptionOutcome, int], ...]
    condorcet: str | None


def read_pairs(plain: Plain, rule: Mapping[str, Any], figures: ResultFigures) -> PairTable | None:
    """Read the pairs of a result back; None for a result without them."""
    above = plain.get("pairs")
    if above is None:
        return None
    paths = strongest_paths(above, margins=rule.get("strength") == "margins")
    options = tuple(figures.ranked)
    titles = {option.key: option.title for option in options}
    return PairTable(
        options=options,
        above=_rows(options, above),
        paths=_rows(options, paths),
        beaten=tuple(
            (one, sum(paths[one.key][key] > paths[key][one.key] for key in paths[one.key]))
            for one in options
        ),
        condorcet=titles.get(plain["condorcet"] or ""),
    )


def _rows(
    options: tuple[OptionOutcome, ...], table: Mapping[str, Mapping[str, int]]
) -> tuple[Row, ...]:
    return tuple(
        (
            one,
            tuple(
                None
                if one.key == other.key
                else Cell(
                    table[one.key][other.key],
                    table[one.key][other.key] > table[other.key][one.key],
                )
                for other in options
            ),
        )
        for one in options
    )
