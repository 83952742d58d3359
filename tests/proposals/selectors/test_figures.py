"""The office's promises in figures, and what home shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from proposals.lifecycle import AnswerKind
from proposals.models import Proposal, ProposalState
from proposals.selectors import (
    answers_this_week,
    department_figures,
    due_for,
    near_threshold,
    overdue_proposals,
    recently_done,
    similar_answers,
)
from proposals.services import refresh_figures, report_progress
from tests.factories.places import make_area
from tests.factories.proposals import (
    make_answer,
    make_preset,
    make_proposal,
    make_reviewed,
    support,
)
from tests.factories.residents import make_department, make_user

pytestmark = pytest.mark.django_db


def test_departments_are_counted_by_what_they_owe_and_did() -> None:
    keeps, owes = make_department(name="가 과"), make_department(name="나 과")
    done, refused, late = make_reviewed(), make_reviewed(), make_reviewed()
    make_answer(done, AnswerKind.ADOPTED, department=keeps)
    make_answer(refused, AnswerKind.NOT_ADOPTED, department=keeps)
    official = make_user(role="official", department=keeps)
    report_progress(
        actor=official,
        proposal_id=done.pk,
        title="마쳤습니다",
        body="",
        percent=100,
        happened_on=timezone.localdate(),
        is_done=True,
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    Proposal.objects.filter(pk=late.pk).update(department=owes, answer_due_on=yesterday)
    nobody = make_reviewed()
    table = {row.name: row for row in department_figures()}
    assert (table["가 과"].answered, table["가 과"].adopted, table["가 과"].done) == (2, 1, 1)
    assert table["가 과"].delivery == "100%"
    assert (table["나 과"].waiting, table["나 과"].overdue, table["나 과"].delivery) == (1, 1, "–")
    assert table[""].waiting == 1
    assert overdue_proposals().proposals == (late,)
    assert nobody not in overdue_proposals().proposals


def test_late_answers_come_page_by_page_the_longest_overdue_first() -> None:
    today = timezone.localdate()
    late = [make_proposal(state=ProposalState.REVIEWING) for _ in range(5)]
    for proposal, days in zip(late, (1, 3, 3, 9, 2), strict=True):
        due = today - timedelta(days=days)
        Proposal.objects.filter(pk=proposal.pk).update(answer_due_on=due)
    found: list[Proposal] = []
    after, pages = "", 0
    while after or not pages:
        page = overdue_proposals(after=after, limit=2)
        found, after, pages = [*found, *page.proposals], page.after, pages + 1
    assert found == [late[3], late[1], late[2], late[4], late[0]]
    assert pages == 3


@pytest.mark.parametrize("after", ["", "yesterday", "2026-02-31_1", "2026-01-01_", "²⁰²⁶-01-01_1"])
def test_a_place_that_is_none_is_the_first_page(after: str) -> None:
    late = make_proposal(
        state=ProposalState.REVIEWING, answer_due_on=timezone.localdate() - timedelta(days=1)
    )
    assert overdue_proposals(after=after).proposals == (late,)


def test_the_morning_list_shows_the_own_department_first_by_due_date() -> None:
    own = make_department()
    official = make_user(role="official", department=own)
    other, unassigned, mine_late, mine = (make_reviewed() for _ in range(4))
    today = timezone.localdate()
    for proposal, department, days in (
        (other, make_department(), -5),
        (mine_late, own, -1),
        (mine, own, 9),
    ):
        Proposal.objects.filter(pk=proposal.pk).update(
            department=department, answer_due_on=today + timedelta(days=days)
        )
    assert list(due_for(official)) == [mine_late, mine, unassigned, other]


def test_home_shows_what_lacks_least_what_was_answered_and_done() -> None:
    make_preset(threshold=10)
    area = make_area()
    near, far = make_proposal(area=area), make_proposal()
    support(near, 8)
    support(far, 2)
    refresh_figures()
    assert list(near_threshold()) == [near, far]
    assert list(near_threshold([area])) == [near]
    reviewed = make_reviewed(area=area)
    answer = make_answer(reviewed, AnswerKind.PARTLY)
    assert answers_this_week() == [answer]
    finished = make_proposal(area=area, state=ProposalState.DONE)
    assert list(recently_done([area])) == [finished]


def test_past_answers_to_like_proposals_are_found() -> None:
    old = make_reviewed(title="느티로 보안등을 켜 주세요", body="골목이 어둡습니다.")
    answer = make_answer(old, AnswerKind.ADOPTED)
    far = make_reviewed(title="도서관 시간을 늘려 주세요", body="밤에도 읽고 싶습니다.")
    make_answer(far, AnswerKind.ADOPTED)
    new = make_reviewed(title="장터로 보안등이 꺼졌습니다", body="골목이 어둡습니다.")
    assert similar_answers(new) == [answer]
