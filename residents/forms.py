"""Forms about people: sign-up, residency, consent, notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

    from residents.models import User


class SignupFields(forms.Form):
    """What sign-up asks besides e-mail and password (allauth mixes this into its form)."""

    name = forms.CharField(
        label=_("Name shown"),
        max_length=30,
        help_text=_("Others see only its first letter, such as 김○○."),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the account is stored; the adapter has kept the name."""
