"""A budget in words: states, reasons of the count, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from budgets.lifecycle import ORDER, State
from budgets.methods.outcome import FIGURES, Fate, message_of
from budgets.models import BudgetState, ProjectState
from hangul.formats import day, money_text, votes
from hangul.sentences import fill
from voting.configuration import BY_LOT
from voting.models import ContestState
from voting.summaries import points

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from django.utils.functional import _StrPromise

    from budgets.models import Budget

Plain = Mapping[str, Any]
"""Parsed JSON of an allocation, written by this app itself."""

BUDGET_TONES: Mapping[str, str] = {
    BudgetState.PREPARING: "info",
    BudgetState.REVIEWING: "warning",
    BudgetState.VOTING: "primary",
    BudgetState.COUNTING: "warning",
    BudgetState.ALLOCATED: "success",
    BudgetState.EXECUTING: "success",
    BudgetState.SETTLED: "solid",
}
PROJECT_TONES: Mapping[str, str] = {
    ProjectState.ELIGIBLE: "info",
    ProjectState.INELIGIBLE: "danger",
    ProjectState.ON_BALLOT: "primary",
    ProjectState.SELECTED: "success",
    ProjectState.EXECUTING: "success",
    ProjectState.DONE: "solid",
}
FATES: Mapping[str, tuple[_StrPromise, str]] = {
    Fate.FUNDED: (pgettext_lazy("project", "Funded"), "success"),
    Fate.FUNDED_IN_EVERY_ORDER: (pgettext_lazy("project", "Funded"), "success"),
    Fate.DOES_NOT_FIT: (pgettext_lazy("project", "Not funded"), ""),
    Fate.BELOW_THRESHOLD: (pgettext_lazy("project", "Not funded"), ""),
    Fate.AFTER_STOP: (pgettext_lazy("project", "Not funded"), ""),
    Fate.WITHDRAWN: (pgettext_lazy("project", "Withdrawn"), ""),
    Fate.CONTESTED: (pgettext_lazy("project", "Tied, not decided"), "warning"),
    Fate.WAITING: (pgettext_lazy("project", "Waits for the tie"), "warning"),
    Fate.QUORUM_MISSED: (pgettext_lazy("project", "Not funded"), ""),
    Fate.PART_EMPTY: (pgettext_lazy("project", "Not funded"), ""),
    Fate.FUNDED_WITH_OUTSIDE: (pgettext_lazy("project", "Funded"), "success"),
    Fate.FUNDED_FROM_REST: (pgettext_lazy("project", "Funded"), "success"),
    Fate.SUPPORT_SPENT: (pgettext_lazy("project", "Not funded"), ""),
    Fate.LOST_IN_EVERY_ORDER: (pgettext_lazy("project", "Not funded"), ""),
    Fate.EXCLUDED: (pgettext_lazy("project", "Not funded"), ""),
    Fate.OVER_LIMIT: (pgettext_lazy("project", "Not funded"), ""),
    Fate.TOO_FEW_SUPPORTERS: (pgettext_lazy("project", "Not funded"), ""),
    Fate.TOO_FEW_VOTERS: (pgettext_lazy("project", "Not funded"), ""),
}
"""What became of a project, in a word, and its tone."""


def local_name(thing: Any) -> str:
    """The name in the reader's language; the Korean one where there is no English."""
    return str((get_language() == "en" and thing.english_name) or thing.name)


MONEY = frozenset({"cost", "left", "after", "money", "outside", "cap", "price"})
COUNTED = ("position", "needed", "voters", "more")
NAMES = ("rival", "limit")
VOTES = frozenset({"score", "threshold", "votes"})


def language() -> str:
    """The reader's language; Korean where none is active."""
    return get_language() or "ko"


def say(frame: str, **values: object) -> str:
    """Fill a translated frame: days in house style, particles settled."""
    return fill(frame, values, language())


