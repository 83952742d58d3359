"""One tap: support, or take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_POST

from proceedings.refusals import Refused
from proceedings.wording import status_of
from proposals.selectors import proposal_page
from proposals.services import support_proposal, withdraw_support
from proposals.views.reading import detail_context, published
from residents.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """Count a support (or take it back) and show the sum at once; a refusal says what to do."""
    proposal = published(pk, request.user)
    here = f"{proposal.get_absolute_url()}#support"
    if not isinstance(request.user, User):
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}")
    act = withdraw_support if "withdraw" in request.POST else support_proposal
    refusal = done = None
    try:
        done = act(actor=request.user, proposal_id=pk)
    except Refused as refused:
        refusal = refused.refusal
    if request.headers.get("HX-Request"):
        fresh = published(pk, request.user)
        page = proposal_page(fresh, request.user, count=done.supports if done else None)
        context = {
            "page": page,
            "proposal": fresh,
            "support": page.support,
            "refusal": refusal,
            "live": True,
        }
        return render(
            request,
            "proposals/_support.html",
            context,
            status=status_of(refusal) if refusal else 200,
        )
    if refusal is None:
        return redirect(here)
    context = {**detail_context(request, proposal), "refusal": refusal}
    return render(request, "proposals/proposal_detail.html", context, status=status_of(refusal))
