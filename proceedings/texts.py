"""Typed text made safe to keep, for every form and every line of an import."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hangul.personal_numbers import find_resident_numbers

if TYPE_CHECKING:
    from proceedings.refusals import Refusal


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


def refuse_resident_number(value: object) -> None:
    """The same as a validator: raises ValidationError for a text with such a number in it."""
    if isinstance(value, str):
        clean_text(value)


def checked(field: forms.Field | None) -> forms.Field | None:
    """A form field that refuses resident numbers where text is typed; others as they are."""
    if isinstance(field, forms.CharField):
        field.validators = [*field.validators, refuse_resident_number]
    return field


class SafeWords(forms.Form):
    """Typed text is kept without resident numbers and control signs, in every field."""

    def clean(self) -> dict[str, Any]:
        """Clean each text; what may not be kept is said beside its field."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and isinstance(self.fields[name], forms.CharField):
                try:
                    cleaned[name] = clean_text(value)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def refuse(self, refusal: Refusal, words: str) -> None:
        """Add a refusal's words to its field, or to the form where it has none here."""
        field = refusal.form_field if refusal.form_field in self.fields else None
        self.add_error(field, ValidationError(words, code=refusal.code))
