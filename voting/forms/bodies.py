"""What a body gave: a whole number for each option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proceedings.texts import SafeWords
from voting.selectors.bodies import MOST_POINTS

if TYPE_CHECKING:
    from voting.ballots import BallotDesign


class BodyForm(SafeWords):
    """A number for each option; nothing is filled in beforehand, so that nobody copies."""

    def __init__(self, *args: Any, design: BallotDesign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.design = design
        for option in design.in_order:
            self.fields[f"points-{option.number}"] = forms.IntegerField(
                label=f"{option.number}. {option.title}",
                min_value=0,
                max_value=MOST_POINTS,
                widget=forms.NumberInput(attrs={"autocomplete": "off"}),
                error_messages={
                    "required": _("Please type 0 where the body gave this option nothing.")
                },
            )

    def points(self) -> dict[str, int]:
        """What was typed, by option."""
        return {
            option.key: int(self.cleaned_data[f"points-{option.number}"])
            for option in self.design.in_order
        }
