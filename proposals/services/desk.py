"""What a clerk does for somebody who came to a centre, with that person's recorded consent."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from proposals.models import Proposal
from proposals.services.drafts import publish
from proposals.services.moving import insist, subject
from proposals.services.supporting import add_support
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.services import record_assistance

if TYPE_CHECKING:
    from places.models import Centre
    from proposals.services.drafts import Words
    from proposals.services.supporting import Supported
    from residents.models import Resident, User


@transaction.atomic(durable=True)
def write_down_proposal(
    *, actor: User, centre: Centre, resident: Resident, words: Words, agreed: bool
) -> Proposal:
    """Publish a proposal in a resident's words, written down by a clerk at `centre`.

    It is the resident's: shown as written down at the centre, and theirs to change once they have
    an account. `agreed` says that the clerk read the text aloud and the resident agreed, which is
    kept as a consent. Raises Refused.
    """
    _insist_on_desk(actor, centre, agreed=agreed)
    record_assistance(actor=actor, centre=centre, subject_ref=f"resident:{resident.ref}")
    proposal = Proposal(
        author=resident.user or actor, resident=resident, centre=centre, **asdict(words)
    )
    proposal.save()
    publish(proposal, actor_ref=actor.actor_ref, follower=resident.user)
    record_event(
        action=Action.PROPOSAL_ASSISTED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.CLERK.value,
        subject=subject(proposal),
        data={"centre": centre.code},
    )
    return proposal


@transaction.atomic(durable=True)
def record_support(
    *, actor: User, centre: Centre, resident: Resident, proposal_id: int, agreed: bool
) -> Supported:
    """Count the support of a resident who came to `centre`; it weighs as much as any other.

    The record says that a support was recorded with consent, not whose it was. Raises Refused.
    """
    _insist_on_desk(actor, centre, agreed=agreed)
    record_assistance(actor=actor, centre=centre, subject_ref=f"resident:{resident.ref}")
    supported = add_support(proposal_id=proposal_id, resident=resident, centre=centre)
    record_event(
        action=Action.SUPPORT_ASSISTED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.CLERK.value,
        subject=subject(supported.proposal),
        data={"centre": centre.code},
    )
    return supported


def _insist_on_desk(actor: User, centre: Centre, *, agreed: bool) -> None:
    insist(refuse_unless_role(actor, RoleKind.CLERK, RoleKind.COORDINATOR, centre=centre))
    if not agreed:
        raise Refused(
            Refusal(
                code="consent_missing",
                message=mark(
                    "Please read the text aloud and ask for the resident's consent first."
                ),
                form_field="agreed",
            ),
        )
