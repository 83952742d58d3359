"""Read who somebody is and what was told to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from residents.models import Resident, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def current_resident(user: User | AnonymousUser) -> Resident | None:
    """The resident behind an account, if the confirmation is in force today, with the dong."""
    if not isinstance(user, User) or not user.is_active:
        return None
    return (
        Resident.objects.select_related("area")
        .filter(user_id=user.pk, verified_until__gte=timezone.localdate())
        .first()
    )
