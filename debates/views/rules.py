"""The house rules, and what moderation came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from debates.moderation import APPEAL_DAYS
from debates.selectors import moderation_figures

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules by number, with how often each was the reason for hiding."""
    return render(
        request,
        "debates/rules_page.html",
        {
            "figures": moderation_figures(),
            "appeal_days": APPEAL_DAYS,
            "crumbs": [(_("House rules"), "")],
        },
    )
