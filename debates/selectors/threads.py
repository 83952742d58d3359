"""Read conversations: what stands under a subject, in order, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict
from urllib.parse import urlencode

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, JSONObject, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from debates.cursors import Bounds, Cursor, bounds, read_cursor
from debates.models import (
    Appeal,
    Comment,
    CommentState,
    Follow,
    HouseRule,
    Moderation,
    Position,
    Reaction,
    Thread,
)
from debates.moderation import (
    State,
    Verdict,
    appeal_deadline,
    is_open,
    refuse_if_closed,
    refuse_if_hidden,
)
from hangul.masking import mask_name
from proceedings.models import PhaseKind
from proceedings.selectors import refuse_outside_phase
from residents.models import User

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from proceedings.refusals import Refusal

    Reader: TypeAlias = User | AnonymousUser | None

SORTS = ("best", "new")
SIDE_ROWS = 5
"""How many opinions each side shows when all sides stand beside each other."""
PAGE_ROWS = 20
REPLY_ROWS = 3
"""How many replies stand under an opinion before a link shows them all."""


class ThreadQuery(TypedDict):
    """What the address of a page asks of its conversation."""

    position: str
    sort: str
    cursor: str
    opinion: str


def thread_query(params: Mapping[str, str]) -> ThreadQuery:
    """Pick the conversation's part out of a request's GET, to be passed on to `thread_page`."""
    return ThreadQuery(
        position=params.get("position", ""),
        sort=params.get("sort", ""),
        cursor=params.get("cursor", ""),
        opinion=params.get("opinion", ""),
    )


@dataclass(frozen=True)
class Opinion:
    """One opinion or reply as it is shown to one reader."""

    pk: int
    body: str
    state: State
    position: str
    position_label: str
    name: str
    desk: str
    written_at: datetime
    useful: int
    not_useful: int
    is_reply: bool
    is_mine: bool
    mark: bool | None
    rule_number: int = 0
    rule_title: str = ""
    may_appeal: bool = False
    replies: tuple[Opinion, ...] = ()
    more_replies: int = 0

    @property
    def is_visible(self) -> bool:
        """Whether its words are shown."""
        return self.state is State.VISIBLE

    @property
    def is_hidden(self) -> bool:
        """Whether a moderator hid it."""
        return self.state is State.HIDDEN


@dataclass(frozen=True)
class Side:
    """The opinions of one position; of all of them (`position` is "") where none is asked."""

    position: str
    label: str
    count: int
    opinions: tuple[Opinion, ...]
    url: str

    @property
    def has_more(self) -> bool:
        """Whether its own page shows more."""
        return self.count > len(self.opinions)


@dataclass(frozen=True)
class Link:
    """A link of a row of tabs."""

    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class ThreadPage:
    """A page of a conversation, ready for `debates/_thread.html`.

    `sides` is one or three; empty when `focus`, one opinion with all its replies, is shown alone.
    `outside` says why a conversation takes no opinions now although it is not over.
    `agree`, `neutral`, `against` and `total` count opinions on show, without replies.
    """

    thread: Thread
    is_open: bool
    outside: Refusal | None
    position: str
    sort: str
    sides: tuple[Side, ...]
    focus: Opinion | None
    tabs: tuple[Link, ...]
    sorts: tuple[Link, ...]
    agree: int
    neutral: int
    against: int
    total: int
    previous_url: str
    next_url: str
    all_url: str
    here_url: str
    follows: bool
    is_member: bool

    @property
    def login_url(self) -> str:
        """Where a visitor logs in, to come back to this page."""
        return f"{reverse('account_login')}?{urlencode({'next': self.here_url})}"


@dataclass(frozen=True)
class _Address:
    """Writes addresses of one conversation's pages, keeping position and order."""

    subject_url: str
    position: str
    sort: str

    def to(self, **asked: str) -> str:
        kept = {"position": self.position, "sort": self.sort} | asked
        if kept["sort"] == SORTS[0]:
            kept["sort"] = ""
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{self.subject_url}{'?' if query else ''}{query}#opinions"


def refuse_opinions(thread: Thread) -> Refusal | None:
    """None while a conversation takes opinions: shown, open, in the debate of its process."""
    now = timezone.now()
    return (
        refuse_if_hidden(is_hidden=thread.is_hidden)
        or refuse_if_closed(thread.closed_at, now)
        or refuse_outside_phase(thread.process, PhaseKind.DEBATE, now)
    )


