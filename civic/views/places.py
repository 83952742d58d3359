"""Pages being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def area(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404
