"""What a ballot asks and what an answer to it may look like, on the web and on paper.

One ballot's *marks* are a canonical JSON text: a sorted list of option keys for choices
(`["a","b"]`, blank is `[]`), an object for yes/no questions (`{"item":"yes"}`, an item that is
missing was left blank). Both channels end in the same texts, so they are counted alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any, NewType

from proceedings.refusals import Refusal, mark
from voting.log import Json, canonical

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


class Answer(StrEnum):
    """What may be said to one item of a yes/no ballot."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Overpick(StrEnum):
    """What a paper sheet with too many marks is worth; fixed before the contest opens.

    Void as a whole, or the first ones count in the order of the ballot. An item with two answers
    has no first one: where the first ones count, it counts as left blank.
    """

    VOID = "void"
    FIRST_K = "first_k"


class SheetKind(StrEnum):
    """What a paper sheet is after it was read."""

    VALID = "valid"
    BLANK = "blank"
    VOID = "void"
    UNREADABLE = "unreadable"


class VoidReason(StrEnum):
    """Why a sheet is void: the first four follow from the marks, the others are typed."""

    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    OVER_LIMIT = "over_limit"
    TWO_ANSWERS = "two_answers"
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


@dataclass(frozen=True)
class BallotDesign:
    """The frozen question: options and what may be marked.

    `min_picks` and `max_picks` count options, or answered items of a yes/no ballot. `spend_limit`
    is the voter's own purse (knapsack) and only for budget ballots. `allow_blank` lets a
    web voter send an empty ballot on purpose; a blank sheet of paper is always counted as blank.
    """

    kind: BallotKind
    options: tuple[Option, ...]
    min_picks: int = 1
    max_picks: int = 1
    spend_limit: Won | None = None
    allow_blank: bool = True
    abstain_allowed: bool = False
    overpick: Overpick = Overpick.VOID

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Option keys in the ballot's order."""
        return tuple(option.key for option in self.in_order)

    @cached_property
    def in_order(self) -> tuple[Option, ...]:
        """Options in the order of their numbers, as they are printed."""
        return tuple(sorted(self.options, key=lambda option: option.number))

    def check(self) -> list[Refusal]:
        """Name everything that keeps this design from being frozen; empty means sound."""
        return [*_option_problems(self), *_pick_problems(self), *_kind_problems(self)]

    def to_config(self) -> dict[str, Json]:
        """Give the plain values that stand under `ballot` in the frozen configuration."""
        return {
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


def design_from_config(config: Mapping[str, Json]) -> BallotDesign:
    """Read `BallotDesign.to_config` back; raises ValueError when it is not one."""
    try:
        options = config["options"]
        plain: dict[str, Any] = {name: config[name] for name in _PLAIN_FIELDS}
        return BallotDesign(
            kind=BallotKind(str(config["kind"])),
            options=tuple(_option(option) for option in options),  # type: ignore[union-attr]  # whatever is no list of objects is named below
            spend_limit=_exact(config["spend_limit"]),
            overpick=Overpick(str(config["overpick"])),
            **plain,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"Not the design of a ballot: {error}") from error


def picks_marks(keys: Sequence[str]) -> Marks:
    """Give the marks of a ballot that chose `keys`, in any order."""
    return Marks(canonical(list[Json](sorted(keys))).decode())


def answers_marks(answers: Mapping[str, str]) -> Marks:
    """Give the marks of a yes/no ballot: item key to answer."""
    return Marks(canonical({key: str(answer) for key, answer in answers.items()}).decode())


def picks_of(marks: str) -> tuple[str, ...]:
    """Option keys chosen on a ballot of choices; raises ValueError for marks of another kind."""
    value = json.loads(marks)
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise ValueError(f"Not the marks of a ballot of choices: {marks}")
    return tuple(value)


def answers_of(marks: str) -> dict[str, Answer]:
    """Answers of a yes/no ballot by item; raises ValueError for marks of another kind."""
    value = json.loads(marks)
    if not isinstance(value, dict):
        raise ValueError(f"Not the marks of a yes/no ballot: {marks}")  # noqa: TRY004 - a text is judged, not a type
    return {key: Answer(answer) for key, answer in value.items()}


def is_blank(marks: str) -> bool:
    """Say whether nothing at all is marked."""
    return marks in {"[]", "{}"}


def check_marks(design: BallotDesign, marks: str) -> None:
    """Raise ValueError unless `marks` is the text of a ballot that `design` lets into the box.

    A blank ballot always is: a blank sheet of paper is counted whatever the web allows.
    """
    form = FORMS[design.kind]
    read = form.read(design, json.loads(marks))
    if isinstance(read, Refusal) or read != marks:
        raise ValueError(f"Not the marks of a ballot of this contest: {marks}")
    if not is_blank(marks) and form.limit(design, read):
        raise ValueError(f"Marks that this contest does not allow: {marks}")


def read_marks(design: BallotDesign, raw: object) -> Marks | Refusal:
    """Read a ballot sent from a browser or a program; refuses whatever the question forbids.

    `raw` is a list of option keys, or for yes/no a mapping of item key to answer, where an empty
    answer means that the item was left blank.
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

    `raw` is as for `read_marks`, but a yes/no item may hold a list of answers. `declared` is what
    the person typing says about the whole sheet (blank, void with `why`, unreadable). Refused are
    only mistakes of typing; whatever a voter can do to a sheet has a reading.
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


# --- Ballots of choices: single, pick, budget ---------------------------------------------------


def _read_picks(design: BallotDesign, raw: object) -> Marks | Refusal:
    if isinstance(raw, str) or not isinstance(raw, Sequence):
        return NOT_A_BALLOT
    keys: list[str] = []
    for key in raw:
        if not isinstance(key, str):
            return NOT_A_BALLOT
        if key not in design.keys:
            return _unknown(key)
        if key in keys:
            return Refusal(
                "picked_twice",
                mark("“%(option)s” was chosen twice."),
                mark("Choose each option at most once."),
                {"option": _title(design, key)},
            )
        keys.append(key)
    return picks_marks(keys)


def _limit_picks(design: BallotDesign, marks: Marks) -> Refusal | None:
    keys = picks_of(marks)
    if len(keys) > design.max_picks:
        return Refusal(
            "too_many",
            mark("You chose %(chosen)s options; at most %(most)s may be chosen."),
            mark("Take back %(extra)s and send the ballot again."),
            {"chosen": len(keys), "most": design.max_picks, "extra": len(keys) - design.max_picks},
        )
    if len(keys) < design.min_picks:
        return _too_few(design, len(keys))
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


def _read_paper_picks(design: BallotDesign, raw: object) -> SheetReading | Refusal:
    read = _read_picks(design, raw)
    if isinstance(read, Refusal):
        return read
    if is_blank(read):
        return SheetReading(SheetKind.BLANK, read)
    refusal = _limit_picks(design, read)
    if refusal is None:
        return SheetReading(SheetKind.VALID, read)
    if design.overpick is not Overpick.FIRST_K or refusal.code == VoidReason.TOO_FEW:
        return SheetReading(SheetKind.VOID, None, refusal.code)
    chosen, kept = set(picks_of(read)), list[str]()
    for key in (key for key in design.keys if key in chosen):
        if _limit_most(design, [*kept, key]):
            break
        kept.append(key)
    if len(kept) < max(1, design.min_picks):
        return SheetReading(SheetKind.VOID, None, refusal.code)
    return SheetReading(SheetKind.VALID, picks_marks(kept))


def _limit_most(design: BallotDesign, keys: Sequence[str]) -> bool:
    over = design.spend_limit is not None and _spent(design, keys) > design.spend_limit
    return over or len(keys) > design.max_picks


def _possible_picks(design: BallotDesign) -> int:
    """Number of different ballots; a purse makes fewer possible, so this is an upper bound."""
    sizes = range(max(1, design.min_picks), design.max_picks + 1)
    return sum(comb(len(design.options), size) for size in sizes) + design.allow_blank


def _spent(design: BallotDesign, keys: Sequence[str]) -> Won:
    return sum(option.cost or 0 for option in design.options if option.key in keys)


# --- Yes/no ballots -----------------------------------------------------------------------------


def _read_answers(design: BallotDesign, raw: object) -> Marks | Refusal:
    if not isinstance(raw, Mapping):
        return NOT_A_BALLOT
    answers: dict[str, str] = {}
    for key, answer in raw.items():
        if key not in design.keys:
            return _unknown(key)
        if answer is None or answer == "":
            continue
        if not isinstance(answer, str):
            return NOT_A_BALLOT
        if answer not in _answers_allowed(design):
            return Refusal(
                "not_an_answer",
                mark("“%(answer)s” is not an answer that this vote knows."),
                mark("Choose one of the answers printed on the ballot."),
                {"answer": answer},
                form_field=key,
            )
        answers[key] = answer
    return answers_marks(answers)


def _limit_answers(design: BallotDesign, marks: Marks) -> Refusal | None:
    answered = len(answers_of(marks))
    return _too_few(design, answered) if answered < design.min_picks else None


def _read_paper_answers(design: BallotDesign, raw: object) -> SheetReading | Refusal:
    if not isinstance(raw, Mapping):
        return NOT_A_BALLOT
    answers: dict[str, Answer] = {}
    for key, answer in raw.items():
        given: set[Answer] = set()
        for one in answer if isinstance(answer, list | tuple) else [answer]:
            read = _read_answers(design, {key: one})
            if isinstance(read, Refusal):
                return read
            given.update(answers_of(read).values())
        if len(given) > 1 and design.overpick is Overpick.VOID:
            return SheetReading(SheetKind.VOID, None, VoidReason.TWO_ANSWERS)
        if len(given) == 1:
            answers[key] = given.pop()
    return _judge_answers(design, answers_marks(answers))


def _judge_answers(design: BallotDesign, marks: Marks) -> SheetReading:
    if is_blank(marks):
        return SheetReading(SheetKind.BLANK, marks)
    if _limit_answers(design, marks):
        return SheetReading(SheetKind.VOID, None, VoidReason.TOO_FEW)
    return SheetReading(SheetKind.VALID, marks)


def _answers_allowed(design: BallotDesign) -> set[object]:
    return set(Answer) if design.abstain_allowed else {Answer.YES, Answer.NO}


def _possible_answers(design: BallotDesign) -> int:
    count: int = (len(_answers_allowed(design)) + 1) ** len(design.options)
    return count


# --- The forms that marks may take, one row per kind --------------------------------------------


@dataclass(frozen=True)
class MarkForm:
    """How marks of one shape are read, limited and counted; a new kind of ballot is a new row."""

    read: Callable[[BallotDesign, object], Marks | Refusal]
    limit: Callable[[BallotDesign, Marks], Refusal | None]
    read_paper: Callable[[BallotDesign, object], SheetReading | Refusal]
    possible: Callable[[BallotDesign], int]


_CHOICES = MarkForm(_read_picks, _limit_picks, _read_paper_picks, _possible_picks)
_ANSWERS = MarkForm(_read_answers, _limit_answers, _read_paper_answers, _possible_answers)

FORMS: Mapping[BallotKind, MarkForm] = {
    BallotKind.SINGLE: _CHOICES,
    BallotKind.PICK: _CHOICES,
    BallotKind.BUDGET: _CHOICES,
    BallotKind.YES_NO: _ANSWERS,
}


# --- Refusals -----------------------------------------------------------------------------------

NOT_A_BALLOT = Refusal(
    "not_a_ballot",
    mark("What arrived is not a ballot of this vote."),
    mark("Open the vote's page again and mark your ballot there."),
)
BLANK_REFUSED = Refusal(
    "blank",
    mark("Nothing is marked on the ballot."),
    mark("Choose at least one option, then send the ballot."),
)
WHY_MISSING = Refusal(
    "why_missing",
    mark("A void sheet needs a reason."),
    mark("Choose why the sheet is void."),
    form_field="why",
)
NOT_AS_DECLARED = Refusal(
    "not_as_declared",
    mark("The marks typed do not fit what was said about the sheet."),
    mark("Either take the marks out or change what the sheet is said to be."),
)


def _unknown(key: object) -> Refusal:
    return Refusal(
        "unknown_option",
        mark("There is no option “%(option)s” on this ballot."),
        mark("Choose from the options printed on the ballot."),
        {"option": key},
    )


def _too_few(design: BallotDesign, marked: int) -> Refusal:
    return Refusal(
        "too_few",
        mark("%(marked)s marked; this ballot needs at least %(least)s."),
        mark("Mark %(more)s more and send the ballot again."),
        {"marked": marked, "least": design.min_picks, "more": design.min_picks - marked},
    )


def _title(design: BallotDesign, key: str) -> str:
    return next(option.title for option in design.options if option.key == key)


# --- Plain values -------------------------------------------------------------------------------

_PLAIN_FIELDS = ("min_picks", "max_picks", "allow_blank", "abstain_allowed")


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


# --- Whether a design can be frozen -------------------------------------------------------------


def _option_problems(design: BallotDesign) -> list[Refusal]:
    keys = [option.key for option in design.options]
    numbers = [option.number for option in design.options]
    problems: list[Refusal] = []
    if not design.options:
        problems.append(_problem("no_options", mark("The ballot has no options."), "options"))
    if len(set(keys)) < len(keys):
        problems.append(_problem("same_key", mark("Two options have the same key."), "options"))
    if len(set(numbers)) < len(numbers):
        problems.append(
            _problem("same_number", mark("Two options have the same number."), "options")
        )
    for option in design.options:
        named = {"option": option.title.strip() or option.key}
        if not KEY_FORM.fullmatch(option.key):
            problems.append(
                _problem(
                    "bad_key",
                    mark("The key of “%(option)s” must be one word, without quotes or semicolons."),
                    "options",
                    named,
                )
            )
        if not option.title.strip():
            problems.append(
                _problem("no_title", mark("Option “%(option)s” has no title."), "options", named)
            )
        if option.number < 1:
            problems.append(
                _problem("bad_number", mark("The numbers of options start at 1."), "options")
            )
        if option.cost is not None and option.cost < 0:
            problems.append(
                _problem(
                    "bad_cost", mark("“%(option)s” costs less than nothing."), "options", named
                )
            )
    return problems


def _pick_problems(design: BallotDesign) -> list[Refusal]:
    problems: list[Refusal] = []
    if not 0 <= design.min_picks <= design.max_picks:
        problems.append(
            _problem("bad_picks", mark("The fewest choices are more than the most."), "min_picks")
        )
    if not 1 <= design.max_picks <= max(1, len(design.options)):
        problems.append(
            _problem(
                "bad_most",
                mark("The most choices must lie between 1 and the number of options."),
                "max_picks",
            )
        )
    return problems


def _kind_problems(design: BallotDesign) -> list[Refusal]:
    """Judge what only one kind of ballot may have."""
    asks_answers = design.kind is BallotKind.YES_NO
    has_purse = design.spend_limit is not None
    costs = [option.cost for option in design.options if option.cost is not None]
    found: list[tuple[bool, str, str, str]] = [
        (
            design.kind is BallotKind.SINGLE and design.max_picks != 1,
            "single_most",
            mark("A single choice lets exactly one option be chosen."),
            "max_picks",
        ),
        (
            asks_answers and design.max_picks != len(design.options),
            "answers_most",
            mark("On a yes/no ballot every item may be answered."),
            "max_picks",
        ),
        (
            design.abstain_allowed and not asks_answers,
            "abstain_kind",
            mark("Abstaining is an answer of yes/no ballots only."),
            "abstain_allowed",
        ),
        (
            has_purse and design.kind is not BallotKind.BUDGET,
            "purse_kind",
            mark("Only a budget ballot has a spending limit."),
            "spend_limit",
        ),
        (
            design.kind is BallotKind.BUDGET and len(costs) < len(design.options),
            "cost_missing",
            mark("Every project of a budget ballot needs a cost."),
            "options",
        ),
        (
            design.spend_limit is not None and design.spend_limit < min(costs, default=0),
            "purse_small",
            mark("The spending limit is smaller than the cheapest project."),
            "spend_limit",
        ),
    ]
    return [_problem(code, message, field) for holds, code, message, field in found if holds]


def _problem(
    code: str, message: str, field: str, params: Mapping[str, object] | None = None
) -> Refusal:
    return Refusal(code, message, params=params or {}, form_field=field)
