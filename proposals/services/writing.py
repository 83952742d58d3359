"""What its author does with a published proposal: revise, add, take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from debates.services import close_thread, name_thread
from hangul.formats import day
from hangul.search import index_tokens
from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from proposals.lifecycle import Revising, State, Step, due_after_repair, revising
from proposals.models import Proposal, Revision
from proposals.permissions import refuse_unless_author
from proposals.selectors.reading import refuse_other_dong
from proposals.services.drafts import drop_file
from proposals.services.moving import insist, lock_proposal, subject, take_step, tell_staff

if TYPE_CHECKING:
    from decimal import Decimal

    from places.models import Area
    from residents.models import User

LONGEST_BODY = 8000


@dataclass(frozen=True)
class Point:
    """Where something is, in degrees (WGS84)."""

    longitude: Decimal
    latitude: Decimal


@transaction.atomic(durable=True)
def revise_proposal(
    *,
    actor: User,
    proposal_id: int,
    title: str,
    body: str,
    point: Point | None,
    area: Area | None = None,
    note: str = "",
) -> Proposal:
    """Write a new version; the old one stays readable. A repair that was asked for is thereby made.

    The version names `point` on the map, or none, and `area` where the dong changes. Raises Refused
    for others than the author, once too many have supported these words, and for another dong once
    the office works on it.
    """
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_author(actor, proposal))
    if _way(proposal) is not Revising.FULL:
        raise Refused(
            Refusal(
                code="text_settled",
                message=mark(
                    "The text can no longer be rewritten: %(count)s people or more support it."
                ),
                next_step=mark("You can add something below it."),
                params={"count": proposal.editable_until},
            ),
        )
    if area is not None and area.pk != proposal.area_id:
        insist(refuse_other_dong(proposal))
        proposal.area = area
    proposal.longitude = point.longitude if point else None
    proposal.latitude = point.latitude if point else None
    _write_revision(proposal, actor.actor_ref, title, body, note)
    if proposal.state == State.REPAIR:
        resume_clock(proposal, actor_ref=actor.actor_ref)
        tell_staff(proposal)
    proposal.save()
    return proposal


@transaction.atomic(durable=True)
def add_to_proposal(*, actor: User, proposal_id: int, addition: str) -> Proposal:
    """Add a dated paragraph below the text; what others supported stays as it was.

    Raises Refused for others than the author, for an ended or answered proposal, and when the
    whole would grow past 8,000 letters.
    """
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_author(actor, proposal))
    if _way(proposal) is Revising.NOT:
        raise Refused(
            Refusal(
                code="text_closed",
                message=mark("Nothing can be added any more: the proposal is answered or ended."),
                next_step=mark("You can write an opinion below the proposal."),
            ),
        )
    body = f"{proposal.body}\n\n[+ {day(timezone.localdate())}] {addition}"
    if len(body) > LONGEST_BODY:
        raise Refused(
            Refusal(
                code="text_too_long",
                message=mark("With this addition the text would be longer than 8,000 letters."),
                next_step=mark("Please shorten the addition."),
                form_field="addition",
            ),
        )
    _write_revision(proposal, actor.actor_ref, proposal.title, body, "")
    proposal.save()
    return proposal


@transaction.atomic(durable=True)
def take_away_picture(*, actor: User, proposal_id: int, picture_id: int) -> None:
    """Take a picture and its file away from a published proposal, however far it has come.

    That it happened stays readable as a version of its own. Nothing happens if the picture is gone
    already. Raises Refused for others than the author.
    """
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_author(actor, proposal))
    for picture in proposal.pictures.filter(pk=picture_id):
        drop_file(picture)
        picture.delete()
        note = gettext("A picture was taken away.")
        _write_revision(proposal, actor.actor_ref, proposal.title, proposal.body, note)


@transaction.atomic(durable=True)
def withdraw_proposal(*, actor: User, proposal_id: int, reason: str) -> Proposal:
    """Take a proposal back, with a reason that stays readable. Raises Refused."""
    proposal = lock_proposal(proposal_id)
    insist(refuse_unless_author(actor, proposal))
    take_step(proposal=proposal, step=Step.WITHDRAW, actor_ref=actor.actor_ref, reason=reason)
    end(proposal, actor_ref=actor.actor_ref)
    proposal.save()
    record_event(
        action=Action.PROPOSAL_WITHDRAWN,
        actor_ref=actor.actor_ref,
        subject=subject(proposal),
        reason=reason,
    )
    return proposal


def resume_clock(proposal: Proposal, *, actor_ref: str) -> None:
    """Let the department's clock go on after a repair, with the days that were left."""
    if proposal.answer_due_on is None or proposal.clock_stopped_on is None:
        raise ValueError("A proposal in repair knows when its clock was stopped.")
    today = timezone.localdate()
    take_step(proposal=proposal, step=Step.RESUME, actor_ref=actor_ref)
    proposal.answer_due_on = due_after_repair(
        proposal.answer_due_on, proposal.clock_stopped_on, today
    )
    proposal.clock_stopped_on = proposal.repair_until = None
    proposal.last_word_on = today


def end(proposal: Proposal, *, actor_ref: str) -> None:
    """Nobody owes an answer any more, and the conversation is closed."""
    proposal.answer_due_on = proposal.clock_stopped_on = proposal.repair_until = None
    if proposal.thread is not None:
        close_thread(actor_ref=actor_ref, thread=proposal.thread)


def _way(proposal: Proposal) -> Revising:
    supports = proposal.supports.count()
    return revising(State(proposal.state), supports, proposal.editable_until)


def _write_revision(proposal: Proposal, actor_ref: str, title: str, body: str, note: str) -> None:
    number = proposal.revisions.count() + 1
    Revision.objects.create(
        proposal=proposal,
        number=number,
        title=title,
        body=body,
        longitude=proposal.longitude,
        latitude=proposal.latitude,
        area_id=proposal.area_id,
        note=note,
        author_ref=actor_ref,
    )
    thread = proposal.thread
    if thread is not None and (title, proposal.area_id) != (proposal.title, thread.area_id):
        name_thread(
            thread=thread,
            title=title,
            url=proposal.get_absolute_url(),
            area=proposal.area,
        )
    proposal.title, proposal.body = title, body
    proposal.tokens = index_tokens(title, body, proposal.place)
    record_event(
        action=Action.PROPOSAL_REVISED,
        actor_ref=actor_ref,
        subject=subject(proposal),
        data={"version": number},
    )
