"""The stickers of a board: where and when, and a whole number for each option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proceedings.texts import clean_text
from voting.forms.desk import DeskForm
from voting.selectors.stickers import MOST_STICKERS

if TYPE_CHECKING:
    from voting.ballots import BallotDesign


class CountsForm(DeskForm):
    """A number for each option, in the ballot's order."""

    def __init__(self, *args: Any, design: BallotDesign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.design = design
        for option in design.in_order:
            self.fields[f"stickers-{option.number}"] = forms.IntegerField(
                label=f"{option.number}. {option.title}",
                min_value=0,
                max_value=MOST_STICKERS,
                widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
                error_messages={
                    "required": _("Please type 0 for an option without a sticker."),
                    "invalid": _("Please type a whole number."),
                },
            )

    @property
    def rows(self) -> list[Any]:
        """The fields of the options."""
        return [self[f"stickers-{option.number}"] for option in self.design.in_order]

    def counts(self) -> dict[str, int]:
        """What was typed, by option."""
        return {
            option.key: int(self.cleaned_data[f"stickers-{option.number}"])
            for option in self.design.in_order
        }


class BoardForm(CountsForm):
    """A board that nobody has counted yet on that day."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Please enter the day as a date, such as 2026-11-22.")},
    )
    place = forms.CharField(
        label=_("Where the board stood"),
        help_text=_("Empty if it stood at the centre. Such as: hall of the assembly, entrance."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_place(self) -> str:
        """The place, without anything that may not be kept."""
        return clean_text(self.cleaned_data["place"])


class BoardCorrectionForm(CountsForm):
    """Other figures for a board, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("One sentence; it stands in the record."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        """The reason, without anything that may not be kept."""
        return clean_text(self.cleaned_data["reason"])
