"""What a ballot asks and what an answer to it may look like, on the web and on paper.

One ballot's *marks* are a canonical JSON text: a sorted list of option keys for choices
(`["a","b"]`, blank is `[]`), an object for yes/no questions (`{"item":"yes"}`, an item that is
missing was left blank), the places of a ranking (`[["b"],["a","c"]]`), an object of scores or
points (`{"a":3}`). Both channels end in the same texts, so they are counted alike.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal
from voting.ballots import answers, numbers, picks, rankings
from voting.ballots.design import FIELDS_OF_KIND, BallotDesign, design_from_config
from voting.ballots.kinds import (
    KEY_FORM,
    OVERPICKS,
    PICKED,
    Answer,
    BallotFacts,
    BallotKind,
    Marks,
    Option,
    Overpick,
    SheetKind,
    SheetReading,
    VoidReason,
    Won,
)
from voting.ballots.marks import (
    answers_marks,
    answers_of,
    is_blank,
    numbers_marks,
    numbers_of,
    picks_marks,
    picks_of,
    points_of,
    ranking_marks,
    ranking_of,
)
from voting.ballots.problems import overpick_refusal, ungrouped_refusal
from voting.ballots.refusals import BLANK_REFUSED, NOT_A_BALLOT, NOT_AS_DECLARED, WHY_MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "BLANK_REFUSED",
    "FIELDS_OF_KIND",
    "FORMS",
    "KEY_FORM",
    "NOT_AS_DECLARED",
    "NOT_A_BALLOT",
    "OVERPICKS",
    "PICKED",
    "WHY_MISSING",
    "Answer",
    "BallotDesign",
    "BallotFacts",
    "BallotKind",
    "MarkForm",
    "Marks",
    "Option",
    "Overpick",
    "SheetKind",
    "SheetReading",
    "VoidReason",
    "Won",
    "answers_marks",
    "answers_of",
    "check_marks",
    "describe",
    "design_from_config",
    "is_blank",
    "numbers_marks",
    "numbers_of",
    "overpick_refusal",
    "picks_marks",
    "picks_of",
    "points_of",
    "ranking_marks",
    "ranking_of",
    "read_marks",
    "read_sheet",
    "ungrouped_refusal",
    "unique_percent",
]


@dataclass(frozen=True)
class MarkForm:
    """How marks of one shape are read, limited and counted; a new kind of ballot is a new row.

    `read` and `limit` judge what the web sends, `read_paper` a typed sheet; `lies` says whether a
    value is a ballot of this contest as it may lie in the box, whichever way it came.
    """

    read: Callable[[BallotDesign, object], Marks | Refusal]
    limit: Callable[[BallotDesign, Marks], Refusal | None]
    read_paper: Callable[[BallotDesign, object], SheetReading | Refusal]
    lies: Callable[[BallotDesign, object], Marks | None]
    possible: Callable[[BallotDesign], int]


_CHOICES = MarkForm(picks.read, picks.limit, picks.read_paper, picks.lies, picks.possible)
_ANSWERS = MarkForm(answers.read, answers.limit, answers.read_paper, answers.lies, answers.possible)
_RANKING = MarkForm(
    rankings.read, rankings.limit, rankings.read_paper, rankings.lies, rankings.possible
)
_NUMBERS = MarkForm(numbers.read, numbers.limit, numbers.read_paper, numbers.lies, numbers.possible)

FORMS: Mapping[BallotKind, MarkForm] = {
    BallotKind.SINGLE: _CHOICES,
    BallotKind.PICK: _CHOICES,
    BallotKind.BUDGET: _CHOICES,
    BallotKind.YES_NO: _ANSWERS,
    BallotKind.RANK: _RANKING,
    BallotKind.SCORE: _NUMBERS,
    BallotKind.POINTS: _NUMBERS,
}


def check_marks(design: BallotDesign, marks: str) -> None:
    """Raise ValueError unless `marks` is the text of a ballot that `design` lets into the box.

    A blank ballot always is: a blank sheet of paper is counted whatever the web allows.
    """
    if FORMS[design.kind].lies(design, json.loads(marks)) != marks:
        raise ValueError(f"Not the marks of a ballot, or such as it does not allow: {marks}")


def read_marks(design: BallotDesign, raw: object) -> Marks | Refusal:
    """Read a ballot sent from a browser or a program; refuses whatever the question forbids.

    `raw` is a list of option keys; or a mapping of option key to answer, place, score or points
    (as numbers or as their digits), where an empty one means that the option was left blank; of a
    ranking also a list of places, each the list of options there.
    """
    form = FORMS[design.kind]
    chosen = form.read(design, raw)
    if isinstance(chosen, Refusal):
        return chosen
    if is_blank(chosen):
        return chosen if design.allow_blank else BLANK_REFUSED
    return form.limit(design, chosen) or chosen


def read_sheet(
    design: BallotDesign, raw: object, *, declared: SheetKind | None = None, why: str = ""
) -> SheetReading | Refusal:
    """Read a paper sheet as typed: the marks that are on it, however many.

    `raw` is as for `read_marks`, but an option may hold a list of what is marked at it. `declared`
    is what the person typing says about the whole sheet (blank, void with `why`, unreadable).
    Refused are only mistakes of typing; whatever a voter can do to a sheet has a reading.
    """
    form = FORMS[design.kind]
    if declared in {SheetKind.VOID, SheetKind.UNREADABLE}:
        if declared is SheetKind.VOID and why not in set(VoidReason):
            return WHY_MISSING
        return SheetReading(declared, None, why)
    reading = form.read_paper(design, raw)
    if isinstance(reading, SheetReading) and declared not in {None, reading.kind}:
        return NOT_AS_DECLARED
    return reading


def describe(design: BallotDesign) -> BallotFacts:
    """Give the facts of a design that pages put into words."""
    return BallotFacts(
        kind=design.kind,
        options=len(design.options),
        min_picks=design.min_picks,
        max_picks=design.max_picks,
        spend_limit=design.spend_limit,
        allow_blank=design.allow_blank,
        abstain_allowed=design.abstain_allowed,
        overpick=design.overpick,
        possible_ballots=FORMS[design.kind].possible(design),
    )


def unique_percent(possible_ballots: int, voters: int) -> int:
    """Estimate how many per cent of the ballots no second voter casts: 100·(1 − 1/p)^(v − 1).

    Assumes that votes spread evenly over all possible ballots. Real votes gather on popular
    options, so this is the most that can happen; fixed-point arithmetic, exact to 1 per cent.
    """
    if possible_ballots < 1 or voters < 1:
        raise ValueError("Both figures are at least 1.")
    bits = 64
    factor = ((possible_ballots - 1) << bits) // possible_ballots
    share, exponent = 1 << bits, voters - 1
    while exponent:
        if exponent & 1:
            share = share * factor >> bits
        factor = factor * factor >> bits
        exponent >>= 1
    return (100 * share + (1 << bits - 1)) >> bits
