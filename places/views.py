"""The pages of all dong and all rooms; a dong's own page is put together by `civic`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from places.selectors import dongs_with_centres, map_of, open_rooms

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


def room_list(request: HttpRequest) -> HttpResponse:
    """Show every room in use: what it offers, and whom to ask for it."""
    crumbs = [(_("Our dong"), reverse("places")), (_("Rooms to use"), "")]
    context = {"rooms": list(open_rooms()), "crumbs": crumbs}
    return render(request, "places/room_list.html", context)
