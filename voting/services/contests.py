"""Prepare, freeze, open and close a contest; the clock moves it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.models import Process
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import SYSTEM, record_event
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from residents.selectors import eligible_residents
from voting.ballots import OVERPICKS, BallotKind, Overpick, overpick_refusal
from voting.configuration import config_digest, frozen_config
from voting.keys import person_key, public_key
from voting.lots import commitment, secret_of
from voting.models import (
    Batch,
    BatchState,
    Contest,
    ContestFigures,
    ContestKind,
    ContestPreset,
    ContestState,
    Option,
    RollEntry,
)
from voting.selectors import contest_draft, database_now, readiness
from voting.selectors.bodies import bodies_missing
from voting.selectors.imports import roll_facts, roll_import_of
from voting.selectors.office import objections_over
from voting.services.leaves import add_leaf, sign_head
from voting.tally import fitting_rule
from voting.tally.bars import with_census

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from places.models import Area
    from residents.models import User

PRESET_FIELDS = frozenset(
    {
        "kind", "secrecy", "web", "paper", "stickers", "revote", "paper_over_web", "grace_seconds",
        "roll_mode", "min_age", "bases", "min_picks", "max_picks", "allow_blank", "group_picks",
        "equal_ranks", "score_max", "points", "points_cap", "spend_all",
        "abstain_allowed", "overpick", "rule", "rule_options", "seats", "tie_rule", "lot_source",
        "live_turnout", "publication", "objection_days", "effect", "decided_by", "ordinance",
    }
)  # fmt: skip
"""Contest fields that a preset may set; every one stays editable afterwards."""


@dataclass(frozen=True)
class OptionText:
    """A choice to be copied onto the ballot: its key, words, address and cost."""

    key: str
    title: str
    detail: str = ""
    url: str = ""
    group: str = ""
    cost: Decimal | None = None


def subject_of(contest: Contest) -> str:
    """The contest's name in the record."""
    return f"voting.contest:{contest.pk}"


def refuse_unless_administrator(actor: User) -> None:
    """Raise unless the actor may set up contests."""
    refusal = refuse_unless_role(actor, RoleKind.ADMINISTRATOR)
    if refusal is not None:
        raise Refused(refusal)


@transaction.atomic(durable=True)
def create_contest(
    *,
    actor: User,
    title: str,
    area: Area,
    preset: ContestPreset | None = None,
    options: Sequence[OptionText] = (),
    **fields: Any,
) -> Contest:
    """Begin a contest as a draft, from a preset if one is given; `fields` go over the preset."""
    refuse_unless_administrator(actor)
    return build_contest(
        actor_ref=actor.actor_ref, title=title, area=area, preset=preset, options=options, **fields
    )


def build_contest(
    *,
    actor_ref: str,
    title: str,
    area: Area,
    preset: ContestPreset | None = None,
    options: Sequence[OptionText] = (),
    **fields: Any,
) -> Contest:
    """The same inside a caller's transaction: for subjects that put themselves to the vote."""
    centres = fields.pop("centres", ())
    contest = draft_of(preset, len(options), title=title, area=area, **fields)
    contest.save()
    contest.centres.set(centres)
    ContestFigures.objects.create(contest=contest)
    put_options(contest, options)
    record_event(
        action=Action.CONTEST_CREATED,
        actor_ref=actor_ref,
        subject=subject_of(contest),
        data={"preset": preset.slug if preset else ""},
    )
    return contest


def draft_of(preset: ContestPreset | None, options: int, **fields: Any) -> Contest:
    """A contest that is not stored: what the preset sets, then what is given, what follows last."""
    given = preset_fields(preset) if preset else {}
    refuse_overpick({"kind": ContestKind.SINGLE, **given, **fields}["kind"], fields)
    contest = Contest(preset=preset, **{"kind": ContestKind.SINGLE, **given, **fields})
    let_follow(contest, options)
    return contest


def preset_fields(preset: ContestPreset) -> dict[str, Any]:
    """What a preset sets, by the name of the contest's field."""
    return {name: value for name, value in preset.settings.items() if name in PRESET_FIELDS}


def refuse_overpick(kind: str, fields: Mapping[str, Any]) -> None:
    """Raise where what is asked for too many marks on paper cannot be meant of such a ballot."""
    asked = Overpick(fields.get("overpick", "void"))
    if refusal := overpick_refusal(BallotKind(kind), asked):
        raise Refused(refusal)


def put_options(contest: Contest, options: Sequence[OptionText]) -> None:
    """Replace the draft's options by a copy of `options`, numbered in the given order."""
    contest.options.all().delete()
    Option.objects.bulk_create(
        Option(
            contest=contest,
            key=option.key,
            number=number,
            title=option.title,
            detail=option.detail,
            url=option.url,
            group=option.group,
            cost=option.cost,
        )
        for number, option in enumerate(options, start=1)
    )


