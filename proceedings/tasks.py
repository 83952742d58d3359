"""What the clock asks of proceedings."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="proceedings.beat_heart")
def beat_heart() -> None:
    """Show that clock and worker are alive; `/readyz` looks at this."""
    from proceedings.services.phases import note_heartbeat  # noqa: PLC0415 - tasks sit below services

    note_heartbeat()


@shared_task(name="proceedings.advance_phases")
def advance_phases_task() -> None:
    """Open and close phases whose hour has come."""
    from proceedings.services import advance_phases  # noqa: PLC0415 - tasks sit below services

    advance_phases()
