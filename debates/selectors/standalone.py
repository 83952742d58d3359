"""Read stand-alone debates: the list, what is open, what matches a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Extract
from django.utils import timezone
from django.utils.translation import gettext

from debates.cursors import read_cursor
from debates.models import Debate
from debates.selectors.threads import keyset_page, member_name
from hangul.search import query_patterns

if TYPE_CHECKING:
    from collections.abc import Collection

DEBATE_SORTS = ("new", "busy", "ending")
LIST_ROWS = 12
COUNT_CAP = 1000
"""Lists count up to here and say "1,000+" beyond."""


@dataclass(frozen=True)
class DebateList:
    """A page of debates; `cursor` places of its neighbours are "" at the ends."""

    debates: tuple[Debate, ...]
    count: int
    is_capped: bool
    previous: str
    next: str


def debates_on_show() -> QuerySet[Debate]:
    """Debates that are not hidden, newest first, with all that a card shows."""
    return (
        Debate.objects.filter(is_hidden=False)
        .select_related("author", "area", "field", "thread", "thread__figures")
        .order_by("-pk")
    )


def debate_page(pk: int) -> Debate | None:
    """One debate with all that its page shows, hidden or not."""
    return (
        Debate.objects.select_related("author", "area", "field", "thread", "thread__figures")
        .filter(pk=pk)
        .first()
    )


def debate_author(debate: Debate) -> str:
    """Who opened a debate, as others see it: the office, masked, or gone."""
    if debate.asked_by_office:
        return gettext("The office")
    return member_name(debate.author)


def still_open() -> Q:
    """The condition of a debate that takes opinions now."""
    return Q(thread__closed_at__isnull=True) | Q(thread__closed_at__gt=timezone.now())


def debate_list(  # the filters of the page, each by name
    *,
    area: str = "",
    field: str = "",
    standing: str = "",
    sort: str = "new",
    cursor: str = "",
) -> DebateList:
    """A page of debates in a dong (`area`, its code), a field (slug), open or closed.

    Sorted by newest, most opinions (`busy`) or the nearest end (`ending`, which shows only what
    has an end ahead). Unknown words fall back to everything, newest first.
    """
    found = debates_on_show()
    if area:
        found = found.filter(area__code=area)
    if field:
        found = found.filter(field__slug=field)
    if standing == "open":
        found = found.filter(still_open())
    elif standing == "closed":
        found = found.exclude(still_open())
    rows: QuerySet[Any]
    if sort == "busy":
        rows = found.annotate(value=Coalesce(F("thread__figures__comments"), 0))
    elif sort == "ending":
        ends = Cast(Extract("thread__closed_at", "epoch"), BigIntegerField())
        rows = found.filter(thread__closed_at__gt=timezone.now()).annotate(value=-ends)
    else:
        rows = found.annotate(value=Value(0))
    page, around = keyset_page(rows, read_cursor(cursor), limit=LIST_ROWS)
    count = rows.order_by().values("pk")[: COUNT_CAP + 1].count()
    return DebateList(
        debates=tuple(page),
        count=min(count, COUNT_CAP),
        is_capped=count > COUNT_CAP,
        previous=around.previous,
        next=around.next,
    )


def open_debates(*, areas: Collection[str] | None = None) -> QuerySet[Debate]:
    """Debates that take opinions now, newest first; in areas with these codes if given."""
    found = debates_on_show().filter(still_open())
    return found if areas is None else found.filter(area__code__in=areas)


def search_debates(query: str) -> QuerySet[Debate]:
    """Debates whose title or text holds every word of `query`, particles and spacing aside.

    Newest first; none for no word.
    """
    found, patterns = debates_on_show(), query_patterns(query)[:8]
    for pattern in patterns:
        found = found.filter(Q(title__iregex=pattern) | Q(body__iregex=pattern))
    return found if patterns else found.none()
