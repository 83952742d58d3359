"""What a clerk does for somebody at a centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proposals.models import ProposalState, Support
from proposals.selectors import author_name, proposals_of
from proposals.services import record_support, support_proposal, write_down_proposal
from residents.models import ConsentRecord
from tests.factories.places import make_centre
from tests.factories.proposals import make_preset, make_proposal, words
from tests.factories.residents import make_consent_text, make_resident, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _assistance_text() -> None:
    make_consent_text(purpose="assistance")


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.refusal.code


def test_a_proposal_written_down_is_the_residents_and_names_the_centre() -> None:
    make_preset()
    centre, resident = make_centre(), make_resident()
    clerk = make_user(role="clerk", centre=centre)
    proposal = write_down_proposal(
        actor=clerk, centre=centre, resident=resident, words=words(), agreed=True
    )
    assert (proposal.state, proposal.centre) == (ProposalState.GATHERING, centre)
    assert author_name(proposal) != "김○○"
    assert list(proposals_of(clerk)) == []
    assert proposal.thread is not None
    assert not proposal.thread.follows.exists()
    resident.user = make_user()
    resident.save()
    assert list(proposals_of(resident.user)) == [proposal]
    event = AuditEvent.objects.get(action=Action.PROPOSAL_ASSISTED)
    assert event.data == {"centre": centre.code}
    consent = ConsentRecord.objects.get()
    assert (consent.subject_ref, consent.centre) == (f"resident:{resident.ref}", centre)


def test_a_support_at_the_desk_counts_like_any_other_and_only_once() -> None:
    make_preset(threshold=50)
    centre, user, proposal = make_centre(), make_user(), make_proposal()
    resident = make_resident(user)
    clerk = make_user(role="clerk", centre=centre)
    supported = record_support(
        actor=clerk, centre=centre, resident=resident, proposal_id=proposal.pk, agreed=True
    )
    assert supported.supports == 1
    assert Support.objects.get().centre == centre
    assert refused(lambda: support_proposal(actor=user, proposal_id=proposal.pk)) == (
        "already_supported"
    )
    event = AuditEvent.objects.get(action=Action.SUPPORT_ASSISTED)
    assert str(resident.ref) not in str(event.data)


def test_without_consent_at_another_desk_or_without_a_role_nothing_is_recorded() -> None:
    centre, resident, proposal = make_centre(), make_resident(), make_proposal()
    clerk, elsewhere = make_user(role="clerk", centre=centre), make_user(role="clerk")

    def record(actor: object, *, agreed: bool = True) -> str:
        return refused(
            lambda: record_support(
                actor=actor,  # type: ignore[arg-type] # an account, as below
                centre=centre,
                resident=resident,
                proposal_id=proposal.pk,
                agreed=agreed,
            )
        )

    assert record(clerk, agreed=False) == "consent_missing"
    assert record(elsewhere) == "other_centre"
    assert record(make_user()) == "role_needed"
    assert not Support.objects.exists()
