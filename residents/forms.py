"""Forms about people: sign-up, residency, consent, notices."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hangul.personal_numbers import find_resident_numbers

if TYPE_CHECKING:
    from django.http import HttpRequest

    from residents.models import User


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


class SignupFields(forms.Form):
    """What sign-up asks besides e-mail and password (allauth mixes this into its form)."""

    name = forms.CharField(
        label=_("Name shown"),
        max_length=30,
        help_text=_("Others see only its first letter, such as 김○○."),
    )

    def clean_name(self) -> str:
        """The name, without anything that may not be kept."""
        return clean_text(self.cleaned_data["name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the account is stored; the adapter has kept the name."""
