"""What the clock asks of budgets."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="budgets.allocate_due")
def allocate_due_task() -> None:
    """Allocate and publish every budget that is counted."""
    from budgets.services.allocation import allocate_due  # noqa: PLC0415 - tasks sit below services

    allocate_due()


@shared_task(name="budgets.store_upload", acks_late=True, time_limit=300)
def store_upload_task(upload_id: int) -> None:
    """Store one uploaded election."""
    from budgets.services.uploads import store_upload  # noqa: PLC0415 - tasks sit below services

    store_upload(upload_id)


@shared_task(name="budgets.store_waiting")
def store_waiting_task() -> None:
    """Store uploaded elections that a worker left behind."""
    from budgets.services.uploads import store_waiting  # noqa: PLC0415 - tasks sit below services

    store_waiting()
