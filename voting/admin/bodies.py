"""The page on which one of two people types what a body with a weight gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext

from proceedings.refusals import Refused
from proceedings.reports import refusal_text
from voting.admin.frame import actor_of
from voting.forms.bodies import BodyForm
from voting.permissions import refuse_roll_keeper
from voting.selectors import ballot_design
from voting.selectors.bodies import body_standings
from voting.services.bodies import enter_body

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.admin.frame import OfficePages
    from voting.models import Contest


def body_page(
    pages: OfficePages, request: HttpRequest, contest: Contest, place: int
) -> HttpResponse:
    """Type a number for each option; nobody's earlier figures are shown."""
    standing = next((one for one in body_standings(contest) if one.place == place), None)
    if standing is None:
        raise Http404
    if refuse_roll_keeper(actor_of(request), contest) is not None:
        raise PermissionDenied
    form = BodyForm(request.POST or None, design=ballot_design(contest))
    if request.method == "POST" and form.is_valid():
        try:
            after = enter_body(
                actor=actor_of(request),
                contest_id=contest.pk,
                part=standing.part,
                points=form.points(),
            )
        except Refused as refused:
            form.refuse(refused.refusal, refusal_text(refused.refusal))
        else:
            words = (
                gettext("Two people typed the same: it stands in the log.")
                if after.points
                else gettext("Two people typed differently. Both type once more.")
                if after.round > standing.round
                else gettext("Stored. Now a second person types it, in their own account.")
            )
            messages.success(request, words)
            return redirect("admin:voting_contest_change", contest.pk)
    return pages.page(
        request,
        "admin_body",
        title=standing.part,
        contest=contest,
        standing=standing,
        form=form,
        status=422 if form.errors else 200,
    )
