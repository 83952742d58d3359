"""Support: once each, exact, and the crossing one moves the proposal on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent, Phase, PhaseKind
from proceedings.refusals import Refused
from proposals.lifecycle import add_months
from proposals.models import Proposal, ProposalState, StateChange, Support
from proposals.services import (
    hide_proposal,
    moving,
    support_proposal,
    supporting,
    withdraw_support,
)
from residents.models import Notice, NoticeKind
from tests.factories import threads
from tests.factories.debates import make_house_rule
from tests.factories.proceedings import stage_of
from tests.factories.proposals import make_preset, make_proposal, make_supporter, support
from tests.factories.residents import make_resident, make_user
from tests.factories.threads import patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from residents.models import User


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


@pytest.mark.django_db
class TestRules:
    def test_a_support_counts_at_once(self) -> None:
        proposal = make_proposal()
        outcome = support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
        assert (outcome.supports, outcome.crossed) == (1, False)

    def test_a_second_support_of_the_same_person_is_refused(self) -> None:
        proposal, user = make_proposal(), make_supporter()
        support_proposal(actor=user, proposal_id=proposal.pk)
        assert refused(lambda: support_proposal(actor=user, proposal_id=proposal.pk)) == (
            "already_supported"
        )
        assert Support.objects.count() == 1

    def test_the_database_itself_refuses_a_second_support(self) -> None:
        proposal, resident = make_proposal(), make_resident()
        Support.objects.create(proposal=proposal, resident=resident)
        with pytest.raises(IntegrityError, match="support_once_per_person"), transaction.atomic():
            Support.objects.create(proposal=proposal, resident=resident)

    def test_an_account_without_confirmed_residence_is_told_what_to_do(self) -> None:
        proposal = make_proposal()
        with pytest.raises(Refused) as caught:
            support_proposal(actor=make_user(), proposal_id=proposal.pk)
        assert caught.value.refusal.code == "residence_not_confirmed"
        assert caught.value.refusal.next_step

    def test_a_confirmation_that_ended_does_not_support(self) -> None:
        proposal, user = make_proposal(), make_user()
        make_resident(user, verified_until=timezone.localdate() - timedelta(days=1))
        assert refused(lambda: support_proposal(actor=user, proposal_id=proposal.pk)) == (
            "confirmation_ended"
        )

    def test_after_the_last_day_support_is_refused_even_before_the_clock_ran(self) -> None:
        proposal = make_proposal(closes_at=timezone.now() - timedelta(seconds=1))
        assert refused(
            lambda: support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
        ) == ("support_ended")

    def test_a_support_taken_back_leaves_nothing(self) -> None:
        proposal, user = make_proposal(), make_supporter()
        support_proposal(actor=user, proposal_id=proposal.pk)
        assert withdraw_support(actor=user, proposal_id=proposal.pk).supports == 0
        assert not Support.objects.exists()
        assert not AuditEvent.objects.filter(actor_ref=user.actor_ref).exists()

    def test_past_the_threshold_a_support_is_not_taken_back(self) -> None:
        make_preset(threshold=1)
        proposal, user = make_proposal(), make_supporter()
        support_proposal(actor=user, proposal_id=proposal.pk)
        assert refused(lambda: withdraw_support(actor=user, proposal_id=proposal.pk)) == (
            "support_final"
        )

    def test_the_crossing_support_starts_the_clock_and_tells_the_proposer(self) -> None:
        make_preset(threshold=3, debate_days=0, answer_months=1)
        proposal = make_proposal()
        administrator = make_user(role="administrator")
        support(proposal, 2)
        outcome = support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
        proposal.refresh_from_db()
        assert outcome.crossed
        assert proposal.state == ProposalState.REVIEWING
        assert proposal.answer_due_on == add_months(timezone.localdate(), 1)
        assert proposal.reached_at is not None
        event = AuditEvent.objects.get(action=Action.PROPOSAL_REACHED)
        assert event.data == {"supports": 3, "threshold": 3}
        told = Notice.objects.values_list("user_id", "kind")
        assert set(told) == {
            (proposal.author_id, NoticeKind.PROPOSAL_REACHED),
            (administrator.pk, NoticeKind.STAFF_DUE),
        }

    def test_with_debate_days_the_public_debates_first(self) -> None:
        make_preset(threshold=1, debate_days=14)
        proposal = make_proposal()
        support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.DEBATING
        assert proposal.answer_due_on is None
        assert proposal.debate_until is not None
        assert proposal.debate_until - timezone.now() > timedelta(days=13)

    def test_support_goes_on_during_the_debate_without_crossing_again(self) -> None:
        make_preset(threshold=1, debate_days=14)
        proposal = make_proposal()
        support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
        outcome = support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
        assert (outcome.supports, outcome.crossed) == (2, False)
        assert StateChange.objects.filter(to_state=ProposalState.DEBATING).count() == 1

    def test_a_hidden_proposal_gathers_no_support(self) -> None:
        from debates.models import HouseRule  # noqa: PLC0415 - only this test hides

        rule = HouseRule.objects.create(
            number=93, title="개인정보", body="개인정보를 쓰지 않습니다."
        )
        proposal = make_proposal(is_hidden=True, hidden_rule=rule, hidden_at=timezone.now())
        assert refused(
            lambda: support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
        ) == ("proposal_hidden")


def at_once(users: list[User], act: Callable[[User], object]) -> list[object]:
    """Let each act from a thread and a connection of its own, all starting together."""
    start = threading.Barrier(len(users))

    def one(user: User) -> object:
        try:
            start.wait()
            return act(user)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(users)) as pool:
        return list(pool.map(one, users))


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_fifty_at_once_are_counted_exactly_and_cross_once(self) -> None:
        make_preset(threshold=50, debate_days=0)
        proposal = make_proposal()
        users = [make_supporter() for _ in range(50)]
        outcomes = at_once(users, lambda u: support_proposal(actor=u, proposal_id=proposal.pk))
        assert sorted(o.supports for o in outcomes) == list(range(1, 51))  # type: ignore[attr-defined] # none was refused
        assert [o.crossed for o in outcomes].count(True) == 1  # type: ignore[attr-defined] # the same
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.REVIEWING
        assert Support.objects.count() == 50

    def test_one_person_in_ten_windows_counts_once(self) -> None:
        proposal, user = make_proposal(), make_supporter()
        at_once([user] * 10, lambda u: support_proposal(actor=u, proposal_id=proposal.pk))
        assert Support.objects.count() == 1

    def test_without_the_lock_two_last_supports_miss_each_other_and_nobody_crosses(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_preset(threshold=2, debate_days=0)
        proposal = make_proposal()
        both_stored = threading.Barrier(2)
        count = supporting.count_supports

        def count_together(proposal: Proposal) -> int:
            both_stored.wait(timeout=10)
            counted = count(proposal)
            both_stored.wait(timeout=10)
            return counted

        monkeypatch.setattr(moving, "lock_exclusive", lambda _name: None)
        monkeypatch.setattr(supporting, "count_supports", count_together)
        users = [make_supporter(), make_supporter()]
        at_once(users, lambda u: support_proposal(actor=u, proposal_id=proposal.pk))
        proposal.refresh_from_db()
        assert Support.objects.count() == 2
        assert proposal.state == ProposalState.GATHERING


def hidden_meanwhile() -> tuple[bool, int]:
    """Hide a proposal while somebody is about to support it.

    Whether it was hidden before the support was stored, and how many supports there are.
    """
    proposal, user, moderator = make_proposal(), make_supporter(), make_user("moderator")
    rule = make_house_rule()
    looked, hidden, late = threading.Event(), threading.Event(), []
    create = Support.objects.create

    def create_late(**columns: object) -> Support:
        looked.set()
        late.append(hidden.wait(timeout=patience()))  # with the lock the hiding waits for us
        return create(**columns)

    def hide() -> None:
        looked.wait(timeout=10)
        hide_proposal(actor=moderator, proposal_id=proposal.pk, rule=rule, reason="전화번호")
        hidden.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Support.objects, "create", create_late)
        threads.at_once(lambda: support_proposal(actor=user, proposal_id=proposal.pk), hide)
    assert hidden.is_set()
    return late == [True], Support.objects.count()


@pytest.mark.django_db(transaction=True)
def test_no_support_comes_after_a_proposal_was_hidden() -> None:
    assert hidden_meanwhile() == (False, 1)


@pytest.mark.django_db(transaction=True)
def test_a_support_comes_after_the_hiding_when_the_lock_is_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads.unlocked(monkeypatch, moving, "proposal:")
    assert hidden_meanwhile() == (True, 1)


@pytest.mark.django_db
def test_support_counts_only_in_its_stage_of_the_process() -> None:
    process = stage_of(PhaseKind.SUPPORT, 1, 2)
    proposal = make_proposal(process_id=process.pk)
    supporter = make_supporter()
    with pytest.raises(Refused, match="not_yet_open"):
        support_proposal(actor=supporter, proposal_id=proposal.pk)
    assert not Support.objects.exists()
    Phase.objects.update(opens_at=timezone.now() - timedelta(days=1))
    assert support_proposal(actor=supporter, proposal_id=proposal.pk).supports == 1


@pytest.mark.django_db
def test_process_without_a_stage_of_support_holds_no_support_up() -> None:
    process = stage_of(PhaseKind.REVIEW, 1, 2)
    proposal = make_proposal(process_id=process.pk)
    assert support_proposal(actor=make_supporter(), proposal_id=proposal.pk).supports == 1
