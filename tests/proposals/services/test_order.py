"""Merge, hide, restore."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from debates.models import HouseRule
from debates.selectors import public_thread
from debates.services import post_comment
from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proposals.models import Proposal, ProposalState
from proposals.permissions import may_see
from proposals.services import (
    appeal_hiding,
    hide_proposal,
    keep_hidden,
    merge_proposal,
    restore_proposal,
    support_proposal,
)
from residents.models import Notice, NoticeKind
from residents.selectors import told_in_words
from tests.factories.places import make_area
from tests.factories.proposals import make_preset, make_proposal, make_supporter
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User

pytestmark = pytest.mark.django_db


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


@pytest.fixture
def rule() -> HouseRule:
    return HouseRule.objects.create(number=93, title="개인정보 노출", body="쓰지 않습니다.")


def test_a_merge_leaves_supports_where_they_are_and_tells_everybody_concerned() -> None:
    make_preset(threshold=50)
    proposal, target = make_proposal(), make_proposal(title="마을기록단")
    supporter = make_supporter()
    support_proposal(actor=supporter, proposal_id=proposal.pk)
    merge_proposal(
        actor=make_user(role="official"),
        proposal_id=proposal.pk,
        into_id=target.pk,
        reason="같은 내용입니다.",
    )
    proposal.refresh_from_db()
    assert (proposal.state, proposal.merged_into) == (ProposalState.MERGED, target)
    assert (proposal.supports.count(), target.supports.count()) == (1, 0)
    told = Notice.objects.filter(kind=NoticeKind.PROPOSAL_CHANGED)
    assert set(told.values_list("user_id", flat=True)) == {proposal.author_id, supporter.pk}
    for notice in told:
        assert "“마을기록단”" in told_in_words(notice.kind, notice.params).body
    assert support_proposal(actor=supporter, proposal_id=target.pk).supports == 1
    assert AuditEvent.objects.get(action=Action.PROPOSAL_MERGED).data == {"into": target.pk}


def test_a_proposal_is_not_merged_into_itself_or_into_an_ended_one() -> None:
    proposal, ended = make_proposal(), make_proposal(state=ProposalState.WITHDRAWN)
    official = make_user(role="official")
    for into in (proposal, ended):
        merge = partial(
            merge_proposal, actor=official, proposal_id=proposal.pk, into_id=into.pk, reason="가"
        )
        assert refused(merge) == "merge_target"


def test_hiding_names_a_rule_and_tells_the_author(rule: HouseRule) -> None:
    proposal, moderator = make_proposal(), make_user(role="moderator")
    hide_proposal(
        actor=moderator, proposal_id=proposal.pk, rule=rule, reason="전화번호가 있습니다."
    )
    assert proposal not in Proposal.objects.public()
    assert proposal.thread_id is not None
    assert public_thread(proposal.thread_id) is None
    say = partial(
        post_comment, actor=make_user(), thread_id=proposal.thread_id, body="여기도 어둡습니다."
    )
    assert refused(say) == "conversation_hidden"
    event = AuditEvent.objects.get(action=Action.PROPOSAL_HIDDEN)
    assert (event.data, event.reason) == ({"rule": 93}, "전화번호가 있습니다.")
    notice = Notice.objects.get(user=proposal.author)
    assert notice.params["change"] == "hidden"
    assert (
        refused(
            lambda: hide_proposal(actor=moderator, proposal_id=proposal.pk, rule=rule, reason="가")
        )
        == "not_shown"
    )
    restore_proposal(actor=moderator, proposal_id=proposal.pk, reason="고쳤습니다.")
    assert public_thread(proposal.thread_id) == proposal.thread
    assert say().thread_id == proposal.thread_id
    assert proposal in Proposal.objects.public()
    assert (
        refused(lambda: restore_proposal(actor=moderator, proposal_id=proposal.pk, reason="가"))
        == "not_hidden"
    )


def test_an_official_does_not_hide(rule: HouseRule) -> None:
    proposal, official = make_proposal(), make_user(role="official")
    assert (
        refused(
            lambda: hide_proposal(actor=official, proposal_id=proposal.pk, rule=rule, reason="가")
        )
        == "role_needed"
    )
    assert (
        refused(lambda: restore_proposal(actor=official, proposal_id=proposal.pk, reason="가"))
        == "role_needed"
    )


def test_the_author_of_a_hidden_proposal_may_ask_once_to_look_again(rule: HouseRule) -> None:
    proposal, moderator = make_proposal(), make_user(role="moderator")

    def ask(actor: User) -> str:
        return refused(partial(appeal_hiding, actor=actor, proposal_id=proposal.pk, reason="왜"))

    assert ask(proposal.author) == "not_hidden"
    hide_proposal(actor=moderator, proposal_id=proposal.pk, rule=rule, reason="전화번호")
    assert ask(make_user()) == "not_your_proposal"
    appeal_hiding(actor=proposal.author, proposal_id=proposal.pk, reason="제 번호가 아닙니다.")
    assert ask(proposal.author) == "appealed_already"
    assert Notice.objects.filter(user=moderator, kind=NoticeKind.STAFF_DUE).count() == 1
    keep_hidden(actor=moderator, proposal_id=proposal.pk, reason="가게 번호가 남아 있습니다.")
    proposal.refresh_from_db()
    assert (proposal.is_hidden, proposal.appeal) == (True, "")
    assert proposal.hidden_reason == "가게 번호가 남아 있습니다."
    again = partial(keep_hidden, actor=moderator, proposal_id=proposal.pk, reason="가")
    assert refused(again) == "no_appeal"
    actions = AuditEvent.objects.filter(subject=f"proposals.proposal:{proposal.pk}")
    assert Action.PROPOSAL_APPEALED in actions.values_list("action", flat=True)
    assert Action.PROPOSAL_KEPT_HIDDEN in actions.values_list("action", flat=True)


def test_after_seven_days_it_is_too_late_to_ask(rule: HouseRule) -> None:
    proposal = make_proposal(
        is_hidden=True, hidden_rule=rule, hidden_at=timezone.now() - timedelta(days=7)
    )
    ask = partial(appeal_hiding, actor=proposal.author, proposal_id=proposal.pk, reason="왜")
    assert refused(ask) == "appeal_too_late"


def test_a_moderator_of_an_area_hides_shows_and_keeps_hidden_there_only(rule: HouseRule) -> None:
    here, elsewhere = make_proposal(), make_proposal()
    actor = make_user(role="moderator", area=here.area)
    hide, show = partial(hide_proposal, rule=rule), restore_proposal
    for act in (hide, show, keep_hidden):
        call = partial(act, actor=actor, proposal_id=elsewhere.pk, reason="전화번호")
        assert refused(call) == "other_area"
    hide(actor=actor, proposal_id=here.pk, reason="전화번호")
    show(actor=actor, proposal_id=here.pk, reason="지웠습니다")
    here.refresh_from_db()
    assert not here.is_hidden


def test_moderators_hear_of_a_second_look_where_they_decide(rule: HouseRule) -> None:
    proposal = make_proposal(is_hidden=True, hidden_rule=rule, hidden_at=timezone.now())
    town, here = make_user(role="moderator"), make_user(role="moderator", area=proposal.area)
    make_user(role="moderator", area=make_area())
    appeal_hiding(actor=proposal.author, proposal_id=proposal.pk, reason="제 번호가 아닙니다.")
    told = Notice.objects.filter(kind=NoticeKind.STAFF_DUE).values_list("user", flat=True)
    assert set(told) == {town.pk, here.pk}


def test_words_of_a_hidden_proposal_are_read_by_moderators_there(rule: HouseRule) -> None:
    proposal = make_proposal(is_hidden=True, hidden_rule=rule, hidden_at=timezone.now())
    assert may_see(make_user(role="moderator", area=proposal.area), proposal)
    assert may_see(make_user(role="official"), proposal)
    assert not may_see(make_user(role="moderator", area=make_area()), proposal)
