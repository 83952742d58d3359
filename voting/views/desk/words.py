"""What the desk's pages say: the next step of a box, equations as sentences, typed marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voting.ballots import (
    PICKED,
    Answer,
    BallotKind,
    SheetKind,
    VoidReason,
    answers_of,
    numbers_of,
    picks_of,
    ranking_of,
)
from voting.forms.ballots import most_of
from voting.forms.keys import NUMBERED
from voting.models import BatchState
from voting.reconcile import REASON_WORDS, Equation, batch_equations
from voting.wording import ANSWERS, mark_words, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from voting.ballots import BallotDesign, SheetReading
    from voting.models import Batch
    from voting.reconcile import BatchCounts
    from voting.selectors.paper import Settling

STAGES = (
    (gettext_lazy("Hand out"), (BatchState.OPEN,)),
    (gettext_lazy("Count"), (BatchState.SEALED,)),
    (gettext_lazy("Type twice"), (BatchState.COUNTED, BatchState.ENTERING)),
    (gettext_lazy("Compare"), (BatchState.COMPARED,)),
    (gettext_lazy("Sign"), (BatchState.RECONCILED,)),
    (gettext_lazy("Certified"), (BatchState.CERTIFIED,)),
)

TONES: Mapping[str, str] = {BatchState.OPEN: "primary", BatchState.CERTIFIED: "success"}


def tone_of(batch: Batch) -> str:
    """The tone of the badge that says where a box stands."""
    return TONES.get(batch.state, "warning")


def stages_of(batch: Batch) -> list[dict[str, str]]:
    """The line with dots: where a box stands."""
    now = next(place for place, (_label, states) in enumerate(STAGES) if batch.state in states)
    done = batch.state == BatchState.CERTIFIED
    return [
        {
            "label": str(label),
            "state": "done" if place < now or done else "now" if place == now else "next",
        }
        for place, (label, _states) in enumerate(STAGES)
    ]


def box_name(batch: Batch) -> str:
    """A box as people call it."""
    return sentence(_("Box %(number)s"), number=batch.number)


@dataclass(frozen=True)
class NextStep:
    """The one thing to do with a box now; without a `url` somebody else has to do it."""

    label: str
    url: str
    note: str = ""


def next_step(
    batch: Batch, settling: Settling | None = None, *, has_signed: bool = False
) -> NextStep:
    """The next step of a box for one person; `settling`: what waits for a third reading."""
    if batch.state == BatchState.RECONCILED and has_signed:
        return NextStep("", "", _("You have signed. Waits for a second person."))
    pages = {
        BatchState.OPEN: (_("Hand out ballot papers"), "desk_hand_out"),
        BatchState.SEALED: (_("Count the opened box"), "desk_count"),
        BatchState.RECONCILED: (_("Sign as the second person"), "desk_sign"),
        BatchState.CERTIFIED: (_("See the figures"), "desk_batch"),
    }
    if batch.state in pages:
        label, name = pages[BatchState(batch.state)]
        return NextStep(label, reverse(name, args=[batch.pk]))
    if batch.state == BatchState.COMPARED:
        if settling and settling.unsettled:
            return _settling_step(batch, settling)
        return NextStep(_("Check the figures"), reverse("desk_reconcile", args=[batch.pk]))
    return NextStep(_("Type the sheets"), reverse("desk_batch", args=[batch.pk]))


def _settling_step(batch: Batch, settling: Settling) -> NextStep:
    if not settling.by_me:
        return NextStep("", "", _("Waits for a third person who has typed none of these sheets."))
    if settling.third_pass:
        url = reverse("desk_type", args=[batch.pk, 3])
        return NextStep(_("Type the whole box a third time"), url)
    return NextStep(_("Settle sheets that differ"), reverse("desk_settle", args=[batch.pk]))


# --- Equations ----------------------------------------------------------------------------------

EQUATION_SIDES: Mapping[Equation, tuple[_StrPromise, _StrPromise]] = {
    Equation.STUBS: (
        gettext_lazy("Stubs recorded"),
        gettext_lazy("in the box + spoiled + handed back + missing"),
    ),
    Equation.SHEETS: (
        gettext_lazy("Sheets in the box"),
        gettext_lazy("valid + blank + void + unreadable"),
    ),
    Equation.SIGNATURES: (gettext_lazy("Signatures on stubs"), gettext_lazy("stubs recorded")),
    Equation.SLOTS: (
        gettext_lazy("People recorded as voting on paper here"),
        gettext_lazy("sheets in the box"),
    ),
    Equation.STUBS_COUNTED: (
        gettext_lazy("Stubs counted by hand"),
        gettext_lazy("stubs recorded"),
    ),
    Equation.MISSING: (gettext_lazy("Sheets carried away"), gettext_lazy("none")),
    Equation.PROVISIONAL: (
        gettext_lazy("Provisional envelopes received"),
        gettext_lazy("accepted + rejected"),
    ),
    Equation.MORE_PAPER: (
        gettext_lazy("Sheets found"),
        gettext_lazy("handed out"),
    ),
    Equation.NEGATIVE: (gettext_lazy("Smallest figure"), gettext_lazy("not below zero")),
}

WHAT_TO_DO: Mapping[Equation, _StrPromise] = {
    Equation.SHEETS: gettext_lazy(
        "The number of sheets was counted wrongly. Ask for a correction: the box is counted and "
        "typed again."
    ),
    Equation.SLOTS: gettext_lazy(
        "The box holds more sheets than people voted with here. Look for sheets of another box or "
        "vote, then ask for a correction."
    ),
    Equation.MORE_PAPER: gettext_lazy(
        "No reason makes an extra sheet good. Look for sheets of another box or vote, then ask for "
        "a correction."
    ),
    Equation.PROVISIONAL: gettext_lazy("Please call the office: an envelope was not decided on."),
    Equation.NEGATIVE: gettext_lazy("Ask for a correction: the box is counted and typed again."),
}
"""What to do where no reason can settle a difference."""


@dataclass(frozen=True)
class EquationLine:
    """One equation for the page: both sides in words and figures, and what is left to do."""

    name: str
    left_words: str
    right_words: str
    left: int
    right: int
    holds: bool
    blocking: bool
    reason: str
    note: str
    what_to_do: str

    @property
    def sign(self) -> str:
        """How the two figures stand to each other, as a sign."""
        if self.holds:
            return "="
        return ">" if self.name == Equation.MORE_PAPER else "≠"

    @property
    def sign_words(self) -> str:
        """The sign read aloud."""
        words = {"=": _("equals"), "≠": _("does not equal"), ">": _("is more than")}
        return words[self.sign]

    @property
    def needs_reason(self) -> bool:
        """Whether a reason must still be chosen."""
        return not (self.holds or self.blocking or self.reason)


def equation_lines(figures: BatchCounts, notes: Mapping[str, str]) -> list[EquationLine]:
    """The equations of a box; those that hold nearly always appear only when they do not."""
    lines = []
    quiet = {Equation.NEGATIVE, Equation.MORE_PAPER, Equation.MISSING}
    if not figures.provisional:
        quiet.add(Equation.PROVISIONAL)
    for difference, holds in batch_equations(figures):
        equation = difference.equation
        if holds and equation in quiet:
            continue
        left, right = EQUATION_SIDES[equation]
        reason = figures.reasons.get(equation, "")
        lines.append(
            EquationLine(
                name=equation.value,
                left_words=str(left),
                right_words=str(right),
                left=difference.left,
                right=difference.right,
                holds=holds,
                blocking=difference.blocking,
                reason=reason_words(reason),
                note=notes.get(equation, ""),
                what_to_do=str(WHAT_TO_DO.get(equation, "")) if difference.blocking else "",
            )
        )
    return lines


def equation_words(line: EquationLine) -> str:
    """An equation in one line, for paper: both sides, and the reason where they differ."""
    words = f"{line.left_words} {line.left:,} {line.sign} {line.right_words} {line.right:,}"
    return words if line.holds else f"{words}: {line.reason}"


def reason_words(code: str) -> str:
    """A reason's code in words; empty for none."""
    return next((_(words) for one, words in REASON_WORDS.items() if one == code), "")


