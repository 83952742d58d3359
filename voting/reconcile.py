"""Whether the figures of a box of paper, and of a whole contest, fit together.

Paper is typed twice by two people who do not see each other's work, compared, and where they
differ typed a third time by a third person. A box may be certified when its equations hold, or
every difference that may be explained has a reason. Numbers in, differences out; nothing is
forgiven here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots import SheetKind, SheetReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.log import Json
    from voting.tally.result import ChannelCount

PAPER = "paper"
"""The channel whose ballots lie in boxes; the ballots of every other channel are electronic."""

THIRD_PASS_ABOVE = Fraction(2, 100)
"""A box whose two passes differ in more than this share of its sheets is typed a third time."""


class Equation(StrEnum):
    """What is held against what. The first four are the equations of every box."""

    STUBS = "stubs"
    SHEETS = "sheets"
    SIGNATURES = "signatures"
    SLOTS = "slots"
    MORE_PAPER = "more_paper"
    STUBS_COUNTED = "stubs_counted"
    MISSING = "missing"
    PROVISIONAL = "provisional"
    COUNTERS = "counters"
    NEGATIVE = "negative"
    ROLL = "roll"
    WEB_SLOTS = "web_slots"
    WEB_BALLOTS = "web_ballots"
    PAPER_SLOTS = "paper_slots"
    PAPER_BALLOTS = "paper_ballots"
    PAPER_VOID = "paper_void"


EQUATION_MESSAGES: Mapping[Equation, str] = {
    Equation.STUBS: mark(
        "%(left)s stubs were issued, but sheets in the box, spoiled, returned and missing ones "
        "make %(right)s."
    ),
    Equation.SHEETS: mark(
        "The box holds %(left)s sheets, but valid, blank, void and unreadable ones make %(right)s."
    ),
    Equation.SIGNATURES: mark("%(left)s people signed, but %(right)s stubs were issued."),
    Equation.SLOTS: mark(
        "%(left)s people are recorded as voting on paper here, but the box holds %(right)s sheets."
    ),
    Equation.MORE_PAPER: mark(
        "There are %(left)s sheets, more than the %(right)s that were handed out."
    ),
    Equation.STUBS_COUNTED: mark(
        "%(left)s stubs were counted by hand, but %(right)s are recorded."
    ),
    Equation.MISSING: mark("%(left)s sheets are missing."),
    Equation.PROVISIONAL: mark(
        "%(left)s provisional envelopes were received, but accepted and rejected ones make "
        "%(right)s."
    ),
    Equation.COUNTERS: mark("One person counted %(left)s, the other %(right)s."),
    Equation.NEGATIVE: mark("A figure is below zero: %(left)s."),
    Equation.ROLL: mark("%(left)s people are on the roll, but their vote rights make %(right)s."),
    Equation.WEB_SLOTS: mark(
        "%(left)s people are recorded as voting on the web, but the log has %(right)s web ballots "
        "that count."
    ),
    Equation.WEB_BALLOTS: mark(
        "The log has %(left)s web ballots that count, but the opened box holds %(right)s."
    ),
    Equation.PAPER_SLOTS: mark(
        "%(left)s people are recorded as voting on paper, but the boxes know of %(right)s."
    ),
    Equation.PAPER_BALLOTS: mark(
        "The opened box holds %(left)s paper ballots, but the boxes make %(right)s."
    ),
    Equation.PAPER_VOID: mark(
        "%(left)s paper ballots are called void, but the boxes make %(right)s."
    ),
}
"""What to say when an equation does not hold."""


class ReasonCode(StrEnum):
    """Why a difference is there, as the people at the box explain it."""

    TAKEN_AWAY = "taken_away"
    NOT_SIGNED = "not_signed"
    SIGNED_TWICE = "signed_twice"
    STUB_LOST = "stub_lost"
    SHEET_DAMAGED = "sheet_damaged"
    WRONG_BOX = "wrong_box"
    OUTAGE = "outage"
    OTHER = "other"


REASON_WORDS: Mapping[ReasonCode, str] = {
    ReasonCode.TAKEN_AWAY: mark("A voter took the sheet away."),
    ReasonCode.NOT_SIGNED: mark("A signature was forgotten."),
    ReasonCode.SIGNED_TWICE: mark("Somebody signed on two lines."),
    ReasonCode.STUB_LOST: mark("A stub was lost."),
    ReasonCode.SHEET_DAMAGED: mark("A sheet was damaged when the box was opened."),
    ReasonCode.WRONG_BOX: mark("A sheet went into the box of another centre."),
    ReasonCode.OUTAGE: mark("The roll could not be reached for a while."),
    ReasonCode.OTHER: mark("Another reason, explained in the note."),
}


@dataclass(frozen=True)
class Difference:
    """Two figures that should be equal. A blocking one cannot be explained, only corrected."""

    equation: Equation
    left: int
    right: int
    blocking: bool

    @property
    def needs_reason(self) -> bool:
        """Whether a reason would settle it."""
        return not self.blocking


@dataclass(frozen=True)
class HandCount:
    """What one person counted at a box."""

    sheets: int
    stubs: int
    signatures: int


@dataclass(frozen=True)
class BatchCounts:
    """The figures of one box of paper.

    `stubs` are stubs recorded as issued, `stubs_counted` those in the hand of the counters; `slots`
    people recorded as having voted with a sheet of this box. The readings come from the sheets as
    agreed or adjudicated. `reasons` explain differences, by equation. `provisional` are envelopes
    received while the roll could not answer; `accepted` of them became stubs of the box.
    """

    key: str
    centre: str
    version: int
    stubs: int
    stubs_counted: int
    signatures: int
    slots: int
    sheets: int
    spoiled: int
    returned: int
    missing: int
    valid: int
    blank: int
    void: int
    unreadable: int
    reasons: Mapping[str, str] = field(default_factory=dict)
    provisional: int = 0
    accepted: int = 0
    rejected: int = 0

    def to_json(self) -> dict[str, Json]:
        """Give the box as plain values; its digest is what the log holds (`kind` batch).

        A box that got no provisional envelope says nothing of them.
        """
        names = BATCH_FIGURES + (PROVISIONAL_FIGURES if self.provisional else ())
        return {
            "key": self.key,
            "centre": self.centre,
            "version": self.version,
            **{name: getattr(self, name) for name in names},
            "reasons": {str(name): str(code) for name, code in self.reasons.items()},
        }


BATCH_FIGURES = (
    "stubs",
    "stubs_counted",
    "signatures",
    "slots",
    "sheets",
    "spoiled",
    "returned",
    "missing",
    "valid",
    "blank",
    "void",
    "unreadable",
)
PROVISIONAL_FIGURES = ("provisional", "accepted", "rejected")


@dataclass(frozen=True)
class ContestCounts:
    """The figures of a contest when its box is open.

    `slots` gives how many vote rights are in which state (`free`, `web`, `paper_issued`,
    `paper_cast`, `voided`); `leaves` how many web ballots the log holds, of which `superseded`
    were replaced by a later vote and `voided` struck out by two people.
    """

    roll: int
    slots: Mapping[str, int]
    leaves: int
    superseded: int
    voided: int
    channels: tuple[ChannelCount, ...]
    batches: tuple[BatchCounts, ...]

    @property
    def web_counted(self) -> int:
        """Web ballots in the log that counted in the end."""
        return self.leaves - self.superseded - self.voided


def check_counters(first: HandCount, second: HandCount) -> list[Difference]:
    """Compare what two people counted independently; a difference means counting again."""
    pairs = [
        (first.sheets, second.sheets),
        (first.stubs, second.stubs),
        (first.signatures, second.signatures),
    ]
    return [
        Difference(Equation.COUNTERS, left, right, blocking=True)
        for left, right in pairs
        if left != right
    ]


def check_batch(batch: BatchCounts) -> list[Difference]:
    """Hold the equations against one box; empty means that everything fits.

    More sheets than were handed out blocks always: no reason makes an extra sheet good.
    """
    return [difference for difference, holds in batch_equations(batch) if not holds]


def batch_equations(batch: BatchCounts) -> list[tuple[Difference, bool]]:
    """Every equation of a box with its two figures, and whether it holds."""
    read = batch.valid + batch.blank + batch.void + batch.unreadable
    found = batch.sheets + batch.spoiled + batch.returned
    least = min(getattr(batch, name) for name in BATCH_FIGURES)
    decided = batch.accepted + batch.rejected
    more_voted_than_noted = batch.sheets > batch.slots
    equal: list[tuple[Equation, int, int, bool]] = [
        (Equation.STUBS, batch.stubs, found + batch.missing, False),
        (Equation.SHEETS, batch.sheets, read, True),
        (Equation.SIGNATURES, batch.signatures, batch.stubs, False),
        (Equation.SLOTS, batch.slots, batch.sheets, more_voted_than_noted),
        (Equation.STUBS_COUNTED, batch.stubs_counted, batch.stubs, False),
        (Equation.MISSING, batch.missing, 0, False),
    ]
    return [
        (Difference(Equation.NEGATIVE, least, 0, blocking=True), least >= 0),
        (Difference(Equation.MORE_PAPER, found, batch.stubs, blocking=True), found <= batch.stubs),
        (
            Difference(Equation.PROVISIONAL, batch.provisional, decided, blocking=True),
            batch.provisional == decided and batch.accepted <= batch.stubs,
        ),
        *(
            (Difference(equation, left, right, blocking), left == right)
            for equation, left, right, blocking in equal
        ),
    ]


def check_contest(counts: ContestCounts) -> list[Difference]:
    """Hold the figures of the whole contest against each other; every difference blocks."""
    electronic = [one for one in counts.channels if one.channel != PAPER]
    paper = [one for one in counts.channels if one.channel == PAPER]
    figures = [*counts.slots.values(), counts.superseded, counts.voided, counts.web_counted]
    pairs = (
        (Equation.ROLL, counts.roll, sum(counts.slots.values())),
        (Equation.WEB_SLOTS, counts.slots.get("web", 0), counts.web_counted),
        (
            Equation.WEB_BALLOTS,
            counts.web_counted,
            sum(one.ballots + one.void for one in electronic),
        ),
        (
            Equation.PAPER_SLOTS,
            counts.slots.get("paper_cast", 0),
            sum(batch.slots for batch in counts.batches),
        ),
        (
            Equation.PAPER_BALLOTS,
            sum(one.ballots for one in paper),
            sum(batch.valid + batch.blank for batch in counts.batches),
        ),
        (
            Equation.PAPER_VOID,
            sum(one.void for one in paper),
            sum(batch.void + batch.unreadable for batch in counts.batches),
        ),
    )
    negative = [Difference(Equation.NEGATIVE, min(figures), 0, blocking=True)]
    return (negative if min(figures) < 0 else []) + [
        Difference(equation, left, right, blocking=True)
        for equation, left, right in pairs
        if left != right
    ]


def refuse_certification(batch: BatchCounts) -> Refusal | None:
    """Say why a box cannot be certified, or None when it can."""
    for difference in check_batch(batch):
        message = EQUATION_MESSAGES[difference.equation]
        params = {"left": difference.left, "right": difference.right}
        if difference.blocking:
            return Refusal(
                f"{difference.equation}_differs",
                message,
                mark("Count again and correct what was recorded; no reason can settle this."),
                params,
            )
        if batch.reasons.get(difference.equation) not in set(ReasonCode):
            return Refusal(
                f"{difference.equation}_unexplained",
                message,
                mark("Choose a reason for the difference, then sign."),
                params,
                form_field=str(difference.equation),
            )
    return None


# --- Two blind passes over the sheets, and a third where they differ ----------------------------


class SheetState(StrEnum):
    """How far one sheet is."""

    EXPECTED = "expected"
    ENTERED_ONCE = "entered_once"
    ENTERED_TWICE = "entered_twice"
    AGREED = "agreed"
    DIFFERS = "differs"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True)
class SheetEntry:
    """What one person read on a sheet in one pass; `typed_by` is an opaque reference."""

    pass_number: int
    reading: SheetReading
    typed_by: str


@dataclass(frozen=True)
class SheetFold:
    """A sheet as its entries leave it: its state and, once settled, the reading that counts.

    `differed` tells whether the first two passes read different things, once they are compared.
    """

    state: SheetState
    final: SheetReading | None = None
    differed: bool | None = None


def fold_sheet(entries: Sequence[SheetEntry], *, compared: bool = True) -> SheetFold:
    """Give the state of a sheet from its entries in any order.

    `compared` is False while the passes are still being typed, so that nobody learns early whether
    they agree. Raises ValueError for entries that `refuse_entry` would have refused.
    """
    ordered = sorted(entries, key=lambda entry: entry.pass_number)
    if [entry.pass_number for entry in ordered] != [1, 2, 3][: len(ordered)]:
        raise ValueError("The passes of a sheet are numbered 1, 2, 3.")
    if len({entry.typed_by for entry in ordered}) < len(ordered):
        raise ValueError("Nobody types the same sheet twice.")
    if len(ordered) < 2:
        return SheetFold(SheetState.ENTERED_ONCE if ordered else SheetState.EXPECTED)
    if not compared:
        return SheetFold(SheetState.ENTERED_TWICE)
    first = ordered[0].reading
    differed = not same_reading(first, ordered[1].reading)
    if len(ordered) == 3:
        return SheetFold(SheetState.ADJUDICATED, ordered[2].reading, differed)
    if differed:
        return SheetFold(SheetState.DIFFERS, differed=True)
    return SheetFold(SheetState.AGREED, first, differed=False)


def same_reading(first: SheetReading, second: SheetReading) -> bool:
    """Whether two people read the same: kind and marks; why a sheet is void may be told apart."""
    return (first.kind, first.marks) == (second.kind, second.marks)


def refuse_entry(
    entries: Sequence[SheetEntry], *, pass_number: int, typed_by: str, third_pass: bool = False
) -> Refusal | None:
    """Say why a person may not type this sheet in this pass, or None.

    `third_pass` is True when the whole box is typed a third time.
    """
    if any(entry.typed_by == typed_by for entry in entries):
        return Refusal(
            "typed_before",
            mark("You have typed this sheet before."),
            mark("Let somebody else type it: every pass over a sheet is another person's."),
        )
    if any(entry.pass_number == pass_number for entry in entries):
        return Refusal(
            "pass_taken",
            mark("Somebody has already typed this sheet in pass %(number)s."),
            mark("Go on with the next sheet."),
            {"number": pass_number},
        )
    if pass_number == 3:
        state = fold_sheet(entries).state
        agreed_but_again = third_pass and state is SheetState.AGREED
        if state is not SheetState.DIFFERS and not agreed_but_again:
            return Refusal(
                "nothing_to_settle",
                mark("There are no two passes over this sheet that differ."),
                mark("Go on with a sheet that is marked as different."),
            )
    elif pass_number not in {1, 2}:
        return Refusal(
            "no_such_pass",
            mark("There is no pass %(number)s."),
            mark("Sheets are typed in pass 1 and 2, and in pass 3 where those differ."),
            {"number": pass_number},
        )
    return None


def disagreement(folds: Sequence[SheetFold]) -> Fraction:
    """Share of compared sheets on which the first two passes differed; 0 when none is compared."""
    compared = [fold.differed for fold in folds if fold.differed is not None]
    return Fraction(sum(compared), len(compared)) if compared else Fraction(0)


def count_readings(readings: Sequence[SheetReading]) -> dict[SheetKind, int]:
    """Number of sheets of each kind, for the second equation of a box."""
    return {kind: sum(reading.kind is kind for reading in readings) for kind in SheetKind}
