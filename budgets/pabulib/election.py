"""An election as a `.pb` file holds it, and the totals of its ballots."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import chain, repeat
from typing import TYPE_CHECKING

from budgets.methods.exact import Exact, read_exact, whole
from budgets.methods.profile import Ballots, Candidate, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from budgets.methods.outcome import Outcome

WITHDRAWN_COST = 999_999_999
"""PaBuLib's price tag for a project that was withdrawn after the vote."""


class VoteType(StrEnum):
    """How voters marked their ballots."""

    APPROVAL = "approval"
    CHOOSE_ONE = "choose-1"
    ORDINAL = "ordinal"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"

    @property
    def has_points(self) -> bool:
        """Whether a ballot gives points to the projects it names."""
        return self in {VoteType.CUMULATIVE, VoteType.SCORING}

    @property
    def is_set(self) -> bool:
        """Whether a ballot is a plain set of projects."""
        return self in {VoteType.APPROVAL, VoteType.CHOOSE_ONE}


@dataclass(frozen=True, slots=True)
class PabulibProject:
    """A row of PROJECTS.

    `votes`, `score` and `selected` are what the file says (None if it does not): its own totals
    and its own result, 1 for selected by the rule, 0 for not, other numbers for other reasons.
    `extra` holds all other columns as text, without empty cells.
    """

    project_id: str
    cost: Exact
    name: str = ""
    votes: int | None = None
    score: Exact | None = None
    selected: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PabulibBallot:
    """A row of VOTES: the projects named, in the voter's order, and the points they got, if any."""

    voter_id: str
    choices: tuple[str, ...]
    points: tuple[Exact, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PabulibElection:
    """A whole file. `meta` holds every key of META as text, known or not.

    The properties read `meta`; they raise KeyError or ValueError on an election that was put
    together by hand without what they need, never on one that was read from a file.
    """

    meta: Mapping[str, str]
    projects: tuple[PabulibProject, ...]
    ballots: tuple[PabulibBallot, ...]

    @cached_property
    def budget(self) -> Exact:
        """The money to be spent, in the file's currency."""
        budget = read_exact(self.meta["budget"])
        if budget is None:
            raise ValueError(f"The budget {self.meta['budget']!r} is not a number.")
        return budget

    @property
    def vote_type(self) -> VoteType:
        """How voters marked their ballots."""
        return VoteType(self.meta["vote_type"])

    @property
    def rule(self) -> str:
        """The name of the rule that the file declares, `unknown` if none."""
        return self.meta.get("rule", "unknown").lower()

    @property
    def threshold(self) -> int | None:
        """The least score a project needs, if the file sets one."""
        text = self.meta.get("min_project_score_threshold")
        return None if text is None else int(text)

    @property
    def official_winners(self) -> frozenset[str] | None:
        """The projects that the file itself marks as selected by its rule; None if it marks none.

        Other marks (2, 3) stand for projects funded for other reasons and are left out.
        """
        if all(project.selected is None for project in self.projects):
            return None
        return frozenset(project.project_id for project in self.projects if project.selected == 1)


@dataclass(frozen=True, slots=True)
class Totals:
    """By project: how many ballots name it, and the score that rules rank it by."""

    votes: Mapping[str, int]
    scores: Mapping[str, Exact]


def count_totals(election: PabulibElection) -> Totals:
    """Add up all ballots, in any order.

    The score is the number of ballots for approval and choose-1 and the sum of points for
    cumulative and scoring (META `default_score` for each scoring ballot that does not name the
    project). For ordinal ballots the first of n named projects gets n points, the last one 1:
    PaBuLib's default, a Borda count over the projects a voter ranked.
    """
    votes: Counter[str] = Counter({project.project_id: 0 for project in election.projects})
    votes.update(chain.from_iterable(ballot.choices for ballot in election.ballots))
    vote_type = election.vote_type
    if vote_type.is_set:
        return Totals(votes, votes)
    scores: dict[str, Exact] = dict.fromkeys(votes, 0)
    for ballot in election.ballots:
        points = ballot.points if vote_type.has_points else range(len(ballot.choices), 0, -1)
        for project_id, given in zip(ballot.choices, points, strict=True):
            scores[project_id] += given
    default = _default_score(election)
    if default:
        for project_id, named in votes.items():
            scores[project_id] += default * (len(election.ballots) - named)
    return Totals(votes, {project_id: whole(score) for project_id, score in scores.items()})


def profile_of(election: PabulibElection, *, with_ballots: bool = False) -> Profile:
    """Return the election as the counting rules take it, scored from its ballots.

    A project at PaBuLib's withdrawal price that the budget cannot pay counts as withdrawn. Its
    area is the `neighborhood` of the file, its categories are those of the `category`, which may
    be several with commas. Only equal shares needs the ballots themselves.
    """
    totals = count_totals(election)
    budget = election.budget
    return Profile(
        budget=budget,
        candidates=tuple(
            Candidate(
                key=project.project_id,
                cost=project.cost,
                score=totals.scores[project.project_id],
                withdrawn=project.cost == WITHDRAWN_COST > budget,
                votes=totals.votes[project.project_id],
                area=project.extra.get("neighborhood", ""),
                categories=tuple(
                    name.strip() for name in project.extra.get("category", "").split(",")
                ),
            )
            for project in election.projects
        ),
        ballots=_ballots_of(election) if with_ballots else None,
        voters=len(election.ballots),
    )


def _ballots_of(election: PabulibElection) -> Ballots:
    """Put equal ballots together, with the points that `count_totals` adds up."""
    vote_type = election.vote_type
    kinds = Counter((ballot.choices, ballot.points) for ballot in election.ballots)
    default = _default_score(election)
    marked: list[tuple[dict[str, Exact], int]] = []
    for (choices, points), number in kinds.items():
        given: Iterable[Exact] = repeat(1)
        if not vote_type.is_set:
            given = points if vote_type.has_points else range(len(choices), 0, -1)
        marks: dict[str, Exact] = dict(zip(choices, given, strict=False))
        if default:
            marks = {one.project_id: default for one in election.projects} | marks
        marked.append((marks, number))
    return Ballots.of((marks.items(), number) for marks, number in marked)


def _default_score(election: PabulibElection) -> Exact:
    """What a scoring ballot gives each project that it does not name."""
    if election.vote_type is not VoteType.SCORING:
        return 0
    return read_exact(election.meta.get("default_score", "0")) or 0


def with_totals(election: PabulibElection) -> PabulibElection:
    """Return the election with the figures that a file states about itself, from its ballots.

    These are `num_projects`, `num_votes`, and each project's `votes` and, where ballots have
    points or ranks, `score`.
    """
    totals = count_totals(election)
    scored = not election.vote_type.is_set
    return replace(
        election,
        meta={
            **election.meta,
            "num_projects": str(len(election.projects)),
            "num_votes": str(len(election.ballots)),
        },
        projects=tuple(
            replace(
                project,
                votes=totals.votes[project.project_id],
                score=totals.scores[project.project_id] if scored else None,
            )
            for project in election.projects
        ),
    )


def with_outcome(election: PabulibElection, outcome: Outcome) -> PabulibElection:
    """Return the election with its result: `selected` is 1 for the winners and 0 for the others.

    The projects are put in the order of the count, because readers of the format take equal
    scores in the order of the rows. META gets `fully_funded` if the budget pays for everything.
    """
    projects = {project.project_id: project for project in election.projects}
    winners = set(outcome.winners)
    fully_funded = sum(project.cost for project in election.projects) <= outcome.budget
    return replace(
        election,
        meta={**election.meta, **({"fully_funded": "1"} if fully_funded else {})},
        projects=tuple(
            replace(projects[decision.key], selected=int(decision.key in winners))
            for decision in outcome.decisions
        ),
    )
