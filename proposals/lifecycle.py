"""A proposal's life as one table: which step leads where, what may be done, what is due. Pure.

Every proposal ends in a visible outcome: whoever follows the table from `gathering` always arrives
at an answer or at an exit that names its reason. Days are days of the town's calendar; a month is a
calendar month (Civil Act, article 160: the same day of the next month, or its last day).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from datetime import datetime

SILENCE_DAYS = 14
"""After so many days without a word the department is asked for an interim answer."""
AMBER_DAYS = 3
"""From so many days before the due date a proposal is marked as pressing."""
LEAST_AFTER_REPAIR = 7
"""A repaired proposal leaves the department at least so many days."""
APPEAL_DAYS = 7
"""How long the author of a hidden proposal may ask to look again."""
MOST_MONTHS = 1
"""The furthest day that an interim answer or a transfer may promise, in calendar months."""


class State(StrEnum):
    """Where a proposal stands; the same words as in the database."""

    DRAFT = "draft"
    GATHERING = "gathering"
    DEBATING = "debating"
    REVIEWING = "reviewing"
    REPAIR = "repair"
    ANSWERED = "answered"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    EXPIRED = "expired"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Step(StrEnum):
    """What can happen to a proposal."""

    PUBLISH = "publish"
    REACH_TO_DEBATE = "reach_to_debate"
    REACH_TO_REVIEW = "reach_to_review"
    EXPIRE = "expire"
    END_DEBATE = "end_debate"
    ASK_REPAIR = "ask_repair"
    RESUME = "resume"
    TRANSFER = "transfer"
    RECEIVE = "receive"
    ANSWER = "answer"
    START = "start"
    FINISH = "finish"
    MERGE = "merge"
    WITHDRAW = "withdraw"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.PUBLISH): State.GATHERING,
    (State.GATHERING, Step.REACH_TO_DEBATE): State.DEBATING,
    (State.GATHERING, Step.REACH_TO_REVIEW): State.REVIEWING,
    (State.GATHERING, Step.EXPIRE): State.EXPIRED,
    (State.GATHERING, Step.MERGE): State.MERGED,
    (State.GATHERING, Step.WITHDRAW): State.WITHDRAWN,
    (State.DEBATING, Step.END_DEBATE): State.REVIEWING,
    (State.DEBATING, Step.MERGE): State.MERGED,
    (State.REVIEWING, Step.ANSWER): State.ANSWERED,
    (State.REVIEWING, Step.ASK_REPAIR): State.REPAIR,
    (State.REVIEWING, Step.TRANSFER): State.TRANSFERRED,
    (State.REVIEWING, Step.MERGE): State.MERGED,
    (State.REPAIR, Step.RESUME): State.REVIEWING,
    (State.REPAIR, Step.ANSWER): State.ANSWERED,
    (State.REPAIR, Step.WITHDRAW): State.WITHDRAWN,
    (State.TRANSFERRED, Step.RECEIVE): State.REVIEWING,
    (State.TRANSFERRED, Step.TRANSFER): State.TRANSFERRED,
    (State.TRANSFERRED, Step.ANSWER): State.ANSWERED,
    (State.EXPIRED, Step.ANSWER): State.ANSWERED,
    (State.EXPIRED, Step.MERGE): State.MERGED,
    (State.ANSWERED, Step.ANSWER): State.ANSWERED,
    (State.ANSWERED, Step.START): State.IN_PROGRESS,
    (State.ANSWERED, Step.FINISH): State.DONE,
    (State.IN_PROGRESS, Step.FINISH): State.DONE,
}
"""All that may happen, and nothing else may."""

SUPPORTABLE = frozenset({State.GATHERING, State.DEBATING})
"""Support can be given while it can still change something."""
AWAITING = frozenset({State.REVIEWING, State.TRANSFERRED})
"""The department's clock runs (for `expired` too, until its short answer is there)."""
MERGE_TARGETS = frozenset({State.GATHERING, State.DEBATING, State.REVIEWING})
ENDED = frozenset({State.EXPIRED, State.MERGED, State.WITHDRAWN, State.DONE})


