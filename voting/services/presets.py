"""Ready sets of rules, and contests that begin with the rules of an earlier one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from hangul.formats import SEOUL
from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.models import Contest, ContestPreset
from voting.services.contests import (
    PRESET_FIELDS,
    OptionText,
    build_contest,
    let_follow,
    refuse_unless_administrator,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from places.models import Area
    from residents.models import User

OPENS, CLOSES = time(9), time(18)
"""The hours of Seoul that are proposed with the days."""

COPIED = (*sorted(PRESET_FIELDS), "summary")
"""What a copy takes over; days, census and everything that happened are its own."""


@transaction.atomic(durable=True)
def copy_contest(*, actor: User, contest_id: int, title: str, area: Area, **fields: Any) -> Contest:
    """Begin a contest with the set-up of an earlier one: rules, options, centres, but no days.

    `fields` go over what is copied.
    """
    refuse_unless_administrator(actor)
    earlier = Contest.objects.select_related("preset").get(pk=contest_id)
    if earlier.outcome == "allocation" or earlier.origin != "native":
        raise Refused(
            Refusal(
                "not_to_copy",
                mark("The vote of a budget is prepared on the page of the budget."),
                mark("Choose another vote, or begin with a preset."),
                form_field="earlier",
            )
        )
    return build_contest(
        actor_ref=actor.actor_ref,
        title=title,
        area=area,
        preset=earlier.preset,
        options=[
            OptionText(one.key, one.title, one.detail, one.url, one.group, one.cost)
            for one in earlier.options.all()
        ],
        census=area.population,
        centres=list(earlier.centres.filter(is_open=True)),
        **{**{name: getattr(earlier, name) for name in COPIED}, **fields},
    )


def proposed_hours(preset: ContestPreset | None, day: date | None, today: date) -> dict[str, Any]:
    """Opening and closing for a vote that ends on `day`, as its preset foresees; all to be changed.

    Where the preset's days have begun before tomorrow, the vote opens tomorrow. A preset without
    days leaves the opening open.
    """
    if day is None:
        return {}
    hours = {"closes_at": datetime.combine(day, CLOSES, SEOUL)}
    if preset is not None and preset.advance_days is not None:
        first = max(day - timedelta(days=preset.advance_days), today + timedelta(days=1))
        hours["opens_at"] = datetime.combine(first, OPENS, SEOUL)
    return hours


@transaction.atomic(durable=True)
def save_preset(
    *,
    actor: User,
    name: str,
    note: str,
    on_plan: bool,
    settings: Mapping[str, Any],
    advance_days: int | None = None,
    preset: ContestPreset | None = None,
) -> ContestPreset:
    """Write down a preset, new or changed. Contests begun with it before keep their own rules."""
    refuse_unless_administrator(actor)
    last = ContestPreset.objects.aggregate(last=Max("position"))["last"]
    kept = preset or ContestPreset(slug=f"own-{uuid4().hex[:12]}", position=(last or 0) + 1)
    kept.name, kept.note, kept.on_plan = name, note, on_plan
    kept.advance_days = advance_days
    kept.settings = settled(settings)
    kept.save()
    record_event(
        action=Action.CONTEST_PRESET_SAVED,
        actor_ref=actor.actor_ref,
        subject=f"voting.contestpreset:{kept.pk}",
        data={"settings": sorted(kept.settings)},
    )
    return kept


def settled(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that a preset may hold, with what follows from them; picks of items are left open.

    A yes/no ballot has as many answers as items, which a preset does not know.
    """
    draft = Contest(**{name: settings[name] for name in PRESET_FIELDS & set(settings)})
    let_follow(draft, draft.max_picks)
    return {name: getattr(draft, name) for name in sorted(PRESET_FIELDS & {*settings, "rule"})}
