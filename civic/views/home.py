"""The front page: what one can do today in one's dong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render

from civic.selectors import today_in
from places.selectors import dongs_in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from places.models import Area

YEAR = 60 * 60 * 24 * 365


def chosen_dong(request: HttpRequest, dongs: Sequence[Area]) -> Area | None:
    """The dong that was asked for, remembered, or is the account's own; None for the town."""
    code = request.GET.get("dong", request.COOKIES.get("dong", ""))
    user = request.user
    if not code and user.is_authenticated and user.home_area_id:
        own = next((dong for dong in dongs if dong.pk == user.home_area_id), user.home_area)
        code = own.code if own else ""
    return next((dong for dong in dongs if dong.code == code), None)


def home(request: HttpRequest) -> HttpResponse:
    """Show the chosen dong's day, or the whole town's; the choice is remembered in a cookie."""
    dongs = list(dongs_in_force())
    area = chosen_dong(request, dongs)
    response = render(
        request,
        "civic/home.html",
        {"area": area, "dongs": dongs, "today": today_in(area)},
    )
    if "dong" in request.GET:
        response.set_cookie(
            "dong",
            area.code if area else "all",
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
