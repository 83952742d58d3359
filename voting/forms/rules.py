"""The counting rules on the set-up page: what each asks for, and the fields that ask.

A rule that has no row in `RULE_FIELDS` cannot be chosen. A new one: a row, and a field for each
option that no other rule has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from voting.forms.bars import CENSUS, FIXED, MEMBERS, BarField
from voting.tally import scores, stv, weights
from voting.tally.rankings import KNOWN
from voting.wording import CHANNELS, READINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.utils.functional import _StrPromise

    Words = Mapping[str, _StrPromise]


@dataclass(frozen=True)
class RuleFields:
    """A counting rule on the set-up page: its name, and the columns and options it asks for."""

    label: _StrPromise
    columns: tuple[str, ...]
    options: tuple[str, ...]


RULE_FIELDS: Mapping[str, RuleFields] = {
    "plurality": RuleFields(
        _("The most votes win"), ("seats",), ("per_group", "threshold", "quorum", "weights")
    ),
    "approval": RuleFields(
        _("Approval: everybody chooses all they agree with, the most votes win"),
        ("seats",),
        ("per_group", "threshold", "quorum", "weights"),
    ),
    "seq_pav": RuleFields(
        _("Proportional approval: who has got a winner already counts less for the next"),
        ("seats",),
        ("quorum",),
    ),
    "seq_phragmen": RuleFields(
        _("Phragmén: every group of like-minded voters gets winners by its size"),
        ("seats",),
        ("quorum",),
    ),
    "yes_no": RuleFields(
        _("Each item needs a majority of yes"), (), ("majority", "quorum", "abstain_counts")
    ),
    "projects": RuleFields(
        _("Votes per project; the rule of the budget spends the money"), (), ("quorum",)
    ),
    "score": RuleFields(
        _("Scores are added up, or averaged"), ("seats",), ("of", "least", "quorum", "weights")
    ),
    "points": RuleFields(_("Points are added up"), ("seats",), ("quorum", "weights")),
    "irv": RuleFields(
        _("Instant run-off: the last one goes out until one has more than half"),
        (),
        ("elimination", "stop", "ties", "reading", "quorum"),
    ),
    "stv": RuleFields(
        _("Transferable vote: several winners, in proportion"),
        ("seats",),
        ("decimals", "ties", "reading", "quorum"),
    ),
    "schulze": RuleFields(
        _("Schulze: who beats every other one to one"),
        ("seats",),
        ("strength", "reading", "quorum"),
    ),
    "borda": RuleFields(
        _("Borda: points by place are added up"), ("seats",), ("unranked", "reading", "quorum")
    ),
}

NO_FIELDS = RuleFields(_("This rule is not set here"), (), ())

CHOICES: Mapping[str, Words] = {
    "of": {"sum": _("the sum of the scores"), "mean": _("the average of the scores given")},
    "elimination": {
        "one": _("one after the other"),
        "batch": _("all at once who together cannot catch up"),
    },
    "stop": {
        "majority": _("as soon as one has more than half"),
        "two": _("only when two are left"),
    },
    "ties": {
        "earlier": _("the rounds before decide, then the rule for ties below"),
        "lot": _("a public lot at once"),
    },
    "strength": {
        "winning": _("by how many ballots are for the winner of the pair"),
        "margins": _("by how far the two are apart"),
    },
    "unranked": {
        "zero": _("no points"),
        "average": _("the average of what is left"),
        "modified": _("no points, and short ballots give fewer points as well"),
    },
}
"""Settings with named values, the first of which holds where nothing is said."""


def choice(name: str, label: Any, help_text: Any = "") -> Callable[[], forms.Field]:
    """A setting with named values."""
    return lambda: forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=list(CHOICES[name].items()),
        widget=forms.RadioSelect,
        required=False,
    )


# --- How rankings on paper are read -------------------------------------------------------------


class PartsWidget(forms.MultiWidget):
    """Several inputs side by side, each with its label."""

    template_name = "voting/_bar_widget.html"
    use_fieldset = True
    labels: Sequence[Any] = ()
    in_pairs = False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the labels beside their inputs."""
        context = super().get_context(name, value, attrs)
        context["widget"]["parts"] = list(
            zip(self.labels, context["widget"]["subwidgets"], strict=True)
        )
        context["widget"]["in_pairs"] = self.in_pairs
        return context


