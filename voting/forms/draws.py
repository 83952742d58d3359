"""What is typed for a draw by lot: its rules, its list, the numbers that were thrown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from places.selectors import areas_in_force
from proceedings.texts import SafeWords
from voting.lots import clean_entropy
from voting.models import Draw, DrawPreset
from voting.services.lots import Called
from voting.sortition import Demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    DrawModelForm = forms.ModelForm[Draw]
    PresetModelForm = forms.ModelForm[DrawPreset]
    DemandFormSet = forms.BaseFormSet["DemandForm"]
else:
    DrawModelForm = PresetModelForm = forms.ModelForm  # takes no type at run time
    DemandFormSet = forms.BaseFormSet

HAS_DIGIT = re.compile(r"\d")
MOST_DEMANDS = 12
STARTS_WITH = ("effect", "seats", "reserves", "entropy_source", "ordinance")
"""What a preset fills in of a new draw, its rules about seats aside."""


class DrawForm(SafeWords, DrawModelForm):
    """The words, the hour and the seats of a draw."""

    class Meta:
        model = Draw
        fields = (
            "title",
            "area",
            "effect",
            "seats",
            "reserves",
            "draws_at",
            "place",
            "entropy_source",
            "ordinance",
        )
        widgets: ClassVar = {
            "draws_at": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
            "ordinance": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas_in_force()  # type: ignore[attr-defined]  # a model choice
        self.fields["seats"].widget.attrs["min"] = 1


class DrawPresetForm(SafeWords, PresetModelForm):
    """The name of a preset and what draws begin with."""

    class Meta:
        model = DrawPreset
        fields = ("name", "note", *STARTS_WITH)
        widgets: ClassVar = {"ordinance": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].widget.attrs["min"] = 1
        self.fields["seats"].validators.append(MinValueValidator(1))


class DemandForm(SafeWords):
    """One rule of the ordinance about who may fill how many seats."""

    field = forms.CharField(label=_("Column of the list"), max_length=30, required=False)
    values = forms.CharField(
        label=_("Whom it means"),
        max_length=200,
        required=False,
        help_text=_("As it stands in the list; several with commas."),
    )
    least = forms.ChoiceField(
        label=_("At most or at least"),
        choices=[("", _("at most")), ("1", _("at least"))],
        required=False,
    )
    percent = forms.IntegerField(
        label=_("Per cent of the seats"), min_value=0, max_value=100, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A row is filled whole or left empty."""
        cleaned = super().clean()
        told = [cleaned.get("field"), cleaned.get("values"), cleaned.get("percent")]
        given = [part not in (None, "") for part in told]
        if any(given) and not all(given) and not self.errors:
            raise ValidationError(
                _("Fill in column, people and per cent, or leave the row empty."), code="half_row"
            )
        return cleaned

    @property
    def demand(self) -> Demand | None:
        """The rule; None for an empty row."""
        told = self.cleaned_data
        if not told.get("field"):
            return None
        values = tuple(part.strip() for part in told["values"].split(",") if part.strip())
        return Demand(told["field"], values, bool(told["least"]), told["percent"])


DemandForms = forms.formset_factory(
    DemandForm, extra=2, max_num=MOST_DEMANDS, validate_max=True, absolute_max=MOST_DEMANDS
)


def demand_rows(demands: Sequence[Demand]) -> list[dict[str, Any]]:
    """Rules as the first content of their rows."""
    return [
        {
            "field": demand.field,
            "values": ", ".join(demand.values),
            "least": "1" if demand.least else "",
            "percent": demand.percent,
        }
        for demand in demands
    ]


def start_of(preset: DrawPreset | None) -> dict[str, Any]:
    """What the form of a new draw begins with: the words of `preset`, or nothing."""
    return {name: getattr(preset, name) for name in STARTS_WITH} if preset else {}


def demands_in(rows: DemandFormSet) -> list[Demand]:
    """The rules of valid rows."""
    return [row.demand for row in rows if row.demand is not None]


class ListForm(forms.Form):
    """The list of those who applied."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8 or CP949, column names in the first line."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


class CalledForm(SafeWords):
    """The numbers thrown in public, typed by two people, and who watched."""

    entropy = forms.CharField(
        label=_("Numbers, typed by the first person"),
        max_length=200,
        help_text=_("In the order thrown, such as 3 1 6 / 2 2 5."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    again = forms.CharField(
        label=_("The same numbers, typed by a second person"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    witnesses = forms.CharField(
        label=_("Who watched"),
        max_length=200,
        help_text=_("Offices or roles, such as: head of the first block, officer of the police."),
    )

    @property
    def called(self) -> Called:
        """What was called out."""
        told = self.cleaned_data
        return Called(told["entropy"], told["again"], told["witnesses"])


class ReplayForm(forms.Form):
    """Numbers that anybody types to see again a draw that was made with those of `thrown`."""

    numbers = forms.CharField(
        label=_("The numbers that you saw thrown"),
        max_length=200,
        help_text=_("In the order thrown, such as 3 1 6 / 2 2 5."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the numbers in the order in which they were thrown.")},
    )

    def __init__(self, *args: Any, thrown: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thrown = thrown

    def clean_numbers(self) -> str:
        """The numbers in the form that the draw uses; words only where words were called out."""
        try:
            typed = clean_entropy(self.cleaned_data["numbers"])
        except ValueError:
            typed = ""
        if not typed or (HAS_DIGIT.search(self.thrown) and not HAS_DIGIT.search(typed)):
            raise ValidationError(
                _("There is no number in this. Type what was called out, such as 3 1 6 / 2 2 5."),
                code="no_numbers",
            )
        return typed
