"""Our dong: figures, centre, everything open here, what was delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render

from civic.selectors import delivered_in, today_in
from places.models import Area
from places.selectors import area_by_code, centres_of, rooms_of, with_surroundings
from proposals.selectors.listing import count_in, with_proposals

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area's page, by its code."""
    place = area_by_code(code, among=with_proposals(with_surroundings(Area.objects.all())))
    if place is None:
        raise Http404
    return render(
        request,
        "civic/area.html",
        {
            "area": place,
            "centres": centres_of(place),
            "rooms": rooms_of(place),
            "today": today_in(place if place.kind == "dong" else None, plan_of=place),
            "dong": place.code if place.kind == "dong" else "",
            "delivered": delivered_in(place),
            "proposals": count_in(place),
        },
    )
