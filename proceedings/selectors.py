"""Read the record and where processes stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.models import AuditEvent, Process

if TYPE_CHECKING:
    from django.db.models import QuerySet


def events_about(subject: str) -> QuerySet[AuditEvent]:
    """The record of one subject (`app.model:id`), newest first."""
    return AuditEvent.objects.filter(subject=subject)


def public_processes() -> QuerySet[Process]:
    """Processes open to everybody, newest first, with their phases at hand."""
    return Process.objects.filter(is_public=True).select_related("area").prefetch_related("phases")
