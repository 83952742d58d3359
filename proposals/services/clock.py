"""What happens by itself: periods end, clocks go on, departments are reminded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from proceedings.audit import Action
from proceedings.services import SYSTEM, Round, record_event
from proposals.lifecycle import State, Step, add_months, reminder
from proposals.models import Proposal, Support
from proposals.services.drafts import discard_drafts_left_behind
from proposals.services.moving import (
    author_ids,
    begin_review,
    lock_proposal,
    subject,
    take_step,
    tell,
    tell_staff,
)
from proposals.services.writing import resume_clock
from residents.models import NoticeKind

if TYPE_CHECKING:
    from datetime import datetime


def advance_proposals() -> int:
    """Take each step whose hour has come; returns how many.

    Each proposal moves in a transaction of its own, looked at again under its lock: safe to run
    twice and at the same time, and one that fails holds up no other.
    """
    now = timezone.now()
    today = timezone.localdate(now)
    due = Proposal.objects.filter(
        Q(state=State.GATHERING, closes_at__lte=now)
        | Q(state=State.DEBATING, debate_until__lte=now)
        | Q(state=State.REPAIR, repair_until__lt=today),
    )
    walk = Round()
    for pk in due.order_by("id").values_list("pk", flat=True):
        walk.take(partial(_advance, pk, now), proposal=pk)
    waiting = Proposal.objects.awaiting_answer().exclude(reminded_on=today)
    for proposal in waiting.order_by("id"):
        if reminder(proposal.answer_due_on, proposal.last_word_on, today):
            walk.take(partial(_remind, proposal.pk), proposal=proposal.pk)
    walk.take(discard_drafts_left_behind)
    return walk.end()


@transaction.atomic(durable=True)
def _advance(proposal_id: int, now: datetime) -> int:
    proposal = lock_proposal(proposal_id)
    today = timezone.localdate(now)
    if proposal.state == State.GATHERING and proposal.closes_at and proposal.closes_at <= now:
        _expire(proposal)
    elif (
        proposal.state == State.DEBATING
        and proposal.debate_until
        and (proposal.debate_until <= now)
    ):
        take_step(proposal=proposal, step=Step.END_DEBATE, actor_ref=SYSTEM)
        begin_review(proposal)
        tell_staff(proposal)
    elif (
        proposal.state == State.REPAIR and proposal.repair_until and (proposal.repair_until < today)
    ):
        resume_clock(proposal, actor_ref=SYSTEM)
        tell_staff(proposal)
    else:
        return 0
    proposal.save()
    return 1


def _expire(proposal: Proposal) -> None:
    """Below the threshold: no silence either, the department owes a short answer."""
    supports = Support.objects.filter(proposal=proposal).count()
    take_step(proposal=proposal, step=Step.EXPIRE, actor_ref=SYSTEM)
    proposal.answer_due_on = add_months(timezone.localdate(), proposal.answer_months)
    proposal.last_word_on = timezone.localdate()
    record_event(
        action=Action.PROPOSAL_EXPIRED,
        actor_ref=SYSTEM,
        subject=subject(proposal),
        data={"supports": supports, "threshold": proposal.threshold},
    )
    tell(
        proposal,
        NoticeKind.PROPOSAL_EXPIRED,
        author_ids(proposal),
        count=f"{supports:,}",
        threshold=f"{proposal.threshold:,}",
    )
    tell_staff(proposal)


@transaction.atomic(durable=True)
def _remind(proposal_id: int) -> int:
    proposal = lock_proposal(proposal_id)
    today = timezone.localdate()
    why = reminder(proposal.answer_due_on, proposal.last_word_on, today)
    if not why or proposal.reminded_on == today:
        return 0
    tell_staff(proposal)
    proposal.reminded_on = today
    proposal.save(update_fields=["reminded_on"])
    return 1
