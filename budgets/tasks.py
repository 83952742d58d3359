"""What the clock asks of budgets."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="budgets.allocate_due")
def allocate_due_task() -> None:
    """Allocate and publish every budget that is counted."""
    from budgets.services.allocation import allocate_due  # noqa: PLC0415 - tasks sit below services

    allocate_due()
