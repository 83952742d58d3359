"""Open and close phases by the clock."""

from __future__ import annotations

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import Phase
from proceedings.selectors import HEARTBEAT_KEY
from proceedings.services.record import SYSTEM, record_event
from proceedings.tasks import beat_heart


@transaction.atomic(durable=True)
def advance_phases() -> int:
    """Note each phase whose hour to open or close has come; returns how many steps were taken.

    Safe to run twice and at the same time: rows are locked, and each step is taken once.
    """
    steps = 0
    due = (
        Phase.objects.select_for_update(skip_locked=True)
        .filter(
            Q(opened_at__isnull=True, opens_at__lte=Now())
            | Q(closed_at__isnull=True, closes_at__lte=Now()),
        )
        .annotate(now=Now(), is_over=Q(closes_at__lte=Now()))
        .order_by("opens_at", "id")
    )
    for phase in due:
        if phase.opened_at is None:
            Phase.objects.filter(pk=phase.pk).update(opened_at=F("opens_at"))
            _record_phase(Action.PHASE_OPENED, phase)
            steps += 1
        if phase.is_over:
            Phase.objects.filter(pk=phase.pk).update(closed_at=F("closes_at"))
            _record_phase(Action.PHASE_CLOSED, phase)
            steps += 1
    return steps


def _record_phase(action: Action, phase: Phase) -> None:
    record_event(
        action=action,
        actor_ref=SYSTEM,
        subject=f"proceedings.phase:{phase.pk}",
        data={"process": phase.process_id, "kind": phase.kind},
    )


def ask_for_heartbeat() -> None:
    """Let the next worker that is free note a heartbeat; too late after a minute."""
    beat_heart.apply_async(expires=60)


def note_heartbeat() -> None:
    """Write down that clock and worker are alive; forgotten after five minutes of silence."""
    cache.set(HEARTBEAT_KEY, timezone.now().timestamp(), timeout=300)
