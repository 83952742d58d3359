"""The clerk's pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from proposals.models import Proposal, Support
from residents.identity import identity_hash
from tests.factories.proceedings import make_field
from tests.factories.proposals import make_preset, make_proposal
from tests.factories.residents import make_consent_text, make_resident, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import Resident, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident() -> Resident:
    born = date(1958, 3, 12)
    return make_resident(
        birth_date=born, identity_hash=identity_hash(settings.IDENTITY_KEY, "박순자", born, "")
    )


@pytest.fixture
def clerk(client_of: Callable[[User], Client]) -> Client:
    make_consent_text(purpose="assistance", body="직원이 대신 적습니다.")
    make_preset(threshold=50)
    return client_of(make_user(role="clerk"))


def test_a_resident_is_found_by_name_and_birth_date(clerk: Client, resident: Resident) -> None:
    response = clerk.post("/desk/proposals/", {"name": "박순자", "birth_date": "19580312"})
    assert response["Location"] == f"/desk/proposals/{resident.ref}/"
    page = clerk.get(response["Location"]).content.decode()
    assert "직원이 대신 적습니다." in page
    assert "박순자" not in page


def test_nobody_found_and_a_wrong_date_say_what_to_do(clerk: Client) -> None:
    nobody = clerk.post("/desk/proposals/", {"name": "없음", "birth_date": "19580312"})
    assert "주민 등록하기" in nobody.content.decode()
    wrong = clerk.post("/desk/proposals/", {"name": "박순자", "birth_date": "58.3"})
    assert "예: 19580312" in wrong.content.decode()


def test_a_support_is_recorded_and_a_second_one_refused(clerk: Client, resident: Resident) -> None:
    proposal, url = make_proposal(), f"/desk/proposals/{resident.ref}/"
    clerk.post(url, {"number": proposal.pk, "agreed": "on"})
    assert Support.objects.get().resident == resident
    again = clerk.post(url, {"number": proposal.pk, "agreed": "on"})
    assert "이미 공감하셨습니다." in again.content.decode()
    unknown = clerk.post(url, {"number": 999999, "agreed": "on"})
    assert "이 번호의 제안이 없습니다." in unknown.content.decode()
    assert Support.objects.count() == 1


def test_a_proposal_is_written_down_only_with_consent(clerk: Client, resident: Resident) -> None:
    url = f"/desk/proposals/{resident.ref}/new/"
    assert clerk.get(url).context["form"].initial["area"] == resident.area_id
    data = {
        "title": "경로당 앞 의자",
        "body": "앉아서 쉴 곳이 있으면 좋겠습니다.",
        "area": resident.area_id,
        "field": make_field().pk,
    }
    refused = clerk.post(url, data)
    assert refused.status_code == 422
    assert "앉아서 쉴 곳이" in refused.content.decode()
    assert clerk.post(url, {**data, "agreed": "on"}).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.resident, proposal.centre is None) == (resident, False)


def test_the_desk_is_closed_to_everybody_else(
    client: Client, client_of: Callable[[User], Client], resident: Resident
) -> None:
    for path in (
        "/desk/proposals/",
        f"/desk/proposals/{resident.ref}/",
        f"/desk/proposals/{resident.ref}/new/",
    ):
        assert client.get(path).status_code == 302
        assert client_of(make_user()).get(path).status_code == 403


def test_an_unknown_reference_is_not_found(clerk: Client) -> None:
    assert clerk.get("/desk/proposals/nobody/").status_code == 404


def test_too_many_look_ups_keep_what_was_typed(
    clerk: Client, limit_to: Callable[[str, str], None]
) -> None:
    limit_to("desk_lookup", "1/hour")
    clerk.post("/desk/proposals/", {"name": "박순자", "birth_date": "19580312"})
    answer = clerk.post("/desk/proposals/", {"name": "김솔", "birth_date": "19580312"})
    assert answer.status_code == 429
    assert 'value="김솔"' in answer.content.decode()
    assert "한 시간에 1번까지" in answer.content.decode()
