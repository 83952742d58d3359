"""Text size, contrast, theme and language: plain links, remembered in cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from civic.context import CONTRASTS, TEXT_SIZES, THEMES, display_settings

if TYPE_CHECKING:
    from django.http import HttpRequest

YEAR = 60 * 60 * 24 * 365
CHOICES = {"text": TEXT_SIZES, "contrast": CONTRASTS, "theme": THEMES}


def display(request: HttpRequest) -> HttpResponseRedirect:
    """Remember what the address asks for and go back; unknown values change nothing."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = display_settings(request)
    for name, allowed in CHOICES.items():
        if request.GET.get(name) in allowed:
            chosen[name] = request.GET[name]
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(
        "display",
        ".".join(chosen[name] for name in CHOICES),
        max_age=YEAR,
        samesite="Lax",
        secure=secure,
    )
    if request.GET.get("language") in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.GET["language"],
            max_age=YEAR,
            samesite="Lax",
            secure=secure,
        )
    return response
