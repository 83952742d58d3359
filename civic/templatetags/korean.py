"""Filters for Korean (and English) text: particles, dates, money, counts, names.

All follow the language of the page. Empty values give an empty string; the clock is Seoul's.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django import template
from django.template.defaultfilters import stringfilter
from django.utils import timezone
from django.utils.translation import get_language

from hangul import formats, masking, particles

if TYPE_CHECKING:
    from collections.abc import Callable

register = template.Library()
Number = int | str | None
Amount = Decimal | Fraction | int


def language() -> str:
    """The language of the page; Korean where none is active."""
    return get_language() or "ko"


def today() -> date:
    """The day it is in Seoul."""
    return formats.seoul_date(timezone.now())


def number(value: Number, form: Callable[[int, str], str]) -> str:
    """A number in one of the forms. A variable that the page lacks arrives as "" or None."""
    return "" if value is None or value == "" else form(int(value), language())


@register.filter
def won(value: Number) -> str:
    """`{{ project.cost|won }}`: money for tables."""
    return number(value, formats.won)


@register.filter
def won_text(value: Number) -> str:
    """`{{ project.cost|won_text }}`: money for sentences."""
    return number(value, formats.won_text)


@register.filter
def money(value: Amount | None, currency: str) -> str:
    """`{{ project.cost|money:budget.currency }}`: money of any currency for tables."""
    return "" if value is None else formats.money(value, currency, language())


@register.filter
def money_text(value: Amount | None, currency: str) -> str:
    """`{{ project.cost|money_text:budget.currency }}`: money of any currency for sentences."""
    return "" if value is None else formats.money_text(value, currency, language())


@register.filter
def people(value: Number) -> str:
    """`{{ supports|people }}`: how many people."""
    return number(value, formats.people)


@register.filter
def votes(value: Number) -> str:
    """`{{ total|votes }}`: how many votes."""
    return number(value, formats.votes)


@register.filter
def ballots(value: Number) -> str:
    """`{{ total|ballots }}`: how many ballots, whatever stands on them."""
    return number(value, formats.ballots)


@register.filter
def counted(value: Number, unit: str) -> str:
    """`{{ total|counted:unit }}`: how many votes; with the unit "ballots" how many ballots."""
    return ballots(value) if unit == "ballots" else votes(value)


@register.filter
def stickers(value: Number) -> str:
    """`{{ total|stickers }}`: how many stickers."""
    return number(value, formats.stickers)


@register.filter
def sheets(value: Number) -> str:
    """`{{ issued|sheets }}`: how many sheets of paper."""
    return number(value, formats.sheets)


@register.filter(is_safe=True)
@stringfilter
def particle(word: str, pair: str) -> str:
    """`{{ area.name|particle:"은/는" }}`: the word with its particle; in English the bare word."""
    return particles.attach(word, pair) if formats.is_korean(language()) else word


@register.filter(is_safe=True)
@stringfilter
def settled(text: str) -> str:
    """A translated sentence with "은(는)" settled by the word before it."""
    return particles.settle(text) if formats.is_korean(language()) else text


@register.filter
def when(value: date | None) -> str:
    """`{{ contest.closes_at|when }}`: day and time; a plain date has only its day."""
    if isinstance(value, datetime):
        return formats.when(value, language())
    return day(value)


@register.filter
def day(value: date | None) -> str:
    """`{{ answer_due_on|day }}`: the full day."""
    return formats.day(value, language()) if value else ""


@register.filter
def day_of_year(value: date | None) -> str:
    """`{{ closes_at|day_of_year }}`: a near day, without its year."""
    return formats.day_of_year(value, language()) if value else ""


@register.filter
def dday(value: date | None) -> str:
    """`{{ closes_at|dday }}`: days left, counted in calendar days of Seoul."""
    return formats.dday(value, today(), language()) if value else ""


@register.filter
def relative_day(value: date | None) -> str:
    """`{{ published_at|relative_day }}`: today, tomorrow, three days ago."""
    return formats.relative_day(value, today(), language()) if value else ""


@register.filter
@stringfilter
def masked(name: str) -> str:
    """`{{ person.name|masked }}`: a name of which only the surname shows."""
    return masking.mask_name(name)
