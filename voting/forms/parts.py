"""Parts on the set-up page: what weighs how much, and who gives how many seats.

Parts are the ways of voting and bodies, such as a panel of experts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from voting.tally import weights
from voting.wording import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    Words = Mapping[str, _StrPromise]

MOST_BODIES = 2
LONGEST_NAME = 40


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


class PartsField(forms.MultiValueField):
    """Several inputs as one value; untouched ones change nothing."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare with what the inputs showed, also where nothing is stored yet."""
        shown = self.widget.decompress(initial)
        return super().has_changed(shown, data)


def part_inputs(what: str, most: int) -> dict[str, forms.Widget]:
    """A number (`what`) up to `most` for the web and for paper, name and number for each body."""

    def number() -> forms.NumberInput:
        return forms.NumberInput(attrs={"min": 1, "max": most})

    inputs: dict[str, forms.Widget] = {"web": number(), "paper": number()}
    for place in range(1, MOST_BODIES + 1):
        inputs[f"body{place}"] = forms.TextInput(attrs={"maxlength": LONGEST_NAME})
        inputs[f"{what}{place}"] = number()
    return inputs


def part_fields(most: int) -> list[forms.Field]:
    """The fields of `part_inputs`, in its order."""

    def number() -> forms.IntegerField:
        return forms.IntegerField(required=False, min_value=1, max_value=most)

    fields: list[forms.Field] = [number(), number()]
    for _place in range(MOST_BODIES):
        fields += [forms.CharField(required=False, max_length=LONGEST_NAME), number()]
    return fields


def typed_parts(parts: Sequence[Mapping[str, Any]], what: str) -> list[Any]:
    """Stored parts as the values of `part_inputs`."""
    ways = {part["part"]: part[what] for part in parts if not part.get("body")}
    bodies = [(part["part"], part[what]) for part in parts if part.get("body")]
    bodies += [("", None)] * (MOST_BODIES - len(bodies))
    return [
        ways.get("web"),
        ways.get("paper"),
        *(one for two in bodies[:MOST_BODIES] for one in two),
    ]


def stored_bodies(typed: Sequence[Any], what: str, halves: _StrPromise) -> list[dict[str, Any]]:
    """Bodies from names and numbers in turn; `halves` is said where one of the two is missing."""
    found = []
    for name, number in zip(typed[::2], typed[1::2], strict=True):
        if bool(name) != bool(number):
            raise ValidationError(halves, code="body")
        if name:
            found.append({"part": name, what: number, "body": True})
    return found


def refuse_taken_names(parts: Sequence[Mapping[str, Any]]) -> None:
    """Every part has a name of its own, and a body none of a way of voting."""
    names = [str(part["part"]) for part in parts]
    taken = [name for name in names if names.count(name) > 1]
    taken += [part["part"] for part in parts if part.get("body") and part["part"] in CHANNELS]
    if taken:
        raise ValidationError(
            _("“%(name)s” is the name of another part; please choose a different one."),
            code="name",
            params={"name": taken[0]},
        )


# --- Weights ------------------------------------------------------------------------------------

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
        super().__init__(
            {
                **part_inputs("weight", weights.ALL),
                "as": forms.Select(choices=list(WAYS.items())),
                "empty": forms.Select(choices=list(EMPTY.items())),
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        """The weights of the configuration as the inputs."""
        given = value or {"parts": [], "as": "ballots", "empty": "spread"}
        return [*typed_parts(given["parts"], "weight"), given["as"], given["empty"]]


class WeightsField(PartsField):
    """Weights of channels and bodies out of 100, or None."""

    def __init__(self) -> None:
        super().__init__(
            fields=[
                *part_fields(weights.ALL),
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
        halves = _("Please give a body both a name and a weight, or neither.")
        parts += stored_bodies(bodies, "weight", halves)
        if not parts:
            return None
        refuse_taken_names(parts)
        together = sum(part["weight"] for part in parts)
        if together != weights.ALL:
            raise ValidationError(
                _("The weights come to %(sum)s; together they must be 100."),
                code="sum",
                params={"sum": together},
            )
        return {"parts": parts, "as": way or "ballots", "empty": empty or "spread"}


# --- Seats --------------------------------------------------------------------------------------

MOST_SEATS = 100
ORDERS: Words = {
    "web-bodies-paper": _("web, then bodies, then paper"),
    "web-paper-bodies": _("web, then paper, then bodies"),
    "paper-web-bodies": _("paper, then web, then bodies"),
    "paper-bodies-web": _("paper, then bodies, then web"),
    "bodies-web-paper": _("bodies, then web, then paper"),
    "bodies-paper-web": _("bodies, then paper, then web"),
}
"""In which order the parts choose, the first one being usual."""


class SeatsByWidget(PartsWidget):
    """The seats of the web, of paper and of bodies, and who chooses first."""

    in_pairs = True
    labels = (
        _("web, seats"),
        _("paper, seats"),
        *(_("name of a body"), _("body, seats")) * MOST_BODIES,
        _("who chooses first"),
    )

    def __init__(self) -> None:
        orders = forms.Select(choices=list(ORDERS.items()))
        super().__init__({**part_inputs("seats", MOST_SEATS), "order": orders})

    def decompress(self, value: Any) -> list[Any]:
        """The seats of the configuration as the inputs."""
        given = value or []
        stands = ["bodies" if part.get("body") else part["part"] for part in given]
        order = next(name for name in ORDERS if _follows(stands, name.split("-")))
        return [*typed_parts(given, "seats"), order]


def _follows(stands: Sequence[str], order: Sequence[str]) -> bool:
    """Whether parts stand in an order, by the first of each kind; unknown ones do not matter."""
    first = [kind for kind in dict.fromkeys(stands) if kind in order]
    return first == [kind for kind in order if kind in first]


class SeatsByField(PartsField):
    """The seats that channels and bodies give, in the order in which they choose, or None."""

    def __init__(self) -> None:
        super().__init__(
            fields=[
                *part_fields(MOST_SEATS),
                forms.ChoiceField(choices=list(ORDERS.items()), required=False),
            ],
            widget=SeatsByWidget(),
            require_all_fields=False,
            required=False,
            label=_("Seats of the ways of voting and of bodies"),
            help_text=_(
                "Empty: all votes go into one box. Else each part fills its seats in its turn "
                "with those who have the most in it, and passes over whom an earlier part has "
                "chosen; all together they are the number of winners above."
            ),
        )

    def prepare_value(self, value: Any) -> Any:
        """What is stored as the inputs; a list of what was typed stays as it is."""
        is_stored = isinstance(value, list) and all(isinstance(one, dict) for one in value)
        return self.widget.decompress(value) if is_stored else value

    def compress(self, data_list: list[Any]) -> list[dict[str, Any]] | None:
        """The inputs as seats by part; what does not fit is said in words."""
        web, paper, *bodies, order = data_list or [None] * (3 + 2 * MOST_BODIES)
        parts: dict[str, list[dict[str, Any]]] = {
            "web": [{"part": "web", "seats": web}] if web else [],
            "paper": [{"part": "paper", "seats": paper}] if paper else [],
            "bodies": stored_bodies(
                bodies, "seats", _("Please give a body both a name and seats, or neither.")
            ),
        }
        turns = (order or next(iter(ORDERS))).split("-")
        found = [part for kind in turns for part in parts[kind]]
        refuse_taken_names(found)
        return found or None
