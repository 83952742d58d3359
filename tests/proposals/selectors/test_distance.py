"""How far proposals are from a place."""

from __future__ import annotations

from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import F
from django.utils import translation

from proposals.models import Proposal
from proposals.selectors import ListQuery, map_of, proposal_list
from proposals.selectors.distance import (
    Spot,
    coarse,
    ever_wider,
    measured_from,
    metres_text,
    spot_of,
    within,
)
from tests.factories.places import make_area, make_centre
from tests.factories.proposals import make_proposal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

SPOT = Spot(35.125, 126.94)


def at(latitude: float, longitude: float) -> Proposal:
    return make_proposal(latitude=Decimal(str(latitude)), longitude=Decimal(str(longitude)))


def follow(url: str) -> ListQuery:
    return ListQuery.read({k: v[0] for k, v in parse_qs(urlsplit(url).query).items()})


@pytest.mark.parametrize(
    ("near", "kept"),
    [
        ("35.1254321,126.9449999", "35.125,126.945"),
        ("-35,8", "-35.000,8.000"),
        ("91,0", ""),
        ("0,181", ""),
        ("neuti", "neuti"),
        ("nan,1", ""),
        ("35.1", ""),
        ("", ""),
        ("35.1,126.9;drop", ""),
    ],
)
def test_a_place_keeps_three_decimals_or_is_none(near: str, kept: str) -> None:
    assert coarse(near) == kept


@pytest.mark.django_db
def test_a_centre_stands_for_its_place_while_it_is_in_use() -> None:
    place = {"latitude": Decimal("35.12"), "longitude": Decimal("126.92")}
    centre = make_centre(**place)
    assert spot_of(centre.code) == Spot(35.12, 126.92, centre.name)
    assert spot_of(make_centre(is_open=False, **place).code) is None
    assert spot_of(make_centre().code) is None
    assert spot_of("nowhere") is None


def haversine(one: tuple[float, float], other: tuple[float, float]) -> float:
    (a, b), (c, d) = [tuple(map(radians, pair)) for pair in (one, other)]
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(half))


@pytest.mark.django_db
@pytest.mark.parametrize(("north", "east"), [(0, 0), (0.03, 0), (0, 0.05), (-0.04, 0.06)])
def test_a_distance_over_a_town_is_that_on_the_globe(north: float, east: float) -> None:
    place = (SPOT.latitude + north, SPOT.longitude + east)
    at(*place)
    make_proposal()
    metres = [row.metres for row in measured_from(SPOT, Proposal.objects.all())]  # type: ignore[attr-defined] # annotated
    assert metres == [pytest.approx(haversine((SPOT.latitude, SPOT.longitude), place), abs=10)]


@pytest.mark.django_db
def test_a_reach_leaves_out_what_is_farther() -> None:
    here, corner = at(35.1255, 126.9405), at(35.1294, 126.9450)
    at(35.2, 126.94)
    assert set(within(1000, SPOT, Proposal.objects.all())) == {here, corner}
    assert set(within(500, SPOT, Proposal.objects.all())) == {here}


