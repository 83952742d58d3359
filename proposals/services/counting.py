"""Counts and scores of lists: refreshed in batches, and for one proposal at each of its steps."""

from __future__ import annotations

from django.db import connection, transaction

REFRESH = """
INSERT INTO proposals_proposalfigures (proposal_id, supports, comments, hot, refreshed_at)
SELECT p.id, s.n, coalesce(t.comments, 0),
       log((s.n + 1)::float8) + extract(epoch FROM p.published_at)::float8 / 45000,
       greatest(now(), s.youngest)
FROM proposals_proposal p
LEFT JOIN proposals_proposalfigures f ON f.proposal_id = p.id
LEFT JOIN debates_threadfigures t ON t.thread_id = p.thread_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN x.counts THEN x.n ELSE f.supports END AS n, x.youngest,
           x.counts AND x.youngest > f.refreshed_at AS is_newer
    FROM (
        SELECT count(*) AS n, max(created_at) AS youngest,
               f.proposal_id IS NULL OR p.id = %(one)s OR p.state IN ('gathering', 'debating')
               AS counts
        FROM proposals_support y
        WHERE y.proposal_id = p.id AND (f.proposal_id IS NULL OR p.id = %(one)s
              OR p.state IN ('gathering', 'debating'))
    ) x
) s
WHERE p.published_at IS NOT NULL AND (%(one)s = 0 OR p.id = %(one)s)
  AND (f.proposal_id IS NULL OR s.is_newer OR f.supports <> s.n
       OR f.comments <> coalesce(t.comments, 0))
ON CONFLICT (proposal_id) DO UPDATE
SET supports = excluded.supports, comments = excluded.comments, hot = excluded.hot,
    refreshed_at = excluded.refreshed_at
"""
"""Counts of proposals whose rows changed. The score needs no "now": the logarithm of the supports
plus the hour of publication (ten times the supports weigh as much as 12.5 hours)."""


@transaction.atomic(durable=True)
def refresh_figures() -> int:
    """Bring list counts and the hot score in step with the rows; returns how many changed.

    Only where support can still come in are supports counted again; `count_now` has counted the
    rest for the last time.
    """
    with connection.cursor() as cursor:
        cursor.execute(REFRESH, {"one": 0})
        return int(cursor.rowcount)


def count_now(proposal_id: int) -> None:
    """Refresh one proposal's counts inside the caller's transaction, as it takes a step."""
    with connection.cursor() as cursor:
        cursor.execute(REFRESH, {"one": proposal_id})
