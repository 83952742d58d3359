"""Handing a sheet out takes the vote right; a spoiled one is replaced, one not used comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from proceedings.audit import Action
from proceedings.locks import lock_exclusive, lock_shared
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.models import (
    Batch,
    BatchState,
    Contest,
    PaperStub,
    RollEntry,
    SlotEvent,
    SlotState,
    StubEvent,
)
from voting.selectors import database_now, key_of, last_event_of, refuse_unless_open, refuse_voter
from voting.selectors.paper import refuse_paper
from voting.services.paper.boxes import (
    locked_batch,
    refuse_same,
    refuse_unless_desk,
    subject_of_batch,
)
from voting.services.slots import move_slot

if TYPE_CHECKING:
    from uuid import UUID

    from residents.models import Resident, User


MOST_SPOILED = 2
"""How many spoiled sheets of one person are replaced."""
ASSISTED = "assisted"
"""Noted on the move of a vote right whose holder asked for help with marking."""
SLOT_MOVED = Refusal(
    "slot_busy", mark("The vote right moved at this moment."), mark("Look the person up again.")
)


@transaction.atomic(durable=True)
def issue_paper(
    *,
    actor: User,
    batch_id: int,
    resident: Resident,
    request_id: UUID,
    assisted: bool = False,
) -> PaperStub:
    """Hand out a ballot paper: take the vote right and number the stub. Closes the web at once.

    The same `request_id` again gives the same stub. `assisted`: the person asked for help with
    marking; that is noted, never by whom.
    """
    batch = Batch.objects.select_related("contest__area", "centre").get(pk=batch_id)
    refuse_unless_desk(actor, batch.centre)
    lock_shared(f"contest:{batch.contest_id}")
    batch = locked_batch(batch_id, BatchState.OPEN)
    contest = Contest.objects.select_related("area").get(pk=batch.contest_id)
    refusal = refuse_unless_open(contest, database_now())
    if refusal is not None:
        raise Refused(refusal)
    entry = enter_at_desk(contest, resident, actor.actor_ref)
    again = PaperStub.objects.filter(roll_entry=entry, roll_entry__events__request_id=request_id)
    stub = again.order_by("-pk").first()
    if stub is not None:
        return stub
    from_states = [SlotState.FREE]
    if contest.paper_over_web == "replace":
        from_states.append(SlotState.WEB)
    version = move_slot(
        entry=entry,
        contest=contest,
        from_states=from_states,
        to_state=SlotState.PAPER_ISSUED,
        actor_ref=actor.actor_ref,
        request_id=request_id,
        centre=batch.centre,
        reason=ASSISTED if assisted else "",
    )
    if version is None:
        raise Refused(why_not_issued(contest, entry))
    return number_stub(batch, entry, actor.actor_ref, replaces=None)


def enter_at_desk(contest: Contest, resident: Resident, actor_ref: str) -> RollEntry:
    """The person's roll entry; on a rolling roll an eligible person is entered now."""
    key = key_of(contest, resident)
    entry = RollEntry.objects.filter(contest=contest, person_key=key).first()
    refusal = refuse_voter(contest, resident, entry)
    if refusal is not None:
        raise Refused(refusal)
    if entry is None:
        row = RollEntry(
            contest=contest,
            person_key=key,
            area_id=resident.area_id,
            origin="came",
            added_by_ref=actor_ref,
        )
        RollEntry.objects.bulk_create([row], ignore_conflicts=True)
        entry = RollEntry.objects.get(contest=contest, person_key=key)
    return entry


def why_not_issued(contest: Contest, entry: RollEntry) -> Refusal:
    """Why the vote right of an entry could not be taken, as it stands now."""
    fresh = RollEntry.objects.select_related("slot").get(pk=entry.pk)
    return refuse_paper(contest, fresh.slot, last_event_of(fresh)) or SLOT_MOVED


def number_stub(
    batch: Batch, entry: RollEntry, actor_ref: str, *, replaces: PaperStub | None
) -> PaperStub:
    """Write the contest's next stub for a vote right that was just taken."""
    lock_exclusive(f"stubs:{batch.contest_id}")
    last = PaperStub.objects.filter(contest_id=batch.contest_id).aggregate(last=Max("serial"))
    stub = PaperStub.objects.create(
        contest_id=batch.contest_id,
        serial=(last["last"] or 0) + 1,
        roll_entry=entry,
        batch=batch,
        replaces=replaces,
        issued_by_ref=actor_ref,
    )
    record_event(
        action=Action.STUB_ISSUED,
        actor_ref=actor_ref,
        subject=subject_of_batch(batch),
        data={"serial": stub.serial},
    )
    return stub


