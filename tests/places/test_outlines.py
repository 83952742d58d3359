"""Outlines of areas."""

from __future__ import annotations

from typing import Any

import pytest

from places.outlines import check_outline, holds

RING = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 3], [3, 3], [3, 1], [1, 1]]


def test_hole_is_outside() -> None:
    shape = {"type": "Polygon", "coordinates": [RING, HOLE]}
    assert holds(shape, 0.5, 0.5)
    assert not holds(shape, 2, 2)


def test_second_part_counts() -> None:
    far = [[x + 10, y] for x, y in RING]
    shape = {"type": "MultiPolygon", "coordinates": [[RING], [far]]}
    assert holds(shape, 12, 2)
    assert check_outline(shape) == shape


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": [RING[:-1]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [400, 0], [4, 4], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[n, 0] for n in (0, *([1] * 5000), 0)]]},
    ],
)
def test_what_is_no_outline_is_refused(geometry: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        check_outline(geometry)
