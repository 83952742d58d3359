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

BODIES = 2
"""So many bodies may be typed, or as many as are stored."""
LONGEST_NAME = 40


class PartsWidget(forms.MultiWidget):
    """Several inputs side by side, each with its label."""

    template_name = "voting/_bar_widget.html"
    use_fieldset = True
    labels: Sequence[Any] = ()
    in_pairs = False
    lines: frozenset[int] = frozenset()
    """Places of inputs that have a line of their own."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the labels beside their inputs."""
        context = super().get_context(name, value, attrs)
        inputs = context["widget"]["subwidgets"]
        for place, one in enumerate(inputs):
            one["is_line"] = place in self.lines
        context["widget"]["parts"] = list(zip(self.labels, inputs, strict=True))
        context["widget"]["in_pairs"] = self.in_pairs
        return context


class PartsField(forms.MultiValueField):
    """Several inputs as one value; untouched ones change nothing."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare with what the inputs showed, also where nothing is stored yet."""
        shown = self.widget.decompress(initial)
        return super().has_changed(shown, data)


def number_input(most: int) -> forms.NumberInput:
    """A whole number from 1."""
    return forms.NumberInput(attrs={"min": 1, "max": most})


def number_field(most: int) -> forms.IntegerField:
    """The field of `number_input`; it may stay empty."""
    return forms.IntegerField(required=False, min_value=1, max_value=most)


def name_input() -> forms.TextInput:
    """The name of a body."""
    return forms.TextInput(attrs={"maxlength": LONGEST_NAME})


def name_field() -> forms.CharField:
    """The field of `name_input`; it may stay empty."""
    return forms.CharField(required=False, max_length=LONGEST_NAME)


def bodies_of(parts: Any) -> int:
    """How many bodies a form has room for: never fewer than are stored."""
    stored = parts.get("parts") if isinstance(parts, dict) else parts
    return max(BODIES, sum(bool(part.get("body")) for part in stored or []))


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
    """A weight for all ballots or each way, and for bodies, and how they are put together."""

    in_pairs = True
    lines = frozenset({0})

    def __init__(self, bodies: int) -> None:
        self.bodies = bodies
        self.labels = (
            _("all ballots together, in per cent"),
            _("web, in per cent"),
            _("paper, in per cent"),
            *(_("name of a body"), _("body, in per cent")) * bodies,
            _("what counts of each part"),
            _("if a part stays empty"),
        )
        inputs: dict[str, forms.Widget] = {
            name: number_input(weights.ALL) for name in (weights.TOGETHER, "web", "paper")
        }
        for place in range(1, bodies + 1):
            inputs[f"body{place}"] = name_input()
            inputs[f"weight{place}"] = number_input(weights.ALL)
        ways, empty = forms.Select(choices=list(WAYS.items())), list(EMPTY.items())
        super().__init__({**inputs, "as": ways, "empty": forms.Select(choices=empty)})

    def decompress(self, value: Any) -> list[Any]:
        """The weights of the configuration as the inputs."""
        given = value or {"parts": [], "as": "ballots", "empty": "spread"}
        parts = given["parts"]
        ways = {part["part"]: part["weight"] for part in parts if not part.get("body")}
        bodies = [(part["part"], part["weight"]) for part in parts if part.get("body")]
        bodies += [("", None)] * (self.bodies - len(bodies))
        typed = [one for two in bodies[: self.bodies] for one in two]
        shares = [ways.get(name) for name in (weights.TOGETHER, "web", "paper")]
        return [*shares, *typed, given["as"], given["empty"]]


class WeightsField(PartsField):
    """Weights of channels and bodies out of 100, or None."""

    def __init__(self, bodies: int = BODIES) -> None:
        fields: list[forms.Field] = [number_field(weights.ALL) for _way in range(3)]
        for _place in range(bodies):
            fields += [name_field(), number_field(weights.ALL)]
        super().__init__(
            fields=[
                *fields,
                forms.ChoiceField(choices=list(WAYS.items()), required=False),
                forms.ChoiceField(choices=list(EMPTY.items()), required=False),
            ],
            widget=WeightsWidget(bodies),
            require_all_fields=False,
            required=False,
            label=_("Weights of the ways of voting and of bodies"),
            help_text=_(
                "Empty: every ballot weighs the same. Else give shares that come to 100: one to "
                "all ballots together, or one to each way of voting. A body, such as a committee, "
                "gives whole numbers for each option before the count."
            ),
        )

    def compress(self, data_list: list[Any]) -> dict[str, Any] | None:
        """The inputs as weights; what does not fit is said in words."""
        whole, web, paper, *bodies, way, empty = data_list or [None] * len(self.fields)
        parts: list[dict[str, Any]] = [
            {"part": name, "weight": weight}
            for name, weight in ((weights.TOGETHER, whole), ("web", web), ("paper", paper))
            if weight
        ]
        if whole and (web or paper):
            raise ValidationError(
                _("Give a weight to all ballots together or to each way of voting, not to both."),
                code="together",
            )
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
CHANNEL_LABELS: Mapping[str, tuple[_StrPromise, _StrPromise]] = {
    "web": (_("web, seats"), _("web, turn")),
    "paper": (_("paper, seats"), _("paper, turn")),
}


