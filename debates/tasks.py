"""What the clock asks of conversations."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="debates.refresh_figures")
def refresh_figures_task() -> None:
    """Bring counts up to date, then tell followers whose day is up (it looks at the counts)."""
    from debates.services import refresh_figures, tell_followers  # noqa: PLC0415 - tasks sit below services

    refresh_figures()
    tell_followers()
