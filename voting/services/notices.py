"""Tell people that a vote opened, and what came of one they took part in: once, and for sure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from proceedings.locks import lock_exclusive
from proceedings.services import Round
from residents.models import NoticeKind, Resident
from residents.selectors import eligible_residents
from residents.services import send_notice
from voting.models import Announcement, Contest, RollEntry, SlotState
from voting.selectors import key_of
from voting.selectors.counting import unannounced

if TYPE_CHECKING:
    from django.db.models import QuerySet


def announce_what_happened() -> int:
    """Tell people of every opening and every result of which nobody has been told yet.

    Called by the clock: what a killed worker left untold is told by the next one.
    """
    walk = Round()
    for pk, version in unannounced():
        walk.take(partial(announce, contest_id=pk, version=version), contest=pk)
    return walk.end()


@transaction.atomic(durable=True)
def announce(*, contest_id: int, version: int) -> bool:
    """Tell of an opening (version 0) or a publication, once; returns whether it was told now."""
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_related("area").get(pk=contest_id)
    if contest.announcements.filter(version=version).exists():
        return False
    told = send_notice(
        user_ids=_those_who_voted(contest) if version else _those_who_may_vote(contest),
        kind=NoticeKind.CONTEST_RESULT if version else NoticeKind.CONTEST_OPENED,
        params={"title": contest.title} if version else _opening(contest),
        url=contest.get_absolute_url(),
    )
    Announcement.objects.create(contest=contest, version=version, told=told)
    return True


def _opening(contest: Contest) -> dict[str, str]:
    """Until when one can take part, and which ways there are."""
    closes_at = contest.closes_at.isoformat() if contest.closes_at else ""
    only = "" if contest.web and contest.paper else "web" if contest.web else "paper"
    return {
        "title": contest.title,
        "closes_at": closes_at,
        **({"change": f"opened_{only}"} if only else {}),
    }


def _those_who_may_vote(contest: Contest) -> list[int]:
    """Everybody with an account who may take part: of a fixed roll, those on it."""
    if contest.roll_mode == "fixed":
        return _those_of(contest, RollEntry.objects.filter(contest=contest))
    people = eligible_residents(
        area=contest.area, bases=contest.bases, min_age=contest.min_age, age_on=contest.age_on
    ).filter(user__isnull=False)
    return [person.user_id for person in people if person.user_id is not None]


def _those_who_voted(contest: Contest) -> list[int]:
    """Everybody with an account who took part."""
    used = [SlotState.WEB, SlotState.PAPER_CAST]
    return _those_of(contest, RollEntry.objects.filter(contest=contest, slot__state__in=used))


def _those_of(contest: Contest, entries: QuerySet[RollEntry]) -> list[int]:
    """The accounts behind `entries` of the contest's roll.

    Found by asking each account's person key among them; nothing is stored.
    """
    keys = set(entries.values_list("person_key", flat=True))
    people = Resident.objects.filter(user__isnull=False).only("ref", "user_id")
    return [
        person.user_id
        for person in people.iterator(chunk_size=2000)
        if person.user_id is not None and key_of(contest, person) in keys
    ]
