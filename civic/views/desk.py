"""The desk's front page: what a centre's staff do, one clear next step each."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from proceedings.refusals import Refused
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import desk_roles
from voting.models import ContestState
from voting.selectors import public_contests
from voting.selectors.paper import boxes_at

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from residents.models import User


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Contests with paper at my centre, its boxes, and the ways to help somebody."""
    user = cast("User", request.user)
    refusal = refuse_unless_role(user, RoleKind.CLERK, RoleKind.COORDINATOR)
    if refusal is not None:
        raise Refused(refusal)
    centre = desk_roles(user)[0].centre
    return render(
        request,
        "civic/desk.html",
        {
            "centre": centre,
            "contests": public_contests().filter(
                state__in=[ContestState.OPEN, ContestState.CLOSED], paper=True, centres=centre
            ),
            "boxes": boxes_at(centre)[:8] if centre else [],
        },
    )
