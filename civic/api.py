"""The API's frame: how refusals and errors look, and how often it may be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import exception_handler

from proceedings.refusals import LIMIT_REACHED, Refused
from proceedings.wording import as_plain, status_of
from residents.permissions import who_asks

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into code, message and next step; leave the rest to the framework."""
    if isinstance(exc, Refused):
        return Response(as_plain(exc.refusal), status=status_of(exc.refusal))
    answer = exception_handler(exc, context)
    if answer is not None and isinstance(exc, Throttled):
        answer.data = {
            "code": LIMIT_REACHED,
            "message": _("There were too many requests in a minute."),
            "next_step": _("Please wait as many seconds as Retry-After says."),
        }
    return answer


class AddressThrottle(SimpleRateThrottle):
    """How often one address may ask without logging in; the address itself is not kept."""

    limit = "api"
    for_accounts = False

    def get_rate(self) -> str | None:
        """The limit from the settings; None for no limit."""
        rate: str = settings.LIMITS[self.limit]
        return None if rate == "off" else rate

    def get_cache_key(self, request: Request, view: APIView) -> str | None:  # noqa: ARG002 - the framework's signature
        """Whom it is counted for; None for those whom the other throttle counts."""
        if bool(request.user and request.user.is_authenticated) is not self.for_accounts:
            return None
        return f"{self.limit}:{who_asks(request._request)}"  # noqa: SLF001 - the request below the framework's


class AccountThrottle(AddressThrottle):
    """How often one account may ask."""

    limit = "api_account"
    for_accounts = True
