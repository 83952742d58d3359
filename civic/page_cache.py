"""Pages for readers without a session, kept whole for some seconds (docs/readers.md).

Such pages carry no cookie, no token and no name, so one rendering serves everybody who reads in the
same language with the same display settings. What is kept is listed here, address by address;
anything else goes straight to its view. Django's own page cache keeps one copy for each set of
cookies, keeps pages of people who are logged in, and lets everybody render at once when a copy has
run out: hence this.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils.cache import (
    get_conditional_response,
    has_vary_header,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.translation import get_language_from_request
from redis.exceptions import RedisError

from civic.context import display_settings
from proceedings.selectors import PAGES_VERSION_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.urls import ResolverMatch

log = logging.getLogger("madang.pages")


@dataclass(frozen=True)
class Rule:
    """How long a page may be kept, and which names its query may hold."""

    seconds: int
    query: frozenset[str] = frozenset()


def rule(seconds: int, *query: str) -> Rule:
    """Write a rule in one line."""
    return Rule(seconds, frozenset(query))


TALK = ("position", "sort", "cursor", "opinion")
FILTERS = ("area", "field", "stage", "sort", "cursor")
LIVE, SOON, CALM = 2, 5, 15
"""Seconds: a wall's figures; pages that say what can be done now; pages that change by hand."""
RULES = {
    "board_live": rule(LIVE),
    "board": rule(LIVE),
    "home": rule(SOON),
    "area": rule(SOON),
    "votes": rule(SOON, "area", "before", "after"),
    "contest": rule(SOON, *TALK),
    "contest_counting": rule(LIVE),
    "contest_result": rule(SOON),
    "contest_result_version": rule(SOON),
    "contest_recount": rule(SOON),
    "contest_log": rule(SOON, "from"),
    "draws": rule(SOON, "before", "after"),
    "draw": rule(SOON),
    "budgets": rule(SOON, "area", "year", "state", "cursor"),
    "budget": rule(SOON, "area", "field", "result", "sort", "every"),
    "project": rule(SOON, *TALK),
    "process": rule(SOON),
    "proposals": rule(CALM, *FILTERS),
    "proposals_map": rule(CALM, *FILTERS),
    "proposals_near": rule(CALM, *FILTERS),
    "proposals_overdue": rule(CALM, "after"),
    "proposal": rule(CALM, *TALK),
    "proposal_versions": rule(CALM),
    "proposal_version": rule(CALM),
    "proposal_new": rule(CALM),
    "debates": rule(CALM, "area", "field", "standing", "sort", "cursor"),
    "debate": rule(CALM, *TALK),
    "house_rules": rule(CALM),
    "places": rule(CALM),
    "rooms": rule(CALM),
    "about": rule(CALM),
    "plain": rule(CALM),
    "privacy": rule(CALM),
    "accessibility": rule(CALM),
    "api-docs": rule(CALM),
}
LONGEST_ADDRESS = 300
LOCK_SECONDS = 5
"""How long others get the last copy while one reader's request makes a new one."""
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")
KNOWN_VARIATION = {"accept-language", "cookie", "accept-encoding"}
AREA_CODE = re.compile(r"[0-9A-Za-z-]{0,20}")


@dataclass(frozen=True)
class Copy:
    """A kept page: what it was made under, until when it is fresh, its headers and bytes."""

    version: str
    fresh_until: float
    tag: str
    headers: dict[str, str]
    packed: bytes


