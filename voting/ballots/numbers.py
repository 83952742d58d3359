"""Ballots of numbers: a score for each option, or points to spread over them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import comb
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots.kinds import (
    BallotKind,
    Marks,
    Overpick,
    SheetKind,
    SheetReading,
    VoidReason,
)
from voting.ballots.marks import is_blank, numbers_marks, numbers_of
from voting.ballots.refusals import NOT_A_BALLOT, title_of, too_few, too_many, unknown_option

if TYPE_CHECKING:
    from voting.ballots.design import BallotDesign

DIGITS = re.compile(r"[0-9]{1,9}")


def read(design: BallotDesign, raw: object) -> Marks | Refusal:
    """Read a mapping of option to number; an empty one leaves the option out, as do no points."""
    given = _given(design, raw)
    if isinstance(given, Refusal):
        return given
    for key, several in given.items():
        if len(several) > 1:
            return Refusal(
                "two_numbers",
                mark("“%(option)s” was given two numbers."),
                mark("Give each option one number at most."),
                {"option": title_of(design, key)},
                form_field=key,
            )
        if _misfit(design, several[0]):
            return _number_refusal(design, key, several[0])
    return numbers_marks({key: several[0] for key, several in given.items()})


def limit(design: BallotDesign, marks: Marks) -> Refusal | None:
    """Refuse too few or too many options, and too many or too few points."""
    return _judge_numbers(design, numbers_of(marks))


def _judge_numbers(design: BallotDesign, numbers: Mapping[str, int]) -> Refusal | None:
    if len(numbers) > design.max_picks:
        return too_many(design, len(numbers))
    if len(numbers) < design.min_picks:
        return too_few(design, len(numbers))
    given, points = sum(numbers.values()), design.points
    if points is None or given == points:
        return None
    if given > points:
        return Refusal(
            "many_points",
            mark("You gave %(given)s points; there are %(points)s."),
            mark("Take back %(extra)s points and send the ballot again."),
            {"given": given, "points": points, "extra": given - points},
        )
    if not design.spend_all:
        return None
    return Refusal(
        "points_left",
        mark("You gave %(given)s of %(points)s points; all of them must be given."),
        mark("Give %(more)s more and send the ballot again."),
        {"given": given, "points": points, "more": points - given},
    )


def lies(design: BallotDesign, value: object) -> Marks | None:
    """Give the marks of a ballot that may lie in the box; None for any other value."""
    if not isinstance(value, dict) or not value.keys() <= design.key_set:
        return None
    numbers = value.values()
    if any(type(one) is not int or one < 0 or _misfit(design, one) for one in numbers):
        return None
    if design.kind is BallotKind.POINTS and 0 in numbers:
        return None
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    marks = Marks(plain)
    refusal = _judge_numbers(design, value) if value else None
    scaled = refusal and refusal.code == VoidReason.MANY_POINTS and _scales(design)
    return marks if refusal is None or scaled else None


def read_paper(design: BallotDesign, raw: object) -> SheetReading | Refusal:
    """Read a typed sheet: what does not fit an option is void, or leaves the option out."""
    given = _given(design, raw)
    if isinstance(given, Refusal):
        return given
    numbers: dict[str, int] = {}
    for key, several in given.items():
        why = VoidReason.TWO_NUMBERS if len(several) > 1 else _misfit(design, several[0])
        if why is not None and design.overpick is Overpick.VOID:
            return SheetReading(SheetKind.VOID, None, why)
        if why is None:
            numbers[key] = several[0]
    marks = numbers_marks(numbers)
    if is_blank(marks):
        return SheetReading(SheetKind.BLANK, marks)
    refusal = limit(design, marks)
    if refusal is None or (refusal.code == VoidReason.MANY_POINTS and _scales(design)):
        return SheetReading(SheetKind.VALID, marks)
    return SheetReading(SheetKind.VOID, None, refusal.code)


def possible(design: BallotDesign) -> int:
    """Count different ballots of the web."""
    options = len(design.options)
    sizes = range(max(1, design.min_picks), design.max_picks + 1)
    if design.kind is BallotKind.SCORE:
        scores = 1 + (design.score_max or 0)
        ways = sum(comb(options, size) * int(scores**size) for size in sizes)
    else:
        ways = sum(comb(options, size) * _spreads(design, size) for size in sizes)
    return ways + design.allow_blank


def _spreads(design: BallotDesign, options: int) -> int:
    """In how many ways the points go to `options` options, each getting one or more.

    Inclusion and exclusion of options past the cap: of `left` points to `options` options there
    are C(left − 1, options − 1) ways to give all, C(left, options) to give any number.
    """
    points = design.points or 0
    cap = design.points_cap or points
    ways: int = 0
    for past in range(options + 1):
        left = points - past * cap
        if left < options:
            break
        every = comb(left - 1, options - 1) if design.spend_all else comb(left, options)
        ways += (-1) ** past * comb(options, past) * every
    return ways


def _given(design: BallotDesign, raw: object) -> dict[str, list[int]] | Refusal:
    """Give the different numbers at each option; of points, none is the same as no number."""
    if not isinstance(raw, Mapping):
        return NOT_A_BALLOT
    given: dict[str, list[int]] = {}
    for key, value in raw.items():
        if key not in design.key_set:
            return unknown_option(key)
        for number in value if isinstance(value, list | tuple) else [value]:
            if number is None or number == "":
                continue
            if not DIGITS.fullmatch(str(number)) or isinstance(number, bool):
                return _number_refusal(design, key, number)
            whole = int(str(number))
            several = given.setdefault(key, [])
            if whole not in several:
                several.append(whole)
    if design.kind is BallotKind.POINTS:
        given = {key: several for key, several in given.items() if several != [0]}
    return given


def _misfit(design: BallotDesign, number: int) -> VoidReason | None:
    """Say why an option cannot have this number, if it cannot."""
    if design.kind is BallotKind.SCORE:
        return VoidReason.BAD_NUMBER if number > (design.score_max or 0) else None
    if number > (design.points or 0):
        return VoidReason.MANY_POINTS
    return VoidReason.OVER_CAP if number > _most(design) else None


def _most(design: BallotDesign) -> int:
    """The highest number that an option can have."""
    if design.kind is BallotKind.SCORE:
        return design.score_max or 0
    return (design.points or 0) if design.points_cap is None else design.points_cap


def _scales(design: BallotDesign) -> bool:
    return design.overpick is Overpick.SCALE


def _number_refusal(design: BallotDesign, key: str, number: object) -> Refusal:
    return Refusal(
        "bad_number",
        mark("“%(number)s” is not possible for “%(option)s”."),
        mark("Give whole numbers from 0 to %(most)s."),
        {"number": number, "option": title_of(design, key), "most": _most(design)},
        form_field=key,
    )
