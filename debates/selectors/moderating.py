"""Read what waits for moderators and what they decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least

from debates.models import Appeal, Comment, CommentState, Flag, HouseRule, Moderation
from debates.moderation import Verdict, appeal_deadline
from debates.permissions import codes_moderated

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from residents.models import User


def house_rules() -> QuerySet[HouseRule]:
    """The rules of the house by number."""
    return HouseRule.objects.order_by("number")


@dataclass(frozen=True)
class ModerationFigures:
    """What moderation came to, for everybody to see."""

    opinions: int
    reports: int
    waiting: int
    hidden: int
    restored: int
    left: int
    appeals: int
    appeals_upheld: int
    by_rule: tuple[tuple[HouseRule, int, int], ...]
    """Each rule with its reports and its hidings."""


def moderation_figures() -> ModerationFigures:
    """Decisions, reports and requests to look again, counted from their rows."""
    decided = Moderation.objects.aggregate(
        hidden=Count("pk", filter=Q(verdict=Verdict.HIDDEN)),
        restored=Count("pk", filter=Q(verdict=Verdict.RESTORED)),
        left=Count("pk", filter=Q(verdict=Verdict.LEFT)),
    )
    flags = Flag.objects.aggregate(
        all=Count("pk"), waiting=Count("comment", distinct=True, filter=Q(settled_at__isnull=True))
    )
    later_restored = Moderation.objects.filter(
        comment=OuterRef("moderation__comment"),
        pk__gt=OuterRef("moderation"),
        verdict=Verdict.RESTORED,
    )
    appeals = Appeal.objects.aggregate(
        all=Count("pk"),
        upheld=Count("pk", filter=Q(Exists(later_restored), answered_at__isnull=False)),
    )
    hidings = dict(
        Moderation.objects.filter(verdict=Verdict.HIDDEN)
        .order_by()
        .values_list("rule")
        .annotate(Count("pk"))
    )
    rules = house_rules().annotate(reports=Count("flag")).order_by("number")
    return ModerationFigures(
        opinions=Comment.objects.count(),
        reports=flags["all"],
        waiting=flags["waiting"],
        hidden=decided["hidden"],
        restored=decided["restored"],
        left=decided["left"],
        appeals=appeals["all"],
        appeals_upheld=appeals["upheld"],
        by_rule=tuple((rule, rule.reports, hidings.get(rule.pk, 0)) for rule in rules),
    )


def open_appeals() -> QuerySet[Appeal]:
    """Requests to look again at the opinion of the outer query that nobody answered yet."""
    return Appeal.objects.filter(moderation__comment=OuterRef("pk"), answered_at__isnull=True)


def waiting_comments(comments: QuerySet[Comment] | None = None) -> QuerySet[Comment]:
    """Opinions (of `comments`, else of all) with open reports or an open request to look again."""
    open_flags = Flag.objects.filter(comment=OuterRef("pk"), settled_at__isnull=True)
    found = Comment.objects.all() if comments is None else comments
    return found.filter(Exists(open_flags) | Exists(open_appeals()))


def comments_for(user: User, comments: QuerySet[Comment] | None = None) -> QuerySet[Comment]:
    """Opinions (of `comments`, else of all) that somebody sees who decides about them."""
    found, codes = Comment.objects.all() if comments is None else comments, codes_moderated(user)
    return found if codes is None else found.filter(thread__area__code__in=codes)


def waiting_order(comments: QuerySet[Comment]) -> QuerySet[Any]:
    """What waits longest first, with `reports` (open ones), `is_appealed` and `waiting_since`."""
    open_flags = Flag.objects.filter(comment=OuterRef("pk"), settled_at__isnull=True).order_by()
    reports = open_flags.values("comment").annotate(count=Count("pk"))
    waiting: QuerySet[Any] = comments.select_related("thread", "author", "centre").annotate(
        reports=Coalesce(Subquery(reports.values("count")), 0),
        is_appealed=Exists(open_appeals()),
        waiting_since=Least(
            Subquery(open_flags.order_by("pk").values("created_at")[:1]),
            Subquery(open_appeals().order_by("pk").values("asked_at")[:1]),
        ),
    )
    return waiting.order_by(F("waiting_since").asc(nulls_last=True), "-pk")


@dataclass(frozen=True)
class QueueItem:
    """All that a moderator needs to decide about one opinion."""

    comment: Comment
    flags: tuple[Flag, ...]
    decisions: tuple[Moderation, ...]
    appeal: Appeal | None
    before: tuple[Comment, ...]
    after: tuple[Comment, ...]
    parent: Comment | None
    appeal_until: datetime | None

    @property
    def is_hidden(self) -> bool:
        """Whether it is hidden now."""
        return self.comment.state == CommentState.HIDDEN

    @property
    def is_withdrawn(self) -> bool:
        """Whether its author took it back: then there is nothing to decide."""
        return self.comment.state == CommentState.WITHDRAWN


def queue_item(comment: Comment) -> QueueItem:
    """An opinion with its reports, its earlier decisions and what stands around it."""
    beside = Comment.objects.filter(thread=comment.thread_id, parent=comment.parent_id)
    decisions = tuple(Moderation.objects.filter(comment=comment).select_related("rule", "appeal"))
    open_appeals = [
        decision.appeal
        for decision in decisions
        if hasattr(decision, "appeal") and decision.appeal.answered_at is None
    ]
    hiding = next((one for one in decisions if one.verdict == Verdict.HIDDEN), None)
    earlier = list(beside.filter(pk__lt=comment.pk).order_by("-pk")[:2])
    return QueueItem(
        comment=comment,
        flags=tuple(comment.flags.select_related("rule").order_by("pk")),
        decisions=decisions,
        appeal=open_appeals[0] if open_appeals else None,
        before=tuple(reversed(earlier)),
        after=tuple(beside.filter(pk__gt=comment.pk).order_by("pk")[:2]),
        parent=comment.parent,
        appeal_until=appeal_deadline(hiding.decided_at)
        if hiding is not None and comment.state == CommentState.HIDDEN
        else None,
    )


def appealable(comment: Comment) -> Moderation | None:
    """The decision by which an opinion is hidden, if it is."""
    if comment.state != CommentState.HIDDEN:
        return None
    return (
        Moderation.objects.filter(comment=comment, verdict=Verdict.HIDDEN)
        .select_related("rule")
        .first()
    )
