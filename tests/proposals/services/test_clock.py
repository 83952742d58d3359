"""What happens by itself."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from debates.models import ThreadFigures
from proceedings.audit import Action
from proceedings.models import AuditEvent
from proposals.lifecycle import AnswerKind, add_months
from proposals.models import Proposal, ProposalFigures, ProposalState
from proposals.services import advance_proposals, refresh_figures
from proposals.tasks import advance_proposals_task, refresh_figures_task
from residents.models import Notice, NoticeKind
from tests.factories.proposals import (
    make_answer,
    make_draft,
    make_preset,
    make_proposal,
    make_reviewed,
    support,
)
from tests.factories.residents import make_department, make_user

if TYPE_CHECKING:
    from residents.models import User

pytestmark = pytest.mark.django_db


def past() -> object:
    return timezone.now() - timedelta(minutes=1)


def told(user: User, kind: NoticeKind) -> int:
    return Notice.objects.filter(user=user, kind=kind).count()


def test_below_the_threshold_a_period_ends_with_a_duty_to_answer() -> None:
    make_preset(threshold=50, answer_months=1)
    proposal = make_proposal(closes_at=past())
    support(proposal, 41)
    assert advance_proposals() == 1
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.EXPIRED
    assert proposal.answer_due_on == add_months(timezone.localdate(), 1)
    event = AuditEvent.objects.get(action=Action.PROPOSAL_EXPIRED)
    assert (event.actor_ref, event.data) == ("system", {"supports": 41, "threshold": 50})
    notice = Notice.objects.get(user=proposal.author, kind=NoticeKind.PROPOSAL_EXPIRED)
    assert notice.params["count"] == "41"


def test_a_period_that_still_runs_is_left_alone_and_two_runs_do_one_step() -> None:
    running, over = make_proposal(), make_proposal(closes_at=past())
    assert (advance_proposals(), advance_proposals()) == (1, 0)
    running.refresh_from_db()
    over.refresh_from_db()
    assert (running.state, over.state) == (ProposalState.GATHERING, ProposalState.EXPIRED)


def test_after_the_debate_the_department_reviews() -> None:
    proposal = make_proposal(state=ProposalState.DEBATING, debate_until=past())
    advance_proposals()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.REVIEWING
    assert proposal.answer_due_on == add_months(timezone.localdate(), 1)


def test_a_repair_nobody_makes_does_not_stop_the_clock_for_ever() -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.REPAIR)
    yesterday = timezone.localdate() - timedelta(days=1)
    Proposal.objects.filter(pk=proposal.pk).update(repair_until=yesterday)
    assert advance_proposals() == 1
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.REVIEWING
    assert proposal.changes.last().actor_ref == "system"  # type: ignore[union-attr] # there is one


def test_the_department_in_charge_is_reminded_once_a_day() -> None:
    proposal = make_reviewed()
    department = make_department()
    official = make_user(role="official", department=department)
    elsewhere = make_user(role="official")
    Proposal.objects.filter(pk=proposal.pk).update(
        department=department, answer_due_on=timezone.localdate() + timedelta(days=3)
    )
    assert (advance_proposals(), advance_proposals()) == (1, 0)
    assert told(official, NoticeKind.STAFF_DUE) == 1
    assert told(elsewhere, NoticeKind.STAFF_DUE) == 0


def test_fourteen_silent_days_ask_for_an_interim_answer() -> None:
    proposal = make_reviewed()
    department = make_department()
    official = make_user(role="official", department=department)
    Proposal.objects.filter(pk=proposal.pk).update(
        department=department, last_word_on=timezone.localdate() - timedelta(days=14)
    )
    assert advance_proposals() == 1
    assert told(official, NoticeKind.STAFF_DUE) == 1


def test_figures_follow_the_rows_and_only_changed_ones_are_written() -> None:
    proposal, quiet = make_proposal(), make_proposal()
    make_draft()
    support(proposal, 9)
    assert proposal.thread is not None
    ThreadFigures.objects.create(thread=proposal.thread, comments=4)
    assert refresh_figures() == 1
    figures = ProposalFigures.objects.get(proposal=proposal)
    assert (figures.supports, figures.comments) == (9, 4)
    assert proposal.published_at is not None
    expected = math.log10(10) + proposal.published_at.timestamp() / 45_000
    assert figures.hot == pytest.approx(expected)
    assert ProposalFigures.objects.get(proposal=quiet).supports == 0
    assert refresh_figures() == 0
    proposal.supports.all().delete()
    assert refresh_figures() == 1


def test_a_proposal_whose_figures_are_missing_gets_them() -> None:
    proposal = make_proposal()
    ProposalFigures.objects.all().delete()
    assert refresh_figures() == 1
    assert ProposalFigures.objects.get().proposal_id == proposal.pk


def test_the_tasks_of_the_clock_call_their_services() -> None:
    proposal = make_proposal(closes_at=past())
    support(proposal, 1)
    advance_proposals_task()
    refresh_figures_task()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.EXPIRED
    # Ended before the refresh: the last count of the list is the one it had while it ran.
    assert advance_proposals_task.name == "proposals.advance_proposals"
    assert refresh_figures_task.name == "proposals.refresh_figures"
