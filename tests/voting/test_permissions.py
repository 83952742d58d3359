from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from voting.models import Contest, ContestState, Slot, SlotState
from voting.permissions import NO_WEB, in_grace, refuse_ballot, refuse_choosing
from voting.selectors import CLOSED, NO_RESIDENCY, VoterStanding, already_used

NOW = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
NOBODY = VoterStanding(None, None, None, NO_RESIDENCY, None)


def contest(**fields: object) -> Contest:
    return Contest(
        **{
            "state": ContestState.OPEN,
            "web": True,
            "grace_seconds": 60,
            "closes_at": NOW + timedelta(hours=1),
            **fields,
        }
    )


def test_open_vote_refuses_nobody_who_is_not_logged_in() -> None:
    assert refuse_ballot(contest(), None, NOW, None) is None


def test_vote_on_paper_only_is_refused_first() -> None:
    assert refuse_ballot(contest(web=False), None, NOW, None) is NO_WEB


def test_choosing_needs_no_residency_but_casting_does() -> None:
    assert refuse_choosing(contest(), NOBODY, NOW, None) is None
    assert refuse_ballot(contest(), NOBODY, NOW, None) is NO_RESIDENCY


def test_grace_is_for_pages_served_before_the_close_and_ends() -> None:
    closed = contest(closes_at=NOW - timedelta(seconds=30))
    before, after = NOW - timedelta(seconds=31), NOW - timedelta(seconds=29)
    assert in_grace(closed, before, NOW)
    assert not in_grace(closed, after, NOW)
    assert not in_grace(closed, None, NOW)
    assert not in_grace(closed, before, NOW + timedelta(seconds=31))
    assert not in_grace(contest(state=ContestState.CLOSED), before, NOW)
    late = replace(NOBODY, refusal=CLOSED)
    assert refuse_ballot(closed, late, NOW, before) is None
    assert refuse_ballot(closed, late, NOW, after) is CLOSED


def test_web_vote_that_may_be_changed_is_no_obstacle() -> None:
    slot = Slot(state=SlotState.WEB, version=1)
    assert already_used(contest(revote="until_close"), slot, None) is None
    refusal = already_used(contest(revote="never"), slot, None)
    assert refusal is not None
    assert refusal.code == "already_voted"
