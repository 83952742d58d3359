"""The paper channel: hand out, seal, count, type twice, compare, reconcile, certify.

Rules of the table in `docs/paper.md`: the vote right is taken when the sheet is handed out; a
serial is only on the stub; two people open, count, type and sign; certified boxes post into the
same ballot box as the web.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, Max

from proceedings.audit import Action
from proceedings.locks import lock_exclusive, lock_shared
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from voting.ballots import SheetKind, read_sheet
from voting.bundle import batch_leaf
from voting.log import LeafKind, canonical, digest, leaf
from voting.models import (
    Ballot,
    Batch,
    BatchCount,
    BatchEvent,
    BatchReason,
    BatchSignature,
    BatchState,
    Contest,
    ContestState,
    Correction,
    CorrectionDecision,
    Entry,
    PaperStub,
    RollEntry,
    Sheet,
    SlotEvent,
    SlotState,
    StubEvent,
)
from voting.reconcile import Equation, ReasonCode, refuse_certification, refuse_entry
from voting.selectors import (
    ballot_design,
    database_now,
    key_of,
    last_event_of,
    refuse_unless_open,
    refuse_voter,
)
from voting.selectors.paper import (
    batch_differences,
    batch_figures,
    batch_progress,
    needs_third_pass,
    open_correction,
    provisional_sums,
    refuse_paper,
    sheet_entries,
    sheets_of,
    typing_disagreement,
)
from voting.services.leaves import add_leaf_bytes
from voting.services.slots import move_slot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from places.models import Centre
    from residents.models import Resident, User

DESK = (RoleKind.CLERK, RoleKind.COORDINATOR)
DECIDERS = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR)
"""Who decides on a correction: a coordinator of the box's centre, or the office."""
MOST_SPOILED = 2
"""How many spoiled sheets of one person are replaced."""
ASSISTED = "assisted"
"""Noted on the move of a vote right whose holder asked for help with marking."""
SLOT_MOVED = Refusal(
    "slot_busy", mark("The vote right moved at this moment."), mark("Look the person up again.")
)
ENVELOPES_WAIT = Refusal(
    "envelopes_wait",
    mark("There are provisional envelopes on which nobody has decided yet."),
    mark("Hold each of them against the roll first: page “Provisional envelopes” of the box."),
)
MOST_PRINTED = 300
"""How many blank sheets are printed at once."""
CORRECTABLE = (
    BatchState.COUNTED,
    BatchState.ENTERING,
    BatchState.COMPARED,
    BatchState.RECONCILED,
    BatchState.CERTIFIED,
)
"""A box goes back to be counted again only by a correction, from any step after the count."""


def refuse_unless_desk(actor: User, centre: Centre) -> None:
    """Raise Refused for everybody but clerks and coordinators of the centre."""
    refusal = refuse_unless_role(actor, *DESK, centre=centre)
    if refusal is not None:
        raise Refused(refusal)


def subject_of_batch(batch: Batch) -> str:
    """The box's name in the record."""
    return f"voting.batch:{batch.pk}"


def _step(
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
    _step(
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
        _step(
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
        _step(batch, BatchState.ENTERING, actor_ref=actor.actor_ref)
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
    _step(batch, BatchState.COMPARED, actor_ref=actor_ref, data=data)
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
        _step(batch, BatchState.RECONCILED, actor_ref=actor.actor_ref, data=figures.to_json())
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
    _step(batch, BatchState.CERTIFIED, actor_ref=actor_ref, data=figures.to_json())
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
    _step(batch, BatchState.SEALED, actor_ref=actor_ref, reason=correction.what)
    record_event(
        action=Action.BATCH_REOPENED,
        actor_ref=actor_ref,
        subject=subject_of_batch(batch),
        reason=correction.what,
        data={"version": batch.version},
    )
    if contest.state == ContestState.PUBLISHED:
        Contest.objects.filter(pk=contest.pk).update(state=ContestState.RECOUNT)
