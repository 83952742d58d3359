"""What the clock asks of residents."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="residents.send_mail")
def send_mail() -> None:
    """Mail the next batch of due notices."""
    from residents.services import send_due_mail  # noqa: PLC0415 - tasks sit below services

    send_due_mail()


@shared_task(name="residents.dispose_expired")
def dispose_expired_task() -> None:
    """Dispose of personal traces whose time has come."""
    from residents.services import dispose_expired  # noqa: PLC0415 - tasks sit below services

    dispose_expired()
