"""The desk's pages: each happy path, each refusal's page with the input kept, who sees what."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from residents.identity import identity_hash
from residents.roles import RoleKind
from tests.factories.paper import Desk, code_of
from tests.factories.places import make_centre
from tests.factories.residents import grant, make_user, signed_in
from tests.factories.voting import make_clerk, make_contest, make_voter, vote
from voting.ballots import SheetKind
from voting.models import (
    Batch,
    BatchCount,
    BatchState,
    Entry,
    PaperStub,
    SlotEvent,
    StubEvent,
)
from voting.services.paper import SheetTyping, ask_correction, decide_correction, record_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client as TestClient
    from pytest_django import DjangoAssertNumQueries

    from residents.models import User

pytestmark = pytest.mark.django_db
NAME, BORN = "문순례", date(1958, 3, 12)


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    """A code holds for half a minute: no test runs into the next one."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def desk() -> Desk:
    return Desk()


def as_(user: User) -> TestClient:
    return signed_in(user)


def at(name: str, desk: Desk, *more: object) -> str:
    return reverse(name, args=[desk.batch.pk, *more])


def text(response: Any) -> str:
    body: str = response.content.decode()
    return body


def walk_in(desk: Desk) -> Any:
    """Somebody with a name who stands at the desk."""
    return desk.resident(
        identity_hash=identity_hash(settings.IDENTITY_KEY, NAME, BORN), birth_date=BORN
    )


# --- Who may come in ----------------------------------------------------------------------------

