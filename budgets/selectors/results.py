"""What came out of a budget's vote: the money, and what became of each project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Func, JSONField, Value
from django.utils.translation import gettext as _

from budgets.methods.outcome import FUNDED, MESSAGES, Fate
from budgets.selectors.measures import Piece, measures_of, series_of
from budgets.selectors.ways import (
    Path,
    Ways,
    barring_words,
    enough_words,
    passing_words,
    path_of,
    ways_of,
)
from budgets.selectors.words import FATES, exact, level_words, reason_of, tie_words
from voting.models import PublicationFile
from voting.selectors import PUBLIC_STATES, has_result
from voting.selectors.pages import shown_result
from voting.wording import weight_sentences
from voting.words import money_sentences, unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from budgets.models import Allocation, Budget
    from voting.models import Contest
    from voting.results import ChannelSum
    from voting.selectors.pages import ShownResult


@dataclass(frozen=True)
class Outcome:
    """What the count and the money made of a project; `total` is what it was ranked by.

    `note` tells from how many voters that came, where it is something else.
    """

    votes: int
    total: str
    note: str
    pieces: tuple[Piece, ...]
    rank: int
    funded: bool
    label: str
    tone: str
    reason: str
    enough: str


@dataclass(frozen=True)
class Result:
    """What came out of a published contest: votes by channel, and the money."""

    shown: ShownResult
    allocation: Allocation
    cap: Fraction
    spent: Fraction
    left: Fraction
    rule: tuple[str, ...]
    series: tuple[tuple[int, str], ...]
    filled: tuple[tuple[str, Fraction, bool], ...]
    ties: tuple[tuple[str, bool], ...]
    beside: Ways | None
    path: Path

    @property
    def channels(self) -> tuple[ChannelSum, ...]:
        """Ballots by channel."""
        return self.shown.channels

    @property
    def in_points(self) -> bool:
        """Whether projects were ranked by points, and not by numbers of votes."""
        return not self.shown.figures.by_votes

    @property
    def per_point(self) -> bool:
        """Whether supporters paid by the points that they gave."""
        return bool(self.allocation.rule.get("utility") == "points")

    @property
    def is_weighed(self) -> bool:
        """Whether parts of the vote had weights."""
        return self.shown.weighed is not None

    @property
    def why_nothing(self) -> str:
        """Why nothing is paid for: too few took part, or a part stayed empty; else nothing."""
        stopped = {Fate.QUORUM_MISSED, Fate.PART_EMPTY}
        found = {one.reason for one in self.shown.figures.options} & stopped
        return _(MESSAGES[Fate(found.pop())]) if found else ""


def public_contest_of(budget: Budget) -> Contest | None:
    """The budget's contest, if everybody may see it."""
    contest = budget.contest
    return contest if contest is not None and contest.state in PUBLIC_STATES else None


def rule_words(contest: Contest, rule: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    """How the money is given out, and what parts of the vote weigh."""
    options = contest.rule_options
    unit = unit_of(contest.rule, options)
    return (
        *money_sentences(rule, contest.tie_rule, currency, unit),
        *weight_sentences(options),
    )


def result_of(budget: Budget, contest: Contest | None, code: str = "") -> Result | None:
    """The newest publication with its allocation; None before there is one.

    With the `code` of a project the allocation brings the way of its supporters' money, `path`.
    """
    if contest is None or not has_result(contest):
        return None
    path = Func(  # a key of digits stays a key
        "paths", Value(code), function="jsonb_extract_path", output_field=JSONField()
    )
    stored = budget.allocations.defer("paths").annotate(path=path)
    allocation = stored.order_by("-version").first()
    shown = shown_result(contest)
    if allocation is None or shown is None:
        return None
    outcome, unit = allocation.result["outcome"], unit_of(contest.rule, contest.rule_options)
    titles = {option.key: option.title for option in shown.figures.options}
    winners = frozenset(outcome["winners"])
    return Result(
        shown=shown,
        allocation=allocation,
        cap=exact(outcome["budget"]),
        spent=exact(outcome["cost"]),
        left=exact(outcome["budget"]) - exact(outcome["cost"]),
        rule=rule_words(contest, allocation.rule, budget.currency),
        series=series_of(shown),
        filled=tuple(
            (titles[one["project"]], exact(one["cost"]), one["project"] in winners)
            for one in outcome["decisions"]
            if exact(one["cost"]) > 0
        ),
        ties=tuple(
            (words, bool(tie["contested"]))
            for tie in outcome["ties"]
            if (words := tie_words(tie, titles, allocation.rule["rule"], contest.tie_rule, unit))
        )
        + (((words, False),) if (words := level_words(outcome)) else ()),
        beside=ways_of(allocation.beside, titles, budget.currency, unit),
        path=path_of(
            allocation.path,
            outcome["decisions"],
            titles,
            budget.currency,
            is_whole=bool(allocation.beside.get("every_step")),
        ),
    )


def outcomes_of(result: Result, currency: str) -> dict[str, Outcome]:
    """What became of each project, by code, in the order of the count."""
    figures, measures = result.shown.figures, measures_of(result.shown)
    titles = {option.key: option.title for option in figures.options}
    votes = {option.key: option.votes for option in figures.options}
    beside, outcome = result.allocation.beside, result.allocation.result["outcome"]
    more, more_than = beside.get("more_votes", {}), beside.get("more_than", {})
    in_the_way = beside.get("in_the_way", {})
    compared = outcome.get("comparison", {}).get("chosen") == "greedy"
    return {
        one["project"]: Outcome(
            votes=votes[one["project"]],
            total=measures[one["project"]].total,
            note=measures[one["project"]].note,
            pieces=measures[one["project"]].pieces,
            rank=rank,
            funded=one["fate"] in FUNDED,
            label=str(FATES[one["fate"]][0]),
            tone=FATES[one["fate"]][1],
            reason=reason_of(
                one, currency, titles, in_points=result.in_points, per_point=result.per_point
            ),
            enough=enough_words(
                more.get(one["project"]), in_points=result.in_points, compared=compared
            )
            or passing_words(more_than.get(one["project"]))
            or barring_words(in_the_way.get(one["project"]), titles),
        )
        for rank, one in enumerate(outcome["decisions"], start=1)
    }


def published_file(budget: Budget) -> PublicationFile | None:
    """The newest published PaBuLib file of a budget, byte for byte; None before the result."""
    if public_contest_of(budget) is None:
        return None
    return (
        PublicationFile.objects.filter(publication__contest=budget.contest_id, name="election.pb")
        .order_by("-publication__version")
        .first()
    )
