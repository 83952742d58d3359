"""The API's frame: how refusals and errors look, and where each app's resources hang."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework.response import Response
from rest_framework.views import exception_handler

from proceedings.refusals import Refused


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into 409 with code, message and next step; leave the rest to the framework."""
    if isinstance(exc, Refused):
        refusal = exc.refusal
        return Response(
            {
                "code": refusal.code,
                "message": gettext(refusal.message) % refusal.params,
                "next_step": gettext(refusal.next_step) % refusal.params
                if refusal.next_step
                else "",
            },
            status=409,
        )
    return exception_handler(exc, context)
