"""What an account does in a conversation: say, rate, report, withdraw, follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from debates.models import (
    Comment,
    CommentState,
    FiguresDue,
    Flag,
    Follow,
    HouseRule,
    Position,
    Reaction,
    Thread,
)
from debates.moderation import (
    CommentFacts,
    State,
    refuse_flag,
    refuse_if_hidden,
    refuse_reaction,
    refuse_reply,
    refuse_withdrawal,
)
from debates.selectors import refuse_opinions
from debates.services.threads import thread_lock
from proceedings.audit import Action
from proceedings.locks import lock_exclusive, lock_shared
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event, spend
from residents.models import NoticeKind
from residents.permissions import refuse_unless_account
from residents.services import send_notice

if TYPE_CHECKING:
    from places.models import Centre
    from residents.models import User

ALREADY_FLAGGED = Refusal(
    code="already_flagged",
    message=mark("You have already reported this opinion."),
    next_step=mark("A moderator will look at it. You need not do anything."),
)


def raise_if(refusal: Refusal | None) -> None:
    """Stop with a refusal, if there is one."""
    if refusal is not None:
        raise Refused(refusal)


def shared_thread(thread_id: int) -> Thread:
    """The conversation, shared by all who say something: nobody closes or hides it meanwhile."""
    lock_shared(thread_lock(thread_id))
    return Thread.objects.select_related("process").get(pk=thread_id)


def shared_comment(comment_id: int) -> Comment:
    """An opinion whose conversation nobody closes or hides meanwhile."""
    among = Comment.objects.values_list("thread_id", flat=True)
    thread = shared_thread(among.get(pk=comment_id))
    comment = Comment.objects.get(pk=comment_id)
    comment.thread = thread
    return comment


def facts(comment: Comment, actor: User) -> CommentFacts:
    """What the rules need to know of an opinion."""
    return CommentFacts(
        state=State(comment.state),
        is_reply=comment.parent_id is not None,
        by_reader=comment.author_id == actor.pk,
    )


def note_side(thread_id: int, author_id: int) -> None:
    """Note that somebody's side may have changed: what they rated here is counted anew."""
    rated = Reaction.objects.filter(comment__thread_id=thread_id, user_id=author_id)
    FiguresDue.objects.bulk_create(
        [FiguresDue(comment_id=pk) for pk in rated.values_list("comment_id", flat=True)]
    )


def note_change(*comments: Comment | None) -> None:
    """Note that the counts of these opinions have to be made anew."""
    FiguresDue.objects.bulk_create([FiguresDue(comment=comment) for comment in comments if comment])


@transaction.atomic(durable=True)
def post_comment(
    *,
    actor: User,
    thread_id: int,
    body: str,
    position: str = Position.NEUTRAL,
    parent_id: int | None = None,
) -> Comment:
    """Say something in a conversation, or reply to an opinion in it.

    Saying the same twice (a double click) gives the first one back. A reply stands on no side.
    Raises Refused when the conversation is closed or hidden, its process is in no debate, the
    opinion replied to is not shown, or the limit of the hour is reached.
    """
    raise_if(refuse_unless_account(actor))
    return add_comment(
        actor=actor, thread_id=thread_id, body=body, position=position, parent_id=parent_id
    )


def add_comment(
    *,
    actor: User,
    thread_id: int,
    body: str,
    position: str,
    parent_id: int | None = None,
    centre: Centre | None = None,
) -> Comment:
    """Store an opinion within the caller's transaction, with all that follows from it."""
    lock_exclusive(f"author:{actor.pk}")
    thread = shared_thread(thread_id)
    raise_if(refuse_opinions(thread))
    parent = Comment.objects.get(pk=parent_id, thread=thread) if parent_id is not None else None
    if parent is not None:
        raise_if(refuse_reply(facts(parent, actor)))
    said = Comment.objects.filter(
        thread=thread, author=actor, parent=parent, body=body, state=CommentState.VISIBLE
    )
    if centre is None and (before := said.first()) is not None:
        return before
    if centre is None:
        spend("opinion", actor.actor_ref)
    takes_side = thread.asks_position and parent is None
    comment = Comment.objects.create(
        thread=thread,
        parent=parent,
        author=actor,
        centre=centre,
        position=Position(position) if takes_side else Position.NEUTRAL,
        body=body,
    )
    note_change(comment, parent)
    if takes_side and centre is None:
        note_side(thread.pk, actor.pk)
    record_event(
        action=Action.COMMENT_POSTED,
        actor_ref=actor.actor_ref,
        subject=f"debates.comment:{comment.pk}",
        data={"thread": thread.pk, "parent": parent_id, "centre": centre.code if centre else None},
    )
    if parent is not None and parent.author_id != actor.pk:
        send_notice(
            user_ids=[parent.author_id],
            kind=NoticeKind.COMMENT_REPLY,
            params={"title": thread.subject_title},
            url=comment.get_absolute_url(),
        )
    return comment