def text_of(amount: Decimal | Fraction | int, currency: str) -> str:
    """Money for a sentence; won have no parts, so what purses hold is cut to whole won."""
    exactly = Fraction(amount)
    return money_text(exactly // 1 if currency == "KRW" else exactly, currency, language())


def exact(value: str | int) -> Fraction:
    """A number as an allocation stores it: whole, or a decimal or a fraction as text."""
    return Fraction(value)


def reason_of(
    decision: Plain,
    currency: str,
    titles: Mapping[str, str] | None = None,
    *,
    in_points: bool = False,
    per_point: bool = False,
) -> str:
    """Why a project was funded or not, with its figures, in the reader's language.

    `titles` give a rival's name instead of its number; its score may be `in_points`, and with
    equal shares its price `per_point`.
    """
    figures = {
        name: exact(decision[name])
        for name in ("score", "cost", *FIGURES)
        if name in decision and name not in COUNTED
    }
    if "left" in figures:
        figures["after"] = figures["left"] - figures["cost"]
    spoken: dict[str, object] = {name: decision.get(name, "") for name in (*COUNTED, *NAMES)}
    if decision.get("rival"):
        spoken["rival"] = named([decision["rival"]], titles or {})
    for name, figure in figures.items():
        if name in MONEY:
            spoken[name] = text_of(figure, currency)
        elif name in VOTES:
            spoken[name] = votes(int(figure), language())
    if in_points:
        spoken["score"] = points(figures["score"])
    if decision["fate"] == Fate.FUNDED and "price" in decision:
        return say(str(SHARES_FUNDED[per_point]), **spoken)
    if decision["fate"] == Fate.FUNDED_IN_EVERY_ORDER and "price" in decision:
        return say(str(SHARES_LEVEL[per_point]), **spoken)
    message = message_of(Fate(decision["fate"]), has_votes="votes" in decision)
    return say(_(message), **spoken)


SHARES_FUNDED: Mapping[bool, _StrPromise] = {
    False: gettext_lazy(
        "Funded in round %(position)s: its supporters had %(money)s together, it costs %(cost)s, "
        "and each of them paid %(price)s at most."
    ),
    True: gettext_lazy(
        "Funded in round %(position)s: its supporters had %(money)s together, it costs %(cost)s, "
        "and each of them paid %(price)s at most for each point."
    ),
}
"""Why equal shares funded a project; True where supporters pay by the points they gave."""

SHARES_LEVEL: Mapping[bool, _StrPromise] = {
    False: gettext_lazy(
        "Funded, however the tie is broken: it costs %(cost)s, and each of its supporters paid "
        "%(price)s at most."
    ),
    True: gettext_lazy(
        "Funded, however the tie is broken: it costs %(cost)s, and each of its supporters paid "
        "%(price)s at most for each point."
    ),
}
"""The same after a tie that is still level; no round is told, since it may differ."""


def level_words(outcome: Plain) -> str:
    """That all ways to break what is still level fund the same; empty where nothing is."""
    fates = {one["fate"] for one in outcome["decisions"]}
    if outcome["undecided"] or not fates & {Fate.FUNDED_IN_EVERY_ORDER, Fate.LOST_IN_EVERY_ORDER}:
        return ""
    return _(
        "Some projects cost their supporters the same. Whichever comes first, the same projects "
        "are funded, so no lot is drawn. Rounds and payments that would differ are left out."
    )


def tie_words(
    tie: Plain,
    titles: Mapping[str, str],
    rule: str = "greedy",
    tie_rule: str = "lot",
    unit: str = "votes",
) -> str:
    """A tie that mattered, in sentences; empty for one that did not.

    `tie_rule` is the contest's: what is still open waits for a lot, or for the body that decides;
    `unit` is what greedy ranks by.
    """
    if not tie["mattered"]:
        return ""
    shares = rule == "equal_shares"
    values: dict[str, object] = {
        "votes": "" if shares else _amount(exact(tie["score"]), unit),
        "titles": named(tie["projects"], titles),
    }
    said = [say(str((SHARES_MET if shares else MET)[bool(tie["contested"])]), **values)]
    for place, name in enumerate(tie["decided_by"]):
        said.append(str((DECIDED_THEN if place else DECIDED)[name]))
    if tie["contested"]:
        frame = OPEN_LOT if tie_rule in BY_LOT else OPEN_BODY
        said.append(say(str(frame), contested=named(tie["contested"], titles)))
    return " ".join(said)


def _amount(score: Fraction, unit: str) -> str:
    return votes(int(score), language()) if unit == "votes" else points(score)


MET: Mapping[bool, _StrPromise] = {
    False: gettext_lazy("%(titles)s have %(votes)s each."),
    True: gettext_lazy(
        "%(titles)s have %(votes)s each, and the money is not enough for all of them."
    ),
}
SHARES_MET: Mapping[bool, _StrPromise] = {
    False: gettext_lazy("%(titles)s cost their supporters the same."),
    True: gettext_lazy(
        "%(titles)s cost their supporters the same, and the money is not enough for all of them."
    ),
}
"""Who was equal; True while something of it is open."""

DECIDED: Mapping[str, _StrPromise] = {
    "lower_cost": gettext_lazy("The cheaper one came first."),
    "more_votes": gettext_lazy("The one with more votes came first."),
    "lot": gettext_lazy("A public lot put them in order."),
}
DECIDED_THEN: Mapping[str, _StrPromise] = {
    "lower_cost": gettext_lazy("Of those still equal the cheaper one came first."),
    "more_votes": gettext_lazy("Of those still equal the one with more votes came first."),
    "lot": gettext_lazy("A public lot put those in order that were still equal."),
}
"""What put them in order: first, and after something else."""

OPEN_LOT = gettext_lazy("A public lot decides between %(contested)s.")
OPEN_BODY = gettext_lazy(
    "The body that decides next settles it between %(contested)s; no lot is drawn."
)


def named(keys: list[str], titles: Mapping[str, str]) -> str:
    """Titles side by side: “가”, “나”."""
    return ", ".join(f"“{titles.get(key, key)}”" for key in keys)


def stage_dots(stage: State, dates: Mapping[State, date | None]) -> list[dict[str, str]]:
    """The line with dots of the status strip."""
    now = ORDER.index(stage)
    return [
        {
            "label": str(BudgetState(one).label),
            "state": "done" if place < now else "now" if place == now else "next",
            "date": _day(dates.get(one)),
        }
        for place, one in enumerate(ORDER)
    ]


def next_words(budget: Budget, stage: State, waiting: int) -> tuple[str, str]:
    """What happens next, and when; two empty texts when nothing is to come.

    `waiting` is how many projects have no verdict yet.
    """
    contest = budget.contest
    if contest is not None and stage is State.VOTING:
        return {
            ContestState.OPEN: (_("Voting closes"), _moment(contest.closes_at)),
            ContestState.FROZEN: (_("Voting opens"), _moment(contest.opens_at)),
        }.get(ContestState(contest.state), (_("The rules of the vote are being set."), ""))
    if contest is not None and stage is State.COUNTING:
        return _("The result is announced"), _moment(contest.result_on)
    reviewing = _("The projects found eligible go to the vote.")
    if waiting:
        reviewing = say(_("%(count)s projects still wait for their review."), count=waiting)
    if budget.is_imported:
        return "", ""
    words = {
        State.PREPARING: _("The departments review every project."),
        State.REVIEWING: reviewing,
        State.ALLOCATED: _("The departments plan the first steps of the chosen projects."),
        State.EXECUTING: _("Each project reports its steps and what was spent."),
    }
    return words.get(stage, ""), ""


def _moment(moment: date | None) -> str:
    return say("%(at)s", at=moment) if moment else ""


def _day(moment: date | None) -> str:
    return day(moment, language()) if moment else ""
