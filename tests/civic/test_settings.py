"""Settings that are read from text."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from civic.settings.base import LIMITS, limits_from


def test_limits_of_a_town_replace_those_of_the_house() -> None:
    assert limits_from("proposal=3/day, search=off") == {"proposal": "3/day", "search": "off"}
    assert limits_from("") == {}


@pytest.mark.parametrize("text", ["votes=3/day", "proposal=3", "proposal=0/day", "search=3/week"])
def test_limit_that_cannot_be_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        limits_from(text)


def test_every_limit_can_be_read() -> None:
    for name, rate in LIMITS.items():
        assert limits_from(f"{name}={rate}") == {name: rate}


def test_proxies_are_trusted_alike_for_log_in_and_limits() -> None:
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == settings.TRUSTED_PROXIES
