"""The front page: what one can do today in one's dong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from civic.selectors import running_budgets, today_in
from places.selectors import area_by_code, dongs_in_force

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

YEAR = 60 * 60 * 24 * 365


def home(request: HttpRequest) -> HttpResponse:
    """Show the chosen dong's day, or the whole town's; the choice is remembered in a cookie."""
    code = request.GET.get("dong", request.COOKIES.get("dong", ""))
    if not code and request.user.is_authenticated and request.user.home_area:
        code = request.user.home_area.code
    dongs = list(dongs_in_force())
    area = area_by_code(code) if code in {dong.code for dong in dongs} else None
    response = render(
        request,
        "civic/home.html",
        {"area": area, "dongs": dongs, "today": today_in(area), "budgets": running_budgets()},
    )
    if "dong" in request.GET:
        response.set_cookie("dong", area.code if area else "all", max_age=YEAR, samesite="Lax")
    return response
