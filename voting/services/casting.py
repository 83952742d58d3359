"""Cast a ballot on the web: take the vote right and put the ballot in the box, in one statement.

A cast asks the database three times: who is it (and the contest's lock), what is decided (and the
place on the roll, or what a newcomer is judged by), and the cast itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, DateTimeField, Func, OuterRef, Subquery, When

from places.selectors import steps_up
from proceedings.locks import lock_shared_along
from proceedings.refusals import Refusal, Refused, mark
from residents.selectors import residents_behind
from voting.ballots import Marks, read_marks
from voting.keys import person_key
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
    NOT_OPEN,
    already_used,
    ballot_design,
    last_event_of,
    refuse_newcomer,
    refuse_unless_open,
)
from voting.services.leaves import make_leaf

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from residents.models import Resident, User

CAST = """
WITH entered AS (
    INSERT INTO voting_rollentry (contest_id, person_key, area_id, "group", origin, added_by_ref,
        approved_by_ref, reason)
    SELECT %(contest)s, %(key)s, %(area)s, '', 'came', %(actor)s, '', ''
    WHERE %(entry)s::bigint IS NULL
    ON CONFLICT (contest_id, person_key) DO NOTHING
    RETURNING id
), place AS (
    SELECT id FROM entered UNION ALL SELECT %(entry)s::bigint WHERE %(entry)s::bigint IS NOT NULL
), taken AS (
    INSERT INTO voting_slot (roll_entry_id, contest_id, state, ref, version)
    SELECT place.id, %(contest)s, 'web', %(envelope)s::uuid, 1 FROM place
    ON CONFLICT (roll_entry_id) DO UPDATE
        SET state = 'web', ref = excluded.ref, version = voting_slot.version + 1
        WHERE voting_slot.state = ANY(%(from_states)s)
    RETURNING roll_entry_id, version, coalesce(old.state, 'free') AS was
), event AS (
    INSERT INTO voting_slotevent (roll_entry_id, contest_id, version, from_state, to_state, reason,
        actor_ref, second_ref, centre_id, request_id, leaf_hash, at_minute)
    SELECT taken.roll_entry_id, %(contest)s, taken.version,
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
"""Roll entry (for who comes to a rolling roll), slot, event, envelope, leaf together, or nothing.

No row back means that the slot was not free for the web, or that somebody entered the same person
at this moment. The slot row's lock puts two casts of one person one after the other."""

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


@dataclass(frozen=True)
class Voter:
    """Who casts, under which key, and where on the roll; None before they are entered."""

    actor: User
    resident: Resident
    key: str
    entry: int | None


@transaction.atomic(durable=True)
def _cast(
    *,
    actor: User,
    contest_id: int,
    raw: object,
    request_id: UUID,
    served_at: datetime | None,
) -> Receipt:
    resident, key = _hold_contest(actor, contest_id)
    contest = (
        Contest.objects.select_related("area")
        .annotate(
            now=Func(function="clock_timestamp", output_field=DateTimeField()),
            entry=Subquery(
                RollEntry.objects.filter(contest=OuterRef("pk"), person_key=key).values("pk")
            ),
            steps=Case(When(roll_mode="rolling", entry=None, then=steps_up())),
        )
        .get(pk=contest_id)
    )
    _refuse_late(contest, contest.now, served_at)
    if not contest.web:
        raise Refused(NO_WEB)
    marks = read_marks(ballot_design(contest), raw)
    if isinstance(marks, Refusal):
        raise Refused(marks)
    refusal = refuse_newcomer(contest, resident, contest.steps) if contest.entry is None else None
    if refusal is not None:
        raise Refused(refusal)
    return _put_in_box(contest, Voter(actor, resident, key, contest.entry), marks, request_id)


def _hold_contest(actor: User, contest_id: int) -> tuple[Resident, str]:
    """Take the contest's lock while asking who it is; the person's key on its roll.

    Of the contest only its key is read here, which never changes; the rest is read under the lock.
    """
    resident = (
        residents_behind(actor)
        .annotate(
            contest_key=Subquery(Contest.objects.filter(pk=contest_id).values("key")),
            held=lock_shared_along(f"contest:{contest_id}"),
        )
        .first()
    )
    if resident is None:
        raise Refused(NO_RESIDENCY)
    if resident.contest_key is None:
        raise Refused(NOT_OPEN[ContestState.DRAFT])
    return resident, person_key(settings.ROLL_KEY, resident.contest_key, resident.ref)


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


def _put_in_box(contest: Contest, voter: Voter, marks: Marks, request_id: UUID) -> Receipt:
    nonce = secrets.token_hex(16)
    digest = sha256(f"{nonce}\n{marks}".encode()).hexdigest()
    leaf = make_leaf(contest, {"kind": "ballot", "digest": digest})
    states = [SlotState.FREE.value]
    if contest.revote == "until_close":
        states.append(SlotState.WEB.value)
    values: dict[str, Any] = {
        "entry": voter.entry,
        "key": voter.key,
        "area": voter.resident.area_id,
        "contest": contest.pk,
        "envelope": uuid4(),
        "from_states": states,
        "actor": voter.actor.actor_ref,
        "request": request_id,
        "leaf_id": leaf.pk,
        "leaf": leaf.leaf_hash,
        "leaf_data": leaf.data,
        "signature": leaf.signature,
        "marks": marks,
        "nonce": nonce,
        "digest": digest,
        "named": voter.actor.name if contest.secrecy == Secrecy.NAMED else "",
    }
    row = _take(values)
    if row is None and voter.entry is None:  # entered by somebody else at this moment
        entry = RollEntry.objects.get(contest=contest, person_key=voter.key)
        row = _take({**values, "entry": entry.pk})
    if row is None:
        return _receipt_or_reason(contest, voter, request_id)
    return Receipt(contest.pk, leaf.leaf_hash, leaf.signature, row[0], row[1])


def _take(values: dict[str, Any]) -> tuple[int, datetime] | None:
    with connection.cursor() as cursor:
        cursor.execute(CAST, values)
        row: tuple[int, datetime] | None = cursor.fetchone()
    return row


def _receipt_or_reason(contest: Contest, voter: Voter, request_id: UUID) -> Receipt:
    """The slot was not free: by this very request, sent twice, or by another vote."""
    entry = RollEntry.objects.select_related("slot").get(contest=contest, person_key=voter.key)
    event = last_event_of(entry)
    if event is not None and event.request_id == request_id:
        return receipt_for(actor=voter.actor, contest_id=contest.pk, request_id=request_id)
    raise Refused(already_used(contest, entry.slot, event) or NOW_ON_ROLL)


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
    try:
        return _cast(
            actor=actor,
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
