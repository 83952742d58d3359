"""What the database itself refuses of areas."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from places.models import Area
from tests.factories.places import make_area

pytestmark = pytest.mark.django_db
CODE = "9900000001"


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2024, 6, 1), None),
        (date(2024, 12, 31), date(2024, 12, 31)),  # the last day still belongs to the old one
        (date(2019, 1, 1), date(2020, 1, 1)),
        (date(2021, 1, 1), date(2022, 1, 1)),
    ],
)
def test_code_belongs_to_one_area_at_a_time(begins: date, ends: date | None) -> None:
    make_area(code=CODE, valid_from=date(2020, 1, 1), valid_to=date(2024, 12, 31))
    with pytest.raises(IntegrityError, match="area_code_holds_once"), transaction.atomic():
        make_area(code=CODE, valid_from=begins, valid_to=ends)


def test_code_goes_on_to_the_next_area_the_day_after_and_others_are_free() -> None:
    make_area(code=CODE, valid_from=date(2020, 1, 1), valid_to=date(2024, 12, 31))
    make_area(code=CODE, valid_from=date(2025, 1, 1))
    make_area(code="9900000002", valid_from=date(2020, 1, 1))
    assert Area.objects.filter(code=CODE).count() == 2


def refused(area: Area, **columns: Any) -> None:
    with pytest.raises(IntegrityError, match="would be part of itself"), transaction.atomic():
        Area.objects.filter(pk=area.pk).update(**columns)


def test_no_area_is_part_of_itself_however_far_up() -> None:
    city = make_area()
    district = make_area(parent=city)
    dong = make_area(parent=district)
    refused(city, parent=city)
    refused(city, parent=district)
    refused(city, parent=dong)
    refused(city, parent=make_area(parent=dong))
    Area.objects.filter(pk=dong.pk).update(parent=city)
    assert Area.objects.get(pk=dong.pk).parent == city


def test_next_row_of_a_code_does_not_close_a_circle_either() -> None:
    city = make_area(code=CODE, valid_to=date(2024, 12, 31))
    dong = make_area(parent=city)
    with pytest.raises(IntegrityError, match="would be part of itself"), transaction.atomic():
        make_area(code=CODE, valid_from=date(2025, 1, 1), parent=dong)