FIGURES: Mapping[str, _StrPromise] = {
    "stubs": gettext_lazy("Ballot papers handed out"),
    "spoiled": gettext_lazy("of these spoiled and replaced"),
    "returned": gettext_lazy("of these handed back unused"),
    "missing": gettext_lazy("of these carried away"),
    "signatures": gettext_lazy("Signatures on stubs"),
    "sheets": gettext_lazy("Sheets in the box"),
    "valid": gettext_lazy("of these valid"),
    "blank": gettext_lazy("of these blank"),
    "void": gettext_lazy("of these void"),
    "unreadable": gettext_lazy("of these unreadable"),
}


ENVELOPES: Mapping[str, _StrPromise] = {
    "provisional": gettext_lazy("Provisional envelopes received"),
    "accepted": gettext_lazy("of these accepted"),
    "rejected": gettext_lazy("of these rejected"),
}


def figure_rows(figures: Mapping[str, object]) -> list[tuple[str, int]]:
    """A box's figures for a table, in the order of the day; envelopes only where there were any."""
    labels = {**FIGURES, **(ENVELOPES if figures.get("provisional") else {})}
    return [(str(label), int(str(figures.get(name, 0)))) for name, label in labels.items()]


COUNTED: Mapping[str, _StrPromise] = {
    "sheets": gettext_lazy("Sheets in the box"),
    "stubs": gettext_lazy("Stubs"),
    "signatures": gettext_lazy("Signatures on stubs"),
}


