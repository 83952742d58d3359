"""An opinion that staff of a centre write down for a resident who says it at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debates.models import Comment, Position
from debates.services.opinions import add_comment, raise_if
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.services import record_assistance

if TYPE_CHECKING:
    from places.models import Centre
    from residents.models import Resident, User


@transaction.atomic(durable=True)
def write_down_comment(
    *,
    actor: User,
    centre: Centre,
    resident: Resident,
    thread_id: int,
    body: str,
    position: str = Position.NEUTRAL,
) -> Comment:
    """Write down what a resident says, with their consent to it recorded.

    The opinion carries the centre, not a name: the clerk's account answers for it, and no column
    joins it to the resident. Raises Refused for staff of another centre, without a consent text in
    force, and for a closed conversation.
    """
    raise_if(refuse_unless_role(actor, RoleKind.CLERK, RoleKind.COORDINATOR, centre=centre))
    record_assistance(actor=actor, centre=centre, subject_ref=f"resident:{resident.ref}")
    return add_comment(
        actor=actor, thread_id=thread_id, body=body, position=position, centre=centre
    )