class AnswerKind(StrEnum):
    """What an office can say; the same words as in the database."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT_ADOPTED = "not_adopted"
    TRANSFER = "transfer"
    REPAIR = "repair"
    INTERIM = "interim"
    SHORT = "short"


DECISIONS = frozenset({AnswerKind.ADOPTED, AnswerKind.PARTLY, AnswerKind.NOT_ADOPTED})
"""Answers that decide."""
WITH_PROGRESS = frozenset({AnswerKind.ADOPTED, AnswerKind.PARTLY})
"""Decisions after which work is reported."""
NEAR = frozenset({AnswerKind.INTERIM, AnswerKind.TRANSFER, AnswerKind.REPAIR})
"""Promises of an answer: their next date lies at most a calendar month ahead."""
DATELESS = frozenset({AnswerKind.NOT_ADOPTED, AnswerKind.SHORT})
"""Answers after which nothing more need be heard."""
STEP_OF: dict[AnswerKind, Step] = {
    **dict.fromkeys(DECISIONS, Step.ANSWER),
    AnswerKind.TRANSFER: Step.TRANSFER,
    AnswerKind.REPAIR: Step.ASK_REPAIR,
}
"""Answers that move the proposal; an interim and a short answer leave it where it is."""


class Revising(StrEnum):
    """How its author may still change a proposal."""

    FULL = "full"
    ADDITION = "addition"
    NOT = "not"


def next_state(state: State, step: Step) -> State | None:
    """Where `step` leads from `state`; None when it may not happen there."""
    return TRANSITIONS.get((state, step))


def check_step(state: State, step: Step) -> Refusal | None:
    """None when `step` may happen in `state`, else words for it."""
    if next_state(state, step) is not None:
        return None
    return Refusal(
        code="not_at_this_stage",
        message=mark("This is not possible at the stage where the proposal is now."),
        next_step=mark("Please open the proposal again to see where it stands."),
    )


def revising(state: State, supports: int, editable_until: int) -> Revising:
    """How the author may change the text.

    All of it as long as fewer than `editable_until` people have supported it, and again when the
    department asks for repair; afterwards only additions below it, so that nobody's support is
    carried over to other words; nothing once it is answered or ended.
    """
    if state is State.REPAIR or (state is State.GATHERING and supports < editable_until):
        return Revising.FULL
    if state in {State.GATHERING, State.DEBATING, State.REVIEWING, State.TRANSFERRED}:
        return Revising.ADDITION
    return Revising.NOT


def check_other_dong(state: State, *, is_held: bool) -> Refusal | None:
    """None while a proposal may move to another dong: nobody in the office works on it yet.

    Staff are in charge by department and by dong, so it stays theirs once one has it (`is_held`).
    """
    if state is State.GATHERING and not is_held:
        return None
    return Refusal(
        code="dong_settled",
        message=mark("The dong stays as it is: the office already works on this proposal."),
        next_step=mark("Please choose a point in the same dong."),
        form_field="area",
    )


def check_supportable(
    state: State, closes_at: datetime | None, debate_until: datetime | None, now: datetime
) -> Refusal | None:
    """None while support can be given; else since when and why not."""
    until = closes_at if state is State.GATHERING else debate_until
    if state in SUPPORTABLE and (until is None or now < until):
        return None
    if state in SUPPORTABLE or state is State.EXPIRED:
        return Refusal(
            code="support_ended",
            message=mark("Support could be given until %(until)s."),
            next_step=mark("The department gives a short answer. It will be shown on this page."),
            params={"until": closes_at if state is State.EXPIRED else until},
        )
    if state is State.MERGED:
        return Refusal(
            code="support_merged",
            message=mark("This proposal was merged into another one."),
            next_step=mark("You can support the other proposal instead."),
        )
    return Refusal(
        code="support_closed",
        message=mark("Support can no longer be given: the proposal has moved on."),
        next_step=mark("You can follow the answer and the progress on this page."),
    )


def check_support_withdrawable(state: State) -> Refusal | None:
    """None while a support can be taken back: until the threshold is reached."""
    if state is State.GATHERING:
        return None
    return Refusal(
        code="support_final",
        message=mark("A support can be taken back only until enough people have supported it."),
        next_step=mark("You can write an opinion below the proposal."),
    )


def check_answer(state: State, kind: AnswerKind, *, has_short_answer: bool) -> Refusal | None:
    """None when an answer of `kind` fits `state`."""
    if kind is AnswerKind.SHORT:
        fits = state is State.EXPIRED and not has_short_answer
    elif kind is AnswerKind.INTERIM:
        fits = state in AWAITING or (state is State.EXPIRED and not has_short_answer)
    elif state is State.EXPIRED:
        fits = kind in WITH_PROGRESS
    else:
        fits = next_state(state, STEP_OF[kind]) is not None
    if fits:
        return None
    return Refusal(
        code="answer_does_not_fit",
        message=mark("This kind of answer does not fit the stage of the proposal."),
        next_step=mark("Please choose another kind of answer."),
        form_field="kind",
    )


def check_assignable(state: State, *, has_department: bool) -> Refusal | None:
    """None when the department in charge may be named without a word to the public.

    Once one owes the answer, people hear who takes over, why and until when.
    """
    if state not in AWAITING or not has_department:
        return None
    return Refusal(
        code="pass_it_on",
        message=mark("A department is in charge of this proposal already."),
        next_step=mark("Pass it on by an answer: people are told why, and by when they hear more."),
        form_field="department",
    )


def kinds_for(state: State, *, has_short_answer: bool) -> tuple[AnswerKind, ...]:
    """The answers that may be given in `state`, in the order of the form."""
    return tuple(
        kind
        for kind in AnswerKind
        if check_answer(state, kind, has_short_answer=has_short_answer) is None
    )


def check_next_date(kind: AnswerKind, next_date: date | None, today: date) -> Refusal | None:
    """None when the date that goes with an answer of `kind` is there and possible.

    Every answer but a refusal and a short one names the next day on which something will be heard;
    a promise of an answer (interim, transfer) reaches at most a calendar month ahead.
    """
    if next_date is None:
        if kind in DATELESS:
            return None
        return Refusal(
            code="date_missing",
            message=mark("Please say on which date people will hear more."),
            form_field="next_date",
        )
    if next_date <= today:
        return Refusal(
            code="date_past",
            message=mark("The next date must lie ahead."),
            form_field="next_date",
        )
    latest = add_months(today, MOST_MONTHS)
    if kind in NEAR and next_date > latest:
        return Refusal(
            code="date_too_far",
            message=mark("At most one month ahead: %(latest)s or earlier."),
            params={"latest": latest},
            form_field="next_date",
        )
    return None


def check_appeal(
    hidden_at: datetime | None, appealed_at: datetime | None, now: datetime
) -> Refusal | None:
    """None while its author may ask to look again at a hiding: seven days, once."""
    if hidden_at is None:
        return Refusal(code="not_hidden", message=mark("This proposal is not hidden."))
    if appealed_at is not None:
        return Refusal(
            code="appealed_already",
            message=mark("You have already asked to look again."),
            next_step=mark("You are told as soon as it is decided."),
        )
    if now >= hidden_at + timedelta(days=APPEAL_DAYS):
        return Refusal(
            code="appeal_too_late",
            message=mark("Another look could be asked for within seven days."),
            next_step=mark("You can write a new proposal that keeps to the house rules."),
        )
    return None


def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_after_repair(due: date, stopped_on: date, today: date) -> date:
    """The due date after the clock stood still from `stopped_on` until `today`."""
    left = max((due - stopped_on).days, LEAST_AFTER_REPAIR)
    return today + timedelta(days=left)


def promised_day(state: State, due: date | None) -> date | None:
    """The day by which an answer is promised now: none while the clock stands for a repair."""
    return None if state is State.REPAIR else due


class Urgency(StrEnum):
    """How near a due date is."""

    NONE = "none"
    CALM = "calm"
    AMBER = "amber"
    RED = "red"


def urgency(due: date | None, today: date) -> Urgency:
    """Amber from three days before, red from the day after."""
    if due is None:
        return Urgency.NONE
    if due < today:
        return Urgency.RED
    return Urgency.AMBER if (due - today).days <= AMBER_DAYS else Urgency.CALM


def reminder(due: date | None, last_word_on: date | None, today: date) -> str:
    """What the department is reminded of today: "overdue", "due_soon", "silent" or nothing.

    Overdue work is repeated every seven days; D-3 and D-1 are told once each.
    """
    if due is not None:
        left = (due - today).days
        if left < 0 and -left % 7 == 1:
            return "overdue"
        if left in {AMBER_DAYS, 1}:
            return "due_soon"
    if last_word_on is not None:
        silent = (today - last_word_on).days
        if silent >= SILENCE_DAYS and silent % SILENCE_DAYS == 0:
            return "silent"
    return ""


MAIN_LINE = (
    State.GATHERING,
    State.DEBATING,
    State.REVIEWING,
    State.ANSWERED,
    State.IN_PROGRESS,
    State.DONE,
)
"""The stages of the status strip, for a proposal that goes all the way."""


@dataclass(frozen=True)
class Stage:
    """One dot on the line: `mode` is done, now or next; `at` when it began or will begin."""

    state: State
    mode: str
    at: date | None = None


def stages(
    state: State,
    begun: dict[State, date],
    planned: dict[State, date],
    *,
    debates: bool,
    works: bool,
) -> tuple[Stage, ...]:
    """The line of dots for a proposal.

    `begun` has the day on which each stage began, `planned` the day on which a coming one is due.
    Without a debate its dot is left out, without work to do (`works`) the dots after the answer
    are; a side exit (expired, merged …) stands where it happened and ends the line.
    """
    line = [
        s
        for s in MAIN_LINE
        if (debates or s is not State.DEBATING or s in begun)
        and (works or s not in {State.IN_PROGRESS, State.DONE} or s is state)
    ]
    if state not in line:
        passed = [s for s in line if s in begun]
        if state in ENDED:
            line = [*passed, state]
        else:
            line = [*passed, state, *[s for s in line if s not in begun]]
    here = line.index(state)
    return tuple(
        Stage(
            s,
            "now" if index == here else "done" if index < here else "next",
            begun.get(s) if index <= here else planned.get(s),
        )
        for index, s in enumerate(line)
    )
