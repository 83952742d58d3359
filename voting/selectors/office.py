"""Read what the office of the votes shows: its contests, and what each still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Now

from hangul.formats import seoul_date
from proceedings.selectors import events_about
from voting.models import (
    Batch,
    BatchState,
    Contest,
    ContestPreset,
    ContestState,
    Correction,
    Option,
    Publication,
    RollImport,
)
from voting.selectors.counting import counting_now
from voting.selectors.desk import users_of
from voting.selectors.pages import newest_publication, objection_until

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from proceedings.models import AuditEvent
    from voting.models import TallyRun
    from voting.selectors.counting import CountingNow

RECORD_LINES = 15
"""How much of the record a contest's page shows; the rest is one link away."""


def office_contests() -> QuerySet[Contest]:
    """All contests, newest first, with the newest publication's moment.

    Drafts come with what their check for completeness reads.
    """
    drafts = Option.objects.filter(contest__state=ContestState.DRAFT)
    imports = RollImport.objects.filter(contest__state=ContestState.DRAFT)
    return (
        Contest.objects.select_related("area", "figures")
        .defer("config")
        .prefetch_related("centres", Prefetch("options", drafts), Prefetch("roll_imports", imports))
        .annotate(published_at=Subquery(_published_at()))
        .order_by("-pk")
    )


def _published_at() -> QuerySet[Publication, datetime]:
    newest = Publication.objects.filter(contest=OuterRef("pk")).order_by("-version")
    return newest.values_list("published_at", flat=True)[:1]


def office_contest(pk: int) -> Contest | None:
    """One contest in any state, whole."""
    return (
        Contest.objects.select_related("area", "figures", "process", "preset").filter(pk=pk).first()
    )


def copyable_contests() -> QuerySet[Contest]:
    """Contests whose set-up can be begun with again; a budget's is made on the budget's page."""
    return (
        Contest.objects.filter(origin="native", outcome="count")
        .select_related("area")
        .defer("config")
        .order_by("-pk")
    )


def presets() -> QuerySet[ContestPreset]:
    """All presets in their order."""
    return ContestPreset.objects.all()


def last_with_both_ways(contest: Contest) -> Contest | None:
    """The newest finished vote with ballots from the web and on paper, of the same area first."""
    done = Contest.objects.filter(
        state__in=[ContestState.PUBLISHED, ContestState.FINAL],
        figures__web__gt=0,
        figures__paper__gt=0,
    ).select_related("figures")
    return done.filter(area=contest.area_id).last() or done.last()


def last_with_ballots(contest: Contest) -> Contest | None:
    """The newest finished vote with ballots, of the same area first."""
    done = Contest.objects.filter(
        Q(figures__web__gt=0) | Q(figures__paper__gt=0),
        state__in=[ContestState.PUBLISHED, ContestState.FINAL],
    ).select_related("figures")
    return done.filter(area=contest.area_id).last() or done.last()


# --- Objections ---------------------------------------------------------------------------------


def contests_to_finalize() -> QuerySet[Contest]:
    """Published contests whose days for objections seem over; the service looks exactly."""
    days = ExpressionWrapper(
        F("objection_days") * Value(timedelta(days=1)), output_field=DurationField()
    )
    return (
        Contest.objects.filter(state=ContestState.PUBLISHED)
        .alias(last=Subquery(_published_at()) + days)
        .filter(last__lt=Now())
    )


def open_corrections(contest: Contest) -> QuerySet[Correction]:
    """Corrections of the contest that nobody has decided yet."""
    return contest.corrections.filter(decision=None)


def objections_over(contest: Contest, now: datetime) -> bool:
    """Whether the last day for objections has passed in Seoul with no correction left open."""
    until = objection_until(contest, newest_publication(contest))
    return until is not None and seoul_date(now) > until and not open_corrections(contest).exists()


# --- The page of one contest --------------------------------------------------------------------


@dataclass(frozen=True)
class BoxSums:
    """The paper boxes of one centre by state."""

    centre: str
    states: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Watch:
    """What is going on in a contest that is no draft any more."""

    boxes: tuple[BoxSums, ...]
    runs: tuple[TallyRun, ...]
    publications: tuple[Publication, ...]
    corrections: tuple[Correction, ...]
    objection_until: date | None
    counting: CountingNow | None


def watch(contest: Contest) -> Watch:
    """Boxes, counts, publications and corrections of a contest."""
    publications = tuple(
        contest.publications.defer("result", "reconciliation").order_by("-version")
    )
    return Watch(
        boxes=_box_sums(contest),
        runs=tuple(contest.tally_runs.defer("result").order_by("-pk")),
        publications=publications,
        corrections=tuple(
            contest.corrections.select_related("batch__centre", "decision").order_by("-pk")
        ),
        objection_until=objection_until(contest, publications[0] if publications else None),
        counting=counting_now(contest),
    )


def _box_sums(contest: Contest) -> tuple[BoxSums, ...]:
    found: dict[str, list[tuple[str, int]]] = {}
    rows = (
        Batch.objects.filter(contest=contest)
        .order_by("centre__name", "state")
        .values_list("centre__name", "state")
        .annotate(number=Count("pk"))
    )
    for centre, state, number in rows:
        found.setdefault(centre, []).append((str(BatchState(state).label), number))
    return tuple(BoxSums(centre, tuple(states)) for centre, states in found.items())


@dataclass(frozen=True)
class RecordLine:
    """A line of the record; `who` is the name of an account that is still there, else empty."""

    event: AuditEvent
    who: str


def record_of(contest: Contest) -> list[RecordLine]:
    """The newest lines of the contest's record."""
    found = list(events_about(f"voting.contest:{contest.pk}").order_by("-pk")[:RECORD_LINES])
    users = users_of([event.actor_ref for event in found])
    return [
        RecordLine(event, users[event.actor_ref].name if event.actor_ref in users else "")
        for event in found
    ]
