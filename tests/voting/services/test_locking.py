"""What is scarce in voting under real threads, each with a twin that shows the race unlocked."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Max, Value
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proceedings.services import save_phase
from residents.roles import RoleKind
from tests.factories import threads
from tests.factories.draws import LIST, make_draw
from tests.factories.paper import Desk
from tests.factories.places import make_area, make_centre
from tests.factories.proceedings import stage_of
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import (
    make_clerk,
    make_contest,
    make_open_contest,
    make_voter,
    pass_the_close,
    run_to_the_end,
    vote,
)
from voting.models import (
    Ballot,
    Batch,
    Contest,
    ContestState,
    Draw,
    DrawState,
    Envelope,
    LogLeaf,
    PaperStub,
    PromisedLeaf,
    RollChange,
    RollEntry,
    RollRequest,
    Slot,
    SlotEvent,
    TallyRun,
)
from voting.selectors.rolls import waiting_request
from voting.services import casting, contests, draws, leaves, rights, runs
from voting.services.casting import cast_ballot
from voting.services.contests import close_contest, freeze, open_contest
from voting.services.leaves import sequence_leaves
from voting.services.paper import boxes, handing, open_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from proceedings.models import Phase
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


@pytest.fixture
def _no_slot_keys() -> Iterator[None]:
    """A database that lets one person have many slots; afterwards it is as before."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_slot DROP CONSTRAINT voting_slot_pkey")
        cursor.execute("ALTER TABLE voting_slotevent DROP CONSTRAINT slot_version_once")
    yield
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('madang.allow_truncate', 'on', true)")
        cursor.execute("TRUNCATE voting_slot, voting_slotevent")
        cursor.execute("ALTER TABLE voting_slot ADD PRIMARY KEY (roll_entry_id)")
        cursor.execute(
            "ALTER TABLE voting_slotevent "
            "ADD CONSTRAINT slot_version_once UNIQUE (roll_entry_id, version)"
        )


GUARD = casting.CAST[casting.CAST.index("    ON CONFLICT (roll_entry_id)") :].partition(
    "    RETURNING"
)[0]
"""The slot's guard inside the statement that casts."""
LOOK = "    WHERE NOT EXISTS (SELECT FROM voting_slot AS s WHERE s.roll_entry_id = place.id)\n"
"""What a check without a guard would do instead: look whether a slot is there, then insert."""


@pytest.mark.usefixtures("_no_slot_keys")
def test_without_the_slot_the_same_threads_store_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same service looks first instead, and the slot has no key."""
    contest, [user] = _open_for(1, roll_mode="fixed", revote="never")
    monkeypatch.setattr(casting, "CAST", casting.CAST.replace(GUARD, LOOK))
    gate, take = threading.Barrier(20), casting._take

    def take_with_the_others(values: dict[str, Any]) -> Any:
        row = take(values)
        gate.wait(timeout=30)  # nobody commits before all have looked
        return row

    monkeypatch.setattr(casting, "_take", take_with_the_others)
    results = at_once([casting_job(contest, user, "abc"[n % 3]) for n in range(20)])
    assert not [r for r in results if isinstance(r, Refused)]
    assert Slot.objects.filter(contest=contest, state="web").count() == 20
    assert Envelope.objects.filter(contest_id=contest.pk).count() == 20


@pytest.mark.usefixtures("_no_slot_keys")
def test_what_the_twin_does_instead_holds_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So it is the race, not a missing check, that lets the twin store many."""
    contest, [user] = _open_for(1, roll_mode="fixed", revote="never")
    monkeypatch.setattr(casting, "CAST", casting.CAST.replace(GUARD, LOOK))
    first, second = casting_job(contest, user, "a"), casting_job(contest, user, "b")
    first()
    with pytest.raises(Refused) as refused:
        second()
    assert refused.value.refusal.code == "already_voted"


def _open_for(number: int, **columns: Any) -> tuple[Contest, list[User]]:
    """An open contest for so many people, who are on its roll already or come to it."""
    contest = make_contest(**columns)
    dong = make_area(parent=contest.area)
    users = [make_voter(contest, area=dong) for _ in range(number)]
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
    contest, users = _open_for(30, roll_mode=roll_mode)
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
    contest, users = _open_for(30, roll_mode="fixed")
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


