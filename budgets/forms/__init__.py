"""Forms of budgets: filters for everybody, the office's forms, and the upload of a file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from budgets.methods.rules import RULES
from budgets.models import Budget, BudgetState, CostLine, Milestone, Project, ProjectReview
from budgets.pabulib import PabulibError, PabulibProblem, read_pabulib
from budgets.selectors.listing import list_areas, list_years
from budgets.selectors.words import local_name
from budgets.services.execution import Report
from budgets.services.planning import BudgetWords, Line, ProjectWords
from budgets.services.reviewing import Verdict
from places.models import Area
from places.selectors import areas_in_force, subtree_codes
from proceedings.texts import SafeWords, clean_text
from proposals.models import Proposal, ProposalState

if TYPE_CHECKING:
    from budgets.pabulib import PabulibReading
    from budgets.selectors.reading import BudgetPage

    BudgetModelForm = forms.ModelForm[Budget]
    ProjectModelForm = forms.ModelForm[Project]
    ReviewModelForm = forms.ModelForm[ProjectReview]
else:
    BudgetModelForm = ProjectModelForm = ReviewModelForm = forms.ModelForm  # no type at run time

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST_BYTES = 64 * 2**20
"""The largest upload; packed with gzip, the largest file known has a hundredth of it."""


# --- Filters ------------------------------------------------------------------------------------


class BudgetFilterForm(forms.Form):
    """Which budgets the list shows."""

    area = forms.ChoiceField(label=_("area"), required=False)
    year = forms.ChoiceField(label=_("budget year"), required=False)
    state = forms.ChoiceField(
        label=_("state"), required=False, choices=[("", _("All")), *BudgetState.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("All")), *list_areas()]  # type: ignore[attr-defined]  # a choice field
        self.fields["year"].choices = [("", _("All")), *list_years()]  # type: ignore[attr-defined]  # the same


class ProjectFilterForm(forms.Form):
    """Which projects of a budget are shown; asks only what makes a difference."""

    area = forms.ChoiceField(label=_("dong"), required=False)
    field = forms.ChoiceField(label=_("field"), required=False)
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[
            ("", _("All")),
            ("funded", pgettext_lazy("project", "Funded")),
            ("not", pgettext_lazy("project", "Not funded")),
        ],
    )

    def __init__(self, *args: Any, page: BudgetPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [(area.code, local_name(area)) for area in page.areas]
        for name, choices in (("area", areas), ("field", list(page.fields))):
            if len(choices) < 2:
                del self.fields[name]
            else:
                self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]  # a choice field
        if page.result is None:
            del self.fields["result"]


# --- The office ---------------------------------------------------------------------------------


class BudgetForm(SafeWords, BudgetModelForm):
    """What the office says of a budget."""

    class Meta:
        model = Budget
        fields = ("title", "area", "year", "cap", "summary", "effect", "process")
        help_texts: ClassVar = {
            "cap": _("In won. No project may cost more."),
            "effect": _("One sentence: what happens with the result, and who decides next."),
        }
        widgets: ClassVar = {"summary": forms.Textarea(attrs={"rows": 4})}

    def words(self) -> BudgetWords:
        """As the service takes it."""
        data = dict(self.cleaned_data)
        process = data.pop("process")
        return BudgetWords(
            area_id=data.pop("area").pk, process_id=process.pk if process else None, **data
        )


class ProjectForm(SafeWords, ProjectModelForm):
    """What is written down of a project."""

    class Meta:
        model = Project
        fields = (
            "title",
            "area",
            "field",
            "summary",
            "cost",
            "place",
            "longitude",
            "latitude",
            "proposal",
            "department",
        )
        help_texts: ClassVar = {
            "cost": _("In won. The breakdown below must add up to it."),
            "proposal": _("The number of the proposal that it came from."),
        }
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 5}),
            "proposal": forms.NumberInput(),
        }

    def __init__(self, *args: Any, budget: Budget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.queryset = areas_in_force().filter(code__in=subtree_codes(budget.area))
        area.initial = budget.area_id
        proposal: Any = self.fields["proposal"]
        proposal.queryset = Proposal.objects.exclude(state=ProposalState.DRAFT)
        proposal.error_messages["invalid_choice"] = _("There is no proposal with this number.")

    def words(self) -> ProjectWords:
        """As the service takes it."""
        data = dict(self.cleaned_data)
        field, proposal, department = map(data.pop, ("field", "proposal", "department"))
        return ProjectWords(
            area_id=data.pop("area").pk,
            field_id=field.pk if field else None,
            proposal_id=proposal.pk if proposal else None,
            department_id=department.pk if department else None,
            **data,
        )


class LineForm(SafeWords):
    """A line of a cost breakdown."""

    label = forms.CharField(label=_("item"), max_length=80)
    quantity = forms.DecimalField(
        label=_("quantity"), max_digits=10, decimal_places=2, min_value=Decimal("0.01")
    )
    unit = forms.CharField(label=_("unit"), max_length=12, required=False)
    unit_price = forms.DecimalField(
        label=_("unit price"), max_digits=14, decimal_places=2, min_value=Decimal(0)
    )


class BaseLines(forms.BaseFormSet[LineForm]):
    """A whole breakdown."""

    def lines(self) -> list[Line]:
        """The lines that were filled in and are not to be taken out."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return [
            Line(one["label"], one["quantity"], one["unit_price"], one["unit"])
            for one in kept
            if not one.get("DELETE")
        ]