def let_follow(contest: Contest, options: int) -> None:
    """Set what follows from other settings: picks and rule from the ballot, shares from the census.

    So nobody has to type the number of items twice, and a rule of another ballot never stays.
    """
    if contest.kind == ContestKind.SINGLE:
        contest.max_picks = 1
    if contest.kind in {ContestKind.YES_NO, ContestKind.SCORE}:
        contest.max_picks = max(1, options)
    if contest.kind in {ContestKind.SINGLE, ContestKind.YES_NO, ContestKind.SCORE}:
        contest.min_picks = min(contest.min_picks, contest.max_picks)
    if contest.kind != ContestKind.YES_NO:
        contest.abstain_allowed = False
    if contest.kind != ContestKind.BUDGET:
        contest.spend_limit = None
    if contest.overpick not in OVERPICKS[BallotKind(contest.kind)]:
        contest.overpick = "void"
    rule = fitting_rule(BallotKind(contest.kind), contest.rule)
    if rule != contest.rule:
        kept = {"quorum", "allocation"} & set(contest.rule_options)
        contest.rule = rule
        contest.rule_options = {name: contest.rule_options[name] for name in kept}
    contest.rule_options = with_census(contest.rule_options, contest.census)


@transaction.atomic(durable=True)
def change_contest(
    *,
    actor: User,
    contest: Contest,
    fields: Mapping[str, Any],
    options: Sequence[OptionText] | None = None,
) -> Contest:
    """Change a draft's settings, and its options if given."""
    refuse_unless_administrator(actor)
    lock_exclusive(f"contest:{contest.pk}")
    current = Contest.objects.select_for_update().get(pk=contest.pk)
    if current.state != ContestState.DRAFT:
        raise Refused(
            Refusal(
                "frozen",
                mark("This contest is frozen; its settings do not change any more."),
                mark("Before it opens you can take it back to draft."),
            )
        )
    refuse_overpick(fields.get("kind", current.kind), fields)
    values = dict(fields)
    centres = values.pop("centres", None)
    for name, value in values.items():
        setattr(current, name, value)
    if options is not None:
        put_options(current, options)
    let_follow(current, current.options.count())
    current.save()
    if centres is not None:
        current.centres.set(centres)
    named = [*fields, *(["options"] if options is not None else [])]
    record_event(
        action=Action.CONTEST_CHANGED,
        actor_ref=actor.actor_ref,
        subject=subject_of(current),
        data={"fields": sorted(named)},
    )
    return current


@transaction.atomic(durable=True)
def freeze_contest(*, actor: User, contest_id: int) -> Contest:
    """Fix all settings; refused with the list of what is missing. Opens by itself at its hour."""
    refuse_unless_administrator(actor)
    return freeze(contest_id=contest_id, actor_ref=actor.actor_ref)


def freeze(*, contest_id: int, actor_ref: str) -> Contest:
    """The same inside a caller's transaction."""
    lock_exclusive(f"contest:{contest_id}")
    contest = (
        Contest.objects.select_for_update(of=("self",)).select_related("area").get(pk=contest_id)
    )
    if contest.state != ContestState.DRAFT:
        raise Refused(
            Refusal("not_draft", mark("Only a draft can be frozen."), mark("Look at its state."))
        )
    hold_stages(contest)
    missing = readiness(contest)
    if missing:
        raise Refused(
            Refusal(
                "not_ready",
                mark("The contest is not complete: %(count)s settings are missing."),
                mark("The set-up page lists them."),
                {"count": len(missing), "codes": [refusal.code for refusal in missing]},
            )
        )
    lot = commitment(lot_secret(contest))
    config = frozen_config(contest_draft(contest), public_key(settings.LOG_KEY), lot)
    contest.config = config.decode()
    contest.config_digest = config_digest(config)
    contest.state = ContestState.FROZEN
    contest.save()
    record_event(
        action=Action.CONTEST_FROZEN,
        actor_ref=actor_ref,
        subject=subject_of(contest),
        data={"config_digest": contest.config_digest},
    )
    return contest


def hold_stages(contest: Contest) -> None:
    """Keep the stages of the contest's process as they are until it is frozen.

    Afterwards the database keeps them around it (`voting/migrations/0015_votes_in_their_stage.py`).
    """
    if contest.process_id is not None:
        Process.objects.select_for_update().get(pk=contest.process_id)


@transaction.atomic(durable=True)
def unfreeze_contest(*, actor: User, contest_id: int, reason: str) -> Contest:
    """Take a frozen contest back to draft, only before it has opened."""
    refuse_unless_administrator(actor)
    if not reason.strip():
        raise Refused(
            Refusal(
                "reason_missing",
                mark("Taking a contest back needs a reason."),
                mark("Write one sentence; it stands in the record."),
                form_field="reason",
            )
        )
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.FROZEN:
        raise Refused(
            Refusal(
                "not_frozen",
                mark("Only a contest that is frozen and not yet open can be taken back."),
                mark("After the opening, mistakes are handled as corrections."),
            )
        )
    contest.state = ContestState.DRAFT
    contest.config = ""
    contest.config_digest = ""
    contest.save()
    record_event(
        action=Action.CONTEST_UNFROZEN,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        reason=reason,
    )
    return contest


