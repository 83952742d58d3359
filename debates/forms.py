"""Forms of conversations: an opinion, a report, a request to look again, a debate."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from debates.models import HouseRule, Position
from hangul.personal_numbers import find_contacts
from places.models import Area, AreaKind
from places.selectors import areas_in_force
from proceedings.models import Field
from proceedings.texts import clean_text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    AreaChoice = forms.ModelChoiceField[Area]
    FieldChoice = forms.ModelChoiceField[Field]
else:
    AreaChoice = FieldChoice = forms.ModelChoiceField  # takes no type at run time

OPINION_LENGTH = 1000
REACTIONS = {"useful": True, "not_useful": False, "none": None}
"""What one may find of an opinion; `none` takes it back."""


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

    def __init__(self, *args: Any, asks_position: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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


class FlagForm(forms.Form):
    """Which house rule an opinion breaks."""

    rule = forms.ModelChoiceField(
        label=_("Which rule does it break?"),
        queryset=HouseRule.objects.all(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Please choose the rule.")},
    )
    note = forms.CharField(
        label=_("What a moderator should know"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only moderators read this."),
    )

    def clean_note(self) -> str:
        """The note as it may be kept."""
        return clean_text(self.cleaned_data["note"])


class AppealForm(forms.Form):
    """Why a hidden opinion should be looked at again."""

    body = forms.CharField(
        label=_("Why it should be shown"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Up to 500 characters. A moderator reads this."),
        error_messages={"required": _("Please say why it should be shown.")},
    )

    def clean_body(self) -> str:
        """The reason as it may be kept."""
        return clean_text(self.cleaned_data["body"])


class DecisionForm(forms.Form):
    """A moderator's decision in words."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the record. Write it so that the author would understand it."),
        error_messages={"required": _("Please write the reason.")},
    )

    def clean_note(self) -> str:
        """The reason as it may be kept."""
        return clean_text(self.cleaned_data["note"])


class HidingForm(DecisionForm):
    """A decision to hide: it names a house rule."""

    rule = forms.ModelChoiceField(
        label=_("House rule"),
        queryset=HouseRule.objects.all(),
        error_messages={"required": _("Please choose the rule.")},
    )
    field_order = ("rule", "note")


class SummaryForm(forms.Form):
    """What came of a debate."""

    summary = forms.CharField(
        label=_("What came of it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What was said on each side, and what happens now. Everybody reads this."),
        error_messages={"required": _("Please write what came of it.")},
    )

    def clean_summary(self) -> str:
        """The words as they may be kept."""
        return clean_text(self.cleaned_data["summary"])


class AreaChoiceField(AreaChoice):
    """A dong, named in the reader's language."""

    def label_from_instance(self, obj: Area) -> str:
        """The dong's name."""
        return obj.local_name


class FieldChoiceField(FieldChoice):
    """A field of public life, named in the reader's language."""

    def label_from_instance(self, obj: Field) -> str:
        """The field's name."""
        return field_name(obj)


def field_name(field: Field) -> str:
    """A field's name in the reader's language."""
    return field.english_name if get_language() == "en" and field.english_name else field.name


class DebateForm(forms.Form):
    """A new debate: a question, what one should know, where, and how long it runs."""

    title = forms.CharField(
        label=_("Question"),
        max_length=80,
        help_text=_(
            "One question that can be answered for or against, such as "
            "“Should the public car park charge at night?”"
        ),
        error_messages={"required": _("Please write the question.")},
    )
    body = forms.CharField(
        label=_("What one should know"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Why you ask, what is known, what speaks for and against."),
        error_messages={"required": _("Please write what one should know.")},
    )
    area = AreaChoiceField(
        label=_("Dong"),
        queryset=Area.objects.none(),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose a dong.")},
    )
    field = FieldChoiceField(
        label=_("Field"),
        queryset=Field.objects.all(),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose a field.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long"),
        choices=[
            ("14", _("two weeks")),
            ("30", _("one month")),
            ("60", _("two months")),
            ("0", _("without end")),
        ],
        coerce=int,
        initial="30",
        widget=forms.RadioSelect,
    )
    asked_by_office = forms.BooleanField(
        label=_("The office asks this"),
        required=False,
        help_text=_("Shown with the office's badge. You answer for what comes of it."),
    )

    def __init__(self, *args: Any, for_office: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.fields["area"]
        if isinstance(area, AreaChoiceField):
            area.queryset = areas_to_choose()
        if not for_office:
            del self.fields["asked_by_office"]

    def clean_title(self) -> str:
        """The question as it may be kept."""
        return clean_text(self.cleaned_data["title"])

    def clean_body(self) -> str:
        """The text as it may be kept."""
        return clean_text(self.cleaned_data["body"])

    def closes_at(self) -> datetime | None:
        """The end of the last day, a minute before midnight; None for a debate without end."""
        days: int = self.cleaned_data["days"]
        if not days:
            return None
        last = timezone.localdate() + timedelta(days=days)
        return timezone.make_aware(datetime.combine(last, time(23, 59)))


class DebateFilterForm(forms.Form):
    """Filters of the list of debates."""

    area = forms.ChoiceField(label=_("Dong"), required=False)
    field = forms.ChoiceField(label=_("Field"), required=False)
    standing = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words: dict[str, dict[str, Any]] = {
            "area": {area.code: area.local_name for area in areas_to_choose()},
            "field": {field.slug: field_name(field) for field in Field.objects.all()},
            "standing": {"open": _("Open"), "closed": _("Closed")},
        }
        for name, words in self.words.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("All")), *words.items()]

    def chosen(self) -> dict[str, str]:
        """The filters that are set; what is not among the choices counts as not set."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def labels(self) -> dict[str, str]:
        """The filters that are set, in words."""
        return {name: str(self.words[name][value]) for name, value in self.chosen().items()}


def areas_to_choose() -> QuerySet[Area]:
    """Dong of today, and the district above them for what concerns everybody."""
    return areas_in_force().filter(kind__in=[AreaKind.DISTRICT, AreaKind.DONG])
