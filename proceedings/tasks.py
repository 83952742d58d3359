"""What the clock asks of proceedings."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

HEARTBEAT_KEY = "worker-heartbeat"


@shared_task(name="proceedings.beat_heart")
def beat_heart() -> None:
    """Show that clock and worker are alive; `/readyz` looks at this."""
    cache.set(HEARTBEAT_KEY, timezone.now().timestamp(), timeout=300)


@shared_task(name="proceedings.advance_phases")
def advance_phases_task() -> None:
    """Open and close phases whose hour has come."""
    from proceedings.services import advance_phases  # noqa: PLC0415 - tasks sit below services

    advance_phases()
