"""The desk's pages of provisional envelopes: register, look up, accept, reject; what is kept."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from residents.identity import identity_hash
from tests.factories.paper import Desk, code_of
from tests.factories.places import make_centre
from tests.factories.residents import make_user, signed_in
from tests.factories.voting import make_clerk
from voting.models import PaperStub, ProvisionalCause, ProvisionalDecision, ProvisionalSheet
from voting.services.provisional import register_provisional, reject_provisional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

    from residents.models import Resident

pytestmark = pytest.mark.django_db
NAME, BORN = "문순례", date(1958, 3, 12)
TYPED = {"name": NAME, "birth_date": "19580312"}


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    """A code holds for half a minute: no test runs into the next one."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return signed_in(desk.first)


def register(desk: Desk) -> ProvisionalSheet:
    return register_provisional(
        actor=desk.first,
        batch_id=desk.batch.pk,
        cause=ProvisionalCause.ROLL_UNREACHABLE,
        request_id=uuid.uuid4(),
    )


def walk_in(desk: Desk) -> Resident:
    """Somebody whose name and birth date stand on an envelope."""
    found: Resident = desk.resident(
        identity_hash=identity_hash(settings.IDENTITY_KEY, NAME, BORN), birth_date=BORN
    )
    return found


def at(desk: Desk, number: int | None = None) -> str:
    if number is None:
        return reverse("desk_provisional", args=[desk.batch.pk])
    return reverse("desk_provisional_decide", args=[desk.batch.pk, number])


def second(desk: Desk, **more: object) -> dict[str, Any]:
    return {"email": desk.second.email, "code": code_of(desk.second), **more}


def text(response: Any) -> str:
    body: str = response.content.decode()
    return body


def test_pages_are_closed_to_everybody_but_staff_of_the_centre(desk: Desk) -> None:
    sheet = register(desk)
    for address in (at(desk), at(desk, sheet.number)):
        assert Client().get(address).status_code == 302
        for user in (make_user(), make_clerk(make_centre())):
            assert signed_in(user).get(address).status_code == 403


def test_an_envelope_gets_its_number_and_no_name(desk: Desk, clerk: Client) -> None:
    request_id = uuid.uuid4()
    form = {"cause": "not_found", "request_id": request_id}
    for _twice in range(2):
        page = text(clerk.post(at(desk), form, follow=True))
    assert "1번 봉투로 등록했습니다" in page
    assert "결정을 기다리는 봉투가 1개 있습니다" in page
    assert "여기에는 이름을 적지 않습니다" in page
    assert ProvisionalSheet.objects.count() == 1
    assert clerk.post(at(desk), {"request_id": request_id}).status_code == 422


def test_somebody_found_is_accepted_with_a_second_code(desk: Desk, clerk: Client) -> None:
    sheet, resident = register(desk), walk_in(desk)
    found = clerk.post(at(desk, sheet.number), TYPED, follow=True)
    assert "이 봉투의 투표지는 인정됩니다" in text(found)
    form = second(desk, act="accept", person=resident.ref)
    done = clerk.post(at(desk, sheet.number), form, follow=True)
    assert "1번 번호지로 인정했습니다" in text(done)
    assert ProvisionalDecision.objects.get().accepted
    assert PaperStub.objects.get().issued_by_ref == desk.first.actor_ref
    assert clerk.get(at(desk, sheet.number)).status_code == 302  # decided


def test_a_wrong_code_decides_nothing_and_keeps_the_page(desk: Desk, clerk: Client) -> None:
    sheet, resident = register(desk), walk_in(desk)
    form = second(desk, act="accept", person=resident.ref) | {"code": "000000"}
    again = clerk.post(at(desk, sheet.number), form)
    assert again.status_code == 422
    assert "이 봉투의 투표지는 인정됩니다" in text(again)
    assert desk.second.email in text(again)
    assert not ProvisionalDecision.objects.exists()


def test_somebody_who_has_a_sheet_is_shown_why_and_rejected(desk: Desk, clerk: Client) -> None:
    sheet, resident = register(desk), walk_in(desk)
    desk.issue(resident)
    page = text(clerk.post(at(desk, sheet.number), TYPED, follow=True))
    assert "이 봉투의 투표지는 인정되지 않습니다" in page
    assert 'value="accept"' not in page
    form = second(desk, act="reject", person=resident.ref)
    done = text(clerk.post(at(desk, sheet.number), form, follow=True))
    assert "이미 투표했거나 다른 투표용지를 받음" in done
    assert ProvisionalDecision.objects.get().refusal == "right_used"


def test_nobody_found_is_rejected_for_a_chosen_reason(desk: Desk, clerk: Client) -> None:
    sheet = register(desk)
    assert "unnamed=1" in text(clerk.post(at(desk, sheet.number), TYPED))
    assert clerk.get(f"{at(desk, sheet.number)}?unnamed=1").status_code == 200
    without = clerk.post(at(desk, sheet.number), second(desk, act="reject"))
    assert without.status_code == 422
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):  # another code
        form = second(desk, act="reject", refusal="nobody_found")
        clerk.post(at(desk, sheet.number), form)
    assert ProvisionalDecision.objects.get().refusal == "nobody_found"


def test_the_box_and_its_sealing_say_that_envelopes_wait(desk: Desk, clerk: Client) -> None:
    register(desk)
    for name in ("desk_batch", "desk_seal"):
        page = text(clerk.get(reverse(name, args=[desk.batch.pk])))
        assert "임시 봉투가 결정을 기다립니다" in page
        assert at(desk) in page


@pytest.mark.parametrize("envelopes", [1, 3])
def test_the_list_asks_the_same_number_of_queries_however_many_envelopes(
    desk: Desk, clerk: Client, envelopes: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(envelopes):
        sheet = register(desk)
        reject_provisional(
            actor=desk.first,
            second=desk.second,
            batch_id=desk.batch.pk,
            number=sheet.number,
            refusal="no_name",
        )
    clerk.get(at(desk))
    with django_assert_num_queries(5):  # user, roles, box, envelopes, sums
        clerk.get(at(desk))
