"""What the frame shows of several rooms at once, put together from their own selectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext

from budgets.models import Budget, Milestone, Project, ProjectState
from budgets.selectors.listing import public_budgets
from debates.selectors.standalone import open_debates, search_debates
from hangul.formats import dday, people
from hangul.search import query_tokens
from places.selectors import ancestor_codes, subtree_codes
from proposals.selectors.cards import card_of
from proposals.selectors.figures import answers_this_week, near_and_done, near_threshold
from proposals.selectors.listing import search_proposals
from voting.models import Contest, ContestState
from voting.selectors import contests_today, open_contests, public_contests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debates.models import Debate
    from places.models import Area, Centre
    from proposals.models import Answer
    from proposals.selectors.cards import Card

MOST = 6
"""How many of a kind a page of several kinds shows; the rest is one link away."""


@dataclass(frozen=True)
class VoteCard:
    """A contest as a card of the frame."""

    contest: Contest
    badge: str
    tone: str
    sum: str
    meta: tuple[tuple[str, str], ...]


def language() -> str:
    """The language of the page, for words put together here."""
    return get_language() or "ko"


def vote_card(contest: Contest) -> VoteCard:
    """How long it still runs, and how many have taken part by which channel."""
    today = timezone.localdate()
    figures = getattr(contest, "figures", None)
    meta: list[tuple[str, str]] = []
    if figures and contest.live_turnout:
        meta = [
            ("person", gettext("web %(count)s") % {"count": people(figures.web, language())}),
            ("vote", gettext("paper %(count)s") % {"count": people(figures.paper, language())}),
        ]
    is_open = contest.state == ContestState.OPEN
    when = contest.closes_at if is_open else contest.opens_at
    return VoteCard(
        contest=contest,
        badge=gettext("Voting is open") if is_open else gettext("Opens soon"),
        tone="success" if is_open else "",
        sum=dday(when, today, language()) if when and contest.state in {"open", "frozen"} else "",
        meta=tuple(meta),
    )


@dataclass(frozen=True)
class Today:
    """What one can do today, and what came of what was done: for a dong or the whole town."""

    votes: tuple[VoteCard, ...]
    coming: tuple[VoteCard, ...]
    near: tuple[Card, ...]
    answers: tuple[Answer, ...]
    done: tuple[Card, ...]
    debates: tuple[Debate, ...]
    results: tuple[Contest, ...]


def today_in(area: Area | None) -> Today:
    """Everything that is open, near, answered or done in `area`; of the whole town if None.

    A vote of the district concerns each of its dong; a proposal belongs to its own.
    """
    votes, coming, results = contests_today(ancestor_codes(area) if area is not None else None)
    dongs = [area] if area is not None else []
    near, done = near_and_done(dongs, limit=MOST)
    codes = subtree_codes(area) if area is not None else None
    return Today(
        votes=tuple(vote_card(contest) for contest in votes),
        coming=tuple(vote_card(contest) for contest in coming),
        near=tuple(card_of(each) for each in near),
        answers=tuple(answers_this_week(dongs, limit=MOST)),
        done=tuple(card_of(each) for each in done),
        debates=tuple(open_debates(areas=codes)[:4]),
        results=tuple(results[:4]),
    )


@dataclass(frozen=True)
class Delivered:
    """A budget project of a dong with how far it is."""

    project: Project
    badge: str
    tone: str


def delivered_in(area: Area) -> list[Delivered]:
    """Projects of `area` that a vote selected, those under way first."""
    rows = (
        Project.objects.filter(area__code=area.code)
        .filter(state__in=[ProjectState.SELECTED, ProjectState.EXECUTING, ProjectState.DONE])
        .select_related("budget")
        .order_by("state", "-pk")[:MOST]
    )
    tones = {ProjectState.DONE.value: "success", ProjectState.EXECUTING.value: "primary"}
    return [Delivered(row, str(row.get_state_display()), tones.get(row.state, "")) for row in rows]


@dataclass(frozen=True)
class Found:
    """What a search finds, by room."""

    proposals: tuple[Card, ...]
    debates: tuple[Debate, ...]
    contests: tuple[Contest, ...]
    projects: tuple[Project, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found anywhere."""
        return not (self.proposals or self.debates or self.contests or self.projects)


def found(query: str) -> Found:
    """The newest of each kind that hold the words of `query`, particles and spacing aside."""
    words = [word for word in query.split() if word]
    titles = Q()
    for word in words:
        titles &= Q(title__icontains=word) | Q(summary__icontains=word)
    return Found(
        proposals=tuple(
            card_of(each)
            for each in search_proposals(query).select_related("area", "field", "figures")[:MOST]
        )
        if query_tokens(query)
        else (),
        debates=tuple(search_debates(query)[:MOST]),
        contests=tuple(public_contests().filter(titles)[:MOST]) if words else (),
        projects=tuple(
            Project.objects.filter(titles, budget__in=Budget.objects.all())
            .select_related("budget", "area")
            .order_by("-pk")[:MOST]
        )
        if words
        else (),
    )


@dataclass(frozen=True)
class BoardVote:
    """A vote on a wall display: the same figures as on the web, and this centre's own."""

    card: VoteCard
    total: int
    web: int
    paper: int
    issued: int
    typed: int
    url: str


@dataclass(frozen=True)
class Board:
    """All a wall display shows. No personal data."""

    centre: Centre
    votes: tuple[BoardVote, ...]
    near: tuple[Card, ...]
    answers: tuple[Answer, ...]


def board_of(centre: Centre) -> Board:
    """Votes that concern the centre's dong with their figures, and what is near or answered."""
    contests = open_contests().filter(area__code__in=ancestor_codes(centre.area))
    votes = []
    for contest in contests.prefetch_related("centre_figures")[:3]:
        figures = getattr(contest, "figures", None)
        mine = next((f for f in contest.centre_figures.all() if f.centre_id == centre.pk), None)
        web, paper = (figures.web, figures.paper) if figures else (0, 0)
        votes.append(
            BoardVote(
                card=vote_card(contest),
                total=web + paper,
                web=web,
                paper=paper,
                issued=mine.issued if mine else 0,
                typed=mine.sheets_typed if mine else 0,
                url=settings.SITE_URL + contest.get_absolute_url(),
            )
        )
    return Board(
        centre=centre,
        votes=tuple(votes),
        near=tuple(card_of(each) for each in near_threshold([centre.area], limit=3)),
        answers=tuple(answers_this_week(limit=3)),
    )


def late_milestones(limit: int = MOST) -> Sequence[Milestone]:
    """Steps of budget projects that are overdue, the longest first."""
    return list(
        Milestone.objects.filter(done_on__isnull=True, planned_on__lt=timezone.localdate())
        .select_related("project__budget")
        .order_by("planned_on")[:limit]
    )


def running_budgets() -> Sequence[Budget]:
    """The newest budgets."""
    return list(public_budgets()[:3])
