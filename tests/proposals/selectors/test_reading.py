"""One proposal whole, and one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from debates.models import HouseRule
from proposals.lifecycle import AnswerKind
from proposals.models import Proposal, ProposalState
from proposals.selectors import (
    author_name,
    drafts_of,
    proposal_by_id,
    proposal_page,
    proposals_of,
    supports_of,
)
from proposals.services import support_proposal
from tests.factories.proposals import (
    make_answer,
    make_draft,
    make_preset,
    make_proposal,
    make_reviewed,
    make_supporter,
)
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from proposals.selectors.reading import ProposalPage

pytestmark = pytest.mark.django_db


def page_of(proposal: Proposal, user: object = None) -> ProposalPage:
    found = proposal_by_id(proposal.pk)
    assert found is not None
    return proposal_page(found, user or AnonymousUser())  # type: ignore[arg-type] # an account or nobody


def test_the_strip_tells_every_stage_with_its_date_and_what_comes_next() -> None:
    make_preset(threshold=50, debate_days=14)
    page = page_of(make_proposal())
    assert [dot.state for dot in page.dots] == ["now", "next", "next", "next", "next", "next"]
    assert page.dots[1].date
    assert "50" in page.next_text
    assert page.decides


def test_overdue_days_are_counted_and_stop_with_the_answer() -> None:
    proposal = make_reviewed()
    Proposal.objects.update(answer_due_on=timezone.localdate() - timedelta(days=9))
    page = page_of(proposal)
    assert (page.overdue_days, page.urgency) == (9, "red")
    make_answer(proposal, AnswerKind.ADOPTED)
    assert page_of(proposal).overdue_days == 0


def test_a_refused_proposal_has_no_stages_of_work() -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.NOT_ADOPTED)
    assert [dot.state for dot in page_of(proposal).dots] == ["done", "done", "now"]


def test_only_the_author_is_offered_to_change_it() -> None:
    make_preset(threshold=50, editable_until=2)
    proposal = make_proposal()
    assert page_of(proposal).revising == "not"
    assert page_of(proposal, proposal.author).revising == "full"
    assert page_of(proposal, proposal.author).may_withdraw


def test_a_hidden_proposal_shows_its_words_to_author_and_moderator_only() -> None:
    rule = HouseRule.objects.create(number=93, title="개인정보 노출", body="쓰지 않습니다.")
    proposal = make_proposal(is_hidden=True, hidden_rule=rule, hidden_at=timezone.now())
    assert not page_of(proposal).is_visible
    assert not page_of(proposal, make_user()).is_visible
    assert page_of(proposal, proposal.author).is_visible
    assert page_of(proposal, make_user(role="moderator")).is_visible


def test_names_are_masked_and_gone_when_the_account_is() -> None:
    proposal = make_proposal(author=make_user(name="김느티"))
    assert author_name(proposal) == "김○○"
    proposal.author.erased_at = timezone.now()
    assert "김" not in author_name(proposal)


def test_ones_own_proposals_drafts_and_supports() -> None:
    make_preset(threshold=50)
    user = make_supporter()
    draft, own, other = make_draft(user), make_proposal(user), make_proposal()
    support_proposal(actor=user, proposal_id=other.pk)
    assert list(proposals_of(user)) == [own]
    assert list(drafts_of(user)) == [draft]
    assert [card.pk for card in supports_of(user.resident)] == [other.pk]


def test_a_proposal_that_does_not_exist_is_none() -> None:
    assert proposal_by_id(4_000_000) is None
    assert proposal_by_id(make_draft().pk).state == ProposalState.DRAFT  # type: ignore[union-attr] # just made


def test_no_day_is_promised_while_the_clock_stands_still() -> None:
    proposal = make_reviewed()
    assert page_of(proposal).dots[2].date
    make_answer(proposal, AnswerKind.REPAIR)
    page = page_of(proposal)
    assert [(dot.state, bool(dot.date)) for dot in page.dots[-3:]] == [("next", False)] * 3
    assert page.next_date
