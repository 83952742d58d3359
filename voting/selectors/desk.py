"""Read what the desk's pages show: votes at a centre, stubs, counts, typing, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q

from hangul.formats import SEOUL
from residents.models import User
from residents.selectors import desk_roles
from voting.models import (
    Batch,
    BatchCount,
    BatchEvent,
    BatchSignature,
    BatchState,
    Contest,
    ContestState,
    Correction,
    PaperStub,
    PromisedLeaf,
    ProvisionalSheet,
    SlotState,
    StubEvent,
)
from voting.reconcile import same_reading
from voting.selectors import last_event_of, refuse_unless_open, refuse_voter, roll_entry_of
from voting.selectors.paper import SheetView, next_sheet, refuse_paper, sheets_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from places.models import Centre
    from proceedings.refusals import Refusal
    from residents.models import Resident
    from voting.log import Json


def find_batch(pk: int) -> Batch | None:
    """A box with its contest and centre; None if there is none."""
    return Batch.objects.select_related("contest__area", "centre").filter(pk=pk).first()


@dataclass(frozen=True)
class PaperStanding:
    """Whether a person at the desk gets a sheet. `web_vote_at`: a web vote that it replaces."""

    resident: Resident
    refusal: Refusal | None
    web_vote_at: datetime | None


def paper_standing(contest: Contest, resident: Resident, now: datetime) -> PaperStanding:
    """Where somebody who stands at the desk stands in a contest."""
    refusal = refuse_unless_open(contest, now)
    return PaperStanding(resident, refusal, None) if refusal else right_standing(contest, resident)


def right_standing(contest: Contest, resident: Resident) -> PaperStanding:
    """The same whatever the hour: what roll and vote right say of somebody."""
    entry = roll_entry_of(contest, resident)
    refusal = refuse_voter(contest, resident, entry)
    slot = getattr(entry, "slot", None) if entry else None
    if entry is None or slot is None or refusal is not None:
        return PaperStanding(resident, refusal, None)
    event = last_event_of(entry)
    refusal = refuse_paper(contest, slot, event)
    replaces = refusal is None and slot.state == SlotState.WEB and event is not None
    return PaperStanding(resident, refusal, event.at_minute if replaces and event else None)


STICKER_STATES = frozenset(
    {
        ContestState.OPEN,
        ContestState.CLOSED,
        ContestState.BOXED,
        ContestState.OPENED,
        ContestState.COUNTED,
        ContestState.DISPUTED,
        ContestState.RECOUNT,
    }
)
"""From the opening until the publication; a later publication may show corrected ones."""


@dataclass(frozen=True)
class ContestAtCentre:
    """A vote at a centre: its boxes there, newest first, and whether one is in use."""

    contest: Contest
    boxes: tuple[Batch, ...]

    @property
    def open_box(self) -> Batch | None:
        """The box into which sheets go now."""
        return next((box for box in self.boxes if box.state == BatchState.OPEN), None)

    @property
    def takes_boxes(self) -> bool:
        """Whether another box may be opened now."""
        is_open = self.contest.paper and self.contest.state == ContestState.OPEN
        return is_open and self.open_box is None

    @property
    def counts_stickers(self) -> bool:
        """Whether stickers may be written down now."""
        return self.contest.stickers and self.contest.state in STICKER_STATES


MOST_AT_DESK = 30
SHOWN_AT_DESK = tuple(
    state for state in ContestState if state not in {ContestState.DRAFT, ContestState.FINAL}
)


def contests_at(centre: Centre) -> list[ContestAtCentre]:
    """The votes with paper or stickers at a centre that are not final: open ones first, then the
    newest.
    """
    boxes = Batch.objects.filter(centre=centre).select_related("centre").order_by("-number")
    contests = (
        Contest.objects.filter(
            Q(paper=True) | Q(stickers=True), centres=centre, state__in=SHOWN_AT_DESK
        )
        .select_related("area")
        .defer("config")
        .prefetch_related(Prefetch("batches", queryset=boxes, to_attr="boxes_here"))
        .order_by("-id")[:MOST_AT_DESK]
    )
    found = [ContestAtCentre(one, tuple(one.boxes_here)) for one in contests]
    return sorted(found, key=lambda one: one.contest.state != ContestState.OPEN)


@dataclass(frozen=True)
class DayRow:
    """What happened to one vote's sheets at one centre on one day."""

    title: str
    issued: int
    spoiled: int
    returned: int
    missing: int

    @property
    def out(self) -> int:
        """Sheets that went into the box or are still with their voters."""
        return self.issued - self.spoiled - self.returned - self.missing