def lot_secret(contest: Contest) -> str:
    """The secret of the contest's public lot, to which its frozen configuration commits."""
    return secret_of(settings.LOG_KEY, f"contest|{contest.key}")


def move(contest: Contest, state: ContestState) -> None:
    """Set the state alone: of a frozen contest nothing else may change."""
    Contest.objects.filter(pk=contest.pk).update(state=state)
    contest.state = state


@transaction.atomic(durable=True)
def open_contest(*, contest_id: int, actor_ref: str = SYSTEM) -> bool:
    """Open a frozen contest whose hour has come: make its box, its roll and leaf 0.

    Returns whether it was opened now; safe to call again.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = (
        Contest.objects.select_for_update(of=("self",)).select_related("area").get(pk=contest_id)
    )
    due = contest.opens_at is not None and contest.opens_at <= database_now()
    if contest.state != ContestState.FROZEN or not due:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT voting_make_box(%s)", [contest.pk])
    if contest.roll_mode == "fixed":
        enter_roll(contest)
    move(contest, ContestState.OPEN)
    add_leaf(contest, {"kind": "config", "digest": contest.config_digest})
    add_leaf(contest, {"kind": "roll", "at": "open", **roll_facts(contest)})
    add_leaf(contest, {"kind": "state", "state": "open"})
    sign_head(contest)
    record_event(
        action=Action.CONTEST_OPENED,
        actor_ref=actor_ref,
        subject=subject_of(contest),
        data={"roll": contest.roll.count()},
    )
    return True


def enter_roll(contest: Contest) -> int:
    """Enter the people of the newest imported roll, or else build it; returns how many."""
    imported = roll_import_of(contest)
    if imported is None:
        return build_roll(contest)
    lines = imported.lines.order_by("person_key").values_list("person_key", "area_id")
    RollEntry.objects.bulk_create(
        (
            RollEntry(
                contest=contest,
                person_key=key,
                area_id=area_id,
                origin="import",
                added_by_ref=imported.imported_by_ref,
            )
            for key, area_id in lines
        ),
        batch_size=5000,
    )
    record_event(
        action=Action.ROLL_BUILT,
        actor_ref=SYSTEM,
        subject=subject_of(contest),
        data={"entries": imported.people, "version": imported.version},
    )
    return imported.people


def build_roll(contest: Contest) -> int:
    """Enter every confirmed resident who may vote; returns how many."""
    residents = eligible_residents(
        area=contest.area,
        bases=contest.bases,
        min_age=contest.min_age,
        age_on=contest.age_on,
    )
    rows = [
        RollEntry(
            contest=contest,
            person_key=person_key(settings.ROLL_KEY, contest.key, ref),
            area_id=area_id,
            origin="built",
            added_by_ref=SYSTEM,
        )
        for ref, area_id in residents.values_list("ref", "area_id").iterator(chunk_size=5000)
    ]
    rows.sort(key=lambda row: row.person_key)  # the order of people leaves no trace
    RollEntry.objects.bulk_create(rows, batch_size=5000)
    record_event(
        action=Action.ROLL_BUILT,
        actor_ref=SYSTEM,
        subject=subject_of(contest),
        data={"entries": len(rows)},
    )
    return len(rows)


@transaction.atomic(durable=True)
def close_contest(*, contest_id: int, actor_ref: str = SYSTEM) -> bool:
    """Close an open contest whose hour (and grace) has passed; returns whether it closed now.

    Takes the contest alone: every cast before is in, every cast after is refused.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.OPEN or contest.closes_at is None:
        return False
    if database_now() < contest.closes_at + timedelta(seconds=contest.grace_seconds):
        return False
    move(contest, ContestState.CLOSED)
    add_leaf(contest, {"kind": "roll", "at": "close", **roll_facts(contest)})
    add_leaf(contest, {"kind": "state", "state": "closed"})
    sign_head(contest)
    record_event(action=Action.CONTEST_CLOSED, actor_ref=actor_ref, subject=subject_of(contest))
    return True


@transaction.atomic(durable=True)
def box_contest(*, contest_id: int) -> bool:
    """Move a closed contest on once every paper box is certified and every body has given its
    points; returns whether it moved.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    waiting = Batch.objects.filter(contest=contest).exclude(state=BatchState.CERTIFIED)
    if contest.state != ContestState.CLOSED or waiting.exists() or bodies_missing(contest):
        return False
    move(contest, ContestState.BOXED)
    add_leaf(contest, {"kind": "state", "state": "boxed"})
    record_event(action=Action.CONTEST_BOXED, actor_ref=SYSTEM, subject=subject_of(contest))
    return True


@transaction.atomic(durable=True)
def finalize_contest(*, contest_id: int) -> bool:
    """Make a published result final once its days for objections are over and none is open.

    Returns whether it became final now; safe to call again.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.PUBLISHED or not objections_over(contest, database_now()):
        return False
    move(contest, ContestState.FINAL)
    add_leaf(contest, {"kind": "state", "state": "final"})
    sign_head(contest)
    record_event(action=Action.CONTEST_FINAL, actor_ref=SYSTEM, subject=subject_of(contest))
    return True
