"""Tell people that a vote opened, and what came of one they took part in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from residents.models import NoticeKind, Resident
from residents.selectors import eligible_residents
from residents.services import send_notice
from voting.models import Contest, RollEntry, SlotState
from voting.selectors import key_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _people(contest: Contest) -> QuerySet[Resident]:
    return eligible_residents(
        area=contest.area, bases=contest.bases, min_age=contest.min_age, age_on=contest.age_on
    ).filter(user__isnull=False)


@transaction.atomic(durable=True)
def announce_opening(*, contest_id: int) -> int:
    """Tell everybody with an account who may take part; returns how many were told."""
    contest = Contest.objects.select_related("area").get(pk=contest_id)
    ids = [r.user_id for r in _people(contest) if r.user_id is not None]
    send_notice(
        user_ids=ids,
        kind=NoticeKind.CONTEST_OPENED,
        params={"title": contest.title},
        url=contest.get_absolute_url(),
    )
    return len(ids)


@transaction.atomic(durable=True)
def announce_result(*, contest_id: int) -> int:
    """Tell everybody with an account who took part; returns how many were told.

    Who took part is found by asking each account's person key on the roll; nothing is stored.
    """
    contest = Contest.objects.select_related("area").get(pk=contest_id)
    voted = set(
        RollEntry.objects.filter(
            contest=contest, slot__state__in=[SlotState.WEB, SlotState.PAPER_CAST]
        ).values_list("person_key", flat=True)
    )
    people = Resident.objects.filter(user__isnull=False).only("ref", "user_id")
    ids = [
        person.user_id
        for person in people.iterator(chunk_size=2000)
        if person.user_id is not None and key_of(contest, person) in voted
    ]
    send_notice(
        user_ids=ids,
        kind=NoticeKind.CONTEST_RESULT,
        params={"title": contest.title},
        url=contest.get_absolute_url(),
    )
    return len(ids)
