"""Move a vote right, for the desk: each move is the slot's new state and an event beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from voting.models import SlotState

if TYPE_CHECKING:
    from uuid import UUID

    from places.models import Centre
    from voting.models import Contest, RollEntry

MOVE = """
WITH moved AS (
    INSERT INTO voting_slot (roll_entry_id, contest_id, state, ref, version)
    VALUES (%(entry)s, %(contest)s, %(to)s, NULL, 1)
    ON CONFLICT (roll_entry_id) DO UPDATE
        SET state = excluded.state, ref = NULL, version = voting_slot.version + 1
        WHERE voting_slot.state = ANY(%(from_states)s)
    RETURNING version, coalesce(old.state, 'free') AS was
)
INSERT INTO voting_slotevent (roll_entry_id, contest_id, version, from_state, to_state, reason,
    actor_ref, second_ref, centre_id, request_id, leaf_hash, at_minute)
SELECT %(entry)s, %(contest)s, moved.version, moved.was, %(to)s, %(reason)s, %(actor)s,
       %(second)s, %(centre)s, %(request)s, '', date_trunc('minute', now())
FROM moved RETURNING version
"""

MOVE_EXISTING = """
WITH moved AS (
    UPDATE voting_slot SET state = %(to)s, ref = NULL, version = version + 1
    WHERE roll_entry_id = %(entry)s AND state = ANY(%(from_states)s)
    RETURNING version, old.state AS was
)
INSERT INTO voting_slotevent (roll_entry_id, contest_id, version, from_state, to_state, reason,
    actor_ref, second_ref, centre_id, request_id, leaf_hash, at_minute)
SELECT %(entry)s, %(contest)s, moved.version, moved.was, %(to)s, %(reason)s, %(actor)s,
       %(second)s, %(centre)s, %(request)s, '', date_trunc('minute', now())
FROM moved RETURNING version
"""


def move_slot(
    *,
    entry: RollEntry,
    contest: Contest,
    from_states: list[SlotState],
    to_state: SlotState,
    actor_ref: str,
    request_id: UUID,
    centre: Centre | None = None,
    reason: str = "",
    second_ref: str = "",
) -> int | None:
    """Move the entry's slot if it is in one of `from_states`; a slot never used counts as free.

    Returns the slot's new version, or None if it stood elsewhere (nothing is changed then).
    """
    values: dict[str, Any] = {
        "entry": entry.pk,
        "contest": contest.pk,
        "from_states": [state.value for state in from_states],
        "to": to_state.value,
        "actor": actor_ref,
        "second": second_ref,
        "centre": centre.pk if centre else None,
        "request": request_id,
        "reason": reason,
    }
    begins = SlotState.FREE in from_states
    with connection.cursor() as cursor:
        cursor.execute(MOVE if begins else MOVE_EXISTING, values)
        row = cursor.fetchone()
    return row[0] if row else None
