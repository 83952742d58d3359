"""Two engines under leases: agreed, disputed, counted again, and published once."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.paper import Desk
from tests.factories.residents import make_user
from tests.factories.voting import make_open_contest, pass_the_close, vote
from voting.models import Announcement, Ballot, Contest, ContestState, LogLeaf, Recount, TallyRun
from voting.selectors.counting import contest_counts, count, count_plainly, input_of
from voting.selectors.disputes import dispute_of, disputes
from voting.services import counting, runs
from voting.services.clock import advance_contests
from voting.services.contests import box_contest, close_contest, move
from voting.services.counting import (
    count_contest,
    open_box,
    publish_contest,
    recount_contest,
)
from voting.services.leaves import add_leaf
from voting.verifier import Check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voting.models import Publication
    from voting.selectors.counting import CountInput

pytestmark = pytest.mark.django_db


def opened(*ballots: str, **columns: Any) -> Contest:
    """A contest whose box is open and not counted: one vote per key, a blank one for “”."""
    contest = make_open_contest(**columns)
    for key in ballots:
        vote(contest, *([key] if key else []))
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        pass_the_close(contest)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    close_contest(contest_id=contest.pk)
    box_contest(contest_id=contest.pk)
    open_box(contest_id=contest.pk)
    return Contest.objects.get(pk=contest.pk)


def state_of(contest: Contest) -> str:
    return Contest.objects.get(pk=contest.pk).state


def finish(contest: Contest) -> Contest:
    """Count and publish, as the clock would."""
    for _tick in range(3):
        advance_contests()
    return Contest.objects.get(pk=contest.pk)


def files_of(publication: Publication) -> dict[str, bytes]:
    return {one.name: bytes(one.content) for one in publication.files.all()}


def let_leases_end() -> None:
    """Move every lease back, as if its minute had passed."""
    TallyRun.objects.exclude(state="done").update(lease_until=None)


def broken(_contest: Contest, given: CountInput) -> Mapping[str, Any]:
    """An engine that gives the second option one vote too many."""
    result = count(_contest, given).to_json()
    options: Any = result["options"]
    options[1]["counts"]["votes"] += 1
    return result


def dying(_contest: Contest, _given: CountInput) -> Mapping[str, Any]:
    """An engine that breaks."""
    raise ArithmeticError("no such number")


def put_engine(monkeypatch: pytest.MonkeyPatch, engine: Any, name: str = "plain/1") -> None:
    """Put another engine in the place of one."""
    monkeypatch.setattr(counting, "ENGINES", {**counting.ENGINES, name: engine})


# --- Both agree ---------------------------------------------------------------------------------


def test_a_contest_is_counted_by_both_engines() -> None:
    contest = opened("a", "a", "b")
    assert count_contest(contest_id=contest.pk)
    one, other = contest.tally_runs.order_by("engine")
    assert (one.engine, other.engine) == ("main/1", "plain/1")
    assert (one.state, other.state) == ("done", "done")
    assert one.result == other.result
    assert one.result_digest == other.result_digest
    assert state_of(contest) == ContestState.COUNTED
    event = AuditEvent.objects.get(action="voting.contest.counted")
    assert event.data["attempts"] == {"main/1": 1, "plain/1": 1}


def test_counting_again_changes_nothing() -> None:
    contest = opened("a")
    assert count_contest(contest_id=contest.pk)
    assert not count_contest(contest_id=contest.pk)
    assert contest.tally_runs.count() == 2
    assert LogLeaf.objects.filter(contest=contest, leaf__data__contains='"counted"').count() == 1


def test_one_engine_alone_counts_nothing() -> None:
    contest = opened("a")
    name, engine = next(iter(counting.ENGINES.items()))
    given = input_of(contest)
    runs.run_engines(
        contest_id=contest.pk, root=given.root, engines={name: lambda: engine(contest, given)}
    )
    assert state_of(contest) == ContestState.OPENED
    assert count_contest(contest_id=contest.pk)
    assert contest.tally_runs.get(engine="main/1").attempts == 1


def test_a_run_that_somebody_has_is_left_alone_until_its_lease_ends() -> None:
    contest = opened("a")
    given = input_of(contest)
    assert runs._claim(contest.pk, given.root, "main/1") is not None
    assert runs._claim(contest.pk, given.root, "main/1") is None
    assert not count_contest(contest_id=contest.pk)
    assert contest.tally_runs.get(engine="plain/1").state == "done"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE voting_tallyrun SET lease_until = now() - interval '1 second'"
                       " WHERE state = 'running'")  # fmt: skip
    assert count_contest(contest_id=contest.pk)
    assert contest.tally_runs.get(engine="main/1").attempts == 2


def test_a_lease_lasts_a_minute_of_the_database() -> None:
    contest = opened("a")
    runs._claim(contest.pk, "root", "main/1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT lease_until - clock_timestamp() FROM voting_tallyrun")
        left = cursor.fetchone()[0].total_seconds()
    assert 30 < left <= 60


def test_a_contest_that_is_open_or_published_is_not_counted() -> None:
    contest = make_open_contest()
    assert not count_contest(contest_id=contest.pk)
    assert not TallyRun.objects.exists()


def test_a_task_that_comes_while_paper_is_typed_again_counts_nothing() -> None:
    desk = Desk().certified([["a"], ["b"]])
    desk.publish()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    move(desk.contest, ContestState.RECOUNT)
    desk.batch.__class__.objects.filter(pk=desk.batch.pk).update(state="sealed", version=2)
    assert not count_contest(contest_id=desk.contest.pk)
    assert state_of(desk.contest) == ContestState.RECOUNT
    assert TallyRun.objects.count() == 2
    assert advance_contests() == 0


# --- They differ --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["main/1", "plain/1"])
def test_two_engines_that_differ_stop_the_contest(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put_engine(monkeypatch, broken, name)
    contest = opened("a", "a", "b")
    with caplog.at_level(logging.WARNING, logger="madang.tally"):
        assert not count_contest(contest_id=contest.pk)
    assert state_of(contest) == ContestState.DISPUTED
    assert "contest disputed" in caplog.messages
    one, other = contest.tally_runs.all()
    assert one.result != other.result
    event = AuditEvent.objects.get(action="voting.contest.disputed")
    assert [run["engine"] for run in event.data["runs"]] == ["main/1", "plain/1"]
    assert len({run["digest"] for run in event.data["runs"]}) == 2
    leaf = LogLeaf.objects.filter(contest=contest).latest("index").leaf
    assert json.loads(leaf.data) == {"kind": "state", "state": "disputed"}


def test_nothing_of_a_disputed_contest_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    put_engine(monkeypatch, broken)
    contest = finish(opened("a", "a", "b"))
    assert contest.state == ContestState.DISPUTED
    assert publish_contest(contest_id=contest.pk) is None
    assert advance_contests() == 0
    assert not contest.publications.exists()
    assert not contest.announcements.filter(version__gt=0).exists()


def test_the_administrator_reads_where_the_counts_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    put_engine(monkeypatch, broken)
    contest = opened("a", "a", "b")
    assert disputes() == []
    assert dispute_of(contest) is None
    count_contest(contest_id=contest.pk)
    [found] = disputes()
    assert found.contest == contest
    assert [run.engine for run in found.runs] == ["main/1", "plain/1"]
    [difference] = found.differences
    assert (difference.place, difference.said) == ("options[b].counts.votes", ("1", "2"))


def test_an_engine_that_breaks_three_times_is_a_dispute(monkeypatch: pytest.MonkeyPatch) -> None:
    put_engine(monkeypatch, dying)
    contest = opened("a")
    for _ in range(2):
        assert not count_contest(contest_id=contest.pk)
        assert state_of(contest) == ContestState.OPENED
        let_leases_end()
    count_contest(contest_id=contest.pk)
    assert state_of(contest) == ContestState.DISPUTED
    run = contest.tally_runs.get(engine="plain/1")
    assert (run.state, run.attempts, run.error) == ("failed", 3, "ArithmeticError: no such number")
    [found] = disputes()
    assert [run.state for run in found.runs] == ["done", "failed"]
    assert found.differences == ()


def test_an_engine_that_broke_once_is_tried_again_after_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contest = opened("a")
    with monkeypatch.context() as once:
        put_engine(once, dying)
        count_contest(contest_id=contest.pk)
    assert not count_contest(contest_id=contest.pk)
    let_leases_end()
    assert count_contest(contest_id=contest.pk)
    assert contest.tally_runs.get(engine="plain/1").error == ""


def test_one_engine_that_gives_two_results_is_a_dispute_and_both_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that was only slow comes back after another has done its work."""
    contest = opened("a", "b")
    given = input_of(contest)
    slow = runs._claim(contest.pk, given.root, "main/1")
    assert slow is not None
    let_leases_end()
    count_contest(contest_id=contest.pk)
    runs._store_result(slow.pk, '{"other":1}')
    assert state_of(contest) == ContestState.COUNTED
    assert publish_contest(contest_id=contest.pk) is None
    assert state_of(contest) == ContestState.DISPUTED
    kept = dict(contest.tally_runs.values_list("engine", "result"))
    assert kept["main/1 again"] == '{"other":1}'
    assert kept["main/1"] == kept["plain/1"]


