"""The demo town is alive on whatever day it is filled, by the site's clock and the database's."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from budgets.models import Budget, Milestone, Project, ProjectState
from civic.demo import votes
from civic.demo.debates import DEBATES
from civic.demo.talk import IDEAS, reached_ago
from civic.selectors import today_in
from debates.models import Debate
from places.selectors import dongs_in_force
from proceedings.models import Phase
from proposals.lifecycle import add_months
from proposals.models import Answer, Proposal, ProposalState
from proposals.selectors import overdue_proposals
from voting.models import Contest, ContestState, Draw, Publication

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")
CLOCKS = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp")


def move_database(by: timedelta) -> None:
    """Let the database's clock go before (or after) its own, for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('madang.ahead', %s, false)", [f"{by.total_seconds()} s"])


@pytest.fixture(params=["2028-02-29 23:50", "2027-01-01 00:05"])
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller]:
    """A leap day just before midnight, the first minutes of a year: for Python and PostgreSQL.

    The test is one transaction, whose beginning is no hour: every clock goes on here.
    """
    moment = datetime.strptime(request.param, "%Y-%m-%d %H:%M").replace(tzinfo=SEOUL)
    ahead = moment - timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA other_day")
        for name in CLOCKS:
            cursor.execute(
                f"CREATE FUNCTION other_day.{name}() RETURNS timestamptz LANGUAGE sql AS $$ SELECT "
                "pg_catalog.clock_timestamp() + current_setting('madang.ahead')::interval $$"
            )
        cursor.execute("SET LOCAL search_path = other_day, public, pg_catalog")
    move_database(ahead)
    with time_machine.travel(moment, tick=True) as traveller:
        yield traveller


def jump(contest: Contest, *, clock: time_machine.Traveller) -> None:
    """Past the close at once, instead of sitting it through."""
    assert contest.closes_at is not None
    left = contest.closes_at - timezone.now() + timedelta(seconds=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT current_setting('madang.ahead')::interval")
        ahead = cursor.fetchone()[0]
    clock.shift(left)
    move_database(ahead + left)


def test_the_town_is_alive_on_any_day(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = partial(votes.finished_agenda, close=partial(jump, clock=clock))
    monkeypatch.setattr(votes, "finished_agenda", finish)
    with override_settings(DEMO=True):
        call_command("seed_demo")
    now, today = timezone.now(), timezone.localdate()
    town = today_in(None)
    assert town.votes
    assert town.coming
    assert town.near
    assert town.answers
    assert town.done
    assert town.debates
    assert town.results
    assert all(today_in(dong).votes for dong in dongs_in_force())
    soon = now + timedelta(days=7)
    assert Contest.objects.filter(state=ContestState.OPEN, closes_at__range=(now, soon)).exists()
    gathering = Proposal.objects.filter(state=ProposalState.GATHERING)
    assert gathering.filter(closes_at__range=(now, soon)).exists()
    assert overdue_proposals().proposals
    shown = dict(Proposal.objects.values_list("title", "figures__supports"))
    assert shown == {idea.title: idea.supports for idea in IDEAS}
    took_part = dict(Debate.objects.values_list("title", "thread__figures__people"))
    wanted = {title: people for title, *_rest, people in DEBATES}
    assert took_part.keys() == wanted.keys()
    assert all(wanted[title] <= people <= wanted[title] + 1 for title, people in took_part.items())
    assert Milestone.objects.filter(done_on=None, planned_on__lt=today).exists()
    assert Project.objects.filter(state=ProjectState.DONE).exists()
    assert Contest.objects.filter(state=ContestState.PUBLISHED).exists()
    last = Budget.objects.get(year=today.year)
    counted = Publication.objects.get(contest__budget=last)
    assert last.created_at == counted.published_at
    assert counted.contest.closes_at is not None
    assert counted.contest.closes_at < counted.published_at
    steps = Milestone.objects.filter(project__budget=last)
    decided = timezone.localdate(counted.published_at)
    assert all(decided < step.planned_on for step in steps)
    assert all(decided < step.done_on <= today for step in steps if step.done_on)
    assert Draw.objects.filter(draws_at__gt=now).exists()
    assert Draw.objects.filter(draws_at__lt=now).exists()
    assert Phase.objects.filter(opens_at__lte=now, closes_at__gt=now).exists()
    drawn = Draw.objects.get(title="솔머리동장 추천 주민평가단")
    panel = Contest.objects.get(title="솔머리동장 추천")
    assert panel.roll.count() == panel.census == drawn.seats
    adopted = Answer.objects.get(next_step__contains="교체를 마치고")
    assert adopted.next_date is not None
    assert adopted.next_date > today
    assert f"{adopted.next_date.month}월 {adopted.next_date.day}일까지" in adopted.next_step
    years = set(Budget.objects.values_list("year", flat=True))
    assert {today.year, today.year + 1} & years


def test_what_waits_for_an_answer_waits_as_its_story_says_on_every_day() -> None:
    """Only months differ in length: four years of days, without filling the town."""
    stories = {"reviewing": range(1, 8), "overdue": range(-30, 0)}
    ideas = [idea for idea in IDEAS if idea.ends in stories]
    assert {idea.ends for idea in ideas} == set(stories)
    for number in range(4 * 366):
        today = date(2026, 1, 1) + timedelta(days=number)
        for idea, later in itertools.product(ideas, (0, 1)):  # by the hour of the day
            reached = today - timedelta(days=int(reached_ago(idea)) + later)
            left = (add_months(reached, 1) - today).days
            assert left in stories[idea.ends], (today, idea.title, left)
