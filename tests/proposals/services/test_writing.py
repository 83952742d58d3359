"""What its author does with a published proposal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proposals.lifecycle import AnswerKind
from proposals.models import ProposalState, Revision
from proposals.services import add_to_proposal, revise_proposal, withdraw_proposal
from proposals.services.writing import Point
from tests.factories.debates import make_house_rule
from tests.factories.places import make_area
from tests.factories.proposals import (
    make_answer,
    make_preset,
    make_proposal,
    make_reviewed,
    support,
)
from tests.factories.residents import make_department, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
HERE = Point(Decimal("126.940000"), Decimal("35.125000"))
THERE = Point(Decimal("126.944000"), Decimal("35.125500"))


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


def test_a_revision_keeps_the_old_words_and_renames_the_conversation() -> None:
    proposal = make_proposal(title="골목이 어둡습니다")
    revise_proposal(
        actor=proposal.author,
        proposal_id=proposal.pk,
        title="골목 등을 켜 주세요",
        body="두 개",
        point=None,
    )
    proposal.refresh_from_db()
    assert proposal.title == "골목 등을 켜 주세요"
    assert [r.title for r in proposal.revisions.all()] == [
        "골목이 어둡습니다",
        "골목 등을 켜 주세요",
    ]
    assert proposal.thread is not None
    assert proposal.thread.subject_title == "골목 등을 켜 주세요"
    assert AuditEvent.objects.get(action=Action.PROPOSAL_REVISED).data == {"version": 2}


def test_a_point_is_put_moved_and_taken_away_and_each_version_keeps_its_own() -> None:
    proposal = make_proposal()

    def revise(point: Point | None) -> None:
        revise_proposal(
            actor=proposal.author,
            proposal_id=proposal.pk,
            title=proposal.title,
            body=proposal.body,
            point=point,
        )

    for point in (HERE, THERE, None, HERE):
        revise(point)
    add_to_proposal(actor=proposal.author, proposal_id=proposal.pk, addition="하나 더")
    points = proposal.revisions.values_list("latitude", "longitude")
    here, there = [(point.latitude, point.longitude) for point in (HERE, THERE)]
    assert list(points) == [(None, None), here, there, (None, None), here, here]
    proposal.refresh_from_db()
    assert (proposal.latitude, proposal.longitude) == here


def test_a_point_stays_where_others_support_it() -> None:
    make_preset(threshold=50, editable_until=2)
    proposal = make_proposal(latitude=HERE.latitude, longitude=HERE.longitude)
    support(proposal, 2)
    revise = partial(revise_proposal, title="골목", body="어둡습니다", point=THERE)
    code = refused(lambda: revise(actor=proposal.author, proposal_id=proposal.pk))
    proposal.refresh_from_db()
    assert (code, proposal.latitude) == ("text_settled", HERE.latitude)
    assert proposal.revisions.get().latitude == HERE.latitude


def test_a_proposal_goes_to_another_dong_with_its_conversation_and_each_version_keeps_its_own() -> (
    None
):
    proposal, there = make_proposal(), make_area()
    here = proposal.area
    add_to_proposal(actor=proposal.author, proposal_id=proposal.pk, addition="하나 더")
    revised = partial(
        revise_proposal,
        actor=proposal.author,
        proposal_id=proposal.pk,
        title=proposal.title,
        body="옮긴 뒤의 글",
        point=THERE,
    )
    revised(area=there)
    revised(area=None)
    assert [r.area for r in proposal.revisions.all()] == [here, here, there, there]
    proposal.refresh_from_db()
    assert proposal.thread is not None
    assert (proposal.area, proposal.thread.area) == (there, there)


@pytest.mark.parametrize("held", ["department", "hidden", "repair"])
def test_the_dong_stays_once_the_office_works_on_a_proposal(held: str) -> None:
    proposal = make_reviewed() if held == "repair" else make_proposal()
    here, there = proposal.area, make_area()
    if held == "department":
        proposal.department = make_department()
    elif held == "hidden":
        proposal.is_hidden, proposal.hidden_rule = True, make_house_rule()
        proposal.hidden_at = timezone.now()
    else:
        make_answer(proposal, AnswerKind.REPAIR)
        proposal.refresh_from_db()
    proposal.save()
    revise = partial(revise_proposal, title=proposal.title, body="고친 글", point=None)
    code = refused(lambda: revise(actor=proposal.author, proposal_id=proposal.pk, area=there))
    assert code == "dong_settled"
    assert proposal.revisions.count() == 1
    revise(actor=proposal.author, proposal_id=proposal.pk, area=here)
    proposal.refresh_from_db()
    assert proposal.area == here


def test_a_revision_cannot_be_changed_in_the_database() -> None:
    proposal = make_proposal()
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(proposal=proposal).update(title="다른 제목")


def test_words_that_enough_people_support_are_not_rewritten_but_added_to() -> None:
    make_preset(threshold=50, editable_until=2)
    proposal = make_proposal(body="처음 글")
    support(proposal, 2)
    assert (
        refused(
            lambda: revise_proposal(
                actor=proposal.author,
                proposal_id=proposal.pk,
                title="다른",
                body="다른 글",
                point=HERE,
            )
        )
        == "text_settled"
    )
    added = add_to_proposal(
        actor=proposal.author, proposal_id=proposal.pk, addition="사진을 더했습니다."
    )
    assert added.body.startswith("처음 글\n\n[+ ")
    assert added.body.endswith("사진을 더했습니다.")


def test_only_the_author_writes() -> None:
    proposal, other = make_proposal(), make_user()
    assert (
        refused(
            lambda: revise_proposal(
                actor=other, proposal_id=proposal.pk, title="가", body="나", point=HERE
            )
        )
        == "not_your_proposal"
    )
    assert (
        refused(lambda: add_to_proposal(actor=other, proposal_id=proposal.pk, addition="가"))
        == "not_your_proposal"
    )
    assert (
        refused(lambda: withdraw_proposal(actor=other, proposal_id=proposal.pk, reason="가"))
        == "not_your_proposal"
    )


def test_nothing_is_added_to_an_answered_proposal_nor_beyond_the_longest_text() -> None:
    make_preset(threshold=50, editable_until=0)
    proposal = make_proposal(body="글" * 7990)
    assert (
        refused(
            lambda: add_to_proposal(
                actor=proposal.author, proposal_id=proposal.pk, addition="더 많이"
            )
        )
        == "text_too_long"
    )
    answered = make_reviewed()
    make_answer(answered, AnswerKind.NOT_ADOPTED)
    assert (
        refused(
            lambda: add_to_proposal(
                actor=answered.author, proposal_id=answered.pk, addition="하나 더"
            )
        )
        == "text_closed"
    )


def test_the_authors_revision_makes_the_repair_and_the_clock_goes_on() -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.REPAIR)
    proposal.refresh_from_db()
    due = proposal.answer_due_on
    assert proposal.state == ProposalState.REPAIR
    assert due is not None
    stopped = timezone.localdate() - timedelta(days=5)
    type(proposal).objects.filter(pk=proposal.pk).update(clock_stopped_on=stopped)
    revise_proposal(
        actor=proposal.author,
        proposal_id=proposal.pk,
        title=proposal.title,
        body="보완한 글",
        point=None,
    )
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.REVIEWING
    assert proposal.answer_due_on == due + timedelta(days=5)
    assert proposal.clock_stopped_on is None


def test_a_withdrawn_proposal_keeps_its_reason_and_closes_its_conversation() -> None:
    proposal = make_proposal()
    withdraw_proposal(actor=proposal.author, proposal_id=proposal.pk, reason="이미 고쳐졌습니다.")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.WITHDRAWN
    assert proposal.changes.get(to_state=ProposalState.WITHDRAWN).reason == "이미 고쳐졌습니다."
    assert proposal.thread is not None
    assert proposal.thread.closed_at is not None
    assert AuditEvent.objects.filter(action=Action.PROPOSAL_WITHDRAWN).count() == 1


def test_past_the_threshold_a_proposal_is_not_withdrawn() -> None:
    proposal = make_reviewed()
    assert (
        refused(
            lambda: withdraw_proposal(actor=proposal.author, proposal_id=proposal.pk, reason="가")
        )
        == "not_at_this_stage"
    )
