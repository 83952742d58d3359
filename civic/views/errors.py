"""Pages for what goes wrong before a view is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The form was open too long or came from elsewhere: say so and how to go on."""
    return render(request, "403.html", {"csrf": True}, status=403)
