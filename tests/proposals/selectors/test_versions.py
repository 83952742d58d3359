"""Versions beside each other: words and point."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from proposals.selectors import version_page
from proposals.selectors.distance import Spot, metres_between
from proposals.services import revise_proposal
from proposals.services.writing import Point
from tests.factories.places import make_area
from tests.factories.proposals import make_preset, make_proposal

pytestmark = pytest.mark.django_db
HERE = Point(Decimal("126.940000"), Decimal("35.125000"))
THERE = Point(Decimal("126.940000"), Decimal("35.128000"))


def test_a_version_is_shown_against_the_one_before_it() -> None:
    make_preset(threshold=50)
    proposal = make_proposal(title="보안등을 켜 주세요", body="두 개가 꺼졌습니다.")
    revise_proposal(
        actor=proposal.author,
        proposal_id=proposal.pk,
        title="보안등을 켜 주세요",
        body="세 개가 꺼졌습니다.",
        point=None,
    )
    page = version_page(proposal)
    assert page is not None
    assert page.old is not None
    assert (page.old.number, page.new.number) == (1, 2)
    assert [(p.kind, p.text) for p in page.body] == [
        ("removed", "두"),
        ("added", "세"),
        ("same", " 개가 꺼졌습니다."),
    ]
    first = version_page(proposal, 1)
    assert first is not None
    assert first.old is None
    assert version_page(proposal, 3) is None
    assert (page.point, first.point) == (None, None)


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (HERE, THERE, "The point on the map was moved by 334 m."),
        (None, HERE, "A point was put on the map."),
        (HERE, None, "The point on the map was taken away."),
        (HERE, HERE, ""),
    ],
)
def test_a_version_says_what_became_of_the_point(
    before: Point | None, now: Point | None, words: str
) -> None:
    proposal = make_proposal(
        longitude=before.longitude if before else None,
        latitude=before.latitude if before else None,
    )
    revise_proposal(
        actor=proposal.author,
        proposal_id=proposal.pk,
        title=proposal.title,
        body=proposal.body,
        point=now,
    )
    with translation.override("en"):
        page, first = version_page(proposal), version_page(proposal, 1)
    assert page is not None
    assert first is not None
    assert (page.point.words if page.point else "") == words
    if page.point is not None:
        spots = [one and Spot(float(one.latitude), float(one.longitude)) for one in (before, now)]
        assert [page.point.old, page.point.new] == spots
    assert bool(first.point) is bool(before)


def test_a_version_says_from_which_dong_to_which_a_proposal_went() -> None:
    here, there = make_area(name="서쪽동"), make_area(name="동쪽동")
    proposal = make_proposal(area=here)
    words = {"title": proposal.title, "body": proposal.body}
    for area in (there, None):
        revise_proposal(
            actor=proposal.author, proposal_id=proposal.pk, point=None, area=area, **words
        )
    pages = [version_page(proposal, number) for number in (1, 2, 3)]
    assert [page and page.dong for page in pages] == [None, ("서쪽동", "동쪽동"), None]


def test_a_distance_is_the_same_both_ways() -> None:
    one, other = Spot(35.125, 126.94), Spot(35.125, 126.95)
    assert metres_between(one, other) == metres_between(other, one) == 909
