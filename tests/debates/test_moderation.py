"""Who may do what with an opinion, and what a decision changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from debates.moderation import (
    LAST,
    TRANSITIONS,
    CommentFacts,
    HidingFacts,
    State,
    Verdict,
    appeal_deadline,
    is_open,
    refuse_appeal,
    refuse_flag,
    refuse_if_closed,
    refuse_if_hidden,
    refuse_reaction,
    refuse_reply,
    refuse_verdict,
    refuse_withdrawal,
    score,
)

if TYPE_CHECKING:
    from proceedings.refusals import Refusal

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SHOWN = CommentFacts(State.VISIBLE, is_reply=False, by_reader=False)
MINE = CommentFacts(State.VISIBLE, is_reply=False, by_reader=True)
HIDDEN = CommentFacts(State.HIDDEN, is_reply=False, by_reader=False)
MY_HIDDEN = CommentFacts(State.HIDDEN, is_reply=False, by_reader=True)
REPLY = CommentFacts(State.VISIBLE, is_reply=True, by_reader=False)


def code(refusal: Refusal | None) -> str:
    """A refusal's code, or an empty text for none."""
    return refusal.code if refusal else ""


def test_conversation_is_open_until_the_moment_it_closes() -> None:
    assert is_open(None, NOW)
    assert is_open(NOW + timedelta(microseconds=1), NOW)
    assert not is_open(NOW, NOW)


def test_closed_conversation_refuses_with_words() -> None:
    assert code(refuse_if_closed(NOW, NOW)) == "conversation_closed"
    assert refuse_if_closed(None, NOW) is None


def test_hidden_conversation_refuses_with_words() -> None:
    refusal = refuse_if_hidden(is_hidden=True)
    assert refusal is not None
    assert (refusal.code, bool(refusal.next_step)) == ("conversation_hidden", True)
    assert refuse_if_hidden(is_hidden=False) is None


@pytest.mark.parametrize(
    ("comment", "expected"),
    [(SHOWN, ""), (MINE, ""), (REPLY, "reply_to_reply"), (HIDDEN, "opinion_not_shown")],
)
def test_replies_go_one_level_deep_to_what_is_shown(comment: CommentFacts, expected: str) -> None:
    assert code(refuse_reply(comment)) == expected


@pytest.mark.parametrize(
    ("comment", "expected"),
    [(SHOWN, ""), (REPLY, ""), (MINE, "own_opinion"), (HIDDEN, "opinion_not_shown")],
)
def test_rating_and_reporting_are_for_opinions_of_others(
    comment: CommentFacts, expected: str
) -> None:
    assert code(refuse_reaction(comment)) == expected
    assert code(refuse_flag(comment)) == expected


@pytest.mark.parametrize(
    ("comment", "expected"),
    [(MINE, ""), (SHOWN, "not_the_author"), (MY_HIDDEN, "opinion_not_shown")],
)
def test_only_the_author_withdraws_and_only_what_is_shown(
    comment: CommentFacts, expected: str
) -> None:
    assert code(refuse_withdrawal(comment)) == expected


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verdict", Verdict)
def test_a_decision_is_refused_unless_the_table_has_it(state: State, verdict: Verdict) -> None:
    refused = refuse_verdict(state, verdict, names_rule=True)
    assert (refused is None) == ((state, verdict) in TRANSITIONS)


def test_what_is_withdrawn_is_decided_by_nobody() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] is State.WITHDRAWN]


def test_hiding_without_a_rule_points_at_the_rule() -> None:
    refused = refuse_verdict(State.VISIBLE, Verdict.HIDDEN, names_rule=False)
    assert refused is not None
    assert (refused.code, refused.form_field) == ("hiding_without_rule", "rule")


def test_author_asks_until_the_last_moment_of_seven_days() -> None:
    hiding = HidingFacts(NOW, appealed=False)
    last = appeal_deadline(NOW)
    assert last == NOW + timedelta(days=7)
    assert refuse_appeal(MY_HIDDEN, hiding, last - timedelta(seconds=1)) is None
    assert code(refuse_appeal(MY_HIDDEN, hiding, last)) == "appeal_too_late"


@pytest.mark.parametrize(
    ("comment", "hiding", "expected"),
    [
        (HIDDEN, HidingFacts(NOW, appealed=False), "not_the_author"),
        (MINE, HidingFacts(NOW, appealed=False), "not_hidden"),
        (MY_HIDDEN, None, "not_hidden"),
        (MY_HIDDEN, HidingFacts(NOW, appealed=True), "already_appealed"),
    ],
)
def test_other_requests_to_look_again_are_refused(
    comment: CommentFacts, hiding: HidingFacts | None, expected: str
) -> None:
    assert code(refuse_appeal(comment, hiding, NOW)) == expected


def test_score_is_useful_minus_not_useful_and_last_for_what_is_not_shown() -> None:
    assert score(7, 2, state=State.VISIBLE) == 5
    assert score(0, 3, state=State.VISIBLE) == -3
    assert score(7, 2, state=State.HIDDEN) == LAST
    assert score(0, 900_000, state=State.VISIBLE) > LAST
