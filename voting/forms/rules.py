"""The counting rules on the set-up page: what each asks for, and the fields that ask.

A rule that has no row in `RULE_FIELDS` cannot be chosen. A new one: a row, and a field for each
option that no other rule has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from voting.forms.bars import CENSUS, FIXED, MEMBERS, BarField
from voting.forms.parts import PartsField, PartsWidget, SeatsByField, WeightsField, bodies_of
from voting.tally import scores, stv
from voting.tally.rankings import KNOWN
from voting.wording import READINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
        _("The most votes win"),
        ("seats",),
        ("per_group", "threshold", "quorum", "weights", "seats_by"),
    ),
    "approval": RuleFields(
        _("Approval: everybody chooses all they agree with, the most votes win"),
        ("seats",),
        ("per_group", "threshold", "quorum", "weights", "seats_by"),
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
    "equal_shares": RuleFields(
        _("Equal shares: every ballot has the same share in the places, and those who agree join"),
        ("seats",),
        ("completion", "quorum"),
    ),
    "yes_no": RuleFields(
        _("Each item needs a majority of yes"), (), ("majority", "quorum", "abstain_counts")
    ),
    "projects": RuleFields(
        _("Votes per project; the rule of the budget spends the money"), (), ("quorum", "weights")
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
    "completion": {
        "phragmen": _("those whose supporters lack the least (Phragmén; the usual way)"),
        "votes": _("those with the most votes"),
        "none": _("nobody: they stay empty"),
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


# --- All options --------------------------------------------------------------------------------

OPTION_FIELDS: Mapping[str, Callable[..., forms.Field]] = {
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
    "completion": choice(
        "completion",
        _("Who gets the places that no shares are enough for"),
        _("Equal shares can only be used where every ballot is published."),
    ),
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
    "seats_by": SeatsByField,
}
"""The field of each option, by its name in the rule."""


def option_field(name: str, stored: Any) -> forms.Field:
    """Make the field of an option, with room for all that is stored of it."""
    make = OPTION_FIELDS[name]
    return make(bodies_of(stored)) if name in ("weights", "seats_by") else make()


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
