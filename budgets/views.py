"""Pages being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def budget_list(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def budget_detail(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def project_detail(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def budget_export(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404
