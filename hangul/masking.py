"""Names, addresses and numbers shown so that their owner knows them and others do not."""

from __future__ import annotations

import unicodedata

from hangul.jamo import is_syllable

CIRCLE = "○"
TWO_SYLLABLE_SURNAMES = frozenset(
    ["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "망절", "어금", "장곡"]
)


def mask_name(name: str) -> str:
    """A name with all but its surname hidden: "김○○", "남궁○○", "J○○ S○○".

    A two-syllable surname is shown only in names of four syllables: in shorter ones the same
    syllables may be surname and given name (황보라), and less is shown. Longer names show their
    first syllable; names in other scripts the first letter of each word, not its length.
    """
    words = unicodedata.normalize("NFC", name).split()
    letters = "".join(words)
    if not all(is_syllable(char) for char in letters):
        return " ".join(word[0] + CIRCLE * 2 for word in words)
    if len(letters) == 4 and letters[:2] in TWO_SYLLABLE_SURNAMES:
        return letters[:2] + CIRCLE * 2
    hidden = len(letters) - 1 if 2 <= len(letters) <= 4 else 2
    return letters[:1] + CIRCLE * hidden if letters else ""


def mask_email(address: str) -> str:
    """An address that its owner recognises: "mi***@example.kr". At least half is hidden."""
    local, at, domain = address.rpartition("@")
    return f"{local[: min(2, len(local) // 2)]}***{at}{domain}" if at else "***"


def mask_phone(number: str) -> str:
    """A phone number of which only the last four digits are shown: "***-****-5678"."""
    digits = [char for char in number if char.isdigit()]
    return f"***-****-{''.join(digits[-4:])}" if len(digits) >= 8 else "***"
