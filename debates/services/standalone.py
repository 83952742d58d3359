"""Stand-alone debates: opened by anybody with an account, or asked by the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from debates.models import Debate
from debates.permissions import refuse_unless_moderator
from debates.services.opinions import raise_if
from debates.services.threads import close_thread, hide_thread, name_thread, open_thread
from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event, spend
from residents.models import NoticeKind
from residents.permissions import refuse_unless_account, refuse_unless_role
from residents.roles import RoleKind
from residents.services import send_notice

if TYPE_CHECKING:
    from datetime import datetime

    from debates.models import HouseRule
    from places.models import Area
    from proceedings.models import Field
    from residents.models import User

ENDS_IN_THE_PAST = Refusal(
    code="ends_in_the_past",
    message=mark("A debate must end in the future."),
    next_step=mark("Please choose a later day."),
    form_field="closes_at",
)
NO_SUMMARY = Refusal(
    code="no_summary",
    message=mark("A debate is closed with words about what came of it."),
    next_step=mark("Please write what was said and what happens now."),
    form_field="summary",
)
OFFICE = (RoleKind.OFFICIAL, RoleKind.ADMINISTRATOR)


@transaction.atomic(durable=True)
def open_debate(
    *,
    actor: User,
    title: str,
    body: str,
    area: Area,
    field: Field,
    closes_at: datetime | None = None,
    asked_by_office: bool = False,
) -> Debate:
    """Open a debate with a conversation of its own, until `closes_at` or without end.

    Raises Refused without an account, for the office's question without an office role, and for
    an end that has passed.
    """
    raise_if(refuse_unless_account(actor))
    if asked_by_office:
        raise_if(refuse_unless_role(actor, *OFFICE, area=area))
    if closes_at is not None and closes_at <= timezone.now():
        raise Refused(ENDS_IN_THE_PAST)
    spend("debate", actor.actor_ref)
    thread = open_thread(title=title, url="", area=area, closes_at=closes_at)
    debate = Debate.objects.create(
        title=title,
        body=body,
        author=actor,
        asked_by_office=asked_by_office,
        area=area,
        field=field,
        thread=thread,
        closes_at=closes_at,
    )
    name_thread(thread=thread, title=title, url=debate.get_absolute_url(), area=area)
    record_event(
        action=Action.DEBATE_OPENED,
        actor_ref=actor.actor_ref,
        subject=f"debates.debate:{debate.pk}",
        data={"area": area.code, "field": field.slug, "asked_by_office": asked_by_office},
    )
    return debate


@transaction.atomic(durable=True)
def close_debate(*, actor: User, debate_id: int, summary: str) -> Debate:
    """Close a debate now, with words about what came of it. For the office; raises Refused else."""
    debate = _debate_of_office(actor, debate_id)
    if not summary:
        raise Refused(NO_SUMMARY)
    debate.summary = summary
    close_thread(actor_ref=actor.actor_ref, thread=debate.thread)
    debate.closes_at = debate.thread.closed_at
    debate.save(update_fields=["summary", "closes_at"])
    record_event(
        action=Action.DEBATE_CLOSED,
        actor_ref=actor.actor_ref,
        subject=f"debates.debate:{debate.pk}",
        reason=summary,
    )
    return debate


@transaction.atomic(durable=True)
def summarise_debate(*, actor: User, debate_id: int, summary: str) -> Debate:
    """Write, or write anew, what came of a debate. For the office; raises Refused else."""
    debate = _debate_of_office(actor, debate_id)
    debate.summary = summary
    debate.save(update_fields=["summary"])
    record_event(
        action=Action.DEBATE_CHANGED,
        actor_ref=actor.actor_ref,
        subject=f"debates.debate:{debate.pk}",
        reason=summary,
    )
    return debate


@transaction.atomic(durable=True)
def hide_debate(*, actor: User, debate_id: int, rule: HouseRule, note: str) -> Debate:
    """Hide a whole debate under a house rule; its author is told. Raises Refused for others."""
    debate = _show(actor, debate_id, hidden=True, note=note, rule=rule)
    send_notice(
        user_ids=[debate.author_id],
        kind=NoticeKind.COMMENT_HIDDEN,
        params={"title": debate.title, "rule": rule.number},
        url=debate.get_absolute_url(),
    )
    return debate


@transaction.atomic(durable=True)
def restore_debate(*, actor: User, debate_id: int, note: str) -> Debate:
    """Show a hidden debate again; its author is told. Raises Refused for others."""
    debate = _show(actor, debate_id, hidden=False, note=note)
    send_notice(
        user_ids=[debate.author_id],
        kind=NoticeKind.COMMENT_HIDDEN,
        params={"title": debate.title, "change": "restored"},
        url=debate.get_absolute_url(),
    )
    return debate


def _debate_of_office(actor: User, debate_id: int) -> Debate:
    raise_if(refuse_unless_role(actor, *OFFICE))
    found = Debate.objects.select_for_update(of=("self",)).select_related("area")
    debate = found.get(pk=debate_id)
    raise_if(refuse_unless_role(actor, *OFFICE, area=debate.area))
    return debate


def _show(
    actor: User, debate_id: int, *, hidden: bool, note: str, rule: HouseRule | None = None
) -> Debate:
    raise_if(refuse_unless_role(actor, RoleKind.MODERATOR))
    found = Debate.objects.select_for_update(of=("self",)).select_related("area", "thread")
    debate = found.get(pk=debate_id)
    raise_if(refuse_unless_moderator(actor, debate.area))
    debate.is_hidden = hidden
    debate.save(update_fields=["is_hidden"])
    hide_thread(debate.thread, is_hidden=hidden)
    record_event(
        action=Action.DEBATE_CHANGED,
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.MODERATOR,
        subject=f"debates.debate:{debate.pk}",
        reason=note,
        data={"hidden": hidden, "rule": rule.number if rule else None},
    )
    return debate
