"""What the frame shows of several rooms at once, put together from their own selectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from budgets.models import Project, ProjectState
from budgets.selectors.listing import running_budgets
from debates.selectors.kept import export_of as talk_of
from debates.selectors.standalone import open_debates, search_debates
from hangul.formats import day, dday, people, won_text
from hangul.search import query_patterns, query_tokens
from places.selectors import ancestor_codes, codes_above, subtree_codes
from proceedings.selectors import public_processes, running_phases
from proposals.selectors.cards import card_of
from proposals.selectors.figures import answers_this_week, near_and_done, near_threshold
from proposals.selectors.kept import export_of as ideas_of
from proposals.selectors.listing import search_proposals
from residents.selectors import current_resident
from residents.selectors import export_of as account_of
from voting.models import Contest, ContestState
from voting.selectors import contests_today, open_contests, public_contests, votes_of
from voting.wording import badge_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from budgets.selectors.listing import BudgetCard
    from debates.models import Debate
    from places.models import Area, Centre
    from proceedings.models import Phase, Process
    from proposals.models import Answer
    from proposals.selectors.cards import Card
    from residents.models import User

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
class RunningCard:
    """A budget or a process under way, as a card of the frame."""

    title: str
    url: str
    over: str
    badge: str
    tone: str
    sum: str
    meta: tuple[tuple[str, str], ...]


def budget_card(card: BudgetCard, phase: Phase | None) -> RunningCard:
    """Which stage a budget is in, how many days are left, how much it gives out.

    `phase` is what runs now in its process; its end counts where no vote has hours of its own.
    """
    budget, kept = card.budget, language()
    turns_at = card.turns_at or (phase.closes_at if phase else None)
    count = gettext("%(count)s projects") % {"count": card.projects}
    meta = [("list", count)] if card.projects else []
    if budget.currency == "KRW":
        cap = gettext("Cap %(cap)s") % {"cap": won_text(int(budget.cap), kept)}
        meta = [("budget", cap), *meta]
    return RunningCard(
        title=budget.title,
        url=budget.get_absolute_url(),
        over=card.over,
        badge=card.badge,
        tone=card.tone,
        sum=dday(turns_at, timezone.localdate(), kept) if turns_at else "",
        meta=(*meta, *([("clock", card.note)] if card.note else [])),
    )


def phase_card(phase: Phase) -> RunningCard:
    """What people can do in a process now, and for how many days still."""
    until = gettext("until %(when)s") % {"when": day(phase.closes_at, language())}
    return RunningCard(
        title=phase.process.title,
        url=phase.process.get_absolute_url(),
        over=phase.process.area.local_name,
        badge=phase.title,
        tone="primary",
        sum=dday(phase.closes_at, timezone.localdate(), language()),
        meta=(("clock", until),),
    )


def running_in(codes: Collection[str] | None) -> tuple[RunningCard, ...]:
    """Budgets and processes under way, of areas by code or (None) of the whole town.

    A process that a budget shown belongs to stands with that budget.
    """
    phases = {phase.process_id: phase for phase in running_phases(codes)[:MOST]}
    budgets = running_budgets(codes, limit=3)
    shown = [budget_card(card, phases.get(card.budget.process_id or 0)) for card in budgets]
    named = {card.budget.process_id for card in budgets}
    others = [phase_card(phase) for process, phase in phases.items() if process not in named]
    return (*shown, *others[:3])


@dataclass(frozen=True)
class PlanVote:
    """A vote on a plan: where it stands, and its page, or its result once there is one."""

    contest: Contest
    url: str
    badge: str
    tone: str


@dataclass(frozen=True)
class Plan:
    """The latest votes on the plan of an area and the processes of its own; none that runs now."""

    votes: tuple[PlanVote, ...] = ()
    processes: tuple[Process, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.votes or self.processes)


@dataclass(frozen=True)
class Today:
    """What one can do today, and what came of what was done: for a dong or the whole town.

    Whatever it is stands once: what runs now first, then what belongs to the plan.
    """

    votes: tuple[VoteCard, ...]
    coming: tuple[VoteCard, ...]
    near: tuple[Card, ...]
    answers: tuple[Answer, ...]
    done: tuple[Card, ...]
    debates: tuple[Debate, ...]
    results: tuple[Contest, ...]
    running: tuple[RunningCard, ...]
    plan: Plan


def today_in(area: Area | None, *, plan_of: Area | None = None) -> Today:
    """Everything that is open, near, answered or done in `area`; of the whole town if None.

    A vote of the district concerns each of its dong; a proposal belongs to its own. With `plan_of`
    how that area decides on its plan stands apart.
    """
    above = codes_above(area) if area is not None else None
    contests = contests_today(above, plan_of=plan_of.code if plan_of else "")
    dongs = [area] if area is not None else []
    near, done = near_and_done(dongs, limit=MOST)
    codes = subtree_codes(area) if area is not None else None
    running = running_in(above)
    return Today(
        votes=tuple(vote_card(contest) for contest in contests.open),
        coming=tuple(vote_card(contest) for contest in contests.coming),
        near=tuple(card_of(each) for each in near),
        answers=tuple(answers_this_week(dongs, limit=MOST)),
        done=tuple(card_of(each) for each in done),
        debates=tuple(open_debates(areas=codes)[:4]),
        results=tuple(contests.ended[:4]),
        running=running,
        plan=plan_in(plan_of, contests.on_plan, running) if plan_of else Plan(),
    )


def plan_in(area: Area, votes: Iterable[Contest], running: Iterable[RunningCard]) -> Plan:
    """The `votes` on the plan of `area`, and its processes but those that stand as `running`."""
    shown = {card.url for card in running}
    processes = public_processes().filter(area__code=area.code).prefetch_related(None)
    return Plan(
        votes=tuple(plan_vote(contest) for contest in votes),
        processes=tuple(
            process for process in processes[:MOST] if process.get_absolute_url() not in shown
        ),
    )


def plan_vote(contest: Contest) -> PlanVote:
    """One vote on a plan with a way to where people look next."""
    label, tone = badge_of(contest)
    url = contest.get_absolute_url()
    if contest.state in {ContestState.PUBLISHED, ContestState.FINAL}:
        url = reverse("contest_result", args=[contest.pk])
    return PlanVote(contest, url, str(label), tone)


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
    has_more: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found anywhere."""
        return not (self.proposals or self.debates or self.contests or self.projects)


