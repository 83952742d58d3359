"""How people walk through the site: log in, be watched for errors, have every page looked over."""

from __future__ import annotations

import gettext
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings

from tests.factories.paper import code_at
from tests.factories.residents import PASSWORD
from voting.models import Contest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

    from residents.models import User

FOLDER = Path(__file__).resolve().parent
AXE = (FOLDER.parent.parent / "static" / "vendor" / "axe.min.js").read_text()
LOOK = (FOLDER / "look.js").read_text()
PAGE = "{include: [['html']], exclude: [['.inline-group thead']]}"
"""What axe looks at: all but the heads of the admin's rows of rows, whose empty cells are Django's."""
OPTIONS = "{preload: false, reporter: 'no-passes', selectors: false}"
"""Every rule; told is what breaks one, without an address for each node: half of the time is that."""
PHONE, TABLET, DESKTOP = 360, 768, 1280
NO_LOG_IN: dict[str, str | None] = {"password": None}
"""For accounts of a crowd, which act by services: a real password takes a tenth of a second."""
SECONDS_OF_A_CODE = 30
PATIENCE = 90_000
"""Milliseconds that a page may take on a slow machine; nobody waits longer than it takes."""
LATIN = re.compile(
    r"""https?://\S+|\S+@\S+|/\S+|[\w-]+\.(?:example|org|kr|json|jsonl|sig|pdf|zip|csv|pb|py|txt|xml)
    |[a-z_]+(?:\.[a-z_]+)+(?::\d+)?|\b(?:[0-9a-f]{4}\s?)+\b|\b[A-Z0-9]{4}-[A-Z0-9]{4}\b
    |(?<![A-Za-z])(?:QR|PDF|CSV|JSONL?|ZIP|API|SHA|Ed25519|LED|SMS|ON|AGPL-3.0-or-later|PaBuLib|Madang
    |Python|OpenAPI|KWCAG|WCAG|KRDS|Pretendard\ GOV|OFL|UTF|JPEG|PNG|WebP|[kKM]?B|GeoJSON|gzip|CP|WGS|[ck]?m|Enter|English|ID|D-DAY|AA|next|pb)
    (?![A-Za-z])""",
    re.VERBOSE,
)
"""Latin letters that Korean text holds as they are: addresses, file names, names of formats."""

WRITTEN_BY_THE_SITE = re.compile(r"/(accounts/.*|about|plain|privacy|accessibility)/(\?.*)?$")
"""Pages without a word that people wrote."""

_shown: dict[int, int] = {}
"""The last half minute of which each person's code was typed: the site takes each code once."""


class Walker:
    """One person with a browser of their own, whose console must stay silent."""

    def __init__(
        self, browser: Browser, site: str, width: int = PHONE, locale: str = "ko-KR"
    ) -> None:
        self.context = browser.new_context(
            locale=locale,
            timezone_id="Asia/Seoul",
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.site = site
        self.width = width
        self.is_korean = locale == "ko-KR"
        self.errors: list[str] = []
        self.expected = 0
        """A status that is looked for, and so is no error."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", self._miss)
        self.page.on("response", self._answer)

    def _hear(self, message: ConsoleMessage) -> None:
        """Keep what the browser complains of; what a status means is judged by `_answer`."""
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load"):
            self.errors.append(f"{self.page.url}: {message.text}")

    def _miss(self, request: Request) -> None:
        """Keep requests that came to nothing; those the browser itself broke off do not count."""
        if request.failure != "net::ERR_ABORTED":
            self.errors.append(f"{self.page.url}: {request.url} {request.failure}")

    def _answer(self, response: Response) -> None:
        """Keep files that are not there and servers that broke; a refused form is no error."""
        is_page = response.request.is_navigation_request() or response.request.method == "POST"
        if response.status == self.expected:
            return
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.errors.append(f"{self.page.url}: {response.url} {response.status}")

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.site + path)
        return self.page

    def press(self, words: str) -> None:
        """Press the button or follow the link with these words, and wait for what comes."""
        button = self.page.get_by_role("button", name=words)
        with self.page.expect_navigation():
            button.or_(self.page.get_by_role("link", name=words)).first.click()

    def send(self, selector: str = "main form button[type=submit]") -> None:
        """Send a form by its first button, and wait for the answer."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def fill(self, **fields: str) -> None:
        """Type into fields, named as Django names their ids."""
        for name, value in fields.items():
            self.page.fill(f"#id_{name}", value)

    def reads(self, words: str) -> bool:
        """Whether the page says `words`; waits for them."""
        self.page.locator("body").get_by_text(words).first.wait_for()
        return True

    def log_in(self, user: User, *, password: str = PASSWORD, is_there: bool = False) -> None:
        """Log in with the password, and the code of the app if there is a second factor.

        `is_there`: the site has brought the person to the log-in already.
        """
        page = self.page if is_there else self.go("/accounts/login/")
        page.fill("#id_login", user.email)
        page.fill("#id_password", password)
        self.send("form[action*=login] button[type=submit]")
        if Authenticator.objects.filter(user=user).exists():
            page.fill("#id_code", fresh_code(user))
            self.send()
        page.wait_for_url(lambda url: "/accounts/" not in url)

    def widen(self, width: int) -> None:
        """Go on at another width."""
        self.width = width
        self.page.set_viewport_size({"width": width, "height": 800})

    def check(self) -> None:
        """Fail on anything found on the page as it stands, at the width it has."""
        found = problems_of(self)
        assert not found, f"{self.page.url} ({self.width} px)\n" + "\n".join(found)


def problems_of(walker: Walker) -> list[str]:
    """What is wrong with the page as it stands, and what the browser complained of since."""
    page = walker.page
    if not page.evaluate("typeof window.axe === 'object'"):  # a page is often looked at twice
        page.evaluate(AXE)
    found: list[str] = page.evaluate(
        f"axe.run({PAGE}, {OPTIONS}).then(r => r.violations"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 300)).join(' | ')))"
    )
    seen = page.evaluate(f"({LOOK})()")
    found += seen["wrong"]
    if walker.is_korean:
        for text in seen["words"]:
            if foreign := foreign_words(text):
                found.append(f"no Korean: {foreign} in {json.dumps(text, ensure_ascii=False)}")
    else:
        found += [f"no English: {text}" for text in seen["hangul"] if is_left_in_korean(page, text)]
    found += walker.errors
    walker.errors.clear()
    return found