def count_words(things: Sequence[str]) -> list[str]:
    """What was counted differently, by name; never the figures."""
    return [str(COUNTED[thing]) for thing in things]


# --- Sheets -------------------------------------------------------------------------------------

KINDS: Mapping[SheetKind, _StrPromise] = {
    SheetKind.BLANK: gettext_lazy("Blank"),
    SheetKind.VOID: gettext_lazy("Void"),
    SheetKind.UNREADABLE: gettext_lazy("Unreadable"),
}
VOID_WORDS: Mapping[str, _StrPromise] = {
    VoidReason.TOO_MANY: gettext_lazy("too many marks"),
    VoidReason.TOO_FEW: gettext_lazy("too few marks"),
    VoidReason.OVER_LIMIT: gettext_lazy("over the limit of money"),
    VoidReason.TWO_ANSWERS: gettext_lazy("two answers to one item"),
    VoidReason.GROUP_FULL: gettext_lazy("too many marks in one group"),
    VoidReason.NO_PLACE: gettext_lazy("a place that is not on the ballot"),
    VoidReason.TWO_NUMBERS: gettext_lazy("two numbers for one option"),
    VoidReason.BAD_NUMBER: gettext_lazy("a number that is not possible"),
    VoidReason.MANY_POINTS: gettext_lazy("more points than there are"),
    VoidReason.OVER_CAP: gettext_lazy("too many points for one option"),
    VoidReason.POINTS_LEFT: gettext_lazy("not all points given"),
    VoidReason.SIGNED: gettext_lazy("signed, or marked so that one can tell whose it is"),
    VoidReason.NOT_A_BALLOT: gettext_lazy("not a sheet of this vote"),
    VoidReason.CROSSED_OUT: gettext_lazy("crossed out as a whole"),
    VoidReason.OTHER: gettext_lazy("another reason"),
}
KEY_REASONS = (
    VoidReason.SIGNED,
    VoidReason.NOT_A_BALLOT,
    VoidReason.CROSSED_OUT,
    VoidReason.OTHER,
)


