"""Who may do what with a proposal: refusals that say why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from proposals.models import ProposalState
from residents.permissions import refuse_unless_account, refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import roles_over

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from proposals.models import Proposal
    from residents.models import User


def refuse_unless_author(user: User | AnonymousUser, proposal: Proposal) -> Refusal | None:
    """None for the account that wrote the proposal, or that it was written down for."""
    refusal = refuse_unless_account(user)
    if refusal is not None:
        return refusal
    if proposal.author_id == user.pk:
        return None
    if proposal.resident is not None and proposal.resident.user_id == user.pk:
        return None
    return Refusal(
        code="not_your_proposal",
        message=mark("Only the person who wrote this proposal can change it."),
        next_step=mark("You can write an opinion below the proposal."),
    )


def refuse_unless_answering(user: User | AnonymousUser, proposal: Proposal) -> Refusal | None:
    """None for administrators and officials of the department in charge, or of any if none is.

    A role that is bound to an area counts for proposals there only.
    """
    refusal = refuse_unless_role(
        user, RoleKind.OFFICIAL, RoleKind.ADMINISTRATOR, area=proposal.area
    )
    if refusal is not None or proposal.department_id is None:
        return refusal
    for role in roles_over(user.current_roles, proposal.area) if user.pk else []:
        if role.kind == RoleKind.ADMINISTRATOR or role.department_id == proposal.department_id:
            return None
    return Refusal(
        code="other_department",
        message=mark("Another department is in charge of this proposal: %(department)s."),
        next_step=mark("Please ask that department to pass it on, or ask the administrator."),
        params={"department": str(proposal.department)},
    )


def refuse_unless_moderating(user: User | AnonymousUser, proposal: Proposal) -> Refusal | None:
    """None for administrators, and for moderators of the proposal's area, who hide under the house
    rules.
    """
    return refuse_unless_role(user, RoleKind.MODERATOR, RoleKind.ADMINISTRATOR, area=proposal.area)


def may_see(user: User | AnonymousUser, proposal: Proposal) -> bool:
    """Whether a proposal that is no draft shows its words to `user`.

    A hidden one does to its author and to staff in charge; everybody else sees that it is hidden,
    and why.
    """
    if not proposal.is_hidden:
        return proposal.state != ProposalState.DRAFT or refuse_unless_author(user, proposal) is None
    return (
        refuse_unless_author(user, proposal) is None
        or refuse_unless_role(user, RoleKind.OFFICIAL, RoleKind.ADMINISTRATOR) is None
        or refuse_unless_moderating(user, proposal) is None
    )
