"""Move every contest on whose hour or condition has come. Called every few seconds by beat."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Now

from proceedings.refusals import Refused
from voting.models import Contest, ContestState
from voting.services.contests import box_contest, close_contest, open_contest
from voting.services.counting import open_box, publish_contest
from voting.services.leaves import sign_heads
from voting.services.notices import announce_opening, announce_result
from voting.tasks import count_contest_task

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("madang.clock")


def advance_contests() -> int:
    """Take every step that is due; returns how many. One contest's trouble stops no other."""
    return sum(
        _each(state, step)
        for state, step in (
            (ContestState.FROZEN, _open),
            (ContestState.OPEN, lambda pk: close_contest(contest_id=pk)),
            (ContestState.CLOSED, lambda pk: box_contest(contest_id=pk)),
            (ContestState.BOXED, lambda pk: open_box(contest_id=pk)),
            (ContestState.OPENED, _count),
            (ContestState.RECOUNT, _recount),
            (ContestState.COUNTED, _publish),
        )
    )


def _each(state: ContestState, step: Callable[[int], bool]) -> int:
    contests = Contest.objects.filter(state=state)
    if state == ContestState.FROZEN:
        contests = contests.filter(opens_at__lte=Now())
    if state == ContestState.OPEN:
        contests = contests.filter(closes_at__lte=Now())
    taken = 0
    for pk in contests.order_by("pk").values_list("pk", flat=True):
        try:
            taken += bool(step(pk))
        except Refused as refused:
            log.warning(
                "contest refused to move", extra={"contest": pk, "why": refused.refusal.code}
            )
    return taken


def _open(contest_id: int) -> bool:
    opened = open_contest(contest_id=contest_id)
    if opened:
        announce_opening(contest_id=contest_id)
    return opened


def _count(contest_id: int) -> bool:
    count_contest_task.delay(contest_id)
    return True


def _recount(contest_id: int) -> bool:
    waiting = Contest.objects.filter(
        Q(batches__isnull=False) & ~Q(batches__state="certified"), pk=contest_id
    )
    return False if waiting.exists() else _count(contest_id)


def _publish(contest_id: int) -> bool:
    publication = publish_contest(contest_id=contest_id)
    if publication is not None:
        announce_result(contest_id=contest_id)
    return publication is not None


def sign_all_heads() -> int:
    """Sign each log that has grown since its last head."""
    contests = Contest.objects.filter(state__in=[ContestState.OPEN, ContestState.CLOSED])
    return sum(sign_heads(pk) for pk in contests.values_list("pk", flat=True))
