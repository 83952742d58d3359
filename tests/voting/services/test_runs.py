"""Workers killed by SIGKILL in the middle of a count, or sent three times: one result."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from budgets.methods.equal_shares import Completion, EqualSharesOptions
from budgets.services.allocation import allocate_budget
from residents.models import Notice
from residents.roles import RoleKind
from tests.factories.budgets import make_voting_budget, vote_for
from tests.factories.processes import run_workers
from tests.factories.residents import make_user
from tests.factories.voting import make_open_contest, pass_the_close, vote
from voting.models import Contest, ContestState, TallyRun
from voting.selectors.counting import CountingNow, count, counting_key, counting_now, input_of
from voting.services import runs
from voting.services.contests import box_contest, close_contest
from voting.services.counting import count_contest, open_box
from voting.services.runs import run_engines, tell_run
from voting.verifier import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from budgets.models import Budget
    from residents.models import User

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


@pytest.mark.parametrize("dying", [[0, 0, 0], [9, 0, -21, 0]])
def test_money_is_given_out_once_by_several_workers_at_once(dying: list[int]) -> None:
    budget = counted_budget()
    contest = Contest.objects.get(budget=budget)
    must = count(contest, input_of(contest)).digest
    ends = run_workers("allocate", "--at-once", *(f"{budget.pk}:{point}" for point in dying))
    assert "crashed" not in ends
    TallyRun.objects.exclude(state="done").update(lease_until=None)
    run_workers("allocate", "--in-turn", f"{budget.pk}:0")
    assert_published_once(contest, must)
    assert budget.allocations.get().result["outcome"]["winners"] == ["01"]


# --- How far a count is ---------------------------------------------------------------------------


def test_pages_tell_at_which_run_an_engine_is_while_it_works(
    client_of: Callable[[User], Client],
) -> None:
    contest = opened("a", "a", "b")
    office = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    addresses = {
        f"/votes/{contest.pk}/counting/": Client(),
        f"/votes/{contest.pk}/result/": Client(),
        f"/admin/voting/contest/{contest.pk}/change/": office,
    }
    began, pages = timezone.now(), dict[str, str]()

    def engine() -> Any:
        tell_run(120)
        pages.update({one: who.get(one).content.decode() for one, who in addresses.items()})
        pages["vote"] = Client().get(contest.get_absolute_url()).content.decode()
        told = counting_now(contest)
        assert told is not None
        assert told.since is not None
        assert (told.is_second, told.run, began <= told.since <= timezone.now()) == (
            False,
            120,
            True,
        )
        return count(contest, input_of(contest)).to_json()

    root = input_of(contest).root
    run_engines(contest_id=contest.pk, root=root, engines={"main/1": engine})
    for address in addresses:
        assert "120번째 계산까지 마쳤습니다." in pages[address], address
    for address in list(addresses)[1:]:
        assert f'data-board="/votes/{contest.pk}/counting/"' in pages[address], address
        assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in pages[address]
    assert "개표가 어디까지 왔는지 보기" in pages["vote"]
    assert counting_now(contest) is None
    html = Client().get(f"/votes/{contest.pk}/result/").content.decode()
    assert "data-board" not in html.partition("<main")[2]
    assert "http-equiv" not in html
    tell_run(121)  # nobody works here any more
    assert cache.get(counting_key(contest.pk, "main/1"))[1] == 120


def test_both_engines_of_a_budget_tell_each_run_of_equal_shares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "EVERY", 0.0)
    options = EqualSharesOptions(completion=Completion.ADD1_OVERSPEND)
    budget = make_voting_budget((200_000_000, 150_000_000, 90_000_000), options=options)
    vote_for(budget, ["01", "02"], ["01"], ["03"], ["03", "02"])
    contest = open_the_box(Contest.objects.get(budget=budget))
    assert count_contest(contest_id=contest.pk)
    assert allocate_budget(budget_id=budget.pk)
    made = budget.allocations.get().result["outcome"]["shares"]["runs"]
    assert made > 2
    for engine in ("money/main/1", "money/plain/1"):
        assert cache.get(counting_key(contest.pk, engine))[1] == made


def test_an_engine_tells_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    contest = opened("a")
    monkeypatch.setattr(runs, "EVERY", 1000.0)

    def engine() -> Any:
        for number in range(1, 50):
            tell_run(number)
        return {}

    run_engines(contest_id=contest.pk, root="0", engines={"main/1": engine})
    assert cache.get(counting_key(contest.pk, "main/1"))[1] == 1


def working(contest: Contest, engine: str) -> TallyRun:
    """An engine at work somewhere else."""
    return contest.tally_runs.create(
        input_root="0",
        config_digest=contest.config_digest,
        engine=engine,
        state="running",
        lease_until=Now() + timedelta(minutes=1),
    )


def test_a_count_is_shown_without_its_word_and_not_after_its_lease() -> None:
    contest = opened("a")
    run = working(contest, "plain/1")
    assert counting_now(contest) == CountingNow(is_second=True, since=None, run=0)
    html = Client().get(f"/votes/{contest.pk}/counting/").content.decode()
    assert "지금은 두 번째 프로그램이 세고 있습니다." in html
    assert "번째 계산" not in html
    TallyRun.objects.filter(pk=run.pk).update(lease_until=Now())
    assert counting_now(contest) is None
    html = Client().get(f"/votes/{contest.pk}/counting/").content.decode()
    assert "지금은 세고 있는 프로그램이 없습니다" in html


def test_counting_goes_on_without_redis(settings: Any) -> None:
    contest = opened("a", "a", "b")
    here = settings.CACHES["default"]
    settings.CACHES = {"default": {**here, "LOCATION": "unix:///nowhere/redis.sock"}}
    assert count_contest(contest_id=contest.pk)
    contest = Contest.objects.get(pk=contest.pk)
    assert contest.state == ContestState.COUNTED
    working(contest, "money/plain/1")
    assert counting_now(contest) == CountingNow(is_second=True, since=None, run=0)
