"""Opinions written down at a centre."""

from __future__ import annotations

import pytest

from debates import services
from debates.models import Comment
from proceedings.refusals import Refused
from residents.models import ConsentRecord
from tests.factories.debates import make_thread
from tests.factories.places import make_centre
from tests.factories.residents import make_consent_text, make_resident, make_user

pytestmark = pytest.mark.django_db


def test_opinion_carries_the_centre_and_the_consent_is_recorded() -> None:
    make_consent_text(purpose="assistance")
    centre, resident, thread = make_centre(), make_resident(), make_thread()
    said = services.write_down_comment(
        actor=make_user("clerk", centre=centre),
        centre=centre,
        resident=resident,
        thread_id=thread.pk,
        body="밤에는 무섭습니다.",
        position="for",
    )
    assert (said.centre, said.position) == (centre, "for")
    record = ConsentRecord.objects.get()
    assert (record.subject_ref, record.centre) == (f"resident:{resident.ref}", centre)


def test_two_residents_may_say_the_same_at_one_desk() -> None:
    make_consent_text(purpose="assistance")
    centre, thread = make_centre(), make_thread()
    clerk = make_user("clerk", centre=centre)
    for _ in range(2):
        services.write_down_comment(
            actor=clerk, centre=centre, resident=make_resident(), thread_id=thread.pk, body="찬성"
        )
    assert Comment.objects.count() == 2


@pytest.mark.parametrize(("role", "code"), [("clerk", "other_centre"), (None, "role_needed")])
def test_staff_of_another_centre_and_others_are_refused(role: str | None, code: str) -> None:
    make_consent_text(purpose="assistance")
    with pytest.raises(Refused) as refused:
        services.write_down_comment(
            actor=make_user(role),
            centre=make_centre(),
            resident=make_resident(),
            thread_id=make_thread().pk,
            body="찬성",
        )
    assert refused.value.refusal.code == code
    assert not Comment.objects.exists()
    assert not ConsentRecord.objects.exists()