@pytest.mark.django_db
def test_pages_go_from_near_to_far_both_ways_without_gap_or_double(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("proposals.selectors.listing.PAGE_ROWS", 3)
    far = [at(35.125 + 0.001 * step, 126.94) for step in (5, 4, 3)]
    near = [at(35.125, 126.94) for _ in range(4)]
    make_proposal()
    first = proposal_list(ListQuery.read({"near": "35.125,126.94", "sort": "near"}))
    second = proposal_list(follow(first.next_url))
    third = proposal_list(follow(second.next_url))
    pages = [[card.pk for card in page.cards] for page in (first, second, third)]
    everyone = [row.pk for row in [*near, *reversed(far)]]
    assert [pk for page in pages for pk in page] == everyone
    assert (first.previous_url, third.next_url, first.count) == ("", "", 7)
    back = proposal_list(follow(third.previous_url))
    assert [card.pk for card in back.cards] == pages[1]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Twelve proposals from 0 to 40,000 metres away, some equally far: by number, nearest first.

    They count as many, four to a page.
    """
    monkeypatch.setattr("proposals.selectors.listing.MANY", 3)
    monkeypatch.setattr("proposals.api.MANY", 3)
    monkeypatch.setattr("proposals.selectors.listing.PAGE_ROWS", 4)
    steps = [0, 499, 500, 500, 501, 501, 700, 2_000, 2_600, 8_100, 32_000, 40_000]
    rows = [at(round(35.125 + step / 111_195, 6), 126.94).pk for step in reversed(steps)]
    at(35.125, 128.5)
    make_proposal()
    found = measured_from(SPOT, Proposal.objects.filter(pk__in=rows)).order_by(F("metres"), "pk")
    return [row.pk for row in found]


@pytest.mark.django_db
def test_the_nearest_of_many_come_in_order_from_ever_wider_circles_both_ways(
    many: list[int],
) -> None:
    page = proposal_list(ListQuery.read({"near": "35.125,126.94", "sort": "near"}))
    pages = [page]
    while page.next_url:
        page = proposal_list(follow(page.next_url))
        pages.append(page)
    seen = [[card.pk for card in each.cards] for each in pages]
    assert [pk for each in seen for pk in each][:12] == many
    assert [len(each) for each in seen] == [4, 4, 4, 1]
    back = []
    while page.previous_url:
        page = proposal_list(follow(page.previous_url))
        back.append([card.pk for card in page.cards])
    assert back == seen[-2::-1]


@pytest.mark.django_db
def test_the_first_page_of_many_measures_only_what_lies_close(
    many: list[int], django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    rows = measured_from(SPOT, Proposal.objects.all())
    close = [
        [row.pk for row in circle.order_by(F("metres"), "pk")] for circle in ever_wider(SPOT, rows)
    ]
    assert [len(each) for each in close] == [4, 8, 9, 11, 13]
    assert close[0] == many[:4]
    beyond = next(ever_wider(SPOT, rows, beyond=2_100))
    assert beyond.count() == 9
    with django_assert_num_queries(3):  # how many there are; the first two circles
        proposal_list(ListQuery.read({"near": "35.125,126.94", "sort": "near"}))


@pytest.mark.django_db
@pytest.mark.parametrize("spot", [Spot(90, 180), Spot(-90, -180), Spot(0, 0)])
def test_circles_are_drawn_at_the_poles_too(spot: Spot) -> None:
    at(35.125, 126.94)
    rows = measured_from(spot, Proposal.objects.all())
    assert [circle.count() for circle in ever_wider(spot, rows, 10**400)] == [1] * 5


@pytest.mark.django_db
def test_a_card_says_roughly_how_far_it_is() -> None:
    at(35.128, 126.94)
    with translation.override("ko"):
        page = proposal_list(ListQuery.read({"near": "35.125,126.94", "sort": "near"}))
        assert ("place", "약 300m") in page.cards[0].meta
        assert metres_text(40) == "100m 안"
        assert metres_text(960) == "약 1.0km"
        assert metres_text(2_340) == "약 2.3km"


@pytest.mark.django_db
def test_without_a_place_nothing_is_near() -> None:
    query = ListQuery.read({"sort": "near", "reach": "500", "near": "nowhere"})
    assert (query.sort, query.near, query.reach) == ("hot", "", "")
    assert query.url() == "/proposals/"


@pytest.mark.django_db
def test_a_reach_narrows_the_map_and_its_figures_too() -> None:
    square = [[126, 35], [127, 35], [127, 36], [126, 36], [126, 35]]
    area = make_area(shape={"type": "Polygon", "coordinates": [square]})
    columns: dict[str, Any] = {"area": area, "longitude": Decimal("126.94")}
    make_proposal(latitude=Decimal("35.1251"), **columns)
    make_proposal(latitude=Decimal("35.1252"), **columns)
    make_proposal(latitude=Decimal("35.3"), **columns)
    asked = {"near": "35.125,126.94", "sort": "near"}
    areas, points = map_of(ListQuery.read({**asked, "reach": "500"}))
    assert ([each.value for each in areas], len(points)) == ([2], 2)
    assert map_of(ListQuery.read(asked))[0][0].value == 3
