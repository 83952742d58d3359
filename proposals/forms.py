"""Forms of proposals: write, find, support at a desk, answer, keep order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from debates.models import HouseRule
from hangul.personal_numbers import find_contacts
from places.models import Area
from places.selectors import (
    MapArea,
    MapPlace,
    centre_points,
    dongs_at,
    dongs_in_force,
    open_centres,
    town_map,
)
from proceedings.models import Field, PhaseKind, Process
from proceedings.selectors import processes_in_phase
from proceedings.texts import clean_text
from proposals.lifecycle import DATELESS, NEAR, AnswerKind, State, kinds_for
from proposals.models import AnswerKind as AnswerWord
from proposals.selectors import area_choices, field_choices, local_name, refuse_other_dong
from proposals.selectors.distance import REACHES
from proposals.selectors.listing import STAGES
from proposals.services.drafts import Words
from proposals.services.writing import Point
from residents.selectors import departments_in_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from proceedings.refusals import Refusal
    from proposals.models import Proposal
    from residents.models import Department

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TextField(forms.CharField):
    """Typed text that may be kept: no resident numbers, composed Hangul, blanks trimmed."""

    def clean(self, value: Any) -> str:
        """The text as it is stored."""
        return clean_text(super().clean(value))


class LocalChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg] # areas, fields and departments alike
    """A choice of rows by their name in the page's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name that is shown."""
        return local_name(obj)


PLACED = frozenset({"area", "latitude", "longitude"})
"""The fields that say where."""


class RefusableForm(forms.Form):
    """A form that can show what a service refused beside the field that is meant."""

    def refuse(self, refusal: Refusal, words: str) -> None:
        """Add a refusal's words to its field, or to the form where it has none here."""
        field = refusal.form_field if refusal.form_field in self.fields else None
        self.add_error(field, ValidationError(words, code=refusal.code))


def at_least(letters: int) -> MinLengthValidator:
    """So many letters, said as the house says it."""
    return MinLengthValidator(letters, _("Please write at least %(limit_value)s letters."))


def check_contacts(form: forms.Form, text: str, known: str = "") -> None:
    """Ask once more before `text` shows everybody a phone or an e-mail that `known` has not."""
    shown = any(text[found.start : found.end] not in known for found in find_contacts(text))
    if shown and not form.cleaned_data.get("contacts_meant"):
        words = _("Please take it out, or say here that everybody may read it.")
        form.add_error("contacts_meant", words)


class ListForm(forms.Form):
    """The filters of the list; choices are read once per page."""

    q = forms.CharField(label=_("Search words"), required=False, max_length=100)
    area = forms.ChoiceField(label=_("Dong"), required=False)
    field = forms.ChoiceField(label=_("Field"), required=False)
    stage = forms.ChoiceField(
        label=_("Stage"),
        required=False,
        choices=[("", _("All")), *((name, words) for name, (words, _s) in STAGES.items())],
    )
    reach = forms.ChoiceField(
        label=_("Distance"), required=False, choices=[("", _("All")), *REACHES.items()]
    )

    def __init__(self, *args: Any, is_near: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_near:
            del self.fields["reach"]
        for name, choices in (("area", area_choices()), ("field", field_choices())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", str(_("All"))), *choices]


class PointForm(RefusableForm):
    """A form with a point on the map, tapped or typed as two numbers, in the dong it is about."""

    settled: Area | None = None
    """The dong in which the point stays, where the form has no choice of one."""
    latitude = forms.DecimalField(
        label=_("Latitude"),
        required=False,
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(33), MaxValueValidator(39)],
    )
    longitude = forms.DecimalField(
        label=_("Longitude"),
        required=False,
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(124), MaxValueValidator(132)],
    )

    @cached_property
    def town(self) -> list[MapArea]:
        """The ground on which a point is tapped; its keys are the choices of `area`."""
        return town_map()

    @cached_property
    def centres(self) -> list[MapPlace]:
        """The centres, to find one's way by."""
        return centre_points(open_centres())

    def clean(self) -> None:
        """A point needs both of its numbers, and lies in the dong as far as that is drawn."""
        latitude, longitude = (self.cleaned_data.get(name) for name in ("latitude", "longitude"))
        if "latitude" in self.errors or "longitude" in self.errors:
            return
        if latitude is not None and longitude is not None:
            self._check_ground(dongs_at(float(longitude), float(latitude)))
        elif latitude is not None or longitude is not None:
            missing = "latitude" if latitude is None else "longitude"
            self.add_error(missing, _("A point needs both latitude and longitude."))

    def _check_ground(self, there: list[Area] | None) -> None:
        """`there`: the dongs where the point lies. What nobody touches is not asked about again."""
        if there is None:
            return
        chosen = self.cleaned_data.get("area")
        if not there:
            words = _("This point is outside the town. Please choose another.")
            self.add_error("latitude", words)
        elif PLACED.isdisjoint(self.changed_data):
            return
        elif self.settled is not None and self.settled not in there:
            names = {"there": local_name(there[0]), "here": local_name(self.settled)}
            words = _(
                "The point is in %(there)s, but the dong of this proposal stays: %(here)s. Please "
                "choose a point there."
            )
            self.add_error("latitude", words % names)
        elif chosen is not None and chosen not in there:
            words = _("The point is in %(dong)s. Please choose that dong, or move the point.")
            self.add_error("area", words % {"dong": local_name(there[0])})

    def point(self) -> Point | None:
        """The point of the valid form, if it names one."""
        longitude, latitude = (self.cleaned_data[name] for name in ("longitude", "latitude"))
        return Point(longitude, latitude) if longitude is not None else None