def day_sheet(centre: Centre, day: date) -> list[DayRow]:
    """The day's sheet of a centre: one row for each vote of which a sheet moved that day."""
    begin = datetime.combine(day, time.min, SEOUL)
    hours = (begin, begin + timedelta(days=1))
    stubs = PaperStub.objects.filter(batch__centre=centre, issued_at__range=hours)
    ends = StubEvent.objects.filter(stub__batch__centre=centre, at__range=hours)
    rows: dict[tuple[int, str], dict[str, int]] = {}
    for pk, title, number in stubs.values_list("contest_id", "contest__title").annotate(
        number=Count("*")
    ):
        rows.setdefault((pk, title), {})["issued"] = number
    for pk, title, kind, number in (
        ends.exclude(kind="cast")
        .values_list("stub__contest_id", "stub__contest__title", "kind")
        .annotate(number=Count("*"))
    ):
        rows.setdefault((pk, title), {})[kind] = number
    kinds = ("issued", "spoiled", "returned", "missing")
    return [
        DayRow(title, *(found.get(kind, 0) for kind in kinds))
        for (_pk, title), found in sorted(rows.items())
    ]


@dataclass(frozen=True)
class StubSums:
    """What became of a box's stubs so far; `out` is with voters, or in the box."""

    issued: int
    out: int
    spoiled: int
    returned: int
    missing: int


def stub_sums(batch: Batch) -> StubSums:
    """A box's stubs by what became of their sheets."""
    found = dict(batch.stubs.values_list("events__kind").annotate(number=Count("*")).order_by())
    ended = {kind: found.get(kind, 0) for kind in ("spoiled", "returned", "missing")}
    issued = sum(found.values())
    return StubSums(issued, issued - sum(ended.values()), **ended)


def stub_of(batch: Batch, serial: int) -> PaperStub | None:
    """One stub of a box with what became of its sheet."""
    return (
        batch.stubs.filter(serial=serial)
        .select_related("replaces", "replaced_by")
        .prefetch_related("events")
        .first()
    )


def provisional_sheets(batch: Batch) -> list[ProvisionalSheet]:
    """A box's provisional envelopes, in order, each with its decision and stub if there is one."""
    return list(batch.provisional_sheets.select_related("decision__stub"))


def provisional_sheet(batch: Batch, number: int) -> ProvisionalSheet | None:
    """One provisional envelope of a box with its decision."""
    return batch.provisional_sheets.select_related("decision__stub").filter(number=number).first()


@dataclass(frozen=True)
class CountStanding:
    """Where the hand count stands for one person, without the figures of anybody.

    `differing` names what differed in the round before this one.
    """

    round: int
    by_me: bool
    by_others: int
    differing: tuple[str, ...]


COUNTED_THINGS = ("sheets", "stubs", "signatures")


def count_standing(batch: Batch, actor_ref: str) -> CountStanding:
    """Which round of counting is on, who of two has counted, and what differed before."""
    rounds: dict[int, list[BatchCount]] = {}
    for row in batch.counts.filter(version=batch.version).order_by("id"):
        rounds.setdefault(row.round, []).append(row)
    last = max(rounds, default=1)
    pair = rounds.get(last, [])
    before = rounds.get(last - 1, [])
    if len(pair) >= 2:
        last, pair, before = last + 1, [], pair
    differing = tuple(
        thing for thing in COUNTED_THINGS if len({getattr(row, thing) for row in before}) > 1
    )
    mine = any(row.counted_by_ref == actor_ref for row in pair)
    return CountStanding(last, mine, len(pair) - mine, differing)


