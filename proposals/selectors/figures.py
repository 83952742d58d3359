"""Figures of the office's promises, and what home and desks show of proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from debates.permissions import codes_moderated
from proposals.lifecycle import DECISIONS, WITH_PROGRESS
from proposals.models import Answer, Proposal, ProposalState
from residents.roles import RoleKind
from residents.selectors import departments_in_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from places.models import Area
    from proposals.models import ProposalQuerySet
    from residents.models import User

DECIDING = [kind.value for kind in DECISIONS]
OVERDUE_ROWS = 50
ADOPTING = [kind.value for kind in WITH_PROGRESS]


def near_threshold(areas: Sequence[Area] = (), *, limit: int = 6) -> ProposalQuerySet:
    """Proposals that lack least of their threshold (in `areas`, if any are given)."""
    rows = Proposal.objects.public().filter(
        state=ProposalState.GATHERING, closes_at__gt=timezone.now()
    )
    if areas:
        rows = rows.filter(area__code__in=[area.code for area in areas])
    missing = F("threshold") - F("figures__supports")
    return (
        rows.as_cards()
        .select_related("department")
        .defer("tokens")
        .order_by(missing.asc(), "closes_at", "pk")[:limit]
    )


def answers_this_week(areas: Sequence[Area] = (), *, limit: int = 6) -> list[Answer]:
    """Decisions of the last seven days (in `areas`, if any are given), newest first."""
    since = timezone.now() - timedelta(days=7)
    rows = Answer.objects.filter(
        published_at__gte=since, kind__in=DECIDING, proposal__is_hidden=False
    )
    if areas:
        rows = rows.filter(proposal__area__code__in=[area.code for area in areas])
    return list(
        rows.select_related(
            "proposal__area", "proposal__field", "proposal__figures", "department"
        ).order_by("-pk")[:limit]
    )


def recently_done(areas: Sequence[Area] = (), *, limit: int = 6) -> ProposalQuerySet:
    """Proposals that were carried out, the latest first."""
    rows = Proposal.objects.public().filter(state=ProposalState.DONE)
    if areas:
        rows = rows.filter(area__code__in=[area.code for area in areas])
    return (
        rows.as_cards()
        .select_related("department")
        .defer("tokens")
        .order_by("-last_word_on", "-pk")[:limit]
    )


def near_and_done(
    areas: Sequence[Area] = (), *, limit: int = 6
) -> tuple[list[Proposal], list[Proposal]]:
    """`near_threshold` and `recently_done` in one query."""
    done_rows = recently_done(areas, limit=limit)
    rows = list(near_threshold(areas, limit=limit).union(done_rows, all=True))
    near = [row for row in rows if row.state == ProposalState.GATHERING]
    done = [row for row in rows if row.state == ProposalState.DONE]
    return (
        sorted(near, key=lambda row: (row.threshold - row.figures.supports, row.closes_at, row.pk)),
        sorted(done, key=lambda row: (row.last_word_on, row.pk), reverse=True),
    )


@dataclass(frozen=True)
class OverduePage:
    """A page of late answers; `after` names where the next page begins, empty at the end."""

    proposals: tuple[Proposal, ...]
    after: str


def overdue_proposals(*, after: str = "", limit: int = OVERDUE_ROWS) -> OverduePage:
    """Public proposals whose promised date has gone by, the longest overdue first.

    `after` is the place where the page before ended; anything else gives the first page.
    """
    rows = Proposal.objects.public().overdue(timezone.localdate())
    if place := _place(after):
        due, pk = place
        later = Q(answer_due_on__gt=due) | Q(answer_due_on=due, pk__gt=pk)
        rows = rows.filter(later, answer_due_on__gte=due)
    found = list(
        rows.select_related("area", "field", "department")
        .defer("tokens", "body")
        .order_by("answer_due_on", "pk")[: limit + 1]
    )
    shown = tuple(found[:limit])
    more = len(found) > limit
    return OverduePage(shown, f"{shown[-1].answer_due_on}_{shown[-1].pk}" if more else "")


def _place(text: str) -> tuple[date, int] | None:
    """The day and the number that an address names; None for anything else."""
    day, _sign, number = text.partition("_")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None


@dataclass(frozen=True)
class DepartmentFigures:
    """How a department keeps its word: waiting, overdue, answered, adopted, carried out."""

    name: str
    waiting: int
    overdue: int
    answered: int
    adopted: int
    done: int

    @property
    def delivery(self) -> str:
        """Carried out of adopted, in percent; a dash while nothing is adopted."""
        return f"{self.done * 100 // self.adopted}%" if self.adopted else "–"


def department_figures() -> list[DepartmentFigures]:
    """Per department in use, by name; proposals that no department has yet come last, nameless."""
    today = timezone.localdate()
    last_decision = (
        Answer.objects.filter(proposal=OuterRef("pk"), kind__in=DECIDING)
        .order_by("-pk")
        .values("kind")[:1]
    )
    waiting = Q(
        answer_due_on__isnull=False,
        state__in=[ProposalState.REVIEWING, ProposalState.TRANSFERRED, ProposalState.EXPIRED],
    )
    rows = (
        Proposal.objects.public()
        .annotate(decision=Subquery(last_decision))
        .order_by()
        .values("department__name")
        .annotate(
            waiting=Count("pk", filter=waiting),
            overdue=Count("pk", filter=waiting & Q(answer_due_on__lt=today)),
            answered=Count("pk", filter=Q(decision__isnull=False)),
            adopted=Count("pk", filter=Q(decision__in=ADOPTING)),
            done=Count("pk", filter=Q(state=ProposalState.DONE)),
        )
    )
    found = {
        row["department__name"] or "": DepartmentFigures(
            name=row["department__name"] or "",
            waiting=row["waiting"],
            overdue=row["overdue"],
            answered=row["answered"],
            adopted=row["adopted"],
            done=row["done"],
        )
        for row in rows
    }
    unassigned = found.pop("", None)
    names = set(departments_in_use().values_list("name", flat=True))
    table = [
        found.get(name) or DepartmentFigures(name, 0, 0, 0, 0, 0)
        for name in sorted(names | {*found})
    ]
    return [*table, unassigned] if unassigned and unassigned.waiting else table


def due_for(user: User) -> ProposalQuerySet:
    """All proposals for the morning list: own department first, then nobody's, by due date.

    Repairs wait for their authors and come after what is due.
    """
    own = [r.department_id for r in user.current_roles if r.kind == RoleKind.OFFICIAL]
    return (
        Proposal.objects.exclude(state=ProposalState.DRAFT)
        .select_related("area", "field", "department", "figures")
        .defer("tokens", "body")
        .annotate(
            turn=Case(
                When(department__in=own, then=Value(0)),
                When(department__isnull=True, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
        )
        .order_by("turn", F("answer_due_on").asc(nulls_last=True), "pk")
    )


def appealed(user: User, among: ProposalQuerySet) -> ProposalQuerySet:
    """Hidden proposals of `among` whose authors ask to look again, where `user` decides."""
    asked, codes = among.exclude(appeal=""), codes_moderated(user)
    return asked if codes is None else asked.filter(area__code__in=codes)


def similar_answers(proposal: Proposal, *, limit: int = 5) -> list[Answer]:
    """Earlier decisions on proposals that share most words with this one, the most alike first."""
    if not proposal.tokens:
        return []
    near = (
        Answer.objects.filter(kind__in=DECIDING, proposal__tokens__overlap=proposal.tokens)
        .exclude(proposal=proposal)
        .select_related("proposal", "department")
        .order_by("-pk")[:200]
    )
    words = frozenset(proposal.tokens)
    alike = sorted(
        near,
        key=lambda answer: (-_shared(words, answer.proposal.tokens), -answer.pk),
    )
    return [one for one in alike if _shared(words, one.proposal.tokens) >= 100][:limit]


def _shared(words: frozenset[str], tokens: Sequence[str]) -> int:
    """Twice the common tokens over all, in thousandths (Dice)."""
    return 2000 * len(words.intersection(tokens)) // (len(words) + len(tokens))