def reading_words(design: BallotDesign, reading: SheetReading) -> str:
    """A reading in a few words: "3, 5", "Blank", "Void (too many marks)"."""
    if reading.kind is SheetKind.VOID:
        return f"{KINDS[SheetKind.VOID]} ({VOID_WORDS.get(reading.why, reading.why)})"
    if reading.kind in KINDS or reading.marks is None:
        return str(KINDS[reading.kind])
    if design.kind is BallotKind.YES_NO:
        answers = answers_of(reading.marks)
        said = [
            f"{one.number} {ANSWERS[answers[one.key]] if one.key in answers else '–'}"
            for one in design.in_order
        ]
        return ", ".join(said)
    numbers = {one.key: str(one.number) for one in design.in_order}
    if design.kind is BallotKind.RANK:
        named = {one.key: f"{one.number} {shortened(one.title)}" for one in design.in_order}
        places = [" = ".join(named[key] for key in place) for place in ranking_of(reading.marks)]
        return " / ".join(
            f"{mark_words(BallotKind.RANK, place)} {words or '–'}"
            for place, words in enumerate(places, start=1)
        )
    if design.kind in PICKED:
        chosen = set(picks_of(reading.marks))
        return ", ".join(numbers[one] for one in design.keys if one in chosen)
    given = numbers_of(reading.marks)
    return ", ".join(
        f"{numbers[one]}: {mark_words(design.kind, given[one])}"
        for one in design.keys
        if one in given
    )


SHORT_TITLE = 12


def shortened(title: str) -> str:
    """The beginning of a title, enough to find it on the sheet."""
    return title if len(title) <= SHORT_TITLE else f"{title[: SHORT_TITLE - 1].rstrip()}…"


@dataclass(frozen=True)
class Key:
    """One key of the legend."""

    keys: str
    words: str


def legend(design: BallotDesign) -> list[Key]:
    """What each key does on the typing page."""
    if design.kind is BallotKind.YES_NO:
        keys = [Key("1", str(ANSWERS[Answer.YES])), Key("2", str(ANSWERS[Answer.NO]))]
        if design.abstain_allowed:
            keys.append(Key("3", str(ANSWERS[Answer.ABSTAIN])))
        keys += [Key("0", _("nothing marked")), Key("9", _("two answers marked"))]
    elif design.kind in NUMBERED:
        keys = _number_keys(design)
    else:
        last = max(option.number for option in design.options)
        keys = [Key(f"1–{last}", _("marked options")), Key("0", _("blank sheet"))]
        if last > 9:
            keys.append(Key("+", _("between two numbers (or a blank)")))
    keys += [
        Key(f"*{place}", sentence(_("void: %(why)s"), why=VOID_WORDS[why]))
        for place, why in enumerate(KEY_REASONS, start=1)
    ]
    return [*keys, Key("/", _("unreadable")), Key("Enter", _("save, next sheet"))]


NUMBER_WORDS: Mapping[BallotKind, _StrPromise] = {
    BallotKind.RANK: gettext_lazy("place of each option, in the order of the ballot"),
    BallotKind.SCORE: gettext_lazy("score of each option, in the order of the ballot"),
    BallotKind.POINTS: gettext_lazy("points of each option, in the order of the ballot"),
}


def _number_keys(design: BallotDesign) -> list[Key]:
    """Keys of a ballot on which each option has a number."""
    is_score, most = design.kind is BallotKind.SCORE, most_of(design)
    keys = [
        Key(f"{0 if is_score else 1}–{most}", str(NUMBER_WORDS[design.kind])),
        Key("." if is_score else ". 0", _("nothing at this option")),
        Key("2/3", _("two numbers at one option")),
    ]
    if most > 9:
        keys.append(Key("+", _("between two numbers (or a blank)")))
    return [*keys, Key("0 ↵", _("blank sheet"))]