def thread_page(  # the parts of the address, each by name
    thread: Thread,
    *,
    position: str = "",
    sort: str = "best",
    cursor: str = "",
    opinion: str = "",
    user: Reader = None,
    follows: bool | None = None,
) -> ThreadPage:
    """A page of `thread` as `user` sees it, in at most four queries whatever its size.

    Without `position`, the best of every side; with one, that side page by page; with `opinion`,
    that opinion alone with all its replies. Unknown words fall back to the first page. Who knows
    already whether `user` follows it says so, and saves a query.
    """
    reader = user if isinstance(user, User) else None
    position = position if thread.asks_position and position in Position.values else ""
    address = _Address(thread.subject_url, position, sort if sort in SORTS else SORTS[0])
    place = read_cursor(cursor)
    counts = _counts(thread)
    sides: tuple[Side, ...] = ()
    focus: Opinion | None = None
    around = Bounds("", "")
    if found := _focus(thread, opinion, place, reader):
        focus, around = found
    elif thread.asks_position and not position:
        sides = _all_sides(thread, counts, address, reader)
    else:
        side, around = _one_side(thread, counts, address, place, reader)
        sides = (side,)
    asked = {"opinion": str(focus.pk)} if focus is not None else {}
    closed = refuse_opinions(thread)
    if follows is None:
        follows = reader is not None and Follow.objects.filter(thread=thread, user=reader).exists()
    return ThreadPage(
        thread=thread,
        is_open=closed is None,
        outside=closed if is_open(thread.closed_at, timezone.now()) else None,
        position=position,
        sort=address.sort,
        sides=sides,
        focus=focus,
        tabs=_tabs(counts, address) if thread.asks_position else (),
        sorts=(
            Link(gettext("Most useful first"), address.to(sort="best"), address.sort == "best"),
            Link(gettext("Newest first"), address.to(sort="new"), address.sort == "new"),
        ),
        agree=counts[Position.FOR],
        neutral=counts[Position.NEUTRAL],
        against=counts[Position.AGAINST],
        total=sum(counts.values()),
        previous_url=address.to(cursor=around.previous, **asked) if around.previous else "",
        next_url=address.to(cursor=around.next, **asked) if around.next else "",
        all_url=address.to(position="", sort=""),
        here_url=address.to(cursor=cursor, **asked),
        follows=follows,
        is_member=reader is not None,
    )


def thread_about(subject: str, reader: Reader = None) -> Thread | None:
    """The conversation under a subject that cannot hold its number; None before it is opened.

    Of `reader` it is known whether they follow it (`is_followed`).
    """
    account = (reader.pk if reader else None) or 0  # no account has this number
    follow = Follow.objects.filter(thread=OuterRef("pk"), user=account)
    return Thread.objects.filter(subject=subject).annotate(is_followed=Exists(follow)).first()


def subjects_talked_about(subjects: Collection[str]) -> set[str]:
    """Which of these subjects have their conversation."""
    return set(Thread.objects.filter(subject__in=subjects).values_list("subject", flat=True))


def _tabs(counts: Mapping[str, int], address: _Address) -> tuple[Link, ...]:
    """All sides, and each of them; as links they work everywhere."""
    return (
        Link(
            gettext("All sides"),
            address.to(position=""),
            not address.position,
            sum(counts.values()),
        ),
        *(
            Link(
                capfirst(str(side.label)),
                address.to(position=side.value),
                address.position == side.value,
                counts[side.value],
            )
            for side in Position
        ),
    )


def _counts(thread: Thread) -> dict[str, int]:
    """How many opinions (not replies) of each position are on show."""
    counted = _on_show(thread).order_by().values_list("position").annotate(Count("pk"))
    return dict.fromkeys(Position.values, 0) | dict(counted)


def _on_show(thread: Thread) -> QuerySet[Comment]:
    """Opinions with a place on the page: shown, hidden, or withdrawn but replied to."""
    replied = Exists(Comment.objects.filter(parent=OuterRef("pk")))
    return Comment.objects.filter(
        Q(state__in=[CommentState.VISIBLE, CommentState.HIDDEN]) | Q(replied),
        thread=thread,
        parent__isnull=True,
    )


def _sortable(rows: QuerySet[Comment], sort: str) -> QuerySet[Any]:
    """Rows with `value`, what they are sorted by (then newest first)."""
    value: Coalesce | Value = Coalesce(F("figures__score"), 0) if sort == "best" else Value(0)
    sortable: QuerySet[Any] = rows.annotate(value=value)
    return sortable


