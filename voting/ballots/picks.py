"""Ballots of choices: one of several, up to k, projects of a budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots.kinds import Marks, SheetKind, SheetReading, Won
from voting.ballots.marks import is_blank, picks_marks, picks_of
from voting.ballots.refusals import NOT_A_BALLOT, title_of, too_few, too_many, unknown_option

if TYPE_CHECKING:
    from voting.ballots.design import BallotDesign


def read(design: BallotDesign, raw: object) -> Marks | Refusal:
    """Read a list of option keys, each once."""
    if isinstance(raw, str) or not isinstance(raw, Sequence):
        return NOT_A_BALLOT
    keys: list[str] = []
    for key in raw:
        if not isinstance(key, str):
            return NOT_A_BALLOT
        if key not in design.key_set:
            return unknown_option(key)
        if key in keys:
            return Refusal(
                "picked_twice",
                mark("“%(option)s” was chosen twice."),
                mark("Choose each option at most once."),
                {"option": title_of(design, key)},
            )
        keys.append(key)
    return picks_marks(keys)


def limit(design: BallotDesign, marks: Marks) -> Refusal | None:
    """Refuse what goes past a limit: options, options of a group, the purse."""
    keys = picks_of(marks)
    if len(keys) > design.max_picks:
        return too_many(design, len(keys))
    if len(keys) < design.min_picks:
        return too_few(design, len(keys))
    if design.group_picks is not None:
        group, chosen = max(_by_group(design, keys).items(), key=lambda item: item[1])
        if chosen > design.group_picks:
            return _group_full(design, group, chosen)
    if design.spend_limit is None:
        return None
    spent = _spent(design, keys)
    if spent <= design.spend_limit:
        return None
    return Refusal(
        "over_limit",
        mark("Your choices cost %(spent)s together; the limit is %(limit)s."),
        mark("Take back choices worth %(over)s or more and send the ballot again."),
        {"spent": spent, "limit": design.spend_limit, "over": spent - design.spend_limit},
    )


def lies(design: BallotDesign, value: object) -> Marks | None:
    """Give the marks of a ballot that may lie in the box; None for any other value."""
    marks = read(design, value)
    if isinstance(marks, Refusal) or (not is_blank(marks) and limit(design, marks)):
        return None
    return marks


def read_paper(design: BallotDesign, raw: object) -> SheetReading | Refusal:
    """Read a typed sheet; with too many marks it is void, whatever stands first on the ballot."""
    marks = read(design, raw)
    if isinstance(marks, Refusal):
        return marks
    if is_blank(marks):
        return SheetReading(SheetKind.BLANK, marks)
    if refusal := limit(design, marks):
        return SheetReading(SheetKind.VOID, None, refusal.code)
    return SheetReading(SheetKind.VALID, marks)


def _by_group(design: BallotDesign, keys: Sequence[str]) -> Counter[str | None]:
    return Counter(option.group for option in design.in_order if option.key in keys)


def _group_full(design: BallotDesign, group: str | None, chosen: int) -> Refusal:
    most = design.group_picks or 0
    return Refusal(
        "group_full",
        mark("You chose %(chosen)s in “%(group)s”; at most %(most)s may be chosen in each group."),
        mark("Take back %(extra)s there and send the ballot again."),
        {"chosen": chosen, "group": group, "most": most, "extra": chosen - most},
    )


def possible(design: BallotDesign) -> int:
    """Count different ballots; a purse makes fewer possible, so this is an upper bound."""
    sizes = range(max(1, design.min_picks), design.max_picks + 1)
    if design.group_picks is None:
        ways = [comb(len(design.options), size) for size in range(design.max_picks + 1)]
    else:
        ways = [1] + [0] * design.max_picks
        for number in Counter(option.group for option in design.options).values():
            most = min(number, design.group_picks)
            ways = [
                sum(ways[size - few] * comb(number, few) for few in range(min(size, most) + 1))
                for size in range(len(ways))
            ]
    return sum(ways[size] for size in sizes) + design.allow_blank


def _spent(design: BallotDesign, keys: Sequence[str]) -> Won:
    return sum(option.cost or 0 for option in design.options if option.key in keys)
