"""Take in a PaBuLib file whole: the budget, its projects, its ballots; the worker counts them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from budgets.methods.rules import Rule, rule_named
from budgets.models import Budget, BudgetState, Project, ProjectState
from budgets.pabulib import VoteType, profile_of
from budgets.services.allocation import money_text
from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.ballots import KEY_FORM, numbers_marks, picks_marks
from voting.log import Json, LeafKind
from voting.services.contests import OptionText, build_contest
from voting.services.importing import import_ballots
from voting.services.leaves import add_leaf, sign_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from budgets.methods.rules import Options
    from budgets.pabulib import PabulibBallot, PabulibElection
    from places.models import Area
    from voting.ballots import Marks

CHANNELS = {"internet": "web", "paper": "paper"}
"""PaBuLib's `voting_method`; any other word is another channel."""

DATE = re.compile(r"(?:(\d{1,2})\.(\d{1,2})\.)?(\d{4})")
GREEDY_TIES = ("lower_cost",)
SHARES_TIES = ("lower_cost", "more_votes")
MOST_TITLE = 300


def store_election(
    *, actor_ref: str, election: PabulibElection, area: Area, source: str, rule_name: str = ""
) -> Budget:
    """Store a whole election inside the caller's transaction, as a budget that waits to be counted.

    `rule_name` overrides the rule that the file declares. Refused for ballots that are neither
    plain sets of projects nor whole points, and for a rule that is not counted here.
    """
    rule = _rule(election, rule_name)
    refusal = _refuse_unfit(election)
    if refusal is not None:
        raise Refused(refusal)
    budget = Budget.objects.create(
        title=_title(election),
        area=area,
        year=_year(election),
        cap=_amount(election.budget),
        currency=election.meta.get("currency", "KRW")[:3],
        rule=rule.options.as_data(),
        state=BudgetState.COUNTING,
        imported_from=source[:200],
        imported_meta=dict(election.meta),
    )
    _store_projects(budget, election, area)
    _store_contest(budget, election, rule.options, actor_ref)
    record_event(
        action=Action.BUDGET_IMPORTED,
        actor_ref=actor_ref,
        subject=f"budgets.budget:{budget.pk}",
        data={"projects": len(election.projects), "ballots": len(election.ballots)},
    )
    return budget


def refuse_election(election: PabulibElection, rule_name: str = "") -> Refusal | None:
    """None if an election can be stored here; else why not."""
    try:
        _rule(election, rule_name)
    except Refused as refused:
        return refused.refusal
    return _refuse_unfit(election)


def _rule(election: PabulibElection, rule_name: str) -> Rule:
    rule = rule_named(rule_name or election.rule)
    if isinstance(rule, Refusal):
        raise Refused(rule)
    ties = SHARES_TIES if rule.needs_ballots else GREEDY_TIES
    return rule.with_options(threshold=election.threshold, tie_orders=ties)


def _refuse_unfit(election: PabulibElection) -> Refusal | None:
    if not (election.vote_type.is_set or election.vote_type is VoteType.CUMULATIVE):
        return Refusal(
            "ballots_not_sets",
            mark("Ballots of the kind “%(kind)s” cannot be voted on here yet."),
            mark("The command count_pabulib counts such a file without storing it."),
            {"kind": election.vote_type.value},
        )
    if election.vote_type is VoteType.CUMULATIVE and election.threshold:
        return Refusal(
            "least_points",
            mark("This file asks for a least number of points; here a project needs voters."),
            mark("The command count_pabulib counts such a file without storing it."),
        )
    if not all(type(given) is int for ballot in election.ballots for given in ballot.points):
        return Refusal(
            "points_not_whole",
            mark("A ballot of this file gives parts of a point; here points are whole."),
            mark("The command count_pabulib counts such a file without storing it."),
        )
    for project in election.projects:
        if not KEY_FORM.fullmatch(project.project_id):
            return Refusal(
                "bad_project_id",
                mark("The project id “%(id)s” has signs that an id may not have."),
                mark("Use letters, digits and signs without spaces, at most 60."),
                {"id": project.project_id},
            )
    return None


