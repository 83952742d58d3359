"""Provisional envelopes: registered without the roll, decided by two people, counted in the open."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connections, transaction

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from tests.factories.paper import Desk
from tests.factories.places import make_area
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import make_voter, vote
from voting.models import (
    Ballot,
    Batch,
    BatchState,
    Contest,
    ContestState,
    PaperStub,
    ProvisionalCause,
    ProvisionalDecision,
    ProvisionalRefusal,
    ProvisionalSheet,
    RollEntry,
    Slot,
    SlotEvent,
    SlotState,
)
from voting.selectors.pages import bundle_bytes
from voting.selectors.paper import batch_figures, provisional_sums, published_envelopes
from voting.services import provisional
from voting.services.paper import sign_batch
from voting.services.provisional import (
    accept_provisional,
    register_provisional,
    reject_provisional,
)
from voting.verifier import Check

if TYPE_CHECKING:
    from residents.models import Resident, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def register(desk: Desk, **columns: Any) -> ProvisionalSheet:
    """Register the next envelope."""
    return register_provisional(
        **{
            "actor": desk.first,
            "batch_id": desk.batch.pk,
            "cause": ProvisionalCause.ROLL_UNREACHABLE,
            "request_id": uuid.uuid4(),
            **columns,
        }
    )


def accept(desk: Desk, number: int, resident: Resident | None = None, **columns: Any) -> PaperStub:
    """Accept an envelope by the first two clerks."""
    return accept_provisional(
        **{
            "actor": desk.first,
            "second": desk.second,
            "batch_id": desk.batch.pk,
            "number": number,
            "resident": resident or desk.resident(),
            **columns,
        }
    )


def reject(desk: Desk, number: int, **columns: Any) -> ProvisionalDecision:
    """Reject an envelope by the first two clerks."""
    return reject_provisional(
        **{
            "actor": desk.first,
            "second": desk.second,
            "batch_id": desk.batch.pk,
            "number": number,
            **columns,
        }
    )


def certify(desk: Desk, sheets: list[list[str]]) -> None:
    """Seal a box whose sheets are out, count and type them, and sign."""
    desk.seal()
    desk.count(sheets=len(sheets))
    for pass_number in (1, 2):
        for number, keys in enumerate(sheets, start=1):
            desk.type(number, pass_number, keys)
    for clerk in (desk.first, desk.second):
        sign_batch(actor=clerk, batch_id=desk.batch.pk)
    desk.batch.refresh_from_db()


def refused(act: Any) -> str:
    """The code with which something was refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal.code


# --- Register ---


def test_envelopes_are_numbered_in_their_box_and_a_repeat_gives_the_same(desk: Desk) -> None:
    once = uuid.uuid4()
    numbers = [register(desk, request_id=key).number for key in (once, uuid.uuid4(), once)]
    assert numbers == [1, 2, 1]
    event = AuditEvent.objects.filter(action=Action.PROVISIONAL_REGISTERED).first()
    assert event is not None
    assert event.data["cause"] == "roll_unreachable"
    assert not Slot.objects.exists()


def test_only_staff_of_the_centre_registers_and_decides(desk: Desk) -> None:
    sheet, stranger = register(desk), make_user()
    assert refused(lambda: register(desk, actor=stranger)) == "role_needed"
    assert refused(lambda: accept(desk, sheet.number, actor=stranger)) == "role_needed"
    assert refused(lambda: reject(desk, sheet.number, actor=stranger)) == "role_needed"


def test_a_sealed_box_takes_no_envelope_and_the_database_says_so_too(desk: Desk) -> None:
    first = register(desk)
    accept(desk, first.number)
    desk.seal()
    assert refused(lambda: register(desk)) == "box_elsewhere"
    with pytest.raises(DatabaseError, match="its envelopes stand"), transaction.atomic():
        ProvisionalSheet.objects.create(
            contest=desk.contest, batch=desk.batch, number=9, cause="not_found",
            request_id=uuid.uuid4(), registered_by_ref="user:x",
        )  # fmt: skip


# --- Accept ---


