"""An opinion that staff of a centre write down for a resident who says it at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debates.models import Comment, Position
from debates.services.opinions import add_comment, raise_if
from proceedings.audit import Action
from proceedings.services import record_event
from residents.models import ConsentRecord
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind

if TYPE_CHECKING:
    from places.models import Centre
    from residents.models import ConsentText, Resident, User


@transaction.atomic(durable=True)
def write_down_comment(
    *,
    actor: User,
    centre: Centre,
    resident: Resident,
    consent: ConsentText,
    thread_id: int,
    body: str,
    position: str = Position.NEUTRAL,
) -> Comment:
    """Write down what a resident says, with the consent `consent` read aloud and recorded.

    The opinion carries the centre, not a name: it is the clerk's account that answers for it,
    and no column joins it to the resident. Raises Refused for staff of another centre and for a
    closed conversation.
    """
    raise_if(refuse_unless_role(actor, RoleKind.CLERK, RoleKind.COORDINATOR, centre=centre))
    ConsentRecord.objects.create(
        text=consent,
        subject_ref=f"resident:{resident.ref}",
        given=True,
        centre=centre,
        recorded_by_ref=actor.actor_ref,
    )
    record_event(
        action=Action.CONSENT_GIVEN,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.CLERK,
        subject=f"residents.consenttext:{consent.pk}",
        data={"centre": centre.code, "purpose": consent.purpose},
    )
    return add_comment(
        actor=actor, thread_id=thread_id, body=body, position=position, centre=centre
    )
