"""Pages being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def batch(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def batch_open(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def correction(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def correction_decide(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def count(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def hand_out(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def paper_home(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def reconcile(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def report_pdf(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def seal(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def settle(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def sheets_pdf(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def sign(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def stub(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def stub_pdf(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404


def type_sheets(request: HttpRequest, **_: object) -> HttpResponse:
    raise Http404