class SeatsByWidget(PartsWidget):
    """The seats of the web, of paper and of bodies, and at which turn each of them chooses."""

    in_pairs = True

    def __init__(self, bodies: int) -> None:
        self.bodies, turns = bodies, len(CHANNEL_LABELS) + bodies
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {}
        labels: list[Any] = []
        for name, said in CHANNEL_LABELS.items():
            inputs |= {name: number_input(MOST_SEATS), f"{name}_turn": number_input(turns)}
            labels += said
        for place in range(1, bodies + 1):
            inputs |= {
                f"body{place}": name_input(),
                f"seats{place}": number_input(MOST_SEATS),
                f"turn{place}": number_input(turns),
            }
            labels += [_("name of a body"), _("body, seats"), _("body, turn")]
        self.labels = labels
        names = list(inputs)
        self.lines = frozenset(names.index(f"body{place}") for place in range(1, bodies + 1))
        super().__init__(inputs)

    def decompress(self, value: Any) -> list[Any]:
        """The seats of the configuration as the inputs.

        Parts that give none stand behind those that do: usually the web first and paper last.
        """
        given = value or []
        seats = {part["part"]: part["seats"] for part in given}
        named = [part["part"] for part in given if part.get("body")]
        bodies: list[str] = (named + [""] * self.bodies)[: self.bodies]
        order = list(seats)
        free = list(range(len(order) + 1, len(CHANNEL_LABELS) + self.bodies + 1))
        last = free.pop() if "paper" not in order else None

        def turn(name: str) -> int | None:
            if name in order:
                return order.index(name) + 1
            return last if name == "paper" else free.pop(0)

        typed = [seats.get("web"), turn("web"), seats.get("paper"), turn("paper")]
        return typed + [one for name in bodies for one in (name, seats.get(name), turn(name))]


class SeatsByField(PartsField):
    """The seats that channels and bodies give, in the order in which they choose, or None."""

    def __init__(self, bodies: int = BODIES) -> None:
        turns = len(CHANNEL_LABELS) + bodies
        fields: list[forms.Field] = []
        for _name in CHANNEL_LABELS:
            fields += [number_field(MOST_SEATS), number_field(turns)]
        for _place in range(bodies):
            fields += [name_field(), number_field(MOST_SEATS), number_field(turns)]
        super().__init__(
            fields=fields,
            widget=SeatsByWidget(bodies),
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
        """The inputs as seats by part, by their turns; what does not fit is said in words."""
        web, web_turn, paper, paper_turn, *bodies = data_list or [None] * len(self.fields)
        found: list[dict[str, Any]] = [
            {"part": name, "seats": seats}
            for name, seats in (("web", web), ("paper", paper))
            if seats
        ]
        turns = {"web": web_turn, "paper": paper_turn}
        turns |= dict(zip(bodies[::3], bodies[2::3], strict=True))
        halves = _("Please give a body both a name and seats, or neither.")
        pairs = [one for place in range(0, len(bodies), 3) for one in bodies[place : place + 2]]
        found += stored_bodies(pairs, "seats", halves)
        refuse_taken_names(found)
        return in_turn(found, turns) or None


def in_turn(
    parts: Sequence[dict[str, Any]], turns: Mapping[str, int | None]
) -> list[dict[str, Any]]:
    """Put parts into the order in which they choose; each must have a turn of its own."""
    by_turn: dict[int, dict[str, Any]] = {}
    for part in parts:
        name = CHANNELS.get(part["part"], part["part"])
        turn = turns[part["part"]]
        if not turn:
            raise ValidationError(
                _("Please say at which turn “%(name)s” chooses."),
                code="no_turn",
                params={"name": name},
            )
        if turn in by_turn:
            raise ValidationError(
                _("Two parts choose at turn %(turn)s; please give “%(name)s” another one."),
                code="turn",
                params={"turn": turn, "name": name},
            )
        by_turn[turn] = part
    return [by_turn[turn] for turn in sorted(by_turn)]
