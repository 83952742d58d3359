"""Who would win by each rule that fits a ballot: on ballots of an earlier vote, or on made-up ones.

Counted by the engine that counts votes. Bars on the turnout and on the votes of a winner are left
out, since other ballots say nothing about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.ballots import read_marks
from voting.ballots.samples import sample_ballots, sample_points
from voting.models import Contest, ContestState
from voting.selectors import ballot_design, rule_of
from voting.selectors.bodies import body_parts
from voting.selectors.counting import box_of
from voting.tally import RULES, check_rule, count_box
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import TallyResult

BARS = ("quorum", "threshold")
MOST_EARLIER = 12
MOST_BALLOTS = 20_000
"""A vote with more ballots is not counted while somebody waits for a page."""


@dataclass(frozen=True)
class RuleOutcome:
    """A rule tried out: titles of who would win, of who stays undecided, or why it cannot count."""

    rule: str
    is_own: bool
    winners: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    problem: Refusal | None = None
    is_impossible: bool = False


@dataclass(frozen=True)
class WhatIf:
    """Rules beside each other on the same ballots; `earlier` is None for made-up ones."""

    earlier: Contest | None
    ballots: int
    outcomes: tuple[RuleOutcome, ...]


def votes_to_try(contest: Contest) -> list[Contest]:
    """Finished votes with the same kind of ballot, all of whose ballots are public."""
    done = (
        Contest.objects.filter(
            kind=contest.kind,
            outcome="count",
            publication="full",
            state__in=[ContestState.PUBLISHED, ContestState.FINAL],
        )
        .exclude(pk=contest.pk)
        .select_related("area", "figures")
    )
    found = list(done.order_by("-pk")[:MOST_EARLIER])
    return [one for one in found if one.figures.web + one.figures.paper <= MOST_BALLOTS]


def what_if(contest: Contest, earlier: Contest | None = None) -> WhatIf | None:
    """Count by every rule that fits; None while the ballot of the contest cannot be marked yet."""
    design = ballot_design(earlier or contest)
    if earlier is None and design.check():
        return None
    box = box_of(earlier) if earlier else sample_box(contest, design)
    own = rule_of(contest)
    outcomes = [
        _outcome(design, box, _tried(name, own, design), is_own=name == contest.rule)
        for name, rule in RULES.items()
        if design.kind in rule.kinds
    ]
    return WhatIf(earlier, sum(box.ballots.values()), tuple(outcomes))


def sample_box(contest: Contest, design: BallotDesign) -> Box:
    """Made-up ballots in a box, a third of them on paper where there is paper; bodies too."""
    ballots: dict[tuple[str, str], int] = {}
    for marks, number in sample_ballots(design, read_marks, str(contest.key)).items():
        paper = (number + 1) // 3 if contest.paper and contest.web else number * contest.paper
        for channel, few in (("web", number - paper), ("paper", paper)):
            if few:
                ballots[marks, channel] = few
    names = [part.name for part in body_parts(contest)]
    bodies = {name: sample_points(design, f"{contest.key} {name}") for name in names}
    return Box(ballots=ballots, roll=sum(ballots.values()), bodies=bodies)


def _tried(name: str, own: Mapping[str, Json], design: BallotDesign) -> dict[str, Json]:
    """The contest's own rule without its bars, or another one with its usual settings."""
    rule: dict[str, Json] = {"name": name}
    if name == own["name"]:
        rule = {key: value for key, value in own.items() if key not in BARS}
    seats: Any = own.get("seats") or 1
    if RULES[name].seated:
        rule["seats"] = min(seats, len(design.options))
    return rule


def _outcome(
    design: BallotDesign, box: Box, rule: Mapping[str, Json], *, is_own: bool
) -> RuleOutcome:
    name = str(rule["name"])
    problems = check_rule(design, rule)
    if problems:
        return RuleOutcome(name, is_own, problem=problems[0])
    try:
        result = count_box(design, rule, box)
    except ValueError:  # ballots of a way of voting that has no weight
        return RuleOutcome(name, is_own, is_impossible=True)
    titles = {option.key: option.title for option in design.options}
    undecided = [one.key for one in result.options if one.reason == "tie_undecided"]
    return RuleOutcome(
        name,
        is_own,
        winners=tuple(titles[key] for key in _chosen(result)),
        open=tuple(titles[key] for key in undecided),
    )


def _chosen(result: TallyResult) -> Sequence[str]:
    return result.winners or [one.key for one in result.options if one.won]
