"""What every request passes: a log line without personal data, headers, the second factor."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from proceedings.refusals import Refused
from proceedings.wording import as_plain, seconds_to_wait, status_of
from residents.models import User
from residents.permissions import SECOND_FACTOR_NEEDED, WAY_BACK_KEY, second_factor_proven

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

request_log = logging.getLogger("madang.request")
FREE_PATHS = ("/accounts/", "/display/", "/healthz", "/readyz", "/static/")
"""What a staff account reaches without its second factor: logging in and out, and how it looks."""
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


PLACE_PAGES = frozenset(
    {
        "proposal_new_write",
        "proposal_draft_write",
        "desk_proposal_write",
        "proposals_near",
        "gallery",
    }
)
"""Where one may say where one is, at the press of a button."""


class PermissionsPolicyMiddleware:
    """The pages need no camera, microphone or payment; few ask for a place, and only ourselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        place = "(self)" if match is not None and match.view_name in PLACE_PAGES else "()"
        response["Permissions-Policy"] = (
            f"accelerometer=(), camera=(), geolocation={place}, gyroscope=(), magnetometer=(), "
            "microphone=(), payment=(), usb=()"
        )
        return response


class StaffSecondFactorMiddleware:
    """A staff account opens nothing before its second factor was typed in this session.

    Without one it is sent to set it up, with one to type it; afterwards it comes back to where it
    was. Only the pages of the account itself are free. For everybody else this costs nothing:
    whether a role is in force is read along with the account.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(FREE_PATHS):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            return self.get_response(request)
        if second_factor_proven(request, user):
            request.session.pop(WAY_BACK_KEY, None)
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse(as_plain(SECOND_FACTOR_NEEDED), status=403)
        way = "mfa_reauthenticate" if is_mfa_enabled(user) else "mfa_activate_totp"
        back = way_back(request)
        request.session[WAY_BACK_KEY] = back
        address = f"{reverse(way)}?{urlencode({'next': back})}"
        # htmx would put the page into the middle of the one on display.
        return HttpResponseClientRedirect(address) if by_script(request) else redirect(address)


def by_script(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of the page on display."""
    return request.headers.get("HX-Request") == "true"


def way_back(request: HttpRequest) -> str:
    """Where somebody goes on afterwards: this page, or the one whose form was sent."""
    if request.method in SAFE_METHODS and not by_script(request):
        return request.get_full_path()
    sender = urlsplit(request.headers.get("Referer", ""))
    is_ours = sender.netloc == request.get_host() and sender.path.startswith("/")
    return sender.path if is_ours else reverse("me")


class RefusalMiddleware:
    """An uncaught refusal becomes a page (or JSON) that says why and what to do next.

    A limit on how often also says in Retry-After how many seconds to wait.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the refusal's words and its status; other exceptions go on."""
        if not isinstance(exception, Refused):
            return None
        refusal = exception.refusal
        status = status_of(refusal)
        response: HttpResponse = (
            render(
                request,
                "refused.html",
                {"refusal": refusal, "closed": status == 403},
                status=status,
            )
            if request.accepts("text/html")
            else JsonResponse(as_plain(refusal), status=status)
        )
        if status == 429:
            response["Retry-After"] = str(seconds_to_wait(refusal))
        return response
