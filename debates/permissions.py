"""Who may do what around debates, for pages that show or hide a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from residents.permissions import refuse_unless_role
from residents.roles import RoleKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from residents.models import User


def may_ask_for_office(user: User | AnonymousUser) -> bool:
    """Whether somebody may open a debate in the office's name."""
    return refuse_unless_role(user, RoleKind.OFFICIAL, RoleKind.ADMINISTRATOR) is None


def may_moderate(user: User | AnonymousUser) -> bool:
    """Whether somebody decides about reported opinions."""
    return refuse_unless_role(user, RoleKind.MODERATOR) is None
