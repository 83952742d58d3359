"""What is scarce in voting under real threads, each with a twin that shows the race unlocked."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from proceedings.refusals import Refused
from tests.factories.places import make_area
from tests.factories.voting import (
    make_open_contest,
    make_voter,
    pass_the_close,
    run_to_the_end,
)
from voting.models import Ballot, Contest, ContestState, Slot, SlotEvent
from voting.services import casting, contests
from voting.services.casting import cast_ballot
from voting.services.contests import close_contest

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs: list[Callable[[], object]]) -> list[object]:
    """Run all jobs at the same moment, each on a connection of its own; results or exceptions."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=30)
            return job()
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return list(pool.map(run, jobs))


def casting_job(contest: Contest, user: User, key: str) -> Callable[[], object]:
    return lambda: cast_ballot(
        actor=user, contest_id=contest.pk, raw=[key], request_id=uuid.uuid4()
    )


def test_fifty_threads_casting_for_one_person_store_one_ballot() -> None:
    contest = make_open_contest(revote="never")
    user = make_voter(contest)
    results = at_once([casting_job(contest, user, "abc"[n % 3]) for n in range(50)])
    refused = [r.refusal.code for r in results if isinstance(r, Refused)]
    assert len(results) - len(refused) == 1
    assert refused == ["already_voted"] * 49
    assert Slot.objects.filter(contest=contest).count() == 1
    run_to_the_end(contest)
    assert Ballot.objects.filter(contest=contest).count() == 1


def test_fifty_threads_voting_again_leave_one_ballot_that_counts() -> None:
    contest = make_open_contest(revote="until_close")
    user = make_voter(contest)
    results = at_once([casting_job(contest, user, "abc"[n % 3]) for n in range(50)])
    assert not [r for r in results if isinstance(r, Refused)]
    versions = SlotEvent.objects.filter(contest=contest).order_by("version")
    assert [e.version for e in versions] == list(range(1, 51))
    assert [e.from_state for e in versions] == ["free"] + ["web"] * 49
    contest = run_to_the_end(contest)
    assert Ballot.objects.filter(contest=contest).count() == 1
    assert contest.state == ContestState.PUBLISHED


def test_without_the_slot_the_same_threads_store_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: ask first, then insert an envelope, as a check in Python would."""
    contest = make_open_contest(revote="never")
    user = make_voter(contest)
    cast_ballot(actor=make_voter(contest), contest_id=contest.pk, raw=[], request_id=uuid.uuid4())
    gate = threading.Barrier(50)

    def check_then_insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM voting_envelope WHERE contest_id = %s AND named = %s",
                [contest.pk, str(user.ref)],
            )
            found = cursor.fetchone()[0]
            gate.wait(timeout=30)
            if not found:
                cursor.execute(
                    "INSERT INTO voting_envelope (contest_id, id, marks, nonce, digest, named) "
                    "VALUES (%s, %s, '[]', '', %s, %s)",
                    [contest.pk, uuid.uuid4(), uuid.uuid4().hex * 2, str(user.ref)],
                )

    at_once([check_then_insert] * 50)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM voting_envelope WHERE contest_id = %s AND named = %s",
            [contest.pk, str(user.ref)],
        )
        assert cursor.fetchone()[0] == 50


def _cast_while_closing(contest: Contest, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """30 people cast, each held up inside the transaction, while the contest closes.

    Returns how many were told that their vote is in, and how many the close saw.
    """
    dong = make_area(parent=contest.area)
    users = [make_voter(contest, area=dong) for _ in range(30)]
    inside = threading.Semaphore(0)
    put = casting._put_in_box
    seen: list[int] = []

    def slow_put(*args: Any) -> Any:
        inside.release()
        threading.Event().wait(0.3)
        return put(*args)

    monkeypatch.setattr(casting, "_put_in_box", slow_put)

    def close() -> None:
        for _ in range(15):
            inside.acquire()
        close_contest(contest_id=contest.pk)
        seen.append(Slot.objects.filter(contest=contest, state="web").count())

    after = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(contests, "database_now", lambda: after)
    results = at_once([casting_job(contest, u, "a") for u in users] + [close])
    accepted = len([r for r in results[:30] if not isinstance(r, Refused)])
    return accepted, seen[0]


def test_thirty_casting_while_the_contest_closes_lose_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contest = make_open_contest()
    accepted, seen = _cast_while_closing(contest, monkeypatch)
    assert accepted >= 15
    assert seen == accepted
    monkeypatch.undo()
    contest = run_to_the_end(Contest.objects.get(pk=contest.pk))
    assert Ballot.objects.filter(contest=contest).count() == accepted


def test_without_the_contest_lock_the_close_misses_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same 31 threads with the locks taken out."""
    contest = make_open_contest()
    monkeypatch.setattr(casting, "lock_shared", lambda _name: None)
    monkeypatch.setattr(contests, "lock_exclusive", lambda _name: None)
    accepted, seen = _cast_while_closing(contest, monkeypatch)
    assert seen < accepted


def test_cast_after_the_hour_is_refused_even_while_the_state_is_open() -> None:
    contest = make_open_contest()
    user = make_voter(contest)
    pass_the_close(contest)
    with pytest.raises(Refused) as refused:
        cast_ballot(actor=user, contest_id=contest.pk, raw=["a"], request_id=uuid.uuid4())
    assert refused.value.refusal.code == "closed"