def test_a_slow_worker_that_agrees_changes_nothing() -> None:
    contest = opened("a")
    slow = runs._claim(contest.pk, input_of(contest).root, "main/1")
    assert slow is not None
    let_leases_end()
    assert count_contest(contest_id=contest.pk)
    runs._store_result(slow.pk, contest.tally_runs.get(engine="main/1").result)
    runs._store_failure(slow.pk, ValueError("late"))
    assert contest.tally_runs.get(engine="main/1").state == "done"
    assert publish_contest(contest_id=contest.pk) is not None


def test_a_count_that_comes_out_otherwise_at_publication_is_a_dispute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contest = opened("a", "b")
    count_contest(contest_id=contest.pk)
    other = count(contest, input_of(opened("b")))
    monkeypatch.setattr(counting, "count", lambda _contest, _given: other)
    assert publish_contest(contest_id=contest.pk) is None
    assert state_of(contest) == ContestState.DISPUTED


def test_publishing_what_the_engines_did_not_find_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contest = opened("a", "b")
    count_contest(contest_id=contest.pk)
    contest.refresh_from_db()
    other = count(contest, input_of(opened("b")))
    fitting = contest_counts(contest, count(contest, input_of(contest)))
    monkeypatch.setattr(counting, "contest_counts", lambda _contest, _result: fitting)
    with pytest.raises(Refused) as caught:
        counting.publish(contest, input_of(contest), other, actor_ref="system")
    assert caught.value.refusal.code == "counts_differ"


