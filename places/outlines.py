"""Outlines of areas: which GeoJSON is accepted, and where a point lies (pure)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_POINTS = 5_000
"""Per area: an outline for a page, not a survey; more would make every map page heavy."""


def check_outline(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """A Polygon or MultiPolygon with closed rings on the globe, with only type and coordinates.

    Raises ValueError that says what is wrong.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise ValueError("neither Polygon nor MultiPolygon")
    count = 0
    for ring in rings(geometry):
        count += len(ring)
        if len(ring) < 4 or list(ring[0]) != list(ring[-1]):
            raise ValueError("a ring is not closed")
        for longitude, latitude, *_height in ring:
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise ValueError("a point is not on the globe")
    if not 0 < count <= MOST_POINTS:
        raise ValueError(f"{count} points")
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """All rings of a Polygon or MultiPolygon."""
    polygons = geometry["coordinates"]
    for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
        yield from polygon


def holds(geometry: Mapping[str, Any], longitude: float, latitude: float) -> bool:
    """Whether a point lies inside the outline (even-odd rule, so that holes are outside)."""
    inside = False
    for ring in rings(geometry):
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
            crosses = (y1 > latitude) != (y2 > latitude)
            if crosses and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside
