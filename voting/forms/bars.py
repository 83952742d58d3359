"""A quorum, majority or threshold as a clerk says it: of whom, what share, or how many."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from voting.tally.bars import is_of_census
from voting.wording import share_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

CENSUS, FIXED, MEMBERS = "census", "fixed", "members"
BASES: Mapping[str, _StrPromise] = {
    "": _("nothing is asked for"),
    CENSUS: _("a share of the census"),
    "roll": _("a share of the people on the roll"),
    "turnout": _("a share of those who take part"),
    "valid": _("a share of the valid votes"),
    FIXED: _("a number of people"),
    MEMBERS: _("a multiple of the members of a body"),
}
MORE = (("", _("that much or more")), ("1", _("more than that")))
PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,4}))?\s*%")
FRACTION = re.compile(r"([0-9]{1,6})\s*/\s*([0-9]{1,6})")
TIMES = re.compile(r"([0-9]{1,3})\s*배?")


def read_share(text: str, *, multiple: bool = False) -> str | None:
    """A typed share as "1/4"; None if it cannot be read. A multiple may be typed as "3" or "3배".

    Percentages are exact: "0.5%" is 1/200.
    """
    if form := PERCENT.fullmatch(text):
        decimals = form[2] or ""
        share = Fraction(int(form[1] + decimals), 100 * 10 ** len(decimals))
    elif (form := FRACTION.fullmatch(text)) and int(form[2]):
        share = Fraction(int(form[1]), int(form[2]))
    elif multiple and (form := TIMES.fullmatch(text)):
        share = Fraction(int(form[1]))
    else:
        return None
    return f"{share.numerator}/{share.denominator}" if share > 0 else None


class BarWidget(forms.MultiWidget):
    """Four inputs side by side, each with its label."""

    template_name = "voting/_bar_widget.html"
    use_fieldset = True
    labels = (_("what is asked for"), _("what share"), _("reached or passed"), _("how many"))

    def __init__(self, bases: Sequence[str]) -> None:
        super().__init__(
            {
                "of": forms.Select(choices=[(base, BASES[base]) for base in bases]),
                "share": forms.TextInput(attrs={"size": 8, "placeholder": "1/4, 25%"}),
                "more": forms.Select(choices=MORE),
                "number": forms.NumberInput(attrs={"min": 1}),
            }
        )

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the labels beside their inputs."""
        context = super().get_context(name, value, attrs)
        context["widget"]["parts"] = list(
            zip(self.labels, context["widget"]["subwidgets"], strict=True)
        )
        return context

    def decompress(self, value: Any) -> list[Any]:
        """A bar of the configuration as the four inputs."""
        if not value:
            return ["", "", "", None]
        of = CENSUS if is_of_census(value) else value["of"]
        share = "" if of == FIXED else share_words(str(value.get("share", "1/1")))
        number = None if of == CENSUS else value.get("number")
        return [of, share, "1" if value.get("strict") else "", number]


class BarField(forms.MultiValueField):
    """A bar of the configuration, or None."""

    def __init__(self, *, bases: Sequence[str], label: Any, help_text: Any = "") -> None:
        choices = [(base, BASES[base]) for base in bases]
        super().__init__(
            fields=(
                forms.ChoiceField(choices=choices, required=False),
                forms.CharField(required=False, max_length=20),
                forms.ChoiceField(choices=MORE, required=False),
                forms.IntegerField(required=False, min_value=1, max_value=99_999_999),
            ),
            widget=BarWidget(bases),
            require_all_fields=False,
            required=False,
            label=label,
            help_text=help_text,
        )

    def compress(self, data_list: list[Any]) -> dict[str, Any] | None:
        """The four inputs as a bar; what does not fit is said in words."""
        of, share, more, number = data_list or ("", "", "", None)
        if not of:
            return None
        if of == FIXED:
            if number is None:
                raise ValidationError(_("Please enter the number of people."), code="number")
            return {"of": FIXED, "number": number}
        read = read_share(share.strip(), multiple=of == MEMBERS)
        if read is None:
            raise ValidationError(
                _("Please write the share as 25% or 1/4 (of members also as 3)."), code="share"
            )
        if of == MEMBERS and number is None:
            raise ValidationError(_("Please enter how many members the body has."), code="number")
        if of != MEMBERS and Fraction(read) > (Fraction(99_999_999, 100_000_000) if more else 1):
            raise ValidationError(_("Nobody can reach more than all of them."), code="too_much")
        if of == CENSUS and read == "1/1":
            raise ValidationError(_("Please choose less than the whole census."), code="too_much")
        bar: dict[str, Any] = {"of": FIXED if of == CENSUS else of, "share": read}
        if more:
            bar["strict"] = True
        return {**bar, "number": number} if of == MEMBERS else bar
