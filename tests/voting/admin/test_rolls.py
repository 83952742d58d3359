"""The roll's pages in the office: who sees what, imports with a look first, changes by two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from residents.roles import RoleKind
from tests.factories.paper import code_of
from tests.factories.places import make_area, make_centre
from tests.factories.residents import make_user
from tests.factories.rolls import make_named, roll_file
from tests.factories.voting import make_contest, make_open_contest, vote
from voting.models import RollChange, RollDecision, RollEntry, RollImport, RollRequest, Slot
from voting.selectors.rolls import merge_small
from voting.services.contests import build_roll
from voting.services.rights import Wanted, ask_roll_change

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import Resident, User
    from voting.models import Contest

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db
REASON = "전출을 확인했습니다."


def address(contest: Contest, part: str = "") -> str:
    return f"/admin/voting/contest/{contest.pk}/roll/{part}"


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    text: str = answer.content.decode()
    return text


def upload(*lines: str) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("roll.csv", roll_file(*lines))}


@pytest.fixture
def admin() -> User:
    return make_user(role=RoleKind.ADMINISTRATOR)


@pytest.fixture
def client(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


@pytest.fixture
def draft() -> Contest:
    return make_contest(roll_mode="fixed")


@pytest.fixture
def opened() -> Contest:
    return make_open_contest(roll_mode="fixed")


def person_of(contest: Contest, name: str = "김무등", **columns: Any) -> Resident:
    return make_named(name, area=make_area(parent=contest.area, name="느티동"), **columns)


# --- Figures ------------------------------------------------------------------------------------


def test_contest_page_leads_to_the_roll(client: Client, draft: Contest) -> None:
    page = text_of(client.get(f"/admin/voting/contest/{draft.pk}/change/"))
    assert address(draft) in page


@pytest.mark.parametrize("role", [RoleKind.OBSERVER, RoleKind.AUDITOR])
def test_who_watches_sees_figures_and_no_look_up(
    client_of: ClientOf, opened: Contest, role: RoleKind
) -> None:
    client = client_of(make_user(role=role))
    page = text_of(client.get(address(opened)))
    assert 'name="birth_date"' not in page
    assert client.post(address(opened), {"name": "김", "birth_date": "19580312"}).status_code == 403
    assert client.get(address(opened, "import/")).status_code == 403


@pytest.mark.parametrize("role", [RoleKind.MODERATOR, RoleKind.CLERK])
def test_other_staff_sees_no_roll(client_of: ClientOf, opened: Contest, role: RoleKind) -> None:
    assert client_of(make_user(role=role)).get(address(opened)).status_code in {302, 403}


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_the_same_number_of_queries(
    client: Client, admin: User, number: int, django_assert_num_queries: Any
) -> None:
    contest = make_open_contest(roll_mode="fixed")
    for place in range(number):
        resident = person_of(contest, f"김무{'가나다'[place]}")
        wanted = Wanted(RollChange.ADD, "명부에서 빠졌습니다.")
        ask_roll_change(actor=admin, contest_id=contest.pk, resident=resident, wanted=wanted)
    client.get(address(contest))
    with django_assert_num_queries(10):
        client.get(address(contest))


def test_small_dong_are_put_together() -> None:
    assert merge_small([("가동", 30), ("나동", 9), ("다동", 4)]) == [
        ("가동", 30),
        ("그 밖의 동", 13),
    ]
    assert merge_small([("가동", 30), ("나동", 12), ("다동", 4)]) == [
        ("가동", 30),
        ("그 밖의 동", 16),
    ]
    assert merge_small([("가동", 3), ("나동", 4)]) == []
    assert merge_small([("가동", 30)]) == [("가동", 30)]


def test_draft_shows_who_would_be_on_the_roll_now(client: Client, draft: Contest) -> None:
    person_of(draft)
    page = text_of(client.get(address(draft)))
    assert "지금 열린다면" in page
    assert ">1명<" in page


# --- Import -------------------------------------------------------------------------------------


def test_file_is_looked_at_and_then_taken_over(client: Client, draft: Contest) -> None:
    person_of(draft)
    page = text_of(client.post(address(draft, "import/"), upload("김무등,19580312")))
    assert "느티동" in page
    assert not RollImport.objects.exists()
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    answer = client.post(address(draft, "import/"), {"token": found[1]}, follow=True)
    assert "명부를 확정했습니다" in text_of(answer)
    assert RollImport.objects.get().people == 1


def test_bad_lines_are_named_with_what_to_do(client: Client, draft: Contest) -> None:
    person_of(draft)
    answer = client.post(address(draft, "import/"), upload("김무등,19580312", "이솔,19580312"))
    page = text_of(answer, 422)
    assert "3번째 줄" in page
    assert "확인된 주민이나 신청자가 없습니다" in page
    assert not RollImport.objects.exists()


def test_refusal_is_shown_where_the_file_is_chosen(client: Client, draft: Contest) -> None:
    answer = client.post(address(draft, "import/"), upload("김무등,580312-1234567"))
    assert "주민등록번호" in text_of(answer, 422)
    late = client.post(address(draft, "import/"), {"token": "nothing"}, follow=True)
    assert "30분" in text_of(late)


def test_file_that_is_too_large_is_refused(
    client: Client, draft: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voting.forms.rolls.MOST_BYTES", 5)
    answer = client.post(address(draft, "import/"), upload("김무등,19580312"))
    assert "너무 큽니다" in text_of(answer, 422)


def test_imported_roll_is_given_up_with_a_reason(client: Client, draft: Contest) -> None:
    person_of(draft)
    page = text_of(client.post(address(draft, "import/"), upload("김무등,19580312")))
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    client.post(address(draft, "import/"), {"token": found[1]})
    assert client.post(address(draft, "discard/"), {"reason": ""}).status_code == 422
    answer = client.post(address(draft, "discard/"), {"reason": "잘못된 파일"}, follow=True)
    assert "쓰지 않음" in text_of(answer)
    again = client.post(address(draft, "discard/"), {"reason": "또"})
    assert "쓰고 있는 가져온 명부가 없습니다" in text_of(again, 422)


# --- One person ---------------------------------------------------------------------------------


def test_look_up_leads_to_the_right_and_lists_nobody(client: Client, opened: Contest) -> None:
    resident = person_of(opened, "문순례")
    answer = client.post(address(opened), {"name": "문순례", "birth_date": "19580312"})
    assert answer.status_code == 302
    page = text_of(client.get(answer["Location"]))
    assert "명부에 없음" in page
    assert "문순례" not in page
    nobody = client.post(address(opened), {"name": "없음", "birth_date": "19580312"})
    assert "등록된 주민이 없습니다" in text_of(nobody)
    make_named("문순례", mark="2", area=resident.area)
    two = client.post(address(opened), {"name": "문순례", "birth_date": "19580312"})
    assert "누구인지 골라" in text_of(two)


def test_person_page_shows_that_and_when_never_what(client: Client) -> None:
    contest = make_open_contest(roll_mode="rolling")
    resident = person_of(contest, user=make_user())
    vote(contest, "a", user=resident.user)
    page = text_of(client.get(address(contest, f"person/?person={resident.ref}")))
    assert "온라인" in page
    assert "의제 a" not in page


def test_change_waits_and_is_decided_by_somebody_else(
    client: Client, client_of: ClientOf, opened: Contest
) -> None:
    resident = person_of(opened)
    form = {"person": str(resident.ref), "change": "add", "reason": "기준일 전 전입"}
    answer = client.post(address(opened, "person/"), form, follow=True)
    assert "기다립니다" in text_of(answer)
    request = RollRequest.objects.get()
    own = text_of(client.get(address(opened, f"requests/{request.pk}/")))
    assert "본인이 요청한" in own
    other = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    assert f"requests/{request.pk}/" in text_of(other.get(address(opened)))
    wrong = {"approve": "1", "name": "이솔", "birth_date": "19580312"}
    refused = other.post(address(opened, f"requests/{request.pk}/"), wrong)
    assert "요청에 있는 분이 아닙니다" in text_of(refused, 422)
    right = {"approve": "1", "name": "김무등", "birth_date": "19580312"}
    done = other.post(address(opened, f"requests/{request.pk}/"), right, follow=True)
    assert "두 사람이 확인하여" in text_of(done)
    assert RollEntry.objects.get().origin == "added"


def test_change_is_refused_with_a_note(
    client: Client, client_of: ClientOf, opened: Contest, admin: User
) -> None:
    wanted = Wanted(RollChange.ADD, "명부에서 빠졌습니다.")
    request = ask_roll_change(
        actor=admin, contest_id=opened.pk, resident=person_of(opened), wanted=wanted
    )
    other = client_of(make_user(role=RoleKind.ADMINISTRATOR))
    page = address(opened, f"requests/{request.pk}/")
    assert other.post(page, {"refuse": "1", "note": ""}).status_code == 422
    done = other.post(page, {"refuse": "1", "note": "서류가 다릅니다."}, follow=True)
    assert "거절했습니다" in text_of(done)
    assert not RollDecision.objects.get().approved
    assert "거절했습니다" in text_of(other.get(page))


def test_second_person_signs_beside_and_the_right_is_voided(client: Client) -> None:
    contest = make_open_contest(roll_mode="rolling")
    resident = person_of(contest, user=make_user())
    vote(contest, "a", user=resident.user)
    second = make_user(role=RoleKind.ADMINISTRATOR)
    form = {"person": str(resident.ref), "change": "void", "cause": "moved", "reason": REASON}
    with time_machine.travel(timezone.now(), tick=False):
        half = client.post(address(contest, "person/"), {**form, "email": second.email})
        assert "모두 넣어" in text_of(half, 422)
        wrong = {**form, "email": second.email, "code": "000000"}
        assert "코드가 아닙니다" in text_of(client.post(address(contest, "person/"), wrong), 422)
        signed = {**form, "email": second.email, "code": code_of(second)}
        done = client.post(address(contest, "person/"), signed, follow=True)
    assert "투표권이 취소됨" in text_of(done)
    assert Slot.objects.get().state == "voided"


def test_form_of_a_voiding_asks_for_its_cause_and_keeps_what_was_typed(client: Client) -> None:
    contest = make_open_contest(roll_mode="rolling")
    resident = person_of(contest, user=make_user())
    vote(contest, "a", user=resident.user)
    page = text_of(client.get(address(contest, f"person/?person={resident.ref}&change=void")))
    assert 'name="cause"' in page
    form = {"person": str(resident.ref), "change": "void", "reason": REASON}
    again = text_of(client.post(address(contest, "person/"), form), 422)
    assert REASON in again


def test_coordinator_of_a_centre_keeps_the_roll_and_others_do_not(client_of: ClientOf) -> None:
    centre = make_centre()
    contest = make_open_contest(roll_mode="fixed", paper=True, centres=[centre])
    resident = person_of(contest)
    page = address(contest, f"person/?person={resident.ref}")
    mine = make_user(role=RoleKind.COORDINATOR, centre=centre)
    assert client_of(mine).get(page).status_code == 200
    assert client_of(make_user(role=RoleKind.COORDINATOR)).get(page).status_code == 403


def test_after_the_close_nothing_is_offered(client: Client, opened: Contest) -> None:
    resident = person_of(opened)
    opened.__class__.objects.filter(pk=opened.pk).update(state="closed")
    page = text_of(client.get(address(opened, f"person/?person={resident.ref}")))
    assert "열려 있는 동안에만" in page
    assert "change=add" not in page


@pytest.mark.parametrize("part", ["person/", "person/?person=x", "requests/999999/"])
def test_address_that_names_nobody_is_not_found(client: Client, opened: Contest, part: str) -> None:
    assert build_roll(opened) == 0
    assert client.get(address(opened, part)).status_code == 404
