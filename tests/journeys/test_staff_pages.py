"""Every page of desk and office in every state, as `test_pages` has those of citizens.

They stand apart so that both go side by side, each in a town of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.survey import STAFF_LOOKS, Survey

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.survey import Town

pytestmark = [pytest.mark.journey, pytest.mark.django_db]  # the mark has the database made


def test_every_page_of_the_desk(browser: Browser, town_hall: Town) -> None:
    village = town_hall.village
    survey = Survey(browser, town_hall, "clerk-a")
    survey.crawl("/desk/", most=9, within="/desk/")
    boxes = {name: f"/desk/boxes/{box.pk}/" for name, box in village.boxes.items()}
    survey.visit(
        f"{boxes['open']}hand-out/?person={village.resident.ref}",
        f"/desk/residents/{village.resident.ref}/", f"/desk/proposals/{village.resident.ref}/",
        f"/desk/proposals/{village.resident.ref}/new/",
    )  # fmt: skip
    for path in (
        f"{boxes['open']}hand-out/", f"{boxes['open']}seal/", f"{boxes['sealed']}count/",
        f"{boxes['open']}envelopes/3/",
        f"{boxes['counted']}correction/",
        "/desk/residents/", "/desk/residents/new/", "/desk/proposals/",
        f"/desk/proposals/{village.resident.ref}/new/",
    ):  # fmt: skip
        survey.refuse(path)
    survey.look_otherwise(
        "/desk/", f"{boxes['open']}hand-out/", f"{boxes['open']}envelopes/3/?unnamed=1",
        f"{boxes['counted']}type/1/", looks=STAFF_LOOKS,
    )  # fmt: skip
    survey.walker.go(f"{boxes['counted']}type/1/").keyboard.press("Enter")
    survey.walker.page.wait_for_selector(".field__error")
    survey.look("with nothing typed")
    survey.walker.page.keyboard.type(
        "99"
    )  # a number twice takes itself back, but not an unknown one
    survey.walker.page.keyboard.press("Enter")
    survey.walker.reads("이 투표지에는 9번이 없습니다")
    survey.end()


def test_every_page_of_a_coordinator(browser: Browser, town_hall: Town) -> None:
    boxes = {name: f"/desk/boxes/{box.pk}/" for name, box in town_hall.village.boxes.items()}
    survey = Survey(browser, town_hall, "coordinator")
    survey.visit("/desk/", boxes["compared"], f"{boxes['compared']}settle/", boxes["certified"])
    survey.crawl(*survey.links(), within="/desk/corrections/")
    survey.walker.go(f"{boxes['compared']}settle/").keyboard.type("12")
    survey.walker.page.keyboard.press("Enter")
    survey.walker.reads("모두 정했습니다")
    survey.look("settled")
    survey.visit(f"{boxes['compared']}reconcile/")
    survey.refuse(f"{boxes['compared']}reconcile/")
    survey.end()


@pytest.mark.parametrize("who", ["administrator", "official", "moderator", "observer", "auditor"])
def test_every_page_of_the_office(browser: Browser, town_hall: Town, who: str) -> None:
    survey = Survey(browser, town_hall, who)
    survey.crawl("/admin/", most=1, within="/admin/")
    survey.end()


def test_what_the_office_meets_seldom(browser: Browser, town_hall: Town) -> None:
    office = town_hall.village.office
    survey = Survey(browser, town_hall, "administrator")
    roll = f"/admin/voting/contest/{office.fixed.pk}/roll/"
    pages = (
        f"/admin/voting/contest/{office.tied.pk}/lot/",
        f"/admin/voting/contest/{office.with_roll.pk}/roll/",
        f"/admin/voting/contest/{office.with_roll.pk}/roll/discard/",
        f"{roll}person/?person={office.not_on_roll.ref}",
        f"{roll}requests/{office.waiting.pk}/", f"{roll}requests/{office.decided.pk}/",
    )  # fmt: skip
    survey.visit(*pages)
    survey.look_otherwise(*pages, looks=STAFF_LOOKS)
    survey.end()
