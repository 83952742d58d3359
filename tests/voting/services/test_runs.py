"""Workers killed by SIGKILL in the middle of a count, or sent three times: one result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from residents.models import Notice
from tests.factories.budgets import make_voting_budget, vote_for
from tests.factories.processes import run_workers
from tests.factories.voting import make_open_contest, pass_the_close, vote
from voting.models import Contest, ContestState, TallyRun
from voting.selectors.counting import count, input_of
from voting.services.contests import box_contest, close_contest
from voting.services.counting import count_contest, open_box
from voting.verifier import Check

if TYPE_CHECKING:
    from budgets.models import Budget

pytestmark = pytest.mark.django_db(transaction=True)


def opened(*keys: str) -> Contest:
    """A contest whose box is open, with a vote for each key."""
    contest = make_open_contest()
    for key in keys:
        vote(contest, key)
    return open_the_box(contest)


def open_the_box(contest: Contest) -> Contest:
    pass_the_close(contest)
    close_contest(contest_id=contest.pk)
    box_contest(contest_id=contest.pk)
    open_box(contest_id=contest.pk)
    return Contest.objects.get(pk=contest.pk)


def counted_budget() -> Budget:
    """A budget whose votes are counted and whose money is not given out."""
    budget = make_voting_budget((200_000_000, 150_000_000))
    vote_for(budget, ["01", "02"], ["01"])
    contest = open_the_box(Contest.objects.get(budget=budget))
    assert count_contest(contest_id=contest.pk)
    return budget


def assert_published_once(contest: Contest, digest: str) -> None:
    """One publication of that result, confirmed by both engines, and green to the verifier."""
    assert Contest.objects.get(pk=contest.pk).state == ContestState.PUBLISHED
    publication = contest.publications.get()
    assert publication.result_digest == digest
    runs = contest.tally_runs.filter(engine__in=["main/1", "plain/1"])
    assert [(run.state, run.result_digest) for run in runs] == [("done", digest)] * 2
    files = {one.name: bytes(one.content) for one in publication.files.all()}
    assert Check(files).wrong is None
    assert contest.announcements.filter(version=1).count() == 1


def assert_killed_at_twenty_points(job: str, pk: int) -> None:
    """Let one worker after the other die a statement later, until one lives to the end."""
    pairs = [f"{pk}:{point}" for point in points(200, 1)]
    *killed, last = run_workers(job, "--until-one-lives", *pairs)
    assert last == "lived"
    assert set(killed) == {"killed"}
    assert len(killed) >= 20


def points(number: int, step: int) -> list[int]:
    """Every `step`-th statement, by turns before and after it."""
    return [place if place % 2 else -place for place in range(1, number * step, step)]


def test_a_contest_whose_worker_is_killed_again_and_again_is_published_once() -> None:
    contest = opened("a", "a", "b")
    must = count(contest, input_of(contest)).digest
    assert_killed_at_twenty_points("count", contest.pk)
    assert_published_once(contest, must)
    assert Notice.objects.filter(kind="contest_result").count() == 3
    attempts = TallyRun.objects.filter(contest=contest).values_list("attempts", flat=True)
    assert max(attempts) > 1


def test_a_worker_killed_anywhere_in_its_first_count_leaves_what_the_next_one_ends() -> None:
    contests = [opened("a", "b", "b") for _ in range(24)]
    pairs = zip(contests, points(24, 3), strict=True)
    ends = run_workers("count", "--in-turn", *(f"{contest.pk}:{point}" for contest, point in pairs))
    assert ends.count("killed") >= 20
    assert run_workers("count", "--in-turn", *(f"{one.pk}:0" for one in contests)) == ["lived"] * 24
    for contest in contests:
        assert_published_once(contest, count(contest, input_of(contest)).digest)


def test_a_budget_whose_worker_is_killed_again_and_again_is_given_out_once() -> None:
    budget = counted_budget()
    contest = Contest.objects.get(budget=budget)
    must = count(contest, input_of(contest)).digest
    assert_killed_at_twenty_points("allocate", budget.pk)
    assert_published_once(contest, must)
    allocation = budget.allocations.get()
    assert allocation.result["outcome"]["winners"] == ["01"]
    stored = contest.tally_runs.get(engine="money/plain/1").result
    assert json.loads(stored) == allocation.result["outcome"]


@pytest.mark.parametrize("dying", [[0, 0, 0], [0, 9, -17], [5, 0, 30, 0]])
def test_a_task_delivered_to_several_workers_at_once_is_published_once(dying: list[int]) -> None:
    contest = opened("a", "a", "b")
    must = count(contest, input_of(contest)).digest
    ends = run_workers("count", "--at-once", *(f"{contest.pk}:{point}" for point in dying))
    assert "crashed" not in ends
    TallyRun.objects.exclude(state="done").update(lease_until=None)
    run_workers("count", "--in-turn", f"{contest.pk}:0")
    assert_published_once(contest, must)
