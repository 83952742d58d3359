"""Pages for what goes wrong before a view is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone

from residents.adapters import free_again_at

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The form was open too long or came from elsewhere: say so and how to go on."""
    return render(request, "403.html", {"csrf": True}, status=403)


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """A limit of the log-in pages is reached: say when the next try is possible."""
    again = free_again_at(request)
    response = render(request, "429.html", {"again": again}, status=429)
    wait = (again - timezone.now()).total_seconds()
    response["Retry-After"] = str(max(int(wait), 1))
    return response
