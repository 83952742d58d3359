"""Somebody new: signs up on a phone, types the code that was mailed, and is inside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from residents.models import User
from tests.journeys.conftest import until
from tests.journeys.walks import PHONE, Walker

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

CODE = re.compile(r"인증번호: (\S+)")


def test_a_newcomer_signs_up_with_the_code_that_was_mailed(site: str, browser: Browser) -> None:
    phone, address = Walker(browser, site, PHONE), "saebom@new.example"
    phone.go("/accounts/signup/")
    phone.fill(email=address, password1="느티나무 그늘 아래 2026", name="박새봄")
    phone.page.check("#id_consent")
    phone.check()
    phone.send()
    phone.reads(address)
    phone.check()

    other = Walker(browser, site, PHONE)
    mail = other.page.locator("article", has_text=address)
    until(lambda: other.go("/demo/mail/") and mail.count(), 30, "the mail is shown")
    other.check()
    said = mail.first.inner_text()
    assert said.startswith(f"[{settings.SITE_NAME}] ")
    found = CODE.search(said)
    assert found, said

    phone.fill(code="AAAA-AAAA")
    phone.send()
    phone.check()
    phone.fill(code=found[1])
    phone.send()
    phone.check()
    assert User.objects.get(email=address).is_active
    phone.go("/me/")
    phone.reads("박새봄")
    phone.check()
