"""One budget and one project, whole: what stands to the vote, what came out, what is being done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import (
    Count,
    Exists,
    Func,
    JSONField,
    OuterRef,
    Prefetch,
    Q,
    Sum,
    Value,
)
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from budgets.lifecycle import State, stage_of
from budgets.methods.outcome import FUNDED, MESSAGES, Fate
from budgets.models import Budget, Project, ProjectReview, ProjectState
from budgets.selectors.measures import Piece, measures_of, series_of
from budgets.selectors.ways import (
    Path,
    Ways,
    barring_words,
    enough_words,
    other_way_words,
    passing_words,
    path_of,
    ways_of,
)
from budgets.selectors.words import (
    BUDGET_TONES,
    FATES,
    PROJECT_TONES,
    exact,
    next_words,
    reason_of,
    stage_dots,
    tie_words,
)
from debates.models import Follow
from places.selectors import dongs_in_force
from voting.models import ContestState, PublicationFile
from voting.selectors import PUBLIC_STATES, has_result
from voting.selectors.counting import counting_now
from voting.selectors.pages import shown_result
from voting.wording import channel_words, weight_sentences
from voting.words import money_sentences, unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from fractions import Fraction

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from budgets.models import Allocation, CostLine, Milestone
    from places.models import Area
    from residents.models import User
    from voting.models import Contest
    from voting.results import ChannelSum
    from voting.selectors.counting import CountingNow
    from voting.selectors.pages import ShownResult

MOVING = (ProjectState.EXECUTING, ProjectState.DONE)
CARRIED_OUT = (ProjectState.SELECTED, ProjectState.EXECUTING, ProjectState.DONE)


def local_name(thing: Any) -> str:
    """The name in the reader's language; the Korean one where there is no English."""
    return str((get_language() == "en" and thing.english_name) or thing.name)


# --- What a list of projects is asked for -------------------------------------------------------

SORTS = ("order", "cheap", "dear", "dong")
FIRST_ROWS = 40
"""So many projects are written out at first; all of them on demand and in the table."""


@dataclass(frozen=True)
class ProjectQuery:
    """Filters and order of a budget's projects. Unknown words are taken as not said."""

    area: str = ""
    field: str = ""
    result: str = ""
    sort: str = "order"
    every: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> ProjectQuery:
        """From the address of a page."""
        sort, result = params.get("sort", ""), params.get("result", "")
        return cls(
            area=params.get("area", "")[:10],
            field=params.get("field", "")[:50],
            result=result if result in {"funded", "not"} else "",
            sort=sort if sort in SORTS else "order",
            every="1" if params.get("every") == "1" else "",
        )

    def url(self, budget: Budget, **changes: str) -> str:
        """The address of the budget's page with `changes`, at its projects."""
        said = {**vars(replace(self, **changes))}
        if said["sort"] == "order":
            said["sort"] = ""
        query = urlencode({key: value for key, value in said.items() if value})
        return f"{budget.get_absolute_url()}{'?' if query else ''}{query}#projects"


# --- One row ------------------------------------------------------------------------------------


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
class Spending:
    """How far a chosen project is: steps done of all, money spent of its cost."""

    steps: int
    done: int
    spent: Decimal
    cost: Decimal

    @property
    def over(self) -> Decimal:
        """What was spent beyond the cost; 0 if nothing was."""
        return max(self.spent - self.cost, Decimal(0))


@dataclass(frozen=True)
class ProjectRow:
    """A project in its budget's list."""

    project: Project
    over: str
    badge: str
    tone: str
    review: ProjectReview | None
    outcome: Outcome | None
    spending: Spending | None


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


@dataclass(frozen=True)
class BudgetPage:
    """Everything the page of a budget shows to everybody."""

    budget: Budget
    stage: State
    badge: str
    tone: str
    dots: tuple[dict[str, str], ...]
    next_text: str
    next_date: str
    contest: Contest | None
    rows: tuple[ProjectRow, ...]
    found: int
    table: tuple[ProjectRow, ...]
    asked: Decimal
    areas: tuple[Area, ...]
    dongs: tuple[tuple[Area, int], ...]
    fields: tuple[tuple[str, str], ...]
    result: Result | None
    rule: tuple[str, ...]
    carried_out: tuple[ProjectRow, ...]
    spent: Decimal
    counting: CountingNow | None

    @property
    def channels(self) -> list[tuple[str, int]]:
        """How many took part by which way: live while that is public, then as counted."""
        if self.result is not None:
            return [(channel_words([one.channel]), one.total) for one in self.result.channels]
        contest = self.contest
        if contest is None or contest.state == ContestState.FROZEN:
            return []
        if contest.origin == "imported" or (self.is_open and not contest.live_turnout):
            return []
        figures = contest.figures
        names = [name for name in ("web", "paper") if getattr(contest, name)]
        return [(channel_words([name]), getattr(figures, name)) for name in names]

    @property
    def taken_part(self) -> int | None:
        """The sum of the channels; None where they are not shown."""
        return sum(count for _name, count in self.channels) if self.channels else None

    @property
    def is_open(self) -> bool:
        """Whether one can vote now."""
        return self.contest is not None and self.contest.state == ContestState.OPEN

    @property
    def total(self) -> int:
        """How many projects the budget has."""
        return len(self.table)

    @property
    def funded(self) -> int:
        """How many projects were funded."""
        return sum(bool(row.outcome and row.outcome.funded) for row in self.table)


