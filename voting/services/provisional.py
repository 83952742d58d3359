"""Ballot papers in envelopes: given when the roll cannot answer, held against it before sealing.

A vote right cannot be taken without the roll, so here the sheet waits and not the right. It goes
into a plain envelope, this into one with name, date of birth and signature on it; the site knows
that envelope by its number alone. When the roll answers, two people hold each envelope against it:
the right is taken now, as for any sheet, and the sheet goes into the box unread; or it is rejected
for a reason, and stays closed. A box is not sealed while one waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from proceedings.audit import Action
from proceedings.locks import lock_shared
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.models import (
    Batch,
    BatchState,
    Contest,
    ContestState,
    ProvisionalCause,
    ProvisionalDecision,
    ProvisionalRefusal,
    ProvisionalSheet,
    SlotState,
)
from voting.selectors.desk import right_standing
from voting.services.paper import (
    enter_at_desk,
    locked_batch,
    number_stub,
    refuse_same,
    refuse_unless_desk,
    subject_of_batch,
    why_not_issued,
)
from voting.services.slots import move_slot

if TYPE_CHECKING:
    from uuid import UUID

    from residents.models import Resident, User
    from voting.models import PaperStub

PROVISIONAL = "provisional"
"""Noted on the move of a vote right that was taken for a sheet in an envelope."""

NOT_AT_THIS_TIME = Refusal(
    "no_envelope_now",
    mark("Envelopes are registered from the opening of a vote until its box is sealed."),
    mark("Please look at the page of the vote."),
)
DECIDED_BEFORE = Refusal(
    "envelope_decided",
    mark("Two people have decided on this envelope already."),
    mark("The list shows what they decided."),
)
SHOULD_COUNT = Refusal(
    "envelope_counts",
    mark("This person may vote and has not voted: the sheet cannot be rejected."),
    mark("Accept it, and put it into the box unread."),
)
NAMES_NO_REASON = Refusal(
    "envelope_needs_reason",
    mark(
        "Without a person an envelope is rejected only because nobody is found or it has no name."
    ),
    mark("Please choose one of the two, or look the person up."),
    form_field="refusal",
)
WITHOUT_PERSON = (ProvisionalRefusal.NOBODY_FOUND, ProvisionalRefusal.NO_NAME)
"""Why an envelope is rejected of which nobody knows whose it is."""
WHY: dict[str, ProvisionalRefusal] = {
    "not_on_roll": ProvisionalRefusal.NOT_ON_ROLL,
    "voted_on_web": ProvisionalRefusal.RIGHT_USED,
    "paper_issued": ProvisionalRefusal.RIGHT_USED,
    "already_voted": ProvisionalRefusal.RIGHT_USED,
    "voided": ProvisionalRefusal.VOIDED,
}
"""What the roll answers, as the reason of a rejection; anything else is a rule of who may vote."""


@transaction.atomic(durable=True)
def register_provisional(
    *, actor: User, batch_id: int, cause: ProvisionalCause, request_id: UUID
) -> ProvisionalSheet:
    """Give the next envelope of a box its number, to be written on it.

    Possible after the close as well: the sheet was given before it, while the network was away.
    The same `request_id` again gives the same number.
    """
    batch = _box(actor, batch_id)
    before = batch.provisional_sheets.filter(request_id=request_id).first()
    if before is not None:
        return before
    last = batch.provisional_sheets.aggregate(last=Max("number"))["last"] or 0
    sheet = ProvisionalSheet.objects.create(
        contest_id=batch.contest_id,
        batch=batch,
        number=last + 1,
        cause=cause,
        request_id=request_id,
        registered_by_ref=actor.actor_ref,
    )
    record_event(
        action=Action.PROVISIONAL_REGISTERED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        data={"envelope": sheet.number, "cause": cause.value},
    )
    return sheet


@transaction.atomic(durable=True)
def accept_provisional(
    *, actor: User, second: User, batch_id: int, number: int, resident: Resident
) -> PaperStub:
    """Take the vote right of the person on the envelope, by two people; its sheet goes in the box.

    `second` has signed on the same screen (`confirm_second`). A web vote is replaced where the
    rules say that paper replaces it. Raises Refused for whoever may not vote or has voted.
    """
    batch = _box(actor, batch_id)
    refuse_same(actor, second)
    sheet = _waiting(batch, number)
    contest = Contest.objects.select_related("area").get(pk=batch.contest_id)
    entry = enter_at_desk(contest, resident, actor.actor_ref)
    from_states = [SlotState.FREE]
    if contest.paper_over_web == "replace":
        from_states.append(SlotState.WEB)
    taken = move_slot(
        entry=entry,
        contest=contest,
        from_states=from_states,
        to_state=SlotState.PAPER_ISSUED,
        actor_ref=actor.actor_ref,
        second_ref=second.actor_ref,
        request_id=sheet.request_id,
        centre=batch.centre,
        reason=PROVISIONAL,
    )
    if taken is None:
        raise Refused(why_not_issued(contest, entry))
    stub = number_stub(batch, entry, actor.actor_ref, replaces=None)
    ProvisionalDecision.objects.create(
        sheet=sheet,
        accepted=True,
        stub=stub,
        decided_by_ref=actor.actor_ref,
        second_ref=second.actor_ref,
    )
    record_event(
        action=Action.PROVISIONAL_ACCEPTED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        data={"envelope": number, "serial": stub.serial, "second": second.actor_ref},
    )
    return stub


@transaction.atomic(durable=True)
def reject_provisional(
    *,
    actor: User,
    second: User,
    batch_id: int,
    number: int,
    resident: Resident | None = None,
    refusal: str = "",
) -> ProvisionalDecision:
    """Leave an envelope closed, by two people, for the reason that the roll gives.

    Without a `resident` the reason is that nobody is found, or that no name is on it. Raises
    Refused where the person may vote: nobody rejects a sheet that counts.
    """
    batch = _box(actor, batch_id)
    refuse_same(actor, second)
    sheet = _waiting(batch, number)
    decision = ProvisionalDecision.objects.create(
        sheet=sheet,
        accepted=False,
        refusal=_why_not(batch, resident, refusal),
        decided_by_ref=actor.actor_ref,
        second_ref=second.actor_ref,
    )
    record_event(
        action=Action.PROVISIONAL_REJECTED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        reason=decision.refusal,
        data={"envelope": number, "second": second.actor_ref},
    )
    return decision


def _why_not(batch: Batch, resident: Resident | None, refusal: str) -> ProvisionalRefusal:
    if resident is None:
        if refusal not in WITHOUT_PERSON:
            raise Refused(NAMES_NO_REASON)
        return ProvisionalRefusal(refusal)
    contest = Contest.objects.select_related("area").get(pk=batch.contest_id)
    found = right_standing(contest, resident).refusal
    if found is None:
        raise Refused(SHOULD_COUNT)
    return WHY.get(found.code, ProvisionalRefusal.NOT_ELIGIBLE)


def _box(actor: User, batch_id: int) -> Batch:
    """The box in use under its lock, for staff of its centre, from the opening of the vote on."""
    contest_id = Batch.objects.values_list("contest_id", flat=True).get(pk=batch_id)
    lock_shared(f"contest:{contest_id}")
    batch = locked_batch(batch_id, BatchState.OPEN)
    refuse_unless_desk(actor, batch.centre)
    if batch.contest.state not in {ContestState.OPEN, ContestState.CLOSED}:
        raise Refused(NOT_AT_THIS_TIME)
    return batch


def _waiting(batch: Batch, number: int) -> ProvisionalSheet:
    """An envelope of the box on which nobody has decided yet."""
    sheet = batch.provisional_sheets.filter(number=number, decision__isnull=True).first()
    if sheet is None:
        raise Refused(DECIDED_BEFORE)
    return sheet