def _shown(rows: QuerySet[Any], reader: User | None) -> QuerySet[Any]:
    """Rows with all that a page shows of them; what was just clicked is counted at once."""
    hiding = Moderation.objects.filter(comment=OuterRef("pk"), verdict=Verdict.HIDDEN).order_by(
        "-pk"
    )
    mark = Reaction.objects.filter(comment=OuterRef("pk"), user=reader).values("useful")
    replies = (
        Comment.objects.filter(parent=OuterRef("pk"))
        .exclude(state=CommentState.WITHDRAWN)
        .order_by()
        .values("parent")
        .annotate(count=Count("pk"))
        .values("count")
    )
    shown: QuerySet[Any] = rows.select_related("author", "centre").annotate(
        useful=_reactions(useful=True),
        not_useful=_reactions(useful=False),
        hiding=Subquery(
            hiding.annotate(
                is_appealed=Exists(Appeal.objects.filter(moderation=OuterRef("pk")))
            ).values(
                told=JSONObject(
                    number="rule__number",
                    title="rule__title",
                    english="rule__english_title",
                    is_appealed="is_appealed",
                )
            )[:1]
        ),
        hidden_at=Subquery(hiding.values("decided_at")[:1]),
        mark=Subquery(mark) if reader else Value(None, output_field=BooleanField(null=True)),
        reply_count=Coalesce(Subquery(replies), 0),
    )
    return shown


def _reactions(*, useful: bool) -> Coalesce:
    """How many found an opinion useful, or not, counted from the reactions themselves."""
    counted = (
        Reaction.objects.filter(comment=OuterRef("pk"), useful=useful)
        .order_by()
        .values("comment")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(counted), 0)


def _all_sides(
    thread: Thread, counts: Mapping[str, int], address: _Address, reader: User | None
) -> tuple[Side, ...]:
    """The first opinions of each side, in one query for all three."""
    ranked = _sortable(_on_show(thread), address.sort).annotate(
        rank=Window(
            RowNumber(),
            partition_by=F("position"),
            order_by=[F("value").desc(), F("pk").desc()],
        ),
    )
    first = Comment.objects.filter(pk__in=ranked.filter(rank__lte=SIDE_ROWS).values("pk"))
    rows = _shown(_sortable(first, address.sort), reader).order_by("-value", "-pk")
    opinions = _opinions(rows, reader)
    return tuple(
        Side(
            position=side.value,
            label=capfirst(str(side.label)),
            count=counts[side.value],
            opinions=tuple(one for one in opinions if one.position == side.value),
            url=address.to(position=side.value),
        )
        for side in Position
    )


def _one_side(
    thread: Thread,
    counts: Mapping[str, int],
    address: _Address,
    place: Cursor | None,
    reader: User | None,
) -> tuple[Side, Bounds]:
    """A page of one side, or of all opinions where no position is asked."""
    rows = _sortable(_on_show(thread), address.sort)
    if address.position:
        rows = rows.filter(position=address.position)
    page, around = keyset_page(_shown(rows, reader), place, limit=PAGE_ROWS)
    return Side(
        position=address.position,
        label=capfirst(str(Position(address.position).label))
        if address.position
        else gettext("Opinions"),
        count=counts[address.position] if address.position else sum(counts.values()),
        opinions=_opinions(page, reader),
        url=address.to(),
    ), around


def keyset_page(
    rows: QuerySet[Any], place: Cursor | None, *, limit: int
) -> tuple[list[Any], Bounds]:
    """The `limit` rows after (or before) `place`, highest annotated `value` and newest first."""
    backward = place is not None and place.backward
    if place is not None:
        beyond = (
            Q(value__gt=place.value) | Q(value=place.value, pk__gt=place.pk)
            if backward
            else Q(value__lt=place.value) | Q(value=place.value, pk__lt=place.pk)
        )
        rows = rows.filter(beyond)
    order = ("value", "pk") if backward else ("-value", "-pk")
    found = list(rows.order_by(*order)[: limit + 1])
    page = found[:limit][:: -1 if backward else 1]
    places = [(row.value, row.pk) for row in page]
    return page, bounds(places, place, more=len(found) > limit)


def _focus(
    thread: Thread, opinion: str, place: Cursor | None, reader: User | None
) -> tuple[Opinion, Bounds] | None:
    """One opinion with a page of its replies; None unless `opinion` names one on show here."""
    if not opinion.isdecimal() or len(opinion) > 18:
        return None
    row = _shown(_on_show(thread), reader).filter(pk=int(opinion)).first()
    if row is None:
        return None
    # Replies read on from old to new; their place is the negated number, so that one rule pages.
    replies = _shown(_replies_of([row.pk]), reader).annotate(value=-F("pk"))
    page, around = keyset_page(replies, place, limit=PAGE_ROWS)
    return _opinions([row], reader, replies=page)[0], around


def _replies_of(parents: Sequence[int]) -> QuerySet[Comment]:
    """Replies on show."""
    return Comment.objects.filter(parent__in=parents).exclude(state=CommentState.WITHDRAWN)


