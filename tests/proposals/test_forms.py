"""Forms of proposals: a point lies in its dong, and contacts are shown only where they are meant."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from proposals.forms import AdditionForm, DraftForm, RevisionForm
from proposals.models import Proposal, ProposalState
from tests.factories.places import make_area
from tests.factories.proceedings import make_field
from tests.factories.proposals import make_proposal
from tests.factories.residents import make_department

if TYPE_CHECKING:
    from places.models import Area

pytestmark = pytest.mark.django_db
WEST, EAST = Decimal("126.5"), Decimal("127.5")
"""Longitudes of points in the two dongs."""


def square(west: int) -> dict[str, Any]:
    corners = [[west, 35], [west + 1, 35], [west + 1, 36], [west, 36], [west, 35]]
    return {"type": "Polygon", "coordinates": [corners]}


@pytest.fixture
def dongs() -> tuple[Area, Area]:
    west = make_area(shape=square(126), name="서쪽동")
    return west, make_area(shape=square(127), name="동쪽동")


def draft_form(area: Area, longitude: Decimal) -> DraftForm:
    return DraftForm(
        {
            "title": "골목 등을 켜 주세요",
            "body": "보안등 세 개 중 두 개가 꺼져 있습니다.",
            "area": area.pk,
            "field": make_field().pk,
            "latitude": "35.5",
            "longitude": str(longitude),
        }
    )


def revision_form(proposal: Proposal, **typed: Any) -> RevisionForm:
    start = {name: getattr(proposal, name) for name in ("title", "body", "latitude", "longitude")}
    start = {name: value for name, value in start.items() if value is not None}
    return RevisionForm({**start, "area": proposal.area_id, **typed}, proposal=proposal)


def test_a_point_in_another_dong_is_refused_with_the_name_of_that_dong(
    dongs: tuple[Area, Area],
) -> None:
    west, east = dongs
    assert draft_form(west, WEST).is_valid()
    assert draft_form(east, EAST).is_valid()
    form = draft_form(west, EAST)
    [words] = form.errors["area"]
    assert words == "점은 동쪽동에 있습니다. 그 동을 고르거나 점을 옮겨 주세요."


def test_a_dong_that_is_not_drawn_has_no_point_in_one_that_is(dongs: tuple[Area, Area]) -> None:
    assert "area" in draft_form(make_area(shape=None), EAST).errors


def test_a_new_version_goes_to_the_dong_of_its_point(dongs: tuple[Area, Area]) -> None:
    west, east = dongs
    proposal = make_proposal(area=west, latitude=Decimal("35.5"), longitude=WEST)
    assert "area" in revision_form(proposal, longitude=EAST).errors
    form = revision_form(proposal, longitude=EAST, area=east.pk)
    assert form.is_valid()
    assert form.said()["area"] == east


@pytest.mark.parametrize(
    "held", [{"state": ProposalState.REPAIR}, {"department": True}], ids=["repair", "department"]
)
def test_the_dong_stays_once_the_office_has_the_proposal(
    held: dict[str, Any], dongs: tuple[Area, Area]
) -> None:
    west, east = dongs
    proposal = make_proposal(area=west, latitude=Decimal("35.5"), longitude=WEST)
    if "department" in held:
        proposal.department = make_department()
    else:
        proposal.state = held["state"]
    form = revision_form(proposal, longitude=EAST, area=east.pk)
    [words] = form.errors["latitude"]
    assert words == (
        "점은 동쪽동에 있습니다. 이 제안의 동(서쪽동)은 이제 바꿀 수 없으니 서쪽동 안의 점을 골라 "
        "주세요."
    )
    near = revision_form(proposal, longitude=WEST + Decimal("0.1"))
    assert near.is_valid()
    assert near.said()["area"] is None


def test_what_is_not_touched_is_not_asked_about_again(dongs: tuple[Area, Area]) -> None:
    """A dong drawn anew, or one that its author chose over the map once, holds up no better word."""
    west, _east = dongs
    proposal = make_proposal(area=west, latitude=Decimal("35.5"), longitude=EAST)
    assert revision_form(proposal, title="골목 등을 밝혀 주세요").is_valid()
    assert not revision_form(proposal, latitude="35.6").is_valid()


@pytest.mark.parametrize("text", ["010-1234-5678로 주세요.", "me@example.org 로 알려 주세요."])
def test_a_contact_that_is_new_in_a_text_is_asked_about_once(text: str) -> None:
    proposal = make_proposal(body="보안등이 꺼져 있습니다.")
    body = f"{proposal.body}\n{text}"
    assert revision_form(proposal, body=body).errors.keys() == {"contacts_meant"}
    assert revision_form(proposal, note=text).errors.keys() == {"contacts_meant"}
    assert revision_form(proposal, body=body, contacts_meant="on").is_valid()
    assert AdditionForm({"addition": text}).errors.keys() == {"contacts_meant"}
    meant = AdditionForm({"addition": text, "contacts_meant": "on"})
    assert meant.is_valid()
    assert meant.said() == {"addition": text}


def test_a_contact_that_stands_there_already_is_not_asked_about_again() -> None:
    proposal = make_proposal(body="복지관(062-350-4000)에서 알려 드립니다.")
    assert revision_form(proposal, body=f"문의: {proposal.body}").is_valid()