class ReadingWidget(PartsWidget):
    """What gaps, repetitions and shared places on paper mean: one choice each."""

    labels = (
        _("several names in one place"),
        _("a place left empty"),
        _("a name that stands twice"),
    )

    def __init__(self) -> None:
        super().__init__(
            {
                part: forms.Select(choices=[(one, READINGS[part][one]) for one in KNOWN[part]])
                for part in KNOWN
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        """A reading as its parts; what is not said is the first there is."""
        given = value or {}
        return [given.get(part, known[0]) for part, known in KNOWN.items()]


class PartsField(forms.MultiValueField):
    """Several inputs as one value; untouched ones change nothing."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare with what the inputs showed, also where nothing is stored yet."""
        shown = self.widget.decompress(initial)
        return super().has_changed(shown, data)


class ReadingField(PartsField):
    """How a ranking on paper is read."""

    def __init__(self) -> None:
        super().__init__(
            fields=[
                forms.ChoiceField(choices=[(one, one) for one in known], required=False)
                for known in KNOWN.values()
            ],
            widget=ReadingWidget(),
            require_all_fields=False,
            required=False,
            label=_("How a ranking on paper is read"),
            help_text=_("On the web nobody can leave a gap or name one twice."),
        )

    def compress(self, data_list: list[Any]) -> dict[str, str] | None:
        """What is not the usual reading, or None."""
        said = zip(KNOWN.items(), data_list or (), strict=False)
        return {part: one for (part, known), one in said if one and one != known[0]} or None


# --- Weights of ways and bodies -----------------------------------------------------------------

MOST_BODIES = 2
WAYS: Words = {
    "ballots": _("its share of the ballots of the part"),
    "points": _("its share of all votes or points of the part"),
    "rank": _("its place in the part"),
}
EMPTY: Words = {
    "spread": _("the others take its weight"),
    "void": _("nobody is chosen"),
}


class WeightsWidget(PartsWidget):
    """A weight for the web, for paper and for bodies, and how they are put together."""

    in_pairs = True
    labels = (
        _("web, in per cent"),
        _("paper, in per cent"),
        *(_("name of a body"), _("body, in per cent")) * MOST_BODIES,
        _("what counts of each part"),
        _("if a part stays empty"),
    )

    def __init__(self) -> None:
        def weight() -> forms.NumberInput:
            return forms.NumberInput(attrs={"min": 1, "max": weights.ALL})

        super().__init__(
            {
                "web": weight(),
                "paper": weight(),
                **{
                    name: made
                    for place in range(1, MOST_BODIES + 1)
                    for name, made in (
                        (f"body{place}", forms.TextInput(attrs={"maxlength": 40})),
                        (f"weight{place}", weight()),
                    )
                },
                "as": forms.Select(choices=list(WAYS.items())),
                "empty": forms.Select(choices=list(EMPTY.items())),
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        """The weights of the configuration as the inputs."""
        given = value or {"parts": [], "as": "ballots", "empty": "spread"}
        ways = {part["part"]: part["weight"] for part in given["parts"] if not part.get("body")}
        bodies = [(part["part"], part["weight"]) for part in given["parts"] if part.get("body")]
        bodies += [("", None)] * (MOST_BODIES - len(bodies))
        flat = [one for body in bodies[:MOST_BODIES] for one in body]
        return [ways.get("web"), ways.get("paper"), *flat, given["as"], given["empty"]]


class WeightsField(PartsField):
    """Weights of channels and bodies out of 100, or None."""

    def __init__(self) -> None:
        def weight() -> forms.IntegerField:
            return forms.IntegerField(required=False, min_value=1, max_value=weights.ALL)

        bodies = [
            field
            for _place in range(MOST_BODIES)
            for field in (forms.CharField(required=False, max_length=40), weight())
        ]
        super().__init__(
            fields=[
                weight(),
                weight(),
                *bodies,
                forms.ChoiceField(choices=list(WAYS.items()), required=False),
                forms.ChoiceField(choices=list(EMPTY.items()), required=False),
            ],
            widget=WeightsWidget(),
            require_all_fields=False,
            required=False,
            label=_("Weights of the ways of voting and of bodies"),
            help_text=_(
                "Empty: every ballot weighs the same. Else give each way of voting a share, all "
                "together 100; a body, such as a panel of experts, gives whole numbers for each "
                "option before the count."
            ),
        )

    def compress(self, data_list: list[Any]) -> dict[str, Any] | None:
        """The inputs as weights; what does not fit is said in words."""
        web, paper, *bodies, way, empty = data_list or [None] * (4 + 2 * MOST_BODIES)
        parts: list[dict[str, Any]] = [
            {"part": name, "weight": weight}
            for name, weight in (("web", web), ("paper", paper))
            if weight
        ]
        for name, weight in zip(bodies[::2], bodies[1::2], strict=True):
            if bool(name) != bool(weight):
                raise ValidationError(
                    _("Please give a body both a name and a weight, or neither."), code="body"
                )
            if name:
                parts.append({"part": name, "weight": weight, "body": True})
        if not parts:
            return None
        names = [str(part["part"]) for part in parts]
        taken = [name for name in names if names.count(name) > 1]
        taken += [part["part"] for part in parts if part.get("body") and part["part"] in CHANNELS]
        if taken:
            raise ValidationError(
                _("“%(name)s” is the name of another part; please choose a different one."),
                code="name",
                params={"name": taken[0]},
            )
        together = sum(part["weight"] for part in parts)
        if together != weights.ALL:
            raise ValidationError(
                _("The weights come to %(sum)s; together they must be 100."),
                code="sum",
                params={"sum": together},
            )
        return {"parts": parts, "as": way or "ballots", "empty": empty or "spread"}


# --- All options --------------------------------------------------------------------------------

OPTION_FIELDS: Mapping[str, Callable[[], forms.Field]] = {
    "of": choice("of", _("What counts")),
    "least": lambda: forms.IntegerField(
        label=_("How many ballots must have scored an option so that it can win"),
        required=False,
        min_value=1,
        max_value=scores.MOST_LEAST,
        help_text=_("With an average, it keeps one that hardly anybody scored from winning."),
    ),
    "elimination": choice("elimination", _("Who goes out in a round")),
    "stop": choice("stop", _("When the count ends")),
    "decimals": lambda: forms.IntegerField(
        label=_("Decimal places of a transferred vote"),
        required=False,
        min_value=0,
        max_value=stv.MOST_DECIMALS,
        help_text=_(
            "Usually 5; what lies beyond is cut off. The quota is that of Droop, and a surplus is "
            "passed on over all ballots that lie with the winner."
        ),
    ),
    "strength": choice("strength", _("How the strength of a win is measured")),
    "unranked": choice("unranked", _("What an option gets that a ballot does not rank")),
    "ties": choice(
        "ties",
        _("If options are equal in a round"),
        _("A lot needs that below a public lot is chosen for equal votes."),
    ),
    "reading": ReadingField,
    "threshold": lambda: BarField(
        bases=("", "valid", "turnout", CENSUS, FIXED),
        label=_("How many votes a winner needs at least"),
    ),
    "majority": lambda: BarField(
        bases=("valid", "turnout", "roll", CENSUS),
        label=_("How many yes votes pass an item"),
        help_text=_("Usually: a share of the valid votes, 1/2, more than that."),
    ),
    "per_group": lambda: forms.BooleanField(
        label=_("winners are chosen in each group"),
        required=False,
        help_text=_("Every option then needs a group."),
    ),
    "abstain_counts": lambda: forms.BooleanField(
        label=_("abstentions count as valid answers"), required=False
    ),
    "quorum": lambda: BarField(
        bases=("", CENSUS, "roll", FIXED, MEMBERS),
        label=_("How many must take part for the vote to be valid"),
        help_text=_("Example: a share of the census, 0.5%. With fewer nothing is passed."),
    ),
    "weights": WeightsField,
}
"""The field of each option, by its name in the rule."""

STARTS: Mapping[str, Any] = {
    "majority": {"of": "valid", "share": "1/2", "strict": True},
    "decimals": stv.DECIMALS,
    "least": 1,
    **{name: next(iter(words)) for name, words in CHOICES.items()},
}
"""What a field begins with where the rule says nothing; the rule means the same by it."""


def is_said(value: object) -> bool:
    """Whether a field asks for something; nought does, no does not."""
    return value is not None and value is not False and value not in ("", {})
