"""Move every contest on whose hour or condition has come. Called every few seconds by beat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db.models.functions import Now

from proceedings.services import Round
from voting.models import Contest, ContestState
from voting.selectors.counting import waits_for_paper
from voting.selectors.office import contests_to_finalize
from voting.services.contests import (
    box_contest,
    close_contest,
    finalize_contest,
    open_contest,
)
from voting.services.counting import open_box, publish_contest
from voting.services.leaves import (
    contests_with_waiting_leaves,
    sequence_leaves,
    sign_heads,
)
from voting.services.notices import announce_what_happened
from voting.tasks import count_contest_task

if TYPE_CHECKING:
    from collections.abc import Callable


def advance_contests() -> int:
    """Take every step that is due; returns how many. One contest's trouble stops no other."""
    walk = Round()
    for state, step in STEPS:
        for pk in _due(state):
            walk.take(partial(step, contest_id=pk), contest=pk)
    try:
        taken = walk.end()
    finally:  # people hear of what happened, whatever else failed
        told = announce_what_happened()
    return taken + told


def _due(state: ContestState) -> list[int]:
    contests = Contest.objects.filter(state=state)
    if state == ContestState.FROZEN:
        contests = contests.filter(opens_at__lte=Now())
    if state == ContestState.OPEN:
        contests = contests.filter(closes_at__lte=Now())
    if state == ContestState.PUBLISHED:
        contests = contests_to_finalize()
    return list(contests.order_by("pk").values_list("pk", flat=True))


def _count(*, contest_id: int) -> bool:
    """Have it counted by a task; one that comes too late, or twice, does nothing."""
    if waits_for_paper(Contest.objects.get(pk=contest_id)):
        return False
    count_contest_task.delay(contest_id)
    return True


STEPS: tuple[tuple[ContestState, Callable[..., object]], ...] = (
    (ContestState.FROZEN, open_contest),
    (ContestState.OPEN, close_contest),
    (ContestState.CLOSED, box_contest),
    (ContestState.BOXED, open_box),
    (ContestState.OPENED, _count),
    (ContestState.RECOUNT, _count),
    (ContestState.COUNTED, publish_contest),
    (ContestState.PUBLISHED, finalize_contest),
)
"""What the clock does with a contest in each state, in this order, if it is due."""


def sequence_all_leaves() -> int:
    """Give waiting leaves their places in each log that has some; returns how many logs grew."""
    walk = Round()
    for pk in contests_with_waiting_leaves():
        walk.take(partial(sequence_leaves, pk), contest=pk)
    return walk.end()


def sign_all_heads() -> int:
    """Sign each log that has grown since its last head."""
    contests = Contest.objects.filter(state__in=[ContestState.OPEN, ContestState.CLOSED])
    walk = Round()
    for pk in contests.order_by("pk").values_list("pk", flat=True):
        walk.take(partial(sign_heads, pk), contest=pk)
    return walk.end()
