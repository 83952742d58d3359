"""The rounds of a count read back for its page: who stood where, who went, where the votes went.

Pure, like all of `voting.results`. Rules that send options out (`irv`, `stv`) pass votes on from
round to round; rules that choose one after the other (`seq_pav`, `seq_phragmen`,
`equal_shares`) weigh them anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.results import ResultFigures

Plain = Any
"""Parsed JSON of a publication, written by this app itself."""

PASSED_ON = frozenset({"irv", "stv"})
"""Rules whose votes go on from one option to another."""


INVERSE = frozenset({"loads", "prices"})
"""Measures of which the least is best."""


@dataclass(frozen=True)
class Place:
    """An option in a round: what it has, and how much of that came to it in this round.

    What it has are votes, or what the next choice goes by (`docs/rules.md`): the gain of
    `seq_pav`, the number of ballots that a load of `seq_phragmen` or a price of `equal_shares` is
    worth.
    """

    title: str
    has: Fraction
    came: Fraction
    is_chosen: bool
    is_out: bool


@dataclass(frozen=True)
class Move:
    """Votes that went on: from whom, whether as a surplus, and how many to whom.

    `exhausted` went to nobody, as their ballots name nobody else who is still in the count.
    """

    sources: tuple[str, ...]
    is_surplus: bool
    targets: tuple[tuple[str, Fraction], ...]
    exhausted: Fraction

    @property
    def total(self) -> Fraction:
        """All votes that went on."""
        return self.exhausted + sum((number for _title, number in self.targets), Fraction(0))


@dataclass(frozen=True)
class Round:
    """One round: the options that are in it, most first, what came before it, what followed.

    `bar` is what ends the count or gives a seat: more than half of the votes, or the quota; None
    where the rule has no such figure. `exhausted` is None where no ballot can run out. `of` is what
    the options have: `votes`, `gains`, `loads` or `prices`.
    """

    number: int
    places: tuple[Place, ...]
    bar: Fraction | None
    exhausted: Fraction | None
    move: Move | None
    chosen: tuple[str, ...]
    out: tuple[str, ...]
    of: str = "votes"

    @property
    def total(self) -> Fraction:
        """All that the options have together."""
        return sum((place.has for place in self.places), Fraction(0))


def read_rounds(plain: Plain, figures: ResultFigures) -> tuple[Round, ...]:
    """Read the rounds of a result back, with the titles of the ballot; none where it has none."""
    written = plain.get("rounds") or []
    titles = {option.key: option.title for option in figures.options}
    needs = {option.need for option in figures.options if option.need is not None}
    quota = Fraction(needs.pop()) if plain["rule"] == "stv" and needs else None
    rounds: list[Round] = []
    before: dict[str, Fraction] = {}
    lost = Fraction(0)
    gone: Sequence[str] = ()
    for one in written:
        has = _measures(one)
        exhausted = Fraction(one["exhausted"]) if "exhausted" in one else None
        sources = _sources(plain["rule"], one, gone)
        moves = sources and before and plain["rule"] in PASSED_ON
        move = (
            _move(sources, before, has, (exhausted or Fraction(0)) - lost, titles)
            if moves
            else None
        )
        rounds.append(
            Round(
                number=one["round"],
                places=_places(one, has, before if moves else {}, titles, sources),
                bar=quota or _half(plain["rule"], has),
                exhausted=exhausted,
                move=move,
                chosen=tuple(titles[key] for key in one["chosen"]),
                out=tuple(titles[key] for key in one.get("out", ())),
                of=measured(one),
            )
        )
        before, lost, gone = has, exhausted or Fraction(0), one.get("out", [])
    return tuple(rounds)


def measured(one: Plain) -> str:
    """What a round measures."""
    return next(name for name in ("votes", "gains", "loads", "prices") if name in one)


def _measures(one: Plain) -> dict[str, Fraction]:
    """What each option has in a round; a load or price becomes the ballots that would carry it."""
    of = measured(one)
    numbers = {key: Fraction(number) for key, number in one[of].items()}
    return {key: 1 / has for key, has in numbers.items()} if of in INVERSE else numbers


def _sources(rule: str, one: Plain, gone: Sequence[str]) -> tuple[str, ...]:
    """Keys of those whose votes went on at the beginning of a round."""
    if rule == "stv":
        return (one["transfer"],) if one["transfer"] else tuple(one["out"])
    return tuple(gone)


def _half(rule: str, has: Mapping[str, Fraction]) -> Fraction | None:
    """Half of the votes that count in a round of a run-off; more than that is chosen."""
    return sum(has.values(), Fraction(0)) / 2 if rule == "irv" else None


def _move(
    sources: Sequence[str],
    before: Mapping[str, Fraction],
    has: Mapping[str, Fraction],
    exhausted: Fraction,
    titles: Mapping[str, str],
) -> Move:
    gained = {
        key: number - before[key]
        for key, number in has.items()
        if key not in sources and number > before[key]
    }
    falling = sorted(gained.items(), key=lambda pair: -pair[1])
    return Move(
        sources=tuple(titles[key] for key in sources),
        is_surplus=all(key in has for key in sources),
        targets=tuple((titles[key], number) for key, number in falling),
        exhausted=exhausted,
    )


def _places(
    one: Plain,
    has: Mapping[str, Fraction],
    before: Mapping[str, Fraction],
    titles: Mapping[str, str],
    sources: Sequence[str],
) -> tuple[Place, ...]:
    """The options of a round, most first; those that `sources` left are told by their move."""
    return tuple(
        Place(
            title=titles[key],
            has=number,
            came=Fraction(0)
            if key in sources
            else max(number - before.get(key, number), Fraction(0)),
            is_chosen=key in one["chosen"],
            is_out=key in one.get("out", ()),
        )
        for key, number in sorted(has.items(), key=lambda pair: -pair[1])
    )
