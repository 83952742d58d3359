"""The other way to give out the money, read for its page; the way that supporters' money went."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from budgets.methods.beside import GREEDY, SHARES, UNWEIGHTED, WEIGHTED
from budgets.selectors.words import exact, language, named, say, text_of
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
OTHERS: Mapping[str, tuple[str, ...]] = {
    GREEDY: (SHARES,),
    SHARES: (GREEDY,),
    WEIGHTED: (UNWEIGHTED, SHARES),
}
"""What stands beside the way that decides."""

MOST_PICTURED = 6
"""So many of the largest payments stand in the picture of one project; the table has all."""
MOST_NAMED = 3
"""So many projects that stood in the way are named."""


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
class Ways:
    """All ways, in words too: `bars` for a figure, and what only one of them funds."""

    title: str
    voters: int
    ways: tuple[Way, ...]
    summary: str
    bars: tuple[dict[str, Any], ...]
    all_fund: int
    only: tuple[tuple[str, tuple[str, ...]], ...]
    is_weighed: bool


BY_POINTS = "points"


def named_way(name: str, unit: str) -> str:
    """A way by its word: greedy goes by points where ballots give any."""
    return str(WAYS[word_of(name, unit)])


def word_of(name: str, unit: str) -> str:
    """Under which name the words of a way are kept."""
    return BY_POINTS if name == GREEDY and unit == POINTS else name


def ways_of(
    beside: Plain, titles: Mapping[str, str], currency: str, unit: str = VOTES
) -> Ways | None:
    """Read what was stored beside an allocation; None for one without it.

    `unit` is what projects are ranked by.
    """
    if not beside:
        return None
    voters, told = beside["voters"], beside["ways"]
    names = _in_order(beside)
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
        for name in names
    )
    winners = {name: set(told[name]["winners"]) for name in told}
    return Ways(
        title=str(TITLES[_title_of(names, unit)]),
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
        all_fund=len(set.intersection(*winners.values())),
        only=tuple(
            (f"{ONLY[word_of(name, unit)]} ({len(alone)})", alone)
            for name in sorted(names, key=lambda name: name == SHARES)  # by votes first
            for others in [set().union(*(winners[one] for one in names if one != name))]
            for alone in [_titles(told[name]["winners"], others, titles)]
        ),
        is_weighed=WEIGHTED in names,
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
    "three": gettext_lazy("With the weights, without them, and by equal shares"),
}


def _in_order(beside: Plain) -> list[str]:
    """The way that decided first; what was stored earlier may lack one of the others."""
    counted = beside["counted"]
    return [counted, *(name for name in OTHERS[counted] if name in beside["ways"])]


def _title_of(names: Sequence[str], unit: str) -> str:
    if WEIGHTED not in names:
        return unit
    return "three" if SHARES in names else WEIGHTED


def _titles(keys: Sequence[str], others: set[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(titles.get(key, key) for key in keys if key not in others)


def _percent(part: int, whole: int) -> str:
    tenths = (2000 * part + whole) // (2 * whole) if whole else 0
    return f"{tenths // 10}.{tenths % 10}%"


def _summary(ways: Sequence[Way], currency: str) -> str:
    """All ways in one sentence each."""
    here, *others = ways
    first = say(
        _("This budget was given out like this: %(here)s. Voters left with nothing: %(left)s."),
        here=here.label,
        left=people(here.without, language()),
    )
    return " ".join([first, *(_other_summary(there, currency) for there in others)])


def _other_summary(there: Way, currency: str) -> str:
    projects = ngettext("%(count)s project", "%(count)s projects", there.projects)
    return say(
        _(
            "Another way (%(there)s) would have funded %(projects)s for %(cost)s; voters left "
            "with nothing: %(other)s."
        ),
        there=there.label,
        projects=say(projects, count=there.projects),
        cost=text_of(there.cost, currency),
        other=people(there.without, language()),
    )


def enough_words(more: int | None, *, in_points: bool = False, compared: bool = False) -> str:
    """How many more votes or points would have been enough; empty where that is not known.

    `compared`: the count by votes was taken because more voters have more from it.
    """
    if more is None:
        return ""
    amount = points(Fraction(more)) if in_points else votes(more, language())
    if compared:
        words = _(
            "In the count by votes, which was taken here, %(votes)s more would have funded it."
        )
        return say(words, votes=amount)
    return say(_("It would have been funded with %(votes)s more."), votes=amount)


def passing_words(score: str | int | None) -> str:
    """Which weighted score would have been enough; empty where that is not known."""
    if score is None:
        return ""
    return say(
        _("It would have been funded with more than %(points)s."), points=points(exact(score))
    )


def barring_words(others: Sequence[str] | None, titles: Mapping[str, str]) -> str:
    """What stood in the way of a project so that votes could not help; empty if nothing did.

    `others` are the funded projects beside which an exclusion or a limit leaves no room.
    """
    if others is None:
        return ""
    if not others:
        return _("By itself it costs more than this limit, so no number of votes is enough.")
    words = {
        "others": named(list(others[:MOST_NAMED]), titles),
        "count": len(others) - MOST_NAMED,
    }
    if len(others) > MOST_NAMED:
        frame = _(
            "As long as %(others)s and %(count)s others are funded, no number of votes is enough."
        )
        return say(frame, **words)
    if len(others) > 1:
        return say(
            _("As long as %(others)s are all funded, no number of votes is enough."), **words
        )
    return say(_("As long as %(others)s is funded, no number of votes is enough."), **words)


def other_way_words(beside: Plain, code: str, unit: str = VOTES) -> str:
    """Which other ways would have treated a project differently; empty if none."""
    if not beside:
        return ""
    here, *others = _in_order(beside)
    won = {name: code in beside["ways"][name]["winners"] for name in (here, *others)}
    frame = (
        _("Another way (%(there)s) would not have funded it.")
        if won[here]
        else _("Another way (%(there)s) would have funded it.")
    )
    differing = [named_way(name, unit) for name in others if won[name] != won[here]]
    return " ".join(say(frame, there=there) for there in differing)


@dataclass(frozen=True)
class PathStep:
    """What the supporters of a project had left together, and after which payment.

    They `paid` so much in this round, empty where smaller payments before it were not stored; a
    supporter of what was paid for paid at most `price`.
    """

    label: str
    value: Fraction
    text: str
    round: int | None = None
    drop: Fraction = Fraction(0)
    paid: str = ""
    price: str = ""


@dataclass(frozen=True)
class Path:
    """How the money behind a project went; `is_whole` if every payment was stored."""

    steps: tuple[PathStep, ...] = ()
    is_whole: bool = True

    @property
    def payments(self) -> int:
        """How many payments there were."""
        return len(self.steps) - 1

    @property
    def is_long(self) -> bool:
        """Whether there are more payments than the picture shows."""
        return self.payments > MOST_PICTURED

    @property
    def pictured(self) -> tuple[PathStep, ...]:
        """The start and the largest payments, in their order."""
        largest = sorted(self.steps[1:], key=lambda step: -step.drop)[:MOST_PICTURED]
        return tuple(step for step in self.steps if step.round is None or step in largest)


def path_of(
    stored: Plain, decisions: Plain, titles: Mapping[str, str], currency: str, *, is_whole: bool
) -> Path:
    """How the money behind a project went, as it was stored; empty where that is no matter."""
    rounds = {one["project"]: one for one in decisions}
    steps: list[PathStep] = []
    for key, money in stored or ():
        if not key:
            steps.append(PathStep(_("at first"), Fraction(money), text_of(money, currency)))
            continue
        drop = steps[-1].value - money
        steps.append(
            PathStep(
                label=say(_("after “%(title)s”"), title=titles.get(key, key)),
                value=Fraction(money),
                text=text_of(money, currency),
                round=rounds[key]["position"],
                drop=drop,
                paid=text_of(drop, currency) if is_whole else "",
                price=text_of(exact(rounds[key]["price"]), currency),
            )
        )
    return Path(tuple(steps), is_whole)
