"""Areas and centres as data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.factories.places import make_area, make_centre, make_district, make_room

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_areas_are_listed_in_one_question(
    rows: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    district = make_district(code="99")
    for _ in range(rows):
        make_area(parent=district)
    make_area(parent=district, valid_to=date(2021, 1, 1))
    with django_assert_num_queries(1):
        answer = client.get("/api/v1/areas/?kind=dong&part_of=99").json()
    assert [each["part_of"] for each in answer["results"]] == ["99"] * rows
    assert answer["next"] is None


def test_pages_of_areas_go_on_by_cursor(client: Client) -> None:
    for _ in range(3):
        make_area()
    first = client.get("/api/v1/areas/?page_size=2").json()
    second = client.get(first["next"]).json()
    assert [len(first["results"]), len(second["results"])] == [2, 1]


def test_outlines_come_as_geojson(client: Client) -> None:
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    area = make_area(shape=shape)
    make_area()
    answer = client.get("/api/v1/areas/geojson/").json()
    assert answer["type"] == "FeatureCollection"
    assert [each["properties"]["code"] for each in answer["features"]] == [area.code]
    assert answer["features"][0]["geometry"] == shape


def test_centres_are_found_by_area_and_code(client: Client) -> None:
    centre = make_centre(longitude="126.915300", latitude="35.112550")
    make_centre()
    make_centre(is_open=False)
    found = client.get(f"/api/v1/centres/?area={centre.area.code}").json()["results"]
    assert [each["code"] for each in found] == [centre.code]
    assert client.get(f"/api/v1/centres/{centre.code}/").json()["phone"] == centre.phone
    assert client.get("/api/v1/centres/nowhere/").status_code == 404
    points = client.get("/api/v1/centres/geojson/").json()["features"]
    assert points[0]["geometry"]["coordinates"] == [126.9153, 35.11255]


@pytest.mark.parametrize("rows", [1, 3])
def test_rooms_are_listed_in_one_question(
    rows: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    centre = make_centre()
    for _ in range(rows):
        make_room(area=centre.area, centre=centre)
    make_room(seats=10)
    gone = make_room(is_open=False)
    with django_assert_num_queries(1):
        found = client.get(f"/api/v1/rooms/?area={centre.area.code}&seats=24").json()["results"]
    assert [each["centre"] for each in found] == [centre.code] * rows
    assert client.get(f"/api/v1/rooms/{found[0]['code']}/").json()["size"] == 62
    assert client.get(f"/api/v1/rooms/{gone.code}/").status_code == 404