def counts_of(batch: Batch) -> list[BatchCount]:
    """Every hand count of the present version, in order; for pages after the count is agreed."""
    return list(batch.counts.filter(version=batch.version).order_by("id"))


def corrections_of(batch: Batch) -> list[Correction]:
    """All corrections asked for a box, newest first, each with its decision if there is one."""
    return list(Correction.objects.filter(batch=batch).select_related("decision"))


def find_correction(pk: int) -> Correction | None:
    """A correction of a box, with box and decision; None if there is none."""
    return (
        Correction.objects.filter(pk=pk, batch__isnull=False)
        .select_related("batch__contest__area", "batch__centre", "decision")
        .first()
    )


@dataclass(frozen=True)
class CertifiedVersion:
    """The figures of a box as they were certified, as they stand in the record."""

    version: int
    at: datetime
    figures: Mapping[str, Json]


def certified_versions(batch: Batch) -> list[CertifiedVersion]:
    """Every certified version of a box, newest first; an older one stays readable."""
    events = BatchEvent.objects.filter(batch=batch, to_state=BatchState.CERTIFIED)
    return [CertifiedVersion(e.version, e.at, e.data) for e in events.order_by("-version")]


@dataclass(frozen=True)
class Signed:
    """A signature under a box: who, at which desk role, when, over which digest."""

    name: str
    role: str
    at: datetime
    digest: str
    actor_ref: str


def signatures_of(batch: Batch) -> list[Signed]:
    """The signatures under the present version of a box, in order."""
    rows = list(BatchSignature.objects.filter(batch=batch, version=batch.version).order_by("id"))
    users = users_of([row.signed_by_ref for row in rows])
    return [
        Signed(
            name=users[row.signed_by_ref].name if row.signed_by_ref in users else "",
            role=_role_at(users.get(row.signed_by_ref), batch.centre),
            at=row.at,
            digest=row.digest,
            actor_ref=row.signed_by_ref,
        )
        for row in rows
    ]


def users_of(refs: Sequence[str]) -> dict[str, User]:
    """Accounts by the opaque reference under which the record knows them."""
    plain = [ref.removeprefix("user:") for ref in refs if ref.startswith("user:")]
    return {user.actor_ref: user for user in User.objects.filter(ref__in=plain)}


def _role_at(user: User | None, centre: Centre) -> str:
    roles = desk_roles(user) if user else []
    return next((str(r.get_kind_display()) for r in roles if r.centre_id == centre.pk), "")


def batch_leaf_hash(batch: Batch) -> str:
    """The hash of the log's leaf that holds the digest of a certified box; empty without one."""
    signed = BatchSignature.objects.filter(batch=batch, version=batch.version).last()
    if signed is None:
        return ""
    found = PromisedLeaf.objects.filter(
        contest_id=batch.contest_id, kind="batch", data__contains=signed.digest
    ).last()
    return found.leaf_hash if found else ""


@dataclass(frozen=True)
class TypingQuality:
    """How often one person's blind reading was not the one that counts in the end."""

    actor_ref: str
    typed: int
    wrong: int


def typing_quality(batch: Batch) -> list[TypingQuality]:
    """Everybody's readings in the blind passes held against the final ones, once compared."""
    sums: dict[str, list[int]] = {}
    for view in sheets_of(batch):
        final = view.fold.final
        if final is None:
            continue
        for entry in view.entries:
            if entry.pass_number < 3:
                found = sums.setdefault(entry.typed_by, [0, 0])
                found[0] += 1
                found[1] += not same_reading(entry.reading, final)
    return [TypingQuality(ref, typed, wrong) for ref, (typed, wrong) in sorted(sums.items())]


def unsettled_sheet(batch: Batch, actor_ref: str) -> SheetView | None:
    """The next sheet that waits for a third reading and that `actor_ref` has not typed."""
    task = next_sheet(batch, actor_ref, 3)
    if task is None:
        return None
    return next(view for view in sheets_of(batch) if view.sheet.pk == task.sheet.pk)
