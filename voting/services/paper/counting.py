"""A sealed box is counted and its sheets typed twice, apart; differences go to a third person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Max

from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.ballots import SheetKind, read_sheet
from voting.models import Batch, BatchCount, BatchState, Entry, Sheet
from voting.reconcile import refuse_entry
from voting.selectors import ballot_design
from voting.selectors.paper import (
    batch_progress,
    needs_third_pass,
    sheet_entries,
    typing_disagreement,
)
from voting.services.paper.boxes import locked_batch, refuse_unless_desk, step_box, subject_of_batch

if TYPE_CHECKING:
    from residents.models import User


@transaction.atomic(durable=True)
def record_count(*, actor: User, batch_id: int, sheets: int, stubs: int, signatures: int) -> Batch:
    """Write one person's count of the opened box; two equal counts number the sheets.

    Two different counts begin another round; both stay in the record.
    """
    batch = locked_batch(batch_id, BatchState.SEALED)
    refuse_unless_desk(actor, batch.centre)
    counts = BatchCount.objects.filter(batch=batch, version=batch.version)
    last_round = counts.aggregate(last=Max("round"))["last"] or 1
    this_round = counts.filter(round=last_round)
    if this_round.count() >= 2:
        last_round += 1
        this_round = counts.filter(round=last_round)
    if this_round.filter(counted_by_ref=actor.actor_ref).exists():
        raise Refused(
            Refusal(
                "counted_before",
                mark("You have counted in this round."),
                mark("Now somebody else counts, without looking at your figures."),
            )
        )
    BatchCount.objects.create(
        batch=batch,
        version=batch.version,
        round=last_round,
        sheets=sheets,
        stubs=stubs,
        signatures=signatures,
        counted_by_ref=actor.actor_ref,
    )
    pair = list(this_round.values_list("sheets", "stubs", "signatures"))
    if len(pair) == 2 and pair[0] == pair[1]:
        Sheet.objects.bulk_create(
            Sheet(batch=batch, version=batch.version, number=number)
            for number in range(1, sheets + 1)
        )
        step_box(
            batch,
            BatchState.COUNTED,
            actor_ref=actor.actor_ref,
            data={"sheets": sheets, "stubs": stubs, "signatures": signatures},
        )
        record_event(
            action=Action.BATCH_COUNTED,
            actor_ref=actor.actor_ref,
            subject=subject_of_batch(batch),
            data={"sheets": sheets, "stubs": stubs, "signatures": signatures},
        )
        if sheets == 0:
            _compare(batch, actor.actor_ref)
    return batch


@dataclass(frozen=True)
class SheetTyping:
    """What somebody typed for a sheet: marks, or that it is blank, void or unreadable."""

    raw: object
    declared: SheetKind | None = None
    why: str = ""


@transaction.atomic(durable=True)
def enter_sheet(
    *, actor: User, batch_id: int, number: int, pass_number: int, typing: SheetTyping
) -> Entry:
    """Store what one person read on one sheet in one pass.

    When both passes are complete they are compared; sheets that differ wait for a third person.
    """
    batch = locked_batch(batch_id, BatchState.COUNTED, BatchState.ENTERING, BatchState.COMPARED)
    refuse_unless_desk(actor, batch.centre)
    sheet = Sheet.objects.filter(batch=batch, version=batch.version, number=number).first()
    if sheet is None:
        raise Refused(
            Refusal(
                "no_such_sheet",
                mark("This box has no sheet %(number)s."),
                mark(
                    "The number is stamped on the sheet; sheets run from 1 to the number counted."
                ),
                {"number": number},
                form_field="number",
            )
        )
    if pass_number == 3 and batch.state != BatchState.COMPARED:
        raise Refused(
            Refusal(
                "passes_incomplete",
                mark("Sheets are settled once both passes are complete."),
                mark("Until then nobody sees where they differ."),
            )
        )
    refusal = refuse_entry(
        sheet_entries(sheet),
        pass_number=pass_number,
        typed_by=actor.actor_ref,
        third_pass=batch.state == BatchState.COMPARED and needs_third_pass(batch),
    )
    if refusal is not None:
        raise Refused(refusal)
    reading = read_sheet(
        ballot_design(batch.contest), typing.raw, declared=typing.declared, why=typing.why
    )
    if isinstance(reading, Refusal):
        raise Refused(reading)
    entry = Entry.objects.create(
        sheet=sheet,
        pass_number=pass_number,
        kind=reading.kind.value,
        marks=reading.marks or "",
        void_reason=reading.why,
        typed_by_ref=actor.actor_ref,
    )
    if batch.state == BatchState.COUNTED:
        step_box(batch, BatchState.ENTERING, actor_ref=actor.actor_ref)
    _note_pass(batch, pass_number, actor.actor_ref)
    _compare(batch, actor.actor_ref)
    return entry


def _note_pass(batch: Batch, pass_number: int, actor_ref: str) -> None:
    """Record the end of a pass; where the third one ends is told by the signatures."""
    left = batch.sheets.filter(version=batch.version).exclude(entries__pass_number=pass_number)
    if pass_number == 3 or left.exists():
        return
    record_event(
        action=Action.BATCH_ENTERED,
        actor_ref=actor_ref,
        subject=subject_of_batch(batch),
        data={"pass": pass_number, "version": batch.version},
    )


def _compare(batch: Batch, actor_ref: str) -> None:
    """Compare once both passes are complete; where they differ a third person settles it."""
    sheets = batch.sheets.filter(version=batch.version).annotate(read=Count("entries"))
    if batch.state == BatchState.COMPARED or sheets.filter(read__lt=2).exists():
        return
    data = _compare_data(batch)
    step_box(batch, BatchState.COMPARED, actor_ref=actor_ref, data=data)
    record_event(
        action=Action.BATCH_COMPARED,
        actor_ref=actor_ref,
        subject=subject_of_batch(batch),
        data=data,
    )


def _compare_data(batch: Batch) -> dict[str, object]:
    progress = batch_progress(batch)
    share = typing_disagreement(batch)
    return {
        "sheets": progress.sheets,
        "differing": len(progress.differing),
        "disagreement": f"{share.numerator}/{share.denominator}",
    }
