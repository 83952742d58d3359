"""Pages of words: what this is, in plain language, privacy, access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGES = ("about", "plain", "privacy", "accessibility")


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one of `PAGES`."""
    return render(request, f"civic/page_{name}.html")
