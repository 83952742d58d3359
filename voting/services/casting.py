"""Cast a ballot on the web: take the vote right and put the ballot in the box, in one statement."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, Func

from proceedings.locks import lock_shared
from proceedings.refusals import Refusal, Refused, mark
from residents.selectors import current_resident
from voting.ballots import Marks, read_marks
from voting.models import (
    Contest,
    ContestState,
    PromisedLeaf,
    RollEntry,
    Secrecy,
    SlotEvent,
    SlotState,
)
from voting.selectors import (
    CLOSED,
    NO_RESIDENCY,
    NO_WEB,
    already_used,
    ballot_design,
    key_of,
    last_event_of,
    refuse_unless_open,
    refuse_voter,
)
from voting.services.leaves import make_leaf

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from residents.models import Resident, User

CAST = """
WITH taken AS (
    INSERT INTO voting_slot (roll_entry_id, contest_id, state, ref, version)
    VALUES (%(entry)s, %(contest)s, 'web', %(envelope)s, 1)
    ON CONFLICT (roll_entry_id) DO UPDATE
        SET state = 'web', ref = excluded.ref, version = voting_slot.version + 1
        WHERE voting_slot.state = ANY(%(from_states)s)
    RETURNING version, coalesce(old.state, 'free') AS was
), event AS (
    INSERT INTO voting_slotevent (roll_entry_id, contest_id, version, from_state, to_state, reason,
        actor_ref, second_ref, centre_id, request_id, leaf_hash, at_minute)
    SELECT %(entry)s, %(contest)s, taken.version,
           taken.was, 'web', '',
           %(actor)s, '', NULL, %(request)s, %(leaf)s, date_trunc('minute', now())
    FROM taken
), box AS (
    INSERT INTO voting_envelope (contest_id, id, marks, nonce, digest, named)
    SELECT %(contest)s, %(envelope)s, %(marks)s, %(nonce)s, %(digest)s, %(named)s FROM taken
), promise AS (
    INSERT INTO voting_promisedleaf (id, leaf_hash, contest_id, kind, data, signature)
    SELECT %(leaf_id)s, %(leaf)s, %(contest)s, 'ballot', %(leaf_data)s, %(signature)s FROM taken
)
SELECT version, date_trunc('minute', now()) FROM taken
"""
"""Slot, event, envelope and leaf together, or nothing: no row back means that the slot was not
free for the web. The slot row's lock puts two casts of one person one after the other."""

NOW_ON_ROLL = Refusal(
    "ask_again",
    mark("Your ballot could not be taken at this moment."),
    mark("Please send it again."),
)


@dataclass(frozen=True)
class Receipt:
    """What the voter takes home: the leaf and the site's signed promise. Not the choice."""

    contest_id: int
    leaf_hash: str
    signature: str
    version: int
    at_minute: datetime


@transaction.atomic(durable=True)
def _cast(
    *,
    actor: User,
    resident: Resident,
    contest_id: int,
    raw: object,
    request_id: UUID,
    served_at: datetime | None,
) -> Receipt:
    lock_shared(f"contest:{contest_id}")
    contest = (
        Contest.objects.select_related("area")
        .annotate(now=Func(function="clock_timestamp", output_field=DateTimeField()))
        .get(pk=contest_id)
    )
    _refuse_late(contest, contest.now, served_at)
    if not contest.web:
        raise Refused(NO_WEB)
    marks = read_marks(ballot_design(contest), raw)
    if isinstance(marks, Refusal):
        raise Refused(marks)
    entry = enter_on_roll(contest, resident, actor.actor_ref)
    return _put_in_box(contest, entry, actor, marks, request_id)


def _refuse_late(contest: Contest, now: datetime, served_at: datetime | None) -> None:
    """Refuse before the opening and after the close; a page served in time has its grace."""
    refusal = refuse_unless_open(contest, now)
    in_grace = (
        contest.state == ContestState.OPEN
        and contest.closes_at is not None
        and served_at is not None
        and served_at < contest.closes_at
        and now < contest.closes_at + timedelta(seconds=contest.grace_seconds)
    )
    if refusal is not None and not (refusal is CLOSED and in_grace):
        raise Refused(refusal)


