"""Write down the stickers of a board. They decide nothing: one person types, all versions stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from hangul.formats import seoul_date
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.log import canonical
from voting.models import Contest, ContestState, StickerCount
from voting.selectors import ballot_design, database_now
from voting.selectors.desk import STICKER_STATES
from voting.selectors.stickers import MOST_STICKERS, counts_of
from voting.services.contests import subject_of
from voting.services.paper import refuse_unless_desk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from places.models import Centre
    from residents.models import User

TOO_EARLY = (ContestState.DRAFT, ContestState.FROZEN)


@transaction.atomic(durable=True)
def count_stickers(
    *,
    actor: User,
    contest_id: int,
    centre: Centre,
    place: str,
    day: date,
    counts: Mapping[str, int],
) -> StickerCount:
    """Store the stickers of a board that nobody has counted yet on that day.

    The same figures sent twice are stored once.
    """
    contest = _contest_for(actor, contest_id, centre, counts)
    refusal = _refuse_day(contest, day)
    if refusal is not None:
        raise Refused(refusal)
    place = " ".join(place.split())
    last = _last(contest, centre, place, day)
    if last is not None and counts_of(last) == dict(counts):
        return last
    if last is not None:
        raise Refused(
            Refusal(
                "board_counted",
                mark("This board has been counted on that day."),
                mark("If its figures are wrong, correct them in the list below."),
                form_field="place",
            )
        )
    return _store(actor, contest, centre, place, day, counts, version=1)


@transaction.atomic(durable=True)
def correct_stickers(
    *, actor: User, board: StickerCount, counts: Mapping[str, int], reason: str
) -> StickerCount:
    """Put other figures in the place of a board's; the earlier ones stay, with the reason."""
    contest = _contest_for(actor, board.contest_id, board.centre, counts)
    last = _last(contest, board.centre, board.place, board.day)
    if last is None:
        raise StickerCount.DoesNotExist
    if counts_of(last) == dict(counts):
        return last
    if not reason.strip():
        raise Refused(
            Refusal(
                "reason_missing",
                mark("Correcting the figures of a board needs a reason."),
                mark("Write one sentence; it stands in the record."),
                form_field="reason",
            )
        )
    return _store(
        actor,
        contest,
        last.centre,
        last.place,
        last.day,
        counts,
        version=last.version + 1,
        reason=reason.strip(),
    )


def _contest_for(
    actor: User, contest_id: int, centre: Centre, counts: Mapping[str, int]
) -> Contest:
    """The contest, locked, if `actor` may write down such figures for it now."""
    refuse_unless_desk(actor, centre)
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.get(pk=contest_id)
    refusal = _refuse_now(contest, centre) or _refuse_counts(contest, counts)
    if refusal is not None:
        raise Refused(refusal)
    return contest


def _refuse_now(contest: Contest, centre: Centre) -> Refusal | None:
    if not contest.stickers:
        return Refusal(
            "no_stickers",
            mark("No stickers are counted for this vote."),
            mark("They are switched on at the set-up, before the vote is frozen."),
        )
    if not contest.centres.filter(pk=centre.pk).exists():
        return Refusal(
            "stickers_elsewhere",
            mark("This centre does not count stickers of this vote."),
            mark("Work at one of the centres named on its page."),
        )
    if contest.state in TOO_EARLY:
        return Refusal(
            "stickers_too_early",
            mark("Stickers are counted once voting is on."),
            mark("Come back after the opening."),
        )
    if contest.state not in STICKER_STATES:
        return Refusal(
            "stickers_published",
            mark("The result is published, and the stickers with it."),
            mark("Their figures do not change any more."),
        )
    return None


def _refuse_counts(contest: Contest, counts: Mapping[str, int]) -> Refusal | None:
    """Every option of the ballot has a whole number, nought where it got no sticker."""
    fit = counts.keys() == ballot_design(contest).key_set and all(
        type(number) is int and 0 <= number <= MOST_STICKERS for number in counts.values()
    )
    if fit:
        return None
    return Refusal(
        "bad_sticker_counts",
        mark("Every option has a whole number of stickers from 0 to %(most)s."),
        mark("Type 0 for an option without a sticker."),
        {"most": MOST_STICKERS},
    )


def _refuse_day(contest: Contest, day: date) -> Refusal | None:
    """Boards stand from the day of the opening on; nobody counts what is still to come."""
    today = seoul_date(database_now())
    first = seoul_date(contest.opens_at) if contest.opens_at else today
    if first <= day <= today:
        return None
    return Refusal(
        "bad_sticker_day",
        mark("A board is counted for a day from the opening on, not for one to come."),
        mark("Choose a day from %(first)s to %(last)s."),
        {"first": first, "last": today},
        form_field="day",
    )


def _last(contest: Contest, centre: Centre, place: str, day: date) -> StickerCount | None:
    rows = StickerCount.objects.filter(contest=contest, centre=centre, place=place, day=day)
    return rows.select_related("centre").order_by("-version").first()


def _store(
    actor: User,
    contest: Contest,
    centre: Centre,
    place: str,
    day: date,
    counts: Mapping[str, int],
    *,
    version: int,
    reason: str = "",
) -> StickerCount:
    row = StickerCount.objects.create(
        contest=contest,
        centre=centre,
        place=place,
        day=day,
        version=version,
        counts=canonical(dict(counts)).decode(),
        reason=reason,
        counted_by_ref=actor.actor_ref,
    )
    record_event(
        action=Action.STICKERS_COUNTED if version == 1 else Action.STICKERS_CORRECTED,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        reason=reason,
        data={"centre": centre.code, "place": place, "day": day.isoformat(), "version": version},
    )
    return row
