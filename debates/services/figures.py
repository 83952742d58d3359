"""Counts made anew in batches, and the daily word to those who follow a conversation."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from debates.models import Comment, CommentState, FiguresDue, Follow, Thread
from debates.moderation import LAST
from proceedings.locks import try_lock_exclusive
from residents.models import NoticeKind
from residents.services import send_notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

BATCH = 10_000
"""Most changes taken up in one run; the rest wait for the next."""
TELL_EVERY = timedelta(days=1)

COMMENT_SQL = """
INSERT INTO debates_commentfigures (comment_id, useful, not_useful, replies, score,
    useful_for, rated_for, useful_against, rated_against)
SELECT c.id, r.useful, r.not_useful, a.replies,
       CASE WHEN c.state = 'visible' THEN r.useful - r.not_useful ELSE %(last)s END,
       s.useful_for, s.rated_for, s.useful_against, s.rated_against
FROM debates_comment c
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE useful) AS useful,
           count(*) FILTER (WHERE NOT useful) AS not_useful
    FROM debates_reaction WHERE comment_id = c.id
) r
CROSS JOIN LATERAL (
    SELECT count(*) AS replies FROM debates_comment
    WHERE parent_id = c.id AND state <> 'withdrawn'
) a
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE rated.useful AND side.position = 'for') AS useful_for,
           count(*) FILTER (WHERE side.position = 'for') AS rated_for,
           count(*) FILTER (WHERE rated.useful AND side.position = 'against') AS useful_against,
           count(*) FILTER (WHERE side.position = 'against') AS rated_against
    FROM debates_reaction rated
    CROSS JOIN LATERAL (
        SELECT position FROM debates_comment
        WHERE author_id = rated.user_id AND thread_id = c.thread_id AND parent_id IS NULL
            AND state = 'visible' AND centre_id IS NULL
        ORDER BY id DESC LIMIT 1
    ) side
    WHERE rated.comment_id = c.id
) s
WHERE c.id = ANY(%(comments)s)
ON CONFLICT (comment_id) DO UPDATE SET
    useful = excluded.useful, not_useful = excluded.not_useful,
    replies = excluded.replies, score = excluded.score,
    useful_for = excluded.useful_for, rated_for = excluded.rated_for,
    useful_against = excluded.useful_against, rated_against = excluded.rated_against
"""
THREAD_SQL = """
INSERT INTO debates_threadfigures
    (thread_id, comments, people, in_favour, neutral, against, last_at)
SELECT thread_id,
       count(*) FILTER (WHERE state = 'visible'),
       (SELECT count(*) FROM (
           SELECT s.author_id FROM debates_comment s
           WHERE s.thread_id = c.thread_id AND s.state = 'visible' AND s.centre_id IS NULL
           UNION
           SELECT r.user_id FROM debates_reaction r JOIN debates_comment s ON s.id = r.comment_id
           WHERE s.thread_id = c.thread_id AND s.state = 'visible'
       ) took_part) + count(*) FILTER (WHERE state = 'visible' AND centre_id IS NOT NULL),
       count(*) FILTER (WHERE state = 'visible' AND parent_id IS NULL AND position = 'for'),
       count(*) FILTER (WHERE state = 'visible' AND parent_id IS NULL AND position = 'neutral'),
       count(*) FILTER (WHERE state = 'visible' AND parent_id IS NULL AND position = 'against'),
       max(created_at) FILTER (WHERE state = 'visible')
FROM debates_comment c
WHERE thread_id IN (SELECT thread_id FROM debates_comment WHERE id = ANY(%(comments)s))
GROUP BY thread_id
ON CONFLICT (thread_id) DO UPDATE SET
    comments = excluded.comments, people = excluded.people, in_favour = excluded.in_favour,
    neutral = excluded.neutral, against = excluded.against, last_at = excluded.last_at
"""


@transaction.atomic(durable=True)
def refresh_figures() -> int:
    """Count anew where something changed; returns how many opinions were counted.

    One run at a time: a second one steps back, so that no older count overwrites a newer one.
    Who says or rates something takes part; opinions that staff wrote down count as one person each.
    """
    if not try_lock_exclusive("figures:debates"):
        return 0
    notes = list(
        FiguresDue.objects.select_for_update(skip_locked=True)
        .order_by("pk")
        .values_list("pk", "comment_id")[:BATCH]
    )
    if not notes:
        return 0
    comments = sorted({comment for _, comment in notes})
    with connection.cursor() as cursor:
        cursor.execute(COMMENT_SQL, {"comments": comments, "last": LAST})
        cursor.execute(THREAD_SQL, {"comments": comments})
    FiguresDue.objects.filter(pk__in=[pk for pk, _ in notes]).delete()
    return len(comments)


@transaction.atomic(durable=True)
def tell_followers() -> int:
    """Tell followers of new opinions by others, in one notice a day and conversation.

    Of what is hidden nobody hears until it is shown again. Returns how many were told. Safe to run
    twice: `told_at` moves with the notice.
    """
    now = timezone.now()
    due = list(
        Follow.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(told_at__lte=now - TELL_EVERY, thread__is_hidden=False)
        .filter(thread__figures__last_at__gt=F("told_at"))
        .order_by("pk")[:BATCH]
    )
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for follow, count in _fresh_counts(due):
        if count:
            groups[follow.thread_id, count].append(follow.user_id)
    threads = Thread.objects.in_bulk({thread for thread, _ in groups})
    for (thread_id, count), users in groups.items():
        send_notice(
            user_ids=users,
            kind=NoticeKind.THREAD_ACTIVITY,
            params={"title": threads[thread_id].subject_title, "count": count},
            url=threads[thread_id].subject_url,
        )
    Follow.objects.filter(pk__in=[follow.pk for follow in due]).update(told_at=now)
    return sum(map(len, groups.values()))


def _fresh_counts(follows: Sequence[Follow]) -> Iterator[tuple[Follow, int]]:
    """How many opinions by others each follower has not heard of; one query for all."""
    if not follows:
        return
    rows = (
        Comment.objects.filter(
            thread__in={follow.thread_id for follow in follows},
            created_at__gt=min(follow.told_at for follow in follows),
            state=CommentState.VISIBLE,
        )
        .order_by("created_at")
        .values_list("thread_id", "author_id", "created_at")
    )
    everybody: dict[int, list[datetime]] = defaultdict(list)
    own: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for thread_id, author_id, at in rows:
        everybody[thread_id].append(at)
        own[thread_id, author_id].append(at)
    for follow in follows:
        said = everybody[follow.thread_id]
        mine = own[follow.thread_id, follow.user_id]
        yield follow, _after(said, follow.told_at) - _after(mine, follow.told_at)


def _after(moments: Sequence[datetime], since: datetime) -> int:
    """How many of the sorted `moments` come after `since`."""
    return len(moments) - bisect_right(moments, since)
