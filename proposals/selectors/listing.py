"""Lists of proposals: filter, order, search, page by page; the same on a map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Count, F, Func, IntegerField, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hangul.search import query_tokens, similar
from places.models import Area
from places.selectors import dongs_in_force
from proceedings.models import Field
from proposals.models import Proposal, ProposalState
from proposals.selectors.cards import Card, card_of, local_name
from proposals.selectors.distance import (
    MANY,
    REACHES,
    Spot,
    coarse,
    ever_wider,
    measured_from,
    spot_of,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrPromise

    from places.models import AreaQuerySet
    from proposals.models import ProposalQuerySet

PAGE_ROWS = 20
COUNT_CAP = 1000
FEW_HITS = 20
"""Below so many hits by tokens the titles are searched by likeness too (typing errors)."""
MAP_POINTS = 300
SIMILAR_ROWS = 5
SIMILAR_SCORE = 250
"""Shared tokens (0 to 1000) from which two titles are shown as similar."""

SORTS: dict[str, StrPromise] = {
    "hot": _("Rising"),
    "supports": _("Most supported"),
    "new": _("Newest"),
    "closing": _("Ending soon"),
    "near": _("Nearest"),
}
STAGES: dict[str, tuple[StrPromise, tuple[ProposalState, ...]]] = {
    "gathering": (_("Gathering support"), (ProposalState.GATHERING,)),
    "debating": (_("Public debate"), (ProposalState.DEBATING,)),
    "review": (
        _("Department review"),
        (ProposalState.REVIEWING, ProposalState.TRANSFERRED, ProposalState.REPAIR),
    ),
    "answered": (_("Answered"), (ProposalState.ANSWERED,)),
    "work": (_("Being carried out"), (ProposalState.IN_PROGRESS,)),
    "done": (_("Done"), (ProposalState.DONE,)),
    "ended": (
        _("Ended otherwise"),
        (ProposalState.EXPIRED, ProposalState.MERGED, ProposalState.WITHDRAWN),
    ),
}
"""What people filter by: words for one or several states."""


@dataclass(frozen=True)
class ListQuery:
    """What a list is asked for. Unknown words are taken as not said."""

    area: str = ""
    field: str = ""
    stage: str = ""
    q: str = ""
    sort: str = "hot"
    near: str = ""
    reach: str = ""
    cursor: str = ""
    spot: Spot | None = None
    """Where `near` is; in no address."""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> ListQuery:
        """From the address of a page. Without a place nothing is near."""
        stage, sort = params.get("stage", ""), params.get("sort", "")
        near, reach = coarse(params.get("near", "")[:60]), params.get("reach", "")
        spot = spot_of(near) if near else None
        if spot is None:
            near = reach = ""
            sort = "" if sort == "near" else sort
        return cls(
            area=params.get("area", "")[:10],
            field=params.get("field", "")[:50],
            stage=stage if stage in STAGES else "",
            q=params.get("q", "").strip()[:100],
            sort=sort if sort in SORTS else "hot",
            near=near,
            reach=reach if reach in REACHES else "",
            spot=spot,
            cursor=params.get("cursor", "")[:60],
        )

    def parameters(self, **changes: str) -> dict[str, str]:
        """What an address says of this list with `changes`; any change goes to its first page."""
        said = {**vars(self), "cursor": "", **changes}
        del said["spot"]
        return {key: value for key, value in said.items() if value and value != "hot"}

    def url(self, name: str = "proposals", **changes: str) -> str:
        """The address of this list with `changes`."""
        query = self.parameters(**changes)
        return f"{reverse(name)}{'?' if query else ''}{urlencode(query)}"


@dataclass(frozen=True)
class ListPage:
    """A page of a list: cards, how many there are in all (capped), the ways on."""

    query: ListQuery
    cards: tuple[Card, ...]
    count: int
    is_capped: bool
    previous_url: str
    next_url: str


def public_proposals() -> ProposalQuerySet:
    """Everybody's proposals in no order yet: what pages and the API show."""
    return Proposal.objects.public()


