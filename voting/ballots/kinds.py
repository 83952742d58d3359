"""The words in which ballots are spoken of: kinds, options, answers, what a sheet may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping

Marks = NewType("Marks", str)
"""Canonical JSON text of one ballot; equal texts are equal ballots."""

KEY_FORM = re.compile(r"[^\s;\"\\\x00-\x1f\x7f]{1,60}")
"""What an option's key may be: one word without the signs that separate fields in a file."""

Won = int | Fraction
"""Money, exact; whole won here, other currencies may bring fractions."""


class BallotKind(StrEnum):
    """What the voter is asked to do."""

    SINGLE = "single"
    PICK = "pick"
    BUDGET = "budget"
    YES_NO = "yes_no"
    RANK = "rank"
    SCORE = "score"
    POINTS = "points"


PICKED = frozenset({BallotKind.SINGLE, BallotKind.PICK, BallotKind.BUDGET})
"""Kinds on which options are simply chosen."""


class Answer(StrEnum):
    """What may be said to one item of a yes/no ballot."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Overpick(StrEnum):
    """What a paper sheet with too many marks is worth; fixed before the contest opens.

    Void as a whole; or what cannot count is left out of it (an item with two answers, an option
    with two scores, places past the last one); or, of points, each counts in proportion, so that
    together they are as many as there are.
    """

    VOID = "void"
    LEFT_OUT = "left_out"
    SCALE = "scale"


OVERPICKS: Mapping[BallotKind, tuple[Overpick, ...]] = {
    **dict.fromkeys(PICKED, (Overpick.VOID,)),
    BallotKind.YES_NO: (Overpick.VOID, Overpick.LEFT_OUT),
    BallotKind.RANK: (Overpick.VOID, Overpick.LEFT_OUT),
    BallotKind.SCORE: (Overpick.VOID, Overpick.LEFT_OUT),
    BallotKind.POINTS: (Overpick.VOID, Overpick.SCALE),
}
"""What it may be worth on a ballot of each kind.

Of too many choices none says itself which to leave out; only the printed order could.
"""


class SheetKind(StrEnum):
    """What a paper sheet is after it was read."""

    VALID = "valid"
    BLANK = "blank"
    VOID = "void"
    UNREADABLE = "unreadable"


class VoidReason(StrEnum):
    """Why a sheet is void: the last four are typed, the others follow from the marks."""

    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    OVER_LIMIT = "over_limit"
    TWO_ANSWERS = "two_answers"
    GROUP_FULL = "group_full"
    NO_PLACE = "no_place"
    TWO_NUMBERS = "two_numbers"
    BAD_NUMBER = "bad_number"
    MANY_POINTS = "many_points"
    OVER_CAP = "over_cap"
    POINTS_LEFT = "points_left"
    SIGNED = "signed"
    NOT_A_BALLOT = "not_a_ballot"
    CROSSED_OUT = "crossed_out"
    OTHER = "other"


@dataclass(frozen=True)
class Option:
    """One line of the ballot. `cost` is money, `group` a field or part of the ballot."""

    key: str
    number: int
    title: str
    cost: Won | None = None
    group: str | None = None


@dataclass(frozen=True)
class SheetReading:
    """A paper sheet as read: its kind, its marks unless void or unreadable, and why it is void."""

    kind: SheetKind
    marks: Marks | None
    why: str = ""


@dataclass(frozen=True)
class BallotFacts:
    """What the contest page and the set-up page say about a ballot."""

    kind: BallotKind
    options: int
    min_picks: int
    max_picks: int
    spend_limit: Won | None
    allow_blank: bool
    abstain_allowed: bool
    overpick: Overpick
    possible_ballots: int