def _placing_at_once(monkeypatch: pytest.MonkeyPatch) -> tuple[Contest, list[object]]:
    """Four workers place the same six leaves at the same moment, each held up after the look."""
    contest = make_open_contest()
    for _ in range(6):
        vote(contest, "a")
    place = leaves._place

    def slow_place(*args: Any) -> None:
        threading.Event().wait(0.3)
        place(*args)

    monkeypatch.setattr(leaves, "_place", slow_place)
    return contest, at_once([_or_error(lambda: sequence_leaves(contest.pk))] * 4)


def _or_error(job: Callable[[], object]) -> Callable[[], object]:
    """The same job, with what the database refuses as its answer."""

    def run() -> object:
        try:
            return job()
        except IntegrityError as error:
            return error

    return run


def test_four_workers_place_each_leaf_once(monkeypatch: pytest.MonkeyPatch) -> None:
    contest, results = _placing_at_once(monkeypatch)
    assert sorted(results, key=str) == [0, 0, 0, 6]
    indices = LogLeaf.objects.filter(contest=contest).values_list("index", flat=True)
    assert list(indices) == list(range(PromisedLeaf.objects.filter(contest=contest).count()))


def test_without_the_log_lock_the_workers_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: all four find the same leaves; only the constraint keeps the log in order."""
    monkeypatch.setattr(leaves, "lock_exclusive", lambda _name: None)
    _contest, results = _placing_at_once(monkeypatch)
    assert len([r for r in results if isinstance(r, IntegrityError)]) == 3


def _freezing_while_the_stage_moves(monkeypatch: pytest.MonkeyPatch) -> tuple[Contest, Phase]:
    """A vote is frozen, held up after it was looked at, while its stage is moved away."""
    stage = stage_of("vote", -1, 3).phases.get()
    contest = make_contest(process=stage.process)
    looked, moved, secret = threading.Event(), threading.Event(), contests.lot_secret

    def slow_secret(one: Contest) -> str:
        looked.set()
        moved.wait(timeout=threads.patience())
        return secret(one)

    monkeypatch.setattr(contests, "lot_secret", slow_secret)

    def freeze_it() -> None:
        with transaction.atomic():
            freeze(contest_id=contest.pk, actor_ref="system")

    def move() -> None:
        assert looked.wait(timeout=30)
        stage.closes_at = timezone.now() + timedelta(hours=1)
        save_phase(actor_ref="system", phase=stage)
        moved.set()

    at_once([freeze_it, move])
    stage.refresh_from_db()
    contest.refresh_from_db()
    assert contest.state == ContestState.FROZEN
    assert contest.closes_at is not None
    return contest, stage


def test_a_stage_that_moves_while_its_vote_is_frozen_still_holds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contest, stage = _freezing_while_the_stage_moves(monkeypatch)
    assert contest.closes_at is not None
    assert stage.closes_at >= contest.closes_at


def test_without_the_lock_of_the_process_the_vote_is_frozen_outside_its_stage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: the same two without the lock."""
    monkeypatch.setattr(contests, "hold_stages", lambda _contest: None)
    threads.be_patient(monkeypatch)
    contest, stage = _freezing_while_the_stage_moves(monkeypatch)
    assert contest.closes_at is not None
    assert stage.closes_at < contest.closes_at


