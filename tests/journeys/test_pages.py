"""Every page in every state, on a phone and on a desk: whole, in Korean, and open to everybody.

Public pages are found by following links from the first page, so that a new page is looked at
without being named here; what needs a role or a state is named. Staff are in `test_staff_pages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from budgets.models import Budget
from debates.models import Debate
from tests.journeys.survey import REFUSED, Survey, kind_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.survey import Town

pytestmark = [pytest.mark.journey, pytest.mark.django_db]  # the mark has the database made


def test_the_kinds_of_addresses() -> None:
    assert kind_of("/proposals/12/versions/3/") == "/proposals/N/versions/N/"
    assert kind_of("/places/neuti/?b=1&a=2") == "/places/X/?a&b"


def test_every_public_page(browser: Browser, town_hall: Town) -> None:
    survey = Survey(browser, town_hall)
    survey.crawl("/", "/board/neuti/")
    survey.visit("/search/?q=없는말없는말", "/proposals/?q=없는말없는말", "/votes/?area=없음")
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        survey.refuse(path)
    survey.refuse("/proposals/new/write/")
    page = survey.walker.go("/")
    page.locator("header summary:visible").last.click()
    survey.look("with the menu open")
    survey.end()


def test_public_pages_read_otherwise(browser: Browser, town_hall: Town) -> None:
    survey = Survey(browser, town_hall)
    village = town_hall.village
    budget = Budget.objects.get(contest=village.open_vote)
    survey.look_otherwise(
        "/", f"/proposals/{village.own.pk}/", "/debates/", f"/votes/{village.open_vote.pk}/",
        f"/votes/{village.open_vote.pk}/ballot/", f"/votes/{village.finished_vote.pk}/result/",
        budget.get_absolute_url(), "/demo/",
    )  # fmt: skip
    survey.end()


def test_every_page_of_a_citizen(browser: Browser, town_hall: Town) -> None:
    village = town_hall.village
    survey = Survey(browser, town_hall, "citizen")
    survey.crawl("/me/", most=1)
    own, draft, opinion = village.own.pk, village.draft.pk, village.opinion.pk
    survey.visit(
        f"/proposals/{draft}/write/", f"/proposals/{draft}/similar/",
        f"/proposals/{draft}/preview/", f"/proposals/{draft}/discard/",
        f"/proposals/{own}/edit/", f"/proposals/{own}/withdraw/", f"/proposals/{own}/versions/",
        f"/comments/{opinion}/", f"/comments/{opinion}/withdraw/",
        f"/comments/{village.others_opinion.pk}/reply/",
        f"/comments/{village.others_opinion.pk}/report/",
        "/debates/new/",
    )  # fmt: skip
    for path in (f"/proposals/{draft}/preview/", f"/proposals/{own}/withdraw/", "/debates/new/"):
        survey.refuse(path)
    vote = village.open_vote.pk
    page = survey.walker.go(f"/votes/{vote}/ballot/")
    for pick in range(1, 5):
        page.check(f"#pick-{pick}")
    survey.look("with too many marks")
    survey.walker.send("form.ballot button[type=submit]")
    survey.look("refused")
    page.uncheck("#pick-4")
    survey.walker.send("form.ballot button[type=submit]")
    survey.look("to be confirmed")
    survey.walker.send(f"form[action='/votes/{vote}/cast/'] button[type=submit]")
    survey.look("the receipt")
    survey.visit(f"/votes/{vote}/", f"/votes/{vote}/ballot/")
    survey.visit(f"/votes/{village.coming_vote.pk}/ballot/", status=REFUSED)
    survey.end()


def test_every_page_of_a_newcomer(browser: Browser, town_hall: Town) -> None:
    village = town_hall.village
    survey = Survey(browser, town_hall, "newcomer")
    survey.visit("/", "/me/", "/me/notices/", "/me/residency/", "/me/residency/code/")
    survey.refuse("/me/residency/")
    survey.refuse("/me/residency/code/")
    page = survey.walker.go(f"/votes/{village.open_vote.pk}/ballot/")
    page.check("#pick-1")
    survey.walker.send("form.ballot button[type=submit]")
    survey.look("not confirmed yet")
    survey.visit("/desk/", status=403)
    survey.end()


def test_the_site_in_english(browser: Browser, town_hall: Town) -> None:
    survey = Survey(browser, town_hall, locale="en-US")
    vote, own = town_hall.village.open_vote.pk, town_hall.village.own.pk
    survey.visit(
        "/", "/proposals/", f"/proposals/{own}/", "/debates/", f"/votes/{vote}/",
        f"/votes/{vote}/ballot/", f"/votes/{town_hall.village.finished_vote.pk}/result/",
        "/budgets/", "/places/", "/accounts/login/", "/accounts/signup/", "/search/?q=a",
        "/proposals/new/", "/proposals/map/", "/proposals/overdue/", "/house-rules/", "/draws/",
        "/demo/", "/about/", "/plain/", "/privacy/", "/accessibility/",
        Debate.objects.latest("pk").get_absolute_url(), f"/votes/{vote}/log/",
        Budget.objects.get(contest=vote).get_absolute_url(),
    )  # fmt: skip
    staff = Survey(browser, town_hall, "clerk-a", locale="en-US")
    opened = town_hall.village.boxes["open"].pk
    staff.visit("/me/", "/desk/", "/desk/votes/", f"/desk/boxes/{opened}/hand-out/")
    staff.end()
    survey.end()


def test_the_pages_for_what_goes_wrong(browser: Browser, town_hall: Town) -> None:
    survey = Survey(browser, town_hall)
    survey.visit("/gibt-es-nicht/", status=404)
    request = RequestFactory().get("/")
    for status in (400, 403, 429, 500):
        body = render_to_string(f"{status}.html", request=request if status != 500 else None)
        survey.walker.page.route(
            f"**/broken-{status}/",
            lambda route, _request, body=body, status=status: route.fulfill(
                status=status, body=body, content_type="text/html; charset=utf-8"
            ),
        )
        survey.walker.expected = status
        survey.visit(f"/broken-{status}/", status=status)
    survey.end()