def is_left_in_korean(page: Page, text: str) -> bool:
    """Whether Korean on an English page is the site's own: all of it where nobody writes, else what
    the catalogs give as a translation. Names and texts of people stay as they wrote them.
    """
    for kept in (settings.SITE_NAME, settings.SITE_HOURS, "김○○"):
        text = text.replace(kept, "")
    is_hangul = re.search("[가-힣]", text) is not None
    return (is_hangul and bool(WRITTEN_BY_THE_SITE.search(page.url))) or text in korean_sentences()


@cache
def korean_sentences() -> frozenset[str]:
    """Whole sentences of the Korean catalogs: those that end as one, so that no title is among them."""
    told: set[str] = set()
    for compiled in (FOLDER.parent.parent / "locale").rglob("*.mo"):
        with compiled.open("rb") as file:
            catalog: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # no public way to all of them
        told |= {text for text in catalog.values() if text.endswith(".") and "%(" not in text}
    return frozenset(told)


def overflow(page: Page) -> list[str]:
    """What is wider than the screen."""
    seen = page.evaluate(f"({LOOK})()")
    return [one for one in seen["wrong"] if one.startswith("wider")]


def foreign_words(text: str) -> list[str]:
    """The Latin words of a Korean text that are neither an address nor on the list."""
    return re.findall(r"[A-Za-z]{2,}", LATIN.sub(" ", text))


def fresh_code(user: User) -> str:
    """What a person's app shows; waits for the next half minute if this code was used already."""
    app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    while _shown.get(user.pk) == (now := int(time.time())) // SECONDS_OF_A_CODE or (
        now % SECONDS_OF_A_CODE > SECONDS_OF_A_CODE - 3
    ):
        time.sleep(0.3)
    _shown[user.pk] = now // SECONDS_OF_A_CODE
    return code_at(app, now)


def state_of(contest: Contest) -> str:
    """Where the contest stands now."""
    return Contest.objects.values_list("state", flat=True).get(pk=contest.pk)


def count_again(person: Walker, contest: Contest, folder: Path) -> None:
    """Download the kit from its page, unpack it into `folder`, run its verifier: it is green."""
    page = person.go(f"/votes/{contest.pk}/recount/")
    address = page.locator("a[href$='.zip']").first.get_attribute("href")
    kit = page.request.get(f"{person.site}{address}").body()
    zipfile.ZipFile(io.BytesIO(kit)).extractall(folder)
    found = verify(folder)
    assert found.returncode == 0, f"{contest.rule}: {found.stdout}"
    assert "초록" in found.stdout


def verify(bundle: Path) -> subprocess.CompletedProcess[str]:
    """Run the bundle's own verifier as anybody would."""
    return subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, str(bundle / "verify.py"), str(bundle)],
        capture_output=True,
        text=True,
        check=False,
    )
