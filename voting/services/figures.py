"""Refresh the figures that pages show: turnout, typed sheets. One set of statements per tick."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from voting.models import Contest, ContestState

RUNNING = (
    ContestState.OPEN,
    ContestState.CLOSED,
    ContestState.BOXED,
    ContestState.OPENED,
    ContestState.RECOUNT,
)

CONTEST = """
INSERT INTO voting_contestfigures (contest_id, roll, web, paper, sheets_typed, refreshed_at)
SELECT c.id,
       (SELECT count(*) FROM voting_rollentry r WHERE r.contest_id = c.id),
       CASE c.origin WHEN 'imported' THEN
            (SELECT count(*) FROM voting_ballot b
             WHERE b.contest_id = c.id AND b.channel <> 'paper')
       ELSE (SELECT count(*) FROM voting_slot s WHERE s.contest_id = c.id AND s.state = 'web') END,
       CASE c.origin WHEN 'imported' THEN
            (SELECT count(*) FROM voting_ballot b
             WHERE b.contest_id = c.id AND b.channel = 'paper')
       ELSE (SELECT count(*) FROM voting_slot s WHERE s.contest_id = c.id
            AND s.state IN ('paper_issued', 'paper_cast')) END,
       (SELECT count(DISTINCT e.sheet_id) FROM voting_entry e
            JOIN voting_sheet h ON h.id = e.sheet_id
            JOIN voting_batch b ON b.id = h.batch_id AND b.version = h.version
            WHERE b.contest_id = c.id),
       now()
FROM voting_contest c WHERE c.id = ANY(%s)
ON CONFLICT (contest_id) DO UPDATE SET roll = excluded.roll, web = excluded.web,
    paper = excluded.paper, sheets_typed = excluded.sheets_typed,
    refreshed_at = excluded.refreshed_at
"""

CENTRES = """
INSERT INTO voting_centrefigures
    (contest_id, centre_id, issued, sheets_counted, sheets_typed, certified, refreshed_at)
SELECT b.contest_id, b.centre_id,
       sum((SELECT count(*) FROM voting_paperstub p WHERE p.batch_id = b.id
            AND NOT EXISTS (SELECT 1 FROM voting_stubevent v WHERE v.stub_id = p.id
                            AND v.kind IN ('spoiled', 'returned')))),
       sum((SELECT count(*) FROM voting_sheet h
            WHERE h.batch_id = b.id AND h.version = b.version)),
       sum((SELECT count(DISTINCT e.sheet_id) FROM voting_entry e
            JOIN voting_sheet h ON h.id = e.sheet_id
            WHERE h.batch_id = b.id AND h.version = b.version)),
       sum(CASE WHEN b.state = 'certified' THEN
            (SELECT count(*) FROM voting_sheet h
             WHERE h.batch_id = b.id AND h.version = b.version) ELSE 0 END),
       now()
FROM voting_batch b WHERE b.contest_id = ANY(%s) GROUP BY b.contest_id, b.centre_id
ON CONFLICT (contest_id, centre_id) DO UPDATE SET issued = excluded.issued,
    sheets_counted = excluded.sheets_counted, sheets_typed = excluded.sheets_typed,
    certified = excluded.certified, refreshed_at = excluded.refreshed_at
"""

TURNOUT = """
INSERT INTO voting_turnoutpoint (contest_id, hour, web, paper)
SELECT f.contest_id, date_trunc('hour', now()), f.web, f.paper
FROM voting_contestfigures f JOIN voting_contest c ON c.id = f.contest_id
WHERE c.id = ANY(%s) AND c.state = 'open'
ON CONFLICT (contest_id, hour) DO UPDATE SET web = excluded.web, paper = excluded.paper
"""


@transaction.atomic(durable=True)
def refresh_figures() -> int:
    """Refresh the figures of running contests, and of those published in the last day."""
    recent = timezone.now() - timedelta(days=1)
    contests = Contest.objects.filter(
        Q(state__in=RUNNING) | Q(state=ContestState.PUBLISHED, closes_at__gte=recent)
    )
    ids = list(contests.values_list("pk", flat=True))
    if ids:
        refresh_contest_figures(ids)
    return len(ids)


def refresh_contest_figures(contest_ids: list[int]) -> None:
    """Refresh the figures of these contests now, inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(CONTEST, [contest_ids])
        cursor.execute(CENTRES, [contest_ids])
        cursor.execute(TURNOUT, [contest_ids])
