"""Fill seats by lot: prepare, publish the list with a commitment, hold the draw in public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from proceedings.tables import Column, ImportReport, Problem, read_table, settle
from voting.lots import (
    MOST,
    commitment,
    drawn_order,
    list_digest,
    secret_of,
    seed_of,
)
from voting.models import Draw, DrawPreset, DrawState
from voting.selectors.draws import demands_of, missing_for_draw, people_of
from voting.services.contests import refuse_unless_administrator
from voting.services.lots import agreed_numbers
from voting.sortition import Person, caps_of, fill_panel, in_list_order, list_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from residents.models import User
    from voting.services.lots import Called
    from voting.sortition import Demand

NUMBER = Column("number", ("접수번호", "번호", "number"))


def subject_of_draw(draw: Draw) -> str:
    """The draw's name in the record."""
    return f"voting.draw:{draw.pk}"


def _locked(draw_id: int, *states: DrawState) -> Draw:
    lock_exclusive(f"draw:{draw_id}")
    draw = Draw.objects.select_related("area").get(pk=draw_id)
    if draw.state not in states:
        raise Refused(
            Refusal(
                "draw_moved_on",
                mark("This draw has moved on; this can no longer be done."),
                mark("Look at its page for where it stands."),
            )
        )
    return draw


@transaction.atomic(durable=True)
def create_draw(*, actor: User, demands: Sequence[Demand] = (), **fields: Any) -> Draw:
    """Begin a draw as a draft."""
    refuse_unless_administrator(actor)
    draw = Draw.objects.create(demands=[one.to_json() for one in demands], **fields)
    record_event(
        action=Action.DRAW_CREATED, actor_ref=actor.actor_ref, subject=subject_of_draw(draw)
    )
    return draw


@transaction.atomic(durable=True)
def change_draw(
    *, actor: User, draw_id: int, demands: Sequence[Demand], fields: Mapping[str, Any]
) -> Draw:
    """Change a draft; its list stays, but must hold the columns that new demands name."""
    refuse_unless_administrator(actor)
    draw = _locked(draw_id, DrawState.DRAFT)
    for name, value in fields.items():
        setattr(draw, name, value)
    draw.demands = [one.to_json() for one in demands]
    draw.save()
    record_event(
        action=Action.DRAW_CHANGED,
        actor_ref=actor.actor_ref,
        subject=subject_of_draw(draw),
        data={"fields": sorted(fields)},
    )
    return draw


@transaction.atomic(durable=True)
def save_draw_preset(
    *,
    actor: User,
    demands: Sequence[Demand],
    fields: Mapping[str, Any],
    preset: DrawPreset | None = None,
) -> DrawPreset:
    """Write down a preset, new or changed. Draws begun with it before keep their own rules."""
    refuse_unless_administrator(actor)
    last = DrawPreset.objects.aggregate(last=Max("position"))["last"]
    kept = preset or DrawPreset(slug=f"own-{uuid4().hex[:12]}", position=(last or 0) + 1)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.demands = [one.to_json() for one in demands]
    kept.save()
    record_event(
        action=Action.DRAW_PRESET_SAVED,
        actor_ref=actor.actor_ref,
        subject=f"voting.drawpreset:{kept.pk}",
        data={"fields": sorted(fields)},
    )
    return kept


@transaction.atomic(durable=True)
def import_people(*, actor: User, draw_id: int, data: bytes) -> ImportReport:
    """Take the list from a CSV file in place of the one before: a number, and a column per demand.

    Nothing else of the file is kept, no names in particular. Raises BadLines (nothing stored) when
    a line is bad, Refused when the file is no such table.
    """
    refuse_unless_administrator(actor)
    draw = _locked(draw_id, DrawState.DRAFT)
    fields = sorted({demand.field for demand in demands_of(draw)})
    columns = [NUMBER, *(Column(field, (field.casefold(),)) for field in fields)]
    table = read_table(data, columns)
    problems = list(table.problems)
    found: dict[str, Person] = {}
    lines: dict[str, int] = {}
    for row in table.rows:
        number = row["number"]
        if number in found:
            problems.append(
                Problem(
                    row.line,
                    mark("The number %(number)s stands in line %(first)s too."),
                    {"number": number, "first": lines[number]},
                )
            )
        elif len(number) > 20:
            problems.append(Problem(row.line, mark("A number has at most 20 signs.")))
        else:
            found[number] = Person(number, {field: row[field] for field in fields})
            lines[number] = row.line
    if len(found) > MOST:
        problems.append(Problem(1, mark("A draw takes at most %(most)s people."), {"most": MOST}))
    settle(problems, keep_good=False)
    draw.people = [
        {"number": person.number, "groups": dict(person.groups)}
        for person in in_list_order(found.values())
    ]
    draw.save(update_fields=["people"])
    record_event(
        action=Action.DRAW_CHANGED,
        actor_ref=actor.actor_ref,
        subject=subject_of_draw(draw),
        data={"fields": ["people"], "people": len(found)},
    )
    return ImportReport(len(found))


@transaction.atomic(durable=True)
def publish_draw(*, actor: User, draw_id: int) -> Draw:
    """Publish list, rules, the list's digest and the commitment; nothing changes afterwards."""
    refuse_unless_administrator(actor)
    draw = _locked(draw_id, DrawState.DRAFT)
    missing = missing_for_draw(draw, timezone.now())
    if missing:
        raise Refused(missing[0])
    draw.list_digest = list_digest(list_lines(people_of(draw)))
    draw.commitment = commitment(_secret(draw))
    draw.published_at = timezone.now()
    draw.state = DrawState.PUBLISHED
    draw.save()
    record_event(
        action=Action.DRAW_PUBLISHED,
        actor_ref=actor.actor_ref,
        subject=subject_of_draw(draw),
        data={
            "people": len(draw.people),
            "list_digest": draw.list_digest,
            "commitment": draw.commitment,
        },
    )
    return draw


@transaction.atomic(durable=True)
def hold_draw(*, actor: User, draw_id: int, called: Called) -> Draw:
    """Draw with the numbers that were called out; refused before its hour, and a second time."""
    refuse_unless_administrator(actor)
    draw = _locked(draw_id, DrawState.PUBLISHED)
    entropy = _agreed(draw, called)
    draw.secret = _secret(draw)
    draw.entropy = entropy
    draw.witnesses = called.witnesses
    people = people_of(draw)
    seed = seed_of(draw.secret, entropy, draw.list_digest)
    order = drawn_order(seed, len(people))
    caps = caps_of(demands_of(draw), people, draw.seats)
    panel = fill_panel(people, order, draw.seats, caps, draw.reserves)
    draw.outcome = {"order": [people[place].number for place in order], **panel.to_json()}
    draw.drawn_at = timezone.now()
    draw.state = DrawState.DRAWN
    draw.save()
    record_event(
        action=Action.DRAW_HELD,
        actor_ref=actor.actor_ref,
        subject=subject_of_draw(draw),
        data={"seated": len(panel.seated), "missing": panel.missing},
    )
    return draw


def _agreed(draw: Draw, called: Called) -> str:
    if timezone.now() < draw.draws_at:
        raise Refused(
            Refusal(
                "draw_too_early",
                mark("The draw was announced for %(when)s."),
                mark("Nobody may draw before that hour."),
                {"when": draw.draws_at},
            )
        )
    return agreed_numbers(called)


def _secret(draw: Draw) -> str:
    return secret_of(settings.LOG_KEY, f"draw|{draw.key}")
