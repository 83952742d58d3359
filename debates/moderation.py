"""Who may do what with an opinion, and what a decision about it changes. Pure.

An opinion is `visible`, `hidden` (a moderator, under a numbered house rule) or `withdrawn` (its
author, for good). A decision (`Verdict`) moves it along one table. The author of a hidden opinion
may ask to look again within seven days, once per hiding; the answer is the next decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from datetime import datetime

APPEAL_DAYS = 7
"""How long the author of a hidden opinion may ask to look again."""


class State(StrEnum):
    """Where an opinion stands; the same words as in the database."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What a moderator decided."""

    HIDDEN = "hidden"
    RESTORED = "restored"
    LEFT = "left"


TRANSITIONS: dict[tuple[State, Verdict], State] = {
    (State.VISIBLE, Verdict.HIDDEN): State.HIDDEN,
    (State.VISIBLE, Verdict.LEFT): State.VISIBLE,
    (State.HIDDEN, Verdict.RESTORED): State.VISIBLE,
    (State.HIDDEN, Verdict.LEFT): State.HIDDEN,
}
"""Every decision that is possible. `left` settles reports or answers a request to look again."""


@dataclass(frozen=True)
class CommentFacts:
    """What the rules need to know of an opinion; `by_reader`: the account asking wrote it."""

    state: State
    is_reply: bool
    by_reader: bool


@dataclass(frozen=True)
class HidingFacts:
    """The decision by which an opinion is hidden now."""

    decided_at: datetime
    appealed: bool


def is_open(closed_at: datetime | None, now: datetime) -> bool:
    """Whether a conversation takes new opinions at `now`; its closing may lie ahead."""
    return closed_at is None or now < closed_at


def appeal_deadline(decided_at: datetime) -> datetime:
    """Until when (exclusive) the author may ask to look again."""
    return decided_at + timedelta(days=APPEAL_DAYS)


def refuse_if_closed(closed_at: datetime | None, now: datetime) -> Refusal | None:
    """A closed conversation is read, not continued."""
    if is_open(closed_at, now):
        return None
    return Refusal(
        code="conversation_closed",
        message=mark("This conversation is closed."),
        next_step=mark("Everything in it can still be read."),
    )


def refuse_if_hidden(*, is_hidden: bool) -> Refusal | None:
    """What is said below a hidden subject is hidden with it: nothing is added or rated."""
    if not is_hidden:
        return None
    return Refusal(
        code="conversation_hidden",
        message=mark("This conversation is hidden under the house rules."),
        next_step=mark("It can go on if a moderator shows it again."),
    )


def refuse_unless_visible(comment: CommentFacts) -> Refusal | None:
    """What is hidden or withdrawn cannot be answered, rated or reported."""
    if comment.state is State.VISIBLE:
        return None
    return Refusal(
        code="opinion_not_shown",
        message=mark("This opinion is no longer shown."),
        next_step=mark("Please choose another opinion."),
    )


def refuse_reply(parent: CommentFacts) -> Refusal | None:
    """Replies are one level deep, to opinions that are shown."""
    if parent.is_reply:
        return Refusal(
            code="reply_to_reply",
            message=mark("A reply cannot be replied to."),
            next_step=mark("Please reply to the opinion above it."),
        )
    return refuse_unless_visible(parent)


def refuse_reaction(comment: CommentFacts) -> Refusal | None:
    """People rate the opinions of others."""
    if comment.by_reader:
        return Refusal(
            code="own_opinion",
            message=mark("You cannot rate your own opinion."),
            next_step=mark("Please read what others think and rate theirs."),
        )
    return refuse_unless_visible(comment)


def refuse_flag(comment: CommentFacts) -> Refusal | None:
    """People report the opinions of others; their own they withdraw."""
    if comment.by_reader:
        return Refusal(
            code="own_opinion",
            message=mark("You cannot report your own opinion."),
            next_step=mark("You can withdraw it instead."),
        )
    return refuse_unless_visible(comment)


def refuse_withdrawal(comment: CommentFacts) -> Refusal | None:
    """Only the author withdraws; what is hidden stays hidden until it is looked at again."""
    if not comment.by_reader:
        return Refusal(
            code="not_the_author",
            message=mark("Only the person who wrote this opinion can withdraw it."),
            next_step=mark("If it breaks a house rule, please report it."),
        )
    return refuse_unless_visible(comment)


def refuse_verdict(state: State, verdict: Verdict, *, names_rule: bool) -> Refusal | None:
    """A decision fits the state of the opinion, and hiding names a house rule."""
    if (state, verdict) not in TRANSITIONS:
        return Refusal(
            code="verdict_does_not_fit",
            message=mark("This decision does not fit what the opinion is now."),
            next_step=mark("Please open it again: somebody may have decided before you."),
        )
    if verdict is Verdict.HIDDEN and not names_rule:
        return Refusal(
            code="hiding_without_rule",
            message=mark("An opinion is hidden only under a house rule."),
            next_step=mark("Please choose the rule."),
            form_field="rule",
        )
    return None


def refuse_appeal(
    comment: CommentFacts, hiding: HidingFacts | None, now: datetime
) -> Refusal | None:
    """The author asks once per hiding, within seven days of it."""
    if not comment.by_reader:
        return Refusal(
            code="not_the_author",
            message=mark("Only the person who wrote this opinion can ask to look again."),
            next_step=mark("If you know the author, please tell them."),
        )
    if comment.state is not State.HIDDEN or hiding is None:
        return Refusal(
            code="not_hidden",
            message=mark("This opinion is not hidden."),
            next_step=mark("There is nothing to look at again."),
        )
    if hiding.appealed:
        return Refusal(
            code="already_appealed",
            message=mark("You have already asked to look again."),
            next_step=mark("The answer will come as a notice."),
        )
    if now >= appeal_deadline(hiding.decided_at):
        return Refusal(
            code="appeal_too_late",
            message=mark("The seven days to ask for a second look are over."),
            next_step=mark("Please call us if something important changed."),
        )
    return None


def score(useful: int, not_useful: int, *, state: State) -> int:
    """The place of an opinion in the order "best first": useful minus not useful.

    Everybody can check it against the two figures shown. What is not shown goes to the end.
    The refresh of figures says the same in SQL, and a test holds the two together.
    """
    return useful - not_useful if state is State.VISIBLE else LAST


LAST = -1_000_000
"""The score of what is hidden or withdrawn: after everything shown."""