def enter_on_roll(contest: Contest, resident: Resident, actor_ref: str) -> RollEntry:
    """The person's roll entry; on a rolling roll an eligible person is entered now."""
    key = key_of(contest, resident)
    entry = RollEntry.objects.filter(contest=contest, person_key=key).first()
    refusal = refuse_voter(contest, resident, entry)
    if refusal is not None:
        raise Refused(refusal)
    if entry is None:
        RollEntry.objects.bulk_create(
            [
                RollEntry(
                    contest=contest,
                    person_key=key,
                    area_id=resident.area_id,
                    origin="came",
                    added_by_ref=actor_ref,
                )
            ],
            ignore_conflicts=True,  # somebody else may enter the same person at this moment
        )
        entry = RollEntry.objects.get(contest=contest, person_key=key)
    return entry


def _put_in_box(
    contest: Contest, entry: RollEntry, actor: User, marks: Marks, request_id: UUID
) -> Receipt:
    nonce = secrets.token_hex(16)
    digest = sha256(f"{nonce}\n{marks}".encode()).hexdigest()
    leaf = make_leaf(contest, {"kind": "ballot", "digest": digest})
    states = [SlotState.FREE.value]
    if contest.revote == "until_close":
        states.append(SlotState.WEB.value)
    values: dict[str, Any] = {
        "entry": entry.pk,
        "contest": contest.pk,
        "envelope": uuid4(),
        "from_states": states,
        "actor": actor.actor_ref,
        "request": request_id,
        "leaf_id": leaf.pk,
        "leaf": leaf.leaf_hash,
        "leaf_data": leaf.data,
        "signature": leaf.signature,
        "marks": marks,
        "nonce": nonce,
        "digest": digest,
        "named": actor.name if contest.secrecy == Secrecy.NAMED else "",
    }
    with connection.cursor() as cursor:
        cursor.execute(CAST, values)
        row = cursor.fetchone()
    if row is None:
        fresh = RollEntry.objects.select_related("slot").get(pk=entry.pk)
        raise Refused(already_used(contest, fresh.slot, last_event_of(fresh)) or NOW_ON_ROLL)
    return Receipt(contest.pk, leaf.leaf_hash, leaf.signature, row[0], row[1])


def cast_ballot(
    *,
    actor: User,
    contest_id: int,
    raw: object,
    request_id: UUID,
    served_at: datetime | None = None,
) -> Receipt:
    """Cast (or, where allowed, replace) the actor's web ballot; the commit is the count.

    `raw` is as `voting.ballots.read_marks` takes it. The same `request_id` again gives the same
    receipt and stores nothing. `served_at` is when the ballot page was served (for the grace).
    Raises Refused with the reason and the next step.
    """
    resident = current_resident(actor)
    if resident is None:
        raise Refused(NO_RESIDENCY)
    try:
        return _cast(
            actor=actor,
            resident=resident,
            contest_id=contest_id,
            raw=raw,
            request_id=request_id,
            served_at=served_at,
        )
    except IntegrityError as error:
        if "slot_request_once" not in str(error):
            raise
    return receipt_for(actor=actor, contest_id=contest_id, request_id=request_id)


def receipt_for(*, actor: User, contest_id: int, request_id: UUID) -> Receipt:
    """The receipt of a cast by its request id; refused unless it was the actor's own."""
    event = SlotEvent.objects.filter(
        contest_id=contest_id, request_id=request_id, actor_ref=actor.actor_ref
    ).first()
    if event is None:
        raise Refused(NOW_ON_ROLL)
    leaf = PromisedLeaf.objects.get(contest_id=contest_id, leaf_hash=event.leaf_hash)
    return Receipt(contest_id, leaf.leaf_hash, leaf.signature, event.version, event.at_minute)
