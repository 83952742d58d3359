"""One search over all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from civic.selectors import found

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST_QUERY = 80


def search(request: HttpRequest) -> HttpResponse:
    """Show what holds the words; an empty question shows only the field."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    return render(
        request, "civic/search.html", {"query": query, "found": found(query) if query else None}
    )
