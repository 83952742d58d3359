"""Areas and centres as they stand on a day."""

from __future__ import annotations

from datetime import date

import pytest

from places.models import Area
from places.selectors import (
    ancestor_codes,
    area_by_code,
    areas_in_force,
    centres_of,
    dongs_at,
    dongs_in_force,
    steps_up,
    subtree_codes,
    town_map,
    with_surroundings,
)
from tests.factories.places import make_area, make_centre, make_district

pytestmark = pytest.mark.django_db
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]],
}


def test_area_holds_through_its_last_day() -> None:
    area = make_area(valid_from=date(2020, 1, 1), valid_to=date(2026, 6, 30))
    assert area in areas_in_force(date(2026, 6, 30))
    assert area not in areas_in_force(date(2026, 7, 1))
    assert area not in areas_in_force(date(2019, 12, 31))


def test_code_leads_to_the_row_of_the_day_and_else_to_the_last_one() -> None:
    old = make_area(code="9911", valid_to=date(2026, 6, 30))
    new = make_area(code="9911", valid_from=date(2026, 7, 1), valid_to=date(2026, 7, 31))
    assert area_by_code("9911", date(2026, 6, 1)) == old
    assert area_by_code("9911", date(2026, 7, 1)) == new
    assert area_by_code("9911", date(2030, 1, 1)) == new
    assert area_by_code("0000") is None


def test_subtree_and_ancestors_follow_codes_across_renamings() -> None:
    old = make_district(code="99", valid_to=date(2026, 6, 30))
    dong = make_area(code="9901", parent=old)
    new = make_district(code="99", valid_from=date(2026, 7, 1))
    assert subtree_codes(new) == {"99", "9901"}
    assert ancestor_codes(dong) == {"99", "9901"}
    assert subtree_codes(dong) == {"9901"}
    [steps] = Area.objects.filter(pk=new.pk).values_list(steps_up(), flat=True)
    assert ancestor_codes(dong, steps) == {"99", "9901"}


def test_dongs_leave_out_districts_and_closed_centres_are_not_shown() -> None:
    district = make_district()
    dong = make_area(parent=district)
    centre = make_centre(area=dong)
    make_centre(area=dong, is_open=False)
    assert list(dongs_in_force()) == [dong]
    [read] = with_surroundings(Area.objects.filter(pk=dong.pk))
    assert [(one.code, one.phone) for one in centres_of(read)] == [(centre.code, centre.phone)]


def test_a_point_lies_in_the_dongs_whose_outline_holds_it() -> None:
    make_district(shape=SQUARE)
    make_area(shape=None)
    assert dongs_at(3, 1) is None  # nothing is drawn yet: nobody knows
    dong = make_area(shape=SQUARE)
    assert dongs_at(1, 1) == [dong]
    assert dongs_at(3, 1) == []


def test_the_ground_for_points_has_every_dong_that_is_drawn() -> None:
    make_district(shape=SQUARE)
    make_area(shape=None)
    dong = make_area(shape=SQUARE)
    assert [(each.key, each.url) for each in town_map()] == [(str(dong.pk), "")]