class DraftForm(PointForm):
    """What somebody writes. To save for later only dong and field are needed (`strict=False`)."""

    field_order = ("title", "body", "area", "field", "process", "place")
    title = TextField(
        label=_("Title"),
        max_length=80,
        validators=[at_least(4)],
        help_text=_("What should change, and where? One line, up to 80 letters."),
        error_messages={"required": _("Please write a title.")},
    )
    body = TextField(
        label=_("Text"),
        max_length=8000,
        validators=[at_least(10)],
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("What is the matter now, what do you propose, who would gain by it?"),
        error_messages={"required": _("Please write what you propose.")},
    )
    area = LocalChoiceField(
        label=_("Dong"),
        queryset=Area.objects.none(),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose the dong that this is about.")},
    )
    field = LocalChoiceField(
        label=_("Field"),
        queryset=Field.objects.none(),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose the closest field.")},
    )
    process = forms.ModelChoiceField(
        label=_("For"),
        queryset=Process.objects.none(),
        required=False,
        empty_label=_("A proposal of its own"),
        help_text=_("What is being collected at the moment. Its stages then set the dates."),
    )
    place = TextField(
        label=_("Place"),
        required=False,
        max_length=120,
        help_text=_("A street, a building, a stop. No home address of a person, please."),
    )

    def __init__(self, *args: Any, strict: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("area", dongs_in_force()), ("field", Field.objects.all())):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows
        collecting = list(processes_in_phase(PhaseKind.PROPOSE))
        process = self.fields["process"]
        if not collecting:
            del self.fields["process"]
        elif isinstance(process, forms.ModelChoiceField):
            process.queryset = Process.objects.filter(pk__in=[each.pk for each in collecting])
        self.fields["title"].widget.attrs.update(
            {
                "hx-get": reverse_lazy("proposal_hints"),
                "hx-trigger": "input changed delay:600ms",
                "hx-target": "#hints",
                "hx-params": "title",
            }
        )
        if not strict:
            for name in ("title", "body"):
                self.fields[name].required = False
                self.fields[name].validators = []

    def words(self) -> Words:
        """The valid form as the services want it."""
        data = self.cleaned_data
        return Words(
            title=data["title"],
            body=data["body"],
            area_id=data["area"].pk,
            field_id=data["field"].pk,
            place=data["place"],
            longitude=data["longitude"],
            latitude=data["latitude"],
            process_id=data["process"].pk if data.get("process") else None,
        )


class PictureForm(RefusableForm):
    """One picture and what it shows."""

    image = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, up to 5 MB. Where it was taken is removed from the file."),
        error_messages={"required": _("Please choose a picture.")},
    )
    alt = TextField(
        label=_("What the picture shows"),
        max_length=160,
        help_text=_("One sentence for those who cannot see it."),
        error_messages={"required": _("Please say in words what the picture shows.")},
    )


