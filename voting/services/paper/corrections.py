"""A box is counted and typed again only when somebody asks and somebody else agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from proceedings.audit import Action
from proceedings.locks import lock_exclusive, lock_shared
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from voting.log import LeafKind, leaf
from voting.models import Batch, BatchState, Contest, ContestState, Correction, CorrectionDecision
from voting.selectors.paper import open_correction
from voting.services.leaves import add_leaf_bytes
from voting.services.paper.boxes import locked_batch, refuse_unless_desk, step_box, subject_of_batch

if TYPE_CHECKING:
    from residents.models import User


DECIDERS = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR)
"""Who decides on a correction: a coordinator of the box's centre, or the office."""
CORRECTABLE = (
    BatchState.COUNTED,
    BatchState.ENTERING,
    BatchState.COMPARED,
    BatchState.RECONCILED,
    BatchState.CERTIFIED,
)
"""A box goes back to be counted again only by a correction, from any step after the count."""


@transaction.atomic(durable=True)
def ask_correction(*, actor: User, batch_id: int, what: str, why: str, evidence: str) -> Correction:
    """Ask to count and type a box again, from any step after its count; somebody else decides."""
    lock_shared(f"contest:{Batch.objects.values_list('contest_id', flat=True).get(pk=batch_id)}")
    batch = locked_batch(batch_id, *CORRECTABLE)
    refuse_unless_desk(actor, batch.centre)
    if batch.contest.state == ContestState.FINAL:
        raise Refused(
            Refusal(
                "result_final",
                mark("The result is final: the days for objections are over."),
                mark("Please call the office if something is wrong all the same."),
            )
        )
    if open_correction(batch) is not None:
        raise Refused(
            Refusal(
                "correction_waits",
                mark("A correction of this box already waits for a decision."),
                mark("It stands on the page of the box."),
            )
        )
    correction = Correction.objects.create(
        contest=batch.contest,
        batch=batch,
        what=what,
        why=why,
        evidence=evidence,
        asked_by_ref=actor.actor_ref,
    )
    record_event(
        action=Action.CORRECTION_ASKED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        reason=why,
    )
    return correction


@transaction.atomic(durable=True)
def decide_correction(
    *, actor: User, correction_id: int, approved: bool, note: str = ""
) -> CorrectionDecision:
    """Approve or refuse a correction; approval opens a new version of the box to be typed anew."""
    correction = Correction.objects.select_related("batch__contest", "batch__centre").get(
        pk=correction_id
    )
    batch = correction.batch
    if batch is None:
        raise Refused(Refusal("no_box", mark("This correction names no box.")))
    refusal = refuse_unless_role(actor, *DECIDERS, centre=batch.centre)
    if refusal is not None:
        raise Refused(refusal)
    if correction.asked_by_ref == actor.actor_ref:
        raise Refused(
            Refusal(
                "own_correction",
                mark("You cannot decide on a correction that you asked for."),
                mark("Somebody else decides."),
            )
        )
    lock_exclusive(f"contest:{batch.contest_id}")
    batch = locked_batch(batch.pk, *CORRECTABLE)
    if CorrectionDecision.objects.filter(correction=correction).exists():
        raise Refused(
            Refusal(
                "decided_before",
                mark("This correction was decided already."),
                mark("The page of the box shows the decision."),
            )
        )
    contest = Contest.objects.get(pk=batch.contest_id)
    if approved and contest.state not in {
        ContestState.OPEN,
        ContestState.CLOSED,
        ContestState.PUBLISHED,
    }:
        raise Refused(
            Refusal(
                "count_running",
                mark("The votes are being counted at this moment."),
                mark("Please decide when the count is done."),
            )
        )
    decision = CorrectionDecision.objects.create(
        correction=correction,
        approved=approved,
        asked_by_ref=correction.asked_by_ref,
        decided_by_ref=actor.actor_ref,
        note=note,
    )
    record_event(
        action=Action.CORRECTION_APPROVED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        reason=note,
        data={"approved": approved},
    )
    if approved:
        _reopen(batch, contest, actor.actor_ref, correction)
    return decision


def _reopen(batch: Batch, contest: Contest, actor_ref: str, correction: Correction) -> None:
    """A new version of the box, sealed and waiting to be counted and typed again."""
    add_leaf_bytes(
        contest,
        leaf(
            LeafKind.CORRECTION,
            batch=f"{batch.centre.code}-{batch.number}",
            version=batch.version + 1,
            what=correction.what,
        ),
    )
    batch.version += 1
    batch.save(update_fields=["version"])
    step_box(batch, BatchState.SEALED, actor_ref=actor_ref, reason=correction.what)
    record_event(
        action=Action.BATCH_REOPENED,
        actor_ref=actor_ref,
        subject=subject_of_batch(batch),
        reason=correction.what,
        data={"version": batch.version},
    )
    if contest.state == ContestState.PUBLISHED:
        Contest.objects.filter(pk=contest.pk).update(state=ContestState.RECOUNT)