def filtered_proposals(query: ListQuery) -> ProposalQuerySet:
    """All public proposals that `query` asks for, in no order yet."""
    rows = public_proposals()
    if query.area:
        rows = rows.filter(area__in=Area.objects.filter(code=query.area).values("pk"))
    if query.field:
        rows = rows.filter(field__slug=query.field)
    if query.stage:
        rows = rows.filter(state__in=STAGES[query.stage][1])
    if query.spot is not None and query.reach:
        rows = within(int(query.reach), query.spot, rows)
    elif query.spot is not None:
        rows = measured_from(query.spot, rows) if query.sort == "near" else rows
    if query.sort == "closing":
        rows = rows.filter(state=ProposalState.GATHERING, closes_at__gt=timezone.now())
    return search_proposals(query.q, rows) if query.q else rows


def search_proposals(q: str, among: ProposalQuerySet | None = None) -> ProposalQuerySet:
    """Public proposals that speak of `q`, whatever the particles and spaces; in no order.

    By search tokens; when they give fewer than 20, also by the likeness of titles, which forgives
    a typing error. A query that says nothing finds nothing.
    """
    rows = public_proposals() if among is None else among
    tokens = query_tokens(q)
    hits = rows.filter(tokens__contains=tokens) if tokens else rows.none()
    if hits[:FEW_HITS].count() >= FEW_HITS or len(q) < 2:
        return hits
    alike = Q(title__icontains=q) | Q(title__trigram_similar=q) | Q(title__trigram_word_similar=q)
    return rows.filter(Q(tokens__contains=tokens) | alike) if tokens else rows.filter(alike)


def proposal_list(query: ListQuery) -> ListPage:
    """A page of the list, by keyset: any page costs what the first does.

    Of the nearest, a page costs what lies nearer than its end.
    """
    rows = filtered_proposals(query)
    count = rows.order_by()[: COUNT_CAP + 1].count()
    page, has_previous, has_next = _keyset(rows, query, is_many=count > MANY)
    return ListPage(
        query=query,
        cards=tuple(card_of(proposal) for proposal in page),
        count=min(count, COUNT_CAP),
        is_capped=count > COUNT_CAP,
        previous_url=_turn(query, page[0], backward=True) if has_previous and page else "",
        next_url=_turn(query, page[-1], backward=False) if has_next and page else "",
    )


def similar_proposals(title: str, *, but: int = 0) -> list[Card]:
    """Up to five public proposals much like `title`, the most alike first."""
    words = query_tokens(title)
    if not words:
        return []
    near = (
        Proposal.objects.public()
        .exclude(pk=but)
        .filter(Q(tokens__overlap=words) | Q(title__trigram_similar=title))
        .exclude(state__in=[ProposalState.WITHDRAWN, ProposalState.MERGED])
        .annotate(likeness=TrigramWordSimilarity(title, "title"))
        .order_by("-likeness", "-pk")
        .as_cards()[:50]
    )
    scored = [(similar(title, one.title), one) for one in near]
    best = sorted(
        (pair for pair in scored if pair[0] >= SIMILAR_SCORE), key=lambda p: (-p[0], -p[1].pk)
    )
    return [card_of(one) for _score, one in best[:SIMILAR_ROWS]]


# --- Keyset ---

ORDERS = {
    "hot": ("figures__hot", True),
    "supports": ("figures__supports", True),
    "new": ("published_at", True),
    "closing": ("closes_at", False),
    "near": ("metres", False),
}
"""Column sorted by, and whether the highest comes first; the number settles what is equal."""


def _keyset(
    rows: ProposalQuerySet, query: ListQuery, *, is_many: bool
) -> tuple[list[Proposal], bool, bool]:
    column, descending = ORDERS[query.sort]
    place = _read(query)
    backward = place is not None and place[2]
    downwards = descending is not backward
    if place is not None:
        value, pk, _backward = place
        sign = "lt" if downwards else "gt"
        rows = rows.filter(
            Q((f"{column}__{sign}e", value)),
            Q((f"{column}__{sign}", value)) | Q((f"pk__{sign}", pk)),
        )
    key, last = F(column), F("pk")
    order = [key.desc(), last.desc()] if downwards else [key.asc(), last.asc()]
    found: list[Proposal] = []
    for circle in _circles(rows, query, place) if is_many else [rows]:
        found = list(
            circle.filter(**{f"{column}__isnull": False})
            .as_cards()
            .defer("tokens")
            .order_by(*order)[: PAGE_ROWS + 1]
        )
        if backward or len(found) > PAGE_ROWS:
            break
    page, more = found[:PAGE_ROWS], len(found) > PAGE_ROWS
    if backward:
        return page[::-1], more, True
    return page, place is not None, more


