"""One budget, whole: what stands to the vote, what came out, what is being done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from budgets.lifecycle import State, stage_of
from budgets.models import Budget, Project, ProjectReview, ProjectState
from budgets.selectors.projects import ProjectRow, row_of, with_steps
from budgets.selectors.results import (
    Result,
    outcomes_of,
    public_contest_of,
    result_of,
    rule_words,
)
from budgets.selectors.words import BUDGET_TONES, local_name, next_words, stage_dots
from places.selectors import dongs_in_force
from voting.models import ContestState
from voting.selectors.counting import counting_now
from voting.wording import channel_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from places.models import Area
    from voting.models import Contest
    from voting.selectors.counting import CountingNow

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
    table = tuple(
        sorted(
            (row_of(project, outcomes.get(project.code), contest) for project in projects),
            key=_by_rank if outcomes else _by_number,
        )
    )
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


def _rule_ahead(contest: Contest | None, currency: str) -> tuple[str, ...]:
    """How the money will be given out: fixed with the contest, and read before anybody votes."""
    rule = contest.rule_options.get("allocation") if contest else None
    return rule_words(contest, rule, currency) if contest and rule else ()


def _stage_dates(contest: Contest | None, result: Result | None) -> dict[State, date | None]:
    if contest is None:
        return {}
    counted = result.shown.publication.published_at if result else contest.result_on
    return {
        State.VOTING: contest.opens_at,
        State.COUNTING: contest.closes_at,
        State.ALLOCATED: counted,
    }


def _is_carried_out(row: ProjectRow, budget: Budget) -> bool:
    """Whether its execution is shown: what was held elsewhere has steps here or none at all."""
    return row.spending is not None and bool(row.spending.steps or not budget.is_imported)


def _by_rank(row: ProjectRow) -> tuple[int, int]:
    return (row.outcome.rank if row.outcome else 10**6, row.project.pk)


def _by_number(row: ProjectRow) -> tuple[int, int]:
    """In the order of the ballot; before it is fixed, and beside it, in that of coming in."""
    return (row.number or 10**6, row.project.pk)


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
