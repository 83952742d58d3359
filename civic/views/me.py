"""My participation: what I proposed, supported, voted in; not what I voted."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from debates.selectors.threads import opinions_by
from proposals.selectors.cards import card_of
from proposals.selectors.reading import drafts_of, proposals_of, supports_of
from residents.selectors import current_resident, level_of, notices_of, unread_count
from voting.selectors import contests_of, open_contests

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from residents.models import User


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """One page with everything of mine and the next step first."""
    user = cast("User", request.user)
    resident = current_resident(user)
    votes = contests_of(user)
    voted = {contest.pk for contest, _event in votes}
    return render(
        request,
        "civic/me.html",
        {
            "resident": resident,
            "level": level_of(user),
            "notices": notices_of(user, size=3),
            "unread": unread_count(user),
            "drafts": list(drafts_of(user)[:5]),
            "proposals": [card_of(each) for each in proposals_of(user)[:6]],
            "supports": supports_of(resident)[:6] if resident else [],
            "votes": votes,
            "open_votes": list(open_contests().exclude(pk__in=voted)[:3]),
            "opinions": list(opinions_by(user)[:5]),
        },
    )