def budget_by_id(pk: int) -> Budget | None:
    """A budget with its area, process and contest at hand; None if there is none."""
    return (
        Budget.objects.select_related("area", "process", "contest__figures").filter(pk=pk).first()
    )


def budget_page(budget: Budget, query: ProjectQuery) -> BudgetPage:
    """The page of a budget; as many queries for one project as for two hundred."""
    contest = public_contest_of(budget)
    projects = list(
        with_steps(budget.projects.all())
        .prefetch_related(Prefetch("reviews", ProjectReview.objects.order_by("-pk")))
        .order_by("pk")
    )
    result = result_of(budget, contest)
    outcomes = outcomes_of(result, budget.currency) if result else {}
    table = tuple(_row(project, outcomes.get(project.code)) for project in projects)
    if outcomes:
        table = tuple(sorted(table, key=_by_rank))
    stage = stage_of(budget.state, contest.state if contest else None)
    found = _ordered([row for row in table if _asked_for(row, query)], query.sort)
    waiting = sum(project.state == ProjectState.SUBMITTED for project in projects)
    words, day = next_words(budget, stage, waiting)
    if result and result.why_nothing:
        words = _("The vote did not take effect, so no project follows from it.")
    carried_out = tuple(row for row in table if _is_carried_out(row, budget))
    return BudgetPage(
        budget=budget,
        stage=stage,
        badge=str(budget.get_state_display()) if stage == budget.state else _("count"),
        tone=BUDGET_TONES[stage],
        dots=tuple(stage_dots(stage, _stage_dates(contest, result))),
        next_text=words,
        next_date=day,
        contest=contest,
        rows=tuple(found if query.every else found[:FIRST_ROWS]),
        found=len(found),
        table=table,
        asked=sum((project.cost for project in projects), Decimal(0)),
        areas=tuple(sorted({one.area for one in projects}, key=lambda area: area.code)),
        dongs=_dongs(projects),
        fields=_fields(projects),
        result=result,
        rule=result.rule if result else _rule_ahead(contest, budget.currency),
        carried_out=carried_out,
        spent=sum((row.spending.spent for row in carried_out if row.spending), Decimal(0)),
        counting=counting_now(contest) if contest else None,
    )


def public_contest_of(budget: Budget) -> Contest | None:
    """The budget's contest, if everybody may see it."""
    contest = budget.contest
    return contest if contest is not None and contest.state in PUBLIC_STATES else None


def _rule_words(contest: Contest, rule: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    """How the money is given out, and what parts of the vote weigh."""
    options = contest.rule_options
    unit = unit_of(contest.rule, options)
    return (
        *money_sentences(rule, contest.tie_rule, currency, unit),
        *weight_sentences(options),
    )


def _rule_ahead(contest: Contest | None, currency: str) -> tuple[str, ...]:
    """How the money will be given out: fixed with the contest, and read before anybody votes."""
    rule = contest.rule_options.get("allocation") if contest else None
    return _rule_words(contest, rule, currency) if contest and rule else ()


def _stage_dates(contest: Contest | None, result: Result | None) -> dict[State, date | None]:
    if contest is None:
        return {}
    counted = result.shown.publication.published_at if result else contest.result_on
    return {
        State.VOTING: contest.opens_at,
        State.COUNTING: contest.closes_at,
        State.ALLOCATED: counted,
    }


def _row(project: Project, outcome: Outcome | None) -> ProjectRow:
    reviews = list(project.reviews.all())
    nouns = [local_name(noun) for noun in (project.area, project.field) if noun is not None]
    told = outcome if project.state not in MOVING else None
    return ProjectRow(
        project=project,
        over=" · ".join(nouns),
        badge=told.label if told else str(project.get_state_display()),
        tone=told.tone if told else PROJECT_TONES.get(project.state, ""),
        review=reviews[0] if reviews else None,
        outcome=outcome,
        spending=spending_of(project),
    )


def spending_of(project: Any) -> Spending | None:
    """Steps and money of a chosen project, as the query annotated them; None for the others."""
    if project.state not in CARRIED_OUT:
        return None
    return Spending(project.steps, project.steps_done, project.spent or Decimal(0), project.cost)


def _is_carried_out(row: ProjectRow, budget: Budget) -> bool:
    """Whether its execution is shown: what was held elsewhere has steps here or none at all."""
    return row.spending is not None and bool(row.spending.steps or not budget.is_imported)


def _by_rank(row: ProjectRow) -> tuple[int, int]:
    return (row.outcome.rank if row.outcome else 10**6, row.project.pk)


def _asked_for(row: ProjectRow, query: ProjectQuery) -> bool:
    field = row.project.field.slug if row.project.field else ""
    funded = row.outcome is not None and row.outcome.funded
    return (
        query.area in {"", row.project.area.code}
        and query.field in {"", field}
        and query.result in {"", "funded" if funded else "not"}
    )


def _ordered(rows: list[ProjectRow], sort: str) -> list[ProjectRow]:
    if sort == "cheap":
        return sorted(rows, key=lambda row: row.project.cost)
    if sort == "dear":
        return sorted(rows, key=lambda row: -row.project.cost)
    if sort == "dong":
        return sorted(rows, key=lambda row: row.project.area.code)
    return rows


def _dongs(projects: Sequence[Project]) -> tuple[tuple[Area, int], ...]:
    """Dong of today with how many projects each has, for a map; empty if all lie in one place."""
    counts = Counter(project.area.code for project in projects)
    if len(counts) < 2:
        return ()
    return tuple((area, counts[area.code]) for area in dongs_in_force() if area.shape)


def _fields(projects: Sequence[Project]) -> tuple[tuple[str, str], ...]:
    found = {project.field for project in projects if project.field is not None}
    return tuple(
        (field.slug, local_name(field))
        for field in sorted(found, key=lambda field: (field.position, field.pk))
    )


# --- The result ---------------------------------------------------------------------------------


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
        rule=_rule_words(contest, allocation.rule, budget.currency),
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
        ),
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


