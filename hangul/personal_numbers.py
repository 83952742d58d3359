"""Finds what must not stand in a text: resident registration numbers, and contacts to warn of.

A resident registration number (주민등록번호, and 외국인등록번호 for foreign residents) has 13
digits: six of the birth date, one for century, sex and nationality (1-4 for Koreans, 5-8 for
foreigners; 1, 2, 5, 6 born in the 1900s, 3, 4, 7, 8 in the 2000s), and six more.
Keeping one is unlawful even with consent, so texts that hold one are refused.

The trade-off: numbers given out since October 2020 carry no check digit, so there is nothing to
prove that 13 digits are *not* one. Any 6 + 7 digits count whose first six are a real calendar day
of the century that the seventh names. That leaves about three in a hundred arbitrary 13-digit
numbers (account numbers, bar codes) wrongly refused, and lets through one that is broken up by
words or masked with asterisks. Longer runs of digits (cards), phone numbers and amounts of money
do not have the shape. Born in the 1800s (9, 0) is left out: nobody with such a number lives.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum

DASHES = "-‐‑‒–—―−ー~·."
GAP = rf"[{DASHES}/ ]"
NUMBER = re.compile(
    rf"(?<!\d)(?P<century>19|20)?(?P<year>\d\d)(?P<split>{GAP}?)(?P<month>\d\d)(?P=split)(?P<day>\d\d)"
    rf"(?P<between>{GAP}{{0,3}})(?P<sex>[1-8])\d{{6}}(?!\d)(?P<money>\s?원)?"
)
PHONE = re.compile(
    r"(?<![\d-])(?:\+82[-. ]?0?|\(?0)(?:1[016789]|2|[3-6][1-5]|70|80|50\d)\)?"
    r"[-. ]?\d{3,4}[-. ]?\d{4}(?!\d)"
)
EMAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,20}",
    re.ASCII,
)


class Kind(Enum):
    """What was found."""

    RESIDENT = "resident"
    FOREIGNER = "foreigner"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, order=True)
class Finding:
    """Where something stands in a text: text[start:end], on which line (from 1).

    It does not hold the number itself, so that no message or log repeats it.
    """

    start: int
    end: int
    line: int
    kind: Kind


def find_resident_numbers(text: str) -> list[Finding]:
    """Every resident registration number in a text, in order of appearance."""
    plain, origin = plain_digits(text)
    found = []
    for match in NUMBER.finditer(plain):
        if is_number(match):
            foreign = match["sex"] in "5678"
            kind = Kind.FOREIGNER if foreign else Kind.RESIDENT
            found.append(finding(text, origin, match.start(), match.end("sex") + 6, kind))
    return found


def find_contacts(text: str) -> list[Finding]:
    """Phone numbers and e-mail addresses, for a warning before publishing: they may be meant."""
    plain, origin = plain_digits(text)
    found = [
        finding(text, origin, match.start(), match.end(), kind)
        for kind, shape in ((Kind.PHONE, PHONE), (Kind.EMAIL, EMAIL))
        for match in shape.finditer(plain)
    ]
    return sorted(found, key=lambda each: each.start)


def plain_digits(text: str) -> tuple[str, list[int]]:
    """The text with digits of any script as 0-9, blanks as spaces and invisible signs left out.

    The list tells for each character where it stood.
    """
    plain, origin = [], []
    for place, char in enumerate(text):
        if char.isascii():
            shown = " " if char == "\t" else char
        elif char.isdecimal():
            shown = str(unicodedata.decimal(char))
        elif "！" <= char <= "～":  # full-width signs
            shown = unicodedata.normalize("NFKC", char)
        elif char.isspace():
            shown = " "
        elif unicodedata.category(char) == "Cf":  # zero-width characters
            continue
        else:
            shown = char
        plain.append(shown)
        origin.append(place)
    return "".join(plain), origin


def is_number(match: re.Match[str]) -> bool:
    """Whether the date is real and the digits are not money after a date, nor a long fraction."""
    century = "19" if match["sex"] in "1256" else "20"
    gap = match["between"]
    if match["century"] and (match["century"] != century or not gap):
        return False
    if match["money"] and gap.isspace():
        return False
    if not gap and re.search(r"\d\.$", match.string[: match.start()][-2:]):
        return False
    try:
        date(int(century + match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return False
    return True


def finding(text: str, origin: list[int], start: int, end: int, kind: Kind) -> Finding:
    """A finding in places of the original text."""
    first, last = origin[start], origin[end - 1]
    return Finding(first, last + 1, text.count("\n", 0, first) + 1, kind)