def _opening_at_once(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Four pairs of clerks open a box at one centre, each held up after the look."""
    centre = make_centre()
    contest = make_open_contest(paper=True, centres=[centre])
    pairs = [(make_clerk(centre), make_clerk(centre)) for _ in range(4)]

    def slow_max(column: str) -> Any:
        threading.Event().wait(0.3)
        return Max(column)

    monkeypatch.setattr(boxes, "Max", slow_max)
    return at_once(
        [
            _or_error(
                lambda one=one, two=two: open_batch(  # type: ignore[misc]  # each its own
                    actor=one, second=two, contest_id=contest.pk, centre=centre
                )
            )
            for one, two in pairs
        ]
    )


def test_four_pairs_opening_a_box_open_one(monkeypatch: pytest.MonkeyPatch) -> None:
    results = _opening_at_once(monkeypatch)
    assert [r.refusal.code for r in results if isinstance(r, Refused)] == ["box_in_use"] * 3
    assert [box.number for box in Batch.objects.all()] == [1]


def test_without_the_lock_of_boxes_no_pair_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: what the lock would have refused in words, the constraint refuses."""
    monkeypatch.setattr(boxes, "lock_exclusive", lambda _name: None)
    results = _opening_at_once(monkeypatch)
    assert len([r for r in results if isinstance(r, IntegrityError)]) == 3
    assert Batch.objects.count() == 1


def _numbering_at_once(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Two centres hand out a sheet of one vote at the same moment, each held up after the look."""
    beside = make_centre()
    desk = Desk(beside)
    clerk, second = make_clerk(beside), make_clerk(beside)
    box = open_batch(actor=clerk, second=second, contest_id=desk.contest.pk, centre=beside)
    here, there = desk.resident(), desk.resident()
    threads.held_up(monkeypatch, PaperStub.objects, "create")
    return threads.at_once(
        lambda: desk.issue(here), lambda: desk.issue(there, actor=clerk, batch_id=box.pk)
    )


def test_two_centres_number_their_stubs_without_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert threads.codes(_numbering_at_once(monkeypatch)) == []
    assert list(PaperStub.objects.order_by("serial").values_list("serial", flat=True)) == [1, 2]


def test_without_the_lock_of_stubs_both_take_the_same_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: the constraint holds, and one of the two gets no sheet and keeps the vote right."""
    threads.unlocked(monkeypatch, handing, "stubs:")
    assert threads.codes(_numbering_at_once(monkeypatch)) == ["stub_serial_once"]
    assert PaperStub.objects.get().serial == 1
    assert Slot.objects.count() == 1


def _publishing_while_the_list_changes(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], Draw]:
    """A list is published, held up after the look, while another one is brought."""
    draw = make_draw()
    first, second = (make_user(role=RoleKind.ADMINISTRATOR) for _ in range(2))
    looked, brought, save = threading.Event(), threading.Event(), Draw.save

    def slow_save(one: Draw, **options: Any) -> None:
        if one.state == DrawState.PUBLISHED:
            looked.set()
            brought.wait(timeout=threads.patience())
        save(one, **options)

    monkeypatch.setattr(Draw, "save", slow_save)

    def bring() -> None:
        assert looked.wait(timeout=30)
        shorter = LIST.partition("\n20,")[0].encode()
        draws.import_people(actor=second, draw_id=draw.pk, data=shorter)
        brought.set()

    answers = threads.at_once(lambda: draws.publish_draw(actor=first, draw_id=draw.pk), bring)
    draw.refresh_from_db()
    assert (draw.state, len(draw.people)) == (DrawState.PUBLISHED, 20)
    return threads.codes(answers), draw


def test_a_list_is_not_brought_while_another_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    refused, _draw = _publishing_while_the_list_changes(monkeypatch)
    assert refused == ["draw_moved_on"]


def test_without_the_lock_of_the_draw_a_list_that_was_taken_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: whoever brought the other list is told that it was taken, and it is not there."""
    threads.unlocked(monkeypatch, draws)
    refused, draw = _publishing_while_the_list_changes(monkeypatch)
    assert refused == []
    changed = AuditEvent.objects.filter(
        action=Action.DRAW_CHANGED, subject=f"voting.draw:{draw.pk}"
    )
    assert [event.data["people"] for event in changed.order_by("pk")] == [20, 19]


@pytest.mark.parametrize("again", [False, True])
def test_eight_workers_claim_a_run_once(again: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    """No lock: the run's constraint and the update that looks and writes at once hold it."""
    contest = make_open_contest()
    if again:  # a worker died long ago
        assert runs._claim(contest.pk, "root", "main/1")
        TallyRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claims = threads.at_once(*[lambda: runs._claim(contest.pk, "root", "main/1")] * 8)
    assert [claim is not None for claim in claims].count(True) == 1
    assert TallyRun.objects.get().attempts == (2 if again else 1)
