"""The API's frame: how refusals and errors look, and how often it may be asked.

Reading needs nobody. Writing goes by the session of the site and its token against forged requests;
whatever a writing request is answered instead of 2xx is code, message and next step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import exception_handler

from proceedings.refusals import LIMIT_REACHED, Refused
from proceedings.wording import as_plain, seconds_to_wait, status_of
from residents.permissions import LOG_IN_FIRST, SECOND_FACTOR_NEEDED, who_asks

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from proceedings.refusals import Refusal


SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PERSON_CODES = frozenset(
    {
        LOG_IN_FIRST.code,
        SECOND_FACTOR_NEEDED.code,
        "residence_not_confirmed",
        "confirmation_ended",
    }
)
"""Refusals for who somebody is: 403. All others are for how things stand: 409."""
WORDS = {
    403: "Not logged in, residence not confirmed, no second factor of staff, or no valid token.",
    404: "There is no such thing, or it is hidden.",
    409: "Not as things stand; `code` says why: `support_ended`, `own_opinion` …",
    422: "Something in the request is wrong; `fields` says what.",
    429: "Too often; `Retry-After` says how many seconds to wait.",
}
"""What a writing request may be answered instead of 2xx, for the schema."""


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into code, message and next step, and whatever stops a writing request too;
    leave the errors of reading to the framework.
    """
    if isinstance(exc, Refused):
        return refusal_answer(exc.refusal)
    answer = exception_handler(exc, context)
    if answer is None:
        return None
    if isinstance(exc, Throttled):
        answer.data = {
            "code": LIMIT_REACHED,
            "message": _("There were too many requests in a minute."),
            "next_step": _("Please wait as many seconds as Retry-After says."),
        }
    elif context["request"].method not in SAFE_METHODS:
        answer.data = words_for(exc, answer)
        if isinstance(exc, ValidationError):
            answer.status_code = 422
    return answer


def refusal_answer(refusal: Refusal) -> Response:
    """A refusal as it is: 403 for who somebody is, 429 with Retry-After for how often, else 409."""
    if refusal.code in PERSON_CODES:
        return Response(as_plain(refusal), status=403)
    status = status_of(refusal)
    headers = {"Retry-After": str(seconds_to_wait(refusal))} if status == 429 else None
    return Response(as_plain(refusal), status=status, headers=headers)


def words_for(exc: Exception, answer: Response) -> dict[str, Any]:
    """What stopped a writing request before a service was asked, in the shape of a refusal."""
    if isinstance(exc, ValidationError):
        fields = answer.data if isinstance(answer.data, dict) else {"": answer.data}
        return {
            "code": "not_valid",
            "message": " ".join(str(one) for errors in fields.values() for one in errors),
            "next_step": _("Please correct this and send it again."),
            "fields": fields,
        }
    if isinstance(exc, PermissionDenied):
        return {
            "code": "token_needed",
            "message": _("The request came without a valid token, so nothing was changed."),
            "next_step": _("Please send the value of the cookie “csrftoken” as X-CSRFToken."),
        }
    detail = answer.data["detail"]
    return {"code": getattr(detail, "code", "error"), "message": str(detail), "next_step": ""}


def describe_refusals(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add to every writing operation of the schema what it may be answered instead of 2xx."""
    text = {"type": "string"}
    result["components"]["schemas"]["Refusal"] = {
        "type": "object",
        "description": "Why not, in the language of the request, and what to do next.",
        "properties": {
            "code": text,
            "message": text,
            "next_step": text,
            "fields": {"type": "object", "additionalProperties": {"type": "array", "items": text}},
        },
        "required": ["code", "message", "next_step"],
    }
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method.upper() not in SAFE_METHODS:
                for status, words in WORDS.items():
                    operation["responses"][str(status)] = {"description": words, "content": shape}
    return result


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
