"""Dates, money and counts as Koreans write them, each beside its English form.

Korean: "2026. 11. 22.(일) 18:00", "3,000만 원" in text and "30,000,000원" in tables, "1,284명",
"D-6". `language` is a code such as "ko" or "en-gb"; all but Korean get the English form. Nothing
here reads a clock: the day that counts as today is an argument.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
WEEKDAYS = "월화수목금토일"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))
NEAR_DAYS = {-2: "그저께", -1: "어제", 0: "오늘", 1: "내일", 2: "모레"}
NEAR_DAYS_ENGLISH = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def is_korean(language: str) -> bool:
    """Whether a language code means Korean."""
    return language.lower().partition("-")[0] == "ko"


def in_seoul(moment: datetime) -> datetime:
    """A moment on the clocks of Seoul. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SEOUL)


def seoul_date(value: date) -> date:
    """The calendar day of a date, or of a moment as Seoul sees it."""
    return in_seoul(value).date() if isinstance(value, datetime) else value


def when(moment: datetime, language: str = "ko") -> str:
    """Day and time: "2026. 11. 22.(일) 18:00", "22 Nov 2026, 18:00"."""
    sign = "" if is_korean(language) else ","
    return f"{day(moment, language)}{sign} {in_seoul(moment):%H:%M}"


def day(value: date, language: str = "ko") -> str:
    """A full day: "2026. 11. 22.(일)", "22 Nov 2026". Moments are taken as days in Seoul."""
    local = seoul_date(value)
    if is_korean(language):
        return f"{local.year}. {local.month}. {local.day}.({WEEKDAYS[local.weekday()]})"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def day_of_year(value: date, language: str = "ko") -> str:
    """A day near enough to need no year: "12월 5일(토)", "5 Dec"."""
    local = seoul_date(value)
    if is_korean(language):
        return f"{local.month}월 {local.day}일({WEEKDAYS[local.weekday()]})"
    return f"{local.day} {MONTHS[local.month - 1]}"


def dday(value: date, today: date, language: str = "ko") -> str:
    """Days left until a day: "D-6", "D-DAY", "D+3"; "6 days left", "today", "3 days ago"."""
    left = (seoul_date(value) - today).days
    if is_korean(language):
        return f"D{-left:+d}" if left else "D-DAY"
    if not left:
        return "today"
    days = "1 day" if abs(left) == 1 else f"{abs(left):,} days"
    return f"{days} left" if left > 0 else f"{days} ago"


def relative_day(value: date, today: date, language: str = "ko") -> str:
    """A day as seen from today: "내일", "3일 뒤", "12일 전"; "tomorrow", "in 3 days"."""
    away = (seoul_date(value) - today).days
    if is_korean(language):
        return NEAR_DAYS.get(away) or (f"{away:,}일 뒤" if away > 0 else f"{-away:,}일 전")
    far = f"in {away:,} days" if away > 0 else f"{-away:,} days ago"
    return NEAR_DAYS_ENGLISH.get(away) or far


def won(amount: int, language: str = "ko") -> str:
    """Money for tables, in won: "30,000,000원", "₩30,000,000"."""
    if is_korean(language):
        return f"{amount:,}원"
    return f"-₩{-amount:,}" if amount < 0 else f"₩{amount:,}"


def won_text(amount: int, language: str = "ko") -> str:
    """Money for sentences, exact: "4,800만 원", "1억 2,000만 원".

    What is no whole number of 만 is written in digits, as in tables.
    """
    if not is_korean(language) or not amount or amount % 10**4:
        return won(amount, language)
    parts = []
    rest = abs(amount)
    for size, name in STEPS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,}{name}")
    return f"{'-' if amount < 0 else ''}{' '.join(parts)} 원"


def money(amount: Decimal | Fraction | int, currency: str, language: str = "ko") -> str:
    """Money of any currency for tables: won as `won` writes it, others with their code.

    "5,100 PLN"; parts of a whole are written with two decimals, rounded.
    """
    exact = Fraction(amount)
    if exact.denominator == 1:
        if currency == "KRW":
            return won(int(exact), language)
        return f"{int(exact):,} {currency}"
    return f"{round(Decimal(exact.numerator) / exact.denominator, 2):,.2f} {currency}"


def money_text(amount: Decimal | Fraction | int, currency: str, language: str = "ko") -> str:
    """Money of any currency for sentences: won as `won_text` writes it, others as in tables."""
    exact = Fraction(amount)
    if currency == "KRW" and exact.denominator == 1:
        return won_text(int(exact), language)
    return money(amount, currency, language)


def decimal(number: Fraction | int, places: int = 2) -> str:
    """A figure that need not be whole: at most so many decimals, halves rounded up, no zeros."""
    scaled = (2 * Fraction(number) * 10**places + 1) // 2
    whole, rest = divmod(int(abs(scaled)), 10**places)
    digits = f"{rest:0{places}d}".rstrip("0") if places else ""
    return f"{'-' if scaled < 0 else ''}{whole:,}{'.' if digits else ''}{digits}"


def people(count: int, language: str = "ko") -> str:
    """How many people: "1,284명", "1,284 people", "1 person"."""
    return counted(count, "명", "person", "people", language)


def votes(count: int, language: str = "ko") -> str:
    """How many votes: "812표", "812 votes", "1 vote"."""
    return counted(count, "표", "vote", "votes", language)


def ballots(count: int, language: str = "ko") -> str:
    """How many ballots, whatever stands on them: "136장", "136 ballots", "1 ballot"."""
    return counted(count, "장", "ballot", "ballots", language)


def stickers(count: int, language: str = "ko") -> str:
    """How many stickers: "640장", "640 stickers", "1 sticker"."""
    return counted(count, "장", "sticker", "stickers", language)


def sheets(count: int, language: str = "ko") -> str:
    """How many sheets of paper: "34장", "34 sheets", "1 sheet"."""
    return counted(count, "장", "sheet", "sheets", language)


def counted(count: int, korean: str, one: str, many: str, language: str) -> str:
    """A count with what it counts; Korean writes its counter without a space."""
    if is_korean(language):
        return f"{count:,}{korean}"
    return f"{count:,} {one if count == 1 else many}"
