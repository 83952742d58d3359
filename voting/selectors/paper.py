"""Read the paper channel: boxes, sheets, what is left to type, whether the figures fit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from proceedings.refusals import Refusal, mark
from voting.ballots import Marks, SheetKind, SheetReading
from voting.models import (
    Batch,
    BatchCount,
    BatchSignature,
    BatchState,
    Correction,
    Entry,
    PaperStub,
    Sheet,
    SlotState,
)
from voting.reconcile import (
    PROVISIONAL_FIGURES,
    THIRD_PASS_ABOVE,
    BatchCounts,
    Difference,
    SheetEntry,
    SheetFold,
    check_batch,
    count_readings,
    disagreement,
    fold_sheet,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from django.db.models import QuerySet

    from places.models import Centre
    from voting.models import Contest, Publication, Slot, SlotEvent

COMPARED_STATES = (BatchState.COMPARED, BatchState.RECONCILED, BatchState.CERTIFIED)


@dataclass(frozen=True)
class SheetView:
    """A sheet with its entries and what they make."""

    sheet: Sheet
    entries: tuple[SheetEntry, ...]
    fold: SheetFold


def reading_of(entry: Entry) -> SheetReading:
    """What a stored entry says."""
    marks = Marks(entry.marks) if entry.marks else None
    return SheetReading(SheetKind(entry.kind), marks, entry.void_reason)


def sheet_entries(sheet: Sheet) -> tuple[SheetEntry, ...]:
    """A sheet's entries as plain values (uses prefetched rows if there are any)."""
    return tuple(
        SheetEntry(entry.pass_number, reading_of(entry), entry.typed_by_ref)
        for entry in sheet.entries.all()
    )


def sheets_of(batch: Batch, *, compared: bool | None = None) -> list[SheetView]:
    """All sheets of a box's present version, in order, each with its entries."""
    if compared is None:
        compared = batch.state in COMPARED_STATES
    sheets = batch.sheets.filter(version=batch.version).prefetch_related("entries")
    views = []
    for sheet in sheets.order_by("number"):
        entries = sheet_entries(sheet)
        views.append(SheetView(sheet, entries, fold_sheet(entries, compared=compared)))
    return views


@dataclass(frozen=True)
class TypingTask:
    """The next sheet one person may type: which, in which pass, and how many are left."""

    sheet: Sheet
    pass_number: int
    done: int
    total: int


def next_sheet(
    batch: Batch, actor_ref: str, pass_number: int, *, start: int | None = None
) -> TypingTask | None:
    """The next sheet that `actor_ref` may type in `pass_number`; None when none is left.

    Pass 1 goes in the order of the stamped numbers, pass 2 backwards, so that the same slip is
    not made twice at the same place; nobody gets a sheet they have typed before. With `start` the
    search begins at that number and goes once round, so that two people can share a pass. Pass 3
    has only the sheets that wait for a third reading.
    """
    sheets = list(
        batch.sheets.filter(version=batch.version)
        .annotate(
            mine=Count("entries", filter=Q(entries__typed_by_ref=actor_ref)),
            taken=Count("entries", filter=Q(entries__pass_number=pass_number)),
        )
        .order_by("number" if pass_number != 2 else "-number")
    )
    if pass_number == 3:
        progress = batch_progress(batch)
        if not progress.third_pass:
            sheets = [one for one in sheets if one.number in progress.differing]
    total = len(sheets)
    done = sum(1 for sheet in sheets if sheet.taken)
    numbers = [sheet.number for sheet in sheets]
    begin = numbers.index(start) if start in numbers else 0
    for sheet in sheets[begin:] + sheets[:begin]:
        if not sheet.mine and not sheet.taken:
            return TypingTask(sheet, pass_number, done, total)
    return None


def entry_of(batch: Batch, number: int, actor_ref: str) -> Entry | None:
    """What one person typed for one sheet: their own reading, nobody else's."""
    return Entry.objects.filter(
        sheet__batch=batch,
        sheet__version=batch.version,
        sheet__number=number,
        typed_by_ref=actor_ref,
    ).first()


@dataclass(frozen=True)
class PassStanding:
    """Where one pass stands for one person: how many sheets are typed, and how many by them."""

    number: int
    done: int
    total: int
    mine: int

    @property
    def is_complete(self) -> bool:
        """Whether every sheet has been read in this pass."""
        return self.done >= self.total


def pass_standings(batch: Batch, actor_ref: str) -> tuple[PassStanding, PassStanding]:
    """Both blind passes over the box's present version, as one person may know them."""
    entries = Entry.objects.filter(sheet__batch=batch, sheet__version=batch.version)
    total = batch.sheets.filter(version=batch.version).count()
    found = {
        row["pass_number"]: row
        for row in entries.values("pass_number")
        .annotate(done=Count("pk"), mine=Count("pk", filter=Q(typed_by_ref=actor_ref)))
        .order_by()
    }
    none = {"done": 0, "mine": 0}
    first, second = (found.get(number, none) for number in (1, 2))
    return (
        PassStanding(1, first["done"], total, first["mine"]),
        PassStanding(2, second["done"], total, second["mine"]),
    )