class PageCacheMiddleware:
    """Answer readers without a session from the kept copy; make and keep a new one when it ran out.

    Without Redis every page is made anew, as if nothing had ever been kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        match = keepable(request) if settings.PAGE_CACHE else None
        if match is None:
            return mark_private(request, self.get_response(request))
        key = address_of(request, match)
        try:
            version, copy = look_up(key)
            if copy is not None and (copy.fresh_until > time.time() or not first_to_renew(key)):
                request.resolver_match = match
                return answer(request, copy)
        except (RedisError, OSError):
            log.warning("pages are not kept: Redis does not answer")
            return self.get_response(request)
        response = self.get_response(request)
        if not may_be_kept(response):
            return response
        copy = copy_of(response, version, RULES[match.view_name].seconds)
        keep(key, copy, RULES[match.view_name].seconds)
        return answer(request, copy)


def keepable(request: HttpRequest) -> ResolverMatch | None:
    """Where a request leads whose answer may be kept; None for anything else.

    Not kept: other methods than GET, requests of somebody with a session or a message to read,
    addresses without a rule, queries with an unknown name or with words that somebody typed.
    """
    if request.method != "GET" or "Authorization" in request.headers:
        return None
    if any(name in request.COOKIES for name in PERSONAL_COOKIES):
        return None
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        return None
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    found = RULES.get(match.view_name)
    if found is None or not AREA_CODE.fullmatch(request.COOKIES.get("dong", "")):
        return None
    known = all(name in found.query or not any(values) for name, values in request.GET.lists())
    return match if known else None


def address_of(request: HttpRequest, match: ResolverMatch) -> str:
    """The key: address, language, display settings, on the front page also the dong chosen."""
    parts = (
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        get_language_from_request(request),
        *display_settings(request).values(),
        request.COOKIES.get("dong", "") if match.view_name == "home" else "",
        request.headers.get("HX-Request", ""),
    )
    return "page:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()


def look_up(key: str) -> tuple[str, Copy | None]:
    """The version of all pages now, and the copy if it was made under it."""
    found: dict[str, Any] = cache.get_many([PAGES_VERSION_KEY, key])
    version = found.get(PAGES_VERSION_KEY, "")
    copy = found.get(key)
    return version, copy if copy is not None and copy.version == version else None


def first_to_renew(key: str) -> bool:
    """Whether this request is the one that makes the new copy; the others take the last one."""
    return cache.add(f"{key}:renewing", 1, LOCK_SECONDS)


def may_be_kept(response: HttpResponseBase) -> bool:
    """Only whole HTML pages that are the same for everybody."""
    vary = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and response.get("Content-Type", "").startswith("text/html")
        and not response.cookies
        and "Cache-Control" not in response
        and vary <= KNOWN_VARIATION
        and b"csrfmiddlewaretoken" not in response.content
    )


def copy_of(response: HttpResponseBase, version: str, seconds: int) -> Copy:
    """Pack a page. Without secrets in it, compressing it gives nothing away."""
    content: bytes = response.content  # type: ignore[attr-defined]  # whole pages only, see above
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Copy(version, time.time() + seconds, tag, headers, gzip.compress(content, 6))


def keep(key: str, copy: Copy, seconds: int) -> None:
    """Store a copy, a little longer than it is fresh; let the next one renew it."""
    try:
        cache.set(key, copy, seconds + LOCK_SECONDS)
        cache.delete(f"{key}:renewing")
    except (RedisError, OSError):
        log.warning("a page could not be kept: Redis does not answer")


def answer(request: HttpRequest, copy: Copy) -> HttpResponse:
    """The copy as an answer: compressed if the browser takes it, 304 if it has it already.

    Browsers ask each time, so that a log-in or another language shows at once; a shared cache in
    front may keep it for as long as it is fresh.
    """
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    content = copy.packed if zipped else gzip.decompress(copy.packed)
    response = HttpResponse(content, headers=copy.headers)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(content))
    response["ETag"] = copy.tag
    left = max(int(copy.fresh_until - time.time()), 0)
    patch_cache_control(response, public=True, max_age=0, s_maxage=left)
    patch_vary_headers(response, ("Accept-Language", "Cookie", "Accept-Encoding"))
    conditional = get_conditional_response(request, etag=copy.tag, response=response)
    return conditional if isinstance(conditional, HttpResponse) else response


def mark_private(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Tell caches on the way that a page made for somebody with a session is theirs alone."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response:
        patch_cache_control(response, private=True, no_cache=True)
        if not has_vary_header(response, "Cookie"):
            patch_vary_headers(response, ("Cookie",))
    return response
