"""Forms whose text is safe to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from proceedings.texts import clean_text

if TYPE_CHECKING:
    from proceedings.refusals import Refusal


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
