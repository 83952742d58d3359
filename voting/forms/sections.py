"""The sections of a contest's set-up, one form each, and the table of counting rules.

A section is a form over a few columns of a contest. The same sections edit a preset, less what
only one contest has (days, centres, census). The rule's fields follow from `RULE_FIELDS`.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from places.models import Area, Centre
from places.selectors import areas_in_force, open_centres
from proceedings.texts import SafeWords
from residents.models import Basis
from voting.ballots import OVERPICKS, BallotKind
from voting.configuration import BY_COST, BY_LOT
from voting.forms.rules import NO_FIELDS, OPTION_FIELDS, RULE_FIELDS, STARTS, is_said, option_field
from voting.models import Contest, ContestKind
from voting.services.contests import PRESET_FIELDS
from voting.tally import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    ContestModelForm = forms.ModelForm[Contest]
    CentreChoices = forms.ModelMultipleChoiceField[Centre]
else:
    ContestModelForm = forms.ModelForm  # takes no type at run time
    CentreChoices = forms.ModelMultipleChoiceField  # the same

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HOUR = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
SHORT_TEXT = forms.Textarea(attrs={"rows": 2})


class SectionForm(SafeWords, ContestModelForm):
    """Some columns of a contest. `for_preset` leaves out what only one contest has."""

    class Meta:
        model = Contest
        fields: tuple[str, ...] = ()

    def __init__(
        self, data: Any = None, *, instance: Contest, for_preset: bool = False, prefix: str = ""
    ) -> None:
        super().__init__(data, instance=copy(instance), prefix=prefix or None)
        self.for_preset = for_preset
        self.shape(instance)
        if for_preset:
            for name in set(self.fields) - PRESET_FIELDS - set(OPTION_FIELDS):
                del self.fields[name]
            for field in self.fields.values():
                if not isinstance(field, forms.ChoiceField):
                    field.required = False

    def shape(self, contest: Contest) -> None:
        """Ask only what makes a difference for this contest."""

    def changes(self) -> dict[str, Any]:
        """What differs from what is stored."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def settings(self) -> dict[str, Any]:
        """Everything as a preset holds it; empty numbers are left to the contest."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class WordsForm(SectionForm):
    """What it is about and what comes of it."""

    class Meta(SectionForm.Meta):
        fields = ("title", "area", "process", "summary", "effect", "decided_by", "ordinance")
        help_texts: ClassVar = {
            "process": _("If the vote is a step of one."),
            "summary": _("Two or three sentences for the page of the vote."),
            "effect": _("One sentence: what happens with the result, and who decides next."),
            "decided_by": _("The body that decides next, such as the district council."),
            "ordinance": _("The clauses on which the rules stand; everybody can read them."),
        }
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "effect": SHORT_TEXT,
            "ordinance": forms.Textarea(attrs={"rows": 3}),
        }

    def shape(self, contest: Contest) -> None:
        area: Any = self.fields["area"]
        area.queryset = areas_in_force() | Area.objects.filter(pk=contest.area_id)


class VotersForm(SectionForm):
    """Who may vote, and for how many people the vote is."""

    bases = forms.MultipleChoiceField(
        label=_("who counts"),
        choices=Basis.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta(SectionForm.Meta):
        fields = ("bases", "min_age", "age_on", "census", "roll_mode")
        help_texts: ClassVar = {
            "min_age": _("In full years; empty means any age."),
            "age_on": _("The base date: who has the age on this day may vote."),
            "census": _(
                "How many people the vote is for. It begins with the population of the area; "
                "turnout and shares of the census are counted against it."
            ),
        }
        widgets: ClassVar = {"age_on": DAY, "roll_mode": forms.RadioSelect}

    def clean_min_age(self) -> int | None:
        """An age that people reach."""
        age: int | None = self.cleaned_data["min_age"]
        if age is not None and age > 120:
            raise ValidationError(_("Please enter an age in years, such as 14."), code="age")
        return age


class TimesForm(SectionForm):
    """On which ways, where and when."""

    centres = CentreChoices(
        label=_("centres with paper"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Where a ballot box stands and staff hand out papers."),
    )

    class Meta(SectionForm.Meta):
        fields = (
            "opens_at",
            "closes_at",
            "web",
            "paper",
            "centres",
            "stickers",
            "revote",
            "paper_over_web",
            "live_turnout",
            "grace_seconds",
        )
        help_texts: ClassVar = {
            "opens_at": _("In Korean time. The vote opens by itself at this minute."),
            "closes_at": _("In Korean time. Nobody can vote after this minute."),
            "stickers": _(
                "On the day people put stickers on a board. Nobody checks whose they are, so staff "
                "type how many there were, and the result shows them beside the votes, never "
                "added. "
                "What is not typed when the result is published stays out: leave time before it."
            ),
            "live_turnout": _("How many, never how; otherwise only after the close."),
            "grace_seconds": _("Who opened the ballot before the close may still send it."),
        }
        widgets: ClassVar = {
            "opens_at": HOUR,
            "closes_at": HOUR,
            "revote": forms.RadioSelect,
            "paper_over_web": forms.RadioSelect,
        }

    def shape(self, contest: Contest) -> None:
        centres: Any = self.fields["centres"]
        chosen = Centre.objects.filter(contests=contest.pk) if contest.pk else Centre.objects.none()
        centres.queryset = Centre.objects.filter(
            pk__in=[one.pk for one in (*open_centres(), *chosen)]
        ).select_related("area")
        centres.label_from_instance = lambda one: f"{one.name} ({one.area.local_name})"

    def clean(self) -> dict[str, Any]:
        """The close comes after the opening."""
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The contest must close after it opens."))
        return cleaned


BALLOT_FIELDS: Mapping[str, tuple[str, ...]] = {
    ContestKind.SINGLE: (),
    ContestKind.PICK: ("min_picks", "max_picks", "group_picks"),
    ContestKind.YES_NO: ("min_picks", "abstain_allowed"),
    ContestKind.BUDGET: ("min_picks", "max_picks", "group_picks", "spend_limit"),
    ContestKind.RANK: ("min_picks", "max_picks", "equal_ranks"),
    ContestKind.SCORE: ("min_picks", "score_max"),
    ContestKind.POINTS: ("points", "points_cap", "spend_all", "min_picks", "max_picks"),
}
"""What is asked of each kind of ballot, besides what is asked of all."""

LEFT_OUT: Mapping[str, _StrPromise] = {
    ContestKind.YES_NO: _("an item with two answers counts as blank"),
    ContestKind.RANK: _("places after the last one that counts are left out"),
    ContestKind.SCORE: _("an option with two scores counts as not scored"),
}
"""What is left out of a sheet with too many marks, on a ballot of each kind where that is clear."""


def kinds_to_choose(*, budgets: bool) -> list[tuple[str, Any]]:
    """Kinds of ballots that a rule of the set-up counts; those of budgets only where asked for."""
    counted = {kind for name in RULE_FIELDS for kind in RULES[name].kinds}
    return [
        (value, label)
        for value, label in ContestKind.choices
        if BallotKind(value) in counted and (budgets or value != ContestKind.BUDGET)
    ]


class BallotForm(SectionForm):
    """What the voter does on the ballot."""

    class Meta(SectionForm.Meta):
        fields = (
            "kind",
            "min_picks",
            "max_picks",
            "group_picks",
            "spend_limit",
            "equal_ranks",
            "score_max",
            "points",
            "points_cap",
            "spend_all",
            "allow_blank",
            "abstain_allowed",
            "overpick",
        )
        help_texts: ClassVar = {
            "min_picks": _("With fewer the ballot cannot be sent (a blank one can, if allowed)."),
            "group_picks": _("Empty means that groups do not limit; else every option needs one."),
            "spend_limit": _("In won; empty means that only the number of picks is limited."),
            "allow_blank": _("On paper a blank sheet is always counted as blank."),
        }
        widgets: ClassVar = {"kind": forms.RadioSelect, "overpick": forms.RadioSelect}

    def shape(self, contest: Contest) -> None:
        asked = {"kind", "allow_blank", "overpick", *BALLOT_FIELDS[contest.kind]}
        for name in set(self.fields) - asked:
            del self.fields[name]
        kind: Any = self.fields["kind"]
        kind.choices = kinds_to_choose(budgets=self.for_preset)
        overpick: Any = self.fields["overpick"]
        overpick.choices = [
            (value, LEFT_OUT.get(contest.kind, label) if value == "left_out" else label)
            for value, label in overpick.choices
            if value in OVERPICKS[BallotKind(contest.kind)]
        ]
        if contest.outcome == "allocation":
            del self.fields["kind"]
        if contest.outcome == "allocation" or len(overpick.choices) == 1:
            del self.fields["overpick"]

    def clean(self) -> dict[str, Any]:
        """The most are not fewer than the least; another kind of ballot begins with void sheets."""
        cleaned = super().clean()
        least, most = cleaned.get("min_picks"), cleaned.get("max_picks")
        if least is not None and most is not None and most < least:
            self.add_error("max_picks", _("The most picks cannot be fewer than the least."))
        if most == 0:
            self.add_error("max_picks", _("Please let at least one be chosen."))
        if overpick := cleaned.get("overpick"):
            kind = BallotKind(cleaned.get("kind", self.instance.kind))
            cleaned["overpick"] = overpick if overpick in OVERPICKS[kind] else "void"
        return cleaned


class RuleForm(SectionForm):
    """How it is counted: fields by rule, from `RULE_FIELDS`."""

    class Meta(SectionForm.Meta):
        fields = ("rule", "seats", "tie_rule", "lot_source")
        widgets: ClassVar = {"tie_rule": forms.RadioSelect}
        help_texts: ClassVar = {
            "lot_source": _(
                "Needed where a lot decides. Say it before the vote, such as: three residents "
                "throw three dice each."
            ),
        }

    rule = forms.ChoiceField(label=_("counting rule"), widget=forms.RadioSelect)

    def shape(self, contest: Contest) -> None:
        fitting = [
            (name, RULE_FIELDS[name].label)
            for name, rule in RULES.items()
            if BallotKind(contest.kind) in rule.kinds and name in RULE_FIELDS
        ]
        self.asked = RULE_FIELDS.get(contest.rule, NO_FIELDS)
        rule, ties = self.fields.pop("rule"), self.fields.pop("tie_rule")
        seats, lot = self.fields.pop("seats"), self.fields.pop("lot_source")
        if len(fitting) > 1:
            rule.choices = fitting  # type: ignore[attr-defined]  # a choice field
            self.fields["rule"] = rule
        if "seats" in self.asked.columns and contest.outcome != "allocation":
            self.fields["seats"] = seats
        for name in self.asked.options:
            if name == "reading" and not (contest.paper or self.for_preset):
                continue
            stored = contest.rule_options.get(name, STARTS.get(name))
            self.fields[name], self.initial[name] = option_field(name, stored), stored
        if contest.outcome != "allocation":
            ties.choices = [  # type: ignore[attr-defined]  # the same
                (value, label)
                for value, label in ties.choices  # type: ignore[attr-defined]  # the same
                if value and (value not in BY_COST or contest.kind == ContestKind.BUDGET)
            ]
            self.fields["tie_rule"] = ties
        if contest.outcome != "allocation" or contest.tie_rule in BY_LOT:
            self.fields["lot_source"] = lot
        self.kept = {k: v for k, v in contest.rule_options.items() if k not in self.fields}

    def rule_options(self) -> dict[str, Any]:
        """The options as the contest holds them: those that ask for something, and the rest.

        Another rule keeps only what it knows as well.
        """
        asked = {k: v for k, v in self.cleaned_data.items() if k in OPTION_FIELDS}
        held = {**self.kept, **{name: value for name, value in asked.items() if is_said(value)}}
        rule = self.cleaned_data.get("rule", self.instance.rule)
        known = RULE_FIELDS[rule].options if rule in RULE_FIELDS else ()
        return {k: v for k, v in held.items() if k in known or k not in OPTION_FIELDS}

    def changes(self) -> dict[str, Any]:
        changed = super().changes()
        columns = {name: value for name, value in changed.items() if name not in OPTION_FIELDS}
        if set(changed) & {"rule", *OPTION_FIELDS}:
            columns["rule_options"] = self.rule_options()
        return columns

    def settings(self) -> dict[str, Any]:
        columns = {k: v for k, v in super().settings().items() if k not in OPTION_FIELDS}
        return {"rule": self.instance.rule, **columns, "rule_options": self.rule_options()}


class EndsForm(SectionForm):
    """Secrecy, what is published, when, and how long objections are heard."""

    class Meta(SectionForm.Meta):
        fields = ("secrecy", "publication", "result_on", "objection_days")
        help_texts: ClassVar = {
            "objection_days": _("After this many days the result becomes final by itself."),
        }
        widgets: ClassVar = {
            "secrecy": forms.RadioSelect,
            "publication": forms.RadioSelect,
            "result_on": DAY,
        }

    def shape(self, contest: Contest) -> None:  # noqa: ARG002 - the same for each
        publication: Any = self.fields["publication"]
        publication.choices = [choice for choice in publication.choices if choice[0]]


@dataclass(frozen=True)
class Section:
    """A page of the set-up: its address, its name and its form."""

    slug: str
    title: _StrPromise
    form: type[SectionForm]


SECTIONS: tuple[Section, ...] = (
    Section("words", _("What it is about, and its effect"), WordsForm),
    Section("voters", _("Who may vote"), VotersForm),
    Section("times", _("When, where and on which ways"), TimesForm),
    Section("ballot", _("The ballot"), BallotForm),
    Section("rule", _("How it is counted"), RuleForm),
    Section("ends", _("Secrecy, publication and objections"), EndsForm),
)
OPTIONS = "options"
"""The address of the options' page, which is a section of its own."""


def section_of(field: str) -> str:
    """The section in which a field is set, for the links of the list of what is missing."""
    if field in OPTION_FIELDS:
        return "rule"
    if field == "roll":
        return "voters"
    return next((one.slug for one in SECTIONS if field in one.form.base_fields), OPTIONS)
