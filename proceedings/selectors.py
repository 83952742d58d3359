"""Read the record and where processes stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone

from proceedings.models import AuditEvent, Field, Phase, Process
from proceedings.phases import Span, Standing, check_phase

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from proceedings.refusals import Refusal


HEARTBEAT_KEY = "worker-heartbeat"
PAGES_VERSION_KEY = "pages-version"
"""Names the state of the town that kept pages were made from; anything else outdates them."""


def last_heartbeat() -> float | None:
    """When clock and worker were last alive (seconds since 1970); None if nobody has seen them."""
    beat: float | None = cache.get(HEARTBEAT_KEY)
    return beat


def events_about(subject: str) -> QuerySet[AuditEvent]:
    """The record of one subject (`app.model:id`), newest first."""
    return AuditEvent.objects.filter(subject=subject)


def public_processes() -> QuerySet[Process]:
    """Processes open to everybody, newest first, with their phases at hand."""
    return Process.objects.filter(is_public=True).select_related("area").prefetch_related("phases")


def fields_of_life() -> QuerySet[Field]:
    """The fields by which things are sorted, in their order."""
    return Field.objects.all()


def spans_of(process: Process) -> list[Span]:
    """The phases of a process for `proceedings.phases`, in order of time."""
    return [span_of(phase) for phase in process.phases.all()]


def refuse_outside_phase(
    process: Process | None, kind: str, now: datetime | None = None
) -> Refusal | None:
    """None unless `process` has stages of `kind` and none of them runs at `now` (the present)."""
    if process is None:
        return None
    return check_phase(spans_of(process), kind, now or timezone.now())


def processes_in_phase(kind: str) -> QuerySet[Process]:
    """Public processes in which a stage of `kind` runs now, newest first."""
    now = timezone.now()
    running = Phase.objects.filter(kind=kind, opens_at__lte=now, closes_at__gt=now)
    return Process.objects.filter(is_public=True, pk__in=running.values("process"))


def running_phases(areas: Collection[str] | None = None) -> QuerySet[Phase]:
    """Phases that run now in public processes, of areas by code or (None) anywhere.

    The one that ends first comes first, with its process and area at hand.
    """
    now = timezone.now()
    running = Phase.objects.filter(
        process__is_public=True, opens_at__lte=now, closes_at__gt=now
    ).select_related("process__area")
    if areas is not None:
        running = running.filter(process__area__code__in=areas)
    return running.order_by("closes_at", "pk")


def span_of(phase: Phase) -> Span:
    """One phase for `proceedings.phases`."""
    return Span(phase.kind, phase.opens_at, phase.closes_at)


@dataclass(frozen=True)
class PhaseStanding:
    """A phase and where it stands now: "done", "now" or "next", as the status strip wants it."""

    phase: Phase
    state: str


@dataclass(frozen=True)
class ProcessStanding:
    """Where a process stands: its phases in order, and what changes next and when."""

    phases: tuple[PhaseStanding, ...]
    next_phase: Phase | None
    next_at: datetime | None
    is_closing: bool


STATES = {Standing.OVER: "done", Standing.RUNNING: "now", Standing.COMING: "next"}


def standing_of(process: Process, now: datetime | None = None) -> ProcessStanding:
    """Where `process` stands at `now` (the present if None); reads the phases once."""
    moment = now or timezone.now()
    phases = tuple(
        PhaseStanding(phase, STATES[span_of(phase).standing(moment)])
        for phase in process.phases.all()
    )
    moments = [(each.phase.opens_at, each.phase, False) for each in phases if each.state == "next"]
    moments += [(each.phase.closes_at, each.phase, True) for each in phases if each.state == "now"]
    coming = min(moments, key=lambda each: (each[0], each[2]), default=None)
    if coming is None:
        return ProcessStanding(phases, None, None, is_closing=False)
    return ProcessStanding(phases, coming[1], coming[0], is_closing=coming[2])
