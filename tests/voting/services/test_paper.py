"""Every rule and refusal of the paper channel, and its races under real threads."""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.paper import Desk
from tests.factories.places import make_area, make_centre
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import make_clerk, make_voter, vote
from voting.ballots import SheetKind
from voting.models import (
    Ballot,
    Batch,
    BatchCount,
    BatchEvent,
    BatchState,
    ContestState,
    Entry,
    PaperStub,
    PromisedLeaf,
    Slot,
    SlotEvent,
    StubEvent,
)
from voting.results import read_result
from voting.selectors import ballot_design, key_of
from voting.selectors.paper import batch_figures, batch_progress
from voting.services.casting import cast_ballot
from voting.services.clock import advance_contests
from voting.services.paper import (
    SheetTyping,
    ask_correction,
    boxes,
    decide_correction,
    explain_difference,
    handing,
    issue_paper,
    open_batch,
    print_sheets,
    record_count,
    report_missing,
    return_paper,
    seal_batch,
    sign_batch,
    spoil_paper,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import Resident, User
    from voting.models import Contest
    from voting.results import OptionOutcome

pytestmark = pytest.mark.django_db


def code_of(call: Callable[[], object]) -> str:
    """The code with which a call is refused."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


def recorded(action: Action) -> int:
    return AuditEvent.objects.filter(action=action).count()


def slot_of(stub: PaperStub) -> str:
    return Slot.objects.get(roll_entry=stub.roll_entry).state


# --- Opening ------------------------------------------------------------------------------------


def test_open_box_is_numbered_and_recorded_with_both_names() -> None:
    desk = Desk()
    assert desk.batch.number == 1
    event = BatchEvent.objects.get(batch=desk.batch)
    assert (event.actor_ref, event.second_ref) == (desk.first.actor_ref, desk.second.actor_ref)
    assert recorded(Action.BATCH_OPENED) == 1


def test_box_opens_only_for_two_different_people() -> None:
    desk = Desk()
    desk.seal()
    call = lambda: open_batch(  # noqa: E731 - the call under test
        actor=desk.first, second=desk.first, contest_id=desk.contest.pk, centre=desk.centre
    )
    assert code_of(call) == "same_person"


def test_second_box_waits_until_the_first_is_sealed() -> None:
    desk = Desk()
    assert code_of(desk.open) == "box_in_use"
    desk.seal()
    assert desk.open().number == 2


def test_box_is_refused_to_other_centres_and_to_people_without_a_role() -> None:
    desk = Desk()
    desk.seal()
    for actor, code in ((make_clerk(make_centre()), "other_centre"), (make_user(), "role_needed")):
        desk.first = actor
        assert code_of(desk.open) == code


def test_box_is_refused_at_a_centre_without_paper_and_after_the_close() -> None:
    desk = Desk()
    other = make_centre()
    clerk = make_clerk(other)
    call = lambda: open_batch(  # noqa: E731 - the call under test
        actor=clerk, second=make_clerk(other), contest_id=desk.contest.pk, centre=other
    )
    assert code_of(call) == "no_paper_here"
    desk.close()
    assert code_of(desk.open) == "closed"


# --- Handing out --------------------------------------------------------------------------------


def test_handing_out_takes_the_vote_right_and_numbers_without_gaps() -> None:
    desk = Desk()
    stubs = [desk.issue() for _ in range(3)]
    assert [stub.serial for stub in stubs] == [1, 2, 3]
    assert {slot_of(stub) for stub in stubs} == {"paper_issued"}
    assert recorded(Action.STUB_ISSUED) == 3


def test_same_request_again_gives_the_same_stub() -> None:
    desk, request = Desk(), uuid.uuid4()
    person = desk.resident()
    again = [desk.issue(person, request_id=request).pk for _ in range(2)]
    assert again[0] == again[1]
    assert PaperStub.objects.count() == 1


def test_second_sheet_for_one_person_is_refused_with_centre_and_minute() -> None:
    desk = Desk()
    person = desk.resident()
    desk.issue(person)
    with pytest.raises(Refused) as caught:
        desk.issue(person)
    refusal = caught.value.refusal
    assert refusal.code == "paper_issued"
    assert refusal.params["where"] == desk.centre.name
    assert refusal.params["when"] == SlotEvent.objects.get().at_minute


def test_who_voted_on_paper_gets_no_second_sheet_from_another_box() -> None:
    desk = Desk()
    person = desk.resident()
    desk.issue(person)
    desk.seal()
    desk.batch = desk.open()
    assert code_of(lambda: desk.issue(person)) == "already_voted"


def test_web_vote_is_replaced_where_the_rules_say_so() -> None:
    desk = Desk(paper_over_web="replace")
    user = make_voter(desk.contest, area=desk.dong)
    vote(desk.contest, "a", user=user)
    stub = desk.issue(user.resident)
    assert slot_of(stub) == "paper_issued"
    assert code_of(lambda: vote(desk.contest, "b", user=user)) == "paper_issued"


def test_web_vote_stands_where_paper_does_not_replace_it() -> None:
    desk = Desk(paper_over_web="refuse")
    user = make_voter(desk.contest, area=desk.dong)
    vote(desk.contest, "a", user=user)
    assert code_of(lambda: desk.issue(user.resident)) == "voted_on_web"
    assert not PaperStub.objects.exists()


def test_eligibility_is_checked_again_at_the_desk() -> None:
    desk = Desk(min_age=19, age_on=timezone.localdate())
    stranger = make_resident(area=make_area())
    assert code_of(lambda: desk.issue(stranger)) == "other_area"
    assert code_of(lambda: desk.issue(desk.resident(birth_date=date(2020, 1, 1)))) == "too_young"


def test_fixed_roll_refuses_who_is_not_on_it() -> None:
    desk = Desk(roll_mode="fixed")
    assert code_of(desk.issue) == "not_on_roll"


def test_handing_out_ends_with_the_close_and_with_the_seal() -> None:
    desk = Desk()
    desk.close()
    assert code_of(desk.issue) == "closed"
    other = Desk()
    other.seal()
    assert code_of(other.issue) == "box_elsewhere"


def test_handing_out_is_refused_to_staff_of_another_centre() -> None:
    desk = Desk()
    stranger = make_clerk(make_centre())
    assert code_of(lambda: desk.issue(actor=stranger)) == "other_centre"


def test_help_with_marking_is_noted_without_a_helper() -> None:
    desk = Desk()
    stub = desk.issue(assisted=True)
    event = SlotEvent.objects.get(roll_entry=stub.roll_entry)
    assert event.reason == "assisted"
    assert event.second_ref == ""


def test_printing_blank_sheets_is_recorded_by_number() -> None:
    desk = Desk()
    print_sheets(actor=desk.first, batch_id=desk.batch.pk, copies=50)
    assert AuditEvent.objects.get(action=Action.PAPERS_PRINTED).data == {"sheets": 50}
    for copies in (0, 301):
        call = lambda n=copies: print_sheets(  # noqa: E731 - the call under test
            actor=desk.first, batch_id=desk.batch.pk, copies=n
        )
        assert code_of(call) == "too_many_sheets"


# --- What becomes of a sheet --------------------------------------------------------------------


def spoil(desk: Desk, serial: int, request: uuid.UUID | None = None) -> PaperStub:
    return spoil_paper(
        actor=desk.first,
        batch_id=desk.batch.pk,
        serial=serial,
        request_id=request or uuid.uuid4(),
    )


def test_spoiled_sheet_is_replaced_twice_and_then_no_more() -> None:
    desk = Desk()
    person = desk.resident()
    desk.issue(person)
    assert spoil(desk, 1).serial == 2
    assert spoil(desk, 2).replaces.serial == 2  # type: ignore[union-attr]  # it replaces one
    assert code_of(lambda: spoil(desk, 3)) == "spoiled_too_often"
    assert recorded(Action.STUB_SPOILED) == 2
    assert PaperStub.objects.filter(events__isnull=True).count() == 1


def test_spoiling_twice_with_one_request_gives_one_new_stub() -> None:
    desk, request = Desk(), uuid.uuid4()
    desk.issue()
    assert spoil(desk, 1, request).pk == spoil(desk, 1, request).pk
    assert PaperStub.objects.count() == 2


def test_vote_right_whose_sheet_is_out_cannot_be_voided_in_the_database() -> None:
    desk = Desk()
    stub = desk.issue()
    with pytest.raises(IntegrityError, match="a ballot paper is out"), transaction.atomic():
        Slot.objects.filter(roll_entry=stub.roll_entry).update(state="voided", version=2)
    assert slot_of(stub) == "paper_issued"


def test_returned_sheet_frees_the_vote_right_for_every_channel() -> None:
    desk = Desk()
    user = make_voter(desk.contest, area=desk.dong)
    stub = desk.issue(user.resident)
    desk.take_back(1)
    assert slot_of(stub) == "free"
    vote(desk.contest, "a", user=user)
    assert slot_of(stub) == "web"
    both = (desk.first.actor_ref, desk.second.actor_ref)
    end, move = StubEvent.objects.get(), SlotEvent.objects.get(reason="returned")
    assert (end.actor_ref, end.second_ref) == (move.actor_ref, move.second_ref) == both
    line = AuditEvent.objects.get(action=Action.STUB_RETURNED)
    assert (line.actor_ref, line.data["second"]) == both


def test_sheet_comes_back_before_two_people_of_this_desk() -> None:
    desk = Desk()
    stub = desk.issue()

    def by(first: User, second: User) -> str:
        return code_of(
            lambda: return_paper(actor=first, second=second, batch_id=desk.batch.pk, serial=1)
        )

    stranger = make_clerk(make_centre())
    assert by(desk.first, desk.first) == "same_person"
    assert by(desk.first, stranger) == by(stranger, desk.first) == "other_centre"
    assert slot_of(stub) == "paper_issued"
    assert recorded(Action.STUB_RETURNED) == 0


@pytest.mark.parametrize("second", ["", "first"])
def test_the_database_refuses_a_sheet_that_one_person_took_back(second: str) -> None:
    desk = Desk()
    stub, ref = desk.issue(), desk.first.actor_ref
    with pytest.raises(IntegrityError, match="stub_returned_by_two"), transaction.atomic():
        StubEvent.objects.create(
            stub=stub, kind="returned", actor_ref=ref, second_ref=ref if second else ""
        )


def test_missing_sheet_keeps_the_vote_right_used() -> None:
    desk = Desk()
    person = desk.resident()
    desk.issue(person)
    report_missing(
        actor=desk.first, batch_id=desk.batch.pk, serial=1, reason="15:20에 가지고 나갔습니다"
    )
    assert code_of(lambda: desk.issue(person)) == "paper_issued"
    assert StubEvent.objects.get().reason == "15:20에 가지고 나갔습니다"


@pytest.mark.parametrize("act", ["spoil", "return", "missing"])
def test_sheet_that_is_not_out_cannot_end_again(act: str) -> None:
    desk = Desk()
    desk.issue()
    calls: dict[str, Callable[[], object]] = {
        "spoil": lambda: spoil(desk, 1),
        "return": lambda: desk.take_back(1),
        "missing": lambda: report_missing(
            actor=desk.first, batch_id=desk.batch.pk, serial=1, reason="-"
        ),
    }
    desk.take_back(1)
    assert code_of(calls[act]) == "no_such_stub"
    desk.seal()
    assert code_of(calls[act]) == "box_elsewhere"


def test_seal_counts_every_sheet_that_is_out_as_cast() -> None:
    desk = Desk()
    cast, returned = desk.issue(), desk.issue()
    desk.take_back(2)
    sealed = desk.seal()
    assert sealed.state == BatchState.SEALED
    assert sealed.seal_numbers == "0021"
    assert (slot_of(cast), slot_of(returned)) == ("paper_cast", "free")
    assert recorded(Action.BATCH_SEALED) == 1


def test_seal_needs_two_people_and_is_possible_after_the_close() -> None:
    desk = Desk()
    desk.issue()
    call = lambda: seal_batch(  # noqa: E731 - the call under test
        actor=desk.first, second=desk.first, batch_id=desk.batch.pk, seal_numbers="1"
    )
    assert code_of(call) == "same_person"
    desk.close()
    assert desk.seal().state == BatchState.SEALED


# --- Counting -----------------------------------------------------------------------------------


def count(desk: Desk, actor: User, sheets: int) -> Batch:
    return record_count(actor=actor, batch_id=desk.batch.pk, sheets=sheets, stubs=2, signatures=2)


def sealed_with_two() -> Desk:
    desk = Desk()
    desk.issue()
    desk.issue()
    desk.seal()
    return desk


def test_two_equal_counts_number_the_sheets() -> None:
    desk = sealed_with_two()
    assert count(desk, desk.first, 2).state == BatchState.SEALED
    assert count(desk, desk.second, 2).state == BatchState.COUNTED
    assert list(desk.batch.sheets.values_list("number", flat=True)) == [1, 2]
    assert recorded(Action.BATCH_COUNTED) == 1


def test_one_person_cannot_count_twice_in_a_round() -> None:
    desk = sealed_with_two()
    count(desk, desk.first, 2)
    assert code_of(lambda: count(desk, desk.first, 2)) == "counted_before"


def test_different_counts_begin_another_round_and_all_stay() -> None:
    desk = sealed_with_two()
    count(desk, desk.first, 2)
    assert count(desk, desk.second, 3).state == BatchState.SEALED
    count(desk, desk.second, 2)
    assert count(desk, desk.first, 2).state == BatchState.COUNTED
    assert list(BatchCount.objects.order_by("id").values_list("round", "sheets")) == [
        (1, 2),
        (1, 3),
        (2, 2),
        (2, 2),
    ]


def test_counts_that_agree_across_rounds_do_not_count() -> None:
    desk = sealed_with_two()
    count(desk, desk.first, 2)
    count(desk, desk.second, 3)
    assert count(desk, desk.third, 3).state == BatchState.SEALED


def test_count_of_an_unsealed_box_is_refused() -> None:
    desk = Desk()
    assert code_of(lambda: count(desk, desk.first, 0)) == "box_elsewhere"


def test_empty_box_needs_no_typing() -> None:
    desk = Desk()
    desk.seal()
    desk.count(sheets=0)
    desk.batch.refresh_from_db()
    assert desk.batch.state == BatchState.COMPARED


# --- Typing -------------------------------------------------------------------------------------


def test_nobody_types_a_sheet_twice_nor_a_pass_twice() -> None:
    desk = Desk().counted(1)
    desk.type(1, 1, ["a"])
    assert code_of(lambda: desk.type(1, 2, ["a"], by=desk.first)) == "typed_before"
    assert code_of(lambda: desk.type(1, 1, ["a"], by=desk.third)) == "pass_taken"
    assert code_of(lambda: desk.type(1, 4, ["a"], by=desk.third)) == "no_such_pass"
    assert code_of(lambda: desk.type(2, 1, ["a"])) == "no_such_sheet"


def test_slip_of_typing_is_refused_and_nothing_is_stored() -> None:
    desk = Desk().counted(1)
    assert code_of(lambda: desk.type(1, 1, ["z"])) == "unknown_option"
    assert code_of(lambda: desk.type(1, 1, ["a", "a"])) == "picked_twice"
    assert code_of(lambda: desk.type(1, 1, SheetTyping([], SheetKind.VOID))) == "why_missing"
    blank = SheetTyping(["a"], SheetKind.BLANK)
    assert code_of(lambda: desk.type(1, 1, blank)) == "not_as_declared"
    assert not Entry.objects.exists()


def test_too_many_marks_make_a_sheet_void_by_the_frozen_rule() -> None:
    desk = Desk().counted(1)
    entry = desk.type(1, 1, ["a", "b", "c"])
    assert (entry.kind, entry.void_reason, entry.marks) == ("void", "too_many", "")


def test_agreeing_passes_settle_a_box_and_each_pass_is_recorded() -> None:
    desk = Desk().compared([["a"], []], [["a"], []])
    assert desk.batch.state == BatchState.COMPARED
    assert batch_progress(desk.batch).unsettled == ()
    passes = AuditEvent.objects.filter(action=Action.BATCH_ENTERED).order_by("id")
    assert [event.data["pass"] for event in passes] == [1, 2]


def test_difference_stays_unknown_until_both_passes_are_complete() -> None:
    desk = Desk().counted(2)
    desk.type(1, 1, ["a"])
    desk.type(1, 2, ["b"])
    assert code_of(lambda: desk.type(1, 3, ["a"])) == "passes_incomplete"
    assert batch_progress(desk.batch).differing == ()


def test_third_person_settles_a_difference_and_all_three_readings_stay() -> None:
    desk = Desk().compared([["a"], ["b"]], [["a"], ["c"]])
    assert batch_progress(desk.batch).unsettled == (2,)
    assert code_of(lambda: desk.type(2, 3, ["b"], by=desk.first)) == "typed_before"
    assert code_of(lambda: desk.type(2, 3, ["b"], by=desk.second)) == "typed_before"
    assert code_of(lambda: desk.type(1, 3, ["a"])) == "nothing_to_settle"
    desk.type(2, 3, ["c"])
    assert batch_progress(desk.batch).unsettled == ()
    assert Entry.objects.filter(sheet__number=2).count() == 3
    sign_batch(actor=desk.first, batch_id=desk.batch.pk)
    sign_batch(actor=desk.second, batch_id=desk.batch.pk)
    assert sorted(Ballot.objects.values_list("marks", flat=True)) == ['["a"]', '["c"]']


def test_box_with_many_differences_is_typed_a_third_time_whole() -> None:
    desk = Desk().compared([["a"]] * 4, [["b"]] * 3 + [["a"]])
    progress = batch_progress(desk.batch)
    assert progress.third_pass
    assert progress.unsettled == (1, 2, 3, 4)
    desk.type(4, 3, ["a"])
    assert batch_progress(desk.batch).unsettled == (1, 2, 3)


def test_planted_slips_that_the_passes_do_not_share_are_all_caught() -> None:
    truth: list[object] = [["a"], ["b"], ["c"], [], ["a", "b"], ["b"]]
    first, second = list(truth), list(truth)
    first[1], second[4] = ["c"], ["a"]
    desk = Desk().compared(first, second)
    assert batch_progress(desk.batch).differing == (2, 5)


# --- Reconciling --------------------------------------------------------------------------------


def explain(desk: Desk, equation: str, code: str = "taken_away", note: str = "") -> object:
    return explain_difference(
        actor=desk.first, batch_id=desk.batch.pk, equation=equation, code=code, note=note
    )


def box_with_one_sheet_less() -> Desk:
    """Two sheets handed out, one in the box."""
    desk = sealed_with_two()
    desk.count(sheets=1, stubs=2, signatures=2)
    desk.type(1, 1, ["a"])
    desk.type(1, 2, ["a"])
    return desk


def test_difference_needs_a_reason_before_anybody_signs() -> None:
    desk = box_with_one_sheet_less()
    call = lambda: sign_batch(actor=desk.first, batch_id=desk.batch.pk)  # noqa: E731 - the call under test
    assert code_of(call) == "stubs_unexplained"
    explain(desk, "stubs")
    assert code_of(call) == "slots_unexplained"
    explain(desk, "slots")
    assert sign_batch(actor=desk.first, batch_id=desk.batch.pk).state == BatchState.RECONCILED


def test_reason_is_given_once_and_only_where_one_can_settle_it() -> None:
    desk = box_with_one_sheet_less()
    assert code_of(lambda: explain(desk, "signatures")) == "no_reason_possible"
    assert code_of(lambda: explain(desk, "stubs", "lost_in_space")) == "no_reason_possible"
    assert code_of(lambda: explain(desk, "stubs", "other")) == "note_missing"
    explain(desk, "stubs", "other", "한 분이 가지고 갔습니다")
    assert code_of(lambda: explain(desk, "stubs")) == "reason_given"
    event = AuditEvent.objects.get(action=Action.BATCH_EXPLAINED)
    assert (event.actor_ref, event.reason) == (desk.first.actor_ref, "한 분이 가지고 갔습니다")
    assert event.data == {"equation": "stubs", "code": "other", "version": 1}


def test_one_sheet_too_many_blocks_and_no_reason_helps() -> None:
    desk = sealed_with_two()
    desk.count(sheets=3, stubs=2, signatures=2)
    for number in (1, 2, 3):
        desk.type(number, 1, ["a"])
        desk.type(number, 2, ["a"])
    call = lambda: sign_batch(actor=desk.first, batch_id=desk.batch.pk)  # noqa: E731 - the call under test
    assert code_of(call) == "more_paper_differs"
    assert code_of(lambda: explain(desk, "more_paper")) == "no_reason_possible"
    assert code_of(lambda: explain(desk, "slots")) == "no_reason_possible"


def test_signing_waits_until_every_sheet_is_settled() -> None:
    desk = Desk().compared([["a"]], [["b"]])
    call = lambda: sign_batch(actor=desk.first, batch_id=desk.batch.pk)  # noqa: E731 - the call under test
    assert code_of(call) == "sheets_differ"


# --- Signing ------------------------------------------------------------------------------------


def test_second_signature_posts_the_ballots_and_writes_the_leaf() -> None:
    desk = Desk().compared([["a"], [], ["a", "b", "c"]], [["a"], [], ["a", "b", "c"]])
    sign_batch(actor=desk.first, batch_id=desk.batch.pk)
    assert not Ballot.objects.exists()
    call = lambda: sign_batch(actor=desk.first, batch_id=desk.batch.pk)  # noqa: E731 - the call under test
    assert code_of(call) == "signed_before"
    assert sign_batch(actor=desk.second, batch_id=desk.batch.pk).state == BatchState.CERTIFIED
    assert sorted(Ballot.objects.values_list("marks", "sheet_number")) == [('["a"]', 1), ("[]", 2)]
    leaf = PromisedLeaf.objects.get(contest=desk.contest, kind="batch")
    figures = batch_figures(Batch.objects.get(pk=desk.batch.pk))
    assert (figures.valid, figures.blank, figures.void) == (1, 1, 1)
    assert f'"version":{desk.batch.version}' in leaf.data


def test_signature_of_another_centre_is_refused() -> None:
    desk = Desk().compared([["a"]], [["a"]])
    stranger = make_clerk(make_centre())
    call = lambda: sign_batch(actor=stranger, batch_id=desk.batch.pk)  # noqa: E731 - the call under test
    assert code_of(call) == "other_centre"


def test_certified_paper_is_counted_beside_the_web() -> None:
    desk = Desk().certified([["a"], ["a"]])
    vote(desk.contest, "b")
    desk.publish()
    assert desk.contest.state == ContestState.PUBLISHED
    channels = Ballot.objects.filter(contest=desk.contest).values_list("channel", "marks")
    assert sorted(channels) == [("paper", '["a"]'), ("paper", '["a"]'), ("web", '["b"]')]


def test_uncertified_box_holds_the_contest_back() -> None:
    desk = Desk().compared([["a"]], [["a"]])
    desk.publish()
    assert desk.contest.state == ContestState.CLOSED


# --- Corrections --------------------------------------------------------------------------------


def ask(desk: Desk, actor: User | None = None) -> Any:
    return ask_correction(
        actor=actor or desk.first,
        batch_id=desk.batch.pk,
        what="2번 투표지를 잘못 입력했습니다",
        why="다시 읽었습니다",
        evidence="2번 투표지",
    )


def decide(asked: Any, actor: User, *, approved: bool = True) -> Any:
    return decide_correction(
        actor=actor, correction_id=asked.pk, approved=approved, note="함께 보았습니다"
    )


def coordinator(desk: Desk) -> User:
    return make_user(role=RoleKind.COORDINATOR, centre=desk.centre)


def test_approved_correction_opens_a_new_version_and_keeps_the_old() -> None:
    desk = Desk().certified([["a"], ["b"]])
    decide(ask(desk), coordinator(desk))
    desk.batch.refresh_from_db()
    assert (desk.batch.state, desk.batch.version) == (BatchState.SEALED, 2)
    desk.count(sheets=2)
    for pass_number in (1, 2):
        desk.type(1, pass_number, ["a"])
        desk.type(2, pass_number, ["a"])
    sign_batch(actor=desk.first, batch_id=desk.batch.pk)
    sign_batch(actor=desk.second, batch_id=desk.batch.pk)
    kept = BatchEvent.objects.filter(to_state=BatchState.CERTIFIED).order_by("version")
    assert [(event.version, event.data["valid"]) for event in kept] == [(1, 2), (2, 2)]
    assert PromisedLeaf.objects.filter(kind="correction").count() == 1
    assert list(Ballot.objects.filter(batch_version=1).values_list("marks", flat=True)) == [
        '["a"]',
        '["b"]',
    ]
    desk.publish()
    votes = {one.key: one.votes for one in counted_options(desk.contest)}
    assert votes == {"a": 2, "b": 0, "c": 0}


def counted_options(contest: Contest) -> tuple[OptionOutcome, ...]:
    """The options of the newest published result."""
    publication = contest.publications.order_by("-version").first()
    assert publication is not None
    return read_result(json.loads(publication.result), ballot_design(contest)).options


def test_box_counted_wrongly_goes_back_before_it_is_certified() -> None:
    desk = sealed_with_two()
    desk.count(sheets=3, stubs=2, signatures=2)
    decide(ask(desk), coordinator(desk))
    desk.count(sheets=2)
    desk.batch.refresh_from_db()
    assert (desk.batch.state, desk.batch.version) == (BatchState.COUNTED, 2)


def test_refused_correction_leaves_the_box_as_it_is() -> None:
    desk = Desk().certified([["a"]])
    decide(ask(desk), coordinator(desk), approved=False)
    desk.batch.refresh_from_db()
    assert (desk.batch.state, desk.batch.version) == (BatchState.CERTIFIED, 1)


def test_correction_is_decided_once_by_somebody_else_who_may() -> None:
    desk = Desk().certified([["a"]])
    asker = coordinator(desk)
    asked = ask(desk, asker)
    assert code_of(lambda: ask(desk)) == "correction_waits"
    assert code_of(lambda: decide(asked, asker)) == "own_correction"
    assert code_of(lambda: decide(asked, desk.first)) == "role_needed"
    elsewhere = make_user(role=RoleKind.COORDINATOR)
    assert code_of(lambda: decide(asked, elsewhere)) == "other_centre"
    decide(asked, make_user(role=RoleKind.ADMINISTRATOR), approved=False)
    assert code_of(lambda: decide(asked, coordinator(desk))) == "decided_before"


def test_correction_of_a_box_in_use_is_refused() -> None:
    desk = Desk()
    assert code_of(lambda: ask(desk)) == "box_elsewhere"


def test_correction_waits_while_votes_are_counted() -> None:
    desk = Desk().certified([["a"]])
    asked = ask(desk)
    desk.close()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_contest DISABLE TRIGGER voting_contest_moves")
        cursor.execute(
            "UPDATE voting_contest SET state = 'opened' WHERE id = %s", [desk.contest.pk]
        )
        cursor.execute("ALTER TABLE voting_contest ENABLE TRIGGER voting_contest_moves")
    assert code_of(lambda: decide(asked, coordinator(desk))) == "count_running"


def test_correction_after_publication_makes_the_next_version_of_the_result() -> None:
    desk = Desk().certified([["a"], ["b"]])
    desk.publish()
    first = desk.contest.publications.get(version=1)
    decide(ask(desk), coordinator(desk))
    desk.contest.refresh_from_db()
    assert desk.contest.state == ContestState.RECOUNT
    desk.count(sheets=2)
    for pass_number in (1, 2):
        for number in (1, 2):
            desk.type(number, pass_number, ["b"])
    sign_batch(actor=desk.first, batch_id=desk.batch.pk)
    sign_batch(actor=desk.second, batch_id=desk.batch.pk)
    for _tick in range(4):
        advance_contests()
    versions = desk.contest.publications.order_by("version")
    assert [one.version for one in versions] == [1, 2]
    assert versions[0].result == first.result
    assert versions[1].result != first.result


# --- Races --------------------------------------------------------------------------------------


def at_once(jobs: list[Callable[[], object]]) -> list[object]:
    """Run all jobs at the same moment, each on a connection of its own; results or refusals."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=30)
            return job()
        except Refused as refused:
            return refused.refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return list(pool.map(run, jobs))


def issuing(desk: Desk, person: Resident, actor: User) -> Callable[[], object]:
    return lambda: issue_paper(
        actor=actor, batch_id=desk.batch.pk, resident=person, request_id=uuid.uuid4()
    )


@pytest.mark.django_db(transaction=True)
def test_two_clerks_handing_out_to_one_person_number_one_stub() -> None:
    desk = Desk()
    for _ in range(5):
        person = desk.resident()
        results = at_once([issuing(desk, person, clerk) for clerk in (desk.first, desk.second)] * 4)
        assert sorted(r for r in results if isinstance(r, str)) == ["paper_issued"] * 7
    assert PaperStub.objects.count() == 5
    assert list(PaperStub.objects.order_by("serial").values_list("serial", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]


@pytest.mark.django_db(transaction=True)
def test_two_centres_handing_out_to_one_person_number_one_stub() -> None:
    other = make_centre()
    desk = Desk(other)
    there, beside = make_clerk(other), make_clerk(other)
    box = open_batch(actor=there, second=beside, contest_id=desk.contest.pk, centre=other)
    person = desk.resident()
    results = at_once(
        [
            issuing(desk, person, desk.first),
            lambda: issue_paper(
                actor=there, batch_id=box.pk, resident=person, request_id=uuid.uuid4()
            ),
        ]
    )
    assert [r for r in results if isinstance(r, str)] == ["paper_issued"]
    assert PaperStub.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("policy", ["replace", "refuse"])
def test_web_and_desk_at_the_same_second_leave_one_vote_right(policy: str) -> None:
    desk = Desk(paper_over_web=policy)
    for _ in range(4):
        user = make_voter(desk.contest, area=desk.dong)
        cast = lambda u=user: cast_ballot(  # noqa: E731 - the job of a thread
            actor=u, contest_id=desk.contest.pk, raw=["a"], request_id=uuid.uuid4()
        )
        results = at_once([issuing(desk, user.resident, desk.first), cast])
        slot = Slot.objects.get(roll_entry__person_key=key_of(desk.contest, user.resident))
        refused = [r for r in results if isinstance(r, str)]
        if policy == "refuse" and refused == ["voted_on_web"]:
            assert slot.state == "web"
        else:
            assert slot.state == "paper_issued"
            assert refused in ([], ["paper_issued"])
    issued = PaperStub.objects.count()
    assert Slot.objects.filter(state="paper_issued").count() == issued


@pytest.mark.django_db(transaction=True)
def test_sealing_while_handing_out_leaves_no_sheet_outside() -> None:
    desk = Desk()
    people = [desk.resident() for _ in range(8)]
    jobs: list[Callable[[], object]] = [issuing(desk, one, desk.first) for one in people]
    results = at_once([*jobs[:4], desk.seal, *jobs[4:]])
    refused = [r for r in results if isinstance(r, str)]
    assert set(refused) <= {"box_elsewhere"}
    assert PaperStub.objects.count() == 8 - len(refused)
    assert StubEvent.objects.filter(kind="cast").count() == PaperStub.objects.count()
    assert not Slot.objects.filter(state="paper_issued").exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_box_lock_a_seal_misses_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same race with the lock of the box taken out."""
    desk = Desk()
    inside = threading.Event()
    number = handing.number_stub

    def slow_number(*args: Any, **columns: Any) -> PaperStub:
        inside.set()
        threading.Event().wait(0.5)
        return number(*args, **columns)

    def seal_meanwhile() -> object:
        inside.wait(timeout=10)
        return desk.seal()

    monkeypatch.setattr(handing, "number_stub", slow_number)
    monkeypatch.setattr(
        boxes,
        "lock_exclusive",
        lambda name: None if name.startswith("batch:") else lock_exclusive(name),
    )
    at_once([issuing(desk, desk.resident(), desk.first), seal_meanwhile])
    assert PaperStub.objects.filter(events__isnull=True, batch__state="sealed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_typing_one_sheet_in_one_pass_store_one_reading() -> None:
    desk = Desk().counted(1)
    results = at_once(
        [
            lambda: desk.type(1, 1, ["a"], by=desk.first),
            lambda: desk.type(1, 1, ["b"], by=desk.second),
        ]
    )
    assert [r for r in results if isinstance(r, str)] == ["pass_taken"]
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_second_signatures_at_once_certify_once() -> None:
    desk = Desk().compared([["a"]], [["a"]])
    sign_batch(actor=desk.first, batch_id=desk.batch.pk)
    results = at_once(
        [
            lambda: sign_batch(actor=desk.second, batch_id=desk.batch.pk),
            lambda: sign_batch(actor=desk.third, batch_id=desk.batch.pk),
        ]
    )
    assert [r for r in results if isinstance(r, str)] == ["box_elsewhere"]
    assert Ballot.objects.count() == 1