def test_a_box_that_changed_after_the_count_is_counted_again() -> None:
    contest = opened("a", "b")
    count_contest(contest_id=contest.pk)
    add_leaf(Contest.objects.get(pk=contest.pk), {"kind": "seed", "order": ["b", "a", "c"]})
    assert publish_contest(contest_id=contest.pk) is None
    assert state_of(contest) == ContestState.RECOUNT
    assert count_contest(contest_id=contest.pk)
    publication = publish_contest(contest_id=contest.pk)
    assert publication is not None
    assert json.loads(publication.result)["winners"] == ["b"]
    assert Check(files_of(publication)).wrong is None


# --- Counted again ------------------------------------------------------------------------------


def disputed(monkeypatch: pytest.MonkeyPatch) -> Contest:
    with monkeypatch.context() as fault:
        put_engine(fault, broken)
        contest = opened("a", "a", "b")
        count_contest(contest_id=contest.pk)
    return contest


def test_an_administrator_orders_a_new_count_with_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contest = disputed(monkeypatch)
    actor = make_user(role=RoleKind.ADMINISTRATOR)
    recount_contest(actor=actor, contest_id=contest.pk, reason=" 두 번째 프로그램을 고쳤습니다. ")
    assert state_of(contest) == ContestState.RECOUNT
    order = Recount.objects.get()
    assert (order.round, order.reason) == (1, "두 번째 프로그램을 고쳤습니다.")
    event = AuditEvent.objects.get(action="voting.recount.ordered")
    assert (event.actor_ref, event.reason) == (actor.actor_ref, order.reason)
    contest = finish(contest)
    assert contest.state == ContestState.PUBLISHED
    assert contest.tally_runs.filter(round=0).count() == 2
    assert contest.tally_runs.filter(round=1).count() == 2
    assert Check(files_of(contest.publications.get())).wrong is None


def test_a_new_count_that_differs_again_is_disputed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    put_engine(monkeypatch, broken)
    contest = opened("a", "a", "b")
    count_contest(contest_id=contest.pk)
    actor = make_user(role=RoleKind.ADMINISTRATOR)
    recount_contest(actor=actor, contest_id=contest.pk, reason="다시")
    count_contest(contest_id=contest.pk)
    assert state_of(contest) == ContestState.DISPUTED
    recount_contest(actor=actor, contest_id=contest.pk, reason="다시 한 번")
    assert list(Recount.objects.values_list("round", flat=True)) == [1, 2]


def test_who_may_not_and_what_need_not_be_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def code(actor: Any, contest: Contest, reason: str = "까닭") -> str:
        with pytest.raises(Refused) as caught:
            recount_contest(actor=actor, contest_id=contest.pk, reason=reason)
        return caught.value.refusal.code

    contest = disputed(monkeypatch)
    administrator = make_user(role=RoleKind.ADMINISTRATOR)
    assert code(make_user(), contest) == "role_needed"
    assert code(make_user(role=RoleKind.COORDINATOR), contest) == "role_needed"
    assert code(administrator, contest, reason="  ") == "reason_missing"
    assert code(administrator, opened("a")) == "not_disputed"
    assert not Recount.objects.exists()


