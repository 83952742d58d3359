"""Writing: nothing typed is lost, before and after logging in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from proceedings.models import PhaseKind, Process
from proposals.models import Proposal, ProposalState, SupportPreset
from proposals.services import revise_proposal
from proposals.services.writing import Point
from proposals.views.writing import KEPT
from tests.factories.places import make_area, make_centre
from tests.factories.proceedings import make_field, stage_of
from tests.factories.proposals import (
    make_draft,
    make_preset,
    make_proposal,
    make_supporter,
    support,
)
from tests.factories.residents import make_department, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

pytestmark = pytest.mark.django_db


def typed(**columns: Any) -> dict[str, Any]:
    return {
        "title": "밤 9시 이후 골목이 어둡습니다",
        "body": "보안등 세 개 중 두 개가 꺼져 있습니다.",
        "area": make_area().pk,
        "field": make_field().pk,
        "place": "",
        "latitude": "",
        "longitude": "",
        **columns,
    }


def picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG")
    return SimpleUploadedFile("p.jpg", file.getvalue(), "image/jpeg")


def test_somebody_without_an_account_writes_and_goes_on_after_logging_in(client: Client) -> None:
    make_preset()
    assert client.get("/proposals/new/").status_code == 200
    response = client.post("/proposals/new/write/", typed())
    assert response["Location"] == "/proposals/new/similar/"
    assert "골목이 어둡습니다" in client.get("/proposals/new/similar/").content.decode()
    response = client.get("/proposals/new/continue/")
    assert response["Location"].startswith("/accounts/login/?next=/proposals/new/continue/")
    assert not Proposal.objects.exists()
    user = make_user()
    client.force_login(user)
    response = client.get("/proposals/new/continue/")
    draft = Proposal.objects.get()
    assert (draft.author, draft.state) == (user, ProposalState.DRAFT)
    assert response["Location"] == f"/proposals/{draft.pk}/preview/"
    assert "골목이 어둡습니다" in client.get(response["Location"]).content.decode()
    response = client.post(f"/proposals/{draft.pk}/submit/")
    assert response["Location"] == f"/proposals/{draft.pk}/"
    draft.refresh_from_db()
    assert draft.state == ProposalState.GATHERING


def test_a_mistake_keeps_everything_that_was_typed(client: Client) -> None:
    response = client.post("/proposals/new/write/", typed(area="", body="너무 어두운 골목입니다"))
    text = response.content.decode()
    assert response.status_code == 422
    assert "어느 동의 이야기인지 골라 주세요." in text
    assert "너무 어두운 골목입니다" in text
    assert "너무 어두운 골목입니다" in client.get("/proposals/new/write/").content.decode()


def test_a_resident_number_is_refused_in_every_text(client: Client) -> None:
    number = "900101-1234567"
    for name in ("title", "body", "place"):
        response = client.post("/proposals/new/write/", typed(**{name: f"제 번호는 {number}"}))
        assert response.status_code == 422
        assert "주민등록번호" in response.content.decode()


def test_half_a_point_is_refused_at_the_missing_half(client: Client) -> None:
    response = client.post("/proposals/new/write/", typed(latitude="35.1"))
    assert response.context["form"].errors.keys() == {"longitude"}
    response = client.post("/proposals/new/write/", typed(latitude="0", longitude="127"))
    assert response.context["form"].errors.keys() == {"latitude"}


def test_a_point_is_tapped_on_the_town_and_lies_in_it(client: Client) -> None:
    square = [[126, 35], [127, 35], [127, 36], [126, 36], [126, 35]]
    area = make_area(shape={"type": "Polygon", "coordinates": [square]})
    page = client.get("/proposals/new/write/").content.decode()
    assert f'data-key="{area.pk}"' in page
    assert 'data-point hidden data-longitude="id_longitude"' in page
    outside = typed(area=area.pk, latitude="35.5", longitude="128")
    response = client.post("/proposals/new/write/", outside)
    assert "이 점은 우리 지역 밖입니다" in response.content.decode()
    assert 'value="35.5"' in response.content.decode()
    inside = typed(area=area.pk, latitude="35.5", longitude="126.5")
    assert client.post("/proposals/new/write/", inside).status_code == 302


def test_the_preview_shows_the_point(client_of: Callable[[User], Client]) -> None:
    square = [[126, 35], [127, 35], [127, 36], [126, 36], [126, 35]]
    make_area(shape={"type": "Polygon", "coordinates": [square]})
    draft = make_draft(latitude=Decimal("35.5"), longitude=Decimal("126.5"))
    page = client_of(draft.author).get(f"/proposals/{draft.pk}/preview/").content.decode()
    assert page.count('class="point__pin"') == 1


def test_a_member_keeps_an_unfinished_text_for_later(client_of: Callable[[User], Client]) -> None:
    user = make_user()
    client = client_of(user)
    response = client.post("/proposals/new/write/", typed(title="밤", body="", later="1"))
    draft = Proposal.objects.get()
    assert response["Location"] == f"/proposals/{draft.pk}/write/"
    assert (draft.title, draft.author) == ("밤", user)
    assert "이어 쓰기" in client.get("/proposals/new/").content.decode()


def test_a_draft_opens_for_nobody_else(client_of: Callable[[User], Client]) -> None:
    draft, other = make_draft(), client_of(make_user())
    for step in ("write", "similar", "preview", "discard"):
        assert other.get(f"/proposals/{draft.pk}/{step}/").status_code == 404
    assert other.post(f"/proposals/{draft.pk}/submit/").status_code == 404


def test_pictures_are_added_in_the_preview_and_taken_away(
    client_of: Callable[[User], Client],
) -> None:
    draft = make_draft()
    client, url = client_of(draft.author), f"/proposals/{draft.pk}/preview/"
    refused = client.post(url, {"image": picture(), "alt": ""})
    assert refused.status_code == 422
    assert "사진에 무엇이 있는지" in refused.content.decode()
    text = SimpleUploadedFile("p.jpg", b"no picture", "image/jpeg")
    assert client.post(url, {"image": text, "alt": "골목"}).status_code == 422
    assert client.post(url, {"image": picture(), "alt": "골목"}).status_code == 302
    kept = draft.pictures.get()
    client.post(f"/proposals/{draft.pk}/pictures/{kept.pk}/remove/")
    assert not draft.pictures.exists()


def test_a_picture_chosen_but_not_added_goes_along_with_submitting(
    client_of: Callable[[User], Client],
) -> None:
    make_preset()
    draft = make_draft()
    client, url = client_of(draft.author), f"/proposals/{draft.pk}/submit/"
    refused = client.post(url, {"image": picture(), "alt": ""})
    assert refused.status_code == 422
    assert "사진에 무엇이 있는지" in refused.content.decode()
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT
    assert client.post(url, {"image": picture(), "alt": "골목"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == ProposalState.GATHERING
    assert draft.pictures.get().alt == "골목"


def test_the_preview_says_where_a_telephone_number_or_an_e_mail_stands(
    client_of: Callable[[User], Client],
) -> None:
    body = "보안등이 꺼져 있습니다.\n\n010-1234-5678 또는 me@example.org 로 알려 주세요."
    draft = make_draft(title="골목 등 01012345678", body=body)
    text = client_of(draft.author).get(f"/proposals/{draft.pk}/preview/").content.decode()
    assert "제목: 전화번호" in text
    assert "내용 3번째 줄: 전화번호" in text
    assert "내용 3번째 줄: 이메일" in text
    assert f'href="/proposals/{draft.pk}/write/"' in text.split("alert--warning")[1]
    clean = make_draft(author=draft.author, title="골목 등", body="보안등 3개 중 2개")
    text = client_of(draft.author).get(f"/proposals/{clean.pk}/preview/").content.decode()
    assert "alert--warning" not in text


def test_preview_and_page_set_the_lines_of_a_text_alike(
    client_of: Callable[[User], Client],
) -> None:
    make_preset()
    draft = make_draft(body="첫 줄\n둘째 줄\n\n셋째 줄")
    client = client_of(draft.author)
    lines = "<p>첫 줄</p><p>둘째 줄</p><p>셋째 줄</p>"
    assert lines in client.get(f"/proposals/{draft.pk}/preview/").content.decode()
    client.post(f"/proposals/{draft.pk}/submit/")
    assert lines in client.get(f"/proposals/{draft.pk}/").content.decode()


def test_an_author_takes_a_picture_away_from_a_published_proposal(
    client_of: Callable[[User], Client],
) -> None:
    make_preset()
    draft = make_draft()
    client = client_of(draft.author)
    client.post(f"/proposals/{draft.pk}/submit/", {"image": picture(), "alt": "골목"})
    kept = draft.pictures.get()
    url = f"/proposals/{draft.pk}/edit/pictures/{kept.pk}/"
    assert url in client.get(f"/proposals/{draft.pk}/edit/").content.decode()
    assert client_of(make_user()).post(url).status_code == 409
    assert draft.pictures.exists()
    told = client.post(url, follow=True).content.decode()
    assert "사진을 뺐습니다" in told
    assert not draft.pictures.exists()
    versions = client.get(f"/proposals/{draft.pk}/versions/").content.decode()
    assert "사진 한 장을 뺐습니다" in versions
    client.post(url)
    assert draft.revisions.count() == 2


def test_a_process_that_takes_nothing_now_is_said_while_writing_and_over_the_preview(
    client_of: Callable[[User], Client],
) -> None:
    make_preset()
    process = stage_of(PhaseKind.PROPOSE, 3, 10)
    draft = make_draft(process_id=process.pk)
    client = client_of(draft.author)
    page = client.get(f"/proposals/{draft.pk}/write/").content.decode()
    assert f"“{process.title}”" in page
    assert "아직 시작하지 않았습니다" in page
    answer = client.post(f"/proposals/{draft.pk}/submit/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "아직 시작하지 않았습니다" in page
    assert process.title in page
    assert draft.title in page
    assert f'href="/proposals/{draft.pk}/write/"' in page
    assert Proposal.objects.get(pk=draft.pk).state == ProposalState.DRAFT


def test_too_few_letters_are_said_as_the_house_says_it(client: Client) -> None:
    page = client.post("/proposals/new/write/", typed(title="밤", body="짧다")).content.decode()
    assert "4자 이상 적어 주세요." in page
    assert "10자 이상 적어 주세요." in page


def test_discarding_asks_once_more(client_of: Callable[[User], Client]) -> None:
    draft = make_draft()
    client, url = client_of(draft.author), f"/proposals/{draft.pk}/discard/"
    assert client.get(url).status_code == 200
    assert Proposal.objects.exists()
    assert client.post(url)["Location"] == "/proposals/new/"
    assert not Proposal.objects.exists()


def test_the_author_rewrites_then_only_adds(client_of: Callable[[User], Client]) -> None:
    make_preset(threshold=50, editable_until=2)
    proposal = make_proposal()
    client, url = client_of(proposal.author), f"/proposals/{proposal.pk}/edit/"
    words = {"title": "새로운 제목", "body": "새로운 내용을 씁니다.", "note": "고침"}
    client.post(url, {**words, "area": proposal.area_id})
    proposal.refresh_from_db()
    assert proposal.title == "새로운 제목"
    support(proposal, 2)
    assert "addition" in client.get(url).context["form"].fields
    client.post(url, {"addition": "하나 더 적습니다."})
    proposal.refresh_from_db()
    assert proposal.body.endswith("하나 더 적습니다.")


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[126, 35], [127, 35], [127, 36], [126, 36], [126, 35]]],
}


def test_the_author_moves_the_point_and_takes_it_away(client_of: Callable[[User], Client]) -> None:
    dong = make_area(shape=SQUARE)
    proposal = make_proposal(area=dong, latitude=Decimal("35.5"), longitude=Decimal("126.5"))
    client, url = client_of(proposal.author), f"/proposals/{proposal.pk}/edit/"
    form = client.get(url).content.decode()
    assert 'data-point hidden data-longitude="id_longitude"' in form
    assert 'value="35.500000"' in form
    assert 'data-area="id_area"' in form
    said = {"title": proposal.title, "body": proposal.body, "area": dong.pk, "note": "점을 고침"}
    client.post(url, {**said, "latitude": "35.503", "longitude": "126.5"})
    page = client.get(f"/proposals/{proposal.pk}/versions/").content.decode()
    assert "지도의 점을 334m 옮겼습니다." in page
    assert '<del class="change">35.500000, 126.500000</del>' in page
    assert '<ins class="change">35.503000, 126.500000</ins>' in page
    assert page.count('<g class="point__pin') == 2
    assert page.count("point__pin--was") == 1
    client.post(url, {**said, "latitude": "", "longitude": ""})
    page = client.get(f"/proposals/{proposal.pk}/versions/").content.decode()
    assert "지도의 점을 뺐습니다." in page
    assert page.count('<g class="point__pin point__pin--was"') == 1
    proposal.refresh_from_db()
    assert proposal.latitude is None
    first = client.get(f"/proposals/{proposal.pk}/versions/1/").content.decode()
    assert "처음 올린 지도의 점입니다." in first


def test_a_point_in_another_dong_takes_the_proposal_there_while_the_office_has_it_not(
    client_of: Callable[[User], Client],
) -> None:
    west, east = make_area(name="서쪽동"), make_area(name="동쪽동", shape=SQUARE)
    proposal = make_proposal(area=west)
    client, url = client_of(proposal.author), f"/proposals/{proposal.pk}/edit/"
    point = {"latitude": "35.5", "longitude": "126.5"}
    said = {"title": proposal.title, "body": "점을 바로잡아 다시 씁니다.", **point}
    refused = client.post(url, {**said, "area": west.pk})
    assert refused.status_code == 422
    assert "점은 동쪽동에 있습니다." in refused.content.decode()
    assert "점을 바로잡아 다시 씁니다." in refused.content.decode()
    client.post(url, {**said, "area": east.pk})
    proposal.refresh_from_db()
    assert proposal.area == east
    page = client.get(f"/proposals/{proposal.pk}/versions/").content.decode()
    assert '<del class="change">서쪽동</del> <ins class="change">동쪽동</ins>' in page
    proposal.department = make_department()
    proposal.save()
    page = client.get(url).content.decode()
    assert "동은 동쪽동 그대로이고" in page
    assert 'name="area"' not in page


def test_a_contact_in_a_new_version_is_shown_and_asked_about(
    client_of: Callable[[User], Client],
) -> None:
    make_preset(threshold=50, editable_until=2)
    proposal = make_proposal(body="보안등이 꺼져 있습니다.")
    client, url = client_of(proposal.author), f"/proposals/{proposal.pk}/edit/"
    assert "alert--warning" not in client.get(url).content.decode()
    body = "보안등이 꺼져 있습니다.\n010-1234-5678"
    said = {"title": proposal.title, "body": body, "area": proposal.area_id}
    asked = client.post(url, said)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "내용 2번째 줄: 전화번호" in page.split("alert--warning")[1]
    assert 'name="contacts_meant"' in page
    assert client.post(url, {**said, "contacts_meant": "on"}).status_code == 302
    page = client.get(url).content.decode()
    assert "내용 2번째 줄: 전화번호" in page.split("alert--warning")[1]
    assert 'name="contacts_meant"' not in page
    support(proposal, 2)
    assert "alert--warning" not in client.get(url).content.decode()
    asked = client.post(url, {"addition": "문의는 me@example.org"})
    assert "덧붙일 내용: 이메일" in asked.content.decode().split("alert--warning")[1]
    assert proposal.revisions.count() == 2


def test_a_point_outside_the_town_changes_nothing_and_keeps_what_was_typed(
    client_of: Callable[[User], Client],
) -> None:
    make_area(shape=SQUARE)
    proposal = make_proposal()
    words = {"title": "새로운 제목", "body": "새로운 내용을 씁니다.", "area": proposal.area_id}
    said = {**words, "longitude": "128"}
    client, url = client_of(proposal.author), f"/proposals/{proposal.pk}/edit/"
    for latitude, field in (("35.5", "latitude"), ("", "latitude"), ("95", "latitude")):
        response = client.post(url, {**said, "latitude": latitude})
        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert "새로운 내용을 씁니다." in response.content.decode()
    assert proposal.revisions.count() == 1


@pytest.mark.parametrize("page", ["edit", "versions"])
def test_changing_and_comparing_cost_no_more_with_more_versions_and_dongs(
    page: str, client_of: Callable[[User], Client]
) -> None:
    make_preset(threshold=50)
    here = Point(Decimal("126.5"), Decimal("35.5"))
    proposal = make_proposal(latitude=here.latitude, longitude=here.longitude)
    client = client_of(proposal.author)

    def grow(point: Point) -> None:
        make_centre(area=make_area(shape=SQUARE), longitude=126.5, latitude=35.5)
        revise_proposal(
            actor=proposal.author,
            proposal_id=proposal.pk,
            title=proposal.title,
            body=proposal.body,
            point=point,
        )

    def cost() -> int:
        client.get(f"/proposals/{proposal.pk}/{page}/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/proposals/{proposal.pk}/{page}/").status_code == 200
        return len(captured)

    grow(replace(here, latitude=Decimal("35.6")))
    one = cost()
    grow(here)
    grow(replace(here, latitude=Decimal("35.7")))
    assert cost() == one
    assert one <= 10


def test_somebody_else_is_told_that_only_the_author_changes_it(
    client_of: Callable[[User], Client],
) -> None:
    proposal = make_proposal()
    response = client_of(make_user()).get(f"/proposals/{proposal.pk}/edit/")
    assert response.status_code == 409
    assert "제안을 쓴 분만 고칠 수 있습니다." in response.content.decode()


def test_withdrawing_needs_a_reason(client_of: Callable[[User], Client]) -> None:
    proposal = make_proposal()
    client, url = client_of(proposal.author), f"/proposals/{proposal.pk}/withdraw/"
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "이미 고쳐졌습니다."}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.WITHDRAWN


def test_the_third_step_without_a_text_leads_back_to_writing(client: Client) -> None:
    assert client.get("/proposals/new/similar/")["Location"] == "/proposals/new/write/"


# --- Limits on how often ---


def test_sixth_proposal_of_a_day_stays_a_draft_and_hears_when(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("proposal", "1/day")
    make_preset()
    author = make_user()
    client, first, second = client_of(author), make_draft(author), make_draft(author)
    assert client.post(f"/proposals/{first.pk}/submit/").status_code == 302
    answer = client.post(f"/proposals/{second.pk}/submit/")
    assert answer.status_code == 429
    assert "하루에 1번까지" in answer.content.decode()
    assert "00:00부터 다시 해 주세요." in answer.content.decode()
    assert int(answer["Retry-After"]) > 0
    second.refresh_from_db()
    assert second.state == ProposalState.DRAFT


def test_proposal_that_is_refused_does_not_count(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("proposal", "1/day")
    author = make_user()
    client, draft = client_of(author), make_draft(author)
    SupportPreset.objects.all().delete()
    assert client.post(f"/proposals/{draft.pk}/submit/").status_code == 409  # no preset
    make_preset()
    assert client.post(f"/proposals/{draft.pk}/submit/").status_code == 302


def test_too_many_drafts_in_an_hour_keep_what_was_typed(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("draft", "1/hour")
    client = client_of(make_user())
    client.post("/proposals/new/write/", typed())
    answer = client.post("/proposals/new/write/", typed(title="둘째 제안의 제목"))
    assert answer.status_code == 429
    assert "둘째 제안의 제목" in answer.content.decode()
    assert "한 시간에 1번까지" in answer.content.decode()
    assert Proposal.objects.count() == 1


def test_address_without_an_account_has_a_limit_too(
    client: Client, limit_to: Callable[[str, str], None]
) -> None:
    limit_to("draft", "1/hour")
    assert client.post("/proposals/new/write/", typed()).status_code == 302
    assert client.post("/proposals/new/write/", typed()).status_code == 302  # the same words go on
    other = type(client)()
    answer = other.post("/proposals/new/write/", typed(title="다른 사람의 제목"))
    assert answer.status_code == 429
    assert "다른 사람의 제목" in answer.content.decode()
    assert not other.cookies.get("sessionid")


def test_too_many_pictures_in_an_hour_are_refused(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("picture", "1/hour")
    author = make_user()
    client, draft = client_of(author), make_draft(author)
    for status in (302, 429):
        answer = client.post(
            f"/proposals/{draft.pk}/preview/", {"image": picture(), "alt": "꺼진 보안등"}
        )
        assert answer.status_code == status
    assert draft.pictures.count() == 1


def test_what_is_being_collected_can_be_chosen_and_a_link_chooses_it(
    client_of: Callable[[User], Client],
) -> None:
    user, running = make_user(), stage_of(PhaseKind.PROPOSE, -1, 1)
    stage_of(PhaseKind.PROPOSE, 1, 2)
    client = client_of(user)
    page = client.get(f"/proposals/new/write/?process={running.slug}").content.decode()
    assert page.count(f'<option value="{running.pk}" selected>') == 1
    assert Process.objects.count() == 2
    assert page.count("주민참여예산") == 1
    client.post("/proposals/new/write/", typed(process=running.pk))
    assert Proposal.objects.get().process == running


def test_without_anything_being_collected_nothing_is_asked(client: Client) -> None:
    stage_of(PhaseKind.PROPOSE, -2, -1)
    assert 'name="process"' not in client.get("/proposals/new/write/").content.decode()


def test_page_says_why_its_process_takes_no_support_now(
    client_of: Callable[[User], Client],
) -> None:
    process = stage_of(PhaseKind.SUPPORT, 1, 2)
    proposal = make_proposal(process_id=process.pk)
    page = client_of(make_supporter()).get(proposal.get_absolute_url()).content.decode()
    assert 'data-code="not_yet_open"' in page
    assert "support-button" not in page
    assert process.title in page


# --- What waits in the session ---


def test_only_what_a_proposal_has_room_for_waits_in_the_session(client: Client) -> None:
    client.post(
        "/proposals/new/write/",
        typed(title="가" * 500, body="나" * 50_000, place="다" * 500, area="9" * 5_000, more="라"),
    )
    words = client.session[KEPT]["words"]
    assert {name: len(text) for name, text in words.items() if len(text) > 20} == {
        "title": 80, "body": 8000, "place": 120,
    }  # fmt: skip
    assert "more" not in words
    assert len(words["area"]) == 20


def test_resident_number_is_refused_and_does_not_wait_in_the_session(client: Client) -> None:
    answer = client.post("/proposals/new/write/", typed(body="제 번호는 900505-1234567 입니다."))
    assert answer.status_code == 422
    assert "900505-1234567" not in str(dict(client.session))
    assert client.session[KEPT]["words"]["title"] == "밤 9시 이후 골목이 어둡습니다"


def test_words_of_another_day_are_gone(client: Client) -> None:
    make_preset()
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        client.post("/proposals/new/write/", typed())
    assert "골목이 어둡습니다" not in client.get("/proposals/new/write/").content.decode()
    assert KEPT not in client.session
    assert client.get("/proposals/new/similar/")["Location"] == "/proposals/new/write/"


def test_words_kept_without_their_hour_are_gone_and_break_nothing(client: Client) -> None:
    make_preset()
    session = client.session
    session[KEPT] = typed()
    session.save()
    assert client.get("/proposals/new/write/").status_code == 200
    assert KEPT not in client.session


def test_words_leave_the_session_once_they_are_a_draft(client: Client) -> None:
    make_preset()
    client.post("/proposals/new/write/", typed())
    client.force_login(make_user())
    client.get("/proposals/new/continue/")
    assert Proposal.objects.count() == 1
    assert KEPT not in client.session
