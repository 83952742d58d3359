"""The form that says how a budget's money is given out: method, switches, conditions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from budgets.methods.constraints import Constraints
from budgets.methods.equal_shares import (
    Completion,
    EqualSharesOptions,
    StepOf,
    Utility,
)
from budgets.methods.exact import whole
from budgets.methods.greedy import GreedyOptions
from budgets.methods.rules import options_of_preset
from budgets.services.contests import BY_DONG, BY_FIELD
from proceedings.texts import SafeWords
from voting.models import ContestPreset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from budgets.methods.constraints import Caps
    from budgets.methods.profile import Candidate
    from budgets.methods.rules import Options


PRESET = "preset"
MOST_POINTS = 100


class ContestForm(SafeWords):
    """How the money is given out; who votes and when is set on the contest's own page."""

    preset = forms.ModelChoiceField(
        label=_("contest preset"),
        queryset=ContestPreset.objects.filter(settings__kind="budget"),
        required=False,
        help_text=_(
            "Age, who counts, how many projects one may choose, weights and how the money is given "
            "out; all can be changed."
        ),
    )
    method = forms.ChoiceField(
        label=_("How the money is given out"),
        choices=[
            (PRESET, _("as the contest preset says; by votes, where it says nothing")),
            ("greedy", _("by votes: the project with the most votes comes first")),
            (
                "equal_shares",
                _("equal shares: every voter has the same share, supporters pay together"),
            ),
        ],
        initial=PRESET,
        widget=forms.RadioSelect,
    )
    points = forms.IntegerField(
        label=_("Points that every voter spreads over the projects"),
        required=False,
        validators=[MinValueValidator(2), MaxValueValidator(MOST_POINTS)],
        help_text=_(
            "Empty: voters choose projects, and each choice is one vote. With points the project "
            "with the most points comes first."
        ),
    )
    groups = forms.ChoiceField(
        label=_("Which projects stand together on the ballot"),
        choices=[
            (PRESET, _("as the contest preset says; those of a dong, where it says nothing")),
            (BY_DONG, _("those of a dong")),
            (BY_FIELD, _("those of a field")),
        ],
        initial=PRESET,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("If the contest limits the picks in each group, these are the groups."),
    )
    skip = forms.TypedChoiceField(
        label=_("By votes: a project that does not fit"),
        choices=[
            ("1", _("is passed over; the count goes on with the next one")),
            ("0", _("ends the count")),
        ],
        initial="1",
        required=False,
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    outside_percent = forms.IntegerField(
        label=_("By votes: what is left pays at least so many percent of a project"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_(
            "Then it is funded all the same, and the rest comes from outside this budget; make "
            "sure of that money first. Empty: only what fits is funded."
        ),
    )
    utility = forms.ChoiceField(
        label=_("Equal shares: what a funded project is worth to a supporter"),
        choices=[
            (Utility.COST, _("what it costs: dear projects need no more supporters for the money")),
            (Utility.CARDINALITY, _("every project the same: many cheap projects come first")),
            (Utility.POINTS, _("the points that the supporter gave it")),
        ],
        initial=Utility.COST,
        required=False,
        widget=forms.RadioSelect,
    )
    completion = forms.ChoiceField(
        label=_("Equal shares: what happens with money that is left"),
        choices=[
            (
                Completion.ADD1_OVERSPEND,
                _("the shares grow step by step as long as the budget suffices"),
            ),
            (
                Completion.ADD1_EXHAUSTIVE,
                _("the shares grow step by step until no further project can be paid for"),
            ),
            (Completion.NONE, _("it stays")),
        ],
        initial=Completion.ADD1_OVERSPEND,
        required=False,
        widget=forms.RadioSelect,
    )
    step = forms.DecimalField(
        label=_("Equal shares: the step"),
        required=False,
        initial="0.2",
        min_value=0,
        max_digits=14,
        decimal_places=4,
        help_text=_("By so much the share of every voter grows from one run to the next."),
    )
    step_of = forms.ChoiceField(
        label=_("Equal shares: the step is measured"),
        choices=[
            (StepOf.SHARE, _("in percent of the first share")),
            (StepOf.MONEY, _("in won")),
        ],
        initial=StepOf.SHARE,
        required=False,
        widget=forms.RadioSelect,
    )
    then_greedy = forms.BooleanField(
        label=_("Equal shares: spend what is still left by votes"), required=False
    )
    comparison = forms.BooleanField(
        label=_("Equal shares: take the outcome by votes if more voters have more of that"),
        required=False,
    )
    threshold = forms.IntegerField(
        label=_("Least number of votes"),
        required=False,
        initial=1,
        validators=[MinValueValidator(1)],
        help_text=_(
            "A project with fewer votes is not funded. Empty: no minimum, so that money left over "
            "pays for projects that nobody voted for."
        ),
    )
    threshold_percent = forms.IntegerField(
        label=_("Least share of the voters, in percent"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("A project that fewer of the voters chose is not funded. Empty: no minimum."),
    )
    cost_multiple = forms.DecimalField(
        label=_("Dear projects need more voters: the multiple of the budget"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=6,
        decimal_places=2,
        help_text=_(
            "With 2, a project of a tenth of the budget needs a twentieth of the voters; with 1, "
            "a tenth. Empty: the cost asks for nothing."
        ),
    )
    min_turnout = forms.IntegerField(
        label=_("Least number of voters"),
        required=False,
        validators=[MinValueValidator(1)],
        help_text=_("With fewer voters no project is funded. Empty: any number is enough."),
    )
    min_turnout_percent = forms.IntegerField(
        label=_("Least turnout, in percent of the people on the roll"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("With a lower turnout no project is funded. Empty: any turnout is enough."),
    )
    exclusions = forms.CharField(
        label=_("Projects that exclude each other"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Numbers of projects, one group a line, such as “01, 04”. At most one of each group "
            "is funded."
        ),
    )
    area_caps = forms.CharField(
        label=_("Most money for an area"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One area a line with its amount in won, such as “느티동 80000000”."),
    )
    category_caps = forms.CharField(
        label=_("Most money for a field"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One field a line with its amount in won, such as “안전 100000000”."),
    )
    tie_rule = forms.ChoiceField(
        label=_("With equal votes"),
        choices=[
            ("lower_lot", _("the cheaper project comes first, then a public lot")),
            ("lower_cost", _("the cheaper project comes first, then the body decides")),
            ("lot", _("a public lot")),
            ("report", _("the body decides")),
            ("more_lot", _("the project with more votes comes first, then a public lot")),
            ("more_report", _("the project with more votes comes first, then the body decides")),
            ("both_lot", _("more votes, then the cheaper project, then a public lot")),
            ("both_report", _("more votes, then the cheaper project, then the body decides")),
        ],
        initial="lower_lot",
        widget=forms.RadioSelect,
        help_text=_(
            "More votes can decide only with equal shares, where projects are level that cost "
            "their supporters the same; by votes, level projects have the same number of votes."
        ),
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {
            "exclusions": sorted(one.key for one in candidates),
            "area_caps": sorted({one.area for one in candidates}),
            "category_caps": sorted({name for one in candidates for name in one.categories}),
        }
        for name, words in known.items():
            if words:
                self.fields[name].widget.attrs["placeholder"] = ", ".join(words)[:200]
            if len(words) < 2:
                del self.fields[name]

    def clean_exclusions(self) -> tuple[tuple[str, ...], ...]:
        """Read groups of project numbers, one a line."""
        groups = [
            line.replace(",", " ").split() for line in self.cleaned_data["exclusions"].splitlines()
        ]
        for group in filter(None, groups):
            if len(set(group)) < max(2, len(group)):
                raise ValidationError(
                    _("Write two or more different numbers in a line, such as “01, 04”."),
                    code="bad_group",
                )
        return tuple(tuple(group) for group in groups if group)

    def clean_area_caps(self) -> Caps:
        """Read limits of areas."""
        return read_caps(self.cleaned_data["area_caps"])

    def clean_category_caps(self) -> Caps:
        """Read limits of fields."""
        return read_caps(self.cleaned_data["category_caps"])

    def clean(self) -> dict[str, Any]:
        """Ask for a step where the shares grow; refuse what the method knows nothing of."""
        cleaned = super().clean()
        by_shares = self.is_by_shares()
        if by_shares and self.of_preset().get("weights"):
            words = _("Equal shares give every voter the same money; this preset sets weights.")
            self.add_error("method", ValidationError(words, code="weights"))
        if by_shares and cleaned.get("outside_percent"):
            words = _("Equal shares take no money from outside. Leave this empty.")
            self.add_error("outside_percent", ValidationError(words, code="no_outside"))
        pointed = bool(cleaned.get("points"))
        level = not by_shares and not pointed and not self.of_preset().get("weights")
        if level and MORE_VOTES in self.tie_orders():
            words = _("By votes, level projects have the same votes. Choose another order.")
            self.add_error("tie_rule", ValidationError(words, code="same_votes"))
        grows = cleaned.get("completion") != Completion.NONE
        if cleaned.get("method") == "equal_shares" and grows and not cleaned.get("step"):
            self.add_error(
                "step", ValidationError(_("Write a step of more than 0."), code="no_step")
            )
        return cleaned

    def of_preset(self) -> Mapping[str, Any]:
        """The settings of the count that the chosen preset holds."""
        preset = self.cleaned_data.get("preset")
        return preset.settings.get("rule_options", {}) if preset else {}

    def is_by_shares(self) -> bool:
        """Whether the money is given out by equal shares, as chosen or as the preset says."""
        method = self.cleaned_data.get("method")
        if method == PRESET:
            method = self.of_preset().get("allocation", {}).get("rule")
        return method == "equal_shares"

    def chosen_groups(self) -> str:
        """Whether projects of a dong or of a field stand together."""
        said = self.cleaned_data["groups"] or PRESET
        of_preset = self.of_preset().get("allocation", {}).get("groups", BY_DONG)
        return str(of_preset) if said == PRESET else said

    def tie_orders(self) -> tuple[str, ...]:
        """What puts level projects in order before a lot, or before somebody decides."""
        return TIES.get(self.cleaned_data.get("tie_rule", ""), ((), ""))[0]

    def tie_end(self) -> str:
        """The contest's rule of ties that goes with the chosen order."""
        return TIES[self.cleaned_data["tie_rule"]][1]

    def choices(self) -> dict[str, Any]:
        """Everything that was chosen, as a contest is prepared with it."""
        return {
            "preset": self.cleaned_data["preset"],
            "options": self.options(),
            "tie_rule": self.tie_end(),
            "groups": self.chosen_groups(),
            "points": self.cleaned_data["points"],
        }

    def options(self) -> Options:
        """The rule as the count takes it."""
        data = self.cleaned_data
        multiple = data["cost_multiple"]
        constraints = Constraints(
            threshold_percent=data["threshold_percent"],
            cost_multiple=None if multiple is None else whole(Fraction(multiple)),
            min_turnout=data["min_turnout"],
            min_turnout_percent=data["min_turnout_percent"],
            exclusions=data.get("exclusions", ()),
            area_caps=data.get("area_caps", ()),
            category_caps=data.get("category_caps", ()),
        )
        conditions: dict[str, Any] = {
            "threshold": data["threshold"],
            "constraints": constraints,
            "tie_orders": self.tie_orders(),
        }
        preset = data["preset"]
        if data["method"] == PRESET and preset and self.is_by_shares():
            given = options_of_preset(preset.settings)
            if given is not None:
                return replace(given, **conditions)
        if not self.is_by_shares():
            return GreedyOptions(
                skip=data["skip"] is not False,
                outside_percent=data["outside_percent"],
                **conditions,
            )
        of = StepOf(data["step_of"] or StepOf.SHARE)
        step = Fraction(data["step"] or 1) / (100 if of is StepOf.SHARE else 1)
        return EqualSharesOptions(
            utility=Utility(data["utility"] or Utility.COST),
            completion=Completion(data["completion"] or Completion.ADD1_OVERSPEND),
            then_greedy=data["then_greedy"],
            comparison=data["comparison"],
            step=whole(step),
            step_of=of,
            **conditions,
        )


CHEAPER, MORE_VOTES = "lower_cost", "more_votes"
TIES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "lower_lot": ((CHEAPER,), "lower_lot"),
    "lower_cost": ((CHEAPER,), "lower_cost"),
    "lot": ((), "lot"),
    "report": ((), "report"),
    "more_lot": ((MORE_VOTES,), "lot"),
    "more_report": ((MORE_VOTES,), "report"),
    "both_lot": ((MORE_VOTES, CHEAPER), "lower_lot"),
    "both_report": ((MORE_VOTES, CHEAPER), "lower_cost"),
}
"""A choice about ties: the orders of the money's rule, and the contest's rule of ties."""


def read_caps(text: str) -> Caps:
    """Read names with amounts, one a line. Raises ValidationError naming the line."""
    caps: dict[str, int] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _space, amount = line.rpartition(" ")
        digits = amount.replace(",", "").removesuffix("원")
        if not name.strip() or not digits.isascii() or not digits.isdecimal():
            raise ValidationError(
                _("“%(line)s” is no name with an amount, such as “느티동 80000000”."),
                code="bad_limit",
                params={"line": line},
            )
        if name.strip() in caps:
            raise ValidationError(
                _("“%(name)s” stands there twice."), code="twice", params={"name": name.strip()}
            )
        caps[name.strip()] = int(digits)
    return tuple(sorted(caps.items()))