PAGES = (
    "desk_batch", "desk_hand_out", "desk_seal", "desk_count", "desk_settle", "desk_reconcile",
    "desk_sign", "desk_correction", "desk_report_pdf",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_box_pages_are_closed_to_everybody_but_staff_of_its_centre(name: str, desk: Desk) -> None:
    assert Client().get(at(name, desk)).status_code == 302
    for user in (make_user(), make_clerk(make_centre()), make_user(role=RoleKind.OBSERVER)):
        assert as_(user).get(at(name, desk)).status_code == 403


def test_day_page_is_closed_to_people_without_a_desk() -> None:
    assert as_(make_user()).get(reverse("desk_paper")).status_code == 403
    assert as_(make_user(role=RoleKind.OFFICIAL)).get(reverse("desk_paper")).status_code == 403


def test_observer_reads_a_certified_box_and_its_report_and_no_name(desk: Desk) -> None:
    desk.certified([["a"]])
    watcher = as_(make_user(role=RoleKind.OBSERVER))
    page = text(watcher.get(at("desk_batch", desk)))
    assert desk.first.name not in page
    assert reverse("desk_correction", args=[desk.batch.pk]) not in page
    assert watcher.get(at("desk_report_pdf", desk)).headers["Content-Type"] == "application/pdf"
    assert watcher.get(at("desk_count", desk)).status_code == 403


def test_boxes_that_are_not_there_are_not_found(desk: Desk) -> None:
    clerk = as_(desk.first)
    assert clerk.get("/desk/boxes/999999/").status_code == 404
    assert clerk.get(at("desk_stub", desk, 99)).status_code == 404
    assert clerk.get(at("desk_type", desk, 4)).status_code == 404
    assert clerk.get("/desk/corrections/999999/").status_code == 404
    assert clerk.get(at("desk_report_pdf", desk)).status_code == 404


# --- The day's page -----------------------------------------------------------------------------


def test_day_page_shows_each_box_with_its_next_step_and_the_days_sheet(desk: Desk) -> None:
    desk.issue()
    page = text(as_(desk.first).get(reverse("desk_paper")))
    assert desk.contest.title in page
    assert at("desk_hand_out", desk) in page
    assert '<td class="num" data-label="내줌">1</td>' in page
    assert "desk_centre" not in page


def test_day_page_says_when_nothing_is_held_here() -> None:
    assert as_(make_clerk(make_centre())).get(reverse("desk_paper")).status_code == 200


def test_day_page_names_the_centre_to_those_who_work_at_two(desk: Desk) -> None:
    grant(desk.first, RoleKind.CLERK, centre=make_centre())
    page = as_(desk.first).get(reverse("desk_paper"))
    assert page.context["several"]


@pytest.mark.parametrize("boxes", [1, 3])
def test_day_page_asks_the_same_number_of_queries_however_many_boxes(
    boxes: int, desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(boxes - 1):
        desk.seal()
        desk.batch = desk.open()
    client = as_(desk.first)
    client.get(reverse("desk_paper"))
    with django_assert_num_queries(6):  # user, roles and four of its own
        client.get(reverse("desk_paper"))


# --- Opening and sealing ------------------------------------------------------------------------


def second_of(user: User, **more: str) -> dict[str, str]:
    return {"email": user.email, "code": code_of(user), **more}


def test_box_opens_when_a_second_person_signs(desk: Desk) -> None:
    desk.seal()
    address = reverse("desk_batch_open", args=[desk.contest.pk])
    response = as_(desk.first).post(address, second_of(desk.second))
    box = Batch.objects.get(number=2)
    assert response.headers["Location"] == reverse("desk_hand_out", args=[box.pk])
    assert box.witnessed_by_ref == desk.second.actor_ref


def test_box_stays_closed_for_a_wrong_code_and_the_email_is_kept(desk: Desk) -> None:
    desk.seal()
    address = reverse("desk_batch_open", args=[desk.contest.pk])
    sent = {"email": desk.second.email, "code": "12"}
    response = as_(desk.first).post(address, sent)
    assert response.status_code == 422
    assert desk.second.email in text(response)
    assert Batch.objects.count() == 1


def test_box_of_a_vote_that_is_not_held_here_is_not_found(desk: Desk) -> None:
    other = make_contest(paper=True)
    address = reverse("desk_batch_open", args=[other.pk])
    assert as_(desk.first).get(address).status_code == 404


def test_seal_needs_numbers_and_a_second_person(desk: Desk) -> None:
    desk.issue()
    clerk = as_(desk.first)
    assert "1" in text(clerk.get(at("desk_seal", desk)))
    assert clerk.post(at("desk_seal", desk), second_of(desk.second)).status_code == 422
    own = clerk.post(at("desk_seal", desk), second_of(desk.first, seal_numbers="0021"))
    assert (own.status_code, "0021" in text(own)) == (422, True)
    done = clerk.post(at("desk_seal", desk), second_of(desk.second, seal_numbers="0021"))
    assert done.status_code == 302
    desk.batch.refresh_from_db()
    assert (desk.batch.state, desk.batch.seal_numbers) == (BatchState.SEALED, "0021")
    assert clerk.get(at("desk_seal", desk)).status_code == 409


# --- Handing out --------------------------------------------------------------------------------


def look_up(client: TestClient, desk: Desk, name: str = NAME, born: str = "19580312") -> Any:
    return client.post(at("desk_hand_out", desk), {"name": name, "birth_date": born})


def test_person_found_gets_a_sheet_and_the_number_is_shown(desk: Desk) -> None:
    person, clerk = walk_in(desk), as_(desk.first)
    found = look_up(clerk, desk)
    page = clerk.get(found.headers["Location"])
    assert NAME not in text(page)
    sent = {"person": person.ref, "request_id": page.context["issue"]["request_id"].value()}
    done = clerk.post(at("desk_hand_out", desk), {**sent, "assisted": "on"})
    assert done.headers["Location"] == at("desk_stub", desk, 1)
    assert clerk.post(at("desk_hand_out", desk), sent).headers["Location"] == (
        at("desk_stub", desk, 1)
    )
    assert PaperStub.objects.count() == 1
    assert SlotEvent.objects.get().reason == "assisted"
    assert '<span class="desk-number">1</span>' in text(clerk.get(at("desk_stub", desk, 1)))


def test_person_who_has_a_sheet_gets_no_second_and_the_page_says_where(desk: Desk) -> None:
    person, clerk = walk_in(desk), as_(desk.first)
    desk.issue(person)
    page = clerk.get(look_up(clerk, desk).headers["Location"])
    assert page.context["standing"].refusal.code == "paper_issued"
    assert desk.centre.name in text(page)
    sent = {"person": person.ref, "request_id": uuid.uuid4()}
    refused = clerk.post(at("desk_hand_out", desk), sent)
    assert (refused.status_code, PaperStub.objects.count()) == (409, 1)


def test_web_vote_is_told_before_it_is_replaced(desk: Desk) -> None:
    user = make_voter(desk.contest, area=desk.dong)
    vote(desk.contest, "a", user=user)
    page = as_(desk.first).get(at("desk_hand_out", desk), {"person": str(user.resident.ref)})
    assert page.context["standing"].web_vote_at == SlotEvent.objects.get().at_minute
    assert page.context["standing"].refusal is None


def test_unknown_person_is_sent_to_registration_and_what_was_typed_stays(desk: Desk) -> None:
    page = look_up(as_(desk.first), desk, name="없는이")
    assert reverse("desk_resident_new") in text(page)
    assert 'value="없는이"' in text(page)


def test_homonyms_are_told_apart(desk: Desk) -> None:
    people = [walk_in(desk)]
    people.append(
        desk.resident(
            identity_hash=identity_hash(settings.IDENTITY_KEY, NAME, BORN, "2"), birth_date=BORN
        )
    )
    page = text(look_up(as_(desk.first), desk))
    assert all(str(person.ref) in page for person in people)


def test_birth_date_that_is_none_is_refused_and_kept(desk: Desk) -> None:
    page = look_up(as_(desk.first), desk, born="1958")
    assert page.status_code == 422
    assert 'value="1958"' in text(page)


def test_forged_person_is_not_found(desk: Desk) -> None:
    clerk = as_(desk.first)
    sent = {"person": uuid.uuid4(), "request_id": uuid.uuid4()}
    assert clerk.post(at("desk_hand_out", desk), sent).status_code == 404
    assert clerk.get(at("desk_hand_out", desk), {"person": "x"}).status_code == 200


def test_stub_is_found_by_its_number(desk: Desk) -> None:
    desk.issue()
    clerk = as_(desk.first)
    found = clerk.get(at("desk_hand_out", desk), {"stub": "1"})
    assert found.headers["Location"] == at("desk_stub", desk, 1)
    for number in ("7", "x", ""):
        page = clerk.get(at("desk_hand_out", desk), {"stub": number})
        assert (page.status_code, f'value="{number}"' in text(page) or not number) == (422, True)


@pytest.mark.parametrize("stubs", [1, 3])
def test_hand_out_asks_the_same_number_of_queries_however_many_stubs(
    stubs: int, desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(stubs):
        desk.issue()
    client = as_(desk.first)
    client.get(at("desk_hand_out", desk))
    with django_assert_num_queries(6):  # user, roles, box, sums, stubs, ends
        client.get(at("desk_hand_out", desk))


# --- What becomes of a sheet --------------------------------------------------------------------


def test_spoiled_sheet_is_asked_about_once_more_then_replaced(desk: Desk) -> None:
    desk.issue()
    clerk = as_(desk.first)
    asked = clerk.get(at("desk_stub", desk, 1), {"act": "spoil"})
    assert not StubEvent.objects.exists()
    sent = {"act": "spoil", "request_id": asked.context["form"]["request_id"].value()}
    done = clerk.post(at("desk_stub", desk, 1), sent)
    assert done.headers["Location"] == at("desk_stub", desk, 2)
    assert at("desk_stub", desk, 2) in text(clerk.get(at("desk_stub", desk, 1)))


def test_third_spoiled_sheet_is_refused_on_its_page(desk: Desk) -> None:
    desk.issue()
    clerk = as_(desk.first)
    for serial in (1, 2):
        sent = {"act": "spoil", "request_id": uuid.uuid4()}
        clerk.post(at("desk_stub", desk, serial), sent)
    refused = clerk.post(at("desk_stub", desk, 3), {"act": "spoil", "request_id": uuid.uuid4()})
    assert refused.status_code == 422


def test_returned_sheet_and_missing_sheet(desk: Desk) -> None:
    desk.issue()
    desk.issue()
    clerk = as_(desk.first)
    clerk.post(at("desk_stub", desk, 1), second_of(desk.second, act="return"))
    missing = {"act": "missing", "request_id": uuid.uuid4(), "reason": ""}
    assert clerk.post(at("desk_stub", desk, 2), missing).status_code == 422
    clerk.post(at("desk_stub", desk, 2), {**missing, "reason": "15:20에 나갔습니다"})
    assert list(StubEvent.objects.order_by("stub__serial").values_list("kind", flat=True)) == [
        "returned",
        "missing",
    ]
    assert "15:20에 나갔습니다" in text(clerk.get(at("desk_stub", desk, 2)))


def test_sheet_comes_back_only_with_the_code_of_a_colleague(desk: Desk) -> None:
    desk.issue()
    clerk, page = as_(desk.first), at("desk_stub", desk, 1)
    asked = text(clerk.get(page, {"act": "return"}))
    assert all(f'name="{name}"' in asked for name in ("act", "email", "code"))
    for sent in (
        {"email": "", "code": ""},
        {"email": desk.second.email, "code": "000000"},
        second_of(desk.first),
        second_of(make_clerk(make_centre())),
    ):
        refused = clerk.post(page, {**sent, "act": "return"})
        assert refused.status_code == 422
        assert refused.context["form"]["email"].value() == sent["email"]
    assert not StubEvent.objects.exists()


def test_button_of_taking_back_pressed_twice_tells_what_happened(desk: Desk) -> None:
    desk.issue()
    clerk, sent = as_(desk.first), second_of(desk.second, act="return")
    clerk.post(at("desk_stub", desk, 1), sent)
    again = clerk.post(at("desk_stub", desk, 1), sent)
    assert again.status_code == 200
    assert again.context["end"].kind == "returned"
    assert StubEvent.objects.count() == 1


# --- Paper --------------------------------------------------------------------------------------


def test_stub_is_printed_and_kept_nowhere(desk: Desk) -> None:
    desk.issue()
    response = as_(desk.first).get(at("desk_stub_pdf", desk, 1))
    assert response.content.startswith(b"%PDF")
    assert response.headers["Cache-Control"] == "no-store"


def test_blank_sheets_are_printed_and_recorded(desk: Desk) -> None:
    clerk = as_(desk.first)
    response = clerk.post(at("desk_sheets_pdf", desk), {"copies": "3"})
    assert response.content.startswith(b"%PDF")
    assert AuditEvent.objects.get(action=Action.PAPERS_PRINTED).data == {"sheets": 3}
    wrong = clerk.post(at("desk_sheets_pdf", desk), {"copies": "1000"})
    assert (wrong.status_code, 'value="1000"' in text(wrong)) == (422, True)
    assert clerk.get(at("desk_sheets_pdf", desk)).status_code == 405


# --- Counting -----------------------------------------------------------------------------------


def count(client: TestClient, desk: Desk, sheets: int) -> Any:
    sent = {"sheets": sheets, "stubs": 1, "signatures": 1}
    return client.post(at("desk_count", desk), sent)


def test_nobody_sees_the_figures_of_another_and_differences_are_named(desk: Desk) -> None:
    desk.issue()
    desk.seal()
    first, second = as_(desk.first), as_(desk.second)
    count(first, desk, 417)
    assert "417" not in text(second.get(at("desk_count", desk)))
    assert "417" not in text(first.get(at("desk_count", desk)))
    count(second, desk, 1)
    page = second.get(at("desk_count", desk))
    assert len(page.context["differing"]) == 1
    assert "417" not in text(page)
    assert "지금 놓인 차례대로" not in text(page)
    assert "두 사람이 센 수가 다릅니다" in text(first.get(at("desk_batch", desk)))
    count(first, desk, 1)
    for name in ("desk_count", "desk_batch"):
        kept = text(first.get(at(name, desk)))
        assert "센 수를 적었습니다" in kept
        assert "두 사람이 센 수가 다릅니다" not in kept
    assert count(first, desk, 1).status_code == 422
    assert count(second, desk, 1).headers["Location"] == at("desk_batch", desk)
    assert BatchCount.objects.count() == 4
    assert first.get(at("desk_count", desk)).status_code == 302


# --- Typing -------------------------------------------------------------------------------------


def key(client: TestClient, desk: Desk, sheet: int, keys: str, number: int = 1) -> Any:
    return client.post(at("desk_type", desk, number), {"sheet": sheet, "keys": keys})


def test_sheets_are_typed_one_after_the_other(desk: Desk) -> None:
    desk.counted(3)
    clerk = as_(desk.first)
    page = clerk.get(at("desk_type", desk, 1))
    assert page.context["task"].sheet.number == 1
    done = key(clerk, desk, 1, "13")
    after = clerk.get(done.headers["Location"])
    assert after.context["task"].sheet.number == 2
    assert after.context["saved_words"] == "1, 3"
    assert Entry.objects.get().marks == '["a","c"]'


def test_second_pass_goes_backwards_and_shows_nothing_of_the_first(desk: Desk) -> None:
    desk.counted(3)
    desk.type(3, 1, SheetTyping([], SheetKind.VOID, "crossed_out"))
    page = as_(desk.second).get(at("desk_type", desk, 2))
    assert page.context["task"].sheet.number == 3
    assert "지금 <b>3번</b> 투표지" in text(page)
    assert "desk-saved" not in text(page)
    spied = as_(desk.second).get(at("desk_type", desk, 2), {"saved": "3"})
    assert spied.context["saved_words"] == ""


def test_page_of_the_box_says_with_which_sheet_each_pass_begins(desk: Desk) -> None:
    desk.counted(3)
    page = text(as_(desk.second).get(at("desk_batch", desk)))
    first, second = page.split("<h3>2차 입력", 1)
    assert "<b>1번</b>" in first
    assert "뒤에서부터" in second
    assert "<b>3번</b>" in second


def test_slip_keeps_the_sheet_and_the_keys(desk: Desk) -> None:
    desk.counted(2)
    clerk = as_(desk.first)
    for keys in ("19", "11", "*", ""):
        page = key(clerk, desk, 2, keys)
        assert page.status_code == 422
        assert page.context["task"].sheet.number == 2
        assert page.context["form"]["keys"].value() == keys
    assert not Entry.objects.exists()


def test_sheet_that_somebody_typed_meanwhile_is_let_go_of(desk: Desk) -> None:
    desk.counted(2)
    desk.type(1, 1, ["a"])
    page = key(as_(desk.third), desk, 1, "2")
    assert page.status_code == 409
    assert page.context["refusal"].code == "pass_taken"
    assert page.context["task"].sheet.number == 2
    assert page.context["form"]["keys"].value() is None


def test_two_people_share_a_pass_from_two_ends(desk: Desk) -> None:
    desk.counted(4)
    clerk = as_(desk.third)
    assert clerk.get(at("desk_type", desk, 1), {"sheet": "3"}).context["task"].sheet.number == 3
    after = clerk.get(key(clerk, desk, 3, "1").headers["Location"])
    assert after.context["task"].sheet.number == 4
    after = clerk.get(key(clerk, desk, 4, "1").headers["Location"])
    assert after.context["task"].sheet.number == 1


def passes_for(user: User, desk: Desk) -> list[int]:
    """The passes in which a sheet is left for somebody."""
    panels = as_(user).get(at("desk_batch", desk)).context["passes"]
    return [one["pass"].number for one in panels if one["task"]]


def test_nothing_is_left_for_who_typed_every_sheet(desk: Desk) -> None:
    desk.counted(1)
    desk.type(1, 1, ["a"])
    page = as_(desk.first).get(at("desk_type", desk, 2))
    assert page.context["task"] is None
    assert passes_for(desk.first, desk) == []
    assert passes_for(desk.second, desk) == [2]


def test_typing_before_the_count_leads_back_to_the_box(desk: Desk) -> None:
    assert as_(desk.first).get(at("desk_type", desk, 1)).headers["Location"] == (
        at("desk_batch", desk)
    )


def test_typing_yes_no_items(desk: Desk) -> None:
    desk = Desk(kind="yes_no", max_picks=3).counted(1)
    key(as_(desk.first), desk, 1, "120")
    assert Entry.objects.get().marks == '{"a":"yes","b":"no"}'


@pytest.mark.parametrize("sheets", [1, 3])
def test_typing_page_asks_the_same_number_of_queries_however_many_sheets(
    sheets: int, desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.counted(sheets)
    client = as_(desk.first)
    client.get(at("desk_type", desk, 1))
    with django_assert_num_queries(4):  # user, roles, box, sheets
        client.get(at("desk_type", desk, 1))


@pytest.mark.parametrize("sheets", [3, 12])
def test_each_sheet_typed_costs_ten_questions_and_the_next_page_five(
    sheets: int, desk: Desk
) -> None:
    desk.counted(sheets)
    client = as_(desk.first)
    client.get(at("desk_type", desk, 1))
    key(client, desk, 1, "1")  # the first one opens the typing
    with CaptureQueriesContext(connection) as caught:
        answer = key(client, desk, 2, "1")
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    assert len([q for q in caught if not q["sql"].startswith(frames)]) == 10
    with CaptureQueriesContext(connection) as caught:
        assert client.get(answer["Location"]).status_code == 200
    assert len(caught) == 5


# --- Settling -----------------------------------------------------------------------------------


def test_readings_that_differ_are_shown_to_a_third_person_only(desk: Desk) -> None:
    desk.compared([["a"], ["b"]], [["a"], ["c"]])
    mine = as_(desk.first).get(at("desk_settle", desk))
    assert (mine.context["view"], mine.context["readings"]) == (None, [])
    third = as_(desk.third)
    page = third.get(at("desk_settle", desk))
    assert [words for _pass, words in page.context["readings"]] == ["2", "3"]
    assert third.post(at("desk_settle", desk), {"sheet": 2, "keys": "9"}).status_code == 422
    assert third.post(at("desk_settle", desk), {"sheet": 2, "keys": "3"}).status_code == 302
    assert at("desk_reconcile", desk) in text(third.get(at("desk_settle", desk)))


def test_box_with_many_differences_is_typed_a_third_time_without_seeing_the_others(
    desk: Desk,
) -> None:
    desk.compared([["a"]] * 3, [["b"]] * 3)
    third = as_(desk.third)
    assert third.get(at("desk_settle", desk)).headers["Location"] == at("desk_type", desk, 3)
    page = third.get(at("desk_type", desk, 3))
    assert (page.context["task"].total, "readings" in page.context) == (3, False)
    for number in (1, 2, 3):
        key(third, desk, number, "1", 3)
    last = third.get(at("desk_type", desk, 3), {"saved": "3"})
    assert last.context["task"] is None
    assert "다른 사람의 입력과 견줄 때" not in text(last)
    assert at("desk_reconcile", desk) in text(last)
    assert as_(desk.first).get(at("desk_reconcile", desk)).status_code == 200


def test_those_who_typed_are_told_who_settles_and_get_no_button(desk: Desk) -> None:
    desk.compared([["a"], ["b"]], [["a"], ["c"]])
    for clerk in (desk.first, desk.second):
        for page in (as_(clerk).get(at("desk_batch", desk)), as_(clerk).get(reverse("desk_paper"))):
            assert "두 번 다 입력하지 않은" in text(page)
            assert at("desk_settle", desk) not in text(page)
            assert at("desk_reconcile", desk) not in text(page)
    for page in (as_(desk.third).get(at("desk_batch", desk)), as_(desk.third).get("/desk/votes/")):
        assert at("desk_settle", desk) in text(page)


def test_desk_names_the_box_that_waits_for_a_third_reading(desk: Desk) -> None:
    desk.compared([["a"], ["b"]], [["a"], ["c"]])
    coordinator = as_(make_user(role=RoleKind.COORDINATOR, centre=desk.centre))
    assert coordinator.get(reverse("desk")).context["waiting"] == [desk.batch]
    assert as_(desk.first).get(reverse("desk")).context["waiting"] == []
    desk.type(2, 3, ["b"])
    assert coordinator.get(reverse("desk")).context["waiting"] == []


def test_whole_third_pass_is_named_and_explained(desk: Desk) -> None:
    desk.compared([["a"]] * 3, [["b"]] * 3)
    page = text(as_(desk.third).get(at("desk_batch", desk)))
    assert "100장에 2장" in page
    assert at("desk_type", desk, 3) in page
    assert at("desk_type", desk, 3) not in text(as_(desk.first).get(at("desk_batch", desk)))
    assert "다른 분이 하셔야 합니다" in text(as_(desk.first).get(at("desk_type", desk, 3)))


def test_typing_quality_is_for_oneself_and_the_coordinator(desk: Desk) -> None:
    desk.compared([["a"], ["b"]], [["a"], ["c"]])
    desk.type(2, 3, ["b"])
    rows = as_(desk.second).get(at("desk_batch", desk)).context["quality"]
    assert [row[1:] for row in rows] == [(2, 1)]
    assert as_(desk.third).get(at("desk_batch", desk)).context["quality"] == []
    coordinator = as_(make_user(role=RoleKind.COORDINATOR, centre=desk.centre))
    everybody = coordinator.get(at("desk_batch", desk)).context["quality"]
    assert sorted(row[1:] for row in everybody) == [(2, 0), (2, 1)]


# --- The end of a box ---------------------------------------------------------------------------


def one_sheet_less(desk: Desk) -> Desk:
    """Two handed out, one in the box."""
    desk.issue()
    desk.issue()
    desk.seal()
    desk.count(sheets=1, stubs=2, signatures=2)
    desk.type(1, 1, ["a"])
    desk.type(1, 2, ["a"])
    return desk


def test_difference_asks_for_its_reason_and_keeps_what_was_typed(desk: Desk) -> None:
    one_sheet_less(desk)
    clerk = as_(desk.first)
    page = clerk.get(at("desk_reconcile", desk))
    wrong = [line.name for line, form in page.context["lines"] if form]
    assert wrong == ["stubs", "slots"]
    assert not page.context["can_sign"]
    sent = {"equation": "stubs", "code": "other", "note": ""}
    assert clerk.post(at("desk_reconcile", desk), sent).status_code == 422
    for equation in wrong:
        clerk.post(at("desk_reconcile", desk), {"equation": equation, "code": "taken_away"})
    assert clerk.get(at("desk_reconcile", desk)).context["can_sign"]
    again = clerk.post(at("desk_reconcile", desk), {"equation": "stubs", "code": "taken_away"})
    assert again.status_code == 422


def test_sheet_too_many_blocks_and_the_page_says_what_to_do(desk: Desk) -> None:
    desk.issue()
    desk.seal()
    desk.count(sheets=2, stubs=1, signatures=1)
    for number in (1, 2):
        desk.type(number, 1, ["a"])
        desk.type(number, 2, ["a"])
    clerk = as_(desk.first)
    page = clerk.get(at("desk_reconcile", desk))
    blocking = {line.name: line for line, _form in page.context["lines"] if line.blocking}
    assert not blocking["more_paper"].holds
    assert blocking["more_paper"].what_to_do
    assert at("desk_correction", desk) in text(page)
    refused = clerk.post(at("desk_sign", desk))
    assert refused.status_code == 409
    assert refused.context["refusal"].code == "more_paper_differs"


def test_two_people_sign_and_the_report_can_be_printed(desk: Desk) -> None:
    desk.compared([["a"], []], [["a"], []])
    first, second = as_(desk.first), as_(desk.second)
    assert first.post(at("desk_sign", desk)).headers["Location"] == at("desk_sign", desk)
    assert first.get(at("desk_sign", desk)).context["by_me"]
    assert first.post(at("desk_sign", desk)).status_code == 409
    assert second.post(at("desk_sign", desk)).headers["Location"] == at("desk_batch", desk)
    page = first.get(at("desk_batch", desk))
    assert page.context["versions"][0]["is_present"]
    assert len(page.context["digest"].replace(" ", "")) == 64
    assert len(page.context["leaf"].replace(" ", "")) == 64
    assert first.get(at("desk_report_pdf", desk)).content.startswith(b"%PDF")
    assert first.get(at("desk_sign", desk)).status_code == 302


def test_unsettled_box_cannot_be_checked_or_signed_yet(desk: Desk) -> None:
    desk.compared([["a"]], [["b"]])
    clerk = as_(desk.first)
    assert clerk.get(at("desk_reconcile", desk)).headers["Location"] == at("desk_settle", desk)
    assert clerk.post(at("desk_sign", desk)).context["refusal"].code == "sheets_differ"


# --- Corrections --------------------------------------------------------------------------------

ASKED = {"what": "1번을 잘못 입력했습니다", "why": "다시 읽었습니다", "evidence": "1번 투표지"}


def test_correction_is_asked_decided_and_both_versions_stay_readable(desk: Desk) -> None:
    desk.certified([["a"]])
    clerk = as_(desk.first)
    assert clerk.post(at("desk_correction", desk), {**ASKED, "why": ""}).status_code == 422
    clerk.post(at("desk_correction", desk), ASKED)
    asked = clerk.get(at("desk_batch", desk)).context["waiting"]
    address = reverse("desk_correction_decide", args=[asked.pk])
    assert clerk.get(address).status_code == 403
    coordinator = as_(make_user(role=RoleKind.COORDINATOR, centre=desk.centre))
    assert ASKED["evidence"] in text(coordinator.get(address))
    assert coordinator.post(address, {"approved": "yes", "note": ""}).status_code == 422
    coordinator.post(address, {"approved": "yes", "note": "함께 보았습니다"})
    desk.batch.refresh_from_db()
    assert (desk.batch.state, desk.batch.version) == (BatchState.SEALED, 2)
    versions = (
        as_(make_user(role=RoleKind.OBSERVER)).get(at("desk_batch", desk)).context["versions"]
    )
    assert [(one["version"], one["is_present"]) for one in versions] == [(1, False)]
    again = coordinator.post(address, {"approved": "no", "note": "아닙니다"})
    assert again.status_code == 422


def test_second_version_shows_both_figures(desk: Desk) -> None:
    desk.certified([["a"]])
    asked = ask_correction(actor=desk.first, batch_id=desk.batch.pk, **ASKED)
    decide_correction(
        actor=make_user(role=RoleKind.COORDINATOR, centre=desk.centre),
        correction_id=asked.pk,
        approved=True,
    )
    for clerk in (desk.first, desk.second):
        record_count(actor=clerk, batch_id=desk.batch.pk, sheets=1, stubs=1, signatures=1)
    for number in (1, 2):
        desk.type(1, number, [])
    for clerk in (desk.first, desk.second):
        as_(clerk).post(at("desk_sign", desk))
    versions = as_(desk.first).get(at("desk_batch", desk)).context["versions"]
    assert [(one["version"], one["is_present"]) for one in versions] == [(2, True), (1, False)]
    new, old = (one["rows"] for one in versions)
    assert new != old


def test_too_many_look_ups_keep_what_was_typed(desk: Desk, limit_to: Any) -> None:
    limit_to("desk_lookup", "1/hour")
    clerk = as_(desk.first)
    for name, status in (("김솔", 200), ("이솔", 429)):
        sent = {"name": name, "birth_date": "19580312"}
        answer = clerk.post(at("desk_hand_out", desk), sent)
        assert answer.status_code == status
    assert 'value="이솔"' in text(answer)
    assert "한 시간에 1번까지" in text(answer)


def test_coordinator_is_led_to_adding_somebody_who_is_not_on_a_fixed_roll() -> None:
    desk = Desk(roll_mode="fixed")
    person = desk.resident()
    here = f"{at('desk_hand_out', desk)}?person={person.ref}"
    adding = reverse("admin:voting_contest_roll_person", args=[desk.contest.pk])
    coordinator = make_user(role=RoleKind.COORDINATOR, centre=desk.centre)
    assert f"{adding}?person={person.ref}" in text(as_(coordinator).get(here))
    assert adding not in text(as_(desk.first).get(here))
