from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.template import Context, Template
from django.utils.translation import override

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)  # half past midnight of the 22nd in Seoul


def render(source: str, language: str, **values: object) -> str:
    with override(language), time_machine.travel(NOW, tick=False):
        return Template("{% load korean %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "value", "korean", "english"),
    [
        ('{{ x|particle:"은/는" }}', "느티동", "느티동은", "느티동"),
        ('{{ x|particle:"으로/로" }}', "서울", "서울로", "서울"),
        ("{{ x|settled }}", "느티동은(는) 서울(으)로", "느티동은 서울로", "느티동은(는) 서울(으)로"),
        ("{{ x|when }}", datetime(2026, 11, 22, 9, tzinfo=UTC), "2026. 11. 22.(일) 18:00", "22 Nov 2026, 18:00"),
        ("{{ x|when }}", date(2026, 11, 22), "2026. 11. 22.(일)", "22 Nov 2026"),
        ("{{ x|day }}", datetime(2026, 11, 22, 15, tzinfo=UTC), "2026. 11. 23.(월)", "23 Nov 2026"),
        ("{{ x|day_of_year }}", date(2026, 12, 5), "12월 5일(토)", "5 Dec"),
        ("{{ x|dday }}", date(2026, 11, 28), "D-6", "6 days left"),
        ("{{ x|dday }}", datetime(2026, 11, 22, 9, tzinfo=UTC), "D-DAY", "today"),
        ("{{ x|relative_day }}", date(2026, 11, 23), "내일", "tomorrow"),
        ("{{ x|won }}", 30_000_000, "30,000,000원", "₩30,000,000"),
        ("{{ x|won_text }}", 30_000_000, "3,000만 원", "₩30,000,000"),
        ("{{ x|people }}", 1284, "1,284명", "1,284 people"),
        ("{{ x|votes }}", 0, "0표", "0 votes"),
        ("{{ x|votes }}", "812", "812표", "812 votes"),
        ("{{ x|ballots }}", 812, "812장", "812 ballots"),
        ('{{ x|counted:"votes" }}', 812, "812표", "812 votes"),
        ('{{ x|counted:"ballots" }}', 812, "812장", "812 ballots"),
        ("{{ x|masked }}", "김민수", "김○○", "김○○"),
    ],
)  # fmt: skip
def test_filters_follow_the_language_of_the_page(
    source: str, value: object, korean: str, english: str
) -> None:
    assert render(source, "ko", x=value) == korean
    assert render(source, "en", x=value) == english


@pytest.mark.parametrize(
    "name",
    ["when", "day", "day_of_year", "dday", "relative_day", "won", "won_text", "people", "votes"],
)
@pytest.mark.parametrize("empty", [{}, {"x": None}])
def test_an_empty_value_shows_nothing(name: str, empty: dict[str, None]) -> None:
    assert render("{{ x|" + name + " }}", "ko", **empty) == ""


def test_a_word_is_still_escaped_after_its_particle() -> None:
    source = '{{ x|particle:"은/는" }} {{ x|masked }} {{ x|settled }}'
    assert render(source, "ko", x="<b>김") == "&lt;b&gt;김은 &lt;○○ &lt;b&gt;김"


def test_korean_is_spoken_where_no_language_is_active() -> None:
    assert render("{{ x|people }}", "en", x=3) == "3 people"
    with override(None):
        assert Template("{% load korean %}{{ x|people }}").render(Context({"x": 3})) == "3명"
