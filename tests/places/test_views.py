"""The page of all dong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.places import make_area, make_centre

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_two_questions_and_sets_no_cookie(
    rows: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        ring = [[number, 0], [number + 1, 0], [number + 1, 1], [number, 0]]
        area = make_area(shape={"type": "Polygon", "coordinates": [ring]})
        make_centre(area=area, phone="062-000-0012")
    with django_assert_num_queries(2):
        response = client.get("/places/")
    page = response.content.decode()
    assert page.count("tel:062-000-0012") == rows
    assert page.count("<path") >= rows
    assert not response.cookies
    assert "csrf" not in page


def test_empty_town_is_told_so(client: Client) -> None:
    assert "아직 넣은 동이 없습니다" in client.get("/places/").content.decode()
