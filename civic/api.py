"""The API's frame: how refusals and errors look, and where each app's resources hang."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from proceedings.refusals import Refused
from proceedings.wording import as_plain


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into 409 with code, message and next step; leave the rest to the framework."""
    if isinstance(exc, Refused):
        return Response(as_plain(exc.refusal), status=409)
    return exception_handler(exc, context)
