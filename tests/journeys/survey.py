"""Looking over every page that a person comes to: what is followed, at which widths, in which looks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from civic.demo import PASSWORD
from tests.journeys.village import Village, person
from tests.journeys.walks import DESKTOP, PHONE, TABLET, Walker, overflow, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Browser

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
