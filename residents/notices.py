"""The words of notices: per kind a title, then sentences that are used when their values are there.

`send_notice(kind=…, params={…})` needs every value of the title; each further sentence is left out
when one of its values is missing. Values whose names end in `_at` or `_on` are moments or days in
ISO form ("2026-11-22T18:00:00+09:00", "2026-11-22").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from proceedings.refusals import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACES = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Wording:
    """English msgids of one kind of notice."""

    title: str
    sentences: tuple[str, ...] = ()
    is_mailed_by_default: bool = True


VOIDED = (
    mark("Two members of staff decided so. A vote you cast does not count."),
    mark("If this is wrong, please call the office before the vote closes at %(closes_at)s."),
)
"""What everybody is told whose vote right was voided."""

WORDINGS: dict[str, Wording] = {
    "proposal_reached": Wording(
        mark("“%(title)s” has reached its support threshold."),
        (
            mark("%(count)s people support it."),
            mark("It now goes to the next stage."),
        ),
    ),
    "proposal_expired": Wording(
        mark("The support period of “%(title)s” has ended."),
        (
            mark("%(count)s people supported it (threshold %(threshold)s)."),
            mark("The department in charge leaves a short answer."),
        ),
    ),
    "proposal_answered": Wording(
        mark("“%(title)s” has received an official answer."),
        (mark("%(department)s answered."),),
    ),
    "proposal_progress": Wording(
        mark("There is progress on “%(title)s”."),
        (mark("%(note)s"),),
    ),
    "proposal_merged": Wording(
        mark("“%(title)s” was merged with a similar proposal."),
        (
            mark("It goes on in “%(into)s”."),
            mark("Supports are not carried over; you can support the other one."),
        ),
    ),
    "proposal_transferred": Wording(
        mark("“%(title)s” was passed on to another department."),
        (mark("%(department)s is in charge now."),),
    ),
    "proposal_hidden": Wording(
        mark("“%(title)s” was hidden."),
        (
            mark("The reason: %(reason)s"),
            mark("You can ask for a review within seven days."),
        ),
    ),
    "proposal_restored": Wording(mark("“%(title)s” can be seen again.")),
    "comment_reply": Wording(mark("There is a reply to your opinion in “%(title)s”.")),
    "comment_hidden": Wording(
        mark("Your opinion in “%(title)s” was hidden."),
        (
            mark("House rule %(rule)s was the reason."),
            mark("You can ask for a review within seven days."),
        ),
    ),
    "comment_restored": Wording(mark("Your opinion in “%(title)s” can be seen again.")),
    "comment_kept": Wording(
        mark("We looked again at your opinion in “%(title)s”. It stays hidden."),
    ),
    "thread_activity": Wording(
        mark("There are new opinions in “%(title)s”."),
        (mark("New opinions: %(count)s"),),
        is_mailed_by_default=False,
    ),
    "contest_opened": Wording(
        mark("The vote “%(title)s” has opened."),
        (
            mark("You can take part until %(closes_at)s."),
            mark("You can vote here or at your centre."),
        ),
    ),
    "contest_opened_web": Wording(
        mark("The vote “%(title)s” has opened."),
        (mark("You can take part until %(closes_at)s."), mark("You can vote on this site.")),
    ),
    "contest_opened_paper": Wording(
        mark("The vote “%(title)s” has opened."),
        (
            mark("You can take part until %(closes_at)s."),
            mark("You get a ballot paper at the centres named on its page."),
        ),
    ),
    "contest_result": Wording(
        mark("The result of “%(title)s” is out."),
        (mark("You can see the figures by channel and check the count yourself."),),
    ),
    "vote_added": Wording(
        mark("You are now on the roll of the vote “%(title)s”."),
        (mark("You can vote until %(closes_at)s."),),
    ),
    "vote_voided_moved": Wording(
        mark("Your vote right in “%(title)s” was voided."),
        (mark("The reason: you have moved away."), *VOIDED),
    ),
    "vote_voided_died": Wording(
        mark("Your vote right in “%(title)s” was voided."),
        (mark("The reason: a death was reported."), *VOIDED),
    ),
    "vote_voided_twice": Wording(
        mark("A vote right in “%(title)s” was voided."),
        (
            mark("The reason: you were on the roll twice."),
            *VOIDED,
        ),
    ),
    "vote_voided_other": Wording(
        mark("Your vote right in “%(title)s” was voided."),
        (mark("The reason: an error on the roll was proved."), *VOIDED),
    ),
    "vote_restored": Wording(
        mark("Your vote right in “%(title)s” was given back."),
        (
            mark("You can vote until %(closes_at)s."),
            mark("A vote you cast before does not count; please vote again."),
        ),
    ),
    "project_progress": Wording(
        mark("There is progress on the project “%(title)s”."),
        (mark("%(note)s"),),
    ),
    "staff_due": Wording(
        mark("Work is due: “%(title)s”"),
        (mark("Please finish it by %(due_on)s."),),
    ),
}
"""By kind; where `params["change"]` is "hidden", `proposal_changed` becomes `proposal_hidden`."""


def wording(kind: str, params: Mapping[str, object]) -> Wording:
    """The words for a kind of notice; a "change" among the params picks the closer words.

    Raises ValueError when no words are there, which is a mistake of the program.
    """
    change = params.get("change")
    found = WORDINGS.get(f"{kind.partition('_')[0]}_{change}" if change else kind)
    if found is None:
        raise ValueError(f"There are no words for a notice {kind} with change {change!r}.")
    return found


def missing_values(kind: str, params: Mapping[str, object]) -> set[str]:
    """The values that the title of a kind needs and `params` lacks."""
    return set(PLACES.findall(wording(kind, params).title)) - params.keys()


def usable_sentences(kind: str, params: Mapping[str, object]) -> list[str]:
    """The sentences (msgids) whose values are all there, in order."""
    return [
        sentence
        for sentence in wording(kind, params).sentences
        if all(params.get(place) not in {None, ""} for place in PLACES.findall(sentence))
    ]


def values(params: Mapping[str, object]) -> dict[str, object]:
    """The params with days and moments read from their ISO form."""
    return {name: _value(name, value) for name, value in params.items()}


def _value(name: str, value: object) -> object:
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and name.endswith("_on"):
        return date.fromisoformat(value)
    return value


def is_mailed_by_default(kind: str) -> bool:
    """Whether a kind of notice goes out by mail to somebody who has not chosen."""
    found = WORDINGS.get(kind)
    return found is None or found.is_mailed_by_default
