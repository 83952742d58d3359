"""Stand-alone debates: list, page, a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from debates import services
from debates.forms import DebateFilterForm, DebateForm
from debates.permissions import may_ask_for_office
from debates.selectors import (
    DEBATE_SORTS,
    debate_list,
    debate_page,
    opinion_map,
    thread_page,
    thread_query,
)
from proceedings.refusals import Refused
from proceedings.wording import form_status, show_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from residents.models import User


def address(**asked: str) -> str:
    """The list's address with what is asked of it."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else "?"


@require_safe
def debates(request: HttpRequest) -> HttpResponse:
    """The list with filters, orders and pages; the same for everybody."""
    form = DebateFilterForm(request.GET)
    chosen = form.chosen()
    sort = request.GET.get("sort", "")
    sort = sort if sort in DEBATE_SORTS else DEBATE_SORTS[0]
    found = debate_list(**chosen, sort=sort, cursor=request.GET.get("cursor", ""))
    kept = {**chosen, "sort": sort}
    return render(
        request,
        "debates/debate_list.html",
        {
            "found": found,
            "form": form,
            "chips": filter_chips(form, kept),
            "sorts": sort_links(kept),
            "kept": [("sort", sort)],
            "clear_url": address(sort=sort),
            "previous_url": address(**kept, cursor=found.previous) if found.previous else "",
            "next_url": address(**kept, cursor=found.next) if found.next else "",
            "crumbs": [(_("Debates"), "")],
        },
    )


def filter_chips(form: DebateFilterForm, kept: Mapping[str, str]) -> list[dict[str, str]]:
    """One chip for each filter that is set, with the address without it."""
    return [
        {"label": label, "remove_url": address(**{**kept, name: ""})}
        for name, label in form.labels().items()
    ]


def sort_links(kept: Mapping[str, str]) -> list[dict[str, object]]:
    """The orders of the list."""
    words = {"new": _("Newest"), "busy": _("Most opinions"), "ending": _("Ending soon")}
    return [
        {
            "label": words[sort],
            "url": address(**{**kept, "sort": sort}),
            "current": sort == kept["sort"],
        }
        for sort in DEBATE_SORTS
    ]


@require_safe
def debate(request: HttpRequest, pk: int) -> HttpResponse:
    """One debate with its conversation."""
    found = debate_page(pk)
    if found is None:
        raise Http404
    thread = thread_page(found.thread, user=request.user, **thread_query(request.GET))
    title = _("Hidden debate") if found.is_hidden else found.title
    return render(
        request,
        "debates/debate_page.html",
        {
            "debate": found,
            "thread_page": thread,
            "map": opinion_map(found.thread) if found.thread.asks_position else None,
            "crumbs": [(_("Debates"), reverse("debates")), (title, "")],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def debate_new(request: HttpRequest) -> HttpResponse:
    """Open a debate; what was typed stays when something is wrong."""
    user = cast("User", request.user)  # login_required
    form = DebateForm(request.POST or None, for_office=may_ask_for_office(user))
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.open_debate(
                actor=user,
                title=form.cleaned_data["title"],
                body=form.cleaned_data["body"],
                area=form.cleaned_data["area"],
                field=form.cleaned_data["field"],
                closes_at=form.closes_at(),
                asked_by_office=form.cleaned_data.get("asked_by_office", False),
            )
        except Refused as refused:
            show_refusal(form, refused.refusal)
        else:
            messages.success(request, _("Your debate is open. The first opinion may be yours."))
            return redirect(opened)
    crumbs = [(_("Debates"), reverse("debates")), (_("Open a debate"), "")]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "debates/debate_form.html", context, status=form_status(form))
