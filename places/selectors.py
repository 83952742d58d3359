"""Read areas and centres as they stand on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONArray, JSONObject
from django.utils import timezone

from places.models import Area, AreaKind, Centre, Room
from places.outlines import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from places.models import AreaQuerySet


def areas_in_force(day: date | None = None) -> QuerySet[Area]:
    """Areas that hold on `day` (today if None), by code."""
    return Area.objects.in_force(day or timezone.localdate())


def dongs_in_force(day: date | None = None) -> QuerySet[Area]:
    """Dong that hold on `day` (today if None), by code: what people choose from."""
    return areas_in_force(day).filter(kind=AreaKind.DONG)


def area_by_code(
    code: str, day: date | None = None, among: AreaQuerySet | None = None
) -> Area | None:
    """The area with `code` on `day` (today if None), or else the last one that had the code."""
    moment = day or timezone.localdate()
    areas = Area.objects.all() if among is None else among
    return (
        areas.in_force(moment).filter(code=code).first()
        or areas.filter(code=code, valid_from__lte=moment).order_by("-valid_from").first()
    )


def subtree_codes(area: Area) -> frozenset[str]:
    """The code of `area` and of all areas below it, whenever they held.

    Codes, not rows: when an area is renamed a new row begins, and its people stay its people.
    """
    if area.kind == AreaKind.DONG:  # nothing is below a dong
        return frozenset({area.code})
    children: dict[str, set[str]] = {}
    pairs = Area.objects.exclude(parent=None).values_list("parent__code", "code")
    for parent, child in pairs.order_by().distinct():
        children.setdefault(parent, set()).add(child)
    return _reach(area.code, children)


def ancestor_codes(area: Area, steps: Iterable[tuple[str, str]] | None = None) -> frozenset[str]:
    """The code of `area` and of all areas above it; `steps` may be at hand (`steps_up`)."""
    if steps is None:
        pairs = Area.objects.exclude(parent=None).values_list("code", "parent__code")
        steps = pairs.order_by().distinct()
    parents: dict[str, set[str]] = {}
    for child, parent in steps:
        parents.setdefault(child, set()).add(parent)
    return _reach(area.code, parents)


def steps_up() -> ArraySubquery:
    """Each area's code with that of the area above it, as one column of another statement."""
    below = Area.objects.exclude(parent=None).order_by()
    return ArraySubquery(below.values(step=JSONArray("code", "parent__code")))


def _reach(start: str, steps: Mapping[str, set[str]]) -> frozenset[str]:
    reached, waiting = {start}, [start]
    while waiting:
        new = steps.get(waiting.pop(), set()) - reached
        reached |= new
        waiting.extend(new)
    return frozenset(reached)


def open_centres() -> QuerySet[Centre]:
    """All centres in use, by area and name, with the area at hand."""
    return Centre.objects.filter(is_open=True).select_related("area")


def open_rooms() -> QuerySet[Room]:
    """All rooms in use, by dong and name, with dong and centre at hand."""
    return Room.objects.filter(is_open=True).select_related("area", "centre")


def with_surroundings(areas: AreaQuerySet) -> AreaQuerySet:
    """Areas with what `centres_of`, `rooms_of` and `codes_above` read without a question."""
    return areas.annotate(
        centre_lines=_lines(Centre, "code", "name", "address", "phone", "hours", "access"),
        room_lines=_lines(Room, "code", "name", "size", "seats", "hours", "phone"),
        steps=steps_up(),
    )


def _lines(model: type[Centre | Room], *shown: str) -> ArraySubquery:
    """Those in use in the area itself, by name, as one column."""
    rows = model.objects.filter(is_open=True, area__code=OuterRef("code")).order_by("name")
    return ArraySubquery(rows.values(line=JSONObject(**{name: name for name in shown})))


def centres_of(area: Any) -> list[Centre]:
    """Centres of an area that was read `with_surroundings`, by name, with what its page shows."""
    return [Centre(**line) for line in area.centre_lines]


def rooms_of(area: Any) -> list[Room]:
    """Rooms of an area that was read `with_surroundings`, by name, with what its page shows."""
    return [Room(**line) for line in area.room_lines]


def codes_above(area: Any) -> frozenset[str]:
    """The codes of `area` and all above it; asks unless the area was read `with_surroundings`."""
    return ancestor_codes(area, getattr(area, "steps", None))


def centre_by_code(code: str) -> Centre | None:
    """The centre with `code`, in use or not, with the area at hand."""
    return Centre.objects.filter(code=code).select_related("area").first()


@dataclass(frozen=True)
class MapArea:
    """An area as a map draws it: key, name, residents, address of its page, GeoJSON geometry."""

    key: str
    label: str
    value: int | None
    url: str
    geometry: Mapping[str, object]


def map_of(areas: Iterable[Area]) -> list[MapArea]:
    """The areas that have an outline, ready for the map of `civic`'s charts."""
    return [
        MapArea(area.code, area.local_name, area.population, area.get_absolute_url(), area.shape)
        for area in areas
        if area.shape
    ]


def town_map() -> list[MapArea]:
    """Every dong of today that has an outline, without figure or link: a ground for points.

    The keys are those of the rows, as choices of a form have them.
    """
    return [
        MapArea(str(area.pk), area.local_name, None, "", area.shape)
        for area in dongs_in_force()
        if area.shape
    ]


@dataclass(frozen=True)
class MapPlace:
    """A point as a map draws it: its name and degrees (WGS84)."""

    label: str
    longitude: float
    latitude: float
    url: str = ""


def centre_points(centres: Iterable[Centre]) -> list[MapPlace]:
    """Those of `centres` whose place is known, as points of a map."""
    return [
        MapPlace(centre.name, float(centre.longitude), float(centre.latitude))
        for centre in centres
        if centre.longitude is not None and centre.latitude is not None
    ]


@dataclass(frozen=True)
class DongWithCentres:
    """A dong and the centres in use there."""

    area: Area
    centres: tuple[Centre, ...]


def dongs_with_centres() -> list[DongWithCentres]:
    """Every dong of today with its centres, by code, in two queries."""
    centres: dict[str, list[Centre]] = {}
    for centre in open_centres():
        centres.setdefault(centre.area.code, []).append(centre)
    return [DongWithCentres(area, tuple(centres.get(area.code, ()))) for area in dongs_in_force()]


def dongs_at(longitude: float, latitude: float) -> list[Area] | None:
    """The dongs of today whose outline holds a point (degrees, WGS84).

    None of them outside of the town; None itself while no outline is there: nobody knows.
    """
    drawn = [area for area in dongs_in_force() if area.shape]
    if not drawn:
        return None
    return [area for area in drawn if area.shape and holds(area.shape, longitude, latitude)]