class RevisionForm(PointForm):
    """A new version of a published proposal; its dong is asked for while it may still change."""

    field_order = ("title", "body", "area")
    title = TextField(label=_("Title"), max_length=80, validators=[at_least(4)])
    body = TextField(
        label=_("Text"),
        max_length=8000,
        validators=[at_least(10)],
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    area = LocalChoiceField(
        label=_("Dong"),
        queryset=Area.objects.none(),
        empty_label=None,
        error_messages={"required": _("Please choose the dong that this is about.")},
    )
    note = TextField(
        label=_("What you changed"),
        max_length=160,
        required=False,
        help_text=_("One line for those who read the first version."),
    )
    contacts_meant = forms.BooleanField(label=_("Publish it with this contact"), required=False)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        names = ("title", "body", "area", "longitude", "latitude")
        kwargs["initial"] = {name: getattr(proposal, name) for name in names}
        super().__init__(*args, **kwargs)
        self.published = f"{proposal.title}\n{proposal.body}"
        if refuse_other_dong(proposal) is None:
            here = Area.objects.filter(pk=proposal.area_id)
            cast("Any", self.fields["area"]).queryset = dongs_in_force() | here
        else:
            self.settled = proposal.area
            del self.fields["area"]

    def clean(self) -> None:
        """Where it is, and whether the contacts that are new in it are meant."""
        super().clean()
        words = "\n".join(self.cleaned_data.get(name, "") for name in ("title", "body", "note"))
        check_contacts(self, words, known=self.published)

    def said(self) -> dict[str, Any]:
        """The valid form as the service wants it."""
        names = ("title", "body", "note")
        area = self.cleaned_data.get("area")
        words = {name: self.cleaned_data[name] for name in names}
        return {**words, "area": area, "point": self.point()}


class AdditionForm(RefusableForm):
    """A paragraph below a text that others already support."""

    addition = TextField(
        label=_("What you add"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It is put below the text with today's date. Up to 1,000 letters."),
        error_messages={"required": _("Please write what you want to add.")},
    )
    contacts_meant = forms.BooleanField(label=_("Publish it with this contact"), required=False)

    def clean(self) -> None:
        """Whether contacts in it are meant."""
        check_contacts(self, self.cleaned_data.get("addition", ""))

    def said(self) -> dict[str, Any]:
        """The valid form as the service wants it."""
        return {"addition": self.cleaned_data["addition"]}


class ReasonForm(RefusableForm):
    """Why: withdrawing, restoring."""

    reason = TextField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays readable on the page."),
        error_messages={"required": _("Please give a reason.")},
    )


class AppealForm(RefusableForm):
    """Why a hidden proposal should be looked at again."""

    reason = TextField(
        label=_("Why we should look again"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only moderators read this. Up to 500 letters."),
        error_messages={"required": _("Please say why we should look again.")},
    )


class PersonForm(forms.Form):
    """Who stands at the desk; what is typed is compared and not kept."""

    name = forms.CharField(
        label=_("Name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    birth_date = forms.DateField(
        label=_("Date of birth"),
        input_formats=["%Y%m%d", "%Y-%m-%d"],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Eight digits, such as 19580312."),
        error_messages={"invalid": _("Please type eight digits, such as 19580312.")},
    )


class AssistedForm(DraftForm):
    """A proposal written down at a desk."""

    agreed = forms.BooleanField(
        label=_("I have read the text aloud, and the resident agrees that it is published."),
        error_messages={
            "required": _("Please read the text aloud and ask for the resident's consent first.")
        },
    )


class AssistedSupportForm(RefusableForm):
    """A support at a desk, by the number of the proposal."""

    number = forms.IntegerField(
        label=_("Number of the proposal"),
        min_value=1,
        max_value=2**62,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    agreed = forms.BooleanField(
        label=_("The resident asks that this support is recorded."),
        error_messages={
            "required": _("Please read the text aloud and ask for the resident's consent first.")
        },
    )


# --- The office ---


class AnswerForm(RefusableForm):
    """An official answer: the kinds that fit the stage, the departments that may sign.

    The contact follows the department: left empty, or as it was offered, it becomes its phone.
    """

    kind = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose the decision.")},
    )
    reason = TextField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("In plain words: why, and what was looked at. Shown to everybody."),
        error_messages={"required": _("An answer cannot be sent without its reason.")},
    )
    department = forms.ModelChoiceField(
        label=_("Answering department"),
        queryset=departments_in_use(),
        empty_label=_("Please choose"),
        help_text=_("Only a transfer gives a proposal to another department."),
        error_messages={
            "required": _("Please choose the department that answers."),
            "invalid_choice": _(
                "The department in charge answers, or your own where none is. Pass the proposal on "
                "if another is to take over."
            ),
        },
    )
    transferred_to = forms.ModelChoiceField(
        label=_("Passed on to"),
        queryset=departments_in_use(),
        required=False,
        empty_label=_("Please choose"),
        help_text=_("Only when it is passed on."),
    )
    next_step = TextField(
        label=_("What happens next"),
        max_length=200,
        help_text=_("One sentence, such as: The lamps are changed in November."),
    )
    next_date = forms.DateField(label=_("Next date"), required=False, widget=DAY)
    cost = forms.IntegerField(label=_("Cost (won)"), required=False, min_value=0, max_value=10**15)
    contact = TextField(
        label=_("Contact"),
        max_length=80,
        required=False,
        help_text=_(
            "The phone number of the desk in charge, not of a person. Left empty, it is that of "
            "the department."
        ),
    )

    def __init__(
        self, *args: Any, proposal: Proposal, signers: QuerySet[Department], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        has_short = proposal.answers.filter(kind=AnswerWord.SHORT).exists()
        fitting = kinds_for(State(proposal.state), has_short_answer=has_short)
        fields = cast("Any", self.fields)
        fields["kind"].choices = [(kind.value, AnswerWord(kind).label) for kind in fitting]
        fields["department"].queryset = signers
        fields["next_date"].help_text = " ".join(_date_rules(fitting))
        if AnswerKind.TRANSFER not in fitting:
            del self.fields["transferred_to"]

    def clean_kind(self) -> AnswerKind:
        """The kind as the table knows it."""
        return AnswerKind(self.cleaned_data["kind"])

    def clean(self) -> None:
        """The contact of the department, unless another was typed."""
        contact, department = self.cleaned_data.get("contact"), self.cleaned_data.get("department")
        if department is not None and contact in {"", self.initial.get("contact")}:
            self.cleaned_data["contact"] = contact_of(department)


def contact_of(department: Department) -> str:
    """Where people ask further: its name and its phone."""
    return f"{department.name} {department.phone}"


def _date_rules(kinds: tuple[AnswerKind, ...]) -> Iterator[str]:
    """What is asked of the next date by the answers that can be given now."""
    yield str(_("The day on which people hear more."))
    for frame, ruled in (
        (_("At most one month ahead: %(kinds)s."), NEAR),
        (_("Not needed: %(kinds)s."), DATELESS),
    ):
        named = [str(AnswerWord(kind).label) for kind in kinds if kind in ruled]
        if named:
            yield frame % {"kinds": " · ".join(named)}


class AssignForm(RefusableForm):
    """Which department is in charge."""

    department = forms.ModelChoiceField(
        label=_("Department in charge"), queryset=departments_in_use()
    )


class MergeForm(RefusableForm):
    """Into which proposal, and why."""

    into = forms.IntegerField(label=_("Number of the other proposal"), min_value=1, max_value=2**62)
    reason = TextField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class HideForm(RefusableForm):
    """Under which house rule, and why."""

    rule = forms.ModelChoiceField(label=_("House rule"), queryset=HouseRule.objects.all())
    reason = TextField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown in place of the text, and told to the author."),
    )


class ProgressForm(RefusableForm):
    """How far the work is."""

    title = TextField(label=_("What was done"), max_length=100)
    body = TextField(
        label=_("Details"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    percent = forms.IntegerField(label=_("How far (%)"), min_value=0, max_value=100)
    happened_on = forms.DateField(label=_("Date"), widget=DAY)
    is_done = forms.BooleanField(label=_("It is carried out completely"), required=False)
