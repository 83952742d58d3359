"""The list of budgets, page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.lifecycle import State, stage_of
from budgets.models import Allocation, Budget, BudgetState, Project
from budgets.selectors.projects import CARRIED_OUT
from budgets.selectors.results import public_contest_of
from budgets.selectors.words import BUDGET_TONES, exact, local_name, say
from places.models import Area
from voting.models import ContestState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from fractions import Fraction

    from django.db.models import QuerySet

PAGE_ROWS = 12


@dataclass(frozen=True)
class BudgetQuery:
    """What the list is asked for. Unknown words are taken as not said."""

    area: str = ""
    year: str = ""
    state: str = ""
    cursor: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> BudgetQuery:
        """From the address of a page."""
        year, state = params.get("year", ""), params.get("state", "")
        return cls(
            area=params.get("area", "")[:10],
            year=year if year.isdecimal() and len(year) == 4 else "",
            state=state if state in BudgetState.values else "",
            cursor=params.get("cursor", "")[:30],
        )

    def url(self, **changes: str) -> str:
        """The address of this list with `changes`; any change goes back to its first page."""
        said = vars(replace(self, **{"cursor": "", **changes}))
        query = urlencode({key: value for key, value in said.items() if value})
        return f"{reverse('budgets')}{'?' if query else ''}{query}"


@dataclass(frozen=True)
class BudgetCard:
    """A budget in the list: `spent` is what its vote gave out, None before the result."""

    budget: Budget
    over: str
    badge: str
    tone: str
    projects: int
    chosen: int
    spent: Fraction | None
    note: str
    turns_at: datetime | None
    """When its vote opens or closes; None outside of a vote."""

    @property
    def share(self) -> int:
        """Whole percent of the cap that were given out, for a bar."""
        return int(self.spent * 100 / exact(str(self.budget.cap))) if self.spent is not None else 0


@dataclass(frozen=True)
class BudgetList:
    """One page of budgets, newest year first."""

    cards: tuple[BudgetCard, ...]
    previous_url: str
    next_url: str


def public_budgets() -> QuerySet[Budget]:
    """All budgets with area and contest at hand, the newest year first."""
    return Budget.objects.select_related("area", "contest__figures").order_by("-year", "-pk")


def project_rows() -> QuerySet[Project]:
    """Projects of all budgets with what a row says of them."""
    return Project.objects.select_related("area", "field", "department")


def projects_whole() -> QuerySet[Project]:
    """The same with costs, reviews and steps."""
    return project_rows().prefetch_related("cost_lines", "reviews__department", "milestones")


def allocations_of(pk: int) -> QuerySet[Allocation] | None:
    """Every allocation of a budget; None if there is no such budget."""
    found = Budget.objects.filter(pk=pk).only("pk").first()
    return Allocation.objects.filter(budget=found) if found else None


def budget_list(query: BudgetQuery) -> BudgetList:
    """A page of budgets; four queries however many there are."""
    budgets = public_budgets()
    if query.area:
        budgets = budgets.filter(area__in=Area.objects.filter(code=query.area))
    if query.year:
        budgets = budgets.filter(year=int(query.year))
    if query.state:
        budgets = budgets.filter(state=query.state)
    rows, previous, following = _turned(_with_counts(budgets), query.cursor)
    return BudgetList(
        cards=tuple(_card(budget) for budget in rows),
        previous_url=query.url(cursor=f"-{_place(rows[0])}") if previous and rows else "",
        next_url=query.url(cursor=_place(rows[-1])) if following and rows else "",
    )


def running_budgets(areas: Collection[str] | None = None, *, limit: int) -> list[BudgetCard]:
    """Own budgets that are not settled, of areas by code or (None) all; those in a vote first."""
    rows = _with_counts(
        public_budgets().filter(imported_from="").exclude(state=BudgetState.SETTLED)
    )
    if areas is not None:
        rows = rows.filter(area__code__in=areas)
    in_a_vote = ExpressionWrapper(Q(state=BudgetState.VOTING), output_field=BooleanField())
    return [_card(row) for row in rows.order_by(in_a_vote.desc(), "-year", "-pk")[:limit]]


def _with_counts(budgets: QuerySet[Any]) -> QuerySet[Any]:
    """The same with what was given out, how many projects there are and how many were chosen."""
    newest = Allocation.objects.filter(budget=OuterRef("pk")).order_by("-version")
    counts = Project.objects.filter(budget=OuterRef("pk")).order_by().values("budget")
    counted: QuerySet[Any] = budgets.annotate(
        given_out=Subquery(newest.values(cost=KT("result__outcome__cost"))[:1]),
        project_count=Subquery(counts.values(number=Count("pk"))),
        chosen_count=Subquery(counts.filter(state__in=CARRIED_OUT).values(number=Count("pk"))),
    )
    return counted


def _turned(budgets: QuerySet[Any], cursor: str) -> tuple[list[Any], bool, bool]:
    """One page by keyset (year, number), and whether there are pages before and after."""
    backward = cursor.startswith("-")
    year, _sign, number = cursor.removeprefix("-").partition(".")
    if not (year.isdecimal() and len(year) == 4 and number.isdecimal() and len(number) < 18):
        rows = list(budgets[: PAGE_ROWS + 1])
        return rows[:PAGE_ROWS], False, len(rows) > PAGE_ROWS
    if backward:
        newer = budgets.filter(Q(year__gt=int(year)) | Q(year=int(year), pk__gt=int(number)))
        rows = list(newer.order_by("year", "pk")[: PAGE_ROWS + 1])
        return rows[:PAGE_ROWS][::-1], len(rows) > PAGE_ROWS, True
    older = budgets.filter(Q(year__lt=int(year)) | Q(year=int(year), pk__lt=int(number)))
    rows = list(older[: PAGE_ROWS + 1])
    return rows[:PAGE_ROWS], True, len(rows) > PAGE_ROWS


def _place(budget: Budget) -> str:
    return f"{budget.year}.{budget.pk}"


def _card(budget: Any) -> BudgetCard:
    contest = public_contest_of(budget)
    stage = stage_of(budget.state, contest.state if contest else None)
    return BudgetCard(
        budget=budget,
        over=say(_("%(year)s · %(area)s"), year=str(budget.year), area=local_name(budget.area)),
        badge=str(BudgetState(stage).label),
        tone=BUDGET_TONES[stage],
        projects=budget.project_count or 0,
        chosen=budget.chosen_count or 0,
        spent=exact(budget.given_out) if budget.given_out is not None else None,
        note=_note(budget, stage),
        turns_at=_turns_at(budget, stage),
    )


def _note(budget: Budget, stage: State) -> str:
    """What one can do, or when it goes on."""
    contest = budget.contest
    if contest is None or stage is not State.VOTING:
        return ""
    if contest.state == ContestState.OPEN and contest.closes_at:
        return say(_("Vote until %(when)s"), when=contest.closes_at)
    if contest.state == ContestState.FROZEN and contest.opens_at:
        return say(_("Voting opens at %(when)s"), when=contest.opens_at)
    return ""


def _turns_at(budget: Budget, stage: State) -> datetime | None:
    contest = budget.contest
    if contest is None or stage is not State.VOTING:
        return None
    return {
        ContestState.OPEN: contest.closes_at,
        ContestState.FROZEN: contest.opens_at,
    }.get(ContestState(contest.state))


def list_areas() -> list[tuple[str, str]]:
    """Areas that have budgets: (code, name)."""
    rows = Area.objects.filter(pk__in=Budget.objects.values("area")).order_by("code")
    return [(area.code, local_name(area)) for area in rows]


def list_years() -> list[tuple[str, str]]:
    """Years that have budgets, newest first."""
    years = Budget.objects.order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]