# --- One project --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProjectPage:
    """Everything the page of a project shows to everybody."""

    project: Project
    budget: Budget
    stage: State
    badge: str
    tone: str
    over: str
    lines: tuple[CostLine, ...]
    reviews: tuple[ProjectReview, ...]
    milestones: tuple[Milestone, ...]
    late: frozenset[int]
    outcome: Outcome | None
    result: Result | None
    spending: Spending | None
    contest: Contest | None
    path: Path
    other_way: str

    @property
    def votes_open(self) -> bool:
        """Whether one can vote for it now."""
        on_ballot = self.project.state == ProjectState.ON_BALLOT
        is_open = self.contest is not None and self.contest.state == ContestState.OPEN
        return on_ballot and is_open


def project_by_id(
    budget_pk: int, pk: int, reader: User | AnonymousUser | None = None
) -> Project | None:
    """A project of a budget with what its page reads of it; None if there is none.

    Of `reader` it is known whether they follow its conversation.
    """
    account = (reader.pk if reader else None) or 0  # no account has this number
    follow = Follow.objects.filter(thread=OuterRef("thread"), user=account)
    return (
        with_steps(Project.objects.filter(budget_id=budget_pk, pk=pk))
        .annotate(is_followed=Exists(follow))
        .select_related("budget__area", "budget__contest", "proposal", "department", "thread")
        .prefetch_related(
            "cost_lines",
            "milestones",
            Prefetch("reviews", ProjectReview.objects.order_by("-pk").select_related("department")),
        )
        .first()
    )


def project_page(project: Project) -> ProjectPage:
    """The page of a project."""
    budget = project.budget
    contest = public_contest_of(budget)
    result = result_of(budget, contest, project.code)
    outcome = outcomes_of(result, budget.currency).get(project.code) if result else None
    row = _row(project, outcome)
    return ProjectPage(
        project=project,
        budget=budget,
        stage=stage_of(budget.state, contest.state if contest else None),
        badge=row.badge,
        tone=row.tone,
        over=row.over,
        lines=tuple(project.cost_lines.all()),
        reviews=tuple(project.reviews.all()),
        milestones=tuple(project.milestones.all()),
        late=frozenset(
            step.pk
            for step in project.milestones.all()
            if step.done_on is None and step.planned_on < timezone.localdate()
        ),
        outcome=outcome,
        result=result,
        spending=row.spending,
        contest=contest,
        path=_path_shown(result, outcome),
        other_way=_other_way(result, contest, project) if result and contest else "",
    )


def _other_way(result: Result, contest: Contest, project: Project) -> str:
    unit = unit_of(contest.rule, contest.rule_options)
    return other_way_words(result.allocation.beside, project.code, unit)


def _path_shown(result: Result | None, outcome: Outcome | None) -> Path:
    """How the money behind it went; of a funded project only if others were paid before it."""
    path = result.path if result else Path()
    return Path() if outcome and outcome.funded and path.payments < 1 else path


def with_steps(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with area and field, how many steps they have and had, and what was spent."""
    return projects.select_related("area", "field").annotate(
        steps=Count("milestones"),
        steps_done=Count("milestones", filter=Q(milestones__done_on__isnull=False)),
        spent=Sum("milestones__spent"),
    )


def published_file(budget: Budget) -> PublicationFile | None:
    """The newest published PaBuLib file of a budget, byte for byte; None before the result."""
    if public_contest_of(budget) is None:
        return None
    return (
        PublicationFile.objects.filter(publication__contest=budget.contest_id, name="election.pb")
        .order_by("-publication__version")
        .first()
    )