def found(query: str, *, page: int = 1, size: int = MOST) -> Found:
    """The newest of each kind that hold the words of `query`, particles and spacing aside.

    Proposals are found by their stored tokens, the others, which are few, by patterns. A later
    `page` reads on in every kind.
    """
    patterns = query_patterns(query)
    titles = Q()
    for pattern in patterns:
        titles &= Q(title__iregex=pattern) | Q(summary__iregex=pattern)
    proposals = search_proposals(query).as_cards()
    projects = Project.objects.filter(titles).select_related("budget", "area").order_by("-pk")
    rooms: tuple[QuerySet[Any] | None, ...] = (
        proposals if query_tokens(query) else None,
        search_debates(query),
        public_contests().filter(titles) if patterns else None,
        projects if patterns else None,
    )
    first = (page - 1) * size
    rows = [list(room[first : first + size + 1]) if room is not None else [] for room in rooms]
    shown = [room[:size] for room in rows]
    return Found(
        proposals=tuple(card_of(each) for each in shown[0]),
        debates=tuple(shown[1]),
        contests=tuple(shown[2]),
        projects=tuple(shown[3]),
        has_more=any(len(room) > size for room in rows),
    )


def everything_of(user: User) -> dict[str, object]:
    """What each room keeps about somebody, as plain data for the person it belongs to.

    Of a vote: that they took part, how and when, never what they chose.
    """
    votes = votes_of(current_resident(user))
    return {
        **account_of(user),
        **ideas_of(user),
        **talk_of(user),
        "votes": [
            {"title": contest.title, "how": event.to_state, "at": event.at_minute}
            for contest, event in votes.cast
        ],
    }


MOST_ON_BOARD = 3
"""Votes on a wall display; for each that is missing, one proposal and one answer has room."""


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
    for contest in contests.prefetch_related("centre_figures")[:MOST_ON_BOARD]:
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
    room = MOST_ON_BOARD - len(votes)
    near = list(near_threshold([centre.area], limit=MOST_ON_BOARD))
    return Board(
        centre=centre,
        votes=tuple(votes),
        near=tuple(card_of(each) for each in near[:room]),
        answers=tuple(answers_this_week(limit=MOST_ON_BOARD))[:room],
    )
