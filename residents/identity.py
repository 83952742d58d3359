"""How one person is found again without keeping who it is: keyed hashes (pure; docs/identity.md).

The key comes from the settings and is kept apart from the database: whoever has only the tables
cannot try out names and birth dates against them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from datetime import date

from proceedings.refusals import Refusal, mark

CONSENT_AGE = 14
"""Below this age a guardian must consent (Personal Information Protection Act, article 22-2)."""
MARKS = ("", "2", "3", "4")
"""Tell people apart who share name and birth date; the first has no mark."""


def keyed_hash(key: str, purpose: str, *parts: str) -> str:
    """HMAC-SHA256 of `parts` as 64 hex digits; `purpose` keeps hashes of different kinds apart.

    Parts are joined with a character that cannot stand in any of them. Raises ValueError without
    a key: an unkeyed hash of a name could be guessed.
    """
    if not key:
        raise ValueError("The identity key is not set.")
    message = "\x1f".join((purpose, *parts))
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def plain_name(name: str) -> str:
    """A name as it is compared: composed, without blanks, dots and hyphens, in one case."""
    composed = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s.·'’\-‐-―]", "", composed)


def identity_hash(key: str, name: str, birth_date: date, mark_: str = "") -> str:
    """The hash under which a person is stored: name, birth date, and a mark for homonyms."""
    return keyed_hash(key, "identity", plain_name(name), birth_date.isoformat(), mark_)


def match_hash(key: str, name: str, birth_date: date, phone: str) -> str:
    """The hash that an applicant types again: name, birth date, last four digits of the phone.

    Raises ValueError when the phone has fewer than four digits.
    """
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    if len(digits) < 4:
        raise ValueError("A phone number ends in four digits.")
    return keyed_hash(key, "match", plain_name(name), birth_date.isoformat(), digits[-4:])


def read_birth_date(text: str, today: date) -> date:
    """The day written as 8 digits (19580312), with or without dots, hyphens and blanks between.

    Raises ValueError for anything else, a day to come, or one more than 130 years ago.
    """
    digits = re.sub(r"[\s.\-/]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise ValueError("not eight digits")
    day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if not today.year - 130 <= day.year or day > today:
        raise ValueError("not the birth date of a living person")
    return day


def year_from(day: date) -> date:
    """The same day one year later; 28 February for a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def check_consent_age(birth_date: date, today: date, *, has_guardian: bool) -> Refusal | None:
    """None for people of 14 and older, and for younger ones with a guardian's consent."""
    born = (birth_date.month, birth_date.day)
    age = today.year - birth_date.year - ((today.month, today.day) < born)
    if age >= CONSENT_AGE or has_guardian:
        return None
    return Refusal(
        "guardian_needed",
        mark("People under 14 need the consent of a parent or guardian."),
        mark("Please come to your centre together."),
    )