def test_the_database_keeps_orders_results_and_announcements_as_they_are() -> None:
    contest = finish(opened("a"))
    Recount.objects.create(contest=contest, round=1, reason="까닭", ordered_by_ref="system")
    for rows in (Recount.objects, Announcement.objects, TallyRun.objects):
        for act in (lambda: rows.all().delete(), lambda: rows.update(contest=contest)):  # noqa: B023 - called at once
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


# --- Every kind of box, through bundle and verifier ---------------------------------------------


def published(contest: Contest) -> Publication:
    contest = finish(contest)
    assert contest.state == ContestState.PUBLISHED
    return contest.publications.get()


@pytest.mark.parametrize(
    "columns",
    [{}, {"rule_options": {"quorum": {"of": "roll", "share": "1/2"}}}, {"kind": "yes_no"}],
    ids=["plain", "quorum", "yes_no"],
)
def test_a_box_without_a_ballot_is_counted_and_published(columns: dict[str, Any]) -> None:
    publication = published(opened(max_picks=3 if "kind" in columns else 1, **columns))
    result = json.loads(publication.result)
    assert (result["turnout"], result["winners"], result["decided"]) == (0, [], True)
    assert Check(files_of(publication)).wrong is None


def test_a_box_of_blank_ballots_only_elects_nobody() -> None:
    publication = published(opened("", "", ""))
    result = json.loads(publication.result)
    assert (result["turnout"], result["valid"], result["blank"]) == (3, 0, 3)
    assert {one["reason"] for one in result["options"]} == {"no_votes"}
    assert Check(files_of(publication)).wrong is None


def test_equal_votes_are_published_as_undecided_and_nobody_wins() -> None:
    publication = published(opened("a", "b"))
    result = json.loads(publication.result)
    assert result["decided"] is False
    assert result["winners"] == []
    assert [one["won"] for one in result["options"]] == [None, None, False]
    [tie] = result["ties"]
    assert (tie["options"], tie["seats"], tie["won"]) == (["a", "b"], 1, [])
    assert Check(files_of(publication)).wrong is None


@pytest.mark.parametrize("publication", ["full", "patterns", "totals"])
@pytest.mark.parametrize("ballots", [(), ("", ""), ("a", "a", "b"), ("a", "b", "c")])
def test_whatever_is_published_of_the_ballots_the_verifier_is_green(
    ballots: tuple[str, ...], publication: str
) -> None:
    files = files_of(published(opened(*ballots, publication=publication)))
    assert ("ballots.jsonl" in files) is (publication == "full")
    assert Check(files).wrong is None


@pytest.mark.parametrize("web", [True, False])
def test_paper_alone_is_counted_and_published(web: bool) -> None:  # noqa: FBT001 - a parameter
    desk = Desk(web=web).certified([["a"], ["a", "b"], []])
    desk.publish()
    publication = desk.contest.publications.get()
    result = json.loads(publication.result)
    assert (result["turnout"], result["blank"]) == (3, 1)
    assert set(Ballot.objects.values_list("channel", flat=True)) == {"paper"}
    assert Check(files_of(publication)).wrong is None


# --- Twice at once ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_delivered_three_times_at_once_counts_and_publishes_once() -> None:
    contest = opened("a", "a", "b")
    barrier = threading.Barrier(3)

    def deliver(_number: int) -> tuple[bool, bool]:
        try:
            barrier.wait(timeout=30)
            counted = count_contest(contest_id=contest.pk)
            return counted, publish_contest(contest_id=contest.pk) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=3) as pool:
        answers = list(pool.map(deliver, range(3)))
    while state_of(contest) != ContestState.PUBLISHED:  # whoever came last may have had no turn
        answers.append(
            (count_contest(contest_id=contest.pk), bool(publish_contest(contest_id=contest.pk)))
        )
    assert sum(counted for counted, _published in answers) == 1
    assert sum(published for _counted, published in answers) == 1
    assert contest.tally_runs.filter(state="done", attempts=1).count() == 2
    assert contest.publications.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_as_long_as_an_engine_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RENEWAL", runs.RENEWAL / 200)
    contest = opened("a")
    seen: list[bool] = []

    def slowly(contest: Contest, given: CountInput) -> Mapping[str, Any]:
        rows = TallyRun.objects.filter(engine="plain/1")
        rows.update(lease_until="2026-01-01T00:00:00Z")
        wait = threading.Event()
        while not seen:
            wait.wait(0.05)
            seen.extend([True] * rows.filter(lease_until__gt="2026-06-01T00:00:00Z").count())
        return count_plainly(contest, given)

    put_engine(monkeypatch, slowly)
    assert count_contest(contest_id=contest.pk)
    assert seen == [True]
