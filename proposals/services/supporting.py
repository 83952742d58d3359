"""Support: once per resident, and the one that crosses the threshold moves the proposal on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import PhaseKind
from proceedings.refusals import Refusal, mark
from proceedings.selectors import refuse_outside_phase
from proceedings.services import SYSTEM, record_event, spend
from proposals.lifecycle import (
    State,
    Step,
    check_support_withdrawable,
    check_supportable,
)
from proposals.models import Proposal, ProposalFigures, Support
from proposals.services.counting import count_now
from proposals.services.moving import (
    author_ids,
    begin_review,
    insist,
    lock_proposal,
    subject,
    take_step,
    tell,
    tell_staff,
)
from residents.models import NoticeKind
from residents.permissions import refuse_unless_resident
from residents.selectors import current_resident

if TYPE_CHECKING:
    from places.models import Centre
    from residents.models import Resident, User

ALREADY_SUPPORTED = "already_supported"
"""The code of a refusal for somebody whose support is counted."""


@dataclass(frozen=True)
class Supported:
    """How many support a proposal now, and whether this one crossed the threshold."""

    proposal: Proposal
    supports: int
    crossed: bool = False


@transaction.atomic(durable=True)
def support_proposal(*, actor: User, proposal_id: int) -> Supported:
    """Count a verified resident's support, at once and exactly.

    Raises Refused: not logged in, residence not confirmed, supported already, too late, hidden, or
    the limit of the hour is reached.
    """
    insist(refuse_unless_resident(actor))
    spend("support", actor.actor_ref)
    resident = current_resident(actor)
    if resident is None:
        raise ValueError("A confirmed account has a resident.")
    return add_support(proposal_id=proposal_id, resident=resident)


@transaction.atomic(durable=True)
def withdraw_support(*, actor: User, proposal_id: int) -> Supported:
    """Take a support back while the threshold is not reached; nothing is left of it."""
    insist(refuse_unless_resident(actor))
    spend("support", actor.actor_ref)
    proposal = lock_proposal(proposal_id)
    insist(check_support_withdrawable(State(proposal.state)))
    Support.objects.filter(proposal=proposal, resident__user=actor).delete()
    count_now(proposal.pk)  # rare, and nobody may find their support still there
    return Supported(proposal, count_supports(proposal))


def add_support(*, proposal_id: int, resident: Resident, centre: Centre | None = None) -> Supported:
    """Store one support inside the caller's transaction; the crossing one moves the proposal on.

    The lock on the proposal makes the count exact: without it two last supports each see the
    other missing, and nobody crosses.
    """
    proposal = lock_proposal(proposal_id)
    insist(_refuse_support(proposal, resident))
    Support.objects.create(proposal=proposal, resident=resident, centre=centre)
    if proposal.state != State.GATHERING:
        return Supported(proposal, last_count(proposal) + 1)
    supports = count_supports(proposal)
    crossed = supports >= proposal.threshold
    if crossed:
        _reach(proposal, supports)
    return Supported(proposal, supports, crossed)


def count_supports(proposal: Proposal) -> int:
    """How many residents support it, counted from the rows.

    Asked while supports are gathered, so the threshold bounds how many rows are read.
    """
    return Support.objects.filter(proposal=proposal).count()


def last_count(proposal: Proposal) -> int:
    """How many supported it when the figures were last refreshed: one row however many."""
    figures = ProposalFigures.objects.filter(proposal=proposal).first()
    return figures.supports if figures else 0


def _refuse_support(proposal: Proposal, resident: Resident) -> Refusal | None:
    if proposal.is_hidden:
        return Refusal(
            code="proposal_hidden",
            message=mark("This proposal is hidden under the house rules."),
            next_step=mark("It can be supported again if it is restored."),
        )
    refusal = check_supportable(
        State(proposal.state), proposal.closes_at, proposal.debate_until, timezone.now()
    ) or refuse_outside_phase(proposal.process, PhaseKind.SUPPORT)
    if refusal is not None:
        return refusal
    if Support.objects.filter(proposal=proposal, resident=resident).exists():
        return Refusal(
            code=ALREADY_SUPPORTED,
            message=mark("You already support this proposal. Each person counts once."),
            next_step=mark("You can take your support back until the threshold is reached."),
        )
    return None


def _reach(proposal: Proposal, supports: int) -> None:
    now = timezone.now()
    proposal.reached_at = now
    if proposal.debate_days:
        take_step(proposal=proposal, step=Step.REACH_TO_DEBATE, actor_ref=SYSTEM)
        proposal.debate_until = now + timedelta(days=proposal.debate_days)
    else:
        take_step(proposal=proposal, step=Step.REACH_TO_REVIEW, actor_ref=SYSTEM)
        begin_review(proposal)
        tell_staff(proposal)
    proposal.save()
    record_event(
        action=Action.PROPOSAL_REACHED,
        actor_ref=SYSTEM,
        subject=subject(proposal),
        data={"supports": supports, "threshold": proposal.threshold},
    )
    tell(
        proposal,
        NoticeKind.PROPOSAL_REACHED,
        author_ids(proposal),
        count=f"{supports:,}",
    )
