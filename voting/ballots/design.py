"""The frozen question: options and what may be marked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from voting.ballots.kinds import BallotKind, Option, Overpick, Won
from voting.ballots.problems import design_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proceedings.refusals import Refusal
    from voting.log import Json

_PLAIN_FIELDS = ("min_picks", "max_picks", "allow_blank", "abstain_allowed")
FIELDS_OF_KIND: Mapping[BallotKind, tuple[str, ...]] = {
    BallotKind.SINGLE: ("group_picks",),
    BallotKind.PICK: ("group_picks",),
    BallotKind.BUDGET: ("group_picks",),
    BallotKind.YES_NO: (),
    BallotKind.RANK: ("equal_ranks",),
    BallotKind.SCORE: ("score_max",),
    BallotKind.POINTS: ("points", "points_cap", "spend_all"),
}
"""Fields that only some kinds have; they stand in the configuration of these kinds only."""


@dataclass(frozen=True)
class BallotDesign:
    """The frozen question: options and what may be marked.

    `min_picks` and `max_picks` count options, or answered items of a yes/no ballot. `spend_limit`
    is the voter's own purse (knapsack) and only for budget ballots, `group_picks` the most choices
    in each group. `allow_blank` lets a web voter send an empty ballot on purpose; a blank sheet of
    paper is always counted as blank. A ranking has `max_picks` places, with `equal_ranks` for
    several options each; scores go from 0 to `score_max`; of `points` at most `points_cap` may go
    to one option, and with `spend_all` all of them must be given.
    """

    kind: BallotKind
    options: tuple[Option, ...]
    min_picks: int = 1
    max_picks: int = 1
    spend_limit: Won | None = None
    allow_blank: bool = True
    abstain_allowed: bool = False
    overpick: Overpick = Overpick.VOID
    group_picks: int | None = None
    equal_ranks: bool = False
    score_max: int | None = None
    points: int | None = None
    points_cap: int | None = None
    spend_all: bool = False

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Option keys in the ballot's order."""
        return tuple(option.key for option in self.in_order)

    @cached_property
    def key_set(self) -> frozenset[str]:
        """Option keys, to ask quickly whether there is one."""
        return frozenset(self.keys)

    @cached_property
    def in_order(self) -> tuple[Option, ...]:
        """Options in the order of their numbers, as they are printed."""
        return tuple(sorted(self.options, key=lambda option: option.number))

    def check(self) -> list[Refusal]:
        """Name everything that keeps this design from being frozen; empty means sound."""
        return design_problems(self)

    def to_config(self) -> dict[str, Json]:
        """Give the plain values that stand under `ballot` in the frozen configuration."""
        plain: dict[str, Json] = {
            "kind": str(self.kind),
            "options": [
                {
                    "key": option.key,
                    "number": option.number,
                    "title": option.title,
                    "cost": _plain(option.cost),
                    "group": option.group,
                }
                for option in self.in_order
            ],
            "min_picks": self.min_picks,
            "max_picks": self.max_picks,
            "spend_limit": _plain(self.spend_limit),
            "allow_blank": self.allow_blank,
            "abstain_allowed": self.abstain_allowed,
            "overpick": str(self.overpick),
        }
        for name in FIELDS_OF_KIND[self.kind]:
            if name != "group_picks" or self.group_picks is not None:
                plain[name] = getattr(self, name)
        return plain


def design_from_config(config: Mapping[str, Json]) -> BallotDesign:
    """Read `BallotDesign.to_config` back; raises ValueError when it is not one."""
    try:
        options = config["options"]
        plain: dict[str, Any] = {name: config[name] for name in _PLAIN_FIELDS}
        kind = BallotKind(str(config["kind"]))
        plain |= {name: config[name] for name in FIELDS_OF_KIND[kind] if name in config}
        return BallotDesign(
            kind=kind,
            options=tuple(_option(option) for option in options),  # type: ignore[union-attr]  # whatever is no list of objects is named below
            spend_limit=_exact(config["spend_limit"]),
            overpick=Overpick(str(config["overpick"])),
            **plain,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"Not the design of a ballot: {error}") from error


def _option(plain: Any) -> Option:
    return Option(
        key=plain["key"],
        number=plain["number"],
        title=plain["title"],
        cost=_exact(plain["cost"]),
        group=plain["group"],
    )


def _plain(money: Won | None) -> Json:
    """Money for canonical JSON: a whole number, or `"7/2"` as text."""
    if money is None or money.denominator == 1:
        return None if money is None else int(money)
    return str(money)


def _exact(plain: Json) -> Won | None:
    return Fraction(plain) if isinstance(plain, str) else plain  # type: ignore[return-value]  # check() judges the value
