"""Who may do what around debates, for pages that show or hide a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import codes_of_roles

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from places.models import Area
    from residents.models import User


def may_ask_for_office(user: User | AnonymousUser) -> bool:
    """Whether somebody may open a debate in the office's name."""
    return refuse_unless_role(user, RoleKind.OFFICIAL, RoleKind.ADMINISTRATOR) is None


NO_AREA = Refusal(
    code="other_area",
    message=mark("Your role is bound to an area, and this conversation belongs to none."),
    next_step=mark("Please leave it to a moderator of the whole town."),
)


def refuse_unless_moderator(user: User | AnonymousUser, area: Area | None) -> Refusal | None:
    """None for moderators of the whole town, and for those bound to `area` or to one above it.

    `area` None is a conversation whose subject lies nowhere.
    """
    refusal = refuse_unless_role(user, RoleKind.MODERATOR, area=area)
    if refusal is None and area is None and codes_of_roles(user, RoleKind.MODERATOR) is not None:
        return NO_AREA
    return refusal


def codes_moderated(user: User | AnonymousUser) -> frozenset[str] | None:
    """The codes of the areas whose opinions somebody sees in the queue; None for all of them.

    Whoever has an office's role besides reads everything, and decides where they moderate.
    """
    if refuse_unless_role(user, RoleKind.OFFICIAL, RoleKind.ADMINISTRATOR) is None:
        return None
    return codes_of_roles(user, RoleKind.MODERATOR)
