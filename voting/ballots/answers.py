"""Yes/no ballots: an answer to each of several items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots.kinds import Answer, Marks, Overpick, SheetKind, SheetReading, VoidReason
from voting.ballots.marks import answers_marks, answers_of, is_blank
from voting.ballots.refusals import NOT_A_BALLOT, too_few, unknown_option

if TYPE_CHECKING:
    from voting.ballots.design import BallotDesign


def read(design: BallotDesign, raw: object) -> Marks | Refusal:
    """Read a mapping of item to answer; an empty answer leaves the item out."""
    if not isinstance(raw, Mapping):
        return NOT_A_BALLOT
    answers: dict[str, str] = {}
    for key, answer in raw.items():
        if key not in design.keys:
            return unknown_option(key)
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


def limit(design: BallotDesign, marks: Marks) -> Refusal | None:
    """Refuse too few answers."""
    answered = len(answers_of(marks))
    return too_few(design, answered) if answered < design.min_picks else None


def lies(design: BallotDesign, value: object) -> Marks | None:
    """Give the marks of a ballot that may lie in the box; None for any other value."""
    if not isinstance(value, dict) or not value.keys() <= design.key_set:
        return None
    allowed, answers = _answers_allowed(design), value.values()
    if not all(isinstance(answer, str) and answer in allowed for answer in answers):
        return None
    if value and len(value) < design.min_picks:
        return None
    return Marks(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def read_paper(design: BallotDesign, raw: object) -> SheetReading | Refusal:
    """Read a typed sheet; an item with two answers is void, or counts as left blank."""
    if not isinstance(raw, Mapping):
        return NOT_A_BALLOT
    answers: dict[str, Answer] = {}
    for key, answer in raw.items():
        given: set[Answer] = set()
        for one in answer if isinstance(answer, list | tuple) else [answer]:
            marks = read(design, {key: one})
            if isinstance(marks, Refusal):
                return marks
            given.update(answers_of(marks).values())
        if len(given) > 1 and design.overpick is Overpick.VOID:
            return SheetReading(SheetKind.VOID, None, VoidReason.TWO_ANSWERS)
        if len(given) == 1:
            answers[key] = given.pop()
    return _judge_answers(design, answers_marks(answers))


def _judge_answers(design: BallotDesign, marks: Marks) -> SheetReading:
    if is_blank(marks):
        return SheetReading(SheetKind.BLANK, marks)
    if limit(design, marks):
        return SheetReading(SheetKind.VOID, None, VoidReason.TOO_FEW)
    return SheetReading(SheetKind.VALID, marks)


def _answers_allowed(design: BallotDesign) -> set[object]:
    return set(Answer) if design.abstain_allowed else {Answer.YES, Answer.NO}


def possible(design: BallotDesign) -> int:
    """Count different ballots, as if none were too short."""
    count: int = (len(_answers_allowed(design)) + 1) ** len(design.options)
    return count
