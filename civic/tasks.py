"""What the clock asks of the roof."""

from __future__ import annotations

from celery import shared_task

from civic.conversations import open_conversations


@shared_task(name="civic.open_conversations")
def open_conversations_task() -> None:
    """Open the conversation under each vote that was announced."""
    open_conversations()
