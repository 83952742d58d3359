"""The page of all dong; a dong's own page is put together by `civic`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext as _

from places.selectors import dongs_with_centres, map_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def place_list(request: HttpRequest) -> HttpResponse:
    """Show the map of the town and every dong with its centre."""
    dongs = dongs_with_centres()
    return render(
        request,
        "places/place_list.html",
        {
            "dongs": dongs,
            "map": map_of(each.area for each in dongs),
            "crumbs": [(_("Our dong"), "")],
        },
    )
