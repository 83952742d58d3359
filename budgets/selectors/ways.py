"""The other way to give out the money, read for its page; the way that supporters' money went."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from budgets.methods.beside import GREEDY, SHARES, UNWEIGHTED, WEIGHTED
from budgets.selectors.words import exact, language, say, text_of
from hangul.formats import people, votes
from voting.summaries import points
from voting.words import POINTS, VOTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise


Plain = Any
"""Parsed JSON of an allocation, written by this app itself."""

WAYS: Mapping[str, _StrPromise] = {
    GREEDY: gettext_lazy("By votes"),
    "points": gettext_lazy("By points"),
    SHARES: gettext_lazy("By equal shares"),
    WEIGHTED: gettext_lazy("With the weights"),
    UNWEIGHTED: gettext_lazy("Without weights"),
}
OTHERS: Mapping[str, str] = {
    GREEDY: SHARES,
    SHARES: GREEDY,
    WEIGHTED: UNWEIGHTED,
}
"""What stands beside the way that decides."""


@dataclass(frozen=True)
class Way:
    """One way to give the money out: what it funds, what it costs, whom it leaves with nothing."""

    label: str
    counted: bool
    projects: int
    cost: Fraction
    without: int
    share: str
    undecided: bool


@dataclass(frozen=True)
class TwoWays:
    """Both ways, in words too: `bars` for a figure, and what only one of them funds."""

    title: str
    voters: int
    ways: tuple[Way, ...]
    summary: str
    bars: tuple[dict[str, Any], ...]
    both: int
    only: tuple[tuple[str, tuple[str, ...]], ...]


BY_POINTS = "points"


def named_way(name: str, unit: str) -> str:
    """A way by its word: greedy goes by points where ballots give any."""
    return str(WAYS[word_of(name, unit)])


def word_of(name: str, unit: str) -> str:
    """Under which name the words of a way are kept."""
    return BY_POINTS if name == GREEDY and unit == POINTS else name


def two_ways(
    beside: Plain, titles: Mapping[str, str], currency: str, unit: str = VOTES
) -> TwoWays | None:
    """Read what was stored beside an allocation; None for one without it.

    `unit` is what projects are ranked by.
    """
    if not beside:
        return None
    voters, told = beside["voters"], beside["ways"]
    ways = tuple(
        Way(
            label=named_way(name, unit),
            counted=name == beside["counted"],
            projects=len(told[name]["winners"]),
            cost=exact(told[name]["cost"]),
            without=told[name]["without"],
            share=_percent(told[name]["without"], voters),
            undecided=told[name]["undecided"],
        )
        for name in _in_order(beside["counted"])
    )
    winners = {name: set(told[name]["winners"]) for name in told}
    here, there = _in_order(beside["counted"])
    return TwoWays(
        title=str(TITLES[WEIGHTED if here == WEIGHTED else unit]),
        voters=voters,
        ways=ways,
        summary=_summary(ways, currency),
        bars=tuple(
            {
                "label": way.label,
                "value": Fraction(way.without),
                "text": people(way.without, language()),
                "new_text": way.share,
                "note": _("this budget") if way.counted else "",
                "is_marked": way.counted,
            }
            for way in ways
        ),
        both=len(winners[here] & winners[there]),
        only=tuple(
            (
                f"{ONLY[word_of(name, unit)]} ({len(winners[name] - winners[other])})",
                _titles(told[name]["winners"], winners[other], titles),
            )
            for name, other in _pairs(here, there)
        ),
    )


ONLY: Mapping[str, _StrPromise] = {
    GREEDY: gettext_lazy("Only by votes"),
    BY_POINTS: gettext_lazy("Only by points"),
    SHARES: gettext_lazy("Only by equal shares"),
    WEIGHTED: gettext_lazy("Only with the weights"),
    UNWEIGHTED: gettext_lazy("Only without weights"),
}
TITLES: Mapping[str, _StrPromise] = {
    VOTES: gettext_lazy("By votes and by equal shares"),
    POINTS: gettext_lazy("By points and by equal shares"),
    WEIGHTED: gettext_lazy("With and without the weights"),
}


def _in_order(counted: str) -> Sequence[str]:
    """The way that decided first."""
    return counted, OTHERS[counted]


def _pairs(here: str, there: str) -> Sequence[tuple[str, str]]:
    """Each way with the other one, those by votes first."""
    return ((there, here), (here, there)) if here == SHARES else ((here, there), (there, here))


def _titles(keys: Sequence[str], others: set[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(titles.get(key, key) for key in keys if key not in others)


def _percent(part: int, whole: int) -> str:
    tenths = (2000 * part + whole) // (2 * whole) if whole else 0
    return f"{tenths // 10}.{tenths % 10}%"


def _summary(ways: Sequence[Way], currency: str) -> str:
    """Both ways in one sentence each."""
    here, there = ways
    words = {
        "here": here.label,
        "there": there.label,
        "projects": say(
            ngettext("%(count)s project", "%(count)s projects", there.projects),
            count=there.projects,
        ),
        "cost": text_of(there.cost, currency),
        "left": people(here.without, language()),
        "other": people(there.without, language()),
    }
    first = say(
        _("This budget was given out like this: %(here)s. Voters left with nothing: %(left)s."),
        **words,
    )
    second = say(
        _(
            "The other way (%(there)s) would have funded %(projects)s for %(cost)s; voters left "
            "with nothing: %(other)s."
        ),
        **words,
    )
    return f"{first} {second}"


def enough_words(more: int | None, *, in_points: bool = False) -> str:
    """How many more votes or points would have been enough; empty where that is not known."""
    if more is None:
        return ""
    amount = points(Fraction(more)) if in_points else votes(more, language())
    return say(_("It would have been funded with %(votes)s more."), votes=amount)


def passing_words(score: str | int | None) -> str:
    """Which weighted score would have been enough; empty where that is not known."""
    if score is None:
        return ""
    return say(
        _("It would have been funded with more than %(points)s."), points=points(exact(score))
    )


def other_way_words(beside: Plain, code: str, unit: str = VOTES) -> str:
    """Whether the other way would have treated a project differently; empty if not."""
    if not beside:
        return ""
    here, there = _in_order(beside["counted"])
    won = {name: code in beside["ways"][name]["winners"] for name in (here, there)}
    if won[here] == won[there]:
        return ""
    words = (
        _("The other way (%(there)s) would not have funded it.")
        if won[here]
        else _("The other way (%(there)s) would have funded it.")
    )
    return say(words, there=named_way(there, unit))


@dataclass(frozen=True)
class PathStep:
    """What the supporters of a project had left together, and after which payment."""

    label: str
    value: Fraction
    text: str


def path_of(stored: Plain, titles: Mapping[str, str], currency: str) -> tuple[PathStep, ...]:
    """How the money behind a project went, as it was stored; empty where that is no matter."""
    return tuple(
        PathStep(
            label=say(_("after “%(title)s”"), title=titles.get(key, key)) if key else _("at first"),
            value=Fraction(money),
            text=text_of(money, currency),
        )
        for key, money in stored or ()
    )
