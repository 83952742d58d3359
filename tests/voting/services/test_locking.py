"""What is scarce in voting under real threads, each with a twin that shows the race unlocked."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Value
from django.utils import timezone

from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.places import make_area
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import (
    make_contest,
    make_open_contest,
    make_voter,
    pass_the_close,
    run_to_the_end,
)
from voting.models import (
    Ballot,
    Contest,
    ContestState,
    RollChange,
    RollEntry,
    RollRequest,
    Slot,
    SlotEvent,
)
from voting.selectors.rolls import waiting_request
from voting.services import casting, contests, rights
from voting.services.casting import cast_ballot
from voting.services.contests import close_contest, freeze, open_contest

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


def test_one_form_sent_fifty_times_at_once_gives_one_receipt() -> None:
    contest = make_open_contest(revote="never")
    user, request_id = make_voter(contest), uuid.uuid4()
    results = at_once(
        [lambda: cast_ballot(actor=user, contest_id=contest.pk, raw=["a"], request_id=request_id)]
        * 50
    )
    assert len({getattr(r, "leaf_hash", None) for r in results}) == 1
    assert (RollEntry.objects.count(), SlotEvent.objects.count()) == (1, 1)


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


def _thirty_on_a_roll(roll_mode: str) -> tuple[Contest, list[User]]:
    """An open contest for thirty people, who are on its roll already or come to it."""
    contest = make_contest(roll_mode=roll_mode)
    dong = make_area(parent=contest.area)
    users = [make_voter(contest, area=dong) for _ in range(30)]
    with transaction.atomic():
        freeze(contest_id=contest.pk, actor_ref="system")
    assert open_contest(contest_id=contest.pk)
    return contest, users


def _cast_while_closing(
    contest: Contest, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, int]:
    """30 people cast, each held up inside the transaction, while the contest closes.

    Returns how many were told that their vote is in, and how many the close saw.
    """
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


@pytest.mark.parametrize("roll_mode", ["rolling", "fixed"])
def test_thirty_casting_while_the_contest_closes_lose_none(
    roll_mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest, users = _thirty_on_a_roll(roll_mode)
    accepted, seen = _cast_while_closing(contest, users, monkeypatch)
    assert accepted >= 15
    assert seen == accepted
    monkeypatch.undo()
    contest = run_to_the_end(Contest.objects.get(pk=contest.pk))
    assert Ballot.objects.filter(contest=contest).count() == accepted


def test_without_the_contest_lock_the_close_misses_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same 31 threads with the locks taken out. (Who is not on the roll yet would be
    stopped by the guard of the roll.)
    """
    contest, users = _thirty_on_a_roll("fixed")
    monkeypatch.setattr(casting, "lock_shared_along", lambda _name: Value(""))
    monkeypatch.setattr(contests, "lock_exclusive", lambda _name: None)
    accepted, seen = _cast_while_closing(contest, users, monkeypatch)
    assert seen < accepted


def test_cast_after_the_hour_is_refused_even_while_the_state_is_open() -> None:
    contest = make_open_contest()
    user = make_voter(contest)
    pass_the_close(contest)
    with pytest.raises(Refused) as refused:
        cast_ballot(actor=user, contest_id=contest.pk, raw=["a"], request_id=uuid.uuid4())
    assert refused.value.refusal.code == "closed"


def _asking_twice(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Two administrators ask for one person at the same moment, held up after the look."""
    contest = make_open_contest(roll_mode="fixed")
    resident = make_resident(area=make_area(parent=contest.area))
    look = waiting_request

    def slow_look(*args: Any) -> Any:
        found = look(*args)
        threading.Event().wait(0.3)
        return found

    monkeypatch.setattr(rights, "waiting_request", slow_look)
    wanted = rights.Wanted(RollChange.ADD, "명부에서 빠졌습니다.")
    actors = [make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2)]
    return at_once(
        [
            lambda actor=actor: rights.ask_roll_change(  # type: ignore[misc]  # each its own actor
                actor=actor, contest_id=contest.pk, resident=resident, wanted=wanted
            )
            for actor in actors
        ]
    )


def test_two_who_ask_for_one_person_make_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    results = _asking_twice(monkeypatch)
    assert [r.refusal.code for r in results if isinstance(r, Refused)] == ["request_waits"]
    assert RollRequest.objects.count() == 1


def test_without_the_contest_lock_they_make_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same two without the lock."""
    monkeypatch.setattr(rights, "lock_exclusive", lambda _name: None)
    _asking_twice(monkeypatch)
    assert RollRequest.objects.count() == 2


def _adding_at_once(number: int) -> list[object]:
    """Pairs of administrators add one person at the same moment, each pair on one screen."""
    contest = make_open_contest(roll_mode="fixed")
    resident = make_resident(area=make_area(parent=contest.area))
    wanted = rights.Wanted(RollChange.ADD, "명부에서 빠졌습니다.")
    pairs = [[make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2)] for _ in range(number)]
    return at_once(
        [
            lambda one=one, two=two: rights.ask_roll_change(  # type: ignore[misc]  # each its own
                actor=one, contest_id=contest.pk, resident=resident, wanted=wanted, second=two
            )
            for one, two in pairs
        ]
    )


def test_twenty_pairs_adding_one_person_enter_them_once() -> None:
    results = _adding_at_once(20)
    refused = [r.refusal.code for r in results if isinstance(r, Refused)]
    assert refused == ["already_on_roll"] * 19
    assert RollEntry.objects.count() == 1


def test_without_the_contest_lock_the_roll_still_holds_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: what the lock would have refused in words, the constraint refuses."""
    monkeypatch.setattr(rights, "lock_exclusive", lambda _name: None)
    barrier = threading.Barrier(2)
    add = rights._add

    def late_add(*args: Any) -> None:
        barrier.wait(timeout=30)
        add(*args)

    monkeypatch.setattr(rights, "_add", late_add)
    with pytest.raises(IntegrityError, match="roll_person_once"):
        _adding_at_once(2)
    assert RollEntry.objects.count() == 1


def test_voiding_while_somebody_casts_leaves_one_outcome_that_adds_up() -> None:
    contest = make_open_contest()
    dong = make_area(parent=contest.area)
    voters = [make_voter(contest, area=dong) for _ in range(8)]
    for voter in voters:
        cast_ballot(actor=voter, contest_id=contest.pk, raw=["a"], request_id=uuid.uuid4())
    first, second = (make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2))
    wanted = rights.Wanted(RollChange.VOID, "전출을 확인했습니다.", "moved")
    jobs: list[Callable[[], object]] = []
    for voter in voters:
        jobs += [
            casting_job(contest, voter, "b"),
            lambda voter=voter: rights.ask_roll_change(  # type: ignore[misc]  # each its own
                actor=first,
                contest_id=contest.pk,
                resident=voter.resident,
                wanted=wanted,
                second=second,
            ),
        ]
    at_once(jobs)
    assert Slot.objects.filter(contest=contest, state="voided").count() == 8
    contest = run_to_the_end(contest)
    assert contest.state == ContestState.PUBLISHED
    assert not Ballot.objects.filter(contest=contest).exists()
