"""What every request passes: a log line without personal data, headers, the second factor."""

from __future__ import annotations

import logging
import re
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from proceedings.refusals import Refused
from proceedings.wording import as_plain, status_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

request_log = logging.getLogger("madang.request")
STAFF_PATHS = ("/admin/", "/desk/")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SECRET_PATHS = re.compile(r"^/(votes/\d+/(ballot|cast|receipt)|desk/)")


class RequestLogMiddleware:
    """One line per request: method, route, status, time. No address, query, body or account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        request_log.info(
            "request",
            extra={
                "method": request.method,
                "route": match.route if match else "",
                "status": response.status_code,
                # Secret paths are timed to nothing finer than a tenth of a second.
                "seconds": round(
                    time.monotonic() - began, 1 if SECRET_PATHS.match(request.path) else 3
                ),
            },
        )
        return response


class PermissionsPolicyMiddleware:
    """The pages need no camera, microphone or payment; a place is asked for only by us."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = (
            "accelerometer=(), camera=(), geolocation=(self), gyroscope=(), magnetometer=(), "
            "microphone=(), payment=(), usb=()"
        )
        return response


class StaffSecondFactorMiddleware:
    """Staff pages open only to accounts with a second factor; without one, it is set up first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_api_write = request.path.startswith("/api/") and request.method not in SAFE_METHODS
        if request.path.startswith(STAFF_PATHS) or is_api_write:
            user: Any = request.user
            if user.is_authenticated and user.is_staff and not is_mfa_enabled(user):
                if is_api_write:
                    return JsonResponse(
                        {
                            "code": "second_factor_needed",
                            "message": gettext("Staff need two-step log-in for this."),
                            "next_step": gettext("Please turn it on under “My account”."),
                        },
                        status=403,
                    )
                return redirect("mfa_activate_totp")
        return self.get_response(request)


class RefusalMiddleware:
    """An uncaught refusal becomes a page (or JSON) that says why and what to do next.

    A limit on how often also says in Retry-After how many seconds to wait.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 409 (429 at a limit) with the refusal's words; other exceptions go on."""
        if not isinstance(exception, Refused):
            return None
        refusal = exception.refusal
        status = status_of(refusal)
        response: HttpResponse = (
            render(request, "refused.html", {"refusal": refusal}, status=status)
            if request.accepts("text/html")
            else JsonResponse(as_plain(refusal), status=status)
        )
        if status == 429:
            again = refusal.params.get("again")
            wait = again - timezone.now() if isinstance(again, datetime) else timedelta(minutes=1)
            response["Retry-After"] = str(max(int(wait.total_seconds()), 1))
        return response
