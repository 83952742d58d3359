"""How the money of a budget is given out, in plain sentences, from the frozen rule."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hangul.formats import money_text, people, votes
from hangul.sentences import fill
from voting.configuration import BY_LOT

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Plain = Mapping[str, Any]
"""A frozen rule: JSON that this platform wrote itself."""


WEIGHTED, POINTS, VOTES = "weighted", "points", "votes"


def unit_of(rule: str, options: Plain) -> str:
    """What a counting rule ranks projects by: votes, points, or points of 100 by weight."""
    if options.get("weights"):
        return WEIGHTED
    return POINTS if rule == POINTS else VOTES


def money_sentences(
    rule: Plain, tie_rule: str, currency: str = "KRW", unit: str = VOTES
) -> list[str]:
    """The frozen rule of the money; `tie_rule` is the contest's, and says who ends a tie.

    `unit` is what projects are ranked by.
    """
    by_shares = rule["rule"] == "equal_shares"
    said = _shares_words(rule, currency) if by_shares else _greedy_words(rule, unit)
    if rule.get("threshold"):
        said.append(_least_words(int(rule["threshold"]), unit))
    said += _constraint_words(rule.get("constraints", {}), currency)
    level = "" if by_shares else unit
    return [*said, *_tie_words(rule.get("tie", ()), tie_rule, level)]


def _language() -> str:
    return get_language() or "ko"


def _say(frame: str, **values: object) -> str:
    return fill(frame, values, _language())


def _number(value: str | int) -> str:
    """A number of a rule as people write it: a decimal if it ends, else a fraction."""
    exact = Fraction(value)
    decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    if Fraction(decimal) != exact:
        return str(exact)
    return f"{decimal.normalize():f}"


def _least_words(least: int, unit: str) -> str:
    """The least number of votes; where projects are ranked by points, of voters."""
    if unit == VOTES:
        return _say(_("A project needs at least %(votes)s."), votes=votes(least, _language()))
    return _say(_("At least %(people)s must choose a project."), people=people(least, _language()))


FIRST: Mapping[str, _StrPromise] = {
    VOTES: gettext_lazy("The project with the most votes comes first."),
    POINTS: gettext_lazy("The project with the most points comes first."),
    WEIGHTED: gettext_lazy(
        "The project with the most points of 100, put together by the weights, comes first."
    ),
}
EQUAL: Mapping[str, _StrPromise] = {
    VOTES: gettext_lazy("With equal votes %(order)s."),
    POINTS: gettext_lazy("With equal points %(order)s."),
    WEIGHTED: gettext_lazy("With equal points %(order)s."),
}
"""What comes first by votes or points, and what is said of equals."""


def _greedy_words(rule: Plain, unit: str) -> list[str]:
    said = [
        str(FIRST[unit]),
        _("A project that costs more than what is left is passed over, and the count goes on.")
        if rule.get("skip")
        else _("At the first project that costs more than what is left, the count stops."),
    ]
    if percent := rule.get("outside_percent"):
        frame = _(
            "If what is left pays %(percent)s%% of a project or more, it is funded all the same; "
            "the rest comes from outside the budget."
        )
        said.append(_say(frame, percent=_number(percent)))
    return said


def _shares_words(rule: Plain, currency: str) -> list[str]:
    """Equal shares: who has what, which project is next, what happens with the rest."""
    said = [
        _("Every voter has the same share of the money; supporters of a project pay it together."),
        str(UTILITIES[rule["utility"]]),
        _say(str(COMPLETIONS[rule["completion"]]), step=_step(rule, currency)),
    ]
    if rule["then_greedy"]:
        said.append(_("What is still left is spent by votes."))
    if rule["comparison"]:
        said.append(
            _("If more voters have more funded projects in the outcome by votes, that one counts.")
        )
    return said


UTILITIES: Mapping[str, _StrPromise] = {
    "cost": gettext_lazy(
        "A funded project is worth to its supporters what it costs: the one that the most "
        "supporters can still pay for comes next."
    ),
    "cardinality": gettext_lazy(
        "Every funded project is worth the same: the one that costs each of its supporters the "
        "least comes next."
    ),
    "points": gettext_lazy(
        "A funded project is worth to its supporters the points they gave it: the one that costs "
        "them the least for each point comes next."
    ),
}
"""What a project is worth to a supporter, and which one is next."""

COMPLETIONS: Mapping[str, _StrPromise] = {
    "none": gettext_lazy("Money that is left stays in the budget."),
    "add1_exhaustive": gettext_lazy(
        "The shares then grow by %(step)s from run to run, until no further project can be paid "
        "for."
    ),
    "add1_overspend": gettext_lazy(
        "The shares then grow by %(step)s from run to run, as long as all that is funded fits the "
        "budget."
    ),
}
"""What happens with money that equal shares leave."""


def _step(rule: Plain, currency: str) -> str:
    """How much a share grows: a part of the first share, or money."""
    step = Fraction(rule["step"])
    if rule["step_of"] == "share":
        return _say(_("%(percent)s%% of the first share"), percent=_number(str(step * 100)))
    if step.denominator == 1:
        return money_text(step, currency, _language())
    if currency == "KRW":
        return _say(_("%(amount)s won"), amount=_number(str(step)))
    return f"{_number(str(step))} {currency}"


def _constraint_words(constraints: Plain, currency: str) -> list[str]:
    """Exclusions, limits and minimums."""
    said = _minimums(constraints)
    only_one = _("Only one of these is funded: %(keys)s.")
    said += [_say(only_one, keys=", ".join(group)) for group in constraints.get("exclusions", ())]
    for caps in ("area_caps", "category_caps"):
        frame = _("Projects of %(name)s get %(cap)s at most.")
        said += [
            _say(frame, name=name, cap=money_text(Fraction(cap), currency, _language()))
            for name, cap in constraints.get(caps, {}).items()
        ]
    return said


def _minimums(constraints: Plain) -> list[str]:
    said = []
    if number := constraints.get("min_turnout"):
        frame = _("If fewer than %(people)s vote, nothing is funded.")
        said.append(_say(frame, people=people(int(number), _language())))
    if percent := constraints.get("min_turnout_percent"):
        frame = _("If fewer than %(percent)s%% of the people on the roll vote, nothing is funded.")
        said.append(_say(frame, percent=_number(percent)))
    if percent := constraints.get("threshold_percent"):
        frame = _("At least %(percent)s%% of the voters must choose a project.")
        said.append(_say(frame, percent=_number(percent)))
    if times := constraints.get("cost_multiple"):
        frame = _(
            "The dearer a project, the more voters it needs: at least the share of the voters "
            "that its cost is of %(times)s times the budget."
        )
        said.append(_say(frame, times=_number(times)))
    return said


# --- Ties ---------------------------------------------------------------------------------------

ORDERS: Mapping[tuple[str, ...], _StrPromise] = {
    ("lower_cost",): gettext_lazy("the cheaper project comes first"),
    ("more_votes",): gettext_lazy("the project with more votes comes first"),
    ("lower_cost", "more_votes"): gettext_lazy(
        "the cheaper project comes first, then the one with more votes"
    ),
    ("more_votes", "lower_cost"): gettext_lazy(
        "the project with more votes comes first, then the cheaper one"
    ),
}
"""Orders among equals that a rule may name."""


def _tie_words(orders: list[str], tie_rule: str, level: str) -> list[str]:
    """What puts equals in order, and what happens where nothing does.

    `level` is in what they are equal; nothing, where projects cost their supporters the same.
    """
    by_lot = tie_rule in BY_LOT
    if not orders:
        if by_lot:
            return [_("Where projects are equal and the order matters, a public lot is drawn.")]
        return [
            _(
                "Where projects are equal and the order matters, the tie is published and the "
                "body that decides next settles it."
            )
        ]
    frame = str(EQUAL.get(level, _("Where projects cost their supporters the same, %(order)s.")))
    last = (
        _("If they are still equal, a public lot is drawn.")
        if by_lot
        else _(
            "If they are still equal, the tie is published and the body that decides next "
            "settles it."
        )
    )
    return [_say(frame, order=str(ORDERS[tuple(orders)])), last]
