"""What the clock asks of proposals."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="proposals.advance_proposals", acks_late=True, time_limit=300)
def advance_proposals_task() -> None:
    """End periods, let clocks go on, remind departments."""
    from proposals.services import advance_proposals  # noqa: PLC0415 - tasks sit below services

    advance_proposals()


@shared_task(name="proposals.refresh_figures", acks_late=True, time_limit=300)
def refresh_figures_task() -> None:
    """Refresh the counts and scores of lists."""
    from proposals.services import refresh_figures  # noqa: PLC0415 - tasks sit below services

    refresh_figures()
