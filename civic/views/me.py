"""Pages being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def me(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404