def open_box_at(contest: Contest, centre: Centre) -> Batch | None:
    """The box into which a centre's sheets go at this moment."""
    return Batch.objects.filter(contest=contest, centre=centre, state=BatchState.OPEN).first()


def boxes_at(centre: Centre) -> QuerySet[Batch]:
    """A centre's boxes, newest first."""
    return Batch.objects.filter(centre=centre).select_related("contest").order_by("-id")


def stubs_with_ends(batch: Batch) -> QuerySet[PaperStub]:
    """A box's stubs with what became of each sheet (`end`: '' while it is out)."""
    return batch.stubs.select_related("roll_entry").prefetch_related("events").order_by("serial")


def agreed_count(batch: Batch) -> BatchCount | None:
    """The hand count on which two different people agree, newest round; None before that."""
    rounds: dict[int, list[BatchCount]] = {}
    for count in batch.counts.filter(version=batch.version).order_by("id"):
        rounds.setdefault(count.round, []).append(count)
    for number in sorted(rounds, reverse=True):
        pair = rounds[number]
        same = {(c.sheets, c.stubs, c.signatures) for c in pair}
        if len(pair) == 2 and len(same) == 1:
            return pair[0]
    return None


def batch_figures(batch: Batch) -> BatchCounts:
    """All figures of a box for its equations; sheets not yet settled count as nothing."""
    ends = {
        kind: batch.stubs.filter(events__kind=kind).count()
        for kind in ("spoiled", "returned", "missing")
    }
    hand = agreed_count(batch)
    settled = [view.fold.final for view in sheets_of(batch, compared=True) if view.fold.final]
    kinds = count_readings(settled)
    envelopes = provisional_sums(batch)
    return BatchCounts(
        key=f"{batch.centre.code}-{batch.number}",
        centre=batch.centre.name,
        version=batch.version,
        stubs=batch.stubs.count(),
        stubs_counted=hand.stubs if hand else 0,
        signatures=hand.signatures if hand else 0,
        slots=cast_slots(batch),
        sheets=hand.sheets if hand else 0,
        spoiled=ends["spoiled"],
        returned=ends["returned"],
        missing=ends["missing"],
        valid=kinds[SheetKind.VALID],
        blank=kinds[SheetKind.BLANK],
        void=kinds[SheetKind.VOID],
        unreadable=kinds[SheetKind.UNREADABLE],
        reasons={
            reason.equation: reason.code for reason in batch.reasons.filter(version=batch.version)
        },
        provisional=envelopes.received,
        accepted=envelopes.accepted,
        rejected=envelopes.rejected,
    )


@dataclass(frozen=True)
class ProvisionalSums:
    """A box's provisional envelopes by what two people decided."""

    received: int
    accepted: int
    rejected: int

    @property
    def waiting(self) -> int:
        """Envelopes that nobody has held against the roll yet."""
        return self.received - self.accepted - self.rejected


def provisional_sums(batch: Batch) -> ProvisionalSums:
    """How many provisional envelopes a box got, and what became of them; one query."""
    found = batch.provisional_sheets.aggregate(
        received=Count("pk"),
        accepted=Count("pk", filter=Q(decision__accepted=True)),
        rejected=Count("pk", filter=Q(decision__accepted=False)),
    )
    return ProvisionalSums(**found)


def published_envelopes(publication: Publication) -> ProvisionalSums:
    """The same over all boxes of a publication, as its figures tell it."""
    boxes = json.loads(publication.reconciliation)["batches"]
    received, accepted, rejected = (
        sum(box.get(name, 0) for box in boxes) for name in PROVISIONAL_FIGURES
    )
    return ProvisionalSums(received, accepted, rejected)


def cast_slots(batch: Batch) -> int:
    """How many people are recorded as having voted with a sheet of this box."""
    return (
        batch.stubs.filter(events__kind="cast", roll_entry__slot__state=SlotState.PAPER_CAST)
        .values("roll_entry")
        .distinct()
        .count()
    )


def batch_differences(batch: Batch) -> list[Difference]:
    """Which equations of the box do not hold."""
    return check_batch(batch_figures(batch))


def typing_disagreement(batch: Batch) -> Fraction:
    """Share of sheets on which the two passes differed."""
    return disagreement([view.fold for view in sheets_of(batch, compared=True)])


LEAST_DIFFERING = 3
"""Below this many differing sheets a high share says little, and only those are typed again."""


