"""Made-up proposals, from draft to done; what has rules goes through the services."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from proposals.models import Proposal, ProposalState, Support, SupportPreset
from proposals.services import answer_proposal, publish_proposal, save_draft, support_proposal
from proposals.services.answering import AnswerWords
from proposals.services.drafts import Words
from tests.factories.places import make_area
from tests.factories.proceedings import make_field
from tests.factories.residents import make_department, make_resident, make_user

if TYPE_CHECKING:
    from proposals.lifecycle import AnswerKind
    from proposals.models import Answer
    from residents.models import User

_numbers = itertools.count(1)
OWN_PRESET = "시험 기준"
"""Begins the names of rules made here, apart from those that a town starts with."""
BODY = "느티로 12길 보안등 세 개 중 두 개가 꺼져 있습니다. 어르신 귀갓길부터 바꿔 주세요."


def make_preset(**columns: Any) -> SupportPreset:
    """Store the rules for new proposals (three supports in thirty days), in place of any before."""
    SupportPreset.objects.filter(is_default=True).update(is_default=False)
    number = next(_numbers)
    return SupportPreset.objects.create(
        **{
            "name": f"{OWN_PRESET} {number}",
            "threshold": 3,
            "days": 30,
            "editable_until": 2,
            "is_default": True,
            **columns,
        },
    )


def words(**columns: Any) -> Words:
    """What somebody writes, in a dong and a field of its own unless given."""
    area, field = columns.pop("area", None), columns.pop("field", None)
    return Words(
        **{
            "title": f"밤 9시 이후 경로당 옆 골목이 너무 어둡습니다 {next(_numbers)}",
            "body": BODY,
            "area_id": (area or make_area()).pk,
            "field_id": (field or make_field()).pk,
            **columns,
        },
    )


def make_draft(author: User | None = None, **columns: Any) -> Proposal:
    """Store a draft."""
    return save_draft(actor=author or make_user(), words=words(**columns))


def make_proposal(author: User | None = None, **columns: Any) -> Proposal:
    """Publish a proposal under the tests' own default preset, made if there is none.

    `threshold`, `state`, `closes_at` and other columns that services own are set afterwards.
    """
    if not SupportPreset.objects.filter(is_default=True, name__startswith=OWN_PRESET).exists():
        make_preset()
    written = {"title", "body", "area", "field", "place", "longitude", "latitude"}
    own = {name: columns.pop(name) for name in [*columns] if name in written}
    draft = make_draft(author, **own)
    proposal = publish_proposal(actor=draft.author, draft_id=draft.pk)
    if columns:
        Proposal.objects.filter(pk=proposal.pk).update(**columns)
        proposal.refresh_from_db()
    return proposal


def make_supporter() -> User:
    """Store an account whose residence is confirmed."""
    user = make_user()
    make_resident(user)
    return user


def support(proposal: Proposal, count: int = 1) -> None:
    """Let `count` residents without an account support a proposal, past all rules."""
    Support.objects.bulk_create(
        [Support(proposal=proposal, resident=make_resident()) for _ in range(count)]
    )


def make_reviewed(**columns: Any) -> Proposal:
    """Publish a proposal and carry it over its threshold to the department."""
    make_preset(threshold=1, debate_days=0)
    proposal = make_proposal(**columns)
    support_proposal(actor=make_supporter(), proposal_id=proposal.pk)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.REVIEWING
    return proposal


def answer_words(kind: AnswerKind, **columns: Any) -> AnswerWords:
    """An answer with all that it needs; the next date lies two weeks ahead."""
    return AnswerWords(
        **{
            "kind": kind,
            "reason": "전기 안전 점검 결과 교체가 가능합니다.",
            "department": columns.pop("department", None) or make_department(),
            "next_step": "11월에 보안등을 바꿉니다.",
            "contact": "062-000-0100",
            "next_date": timezone.localdate() + timedelta(days=14),
            **columns,
        },
    )


def make_answer(proposal: Proposal, kind: AnswerKind, **columns: Any) -> Answer:
    """Let an official of the department in charge answer."""
    proposal.refresh_from_db(fields=["department"])
    department = columns.pop("department", None) or proposal.department or make_department()
    official = make_user(role="official", department=department)
    return answer_proposal(
        actor=official,
        proposal_id=proposal.pk,
        words=answer_words(kind, department=department, **columns),
    )
