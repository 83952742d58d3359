from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangul import formats

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # 18:00 in Seoul
DAY = date(2026, 11, 22)


def test_moments_are_shown_on_the_clocks_of_seoul() -> None:
    assert formats.when(CLOSING) == "2026. 11. 22.(일) 18:00"
    assert formats.when(CLOSING, "en") == "22 Nov 2026, 18:00"


def test_a_moment_late_in_the_utc_evening_is_the_next_day_in_seoul() -> None:
    late = datetime(2026, 12, 31, 15, 5, tzinfo=UTC)
    assert formats.when(late) == "2027. 1. 1.(금) 00:05"
    assert formats.day(late) == "2027. 1. 1.(금)"
    assert formats.day_of_year(late, "en") == "1 Jan"


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        formats.when(datetime(2026, 11, 22, 18, 0))  # noqa: DTZ001 - the refused case


@pytest.mark.parametrize(
    ("form", "korean", "english"),
    [
        (formats.day, "2026. 11. 22.(일)", "22 Nov 2026"),
        (formats.day_of_year, "11월 22일(일)", "22 Nov"),
    ],
)
def test_days(form: Callable[..., str], korean: str, english: str) -> None:
    assert form(DAY) == korean
    assert form(DAY, "en-gb") == english


@given(st.dates())
def test_a_written_day_can_be_read_back(day: date) -> None:
    found = re.fullmatch(r"(\d+)\. (\d+)\. (\d+)\.\((.)\)", formats.day(day))
    assert found
    assert date(int(found[1]), int(found[2]), int(found[3])) == day
    assert "월화수목금토일".index(found[4]) == day.weekday()


@pytest.mark.parametrize(
    ("away", "korean", "english"),
    [
        (6, "D-6", "6 days left"),
        (1, "D-1", "1 day left"),
        (0, "D-DAY", "today"),
        (-1, "D+1", "1 day ago"),
        (-30, "D+30", "30 days ago"),
    ],
)
def test_days_left(away: int, korean: str, english: str) -> None:
    assert formats.dday(DAY + timedelta(away), DAY) == korean
    assert formats.dday(DAY + timedelta(away), DAY, "en") == english


def test_days_left_count_calendar_days_of_seoul() -> None:
    just_after_midnight = datetime(2026, 11, 22, 15, 1, tzinfo=UTC)
    assert formats.dday(just_after_midnight, DAY) == "D-1"


@pytest.mark.parametrize(
    ("away", "korean", "english"),
    [
        (-12, "12일 전", "12 days ago"),
        (-2, "그저께", "2 days ago"),
        (-1, "어제", "yesterday"),
        (0, "오늘", "today"),
        (1, "내일", "tomorrow"),
        (2, "모레", "in 2 days"),
        (3, "3일 뒤", "in 3 days"),
        (1000, "1,000일 뒤", "in 1,000 days"),
    ],
)
def test_relative_days(away: int, korean: str, english: str) -> None:
    assert formats.relative_day(DAY + timedelta(away), DAY) == korean
    assert formats.relative_day(DAY + timedelta(away), DAY, "en") == english


@pytest.mark.parametrize(
    ("amount", "table", "text", "english"),
    [
        (30_000_000, "30,000,000원", "3,000만 원", "₩30,000,000"),
        (48_000_000, "48,000,000원", "4,800만 원", "₩48,000,000"),
        (120_000_000, "120,000,000원", "1억 2,000만 원", "₩120,000,000"),
        (300_000_000, "300,000,000원", "3억 원", "₩300,000,000"),
        (541_100_000, "541,100,000원", "5억 4,110만 원", "₩541,100,000"),
        (1_000_000_000_000, "1,000,000,000,000원", "1조 원", "₩1,000,000,000,000"),
        (2_000_350_000_000, "2,000,350,000,000원", "2조 3억 5,000만 원", "₩2,000,350,000,000"),
        (10_000, "10,000원", "1만 원", "₩10,000"),
        (12_345_678, "12,345,678원", "12,345,678원", "₩12,345,678"),
        (5_000, "5,000원", "5,000원", "₩5,000"),
        (0, "0원", "0원", "₩0"),
        (-4_000_000, "-4,000,000원", "-400만 원", "-₩4,000,000"),
    ],
)
def test_money(amount: int, table: str, text: str, english: str) -> None:
    assert formats.won(amount) == table
    assert formats.won_text(amount) == text
    assert formats.won(amount, "en") == formats.won_text(amount, "en") == english


def read_money(text: str) -> int:
    """Money in text read back, written without the code under test."""
    sign = -1 if text.startswith("-") else 1
    body = text.removeprefix("-").removesuffix("원").strip().replace(",", "")
    if body.isdigit():
        return sign * int(body)
    sizes = {"조": 10**12, "억": 10**8, "만": 10**4}
    return sign * sum(int(part[:-1]) * sizes[part[-1]] for part in body.split())


@given(st.one_of(st.integers(), st.integers().map(lambda n: n * 10_000)))
def test_money_in_text_can_be_read_back_to_the_won(amount: int) -> None:
    assert read_money(formats.won_text(amount)) == amount


def test_sheets_of_paper() -> None:
    assert [formats.sheets(1284), formats.sheets(1, "en")] == ["1,284장", "1 sheet"]


def test_ballots_are_counted_apart_from_the_votes_on_them() -> None:
    assert [formats.ballots(1284), formats.ballots(1, "en")] == ["1,284장", "1 ballot"]


@pytest.mark.parametrize(
    ("count", "people", "votes", "english"),
    [
        (0, "0명", "0표", ("0 people", "0 votes")),
        (1, "1명", "1표", ("1 person", "1 vote")),
        (1284, "1,284명", "1,284표", ("1,284 people", "1,284 votes")),
    ],
)
def test_counts(count: int, people: str, votes: str, english: tuple[str, str]) -> None:
    assert (formats.people(count), formats.votes(count)) == (people, votes)
    assert (formats.people(count, "en"), formats.votes(count, "en")) == english


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ko", True), ("ko-kr", True), ("KO", True), ("kok", False), ("en", False)],
)
def test_language_codes_that_mean_korean(language: str, *, expected: bool) -> None:
    assert formats.is_korean(language) is expected


@pytest.mark.parametrize(
    ("amount", "currency", "table", "text"),
    [
        (48_000_000, "KRW", "48,000,000원", "4,800만 원"),
        (Decimal("48000000.00"), "KRW", "48,000,000원", "4,800만 원"),
        (Fraction(5, 2), "PLN", "2.50 PLN", "2.50 PLN"),
        (1_603_000, "PLN", "1,603,000 PLN", "1,603,000 PLN"),
    ],
)
def test_money_of_any_currency_shows_won_or_its_code(
    amount: Decimal | Fraction | int, currency: str, table: str, text: str
) -> None:
    assert formats.money(amount, currency) == table
    assert formats.money_text(amount, currency) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(367, 2), "183.5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 200), "0.01"),
        (1234, "1,234"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(0), "0"),
    ],
)
def test_figures_that_need_not_be_whole(number: Fraction, text: str) -> None:
    assert formats.decimal(number) == text
