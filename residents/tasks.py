"""What the clock asks of residents."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="residents.send_mail")
def send_mail() -> None:
    """Mail the next batch of due notices."""
    from residents.services import send_due_mail  # noqa: PLC0415 - tasks sit below services

    send_due_mail()


@shared_task(
    name="residents.mail_account",
    autoretry_for=(OSError,),  # the mail server does not answer; its refusals are dealt with
    max_retries=6,
    retry_backoff=10,  # after 10, 20, … 320 seconds: ten minutes in all, as long as a code is good
    retry_jitter=False,
)
def mail_account(subject: str, body: str, address: str) -> None:
    """Send one mail about an account, as it was written when it was asked for."""
    from residents.services import send_account_mail  # noqa: PLC0415 - tasks sit below services

    send_account_mail(subject=subject, body=body, address=address)


@shared_task(name="residents.dispose_expired")
def dispose_expired_task() -> None:
    """Dispose of personal traces whose time has come."""
    from residents.services import dispose_expired  # noqa: PLC0415 - tasks sit below services

    dispose_expired()