@transaction.atomic(durable=True)
def react_to_comment(*, actor: User, comment_id: int, useful: bool | None) -> Comment:
    """Find an opinion useful or not; None takes it back. The last word counts.

    Raises Refused for one's own opinion, one that is not shown, or where nothing is said any more.
    """
    raise_if(refuse_unless_account(actor))
    comment = shared_comment(comment_id)
    raise_if(refuse_opinions(comment.thread))
    raise_if(refuse_reaction(facts(comment, actor)))
    spend("reaction", actor.actor_ref)
    if useful is None:
        Reaction.objects.filter(comment=comment, user=actor).delete()
    else:
        Reaction.objects.bulk_create(
            [Reaction(comment=comment, user=actor, useful=useful)],
            update_conflicts=True,
            unique_fields=["comment", "user"],
            update_fields=["useful"],
        )
    note_change(comment)
    return comment


@transaction.atomic(durable=True)
def flag_comment(*, actor: User, comment_id: int, rule: HouseRule, note: str = "") -> Flag:
    """Report an opinion under a house rule; a moderator looks at it.

    Raises Refused for one's own opinion, one that is not shown, a hidden conversation, or a second
    report. What is closed can still be reported.
    """
    raise_if(refuse_unless_account(actor))
    comment = shared_comment(comment_id)
    raise_if(refuse_if_hidden(is_hidden=comment.thread.is_hidden))
    raise_if(refuse_flag(facts(comment, actor)))
    spend("report", actor.actor_ref)
    flag, is_new = Flag.objects.get_or_create(
        comment=comment, user=actor, defaults={"rule": rule, "note": note}
    )
    if not is_new:
        raise Refused(ALREADY_FLAGGED)
    record_event(
        action=Action.COMMENT_FLAGGED,
        actor_ref=actor.actor_ref,
        subject=f"debates.comment:{comment.pk}",
        data={"rule": rule.number},
    )
    return flag


@transaction.atomic(durable=True)
def withdraw_comment(*, actor: User, comment_id: int) -> Comment:
    """Take back one's own opinion, for good; replies to it stay. Open reports are settled by it.

    Raises Refused for somebody else's opinion and for one that is not shown.
    """
    raise_if(refuse_unless_account(actor))
    comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment_id)
    raise_if(refuse_withdrawal(facts(comment, actor)))
    comment.state = CommentState.WITHDRAWN
    comment.save(update_fields=["state"])
    comment.flags.filter(settled_at__isnull=True).update(settled_at=timezone.now())
    note_change(comment, comment.parent)
    note_side(comment.thread_id, comment.author_id)
    record_event(
        action=Action.COMMENT_WITHDRAWN,
        actor_ref=actor.actor_ref,
        subject=f"debates.comment:{comment.pk}",
    )
    return comment


@transaction.atomic(durable=True)
def follow_thread(*, actor: User, thread_id: int) -> None:
    """Hear of new opinions in a conversation from now on, at most once a day."""
    raise_if(refuse_unless_account(actor))
    Follow.objects.get_or_create(thread=Thread.objects.get(pk=thread_id), user=actor)


@transaction.atomic(durable=True)
def unfollow_thread(*, actor: User, thread_id: int) -> None:
    """Hear no more of a conversation."""
    Follow.objects.filter(thread_id=thread_id, user=actor).delete()
