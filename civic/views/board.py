"""A centre's wall display: the same figures as the web, in the same minute, for days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from civic.selectors import board_of
from places.selectors import centre_by_code

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse


def _context(code: str) -> dict[str, Any]:
    centre = centre_by_code(code)
    if centre is None:
        raise Http404
    return {"board": board_of(centre), "now": timezone.now()}


def board(request: HttpRequest, code: str) -> HttpResponse:
    """The whole page; it reloads itself only in browsers that run no scripts."""
    return render(request, "civic/board.html", _context(code))


def live(request: HttpRequest, code: str) -> HttpResponse:
    """The part that changes, fetched every few seconds."""
    return render(request, "civic/_board.html", _context(code))
