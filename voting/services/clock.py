"""Move every contest on whose hour or condition has come. Called every few seconds by beat."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db.models.functions import Now

from proceedings.refusals import Refused
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
from voting.services.leaves import sign_heads
from voting.services.notices import announce_what_happened
from voting.tasks import count_contest_task

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("madang.clock")


def advance_contests() -> int:
    """Take every step that is due; returns how many. One contest's trouble stops no other."""
    taken = sum(
        _each(state, step)
        for state, step in (
            (ContestState.FROZEN, lambda pk: open_contest(contest_id=pk)),
            (ContestState.OPEN, lambda pk: close_contest(contest_id=pk)),
            (ContestState.CLOSED, lambda pk: box_contest(contest_id=pk)),
            (ContestState.BOXED, lambda pk: open_box(contest_id=pk)),
            (ContestState.OPENED, _count),
            (ContestState.RECOUNT, _count),
            (ContestState.COUNTED, lambda pk: publish_contest(contest_id=pk) is not None),
            (ContestState.PUBLISHED, lambda pk: finalize_contest(contest_id=pk)),
        )
    )
    return taken + announce_what_happened()


def _each(state: ContestState, step: Callable[[int], bool]) -> int:
    contests = Contest.objects.filter(state=state)
    if state == ContestState.FROZEN:
        contests = contests.filter(opens_at__lte=Now())
    if state == ContestState.OPEN:
        contests = contests.filter(closes_at__lte=Now())
    if state == ContestState.PUBLISHED:
        contests = contests_to_finalize()
    taken = 0
    for pk in contests.order_by("pk").values_list("pk", flat=True):
        try:
            taken += bool(step(pk))
        except Refused as refused:
            log.warning(
                "contest refused to move", extra={"contest": pk, "why": refused.refusal.code}
            )
    return taken


def _count(contest_id: int) -> bool:
    """Have it counted by a task; one that comes too late, or twice, does nothing."""
    if waits_for_paper(Contest.objects.get(pk=contest_id)):
        return False
    count_contest_task.delay(contest_id)
    return True


def sign_all_heads() -> int:
    """Sign each log that has grown since its last head."""
    contests = Contest.objects.filter(state__in=[ContestState.OPEN, ContestState.CLOSED])
    return sum(sign_heads(pk) for pk in contests.values_list("pk", flat=True))
