"""What keepers of a roll type: a file, a change of one person's place, a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proceedings.texts import clean_text
from voting.forms.desk import DeskForm
from voting.models import RollChange, VoidCause
from voting.services.rights import Wanted

MOST_BYTES = 10 * 1024 * 1024
"""A roll of a hundred thousand people is about half of this."""


class RollFileForm(DeskForm):
    """A file that names the people of a roll."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "Columns: 이름, 생년월일(8자리); 휴대전화 and 동명이인 구분 where they are needed. "
            "As Excel saves it. Nothing is taken over yet."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        """A file that can be a table of people."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for a roll."))
        return file


class ReasonForm(DeskForm):
    """One sentence."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("One sentence without names. It stays in the record."),
        max_length=200,
        widget=forms.TextInput(),
    )

    def clean_reason(self) -> str:
        """The sentence, without anything that may not be kept."""
        return clean_text(self.cleaned_data["reason"])


class ChangeForm(ReasonForm):
    """A change of one person's place on the roll; a second person may sign beside it."""

    person = forms.UUIDField(widget=forms.HiddenInput)
    change = forms.ChoiceField(choices=RollChange.choices, widget=forms.HiddenInput)
    cause = forms.ChoiceField(
        label=_("What was proved"), choices=VoidCause.choices, widget=forms.RadioSelect
    )
    email = forms.EmailField(
        label=_("E-mail of the second person"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Code of their authenticator app"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_(
            "If the second person is beside you, they sign here and it is done at once. "
            "Otherwise leave both empty: it waits until somebody else decides in their own account."
        ),
    )
    field_order = ("person", "change", "cause", "reason", "email", "code")

    def __init__(self, *args: Any, change: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if change != RollChange.VOID:
            del self.fields["cause"]

    def clean(self) -> dict[str, Any]:
        """E-mail and code belong together."""
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("email")) != bool(data.get("code")) and not self.errors:
            missing = "code" if data.get("email") else "email"
            self.add_error(missing, _("The second person gives both e-mail and code."))
        return data

    def wanted(self) -> Wanted:
        """What is asked for."""
        data = self.cleaned_data
        return Wanted(RollChange(data["change"]), data["reason"], data.get("cause", ""))


class NoteForm(DeskForm):
    """Why a change is refused."""

    note = forms.CharField(
        label=_("Why you refuse"),
        help_text=_("One sentence without names, so that your colleague knows."),
        max_length=200,
        widget=forms.TextInput(),
    )

    def clean_note(self) -> str:
        """The sentence, without anything that may not be kept."""
        return clean_text(self.cleaned_data["note"])
