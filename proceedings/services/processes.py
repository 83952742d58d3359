"""Write processes, their phases and the fields of public life, as the admin asks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services.record import record_event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from proceedings.models import Field, Phase, Process


@transaction.atomic(durable=True)
def save_process(
    *,
    actor_ref: str,
    process: Process,
    phases: Iterable[Phase] = (),
    removed: Iterable[Phase] = (),
) -> Process:
    """Store a new or a changed process with what is new in its phases: all of it or nothing.

    Raises Refused for a phase that may not be so, as `save_phase` and `remove_phase` do.
    """
    is_new = process.pk is None
    process.full_clean()
    process.save()
    record_event(
        action=Action.PROCESS_CREATED if is_new else Action.PROCESS_CHANGED,
        actor_ref=actor_ref,
        subject=f"proceedings.process:{process.pk}",
        data={"slug": process.slug, "public": process.is_public},
    )
    for phase in removed:
        _remove_phase(actor_ref, phase)
    for phase in phases:
        phase.process = process
        _save_phase(actor_ref, phase)
    return process


@transaction.atomic(durable=True)
def save_field(*, actor_ref: str, field: Field) -> Field:
    """Store a new or a changed field of public life."""
    field.full_clean()
    field.save()
    record_event(
        action=Action.FIELD_CHANGED,
        actor_ref=actor_ref,
        subject=f"proceedings.field:{field.pk}",
        data={"slug": field.slug, "position": field.position},
    )
    return field


@transaction.atomic(durable=True)
def save_phase(*, actor_ref: str, phase: Phase, reason: str = "") -> Phase:
    """Store a phase; one that has closed stays as it was, one that has opened keeps its beginning.

    Raises Refused for a change to what has already happened.
    """
    return _save_phase(actor_ref, phase, reason)


def _save_phase(actor_ref: str, phase: Phase, reason: str = "") -> Phase:
    old = type(phase).objects.select_for_update().filter(pk=phase.pk).first()
    if old is not None and old.closed_at is not None:
        raise Refused(
            Refusal(
                "phase_closed",
                mark("This phase has closed and stays as it was."),
                mark("Please add a new phase to the process."),
            ),
        )
    if old is not None and old.opened_at is not None and old.opens_at != phase.opens_at:
        raise Refused(
            Refusal(
                "phase_opened",
                mark("This phase has opened: its beginning stays as it was."),
                mark("Only its end can be moved."),
                form_field="opens_at",
            ),
        )
    phase.full_clean()
    with votes_inside():
        phase.save()
    record_event(
        action=Action.PHASE_CHANGED,
        actor_ref=actor_ref,
        subject=f"proceedings.phase:{phase.pk}",
        reason=reason,
        data={
            "process": phase.process_id,
            "kind": phase.kind,
            "opens_at": phase.opens_at.isoformat(),
            "closes_at": phase.closes_at.isoformat(),
            **({"closed_before": old.closes_at.isoformat()} if old else {}),
        },
    )
    return phase


@contextmanager
def votes_inside() -> Iterator[None]:
    """Say why, where the database keeps a stage around a vote whose hours are fixed."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "would lie outside the voting stage" not in str(error):
            raise
        raise Refused(
            Refusal(
                "vote_in_stage",
                mark("A vote of this process has fixed hours, and they would lie outside."),
                mark("Choose hours that hold the vote, or take it back to draft before it opens."),
                form_field="closes_at",
            ),
        ) from error


@transaction.atomic(durable=True)
def remove_phase(*, actor_ref: str, phase: Phase) -> None:
    """Take a phase that has not opened out of its process. Raises Refused for one that has."""
    _remove_phase(actor_ref, phase)


def _remove_phase(actor_ref: str, phase: Phase) -> None:
    if phase.opened_at is not None:
        raise Refused(
            Refusal(
                "phase_opened",
                mark("This phase has opened and cannot be taken out."),
                mark("Please move its end instead."),
            ),
        )
    pk = phase.pk
    with votes_inside():
        phase.delete()
    record_event(
        action=Action.PHASE_CHANGED,
        actor_ref=actor_ref,
        subject=f"proceedings.phase:{pk}",
        data={"process": phase.process_id, "kind": phase.kind, "removed": True},
    )
