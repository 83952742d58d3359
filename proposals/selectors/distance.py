"""How far proposals are from where somebody stands, measured by the database, kept by nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import TYPE_CHECKING

from django.db.models import FloatField, IntegerField, Q, Value
from django.db.models.functions import Cast, Power, Sqrt
from django.utils.translation import gettext, gettext_lazy

from places.selectors import centre_by_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrPromise

    from proposals.models import ProposalQuerySet

METRES_PER_DEGREE = 111_195
"""Of a great circle on a globe of the earth's mean radius."""
DIGITS = 3
"""Decimals that a point may have: about 100 metres, so that it tells no house."""
POINT = re.compile(r"(-?\d{1,2}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)")
CENTRE = re.compile(r"[\w-]{1,20}")
REACHES: dict[str, StrPromise] = {
    "500": gettext_lazy("within 500 m"),
    "1000": gettext_lazy("within 1 km"),
    "3000": gettext_lazy("within 3 km"),
}
"""How far away a list may reach, in metres."""
STEPS = (500, 2_000, 8_000, 32_000)
"""How many metres beyond the beginning of a page of the nearest is looked, step by step."""
FARTHEST = 50_000_000
"""Metres beyond which nothing on the globe lies."""
MANY = 1_000
"""Of so few, all are measured at once."""


@dataclass(frozen=True)
class Spot:
    """Where distances are measured from, in degrees; `label` is a centre's name or empty."""

    latitude: float
    longitude: float
    label: str = ""


def coarse(near: str) -> str:
    """`near` as an address carries it: a centre's code, or "latitude,longitude" made coarse.

    Empty for anything else.
    """
    point = POINT.fullmatch(near)
    if point is not None:
        latitude, longitude = float(point[1]), float(point[2])
        fits = abs(latitude) <= 90 and abs(longitude) <= 180
        return f"{latitude:.{DIGITS}f},{longitude:.{DIGITS}f}" if fits else ""
    return near if CENTRE.fullmatch(near) else ""


def spot_of(near: str) -> Spot | None:
    """Where `near` is: a point, or the place of a centre in use; None if there is no such place."""
    kept = coarse(near)
    if "," in kept:
        latitude, longitude = kept.split(",")
        return Spot(float(latitude), float(longitude))
    centre = centre_by_code(kept) if kept else None
    if centre is None or not centre.is_open or centre.latitude is None or centre.longitude is None:
        return None
    return Spot(float(centre.latitude), float(centre.longitude), centre.name)


def measured_from(spot: Spot, rows: ProposalQuerySet) -> ProposalQuerySet:
    """Those of `rows` that name their point, with `metres` from `spot`, whole.

    On a plane that touches the globe at `spot`: over a town exact to some metres.
    """
    north = (Cast("latitude", FloatField()) - Value(spot.latitude)) * Value(METRES_PER_DEGREE)
    width = METRES_PER_DEGREE * cos(radians(spot.latitude))
    east = (Cast("longitude", FloatField()) - Value(spot.longitude)) * Value(width)
    apart = Cast(Sqrt(Power(north, 2) + Power(east, 2)), IntegerField())
    return rows.filter(latitude__isnull=False, longitude__isnull=False).annotate(metres=apart)


def within(metres: int, spot: Spot, rows: ProposalQuerySet) -> ProposalQuerySet:
    """Those of `rows` at most `metres` away from `spot`, found by the index of points."""
    return measured_from(spot, rows).filter(_circle(metres, spot))


def ever_wider(spot: Spot, rows: ProposalQuerySet, beyond: int = 0) -> Iterator[ProposalQuerySet]:
    """`rows`, measured from `spot`, in ever wider circles; at last all of them.

    A page of the nearest that a circle fills is the page of all: what lies outside comes after it.
    So few of very many are measured. `beyond`: from how many metres on the page is read.
    """
    for step in STEPS:
        yield rows.filter(_circle(beyond + step, spot))
    yield rows


def _circle(metres: int, spot: Spot) -> Q:
    """At most `metres` away, said for the index too: a box a little wider than the circle."""
    metres = min(metres, FARTHEST)
    north = min((metres + 2) / METRES_PER_DEGREE, 180)
    east = min(north / max(cos(radians(spot.latitude)), 0.01), 360)
    return Q(
        ("metres__lte", metres),
        latitude__range=(spot.latitude - north, spot.latitude + north),
        longitude__range=(spot.longitude - east, spot.longitude + east),
    )


def metres_between(one: Spot, other: Spot) -> int:
    """How far two places of a town are apart, on the same plane as above."""
    north = (other.latitude - one.latitude) * METRES_PER_DEGREE
    east = (other.longitude - one.longitude) * METRES_PER_DEGREE * cos(radians(one.latitude))
    return round(hypot(north, east))


def metres_text(metres: int) -> str:
    """A distance as people say it; no finer than the point it is measured from."""
    if metres < 100:
        return gettext("within 100 m")
    if metres < 950:
        return gettext("about %(metres)s m") % {"metres": round(metres, -2)}
    return gettext("about %(kilometres)s km") % {"kilometres": f"{metres / 1_000:.1f}"}
