"""Who may: refusals that say why somebody may not, and what to do next."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from proceedings.refusals import Refusal, Refused, mark
from residents.identity import keyed_hash
from residents.models import Resident, User
from residents.roles import RoleKind
from residents.selectors import current_resident, desk_roles, roles_over

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from places.models import Area, Centre


LOG_IN_FIRST = Refusal(
    code="log_in_first",
    message=mark("Please log in first."),
    next_step=mark("You come back to this page after logging in."),
)

SECOND_FACTOR_NEEDED = Refusal(
    code="second_factor_needed",
    message=mark("Staff need two-step log-in for this."),
    next_step=mark("Please turn it on under “My account”, or log in again with its code."),
)
WAY_BACK_KEY = "second_factor_way_back"
"""Where in the session the page is kept that a member of staff was sent away from."""


def second_factor_proven(request: HttpRequest, user: User) -> bool:
    """Whether this session has seen the account's second factor (typed at log-in or later)."""
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" for record in records)


def refuse_unless_account(user: User | AnonymousUser) -> Refusal | None:
    """None for somebody who is logged in."""
    return None if isinstance(user, User) and user.is_active else LOG_IN_FIRST


def account_of(user: User | AnonymousUser) -> User:
    """The account of somebody who is logged in. Raises Refused for everybody else."""
    refusal = refuse_unless_account(user)
    if refusal is not None or not isinstance(user, User):
        raise Refused(refusal or LOG_IN_FIRST)
    return user


def refuse_unless_resident(user: User | AnonymousUser) -> Refusal | None:
    """None for an account whose residence is confirmed and in force today."""
    if not isinstance(user, User) or not user.is_active:
        return LOG_IN_FIRST
    if current_resident(user) is not None:
        return None
    ended = Resident.objects.filter(user=user).first()
    if ended is not None:
        return Refusal(
            code="confirmation_ended",
            message=mark("The confirmation of your residence ended on %(day)s."),
            next_step=mark("Please confirm again under “My participation”, or at your centre."),
            params={"day": ended.verified_until},
        )
    return Refusal(
        code="residence_not_confirmed",
        message=mark("Only people whose residence is confirmed can do this."),
        next_step=mark("Please confirm under “My participation”, or at your centre."),
    )


def refuse_unless_role(
    user: User | AnonymousUser,
    *kinds: str,
    centre: Centre | None = None,
    area: Area | None = None,
) -> Refusal | None:
    """None for staff with one of the roles `kinds` in force, at `centre` and for something in
    `area` if they are given.

    An account without any such role, one whose role belongs to another centre and one whose role
    is bound to another area are told apart.
    """
    if not isinstance(user, User) or not user.is_active:
        return LOG_IN_FIRST
    roles = [role for role in user.current_roles if role.kind in kinds]
    if not roles:
        return Refusal(
            code="role_needed",
            message=mark("This is for staff in charge."),
            next_step=mark("If this is your work, please ask the administrator for the role."),
        )
    if centre is not None and all(role.centre_id not in {None, centre.pk} for role in roles):
        return Refusal(
            code="other_centre",
            message=mark("Your role belongs to another centre than %(centre)s."),
            next_step=mark("Please work at the desk of your own centre."),
            params={"centre": centre.name},
        )
    if area is not None and not roles_over(roles, area):
        return Refusal(
            code="other_area",
            message=mark("Your role is bound to another area than %(area)s."),
            next_step=mark("Please leave it to staff there, or ask the administrator."),
            params={"area": area.name},
        )
    return None


DESK_SESSION_KEY = "desk_centre"


def centre_at_desk(request: HttpRequest) -> Centre:
    """The centre at whose desk the member of staff works now.

    With roles at several centres it is the one chosen on the desk's page and kept in the session,
    else the first. Raises Refused for everybody without a role at a desk.
    """
    refusal = refuse_unless_role(request.user, RoleKind.CLERK, RoleKind.COORDINATOR)
    if refusal is not None or not isinstance(request.user, User):
        raise Refused(refusal or LOG_IN_FIRST)
    centres = [role.centre for role in desk_roles(request.user) if role.centre]
    chosen = request.session.get(DESK_SESSION_KEY)
    return next((centre for centre in centres if centre.code == chosen), centres[0])


def who_asks(request: HttpRequest) -> str:
    """Whom limits on how often are counted for: the account, else a hash of the address.

    The hash is keyed and another one each day, so that an address is neither kept nor followed.
    """
    if isinstance(request.user, User):
        return request.user.actor_ref
    try:
        address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ValueError):
        return "address:unknown"
    house = ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False)
    day = timezone.localdate().isoformat()
    return "address:" + keyed_hash(settings.SECRET_KEY, "address", day, str(house))
