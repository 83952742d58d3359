"""The desk's front page: what a centre's staff do, one clear next step each."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from residents.permissions import centre_at_desk
from residents.selectors import desk_roles
from voting.models import BatchState, ContestState
from voting.selectors import public_contests
from voting.selectors.paper import boxes_at, settling_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from residents.models import User


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Contests with paper at my centre, its boxes, and the ways to help somebody.

    Raises Refused for those who work at no desk.
    """
    centre = centre_at_desk(request)
    user = cast("User", request.user)
    mine = {role.centre for role in desk_roles(user) if role.centre}
    compared = list(boxes_at(centre).filter(state=BatchState.COMPARED))
    settling = settling_of(compared, user.actor_ref)
    return render(
        request,
        "civic/desk.html",
        {
            "centre": centre,
            "centres": sorted(mine, key=attrgetter("name")) if len(mine) > 1 else [],
            "contests": public_contests().filter(
                state__in=[ContestState.OPEN, ContestState.CLOSED], paper=True, centres=centre
            ),
            "waiting": [box for box in compared if settling[box.pk].by_me],
            "boxes": boxes_at(centre)[:8],
        },
    )
