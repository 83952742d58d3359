"""What a browser sends of a ballot, and the few fields around it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from voting.ballots import PICKED, BallotKind
from voting.selectors.pages import areas_with_contests
from voting.wording import ANSWERS as ANSWER_WORDS
from voting.wording import mark_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from places.models import Area
    from voting.ballots import BallotDesign
    from voting.models import Option

    AreaChoice = forms.ModelChoiceField[Area]
else:
    AreaChoice = forms.ModelChoiceField  # takes no type at run time

PICK, ANSWER, ANSWERS = "pick", "answer:", "answers"
SERVED_SALT = "voting.served"

MOST_LISTED = 10
"""Up to this number, scores and points are chosen from a list; above, they are typed."""

Raw = list[str] | dict[str, str]
"""A ballot as it was sent: option keys, or option key to answer, place, score or points.

`read_marks` judges it.
"""


def raw_of(sent: QueryDict) -> Raw:
    """The ballot in a sent form, untouched; an empty pick is the voter's "none of these"."""
    if ANSWERS in sent:
        return {
            name.removeprefix(ANSWER): str(value)
            for name, value in sent.items()
            if name.startswith(ANSWER) and value
        }
    return [key for key in sent.getlist(PICK) if key]


def without_noughts(design: BallotDesign, raw: Raw) -> Raw:
    """The ballot without options that got no point: it is blank if nothing else is on it."""
    if design.kind is not BallotKind.POINTS or not isinstance(raw, dict):
        return raw
    return {key: value for key, value in raw.items() if value.strip("0")}


def ballot_rows(
    options: Sequence[Option], design: BallotDesign, raw: Raw, wrong: str = ""
) -> list[dict[str, Any]]:
    """The options as the ballot prints them, with what is marked.

    `wrong` is the key of the option that a refusal is about.
    """
    given = raw if isinstance(raw, dict) else {}
    parted = design.group_picks is not None
    rows: list[dict[str, Any]] = []
    group = None
    for option in options:
        value = given.get(option.key, "")
        rows.append(
            {
                "option": option,
                "checked": option.key in raw,
                "value": value,
                "choices": [
                    {"value": one, "label": words, "checked": one == value}
                    for one, words in choices_of(design)
                ],
                "is_wrong": option.key == wrong,
                "group": option.group if parted and option.group != group else "",
            }
        )
        group = option.group
    return rows


def choices_of(design: BallotDesign) -> list[tuple[str, str]]:
    """What may be said to one option: answers, places, scores or points; none if it is typed."""
    if design.kind is BallotKind.YES_NO:
        return [
            (str(answer), str(words))
            for answer, words in ANSWER_WORDS.items()
            if answer != "abstain" or design.abstain_allowed
        ]
    if design.kind is BallotKind.RANK:
        numbers = range(1, design.max_picks + 1)
    elif most_of(design) <= MOST_LISTED:
        numbers = range(int(design.kind is BallotKind.POINTS), most_of(design) + 1)
    else:
        return []
    return [(str(number), mark_words(design.kind, number)) for number in numbers]


def most_of(design: BallotDesign) -> int:
    """The highest number that an option may get; 0 where there are none."""
    if design.kind is BallotKind.RANK:
        return design.max_picks
    return design.score_max or design.points_cap or design.points or 0


def hidden_inputs(raw: Raw) -> list[tuple[str, str]]:
    """The same ballot as hidden fields of the next form."""
    if isinstance(raw, dict):
        return [(ANSWERS, "1"), *((ANSWER + key, value) for key, value in raw.items())]
    return [(PICK, key) for key in raw]


def to_numbers(design: BallotDesign, raw: Raw) -> dict[str, str]:
    """The ballot in short: numbers of options to answers (empty for a pick)."""
    numbers = {option.key: str(option.number) for option in design.options}
    if isinstance(raw, dict):
        return {numbers[key]: value for key, value in raw.items() if key in numbers}
    return {numbers[key]: "" for key in raw if key in numbers}


def from_numbers(design: BallotDesign, kept: Mapping[str, str]) -> Raw:
    """The ballot back from its numbers; options that are gone are left out."""
    keys = {str(option.number): option.key for option in design.in_order}
    if design.kind in PICKED:
        return [keys[number] for number in kept if number in keys]
    return {keys[number]: answer for number, answer in kept.items() if number in keys}


def served_token(contest_id: int, at: datetime) -> str:
    """A signed note of when the ballot page was served, for the grace at the close."""
    return signing.dumps([contest_id, at.isoformat()], salt=SERVED_SALT)


def served_at(contest_id: int, token: str) -> datetime | None:
    """When the page with this token was served; None for a token that is not ours."""
    try:
        contest, at = signing.loads(token, salt=SERVED_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return datetime.fromisoformat(cast("str", at)) if contest == contest_id else None


class CastForm(forms.Form):
    """What goes with the ballot: the name of this one attempt, and whether blank is meant."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    served = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    blank = forms.BooleanField(
        label=_("Yes, I want to send a blank ballot. It counts as taking part, for no option."),
        required=False,
    )


class ContestFilterForm(forms.Form):
    """Which votes the list shows."""

    area = AreaChoice(
        label=_("My dong or district"), queryset=None, required=False, to_field_name="code"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas_with_contests()  # type: ignore[attr-defined]  # a model choice
        self.fields["area"].empty_label = _("Everywhere")  # type: ignore[attr-defined]  # the same

    def chosen(self) -> Area | None:
        """The area asked for; None for none and for one that is not there."""
        return self.cleaned_data["area"] if self.is_valid() else None


class LeafForm(forms.Form):
    """A receipt to look up: 64 signs, blanks between groups allowed."""

    leaf = forms.CharField(
        label=_("Receipt number"),
        max_length=120,
        help_text=_("64 letters and digits from your receipt; blanks do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Please paste the number from your receipt.")},
    )

    def clean_leaf(self) -> str:
        """The 64 hex digits without blanks."""
        leaf = "".join(str(self.cleaned_data["leaf"]).split()).lower()
        if len(leaf) != 64 or set(leaf) - set("0123456789abcdef"):
            raise forms.ValidationError(
                _("A receipt number has 64 signs, only 0–9 and a–f. This one has %(signs)s."),
                code="not_a_receipt",
                params={"signs": len(leaf)},
            )
        return leaf
