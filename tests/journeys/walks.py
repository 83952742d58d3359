"""How people walk through the site: log in, be watched for errors, be checked by axe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from tests.factories.residents import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from residents.models import User

AXE = Path(__file__).resolve().parent.parent.parent / "static" / "vendor" / "axe.min.js"


class Walker:
    """One person with a browser of their own, in Korean, whose console must stay silent."""

    def __init__(self, browser: Browser, site: str, width: int = 360) -> None:
        self.context = browser.new_context(
            locale="ko-KR", viewport={"width": width, "height": 800}, bypass_csp=False
        )
        self.page: Page = self.context.new_page()
        self.site = site
        self.errors: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _hear(self, message: object) -> None:
        if message.type in {"error", "warning"}:  # type: ignore[attr-defined]  # playwright's message
            self.errors.append(f"{self.page.url}: {message.text}")  # type: ignore[attr-defined]  # the same

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.site + path)
        return self.page

    def press(self, words: str) -> None:
        """Press the button or follow the link with these words."""
        self.page.get_by_role("button", name=words).or_(
            self.page.get_by_role("link", name=words)
        ).first.click()

    def log_in(self, user: User, secret: str = "") -> None:
        """Log in with the password, and the six digits if there is a second factor."""
        page = self.go("/accounts/login/")
        page.fill("#id_login", user.email)
        page.fill("#id_password", PASSWORD)
        page.locator("form[action*=login] button[type=submit]").first.click()
        if secret:
            page.fill("#id_code", code_now(secret))
            page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/accounts/" not in url)

    def check(self) -> None:
        """No finding of axe on the page as it stands, no word on the console, no missing Korean."""
        findings = self.page.evaluate(AXE.read_text() + "; axe.run(document).then(r => r.violations"
            ".map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))")  # fmt: skip
        assert not findings, f"{self.page.url}: {findings}"
        assert not self.errors, self.errors


def code_now(secret: str) -> str:
    """What an authenticator app shows at this moment."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
