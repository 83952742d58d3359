"""Pages being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def board(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def live(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404
