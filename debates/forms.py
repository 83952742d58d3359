"""Forms of conversations: an opinion, a report, a request to look again, a debate."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from debates.models import Position
from hangul.personal_numbers import find_contacts
from residents.forms import clean_text

OPINION_LENGTH = 1000


class CommentForm(forms.Form):
    """An opinion or a reply: at most 1,000 characters, without a resident number.

    A phone number or e-mail address may be meant, so it asks once more instead of refusing.
    """

    position = forms.ChoiceField(
        label=_("Where I stand"), choices=Position.choices, widget=forms.RadioSelect
    )
    body = forms.CharField(
        label=_("My opinion"),
        max_length=OPINION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Up to 1,000 characters. Say why; others can answer reasons."),
        error_messages={"required": _("Please write your opinion.")},
    )
    contacts_meant = forms.BooleanField(
        label=_("Yes, everybody may see this phone number or e-mail address."), required=False
    )

    def __init__(self, *args: object, asks_position: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # Django's own signature
        if not asks_position:
            del self.fields["position"]
        else:
            self.fields["position"].error_messages["required"] = _(
                "Please choose for, neutral or against."
            )

    def clean_body(self) -> str:
        """The opinion as it may be kept."""
        return clean_text(self.cleaned_data["body"])

    def clean(self) -> None:
        """Ask once more before a phone number or an e-mail address is shown to everybody."""
        meant = self.cleaned_data.get("contacts_meant")
        if not meant and find_contacts(self.cleaned_data.get("body", "")):
            self.add_error(
                "contacts_meant",
                _("A phone number or e-mail address would be seen by everybody. Is it meant?"),
            )

    @property
    def asks_about_contacts(self) -> bool:
        """Whether the question about contacts has come up."""
        return self.is_bound and (
            "contacts_meant" in self.errors or bool(self.cleaned_data.get("contacts_meant"))
        )
