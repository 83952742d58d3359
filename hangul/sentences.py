"""Sentences put together from a translated frame and plain values."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from hangul import formats, particles

if TYPE_CHECKING:
    from collections.abc import Mapping


def spoken(value: object, language: str = "ko") -> str:
    """A value as it stands in a sentence: moments, days and whole numbers in local form."""
    if isinstance(value, datetime):
        return formats.when(value, language)
    if isinstance(value, date):
        return formats.day(value, language)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def fill(frame: str, values: Mapping[str, object], language: str = "ko") -> str:
    """Fill the `%(name)s` places of a translated sentence.

    Korean particles written in both forms after a place ("%(area)s은(는)") are settled. A frame
    that is filled with nothing is still unescaped ("%%" becomes "%"). Raises KeyError when a place
    has no value.
    """
    text = frame % {name: spoken(value, language) for name, value in values.items()}
    return particles.settle(text) if formats.is_korean(language) else text
