"""Write the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from proceedings.audit import SHOWN_AT_ONCE
from proceedings.models import AuditEvent
from proceedings.services.pages import renew_pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proceedings.audit import Action

SYSTEM = "system"
"""The actor of what happens by the clock."""


def record_event(  # the record's columns, all by name
    *,
    action: Action,
    actor_ref: str,
    subject: str,
    actor_role: str = "",
    reason: str = "",
    data: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Add one line to the record, inside the caller's transaction.

    `subject` is `app.model:id`; `data` holds figures and ids, never personal data, never marks.
    Kept pages are made anew after the commit if everybody must see at once what happened.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The record is written in the transaction of what it records.")
    if action in SHOWN_AT_ONCE:
        renew_pages()
    return AuditEvent.objects.create(
        action=action,
        actor_ref=actor_ref,
        actor_role=actor_role,
        subject=subject,
        reason=reason,
        data=dict(data or {}),
    )
