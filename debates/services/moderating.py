"""What moderators decide about an opinion, and how its author asks to look again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.utils import timezone

from debates.models import Appeal, Comment, CommentState, Flag, Moderation
from debates.moderation import (
    TRANSITIONS,
    HidingFacts,
    State,
    Verdict,
    refuse_appeal,
    refuse_verdict,
)
from debates.permissions import refuse_unless_moderator
from debates.services.opinions import facts, note_change, note_side, raise_if
from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from residents.models import NoticeKind
from residents.permissions import refuse_unless_account, refuse_unless_role
from residents.roles import RoleKind
from residents.services import send_notice

if TYPE_CHECKING:
    from debates.models import HouseRule
    from residents.models import User

OWN_OPINION = Refusal(
    code="own_opinion",
    message=mark("Nobody decides about their own opinion."),
    next_step=mark("Please leave it to another moderator."),
)
ACTIONS = {
    Verdict.HIDDEN: Action.COMMENT_HIDDEN,
    Verdict.RESTORED: Action.COMMENT_RESTORED,
    Verdict.LEFT: Action.FLAGS_DISMISSED,
}


@transaction.atomic(durable=True)
def hide_comment(*, actor: User, comment_id: int, rule: HouseRule, note: str) -> Moderation:
    """Hide an opinion under a house rule; its author is told and may ask to look again.

    Raises Refused without a moderator's role, for one's own opinion, or if it is not shown.
    """
    return _decide(actor, comment_id, Verdict.HIDDEN, rule, note)


@transaction.atomic(durable=True)
def restore_comment(*, actor: User, comment_id: int, note: str) -> Moderation:
    """Show a hidden opinion again; its author is told. Raises Refused as `hide_comment` does."""
    return _decide(actor, comment_id, Verdict.RESTORED, None, note)


@transaction.atomic(durable=True)
def leave_comment(*, actor: User, comment_id: int, note: str) -> Moderation:
    """Leave an opinion as it is: shown in spite of reports, or hidden in spite of an appeal."""
    return _decide(actor, comment_id, Verdict.LEFT, None, note)


def _decide(
    actor: User, comment_id: int, verdict: Verdict, rule: HouseRule | None, note: str
) -> Moderation:
    raise_if(refuse_unless_role(actor, RoleKind.MODERATOR))
    found = Comment.objects.select_for_update(of=("self",)).select_related("thread__area")
    comment = found.get(pk=comment_id)
    raise_if(refuse_unless_moderator(actor, comment.thread.area))
    state = State(comment.state)
    if comment.author_id == actor.pk:
        raise Refused(OWN_OPINION)
    raise_if(refuse_verdict(state, verdict, names_rule=rule is not None))
    now = timezone.now()
    comment.state = CommentState(TRANSITIONS[state, verdict])
    comment.save(update_fields=["state"])
    decision = Moderation.objects.create(
        comment=comment, verdict=verdict, rule=rule, note=note, decided_by_ref=actor.actor_ref
    )
    settled = Flag.objects.filter(comment=comment, settled_at__isnull=True).update(settled_at=now)
    answered = Appeal.objects.filter(moderation__comment=comment, answered_at__isnull=True).update(
        answered_at=now
    )
    note_change(comment, comment.parent)
    note_side(comment.thread_id, comment.author_id)
    record_event(
        action=ACTIONS[verdict],
        actor_ref=actor.actor_ref,
        actor_role=RoleKind.MODERATOR,
        subject=f"debates.comment:{comment.pk}",
        reason=note,
        data={"rule": rule.number if rule else None, "reports": settled, "appeals": answered},
    )
    _tell_author(comment, verdict, rule, was_asked=bool(answered))
    return decision


def _tell_author(
    comment: Comment, verdict: Verdict, rule: HouseRule | None, *, was_asked: bool
) -> None:
    """A notice for each decision that concerns the author; reports put aside do not."""
    if verdict is Verdict.LEFT and not was_asked:
        return
    params: dict[str, object] = {"title": comment.thread.subject_title}
    if verdict is Verdict.HIDDEN and rule is not None:
        params["rule"] = rule.number
    else:
        params["change"] = "restored" if verdict is Verdict.RESTORED else "kept"
    send_notice(
        user_ids=[comment.author_id],
        kind=NoticeKind.COMMENT_HIDDEN,
        params=params,
        url=comment.get_absolute_url(),
    )


@transaction.atomic(durable=True)
def appeal_hiding(*, actor: User, comment_id: int, body: str) -> Appeal:
    """Ask to look again at the hiding of one's own opinion, once, within seven days.

    Raises Refused when it is not one's own, not hidden, asked already or too late.
    """
    raise_if(refuse_unless_account(actor))
    comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment_id)
    hiding = (
        Moderation.objects.select_related("appeal")
        .filter(comment=comment, verdict=Verdict.HIDDEN)
        .first()
    )
    known = HidingFacts(hiding.decided_at, hasattr(hiding, "appeal")) if hiding else None
    raise_if(refuse_appeal(facts(comment, actor), known, timezone.now()))
    appeal = Appeal.objects.create(moderation=cast("Moderation", hiding), body=body)  # else refused
    record_event(
        action=Action.HIDING_APPEALED,
        actor_ref=actor.actor_ref,
        subject=f"debates.comment:{comment.pk}",
    )
    return appeal
