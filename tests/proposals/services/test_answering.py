"""What the office says and does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proposals.lifecycle import AnswerKind, add_months
from proposals.models import Answer, Proposal, ProposalState
from proposals.services import (
    answer_proposal,
    assign_department,
    receive_transfer,
    report_progress,
)
from residents.models import Notice, NoticeKind
from tests.factories.proposals import answer_words, make_answer, make_proposal, make_reviewed
from tests.factories.residents import grant, make_department, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import Department, User

pytestmark = pytest.mark.django_db


def refusal_of(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code, caught.value.refusal.form_field


@pytest.fixture
def department() -> Department:
    return make_department(name="안전도시과")


@pytest.fixture
def official(department: Department) -> User:
    return make_user(role="official", department=department)


def test_an_answer_decides_ends_the_clock_and_tells_all_who_support_it(
    official: User, department: Department
) -> None:
    proposal = make_reviewed()
    supporter = proposal.supports.get().resident.user
    assert supporter is not None
    answer = answer_proposal(
        actor=official,
        proposal_id=proposal.pk,
        words=answer_words(AnswerKind.ADOPTED, department=department, cost=48_000_000),
    )
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.ANSWERED
    assert proposal.answer_due_on is None
    assert proposal.department == department
    assert (answer.cost, answer.signed_by_ref) == (48_000_000, official.actor_ref)
    told = Notice.objects.filter(kind=NoticeKind.PROPOSAL_ANSWERED)
    assert set(told.values_list("user_id", flat=True)) == {proposal.author_id, supporter.pk}
    event = AuditEvent.objects.get(action=Action.PROPOSAL_ANSWERED)
    assert event.data == {"answer": answer.pk, "kind": "adopted", "stage": "reviewing"}


def test_an_answer_cannot_be_changed_in_the_database() -> None:
    answer = make_answer(make_reviewed(), AnswerKind.ADOPTED)
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(reason="다른 이유")


def test_an_answer_without_reason_or_next_date_is_refused(
    official: User, department: Department
) -> None:
    proposal = make_reviewed()

    def answer(**columns: object) -> Callable[[], object]:
        words = answer_words(AnswerKind.ADOPTED, department=department, **columns)
        return lambda: answer_proposal(actor=official, proposal_id=proposal.pk, words=words)

    assert refusal_of(answer(reason="  ")) == ("reason_missing", "reason")
    assert refusal_of(answer(next_date=None)) == ("date_missing", "next_date")
    assert refusal_of(answer(next_date=timezone.localdate())) == ("date_past", "next_date")
    assert not Answer.objects.exists()


def test_citizens_and_other_departments_do_not_answer(department: Department) -> None:
    proposal = make_reviewed()
    Proposal.objects.filter(pk=proposal.pk).update(department=department)
    other = make_department()
    words = answer_words(AnswerKind.ADOPTED, department=other)
    for actor, code in (
        (make_user(), "role_needed"),
        (make_user(role="official", department=other), "other_department"),
        (make_user(role="clerk"), "role_needed"),
    ):
        answer = partial(answer_proposal, actor=actor, proposal_id=proposal.pk, words=words)
        assert refusal_of(answer)[0] == code


def test_an_official_signs_only_for_the_own_department(official: User) -> None:
    words = answer_words(AnswerKind.ADOPTED)
    proposal = make_reviewed()
    assert refusal_of(
        lambda: answer_proposal(actor=official, proposal_id=proposal.pk, words=words)
    ) == ("not_your_department", "department")


def test_nothing_is_answered_while_support_is_gathered(
    official: User, department: Department
) -> None:
    words = answer_words(AnswerKind.ADOPTED, department=department)
    proposal = make_proposal()
    assert refusal_of(
        lambda: answer_proposal(actor=official, proposal_id=proposal.pk, words=words)
    ) == ("answer_does_not_fit", "kind")


def test_an_interim_answer_puts_the_date_off_by_at_most_a_month(
    official: User, department: Department
) -> None:
    proposal = make_reviewed()
    today = timezone.localdate()
    far = answer_words(
        AnswerKind.INTERIM, department=department, next_date=add_months(today, 1) + timedelta(1)
    )
    assert (
        refusal_of(lambda: answer_proposal(actor=official, proposal_id=proposal.pk, words=far))[0]
        == "date_too_far"
    )
    new = today + timedelta(days=20)
    make_answer(proposal, AnswerKind.INTERIM, department=department, next_date=new)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer_due_on) == (ProposalState.REVIEWING, new)


def test_a_transfer_names_another_department_and_gives_it_the_promised_date(
    official: User, department: Department
) -> None:
    proposal = make_reviewed()
    to = make_department(name="건설과")
    receiver = make_user(role="official", department=to)
    missing = answer_words(AnswerKind.TRANSFER, department=department)
    assert refusal_of(
        lambda: answer_proposal(actor=official, proposal_id=proposal.pk, words=missing)
    ) == ("transfer_target_missing", "transferred_to")
    promised = timezone.localdate() + timedelta(days=10)
    words = answer_words(
        AnswerKind.TRANSFER, department=department, transferred_to=to, next_date=promised
    )
    answer_proposal(actor=official, proposal_id=proposal.pk, words=words)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.department) == (ProposalState.TRANSFERRED, to)
    assert proposal.answer_due_on == promised
    assert Notice.objects.filter(user=receiver, kind=NoticeKind.STAFF_DUE).count() == 1
    moved = Notice.objects.get(user=proposal.author, kind=NoticeKind.PROPOSAL_CHANGED)
    assert moved.params["department"] == "건설과"
    assert (
        refusal_of(lambda: receive_transfer(actor=official, proposal_id=proposal.pk))[0]
        == "other_department"
    )
    received = receive_transfer(actor=receiver, proposal_id=proposal.pk)
    assert (received.state, received.answer_due_on) == (ProposalState.REVIEWING, promised)


def test_a_repair_stops_the_clock(official: User, department: Department) -> None:
    proposal = make_reviewed()
    due = proposal.answer_due_on
    make_answer(proposal, AnswerKind.REPAIR, department=department)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.REPAIR
    assert proposal.answer_due_on == due
    assert proposal.clock_stopped_on == timezone.localdate()
    assert proposal not in Proposal.objects.awaiting_answer()


def test_an_answer_can_be_corrected_by_a_later_one_and_both_stay() -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.NOT_ADOPTED, next_date=None)
    proposal.refresh_from_db()
    make_answer(proposal, AnswerKind.ADOPTED)
    assert [a.kind for a in proposal.answers.all()] == ["not_adopted", "adopted"]


def test_below_the_threshold_a_short_answer_ends_the_duty() -> None:
    proposal = make_proposal(state=ProposalState.EXPIRED, answer_due_on=timezone.localdate())
    assert proposal in Proposal.objects.awaiting_answer()
    make_answer(proposal, AnswerKind.SHORT, next_date=None)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer_due_on) == (ProposalState.EXPIRED, None)


def test_assigning_a_department_is_recorded_once(official: User, department: Department) -> None:
    proposal = make_reviewed()
    for _ in range(2):
        assign_department(actor=official, proposal_id=proposal.pk, department=department)
    proposal.refresh_from_db()
    assert proposal.department == department
    assert AuditEvent.objects.filter(action=Action.PROPOSAL_ASSIGNED).count() == 1


def test_a_department_that_owes_the_answer_passes_it_on_with_a_reason(
    official: User, department: Department
) -> None:
    proposal, other = make_reviewed(), make_department(name="건설과")
    assign_department(actor=official, proposal_id=proposal.pk, department=department)
    for actor in (official, make_user(role="administrator")):
        assign = partial(assign_department, actor=actor, proposal_id=proposal.pk, department=other)
        assert refusal_of(assign) == ("pass_it_on", "department")
    proposal.refresh_from_db()
    assert proposal.department == department


def test_progress_starts_and_finishes_the_work(official: User, department: Department) -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.ADOPTED, department=department)

    def report(percent: int, *, is_done: bool = False) -> str:
        report_progress(
            actor=official,
            proposal_id=proposal.pk,
            title="자재 발주",
            body="",
            percent=percent,
            happened_on=timezone.localdate(),
            is_done=is_done,
        )
        proposal.refresh_from_db()
        return proposal.state

    assert report(30) == ProposalState.IN_PROGRESS
    assert report(60) == ProposalState.IN_PROGRESS
    assert report(90, is_done=True) == ProposalState.DONE
    assert [p.percent for p in proposal.progress.all()] == [30, 60, 100]
    assert refusal_of(lambda: report(100))[0] == "nothing_to_carry_out"
    assert AuditEvent.objects.filter(action=Action.PROPOSAL_DONE).count() == 1


def test_progress_on_a_refused_proposal_or_ahead_of_today_is_refused(
    official: User, department: Department
) -> None:
    refused, adopted = make_reviewed(), make_reviewed()
    make_answer(refused, AnswerKind.NOT_ADOPTED, department=department)
    make_answer(adopted, AnswerKind.ADOPTED, department=department)

    def report(proposal: Proposal, ahead: int) -> Callable[[], object]:
        return lambda: report_progress(
            actor=official,
            proposal_id=proposal.pk,
            title="자재 발주",
            body="",
            percent=10,
            happened_on=timezone.localdate() + timedelta(days=ahead),
            is_done=False,
        )

    assert refusal_of(report(refused, 0))[0] == "nothing_to_carry_out"
    assert refusal_of(report(adopted, 1)) == ("date_ahead", "happened_on")


def test_an_official_bound_to_an_area_answers_there_only(department: Department) -> None:
    here, elsewhere = make_reviewed(), make_reviewed()
    bound = make_user(role="official", department=department, area=here.area)
    words = answer_words(AnswerKind.ADOPTED, department=department)
    for proposal in (here, elsewhere):
        Proposal.objects.filter(pk=proposal.pk).update(department=department)
    refused = partial(answer_proposal, actor=bound, proposal_id=elsewhere.pk, words=words)
    assert refusal_of(refused)[0] == "other_area"
    assert answer_proposal(actor=bound, proposal_id=here.pk, words=words).proposal == here


def test_work_that_is_due_is_told_to_those_whose_role_covers_the_area(
    department: Department, official: User
) -> None:
    proposal, elsewhere = make_reviewed(), make_reviewed()
    mine = make_user(role="official", department=department, area=proposal.area)
    other = make_user(role="official", department=department, area=elsewhere.area)
    Notice.objects.all().delete()
    assign_department(actor=official, proposal_id=proposal.pk, department=department)
    told = set(Notice.objects.filter(kind=NoticeKind.STAFF_DUE).values_list("user_id", flat=True))
    assert {mine.pk, official.pk} <= told
    assert other.pk not in told


def test_only_a_transfer_gives_a_proposal_to_another_department(department: Department) -> None:
    proposal, other = make_reviewed(), make_department(name="건설과")
    Proposal.objects.filter(pk=proposal.pk).update(department=department)
    both = make_user(role="official", department=other)
    grant(both, "official", department=department)
    for actor in (both, make_user(role="administrator")):
        for kind in (AnswerKind.INTERIM, AnswerKind.ADOPTED):
            words = answer_words(kind, department=other)
            answer = partial(answer_proposal, actor=actor, proposal_id=proposal.pk, words=words)
            assert refusal_of(answer) == ("not_in_charge", "department")
    proposal.refresh_from_db()
    assert proposal.department == department
    assert not Answer.objects.exists()


def test_a_repair_asked_by_mistake_can_be_decided_and_ends_the_clock(
    official: User, department: Department
) -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.REPAIR, department=department)
    again = answer_words(AnswerKind.REPAIR, department=department)
    assert refusal_of(
        lambda: answer_proposal(actor=official, proposal_id=proposal.pk, words=again)
    ) == ("answer_does_not_fit", "kind")
    make_answer(proposal, AnswerKind.ADOPTED, department=department)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.ANSWERED
    assert (proposal.answer_due_on, proposal.clock_stopped_on, proposal.repair_until) == (
        None,
        None,
        None,
    )
