"""The conversation under a vote. Debates knows no votes and voting no conversations: the roof does.

A conversation is found by its subject's name in the record. Nothing here reads a roll, a slot or a
ballot, so no opinion can show whether or how its author voted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from debates.selectors import subjects_talked_about, thread_about, thread_page, thread_query
from debates.services import open_thread_once
from voting.models import Contest, ContestKind, ContestState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from debates.selectors import ThreadPage

TALKED_ABOUT = (ContestState.FROZEN, ContestState.OPEN)


def subject_of(contest: Contest) -> str:
    """The contest's name in the record."""
    return f"voting.contest:{contest.pk}"


def open_conversations() -> int:
    """Open the conversation under each announced vote that has none; returns how many.

    It closes with the vote. Where the question is answered by yes or no, opinions take a side too.
    """
    contests = Contest.objects.filter(state__in=TALKED_ABOUT, origin="native")
    waiting = {
        subject_of(contest): contest for contest in contests.select_related("area").defer("config")
    }
    new = waiting.keys() - subjects_talked_about(waiting.keys())
    for subject in sorted(new):
        contest = waiting[subject]
        open_thread_once(
            subject=subject,
            title=contest.title,
            url=contest.get_absolute_url(),
            area=contest.area,
            asks_position=contest.kind == ContestKind.YES_NO,
            closes_at=contest.closes_at,
        )
    return len(new)


def talk_under(request: HttpRequest, contest: Contest) -> ThreadPage | None:
    """The page of a vote's conversation for whoever asks; None before it is opened."""
    thread = thread_about(subject_of(contest), request.user)
    if thread is None:
        return None
    return thread_page(
        thread,
        **thread_query(request.GET),
        user=request.user,
        follows=getattr(thread, "is_followed", None),
    )
