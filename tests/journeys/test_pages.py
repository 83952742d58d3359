"""Every page in every state, on a phone and on a desk: whole, in Korean, and open to everybody.

Public pages are found by following links from the first page, so that a new page is looked at
without being named here; what needs a role or a state is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings

from budgets.models import Budget
from civic.demo import PASSWORD
from civic.settings import base
from debates.models import Debate
from tests.journeys.conftest import running
from tests.journeys.village import Village, person, settle
from tests.journeys.walks import DESKTOP, PHONE, TABLET, Walker, overflow, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser
    from pytest_django.plugin import DjangoDbBlocker

pytestmark = [pytest.mark.journey, pytest.mark.django_db]  # the mark has the database made

NARROW = 320
REFUSED = 409
"""A page that says why not, such as the ballot of a vote of another dong: looked at like others."""
FILES = re.compile(
    r"^/(static|media|api/v1|display|admin/logout|admin/jsi18n)/"
    r"|\.(zip|jsonl?|csv|pb|pdf|xml|txt)$|/export/?$"
)
"""What is no page of the site: files, data, and addresses that only lead back (`/display/` stores how
one wants to read and returns to the page one came from)."""
LOOKS = {
    "dark": ("100.normal.dark", PHONE),
    "high contrast": ("100.high.light", DESKTOP),
    "dark, high contrast": ("100.high.dark", PHONE),
    "text at 150 %": ("150.normal.light", PHONE),
    "a tablet": ("100.normal.light", TABLET),
}
"""How else a page may be read: text size, contrast and theme as the `display` cookie keeps them."""
STAFF_LOOKS = ("dark", "high contrast")
ALL_OF_THEM = {"/proposals/N/", "/votes/N/", "/budgets/N/", "/places/X/"}
"""Patterns of which a reader without an account sees each one: they stand in different states."""


class Town(NamedTuple):
    """The running site and what is in it."""

    address: str
    village: Village


@pytest.fixture(scope="module")
def town_hall(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """One filled town for all tests here, its pictures in files; emptied afterwards."""
    as_the_site_has_it = override_settings(
        PASSWORD_HASHERS=base.PASSWORD_HASHERS,
        STORAGES={**settings.STORAGES, "default": base.STORAGES["default"]},
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
    )
    with django_db_blocker.unblock(), as_the_site_has_it:
        try:
            village = settle()
            with running() as address:
                yield Town(address, village)
        finally:
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


class Survey:
    """Looks at pages through one person's browser and keeps what is wrong with each."""

    def __init__(self, browser: Browser, town: Town, who: str = "", locale: str = "ko-KR") -> None:
        self.walker = Walker(browser, town.address, locale=locale)
        self.town = town
        self.who = who
        self.seen: dict[str, int] = {}
        self.visited: set[str] = set()
        self.problems: list[str] = []
        if who:
            self.walker.log_in(person(who), password=PASSWORD)

    def look(self, what: str = "") -> None:
        """Look at the page as it stands, at both widths and at the narrowest."""
        page = self.walker.page
        found = [f"{PHONE} px: {one}" for one in problems_of(self.walker)]
        for width in (NARROW, DESKTOP):
            page.set_viewport_size({"width": width, "height": 900})
            more = problems_of(self.walker) if width == DESKTOP else overflow(page)
            found += [f"{width} px: {one}" for one in more]
        page.set_viewport_size({"width": PHONE, "height": 800})
        path = page.url.removeprefix(self.town.address)
        self.problems += [f"{self.who or 'anybody'} {path} {what}: {one}" for one in found]

    def visit(self, *paths: str, status: int = 200) -> None:
        """Open pages and look at each."""
        for path in paths:
            answer = self.walker.page.goto(self.town.address + path)
            if answer is None or answer.status != status:
                self.problems.append(f"{self.who} {path}: {answer and answer.status}")
            self.look()

    def look_otherwise(self, *paths: str, looks: Iterable[str] = LOOKS) -> None:
        """Look at pages as those do who read in the dark, in high contrast, large, on a tablet.

        The site goes by its own cookie, the administration by what the browser says of dark.
        """
        page, context = self.walker.page, self.walker.context
        for look in looks:
            display, width = LOOKS[look]
            context.add_cookies([{"name": "display", "value": display, "url": self.town.address}])
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if display.endswith("dark") else "light")
            for path in paths:
                page.goto(self.town.address + path)
                found = problems_of(self.walker)
                self.problems += [f"{self.who or 'anybody'} {path} {look}: {one}" for one in found]
        context.clear_cookies(name="display")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": PHONE, "height": 800})

    def refuse(self, path: str, form: str = "main form[method=post]") -> None:
        """Send a form of the page as it is, empty, and look at what it says."""
        page = self.walker.go(path)
        button = page.locator(f"{form} [type=submit]").first
        with page.expect_navigation():
            button.click()
        self.look("after an empty form")

    def crawl(self, *starts: str, most: int = 2, within: str = "/") -> None:
        """Visit what is linked from `starts` and from there on, at most so many of each kind."""
        ways = list(starts)
        while ways:
            path = ways.pop(0)
            kind = kind_of(path)
            if path in self.visited or not path.startswith(within) or is_no_page(path):
                continue
            is_each = kind in ALL_OF_THEM and not self.who
            if not is_each and self.seen.get(kind, 0) >= most:
                continue
            self.visited.add(path)
            self.seen[kind] = self.seen.get(kind, 0) + 1
            answer = self.walker.page.goto(self.town.address + path)
            if answer is None or (answer.status >= 400 and answer.status != REFUSED):
                self.problems.append(f"{self.who} {path}: {answer and answer.status}")
                continue
            self.look()
            ways += self.links()

    def links(self) -> list[str]:
        """Addresses of this site that the page links to, without the part after #."""
        hrefs = self.walker.page.eval_on_selector_all(
            "a[href]", "all => all.map(a => new URL(a.getAttribute('href'), location).href)"
        )
        return [
            href.removeprefix(self.town.address).split("#")[0]
            for href in hrefs
            if href.startswith(f"{self.town.address}/")
        ]

    def end(self) -> None:
        """Fail with everything that was found."""
        self.walker.context.close()
        assert not self.problems, "\n".join([f"{len(self.problems)} problems", *self.problems])


def is_no_page(path: str) -> bool:
    """Whether an address is a file, data, a log-out, or one of the many orders of an admin list."""
    parts = urlsplit(path)
    return bool(FILES.search(parts.path)) or (path.startswith("/admin/") and bool(parts.query))


def kind_of(path: str) -> str:
    """An address without its numbers and names, and with the names of its query only."""
    parts = urlsplit(path)
    shape = re.sub(r"/(\d+|[0-9a-f-]{36})(?=/|$)", "/N", parts.path)
    shape = re.sub(r"^/(places|board)/[^/]+", r"/\1/X", shape)
    names = "&".join(sorted({name for name, _value in parse_qsl(parts.query)}))
    return f"{shape}?{names}" if names else shape


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
