"""One search over all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render

from civic.selectors import found
from proceedings.refusals import Refused
from proceedings.services import spend
from proceedings.wording import status_of
from residents.permissions import who_asks

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST_QUERY = 80


def search(request: HttpRequest) -> HttpResponse:
    """Show what holds the words; an empty question shows only the field."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    context: dict[str, Any] = {"query": query}
    status = 200
    if query:
        try:
            spend("search", who_asks(request))
            context["found"] = found(query)
        except Refused as refused:
            context["refusal"] = refused.refusal
            status = status_of(refused.refusal)
    return render(request, "civic/search.html", context, status=status)