def _open_stub(batch: Batch, serial: int) -> PaperStub:
    """A stub of the box whose sheet is still out, by serial."""
    stub = (
        batch.stubs.select_related("roll_entry").filter(serial=serial, events__isnull=True).first()
    )
    if stub is None:
        raise Refused(
            Refusal(
                "no_such_stub",
                mark("There is no sheet out under the stub number %(serial)s in this box."),
                mark("Compare the number with the stub; the list below shows all that are out."),
                {"serial": serial},
                form_field="serial",
            )
        )
    return stub


@transaction.atomic(durable=True)
def spoil_paper(*, actor: User, batch_id: int, serial: int, request_id: UUID) -> PaperStub:
    """Take back a spoiled sheet and hand out another, at most twice for one person.

    The same `request_id` again gives the same new stub.
    """
    batch = locked_batch(batch_id, BatchState.OPEN)
    refuse_unless_desk(actor, batch.centre)
    if SlotEvent.objects.filter(contest=batch.contest, request_id=request_id).exists():
        return batch.stubs.get(replaces__serial=serial)
    stub = _open_stub(batch, serial)
    spoiled = StubEvent.objects.filter(
        stub__roll_entry=stub.roll_entry, stub__contest=batch.contest, kind="spoiled"
    ).count()
    if spoiled >= MOST_SPOILED:
        raise Refused(
            Refusal(
                "spoiled_too_often",
                mark("Two sheets of this person were already replaced."),
                mark("This sheet goes into the box as it is."),
            )
        )
    StubEvent.objects.create(stub=stub, kind="spoiled", actor_ref=actor.actor_ref)
    moved = move_slot(
        entry=stub.roll_entry,
        contest=batch.contest,
        from_states=[SlotState.PAPER_ISSUED],
        to_state=SlotState.PAPER_ISSUED,
        actor_ref=actor.actor_ref,
        request_id=request_id,
        centre=batch.centre,
        reason="spoiled",
    )
    if moved is None:
        raise Refused(why_not_issued(batch.contest, stub.roll_entry))
    record_event(
        action=Action.STUB_SPOILED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        data={"serial": serial},
    )
    return number_stub(batch, stub.roll_entry, actor.actor_ref, replaces=stub)


@transaction.atomic(durable=True)
def return_paper(*, actor: User, second: User, batch_id: int, serial: int) -> None:
    """Take back an unused sheet: the person may vote again, on any channel.

    It undoes a hand-out, so two people see the sheet: `second` has signed for it on the same screen
    (`confirm_second`).
    """
    batch = locked_batch(batch_id, BatchState.OPEN)
    refuse_unless_desk(actor, batch.centre)
    refuse_unless_desk(second, batch.centre)
    refuse_same(actor, second)
    stub = _open_stub(batch, serial)
    StubEvent.objects.create(
        stub=stub, kind="returned", actor_ref=actor.actor_ref, second_ref=second.actor_ref
    )
    move_slot(
        entry=stub.roll_entry,
        contest=batch.contest,
        from_states=[SlotState.PAPER_ISSUED],
        to_state=SlotState.FREE,
        actor_ref=actor.actor_ref,
        second_ref=second.actor_ref,
        request_id=uuid4(),
        centre=batch.centre,
        reason="returned",
    )
    record_event(
        action=Action.STUB_RETURNED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        data={"serial": serial, "second": second.actor_ref},
    )


@transaction.atomic(durable=True)
def report_missing(*, actor: User, batch_id: int, serial: int, reason: str) -> None:
    """Note that a sheet was carried away; the vote right stays used."""
    batch = locked_batch(batch_id, BatchState.OPEN)
    refuse_unless_desk(actor, batch.centre)
    stub = _open_stub(batch, serial)
    StubEvent.objects.create(stub=stub, kind="missing", actor_ref=actor.actor_ref, reason=reason)
    record_event(
        action=Action.STUB_MISSING,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        reason=reason,
        data={"serial": serial},
    )
