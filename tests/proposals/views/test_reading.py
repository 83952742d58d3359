"""Pages for everybody, and what they cost."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from debates.models import HouseRule
from proposals.lifecycle import AnswerKind
from proposals.selectors import proposal_by_id, proposal_page
from proposals.services import add_picture, publish_proposal
from tests.factories.debates import make_comment, make_hidden_comment
from tests.factories.places import make_area, make_centre
from tests.factories.proposals import (
    make_answer,
    make_draft,
    make_proposal,
    make_reviewed,
    make_supporter,
    support,
)
from tests.factories.residents import make_resident, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

pytestmark = pytest.mark.django_db


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/proposals/", "/proposals/map/", "/proposals/overdue/"])
def test_lists_cost_at_most_eight_queries_with_one_row_and_with_three(
    path: str, client_of: Callable[[User], Client]
) -> None:
    """Log-in included: session (from the cache) and account."""
    client = client_of(make_user())
    make_reviewed()
    one = queries(client, path)
    for _ in range(2):
        make_reviewed()
    assert queries(client, path) == one
    assert one <= 8


def test_a_searched_and_filtered_list_stays_in_the_budget(
    client_of: Callable[[User], Client],
) -> None:
    client = client_of(make_user())
    proposal = make_proposal()
    path = f"/proposals/?q=골목&area={proposal.area.code}&sort=new"
    assert queries(client, path) <= 8


@pytest.mark.parametrize("path", ["/proposals/near/", "/proposals/?near=35.125,126.940&sort=near"])
def test_what_is_near_costs_at_most_eight_queries_with_one_row_and_with_three(
    path: str, client_of: Callable[[User], Client]
) -> None:
    client = client_of(make_supporter())
    point: dict[str, Any] = {"latitude": Decimal("35.125"), "longitude": Decimal("126.94")}
    make_proposal(**point)
    make_centre(**point)
    one = queries(client, path)
    for _ in range(2):
        make_proposal(**point)
        make_centre(**point)
    assert queries(client, path) == one
    assert one <= 8


def test_a_list_of_what_is_near_keeps_its_place_from_page_to_page(client: Client) -> None:
    centre = make_centre(latitude=Decimal("35.125"), longitude=Decimal("126.94"))
    make_proposal(latitude=Decimal("35.126"), longitude=Decimal("126.94"))
    chooser = client.get("/proposals/near/?field=x").content.decode()
    assert f"/proposals/?field=x&amp;sort=near&amp;near={centre.code}" in chooser
    page = client.get(f"/proposals/?sort=near&near={centre.code}&reach=500").content.decode()
    assert centre.name in page
    assert "500m 안" in page
    assert f'name="near" value="{centre.code}"' in page
    assert "/proposals/near/" in client.get("/proposals/").content.decode()


def test_where_a_reader_stands_is_kept_by_nobody(client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        exact = client.get("/proposals/?sort=near&near=35.1254321,126.9449999")
        response = client.get(exact["Location"])
    assert exact["Location"] == "/proposals/?sort=near&near=35.125%2C126.945"
    assert all(query["sql"].startswith("SELECT") for query in captured)
    assert not any("35.1254321" in query["sql"] for query in captured)
    assert "35.1254321" not in response.content.decode()
    assert client.get("/proposals/?near=nowhere")["Location"] == "/proposals/"
    assert not response.cookies
    assert "ETag" not in response  # no copy of the page is kept


def test_a_proposal_with_a_point_shows_it_on_the_map_of_the_town(client: Client) -> None:
    square = [[126, 35], [127, 35], [127, 36], [126, 36], [126, 35]]
    make_area(shape={"type": "Polygon", "coordinates": [square]})
    placed = make_proposal(latitude=Decimal("35.5"), longitude=Decimal("126.5"))
    assert 'class="point__pin"' in client.get(placed.get_absolute_url()).content.decode()
    nowhere = client.get(make_proposal().get_absolute_url()).content.decode()
    assert "point__map" not in nowhere


def test_a_card_has_the_first_picture_with_its_words(client: Client) -> None:
    draft = make_draft()
    for alt in ("어두운 골목", "다른 골목"):
        file = BytesIO()
        Image.new("RGB", (60, 40)).save(file, "JPEG")
        file.seek(0)
        add_picture(actor=draft.author, draft_id=draft.pk, image=file, size=900, alt=alt)
    publish_proposal(actor=draft.author, draft_id=draft.pk)
    first = draft.pictures.earliest("pk")
    page = client.get("/proposals/").content.decode()
    assert f'src="{first.thumbnail.url}" alt="어두운 골목"' in page
    assert "다른 골목" not in page
    draft.pictures.update(thumbnail="")
    page = client.get("/proposals/?sort=new").content.decode()
    assert f'src="{first.image.url}" alt="어두운 골목"' in page


@pytest.mark.parametrize(("reader", "most"), [("visitor", 8), ("member", 9)])
def test_a_proposal_with_its_conversation_costs_at_most_ten_queries(
    reader: str, most: int, client: Client, client_of: Callable[[User], Client]
) -> None:
    client = client if reader == "visitor" else client_of(make_supporter())
    proposal = make_reviewed()
    assert proposal.thread is not None
    opinion = make_comment(thread=proposal.thread)
    make_comment(thread=proposal.thread, parent=opinion, position="")
    make_hidden_comment(thread=proposal.thread)
    url = proposal.get_absolute_url()
    one = queries(client, url)
    for _ in range(12):
        make_comment(thread=proposal.thread, parent=make_comment(thread=proposal.thread))
        make_hidden_comment(thread=proposal.thread)
        make_answer(proposal, AnswerKind.INTERIM)
    support(proposal, 12)
    assert queries(client, url) == one
    assert one == most


def test_the_page_itself_costs_four_queries_and_its_support_none() -> None:
    proposal = make_reviewed()
    page = proposal_by_id(proposal.pk, proposal.author)
    assert page is not None
    with CaptureQueriesContext(connection) as captured:
        proposal_page(page, page.author)
    assert len(captured) == 4  # changes, answers, progress, pictures


def test_anonymous_pages_carry_no_cookie_no_token_and_no_name(client: Client) -> None:
    proposal = make_proposal(author=make_user(name="김느티나무"))
    for path in ("/proposals/", proposal.get_absolute_url(), "/proposals/overdue/"):
        response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies
        text = response.content.decode()
        assert "csrfmiddlewaretoken" not in text
        assert "느티나무" not in text


def test_no_page_has_inline_script_or_style(client: Client) -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.ADOPTED)
    for path in ("/proposals/", "/proposals/map/", proposal.get_absolute_url()):
        text = client.get(path).content.decode()
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)", text)


def test_a_draft_has_no_public_page(client: Client) -> None:
    assert client.get(make_draft().get_absolute_url()).status_code == 404
    assert client.get("/proposals/999999/").status_code == 404


def test_a_hidden_proposal_names_its_rule_and_none_of_its_words(client: Client) -> None:
    rule = HouseRule.objects.create(number=93, title="개인정보 노출", body="쓰지 않습니다.")
    proposal = make_proposal(
        title="숨긴 제목",
        body="숨긴 내용입니다 정말로",
        is_hidden=True,
        hidden_rule=rule,
        hidden_at=timezone.now(),
    )
    response = client.get(proposal.get_absolute_url())
    text = response.content.decode()
    assert response.status_code == 410
    assert "93. 개인정보 노출" in text
    assert "숨긴 제목" not in text
    assert "숨긴 내용" not in text
    assert client.get(f"{proposal.get_absolute_url()}versions/").status_code == 404


def test_typed_text_is_never_markup(client: Client) -> None:
    proposal = make_proposal(title="<b>굵게</b> 골목", body="<script>alert(1)</script> 어둡습니다")
    text = client.get(proposal.get_absolute_url()).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_hints_come_as_a_fragment(client: Client) -> None:
    make_proposal(title="버스 정류장에 온열 의자를")
    response = client.get("/proposals/hints/", {"title": "버스 정류장 온열 의자"})
    text = response.content.decode()
    assert "버스 정류장에 온열 의자를" in text
    assert "<html" not in text


def test_english_pages_have_english_words(client: Client) -> None:
    client.cookies["language"] = "en"
    text = client.get(make_proposal().get_absolute_url()).content.decode()
    assert "Log in and support" in text


def test_hints_keep_quiet_at_the_limit(
    client: Client, limit_to: Callable[[str, str], None]
) -> None:
    limit_to("hint", "1/minute")
    assert client.get("/proposals/hints/", {"title": "골목"}).status_code == 200
    answer = client.get("/proposals/hints/", {"title": "골목이"})
    assert (answer.status_code, answer.content) == (429, b"")


def dongs_on(text: str) -> list[tuple[str, str]]:
    """The address and the words of each dong one can choose, in order."""
    nav = text[text.index('<nav class="dongs"') :]
    found = re.findall(r'href="([^"]*)"[^>]*>([^<]*)</a>', nav[: nav.index("</nav>")])
    return [(url.replace("&amp;", "&"), words) for url, words in found]


@pytest.mark.parametrize("path", ["/proposals/", "/proposals/map/"])
def test_a_confirmed_resident_finds_their_own_dong_in_front(
    path: str, client_of: Callable[[User], Client]
) -> None:
    make_proposal()
    mine = make_area(name="느티동", code="9999000001")
    neighbour = make_user()
    make_resident(neighbour, area=mine)
    first, second, *others = dongs_on(page_text(client_of(neighbour), path))
    assert (first, second) == ((path, "모든 동"), (f"{path}?area={mine.code}", "우리 동: 느티동"))
    assert others


def test_others_choose_a_dong_and_keep_what_else_they_asked_for(client: Client) -> None:
    proposal = make_proposal()
    there = dongs_on(page_text(client, "/proposals/?stage=gathering&sort=new"))
    code = proposal.area.code
    assert (f"/proposals/?area={code}&stage=gathering&sort=new", proposal.area.name) in there
    chosen = page_text(client, f"/proposals/?area={code}")
    assert re.search(rf'area={code}" aria-current="true"', chosen)
    assert "우리 동:" not in chosen


def test_many_dong_fold_away(client: Client) -> None:
    for _each in range(9):
        make_area()
    assert "다른 동 고르기" in page_text(client, "/proposals/")


def page_text(client: Client, path: str) -> str:
    """A page as text."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()
