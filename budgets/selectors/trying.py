"""A budget's rule tried before the vote: what it would have funded on other ballots.

On made-up ballots for this budget, or on the published ballots of an earlier one. Conditions that
other ballots say nothing about are left out: least numbers of votes and voters, and what names
projects, areas or fields of another budget.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from budgets.methods.beside import beside_plain_votes, side_by_side
from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Ballots, Candidate, Profile
from budgets.methods.rules import count, options_from_data
from budgets.models import Budget
from budgets.selectors.ways import Way, ways_of
from voting.ballots import points_of
from voting.models import ContestKind, ContestState
from voting.selectors import ballot_design
from voting.selectors.counting import box_of, marks_of
from voting.selectors.what_if import MOST_DIFFERENT, MOST_EARLIER, is_too_large, sample_box
from voting.tally import count_box
from voting.words import WEIGHTED, money_sentences, unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from budgets.methods.exact import Exact
    from budgets.methods.rules import Options
    from voting.ballots import BallotDesign
    from voting.models import Contest
    from voting.tally.result import Box


@dataclass(frozen=True)
class TriedWay:
    """A way to give the money out, and the titles that it funds or leaves undecided."""

    way: Way
    funded: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """The rule and the other way on the same ballots; `earlier` is None for made-up ones.

    `is_unweighted` where these ballots lack a part that has a weight. Without ways there are too
    many different ballots to count them meanwhile.
    """

    earlier: Budget | None
    ballots: int
    cap: Fraction
    rule: tuple[str, ...]
    ways: tuple[TriedWay, ...]
    is_unweighted: bool = False


def budgets_to_try(
    budget: Budget, contest: Contest | None = None
) -> tuple[list[Budget], list[Budget]]:
    """Earlier budgets in the same currency, all of whose ballots are public.

    Those that can be tried, and those with too many ballots for that. `contest` is one that is
    not stored yet.
    """
    own = contest or budget.contest
    done = Budget.objects.filter(
        currency=budget.currency,
        contest__publication="full",
        contest__kind=own.kind if own else ContestKind.BUDGET,
        contest__outcome="allocation",
        contest__state__in=[ContestState.PUBLISHED, ContestState.FINAL],
    ).select_related("contest__figures", "area")
    found = list(done.exclude(pk=budget.pk).order_by("-pk")[:MOST_EARLIER])
    large = {one.pk for one in found if one.contest and is_too_large(one.contest)}
    return (
        [one for one in found if one.pk not in large],
        [one for one in found if one.pk in large],
    )


def try_rule(
    budget: Budget,
    earlier: Budget | None = None,
    drafted: tuple[Contest, BallotDesign] | None = None,
) -> Trial | None:
    """Count by the rule that was set; None while there is none, or no ballot that can be marked.

    `drafted` is a contest that is not stored, and its ballot, in place of the budget's own.
    """
    own, source = drafted[0] if drafted else budget.contest, earlier or budget
    rule: Mapping[str, Any] = own.rule_options.get("allocation", {}) if own else {}
    asked = earlier.contest if earlier else own
    if own is None or not rule or asked is None:
        return None
    design = drafted[1] if drafted and earlier is None else ballot_design(asked)
    if earlier is None and design.check():
        return None
    box = box_of(earlier.contest) if earlier and earlier.contest else sample_box(own, design)
    options = tried_options(options_from_data(rule), same=earlier is None)
    places = rule if earlier is None else {}
    unit = unit_of(own.rule, own.rule_options)
    said = tuple(money_sentences(options.as_data(), own.tie_rule, budget.currency, unit))
    marks = marks_of(box)
    if len(marks) > MOST_DIFFERENT:
        return Trial(earlier, box.cast, Fraction(source.cap), said, ())
    profile = _profile(Fraction(source.cap), design, places, marks)
    scores = weighted_scores(own, design, box)
    if scores and isinstance(options, GreedyOptions):
        profile = _ranked_by(profile, scores)
        beside = beside_plain_votes(profile, options, count(profile, options))
    else:
        beside = side_by_side(profile, options, count(profile, options))
    titles = {option.key: option.title for option in design.options}
    told = ways_of(beside.as_data(), titles, budget.currency, unit)
    names = sorted(beside.ways, key=lambda name: name != beside.counted)
    return Trial(
        earlier=earlier,
        ballots=box.cast,
        cap=Fraction(source.cap),
        rule=said,
        is_unweighted=unit == WEIGHTED and scores is None,
        ways=tuple(
            TriedWay(
                way,
                tuple(titles[key] for key in beside.ways[name].winners),
                tuple(titles[key] for key in beside.ways[name].contested),
            )
            for way, name in zip(told.ways if told else (), names, strict=True)
        ),
    )


def weighted_scores(contest: Contest, design: BallotDesign, box: Box) -> Mapping[str, Exact] | None:
    """What each project has by weight; None without weights, or where a part is not in the box."""
    weights = contest.rule_options.get("weights")
    if not weights:
        return None
    try:
        result = count_box(design, {"name": contest.rule, "weights": weights}, box)
    except ValueError:  # no weights, or ballots of a way of voting that has none
        return None
    full = all(part.divisor for part in result.parts or ())
    return {one.key: one.counts["weighted"] for one in result.options} if full else None


def _ranked_by(profile: Profile, scores: Mapping[str, Exact]) -> Profile:
    candidates = (replace(one, score=scores[one.key]) for one in profile.candidates)
    return replace(profile, candidates=tuple(candidates))


def tried_options(options: Options, *, same: bool) -> Options:
    """The rule without what these ballots say nothing about; `same`: for the same projects."""
    bars = replace(options.constraints, min_turnout=None, min_turnout_percent=None)
    if not same:
        bars = replace(bars, exclusions=(), area_caps=(), category_caps=())
    return replace(options, threshold=1 if options.threshold else None, constraints=bars)


def _profile(
    cap: Fraction, design: BallotDesign, places: Mapping[str, Any], marks: Mapping[str, int]
) -> Profile:
    """The projects of the ballot with their costs and votes, and the ballots."""
    ballots = Ballots.of((points_of(text).items(), number) for text, number in marks.items())
    votes: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for group, number in ballots.groups:
        for key, points in group:
            votes[key] += number
            given[key] += int(points) * number
    return Profile(
        budget=cap,
        candidates=tuple(
            Candidate(
                key=option.key,
                cost=option.cost or 0,
                score=given[option.key],
                votes=votes[option.key],
                area=places.get("areas", {}).get(option.key, ""),
                categories=tuple(places.get("categories", {}).get(option.key, ())),
            )
            for option in design.options
        ),
        ballots=ballots,
        threshold_of_votes=True,
    )
