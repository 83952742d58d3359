"""Read draws by lot: which there are, what one still lacks, and all that repeats it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.log import Json
from voting.models import Draw, DrawPreset, DrawState
from voting.recount_lots import drawn_lots, filled_seats, lot_seed
from voting.sortition import Demand, Person, caps_of, list_lines

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

FORMAT = "madang-draw/1"
PAGE_SIZE = 20


def public_draws() -> QuerySet[Draw]:
    """Draws whose list is published, newest first, without their lists."""
    return (
        Draw.objects.exclude(state=DrawState.DRAFT)
        .select_related("area")
        .defer("people", "outcome", "demands")
    )


def draw_presets() -> QuerySet[DrawPreset]:
    """Ready sets of rules for draws, in their order."""
    return DrawPreset.objects.all()


@dataclass(frozen=True)
class DrawPage:
    """A page of draws; `before` and `after` lead on, 0 at the ends."""

    draws: tuple[Draw, ...]
    before: int
    after: int


def draw_page(*, before: int = 0, after: int = 0) -> DrawPage:
    """Draws page by page, newest first: older than the number `before`, or newer than `after`."""
    draws = public_draws()
    if after:
        rows = list(draws.filter(pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
        older, newer = bool(rows), len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE][::-1]
    else:
        found = draws.filter(pk__lt=before) if before else draws
        rows = list(found.order_by("-pk")[: PAGE_SIZE + 1])
        older, newer = len(rows) > PAGE_SIZE, bool(before and rows)
        rows = rows[:PAGE_SIZE]
    return DrawPage(
        draws=tuple(rows),
        before=rows[-1].pk if older else 0,
        after=rows[0].pk if newer else 0,
    )


def public_draw(pk: int) -> Draw | None:
    """One published draw, whole."""
    return Draw.objects.exclude(state=DrawState.DRAFT).select_related("area").filter(pk=pk).first()


def office_draw(pk: int) -> Draw | None:
    """One draw in any state, whole."""
    return Draw.objects.select_related("area").filter(pk=pk).first()


def people_of(draw: Draw) -> list[Person]:
    """The list as it was typed in, in its order."""
    return [Person(one["number"], one["groups"]) for one in draw.people]


def demands_of(draw: Draw | DrawPreset | None) -> list[Demand]:
    """What the ordinance asks; nothing without a draw or a preset."""
    return [
        Demand(one["field"], tuple(one["values"]), one["least"], one["percent"])
        for one in (draw.demands if draw else [])
    ]


def missing_for_draw(draw: Draw, now: datetime) -> list[Refusal]:
    """What keeps the list from being published; empty means ready."""
    people = people_of(draw)
    demands = demands_of(draw)
    found: list[tuple[bool, Refusal]] = [
        (
            not people,
            Refusal(
                "no_people",
                mark("There is no list to draw from."),
                mark("Import the list of those who applied."),
                form_field="file",
            ),
        ),
        (
            bool(people) and len(people) < draw.seats,
            Refusal(
                "too_few_people",
                mark("%(people)s people applied for %(seats)s seats."),
                mark("With so few nobody needs to be drawn; call for more, or take fewer seats."),
                {"people": len(people), "seats": draw.seats},
                form_field="seats",
            ),
        ),
        (
            draw.draws_at <= now,
            Refusal(
                "draw_in_the_past",
                mark("The hour of the draw has already passed."),
                mark("Choose a later hour; the list must be out before the numbers are thrown."),
                form_field="draws_at",
            ),
        ),
    ]
    for demand in demands:
        known = {person.groups.get(demand.field) for person in people}
        strangers = sorted(set(demand.values) - {value for value in known if value is not None})
        found.append(
            (
                bool(people) and None in known,
                Refusal(
                    "column_not_in_list",
                    mark("The list has no column “%(field)s”."),
                    mark("Import it again with that column."),
                    {"field": demand.field},
                    form_field="file",
                ),
            )
        )
        found.append(
            (
                bool(people) and None not in known and bool(strangers),
                Refusal(
                    "value_not_in_list",
                    mark("Nobody on the list has “%(value)s” in “%(field)s”."),
                    mark("Write the value as it stands in the list, or take the rule out."),
                    {"field": demand.field, "value": ", ".join(strangers)},
                    form_field="demands",
                ),
            )
        )
    return [refusal for holds, refusal in found if holds]


def draw_document(draw: Draw) -> dict[str, Json]:
    """Everything that repeats a published draw (`docs/draws.md`); the secret only once drawn."""
    people = people_of(draw)
    caps = caps_of(demands_of(draw), people, draw.seats)
    return {
        "format": FORMAT,
        "draw": str(draw.key),
        "title": draw.title,
        "seats": draw.seats,
        "reserves": draw.reserves,
        "caps": [cap.to_json() for cap in caps],
        "people": [
            {"number": person.number, "groups": dict[str, Json](person.groups)} for person in people
        ],
        "list_digest": draw.list_digest,
        "commitment": draw.commitment,
        "entropy_source": draw.entropy_source,
        "secret": draw.secret or None,
        "entropy": draw.entropy or None,
        "outcome": draw.outcome,
    }


@dataclass(frozen=True)
class Replay:
    """A draw made again with some numbers: whether it came out the same, and who got a seat.

    `typed` and `thrown` are how many numbers there were, now and then.
    """

    typed: int
    thrown: int
    is_same: bool
    seated: tuple[str, ...]


def replayed(draw: Draw, numbers: str) -> Replay:
    """Draw again with `numbers` (as `clean_entropy` gives them), by the program of `verify.py`."""
    lines = list_lines(people_of(draw))
    order = drawn_lots(lot_seed(draw.secret, numbers, lines), len(lines))
    outcome = filled_seats(draw_document(draw), [draw.people[place]["number"] for place in order])
    return Replay(
        typed=len(numbers.split()),
        thrown=len(draw.entropy.split()),
        is_same=outcome == draw.outcome,
        seated=tuple(outcome["seated"]),
    )