LineForms = forms.formset_factory(LineForm, formset=BaseLines, extra=4, max_num=60, can_delete=True)


def typed(amount: Decimal) -> Decimal | int:
    """An amount as somebody would type it: without decimals where it has none."""
    return int(amount) if amount == int(amount) else amount


def line_start(lines: list[CostLine]) -> list[dict[str, Any]]:
    """Stored lines as the start of the form."""
    names = ("label", "quantity", "unit", "unit_price")
    rows = ({name: getattr(line, name) for name in names} for line in lines)
    return [
        {**row, "quantity": typed(row["quantity"]), "unit_price": typed(row["unit_price"])}
        for row in rows
    ]


class ReviewForm(SafeWords, ReviewModelForm):
    """검토의견: verdict, note, reviewed cost, expected effect."""

    is_eligible = forms.TypedChoiceField(
        label=_("Verdict"),
        choices=[("1", _("eligible")), ("0", _("not eligible"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = ProjectReview
        fields = ("is_eligible", "note", "reviewed_cost", "expected_effect")
        help_texts: ClassVar = {
            "note": _("What was looked at and what was found; everybody can read it."),
            "reviewed_cost": _("The cost that goes to the vote if the project is eligible."),
        }
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 4})}

    def verdict(self) -> Verdict:
        """As the service takes it."""
        return Verdict(**self.cleaned_data)


class PictureForm(SafeWords):
    """A project's picture and what it shows."""

    image = forms.FileField(
        label=_("picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, up to 5 MB. Where it was taken is removed from the file."),
        error_messages={"required": _("Please choose a picture.")},
    )
    alt = forms.CharField(
        label=_("what the picture shows"),
        max_length=160,
        help_text=_("One sentence for those who cannot see it."),
        error_messages={"required": _("Please say in words what the picture shows.")},
    )


class PlanForm(SafeWords):
    """A step to come."""

    title = forms.CharField(label=_("step"), max_length=100)
    planned_on = forms.DateField(label=_("planned for"), widget=DAY)


class ReportForm(SafeWords):
    """A step that is done."""

    milestone = forms.ModelChoiceField(label=_("step"), queryset=Milestone.objects.none())
    done_on = forms.DateField(label=_("done on"), widget=DAY)
    note = forms.CharField(
        label=pgettext_lazy("milestone", "report"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    spent = forms.DecimalField(
        label=_("spent"), max_digits=16, decimal_places=2, min_value=Decimal(0), initial=0
    )
    finishes = forms.BooleanField(label=_("With this the project is done"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps: Any = self.fields["milestone"]
        steps.queryset = project.milestones.filter(done_on__isnull=True)

    def report(self) -> Report:
        """As the service takes it."""
        return Report(
            **{name: value for name, value in self.cleaned_data.items() if name != "milestone"}
        )


class UploadForm(forms.Form):
    """A PaBuLib file to take in whole; what is wrong with it is named line by line."""

    file = forms.FileField(
        label=_("PaBuLib file (.pb, also packed with gzip)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pb,.gz"}),
    )
    area = forms.ModelChoiceField(label=_("area"), queryset=Area.objects.none())
    rule = forms.ChoiceField(
        label=_("Rule of the count"),
        required=False,
        choices=[("", _("as the file declares")), *((name, name) for name in RULES)],
        help_text=_("Choose one only if the file's own rule is not known or not counted here."),
    )

    problems: tuple[PabulibProblem, ...] = ()
    content: bytes
    reading: PabulibReading

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.queryset = areas_in_force()

    def clean_file(self) -> Any:
        """Read the file whole; keeps `problems` for the page where it cannot be counted."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 64 MB."), code="too_large")
        try:
            self.content = file.read()
            self.reading = read_pabulib(self.content, to_keep=True)
        except PabulibError as error:
            self.problems = error.problems
            raise ValidationError(
                _("The file cannot be counted; nothing was stored. See below what is wrong."),
                code="bad_file",
            ) from error
        try:
            clean_text(file.name)
        except ValidationError as error:
            raise ValidationError(_("Please give the file another name."), code="name") from error
        return file
