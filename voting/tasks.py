"""What the clock asks of voting. Each task takes ids and calls services; safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="voting.advance_contests")
def advance_contests_task() -> None:
    """Open, close, count and publish whatever is due."""
    from voting.services.clock import advance_contests  # noqa: PLC0415 - tasks sit below services

    advance_contests()


@shared_task(name="voting.count_contest")
def count_contest_task(contest_id: int) -> None:
    """Count one opened contest."""
    from voting.services.counting import count_contest  # noqa: PLC0415 - tasks sit below services

    count_contest(contest_id=contest_id)


@shared_task(name="voting.sequence_leaves")
def sequence_leaves_task() -> None:
    """Give waiting leaves their places in each log."""
    from voting.services.clock import sequence_all_leaves  # noqa: PLC0415 - tasks sit below services

    sequence_all_leaves()


@shared_task(name="voting.sign_heads")
def sign_heads_task() -> None:
    """Sign a new head of each log that has grown."""
    from voting.services.clock import sign_all_heads  # noqa: PLC0415 - tasks sit below services

    sign_all_heads()


@shared_task(name="voting.refresh_figures")
def refresh_figures_task() -> None:
    """Refresh turnout and typing figures of running contests."""
    from voting.services.figures import refresh_figures  # noqa: PLC0415 - tasks sit below services

    refresh_figures()