def _first_replies(parents: Sequence[int], reader: User | None) -> QuerySet[Any]:
    """The first replies of each of these opinions, in one query for all."""
    ranked = _replies_of(parents).annotate(
        rank=Window(RowNumber(), partition_by=F("parent"), order_by=F("pk").asc()),
    )
    first = Comment.objects.filter(pk__in=ranked.filter(rank__lte=REPLY_ROWS).values("pk"))
    return _shown(first, reader).order_by("pk")


def _opinions(
    found: Iterable[Any],
    reader: User | None,
    *,
    replies: Sequence[Any] | None = None,
) -> tuple[Opinion, ...]:
    """Opinions with their replies: the given ones, else the first few of each."""
    rows = list(found)
    if replies is None:
        answered = [row.pk for row in rows if row.reply_count]
        replies = list(_first_replies(answered, reader)) if answered else []
    under: dict[int | None, list[Opinion]] = {}
    for reply in replies:
        under.setdefault(reply.parent_id, []).append(_opinion(reply, reader))
    return tuple(_opinion(row, reader, under.get(row.pk, ())) for row in rows)


def _opinion(
    row: Any,
    reader: User | None,
    replies: Sequence[Opinion] = (),
) -> Opinion:
    """One opinion for one reader; the words of what is not shown are left out."""
    hiding = row.hiding if row.state == CommentState.HIDDEN else None
    title, english = (hiding["title"] or "", hiding["english"] or "") if hiding else ("", "")
    is_mine = reader is not None and row.author_id == reader.pk
    return Opinion(
        pk=row.pk,
        body=row.body if row.state == CommentState.VISIBLE or is_mine else "",
        state=State(row.state),
        position=row.position,
        position_label=capfirst(row.get_position_display()),
        name=author_name(row),
        desk=gettext("written down at %(centre)s") % {"centre": row.centre.name}
        if row.centre
        else "",
        written_at=row.created_at,
        useful=row.useful,
        not_useful=row.not_useful,
        is_reply=row.parent_id is not None,
        is_mine=is_mine,
        mark=row.mark,
        rule_number=(hiding["number"] or 0) if hiding else 0,
        rule_title=HouseRule(title=title, english_title=english).local_title,
        may_appeal=is_mine
        and hiding is not None
        and not hiding["is_appealed"]
        and timezone.now() < appeal_deadline(row.hidden_at),
        replies=tuple(replies),
        more_replies=max(getattr(row, "reply_count", 0) - len(replies), 0),
    )


def author_name(comment: Comment) -> str:
    """Who wrote an opinion, as others see it: masked, at a desk, or gone."""
    if comment.centre_id is not None:
        return gettext("A resident")
    return member_name(comment.author)


def member_name(user: User) -> str:
    """An account's name as others see it: masked, or gone."""
    return gettext("Former member") if user.erased_at is not None else mask_name(user.name)


def comment_with_thread(pk: int) -> Comment | None:
    """An opinion with its conversation at hand."""
    return Comment.objects.select_related("thread__area", "author", "centre").filter(pk=pk).first()


def comment_place(comment: Comment) -> str:
    """Where an opinion stands: its conversation opened at it, marked by the fragment.

    A reply opens under the opinion it answers, with the replies read on from it.
    """
    query = {"opinion": str(comment.parent_id or comment.pk)}
    if comment.parent_id is not None:
        # Replies stand at their negated numbers; the place just before this one begins with it.
        query["cursor"] = str(Cursor(1 - comment.pk, 0))
    return f"{comment.thread.subject_url}?{urlencode(query)}#opinion-{comment.pk}"


def one_opinion(comment: Comment, user: Reader) -> Opinion:
    """One opinion as `user` sees it now, with fresh figures and without replies."""
    reader = user if isinstance(user, User) else None
    row = _shown(Comment.objects.filter(pk=comment.pk), reader).get()
    return _opinions([row], reader, replies=[])[0]


def threads_with_subject() -> QuerySet[Thread]:
    """Conversations that name what they are about, newest first, with their figures."""
    return Thread.objects.exclude(subject="").select_related("figures").order_by("-pk")


def public_thread(pk: int) -> Thread | None:
    """A conversation that everybody may read; None where there is none or its subject is hidden."""
    return Thread.objects.filter(pk=pk, is_hidden=False).first()


def comments_of(thread: Thread) -> QuerySet[Any]:
    """Everything said in a conversation, with figures, for the API: opinions and replies.

    What is hidden or withdrawn is among it; `public_body` leaves its words out.
    """
    return _shown(Comment.objects.filter(thread=thread), None).order_by("-pk")


def opinions_by(user: User) -> QuerySet[Comment]:
    """What an account has written, newest first, with its conversations at hand."""
    return Comment.objects.filter(author=user).select_related("thread").order_by("-pk")