def test_accepting_takes_the_vote_right_under_a_stub_by_two_people(desk: Desk) -> None:
    sheet, voter = register(desk), desk.resident()
    stub = accept(desk, sheet.number, voter)
    assert stub.batch == desk.batch
    slot = Slot.objects.get(roll_entry=stub.roll_entry)
    assert slot.state == SlotState.PAPER_ISSUED
    event = SlotEvent.objects.get(roll_entry=stub.roll_entry)
    assert (event.reason, event.actor_ref) == ("provisional", desk.first.actor_ref)
    assert event.second_ref == desk.second.actor_ref
    desk.seal()
    slot.refresh_from_db()
    assert slot.state == SlotState.PAPER_CAST
    assert AuditEvent.objects.filter(action=Action.PROVISIONAL_ACCEPTED).count() == 1


def test_one_person_does_not_decide_alone(desk: Desk) -> None:
    sheet = register(desk)
    assert refused(lambda: accept(desk, sheet.number, second=desk.first)) == "same_person"
    assert (
        refused(lambda: reject(desk, sheet.number, second=desk.first, refusal="no_name"))
        == "same_person"
    )


def test_whoever_has_a_sheet_or_lives_elsewhere_is_not_accepted(desk: Desk) -> None:
    voter = desk.resident()
    desk.issue(voter)
    sheet = register(desk)
    assert refused(lambda: accept(desk, sheet.number, voter)) == "paper_issued"
    stranger = make_resident(area=make_area())
    code = refused(lambda: accept(desk, sheet.number, stranger))
    assert code not in {"paper_issued", "role_needed"}
    assert not ProvisionalDecision.objects.exists()
    assert not RollEntry.objects.filter(contest=desk.contest, origin="came").exclude(
        stubs__isnull=False
    )


@pytest.mark.parametrize("policy", ["replace", "refuse"])
def test_a_web_vote_is_replaced_as_the_rules_say(policy: str) -> None:
    desk = Desk(paper_over_web=policy)
    user = make_voter(desk.contest)
    vote(desk.contest, "a", user=user)
    sheet = register(desk)
    if policy == "replace":
        stub = accept(desk, sheet.number, user.resident)
        assert Slot.objects.get(roll_entry=stub.roll_entry).state == SlotState.PAPER_ISSUED
        return
    assert refused(lambda: accept(desk, sheet.number, user.resident)) == "voted_on_web"
    decision = reject(desk, sheet.number, resident=user.resident)
    assert decision.refusal == ProvisionalRefusal.RIGHT_USED


def test_envelopes_given_before_the_close_are_decided_after_it(desk: Desk) -> None:
    waiting = register(desk)
    desk.close()
    Contest.objects.filter(pk=desk.contest.pk).update(state=ContestState.CLOSED)
    late = register(desk)
    stub = accept(desk, waiting.number)  # enters the person on the rolling roll, which stands else
    assert stub.roll_entry.origin == "came"
    accept(desk, late.number)
    with pytest.raises(DatabaseError, match="its roll stands"), transaction.atomic():
        RollEntry.objects.create(
            contest=desk.contest, person_key="x" * 64, area=desk.dong, origin="came",
            added_by_ref="user:x",
        )  # fmt: skip


def test_nothing_is_registered_before_the_opening_or_after_the_count(desk: Desk) -> None:
    desk.close()
    for state in (ContestState.CLOSED, ContestState.BOXED):
        Contest.objects.filter(pk=desk.contest.pk).update(state=state)
    assert refused(lambda: register(desk)) == "no_envelope_now"


# --- Reject ---


def test_a_sheet_that_counts_cannot_be_rejected(desk: Desk) -> None:
    sheet = register(desk)
    assert refused(lambda: reject(desk, sheet.number, resident=desk.resident())) == (
        "envelope_counts"
    )


def test_the_reason_of_a_rejection_is_what_the_roll_says() -> None:
    desk = Desk(roll_mode="fixed")
    sheet = register(desk, cause=ProvisionalCause.NOT_FOUND)
    decision = reject(desk, sheet.number, resident=desk.resident())
    assert decision.refusal == ProvisionalRefusal.NOT_ON_ROLL
    event = AuditEvent.objects.get(action=Action.PROVISIONAL_REJECTED)
    assert (event.reason, event.data["envelope"]) == ("not_on_roll", 1)


def test_the_rules_of_who_may_vote_are_a_reason_too(desk: Desk) -> None:
    sheet = register(desk)
    decision = reject(desk, sheet.number, resident=make_resident(area=make_area()))
    assert decision.refusal == ProvisionalRefusal.NOT_ELIGIBLE


def test_without_a_person_only_two_reasons_hold(desk: Desk) -> None:
    first, second = register(desk), register(desk)
    for reason in ("", "not_on_roll", "because"):
        assert refused(lambda reason=reason: reject(desk, first.number, refusal=reason)) == (
            "envelope_needs_reason"
        )
    reject(desk, first.number, refusal="nobody_found")
    reject(desk, second.number, refusal="no_name")
    assert provisional_sums(desk.batch).rejected == 2


