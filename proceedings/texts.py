"""Typed text made safe to keep, for every form and every line of an import."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hangul.personal_numbers import find_resident_numbers


def clean_text(value: str) -> str:
    """Typed text made safe to keep: composed Hangul, no control characters, blanks trimmed.

    Raises ValidationError, naming the line, when it holds a resident registration number: keeping
    one is unlawful even with consent.
    """
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
    found = find_resident_numbers(text)
    if found:
        raise ValidationError(
            _(
                "Line %(line)d seems to hold a resident registration number. "
                "It may not be kept here: please take it out."
            ),
            code="resident_number",
            params={"line": found[0].line},
        )
    return text
