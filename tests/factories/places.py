"""Made-up areas and centres."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from places.models import Area, AreaKind, Centre, Room

_numbers = itertools.count(1)


def make_area(**columns: Any) -> Area:
    """Store a dong of its own (or what `columns` say), in force since 2020."""
    number = next(_numbers)
    return Area.objects.create(
        **{
            "code": f"98{number:08d}",
            "name": f"{number}동",
            "kind": AreaKind.DONG,
            "population": 10_000,
            "valid_from": date(2020, 1, 1),
            **columns,
        },
    )


def make_district(**columns: Any) -> Area:
    """Store a district; hang dongs under it with `make_area(parent=…)`."""
    return make_area(**{"kind": AreaKind.DISTRICT, "name": "무등구", **columns})


def make_centre(**columns: Any) -> Centre:
    """Store a centre, in an area of its own unless `area` is given."""
    number = next(_numbers)
    area = columns.pop("area", None) or make_area()
    return Centre.objects.create(
        **{
            "code": f"centre-{number}",
            "name": f"{area.name} 행정복지센터",
            "area": area,
            "address": f"무등구 느티로 {number}",
            "phone": "062-000-0011",
            "hours": "평일 09:00–18:00",
            **columns,
        },
    )


def make_room(**columns: Any) -> Room:
    """Store a room, in an area of its own unless `area` is given."""
    number = next(_numbers)
    return Room.objects.create(
        **{
            "code": f"room-{number}",
            "name": f"느티마루 {number}",
            "area": columns.pop("area", None) or make_area(),
            "location": "느티동 행정복지센터 3층",
            "size": 62,
            "seats": 24,
            "hours": "평일 18:00–21:00",
            "phone": "062-000-0012",
            **columns,
        },
    )
