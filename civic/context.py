"""What every page knows: the town, the display settings, where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.http import HttpRequest

TEXT_SIZES = ("90", "100", "110", "130", "150")
CONTRASTS = ("normal", "high")
THEMES = ("auto", "light", "dark")


def display_settings(request: HttpRequest) -> dict[str, str]:
    """Text size, contrast and theme from the `display` cookie; anything odd means the default."""
    text, contrast, theme, *_rest = (*request.COOKIES.get("display", "").split("."), "", "", "")
    return {
        "text": text if text in TEXT_SIZES else "100",
        "contrast": contrast if contrast in CONTRASTS else "normal",
        "theme": theme if theme in THEMES else "auto",
    }


def site(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; makes no query."""
    path = request.path
    nav = [
        {"key": key, "label": label, "url": url, "current": path.startswith(url)}
        for key, label, url in (
            ("proposals", _("Proposals"), "/proposals/"),
            ("debates", _("Debates"), "/debates/"),
            ("votes", _("Votes"), "/votes/"),
            ("budgets", _("Budget"), "/budgets/"),
            ("places", _("Our dong"), "/places/"),
        )
    ]
    return {
        "site": {
            "name": settings.SITE_NAME,
            "official": settings.SITE_OFFICIAL,
            "demo": settings.DEMO,
            "phone": settings.SITE_PHONE,
            "hours": settings.SITE_HOURS,
            "url": settings.SITE_URL,
        },
        "display": display_settings(request),
        "nav": nav,
    }
