"""Ballot boxes of paper: who works at them, each step written down, opened and sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from proceedings.audit import Action
from proceedings.locks import lock_exclusive, lock_shared
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from voting.models import Batch, BatchEvent, BatchState, Contest, SlotState, StubEvent
from voting.selectors import database_now, refuse_unless_open
from voting.selectors.paper import provisional_sums
from voting.services.slots import move_slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from places.models import Centre
    from residents.models import User


DESK = (RoleKind.CLERK, RoleKind.COORDINATOR)
MOST_PRINTED = 300
"""How many blank sheets are printed at once."""
ENVELOPES_WAIT = Refusal(
    "envelopes_wait",
    mark("There are provisional envelopes on which nobody has decided yet."),
    mark("Hold each of them against the roll first: page “Provisional envelopes” of the box."),
)


def refuse_unless_desk(actor: User, centre: Centre) -> None:
    """Raise Refused for everybody but clerks and coordinators of the centre."""
    refusal = refuse_unless_role(actor, *DESK, centre=centre)
    if refusal is not None:
        raise Refused(refusal)


def refuse_same(actor: User, second: User) -> None:
    """Raise Refused where two people are one."""
    if actor.pk == second.pk:
        raise Refused(
            Refusal(
                "same_person",
                mark("The second person must be somebody else."),
                mark("Ask a colleague to sign with their own code."),
            )
        )


def subject_of_batch(batch: Batch) -> str:
    """The box's name in the record."""
    return f"voting.batch:{batch.pk}"


def step_box(
    batch: Batch,
    to_state: BatchState,
    *,
    actor_ref: str,
    second_ref: str = "",
    reason: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Move the box on and write the step beside it."""
    BatchEvent.objects.create(
        batch=batch,
        version=batch.version,
        from_state=batch.state,
        to_state=to_state,
        actor_ref=actor_ref,
        second_ref=second_ref,
        reason=reason,
        data=dict(data or {}),
    )
    batch.state = to_state
    batch.save(update_fields=["state"])


def locked_batch(batch_id: int, *states: BatchState) -> Batch:
    """The box under its lock, refused unless it is in one of `states`."""
    lock_exclusive(f"batch:{batch_id}")
    batch = Batch.objects.select_related("contest__area", "centre").get(pk=batch_id)
    if batch.state not in states:
        raise Refused(
            Refusal(
                "box_elsewhere",
                mark("This step is not possible for the box as it stands now."),
                mark("Its page shows which step comes next."),
            )
        )
    return batch


@transaction.atomic(durable=True)
def open_batch(*, actor: User, second: User, contest_id: int, centre: Centre) -> Batch:
    """Open an empty box at a centre; two people have seen that it is empty.

    `second` has signed for it on the same screen (`confirm_second`).
    """
    refuse_unless_desk(actor, centre)
    refuse_same(actor, second)
    lock_shared(f"contest:{contest_id}")
    contest = Contest.objects.get(pk=contest_id)
    refusal = refuse_unless_open(contest, database_now())
    if refusal is not None:
        raise Refused(refusal)
    if not contest.paper or not contest.centres.filter(pk=centre.pk).exists():
        raise Refused(
            Refusal(
                "no_paper_here",
                mark("This vote has no ballot box at this centre."),
                mark("The page of the vote names the centres that have one."),
            )
        )
    lock_exclusive(f"boxes:{contest_id}:{centre.pk}")
    mine = Batch.objects.filter(contest=contest, centre=centre)
    if mine.filter(state=BatchState.OPEN).exists():
        raise Refused(
            Refusal(
                "box_in_use",
                mark("A box is already open for this vote at this centre."),
                mark("Seal it before you open another."),
            )
        )
    last = mine.aggregate(last=Max("number"))["last"] or 0
    batch = Batch.objects.create(
        contest=contest,
        centre=centre,
        number=last + 1,
        opened_by_ref=actor.actor_ref,
        witnessed_by_ref=second.actor_ref,
    )
    BatchEvent.objects.create(
        batch=batch,
        version=1,
        to_state=BatchState.OPEN,
        actor_ref=actor.actor_ref,
        second_ref=second.actor_ref,
    )
    record_event(
        action=Action.BATCH_OPENED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        data={"centre": centre.code, "number": batch.number},
    )
    return batch


@transaction.atomic(durable=True)
def print_sheets(*, actor: User, batch_id: int, copies: int) -> Batch:
    """Record that `copies` blank sheets are printed for a box in use; they carry no number."""
    batch = locked_batch(batch_id, BatchState.OPEN)
    refuse_unless_desk(actor, batch.centre)
    if not 1 <= copies <= MOST_PRINTED:
        raise Refused(
            Refusal(
                "too_many_sheets",
                mark("Between 1 and %(most)s sheets are printed at once."),
                mark("Please change the number."),
                {"most": MOST_PRINTED},
                form_field="copies",
            )
        )
    record_event(
        action=Action.PAPERS_PRINTED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        data={"sheets": copies},
    )
    return batch


@transaction.atomic(durable=True)
def seal_batch(*, actor: User, second: User, batch_id: int, seal_numbers: str) -> Batch:
    """Close the box: every sheet still out counts as in the box from now on."""
    lock_shared(f"contest:{Batch.objects.values_list('contest_id', flat=True).get(pk=batch_id)}")
    batch = locked_batch(batch_id, BatchState.OPEN)
    refuse_unless_desk(actor, batch.centre)
    refuse_same(actor, second)
    if provisional_sums(batch).waiting:
        raise Refused(ENVELOPES_WAIT)
    for stub in batch.stubs.filter(events__isnull=True).select_related("roll_entry"):
        StubEvent.objects.create(stub=stub, kind="cast", actor_ref=actor.actor_ref)
        move_slot(
            entry=stub.roll_entry,
            contest=batch.contest,
            from_states=[SlotState.PAPER_ISSUED],
            to_state=SlotState.PAPER_CAST,
            actor_ref=actor.actor_ref,
            request_id=uuid4(),
            centre=batch.centre,
        )
    batch.seal_numbers = seal_numbers
    batch.save(update_fields=["seal_numbers"])
    step_box(
        batch,
        BatchState.SEALED,
        actor_ref=actor.actor_ref,
        second_ref=second.actor_ref,
        data={"seals": seal_numbers},
    )
    record_event(
        action=Action.BATCH_SEALED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        data={"stubs": batch.stubs.count()},
    )
    return batch
