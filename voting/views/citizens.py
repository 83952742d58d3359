"""Pages being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def ballot(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def bundle(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def bundle_file(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def cast(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def contest_detail(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def contest_list(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def contest_result(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def log(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def receipt(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def recount(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404

