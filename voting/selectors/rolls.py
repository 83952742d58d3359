"""Read a contest's roll for the office: how many, whence, what waits, one person's vote right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import gettext

from residents.selectors import eligible_residents
from voting.models import (
    ContestState,
    PaperStub,
    RollRequest,
    Slot,
    SlotEvent,
    SlotState,
)
from voting.selectors import key_of, roll_entry_of
from voting.selectors.desk import users_of
from voting.selectors.imports import roll_facts, roll_import_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from residents.models import Resident
    from voting.models import Contest, RollEntry, RollImport

LEAST_SHOWN = 10
"""Figures of fewer people than this are merged with others."""
BEFORE_OPENING = (ContestState.DRAFT, ContestState.FROZEN)
MOST_REQUESTS = 50


def sheet_is_out(entry: RollEntry) -> bool:
    """Whether a ballot paper of this person is with them, or in a box that is still in use."""
    return PaperStub.objects.filter(roll_entry=entry, events__isnull=True).exists()


def waiting_request(contest: Contest, person_key: str) -> RollRequest | None:
    """The change asked for one person that nobody has decided on yet."""
    return RollRequest.objects.filter(
        contest=contest, person_key=person_key, decision__isnull=True
    ).first()


def merge_small(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Areas with their numbers, those of fewer than ten people together in a last row.

    If even together they are fewer than ten, the smallest of the others joins them.
    """
    ordered = sorted(rows, key=lambda row: (-row[1], row[0]))
    shown = [row for row in ordered if row[1] >= LEAST_SHOWN]
    small = [row for row in ordered if row[1] < LEAST_SHOWN]
    while small and shown and sum(number for _name, number in small) < LEAST_SHOWN:
        small.append(shown.pop())
    shown.sort()
    rest = sum(number for _name, number in small)
    if not shown and rest < LEAST_SHOWN:
        return []  # so few people that no place is named at all
    return [*shown, *([(gettext("Other areas"), rest)] if small else [])]


@dataclass(frozen=True)
class RollFigures:
    """A roll as its page shows it. `source` is `import`, `built`, `will_build` or `rolling`.

    Before the opening these are the figures of the imported roll, or of the residents who would be
    entered if it opened now (then there is no digest yet).
    """

    people: int
    digest: str
    source: str
    areas: tuple[tuple[str, int], ...]
    came: int = 0
    added: int = 0
    voided: int = 0


def roll_figures(contest: Contest) -> RollFigures:
    """How many are on the roll, where they belong, where the roll comes from."""
    if contest.state not in BEFORE_OPENING:
        return _opened_figures(contest)
    imported = roll_import_of(contest)
    if contest.roll_mode == "fixed" and imported is not None:
        areas = _by_area(imported.lines.all())
        return RollFigures(imported.people, imported.digest, "import", tuple(merge_small(areas)))
    found = _by_area(
        eligible_residents(
            area=contest.area,
            bases=contest.bases,
            min_age=contest.min_age,
            age_on=contest.age_on,
        )
    )
    source = "will_build" if contest.roll_mode == "fixed" else "rolling"
    people = sum(number for _name, number in found)
    return RollFigures(people, "", source, tuple(merge_small(found)))


def _by_area(people: QuerySet[Any]) -> list[tuple[str, int]]:
    """How many people each dong has: of residents, of lines or of entries."""
    rows = people.values_list("area__name").annotate(number=Count("*")).order_by()
    return [(name, number) for name, number in rows]


def _opened_figures(contest: Contest) -> RollFigures:
    facts = roll_facts(contest)
    origins = dict(contest.roll.values_list("origin").annotate(number=Count("*")).order_by())
    source = "import" if origins.get("import") else "built"
    return RollFigures(
        facts["count"],
        facts["digest"],
        source if contest.roll_mode == "fixed" else "rolling",
        tuple(merge_small(_by_area(contest.roll.all()))),
        came=origins.get("came", 0),
        added=origins.get("added", 0),
        voided=Slot.objects.filter(contest=contest, state=SlotState.VOIDED).count(),
    )


@dataclass(frozen=True)
class NamedImport:
    """A version of the imported roll, with the name of who took it over."""

    roll_import: RollImport
    by: str


def roll_imports(contest: Contest) -> list[NamedImport]:
    """Every version of the imported roll, newest first."""
    rows = list(contest.roll_imports.order_by("-version"))
    names = names_of(row.imported_by_ref for row in rows)
    return [NamedImport(row, names.get(row.imported_by_ref, "")) for row in rows]


@dataclass(frozen=True)
class NamedRequest:
    """A change asked for, with the names of who asked and who decided; never of whom it is for."""

    request: RollRequest
    asked_by: str
    decided_by: str

    @property
    def state(self) -> str:
        """`waiting`, `done`, `refused`, or `lapsed` when the vote closed before a decision."""
        if hasattr(self.request, "decision"):
            return "done" if self.request.decision.approved else "refused"
        return "waiting" if self.request.contest.state == ContestState.OPEN else "lapsed"


def roll_requests(contest: Contest) -> list[NamedRequest]:
    """The newest changes asked for, waiting ones in front."""
    rows = list(
        contest.roll_requests.select_related("decision", "contest").order_by("-pk")[:MOST_REQUESTS]
    )
    return sorted(_named(rows), key=lambda row: row.state != "waiting")


def roll_request(contest: Contest, pk: int) -> NamedRequest | None:
    """One change asked for in this contest."""
    rows = list(contest.roll_requests.select_related("decision", "contest").filter(pk=pk))
    return next(iter(_named(rows)), None)


def _named(rows: list[RollRequest]) -> list[NamedRequest]:
    refs = {row.asked_by_ref for row in rows}
    refs |= {row.decision.decided_by_ref for row in rows if hasattr(row, "decision")}
    names = names_of(refs)
    return [
        NamedRequest(
            row,
            names.get(row.asked_by_ref, ""),
            names.get(row.decision.decided_by_ref, "") if hasattr(row, "decision") else "",
        )
        for row in rows
    ]


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """The names of members of staff by the reference under which the record knows them."""
    return {ref: user.name for ref, user in users_of(sorted(refs)).items()}


@dataclass(frozen=True)
class RightStanding:
    """One person's vote right: where it stands and its moves; that, when and where, not what."""

    entry: RollEntry | None
    state: str
    sheet_out: bool
    events: tuple[SlotEvent, ...]
    waiting: RollRequest | None

    @property
    def can_be_voided(self) -> bool:
        """Whether the right may be voided as things stand."""
        settled = {SlotState.VOIDED.value, SlotState.PAPER_CAST.value}
        return self.entry is not None and self.state not in settled and not self.sheet_out


def right_standing(contest: Contest, resident: Resident) -> RightStanding:
    """Where the vote right of somebody who was looked up stands."""
    entry = roll_entry_of(contest, resident)
    waiting = waiting_request(contest, key_of(contest, resident))
    if entry is None:
        return RightStanding(None, "", sheet_out=False, events=(), waiting=waiting)
    slot = getattr(entry, "slot", None)
    return RightStanding(
        entry,
        slot.state if slot else SlotState.FREE.value,
        sheet_out=sheet_is_out(entry),
        events=tuple(entry.events.select_related("centre").order_by("-version")),
        waiting=waiting,
    )
