"""Two people sign a box whose equations hold or are explained; then it posts its ballots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from proceedings.audit import Action
from proceedings.locks import lock_shared
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.bundle import batch_leaf
from voting.log import canonical, digest
from voting.models import Ballot, Batch, BatchReason, BatchSignature, BatchState
from voting.reconcile import Equation, ReasonCode, refuse_certification
from voting.selectors.paper import batch_differences, batch_figures, batch_progress, sheets_of
from voting.services.leaves import add_leaf_bytes
from voting.services.paper.boxes import locked_batch, refuse_unless_desk, step_box, subject_of_batch

if TYPE_CHECKING:
    from residents.models import User


@transaction.atomic(durable=True)
def explain_difference(
    *, actor: User, batch_id: int, equation: str, code: str, note: str
) -> BatchReason:
    """Give the reason for an equation that does not hold; some cannot be explained away."""
    batch = locked_batch(batch_id, BatchState.COMPARED)
    refuse_unless_desk(actor, batch.centre)
    wrong = {d.equation: d for d in batch_differences(batch)}
    if equation not in wrong or wrong[Equation(equation)].blocking or code not in set(ReasonCode):
        raise Refused(
            Refusal(
                "no_reason_possible",
                mark("No reason can be given here."),
                mark("Count again and correct what was recorded."),
            )
        )
    if code == ReasonCode.OTHER and not note.strip():
        raise Refused(
            Refusal(
                "note_missing",
                mark("Another reason needs a note."),
                mark("Say in a sentence what happened."),
                form_field="note",
            )
        )
    if batch.reasons.filter(version=batch.version, equation=equation).exists():
        raise Refused(
            Refusal(
                "reason_given",
                mark("A reason was already given for this."),
                mark("It stands in the record; read it on the page of the box."),
            )
        )
    given = BatchReason.objects.create(
        batch=batch,
        version=batch.version,
        equation=equation,
        code=code,
        note=note,
        given_by_ref=actor.actor_ref,
    )
    record_event(
        action=Action.BATCH_EXPLAINED,
        actor_ref=actor.actor_ref,
        subject=subject_of_batch(batch),
        reason=note or code,
        data={"equation": equation, "code": code, "version": batch.version},
    )
    return given


@transaction.atomic(durable=True)
def sign_batch(*, actor: User, batch_id: int) -> Batch:
    """Sign a box whose equations hold (or are explained); the second signature certifies it.

    Certifying posts its ballots into the contest's box and writes its figures into the log.
    """
    contest_id = Batch.objects.values_list("contest_id", flat=True).get(pk=batch_id)
    lock_shared(f"contest:{contest_id}")
    batch = locked_batch(batch_id, BatchState.COMPARED, BatchState.RECONCILED)
    refuse_unless_desk(actor, batch.centre)
    if batch_progress(batch).unsettled:
        raise Refused(
            Refusal(
                "sheets_differ",
                mark("There are sheets on which the two passes differ."),
                mark("A third person settles them first."),
            )
        )
    figures = batch_figures(batch)
    refusal = refuse_certification(figures)
    if refusal is not None:
        raise Refused(refusal)
    signed = BatchSignature.objects.filter(batch=batch, version=batch.version)
    if signed.filter(signed_by_ref=actor.actor_ref).exists():
        raise Refused(
            Refusal(
                "signed_before",
                mark("You have signed this box."),
                mark("Now a second person signs with their own account."),
            )
        )
    BatchSignature.objects.create(
        batch=batch,
        version=batch.version,
        digest=digest(canonical(figures.to_json())),
        signed_by_ref=actor.actor_ref,
    )
    if batch.state == BatchState.COMPARED:
        step_box(batch, BatchState.RECONCILED, actor_ref=actor.actor_ref, data=figures.to_json())
        record_event(
            action=Action.BATCH_RECONCILED,
            actor_ref=actor.actor_ref,
            subject=subject_of_batch(batch),
        )
    else:
        _certify(batch, actor.actor_ref)
    return batch


def _certify(batch: Batch, actor_ref: str) -> None:
    figures = batch_figures(batch)
    step_box(batch, BatchState.CERTIFIED, actor_ref=actor_ref, data=figures.to_json())
    rows = [
        Ballot(
            contest=batch.contest,
            marks=view.fold.final.marks,
            channel="paper",
            batch=batch,
            batch_version=batch.version,
            sheet_number=view.sheet.number,
        )
        for view in sheets_of(batch)
        if view.fold.final is not None and view.fold.final.marks is not None
    ]
    rows.sort(key=lambda row: (row.marks, row.pk))
    Ballot.objects.bulk_create(rows, batch_size=2000)
    add_leaf_bytes(batch.contest, batch_leaf(figures))
    record_event(
        action=Action.BATCH_CERTIFIED,
        actor_ref=actor_ref,
        subject=subject_of_batch(batch),
        data={"posted": len(rows), "version": batch.version},
    )