def needs_third_pass(batch: Batch) -> bool:
    """Whether the passes differ so often that the whole box is typed a third time (ADR 0003)."""
    return _asks_for_third_pass(sheets_of(batch, compared=True))


def _asks_for_third_pass(views: Sequence[SheetView]) -> bool:
    folds = [view.fold for view in views]
    differing = sum(1 for fold in folds if fold.differed)
    return differing >= LEAST_DIFFERING and disagreement(folds) > THIRD_PASS_ABOVE


@dataclass(frozen=True)
class BatchProgress:
    """How far a box has been typed. Where the passes differ is told once both are complete."""

    sheets: int
    first: int
    second: int
    differing: tuple[int, ...]
    unsettled: tuple[int, ...]
    third_pass: bool


def batch_progress(batch: Batch) -> BatchProgress:
    """Sheets typed once and twice; and, when both passes are complete, what is left to settle."""
    return _progress_of(sheets_of(batch, compared=True))


def _progress_of(views: Sequence[SheetView]) -> BatchProgress:
    second = sum(1 for v in views if len(v.entries) > 1)
    complete = second == len(views)
    third = complete and _asks_for_third_pass(views)
    return BatchProgress(
        sheets=len(views),
        first=sum(1 for v in views if v.entries),
        second=second,
        differing=tuple(v.sheet.number for v in views if complete and v.fold.differed),
        unsettled=tuple(
            v.sheet.number
            for v in views
            if complete and (v.fold.final is None or (third and len(v.entries) < 3))
        ),
        third_pass=third,
    )


@dataclass(frozen=True)
class Settling:
    """What of a compared box waits for a third reading, and whether one person may give it."""

    unsettled: tuple[int, ...]
    third_pass: bool
    by_me: bool


def settling_of(boxes: Iterable[Batch], actor_ref: str) -> dict[int, Settling]:
    """For the boxes among these that are compared, by number of the row; two queries at most."""
    compared = [box.pk for box in boxes if box.state == BatchState.COMPARED]
    views: dict[int, list[SheetView]] = {pk: [] for pk in compared}
    if compared:
        sheets = Sheet.objects.filter(batch__in=compared, version=F("batch__version"))
        for sheet in sheets.prefetch_related("entries").order_by("number"):
            entries = sheet_entries(sheet)
            views[sheet.batch_id].append(
                SheetView(sheet, entries, fold_sheet(entries, compared=True))
            )
    return {pk: _settling(found, actor_ref) for pk, found in views.items()}


def _settling(views: Sequence[SheetView], actor_ref: str) -> Settling:
    progress = _progress_of(views)
    by_me = any(
        view.sheet.number in progress.unsettled
        and all(entry.typed_by != actor_ref for entry in view.entries)
        for view in views
    )
    return Settling(progress.unsettled, progress.third_pass, by_me)


def signed_by(boxes: Iterable[Batch], actor_ref: str) -> set[int]:
    """Those of these boxes that wait for a second signature, the first being this person's."""
    waiting = [box.pk for box in boxes if box.state == BatchState.RECONCILED]
    if not waiting:
        return set()
    signed = BatchSignature.objects.filter(
        batch__in=waiting, version=F("batch__version"), signed_by_ref=actor_ref
    )
    return set(signed.values_list("batch", flat=True))


def refuse_paper(contest: Contest, slot: Slot, event: SlotEvent | None) -> Refusal | None:
    """Why the desk may not hand out a sheet for this vote right; to the clerk, naming channel,
    minute and centre, never a choice. None if it may.
    """
    params = {
        "when": event.at_minute if event else "",
        "where": event.centre.name if event and event.centre else "",
    }
    if slot.state == SlotState.WEB and contest.paper_over_web != "replace":
        return Refusal(
            "voted_on_web",
            mark("This person voted on the web at %(when)s; here paper does not replace that."),
            mark("They can still change their web vote until the close, if the rules allow."),
            params,
        )
    if slot.state == SlotState.PAPER_ISSUED:
        return Refusal(
            "paper_issued",
            mark("This person was handed a ballot paper at %(where)s at %(when)s."),
            mark("It goes into the box there. If it is handed back unused there, they can vote."),
            params,
        )
    if slot.state == SlotState.PAPER_CAST:
        return Refusal(
            "already_voted",
            mark("This person voted on paper at %(where)s at %(when)s."),
            mark("One person can vote once."),
            params,
        )
    if slot.state == SlotState.VOIDED:
        return Refusal(
            "voided",
            mark("The vote right of this person was voided by two people."),
            mark("Please call the office; they know why."),
        )
    return None


def open_correction(batch: Batch) -> Correction | None:
    """A correction of the box that waits for a decision."""
    return Correction.objects.filter(batch=batch, decision__isnull=True).first()
