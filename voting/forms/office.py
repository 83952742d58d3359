"""Forms of the set-up office around its sections: beginning, options, reasons, presets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from places.selectors import areas_in_force
from proceedings.texts import SafeWords
from voting.forms.sections import kinds_to_choose
from voting.models import Contest, ContestPreset
from voting.selectors.office import copyable_contests, presets

if TYPE_CHECKING:
    from datetime import date

    from places.models import Area

    AreaChoice = forms.ModelChoiceField[Area]
    ContestChoice = forms.ModelChoiceField[Contest]
    PresetModelForm = forms.ModelForm[ContestPreset]
else:
    AreaChoice = ContestChoice = forms.ModelChoiceField  # take no type at run time
    PresetModelForm = forms.ModelForm  # the same

SHORT_TEXT = forms.Textarea(attrs={"rows": 2})


# --- Beginning ----------------------------------------------------------------------------------

COPY = "copy"


class BeginForm(SafeWords):
    """A new contest: from a preset, or with the set-up of an earlier one."""

    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("As it stands on the ballot.")
    )
    area = AreaChoice(
        label=_("For which area"), queryset=None, help_text=_("Its population becomes the census.")
    )
    day = forms.DateField(
        label=_("The day itself"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Such as the day of the assembly, which ends the vote. Opening and closing are then "
            "proposed with the days of the preset; you can change them, or set them later."
        ),
        error_messages={"invalid": _("Please enter the day as a date, such as 2026-11-22.")},
    )
    begin = forms.ChoiceField(
        label=_("Begin with"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a preset, or an earlier vote to copy.")},
    )
    earlier = ContestChoice(label=_("Earlier vote"), queryset=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.presets = {str(one.pk): one for one in presets().exclude(settings__kind="budget")}
        fields: Any = self.fields
        fields["area"].queryset = areas_in_force()
        fields["earlier"].queryset = copyable_contests()
        fields["earlier"].empty_label = _("Choose one")
        names = [(pk, one.name) for pk, one in self.presets.items()]
        fields["begin"].choices = [*names, (COPY, _("Copy an earlier vote"))]

    def clean_day(self) -> date | None:
        """A day that is still to come, so that people can vote before it ends."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and day <= timezone.localdate():
            raise ValidationError(
                _("Please choose a day from tomorrow on, or leave it empty."), code="past"
            )
        return day

    def clean(self) -> dict[str, Any]:
        """A copy needs something to copy."""
        cleaned = super().clean()
        if cleaned.get("begin") == COPY and not cleaned.get("earlier"):
            self.add_error("earlier", _("Please choose the vote to copy."))
        return cleaned


# --- Options ------------------------------------------------------------------------------------


class OptionForm(SafeWords):
    """One line of the ballot."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    title = forms.CharField(label=_("title"), max_length=300, required=False)
    detail = forms.CharField(
        label=_("detail"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    group = forms.CharField(label=_("group"), required=False, max_length=60)
    url = forms.CharField(label=_("address to read more"), required=False, max_length=200)

    def clean_url(self) -> str:
        """A page of this site or of another one, nothing else."""
        url = str(self.cleaned_data["url"]).strip()
        if url and not (url.startswith(("https://", "http://")) or url[:1] == "/" != url[1:2]):
            raise ValidationError(
                _("Please begin the address with https:// or, for a page of this site, with /."),
                code="url",
            )
        return url

    def clean(self) -> dict[str, Any]:
        """A line without any words is no line; one with words needs a title."""
        cleaned = super().clean()
        words = [cleaned.get(name) for name in ("detail", "group", "url")]
        if any(words) and not cleaned.get("title"):
            self.add_error("title", _("Please give the option a title, or remove the line."))
        return cleaned


class BaseOptions(forms.BaseFormSet[OptionForm]):
    """All lines of a ballot, in the order typed."""

    def clean(self) -> None:
        """No title twice: nobody could tell the two apart."""
        if any(self.errors):
            return
        titles = [row["title"] for row in self.rows()]
        twice = next((title for title in titles if titles.count(title) > 1), None)
        if twice is not None:
            raise ValidationError(
                _("“%(title)s” stands on the ballot twice."),
                code="twice",
                params={"title": twice},
            )

    def rows(self) -> list[dict[str, Any]]:
        """What was typed, without empty and removed lines; lines without a place come last."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        rows = [row for row in kept if not row.get("DELETE")]
        return sorted(rows, key=lambda row: row.get("ORDER") or MOST_OPTIONS + 1)


MOST_OPTIONS = 200
EMPTY_LINES = 3
OptionForms = forms.formset_factory(
    OptionForm,
    formset=BaseOptions,
    extra=EMPTY_LINES,
    max_num=MOST_OPTIONS,
    validate_max=True,
    can_delete=True,
    can_order=True,
)


# --- Acts and presets ---------------------------------------------------------------------------


class ReasonForm(SafeWords):
    """Why something is done, for the record."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=SHORT_TEXT,
        help_text=_("One sentence; it stands in the record."),
    )


class PresetForm(SafeWords, PresetModelForm):
    """What a preset is called and where it is used, its days, and whether it is for plans."""

    class Meta:
        model = ContestPreset
        fields: tuple[str, ...] = ("name", "note", "advance_days", "on_plan")
        widgets: ClassVar = {"note": SHORT_TEXT}


class NewPresetForm(PresetForm):
    """A preset of one's own: its name and its kind of ballot; the rest comes on its page."""

    kind = forms.ChoiceField(
        label=_("ballot"), choices=kinds_to_choose(budgets=True), widget=forms.RadioSelect
    )

    class Meta(PresetForm.Meta):
        fields = ("name", "note", "on_plan")
