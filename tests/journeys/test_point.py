"""A point on the town's map: tapped, moved by keys, told by the device, and looked from."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from places.models import Area
from proposals.models import Proposal, ProposalState
from tests.factories.residents import make_user
from tests.journeys.walks import PHONE, Walker

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Geolocation, Page

pytestmark = pytest.mark.journey

HERE: Geolocation = {"latitude": 35.1181239, "longitude": 126.9721239}
"""In 강변2동, more exactly than anybody should be told."""


def point_of(page: Page) -> tuple[float, float]:
    """Longitude and latitude as the form has them."""
    return float(page.input_value("#id_longitude")), float(page.input_value("#id_latitude"))


def test_a_proposal_gets_its_point_and_is_found_from_near(site: str, browser: Browser) -> None:
    phone = Walker(browser, site, PHONE)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(HERE)
    phone.log_in(make_user(name="김느티"))
    page = phone.go("/proposals/new/write/")
    tap_and_move(page)
    phone.check()
    phone.fill(title="횡단보도 앞에 그늘막을", body="여름에 기다리기 너무 뜨겁습니다.")
    page.select_option("#id_field", index=1)
    page.click("[data-point-here]")
    page.get_by_text("점을 찍은 곳: 강변2동").wait_for()
    phone.press("다음: 비슷한 제안 확인")
    phone.press("다음: 미리보기")
    assert page.locator(".point__pin").count() == 1
    phone.send("button[formaction$='/submit/']")
    written = Proposal.objects.exclude(state=ProposalState.DRAFT).get()
    assert written.area == Area.objects.get(name="강변2동")
    assert (written.latitude, written.longitude) == (Decimal("35.11812"), Decimal("126.97212"))
    phone.check()

    page = phone.go("/proposals/near/")
    page.locator("[data-point-map]").wait_for()
    phone.check()
    with page.expect_navigation():
        page.click("[data-point-here]")
    assert page.url.endswith("/proposals/?sort=near&near=35.118%2C126.972")
    phone.reads("100m 안")
    phone.check()
    page = phone.go("/proposals/near/")
    with page.expect_navigation():
        page.locator("[data-point-map]").click(position={"x": 60, "y": 160})
    phone.reads("다른 곳에서 보기")


def test_who_does_not_tell_where_they_are_taps_the_map(site: str, browser: Browser) -> None:
    phone = Walker(browser, site, PHONE)
    page = phone.go("/proposals/near/")
    page.click("[data-point-here]")
    page.get_by_text("지도를 눌러 골라 주세요").wait_for()
    page.locator("[data-point-map]").focus()
    page.keyboard.press("ArrowLeft")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    phone.reads("다른 곳에서 보기")


def tap_and_move(page: Page) -> None:
    """Tap a dong, move the point by keys, take it away, and type it instead."""
    ground = page.locator("[data-point-map]")
    ground.click(position={"x": 100, "y": 170})
    page.get_by_text("점을 찍은 곳: 느티동").wait_for()
    assert page.locator("#id_area option:checked").inner_text() == "느티동"
    east, north = point_of(page)
    ground.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    moved_east, moved_north = point_of(page)
    assert moved_east > east
    assert moved_north > north
    page.click("[data-point-clear]")
    assert page.input_value("#id_latitude") == ""
    page.get_by_text("위치를 숫자로 적기").click()
    page.fill("#id_longitude", f"{east}")
    page.fill("#id_latitude", f"{north}")
    page.press("#id_latitude", "Tab")
    assert page.locator("[data-point-pin]").get_attribute("visibility") == "visible"
