"""Give and end staff roles, and keep the departments they are for.

Nobody gives a role to themselves; ended roles stay in the table.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import SYSTEM, record_event
from residents.models import StaffRole
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind

if TYPE_CHECKING:
    from residents.models import Department, User


@transaction.atomic(durable=True)
def grant_role(*, actor: User | None, role: StaffRole, reason: str = "") -> StaffRole:
    """Store a new staff role as filled in. `actor` None is the operator at the command line.

    Raises Refused for anybody but an administrator, for a role to oneself, and for one that the
    account already has; ValidationError when a clerk has no centre or an official no department.
    """
    if actor is not None:
        refusal = refuse_unless_role(actor, RoleKind.ADMINISTRATOR) or _check_other(actor, role)
        if refusal is not None:
            raise Refused(refusal)
    lock_exclusive(f"roles:{role.user_id}")
    same = StaffRole.objects.in_force().filter(
        user=role.user,
        kind=role.kind,
        centre=role.centre,
        area=role.area,
        department=role.department,
    )
    if same.exists():
        raise Refused(
            Refusal(
                "role_given_already",
                mark("This account has this role already."),
                mark("Please end the old one first, or choose another centre or department."),
            ),
        )
    role.granted_by_ref = actor.actor_ref if actor else SYSTEM
    role.full_clean()
    role.save()
    record_event(
        action=Action.ROLE_GRANTED,
        actor_ref=role.granted_by_ref,
        actor_role=RoleKind.ADMINISTRATOR if actor else "",
        subject=f"residents.staffrole:{role.pk}",
        reason=reason,
        data=_facts(role),
    )
    return role


@transaction.atomic(durable=True)
def end_role(*, actor: User, role: StaffRole, reason: str) -> StaffRole:
    """End a role as of yesterday, so that it holds no longer from this moment.

    Raises Refused for anybody but an administrator, for one's own role, and without a reason.
    """
    refusal = refuse_unless_role(actor, RoleKind.ADMINISTRATOR) or _check_other(actor, role)
    if refusal is None and not reason.strip():
        refusal = Refusal(
            "reason_needed",
            mark("Please write why the role ends."),
            form_field="reason",
        )
    if refusal is not None:
        raise Refused(refusal)
    lock_exclusive(f"roles:{role.user_id}")
    held = StaffRole.objects.select_for_update().get(pk=role.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    held.valid_to = min(held.valid_to or yesterday, yesterday)
    held.valid_from = min(held.valid_from, held.valid_to)
    held.save(update_fields=["valid_from", "valid_to"])
    record_event(
        action=Action.ROLE_ENDED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.ADMINISTRATOR,
        subject=f"residents.staffrole:{held.pk}",
        reason=reason.strip(),
        data=_facts(held),
    )
    return held


@transaction.atomic(durable=True)
def save_department(*, actor: User, department: Department) -> Department:
    """Store a new or a changed department. Raises Refused for anybody but an administrator."""
    refusal = refuse_unless_role(actor, RoleKind.ADMINISTRATOR)
    if refusal is not None:
        raise Refused(refusal)
    department.full_clean()
    department.save()
    record_event(
        action=Action.DEPARTMENT_CHANGED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.ADMINISTRATOR,
        subject=f"residents.department:{department.pk}",
        data={"in_use": department.is_active},
    )
    return department


def _check_other(actor: User, role: StaffRole) -> Refusal | None:
    if actor.pk != role.user_id:
        return None
    return Refusal(
        "own_role",
        mark("Nobody gives or ends a role of their own."),
        mark("Please ask another administrator."),
    )


def _facts(role: StaffRole) -> dict[str, object]:
    return {
        "user": role.user_id,
        "kind": role.kind,
        "centre": role.centre_id,
        "area": role.area_id,
        "department": role.department_id,
    }
