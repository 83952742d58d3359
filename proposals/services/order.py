"""Keeping order: merge the same, hide what breaks a house rule, set the rules of support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from debates.services.threads import hide_thread
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from proposals.lifecycle import MERGE_TARGETS, State, Step, check_appeal
from proposals.models import SupportPreset
from proposals.permissions import (
    refuse_unless_answering,
    refuse_unless_author,
    refuse_unless_moderating,
)
from proposals.services.moving import (
    author_ids,
    insist,
    lock_proposal,
    subject,
    supporter_ids,
    take_step,
    tell,
)
from proposals.services.writing import end
from residents.models import NoticeKind, StaffRole
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import roles_over

if TYPE_CHECKING:
    from debates.models import HouseRule
    from proposals.models import Proposal
    from residents.models import User


@transaction.atomic(durable=True)
def merge_proposal(*, actor: User, proposal_id: int, into_id: int, reason: str) -> Proposal:
    """Merge a proposal into another one of the same idea.

    Its supports stay shown with it and are not moved: nobody supported the other text. Its
    proposer and those who support it are told, and may support the other one. Raises Refused.
    """
    # Always the smaller number first, so that two merges never wait for each other.
    for pk in sorted({proposal_id, into_id}):
        lock_exclusive(f"proposal:{pk}")
    proposal, target = lock_proposal(proposal_id), lock_proposal(into_id)
    insist(refuse_unless_answering(actor, proposal))
    if proposal_id == into_id or target.is_hidden or State(target.state) not in MERGE_TARGETS:
        raise Refused(
            Refusal(
                code="merge_target",
                message=mark(
                    "A proposal can be merged only into another one that is still running."
                ),
                next_step=mark("Please check the number of the other proposal."),
                form_field="into",
            ),
        )
    take_step(proposal=proposal, step=Step.MERGE, actor_ref=actor.actor_ref, reason=reason)
    proposal.merged_into = target
    end(proposal, actor_ref=actor.actor_ref)
    proposal.save()
    record_event(
        action=Action.PROPOSAL_MERGED,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        reason=reason,
        data={"into": target.pk},
    )
    tell(
        proposal,
        NoticeKind.PROPOSAL_CHANGED,
        author_ids(proposal) | supporter_ids(proposal),
        change="merged",
        into=target.title,
    )
    return proposal


@transaction.atomic(durable=True)
def hide_proposal(*, actor: User, proposal_id: int, rule: HouseRule, reason: str) -> Proposal:
    """Hide a proposal under a house rule, with a reason; its author is told. Raises Refused."""
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_moderating(actor, proposal))
    if proposal.is_hidden or proposal.state == State.DRAFT:
        raise Refused(
            Refusal(
                code="not_shown",
                message=mark("This proposal is not shown to the public anyway."),
            ),
        )
    proposal.is_hidden, proposal.hidden_rule, proposal.hidden_reason = True, rule, reason
    proposal.hidden_at, proposal.appealed_at, proposal.appeal = timezone.now(), None, ""
    proposal.save()
    if proposal.thread is not None:
        hide_thread(proposal.thread, is_hidden=True)
    record_event(
        action=Action.PROPOSAL_HIDDEN,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        reason=reason,
        data={"rule": rule.number},
    )
    tell(
        proposal,
        NoticeKind.PROPOSAL_CHANGED,
        author_ids(proposal),
        change="hidden",
        rule=str(rule),
        reason=reason,
    )
    return proposal


@transaction.atomic(durable=True)
def restore_proposal(*, actor: User, proposal_id: int, reason: str) -> Proposal:
    """Show a hidden proposal again; its author is told. Raises Refused."""
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_moderating(actor, proposal))
    if not proposal.is_hidden:
        raise Refused(
            Refusal(code="not_hidden", message=mark("This proposal is not hidden.")),
        )
    proposal.is_hidden, proposal.hidden_rule, proposal.hidden_reason = False, None, ""
    proposal.hidden_at, proposal.appealed_at, proposal.appeal = None, None, ""
    proposal.save()
    if proposal.thread is not None:
        hide_thread(proposal.thread, is_hidden=False)
    record_event(
        action=Action.PROPOSAL_RESTORED,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        reason=reason,
    )
    tell(proposal, NoticeKind.PROPOSAL_CHANGED, author_ids(proposal), change="restored")
    return proposal


@transaction.atomic(durable=True)
def appeal_hiding(*, actor: User, proposal_id: int, reason: str) -> Proposal:
    """Its author asks to look again at a hiding; moderators there are told. Raises Refused."""
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_author(actor, proposal))
    now = timezone.now()
    insist(check_appeal(proposal.hidden_at, proposal.appealed_at, now))
    proposal.appeal, proposal.appealed_at = reason, now
    proposal.save()
    record_event(
        action=Action.PROPOSAL_APPEALED,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
    )
    moderators = StaffRole.objects.in_force().filter(kind=RoleKind.MODERATOR).select_related("area")
    there = roles_over(list(moderators), proposal.area)
    tell(proposal, NoticeKind.STAFF_DUE, {role.user_id for role in there})
    return proposal


@transaction.atomic(durable=True)
def keep_hidden(*, actor: User, proposal_id: int, reason: str) -> Proposal:
    """Decide, after another look, that a proposal stays hidden, and why. Raises Refused."""
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_moderating(actor, proposal))
    if not proposal.is_hidden or not proposal.appeal:
        raise Refused(
            Refusal(
                code="no_appeal",
                message=mark("Nobody asks to look again at this proposal."),
            ),
        )
    proposal.appeal, proposal.hidden_reason = "", reason
    proposal.save()
    record_event(
        action=Action.PROPOSAL_KEPT_HIDDEN,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        reason=reason,
    )
    tell(
        proposal,
        NoticeKind.PROPOSAL_CHANGED,
        author_ids(proposal),
        change="hidden",
        rule=str(proposal.hidden_rule),
        reason=reason,
    )
    return proposal


@transaction.atomic
def save_preset(*, actor: User, preset: SupportPreset) -> SupportPreset:
    """Store rules of support; the default one is the only default. Published proposals keep theirs.

    Composable: the admin saves within a transaction of its own. Raises Refused for others than
    administrators.
    """
    insist(refuse_unless_role(actor, RoleKind.ADMINISTRATOR))
    lock_exclusive("support-presets")
    if preset.is_default:
        SupportPreset.objects.exclude(pk=preset.pk).update(is_default=False)
    preset.save()
    record_event(
        action=Action.PRESET_CHANGED,
        actor_ref=actor.actor_ref,
        subject=f"proposals.supportpreset:{preset.pk}",
        data={
            "threshold": preset.threshold,
            "days": preset.days,
            "debate_days": preset.debate_days,
            "answer_months": preset.answer_months,
            "editable_until": preset.editable_until,
            "is_default": preset.is_default,
        },
    )
    return preset