def test_an_envelope_is_decided_once(desk: Desk) -> None:
    sheet = register(desk)
    reject(desk, sheet.number, refusal="no_name")
    assert refused(lambda: accept(desk, sheet.number)) == "envelope_decided"
    assert refused(lambda: reject(desk, 99, refusal="no_name")) == "envelope_decided"


# --- Seal, count, publish ---


def test_a_box_is_not_sealed_while_an_envelope_waits(desk: Desk) -> None:
    sheet = register(desk)
    assert refused(desk.seal) == "envelopes_wait"
    box = Batch.objects.filter(pk=desk.batch.pk)
    with pytest.raises(DatabaseError, match="waits for a decision"), transaction.atomic():
        box.update(state=BatchState.SEALED)
    reject(desk, sheet.number, refusal="no_name")
    desk.seal()


def test_neither_envelopes_nor_decisions_are_changed_or_deleted(desk: Desk) -> None:
    sheet = register(desk)
    decision = reject(desk, sheet.number, refusal="no_name")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ProvisionalDecision.objects.filter(pk=decision.pk).delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ProvisionalSheet.objects.filter(pk=sheet.pk).update(number=7)


def test_the_sums_are_published_checked_again_and_tell_nobody(desk: Desk) -> None:
    for _each in range(3):
        register(desk)
    accept(desk, 1)
    accept(desk, 2)
    reject(desk, 3, refusal="nobody_found")
    desk.issue()
    certify(desk, [["a"], ["a"], ["b"]])
    figures = batch_figures(desk.batch)
    assert (figures.provisional, figures.accepted, figures.rejected) == (3, 2, 1)
    desk.publish()
    publication = desk.contest.publications.get()
    sums = published_envelopes(publication)
    assert (sums.received, sums.accepted, sums.rejected, sums.waiting) == (3, 2, 1, 0)
    files = bundle_bytes(desk.contest, 1)
    assert Check(files).wrong is None
    (box,) = json.loads(files["reconciliation.json"])["batches"]
    assert (box["provisional"], box["accepted"], box["rejected"]) == (3, 2, 1)
    assert b"envelope" not in files["log.jsonl"]
    assert Ballot.objects.filter(contest=desk.contest, channel="paper").count() == 3


def test_a_box_without_envelopes_says_nothing_of_them(desk: Desk) -> None:
    desk.certified([["a"]])
    assert "provisional" not in batch_figures(desk.batch).to_json()


# --- Races ---


@pytest.mark.django_db(transaction=True)
def test_two_pairs_deciding_on_one_envelope_make_one_decision() -> None:
    desk = Desk()
    sheet = register(desk)
    people = [desk.resident() for _each in range(6)]
    assert sum(_accept_all(desk, sheet.number, people)) == 1
    assert PaperStub.objects.count() == ProvisionalDecision.objects.count() == 1
    assert Slot.objects.filter(state=SlotState.PAPER_ISSUED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_envelopes_counts_once() -> None:
    desk = Desk()
    numbers = [register(desk).number for _each in range(4)]
    voter = desk.resident()
    with ThreadPoolExecutor(len(numbers)) as pool:
        done = list(pool.map(lambda number: _tried(desk, number, voter), numbers))
    assert sum(done) == 1
    assert PaperStub.objects.filter(roll_entry__slot__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_box_the_constraint_still_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: without the lock both pairs look before either writes; one row is refused."""
    desk = Desk()
    sheet = register(desk)

    def unlocked(batch_id: int, *_states: BatchState) -> Any:
        return Batch.objects.select_related("contest__area", "centre").get(pk=batch_id)

    monkeypatch.setattr(provisional, "locked_batch", unlocked)
    people = [desk.resident() for _each in range(6)]
    _accept_all(desk, sheet.number, people)
    assert ProvisionalDecision.objects.count() == 1


def _accept_all(desk: Desk, number: int, people: list[Resident]) -> list[bool]:
    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(lambda one: _tried(desk, number, one), people))


def _tried(desk: Desk, number: int, resident: Resident, actor: User | None = None) -> bool:
    try:
        accept(desk, number, resident, actor=actor or desk.first)
    except (Refused, DatabaseError):
        return False
    finally:
        connections.close_all()
    return True