def _circles(
    rows: ProposalQuerySet, query: ListQuery, place: tuple[float | int | datetime, int, bool] | None
) -> Iterable[ProposalQuerySet]:
    """Where to look for a page: the nearest of many in ever wider circles, all else at once."""
    if query.sort != "near" or query.spot is None:
        return [rows]
    beyond = place[0] if place is not None and isinstance(place[0], int) else 0
    return ever_wider(query.spot, rows, beyond)


def _turn(query: ListQuery, row: Proposal, *, backward: bool) -> str:
    """The address of the page that begins after `row`, or ends before it."""
    value = row.figures if query.sort in {"hot", "supports"} else row
    raw = getattr(value, ORDERS[query.sort][0].rpartition("__")[2])
    if isinstance(raw, datetime):
        text = str(int(raw.timestamp()) * 1_000_000 + raw.microsecond)
    else:
        text = repr(raw)
    return query.url(cursor=f"{'~' if backward else ''}{text}_{row.pk}")


def _read(query: ListQuery) -> tuple[float | int | datetime, int, bool] | None:
    """The place named by the cursor; None (the first page) for anything else."""
    text, _sign, number = query.cursor.removeprefix("~").partition("_")
    try:
        value: float | int | datetime
        if query.sort == "hot":
            value = float(text)
        elif query.sort in {"supports", "near"}:
            value = int(text)
        else:
            seconds, micro = divmod(int(text), 1_000_000)
            value = datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro)
        pk = int(number)
    except (ValueError, OverflowError, OSError):
        return None
    if value != value or not 0 <= pk < 2**63 or (isinstance(value, int) and value >= 2**31):  # noqa: PLR0124 - NaN is the number that differs from itself
        return None
    return value, pk, query.cursor.startswith("~")


# --- Choices and the map ---


def area_choices() -> list[tuple[str, str]]:
    """Dong in force: (code, name in the page's language)."""
    return [(area.code, local_name(area)) for area in dongs_in_force()]


def field_choices() -> list[tuple[str, str]]:
    """Fields in their order: (address, name in the page's language)."""
    return [(field.slug, local_name(field)) for field in Field.objects.all()]


@dataclass(frozen=True)
class MapArea:
    """A dong on the map: its outline, how many proposals, and the list of them."""

    key: str
    label: str
    geometry: Mapping[str, object]
    value: int
    url: str


@dataclass(frozen=True)
class MapPlace:
    """A proposal that names its point, in degrees."""

    label: str
    longitude: float
    latitude: float
    url: str


def map_of(query: ListQuery) -> tuple[list[MapArea], list[MapPlace]]:
    """The list as a map: dong with their figures, and the newest points (at most 300)."""
    query = replace(query, sort="new") if query.sort == "near" else query
    rows = filtered_proposals(replace(query, area=""))
    counts = dict(rows.order_by().values_list("area__code").annotate(Count("pk")))
    areas = [
        MapArea(
            key=area.code,
            label=local_name(area),
            geometry=area.shape,
            value=counts.get(area.code, 0),
            url=query.url(area=area.code),
        )
        for area in dongs_in_force()
        if area.shape
    ]
    points = (
        filtered_proposals(query)
        .filter(longitude__isnull=False, latitude__isnull=False)
        .only("pk", "title", "longitude", "latitude")
        .order_by("-published_at", "-pk")[:MAP_POINTS]
    )
    return areas, [
        MapPlace(
            label=point.title,
            longitude=float(point.longitude or 0),
            latitude=float(point.latitude or 0),
            url=point.get_absolute_url(),
        )
        for point in points
    ]


def with_proposals(areas: AreaQuerySet) -> AreaQuerySet:
    """Areas with what `count_in` reads without a question."""
    rows = public_proposals().filter(area__code=OuterRef("code")).order_by().values("pk")
    first = ArraySubquery(rows[: COUNT_CAP + 1])
    return areas.annotate(
        proposal_count=Func(first, function="cardinality", output_field=IntegerField())
    )


def count_in(area: Any) -> str:
    """How many public proposals an area that was read `with_proposals` has; "1,000+" at most."""
    return f"{COUNT_CAP:,}+" if area.proposal_count > COUNT_CAP else f"{area.proposal_count:,}"