def _store_projects(budget: Budget, election: PabulibElection, area: Area) -> None:
    Project.objects.bulk_create(
        Project(
            budget=budget,
            code=project.project_id,
            title=(project.name or project.project_id)[:MOST_TITLE],
            area=area,
            cost=_amount(project.cost),
            state=ProjectState.ON_BALLOT,
            extra=dict(project.extra),
        )
        for project in election.projects
    )


def _store_contest(
    budget: Budget, election: PabulibElection, options: Options, actor_ref: str
) -> None:
    opens_at, closes_at = _dates(election)
    contest = build_contest(
        actor_ref=actor_ref,
        title=budget.title[:120],
        area=budget.area,
        options=[
            OptionText(
                key=project.code,
                title=project.title,
                url=project.get_absolute_url(),
                cost=project.cost,
            )
            for project in budget.projects.order_by("pk")
        ],
        origin="imported",
        outcome="allocation",
        effect="",
        opens_at=opens_at,
        closes_at=closes_at,
        census=len(election.ballots),
        **_ways(election),
        rule_options={
            "allocation": {**options.as_data(), "budget": money_text(election.budget)},
        },
        tie_rule="lower_cost",
        publication="full",
        revote="never",
    )
    budget.contest = contest
    budget.save(update_fields=["contest"])
    import_ballots(contest, _rows(election), actor_ref=actor_ref)
    withdrawn = [one.key for one in profile_of(election).candidates if one.withdrawn]
    if withdrawn:
        add_leaf(contest, {"kind": LeafKind.CORRECTION, "withdrawn": list[Json](withdrawn)})
        sign_head(contest)


def _ways(election: PabulibElection) -> dict[str, Any]:
    """What a voter could do, as far as the ballots show it: how many projects, how many points."""
    lengths = Counter(len(ballot.choices) for ballot in election.ballots if ballot.choices)
    most = max(lengths, default=1)
    if election.vote_type.is_set:
        least = min(lengths, default=1)
        return {"kind": "budget", "rule": "projects", "min_picks": least, "max_picks": most}
    given = max((sum(ballot.points) for ballot in election.ballots), default=0)
    return {"kind": "points", "rule": "points", "points": max(1, int(given)), "max_picks": most}


def _rows(election: PabulibElection) -> Iterator[tuple[str, str]]:
    for ballot in election.ballots:
        channel = CHANNELS.get(ballot.extra.get("voting_method", ""), "other")
        yield _marks(ballot, election.vote_type), channel


def _marks(ballot: PabulibBallot, vote_type: VoteType) -> Marks:
    """The projects chosen, or the points as they were given (0 is none)."""
    if vote_type.is_set:
        return picks_marks(ballot.choices)
    given = zip(ballot.choices, ballot.points, strict=True)
    return numbers_marks({key: int(points) for key, points in given if points})


def _title(election: PabulibElection) -> str:
    return (election.meta.get("description") or election.meta.get("unit") or "PaBuLib")[:120]


def _year(election: PabulibElection) -> int:
    found = re.search(r"(?:19|20)\d\d", election.meta.get("instance", ""))
    return int(found[0]) if found else _dates(election)[0].year


def _dates(election: PabulibElection) -> tuple[datetime, datetime]:
    """First and last moment of the vote in Seoul's time; a whole year where no day is named."""
    zone = ZoneInfo("Asia/Seoul")
    texts = [election.meta.get(key, "") for key in ("date_begin", "date_end")]
    found = [DATE.fullmatch(text.strip()) for text in texts]
    year = re.search(r"(?:19|20)\d\d", election.meta.get("instance", ""))
    plain = int(year[0]) if year else 2000
    first, last = (
        (int(m[3]), int(m[2] or default[0]), int(m[1] or default[1])) if m else (plain, *default)
        for m, default in zip(found, ((1, 1), (12, 31)), strict=True)
    )
    opens, closes = _moment(first, zone), _moment(last, zone) + timedelta(days=1)
    return (opens, closes) if opens < closes else (opens, opens + timedelta(days=1))


def _moment(day: tuple[int, int, int], zone: ZoneInfo) -> datetime:
    try:
        return datetime(*day, tzinfo=zone)
    except ValueError:  # a day that no calendar has
        return datetime(day[0], 1, 1, tzinfo=zone)


def _amount(amount: int | Fraction) -> Decimal:
    exact = Fraction(amount)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
