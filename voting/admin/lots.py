"""The page on which equal votes are decided by lot, in front of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext

from proceedings.refusals import Refused
from proceedings.reports import refusal_text
from voting.admin.frame import actor_of, sets_up
from voting.forms.draws import CalledForm
from voting.selectors import ballot_design
from voting.selectors.lots import bound_lot, waits_for_lot
from voting.services.lots import draw_lot
from voting.wording import grouped

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.admin.frame import OfficePages
    from voting.models import Contest


def lot_page(pages: OfficePages, request: HttpRequest, contest: Contest) -> HttpResponse:
    """Type in the numbers that were thrown; away to the contest's page where nothing waits."""
    if not sets_up(request):
        raise PermissionDenied
    if not waits_for_lot(contest):
        messages.error(request, gettext("No tie of this contest waits for a lot."))
        return redirect("admin:voting_contest_change", contest.pk)
    form = CalledForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            draw_lot(actor=actor_of(request), contest_id=contest.pk, called=form.called)
        except Refused as refused:
            form.refuse(refused.refusal, refusal_text(refused.refusal))
        else:
            words = gettext("The lot is drawn. The votes are being counted with it.")
            messages.success(request, words)
            return redirect("admin:voting_contest_change", contest.pk)
    bound = bound_lot(contest)
    return pages.page(
        request,
        "admin_lot",
        title=gettext("Draw the lot"),
        contest=contest,
        titles=[option.title for option in ballot_design(contest).in_order],
        source=bound.source,
        commitment=grouped(bound.commitment),
        form=form,
        status=422 if form.errors else 200,
    )
