"""My participation: what I proposed, supported, voted in; not what I voted. And a file of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from civic.selectors import everything_of
from debates.selectors.threads import opinions_by
from proposals.selectors.cards import card_of
from proposals.selectors.reading import supports_of, writing_of
from residents.selectors import current_resident, desk_roles, notices_of, unread_count
from voting.selectors import votes_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from residents.models import User


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """One page with everything of mine and the next step first."""
    user = cast("User", request.user)
    resident = current_resident(user)
    votes = votes_of(resident)
    drafts, proposals = writing_of(user)
    return render(
        request,
        "civic/me.html",
        {
            "resident": resident,
            "notices": notices_of(user, size=3),
            "unread": unread_count(user),
            "drafts": drafts,
            "proposals": [card_of(each) for each in proposals],
            "supports": supports_of(resident)[:6] if resident else [],
            "votes": votes.cast,
            "open_votes": list(votes.open[:3]),
            "opinions": list(opinions_by(user)[:5]),
            "works_at_desk": bool(desk_roles(user)),
        },
    )


@login_required
@require_GET
def my_data_export(request: HttpRequest) -> HttpResponse:
    """Everything kept about oneself, as a JSON file."""
    response = JsonResponse(
        everything_of(cast("User", request.user)),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    name = f"madang-{timezone.localdate():%Y%m%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
