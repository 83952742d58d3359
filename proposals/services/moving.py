"""What all services share: take the lock, move along the table, tell those concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from places.selectors import ancestor_codes
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refused
from proposals.lifecycle import (
    TRANSITIONS,
    State,
    Step,
    add_months,
    check_step,
)
from proposals.models import Proposal, StateChange, Support
from proposals.services.counting import count_now
from residents.models import NoticeKind, StaffRole
from residents.roles import RoleKind
from residents.services import send_notice

if TYPE_CHECKING:
    from proceedings.refusals import Refusal


def lock_proposal(proposal_id: int) -> Proposal:
    """Hold one proposal until the transaction ends, then read it. Raises Proposal.DoesNotExist.

    The lock comes before the look, so that supports, edits, answers and the clock pass a proposal
    one after the other.
    """
    lock_exclusive(f"proposal:{proposal_id}")
    return Proposal.objects.select_related("author", "resident", "department", "thread").get(
        pk=proposal_id
    )


def insist(refusal: Refusal | None) -> None:
    """Raise what a check refused; nothing when it did not."""
    if refusal is not None:
        raise Refused(refusal)


def take_step(*, proposal: Proposal, step: Step, actor_ref: str, reason: str = "") -> None:
    """Move `proposal` along the table and note the step; the caller saves the row.

    Raises Refused when the table has no such step from where it stands.
    """
    before = State(proposal.state)
    insist(check_step(before, step))
    proposal.state = TRANSITIONS[before, step].value
    StateChange.objects.create(
        proposal=proposal,
        from_state=before.value,
        to_state=proposal.state,
        reason=reason,
        actor_ref=actor_ref,
    )
    count_now(proposal.pk)


def begin_review(proposal: Proposal) -> None:
    """Start the department's clock: so many calendar months from today."""
    today = timezone.localdate()
    proposal.answer_due_on = add_months(today, proposal.answer_months)
    proposal.last_word_on = today


def subject(proposal: Proposal) -> str:
    """The name under which the record knows a proposal."""
    return f"proposals.proposal:{proposal.pk}"


def author_ids(proposal: Proposal) -> set[int]:
    """The accounts that a proposal is of: who wrote it, and who it was written down for."""
    written_for = proposal.resident.user_id if proposal.resident else None
    return {proposal.author_id} | ({written_for} if written_for else set())


def supporter_ids(proposal: Proposal) -> set[int]:
    """The accounts of those who support a proposal (residents without an account have none)."""
    return set(
        Support.objects.filter(proposal=proposal, resident__user__isnull=False).values_list(
            "resident__user_id", flat=True
        )
    )


def tell(proposal: Proposal, kind: NoticeKind, user_ids: set[int], **params: str) -> None:
    """Send a notice about a proposal; its title always goes along."""
    send_notice(
        user_ids=user_ids,
        kind=kind,
        params={"title": proposal.title, **params},
        url=proposal.get_absolute_url(),
    )


def tell_staff(proposal: Proposal) -> None:
    """Tell the officials in charge (the administrators while there is none) that work is due."""
    in_charge = Q(kind=RoleKind.ADMINISTRATOR)
    if proposal.department_id is not None:
        here = Q(area__isnull=True) | Q(area__code__in=ancestor_codes(proposal.area))
        in_charge = here & Q(kind=RoleKind.OFFICIAL, department_id=proposal.department_id)
    tell(
        proposal,
        NoticeKind.STAFF_DUE,
        set(StaffRole.objects.in_force().filter(in_charge).values_list("user_id", flat=True)),
        due_on=proposal.answer_due_on.isoformat() if proposal.answer_due_on else "",
    )
