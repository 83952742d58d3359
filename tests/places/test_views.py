"""The page of all dong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from proposals.services import refresh_figures
from tests.factories.places import make_area, make_centre, make_district, make_room
from tests.factories.proceedings import make_phase, make_process
from tests.factories.proposals import make_proposal
from tests.factories.voting import make_contest, make_open_contest
from voting.models import ContestPreset
from voting.services.contests import freeze

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_two_questions_and_sets_no_cookie(
    rows: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        ring = [[number, 0], [number + 1, 0], [number + 1, 1], [number, 0]]
        area = make_area(shape={"type": "Polygon", "coordinates": [ring]})
        make_centre(area=area, phone="062-000-0012")
    with django_assert_num_queries(2):
        response = client.get("/places/")
    page = response.content.decode()
    assert page.count("tel:062-000-0012") == rows
    assert page.count("<path") >= rows
    assert not response.cookies
    assert "csrf" not in page


def test_empty_town_is_told_so(client: Client) -> None:
    assert "아직 넣은 동이 없습니다" in client.get("/places/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_rooms_ask_one_question_and_say_whom_to_call(
    rows: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_room(
            centre=make_centre(),
            phone=f"062-000-001{number}",
            rules="정치, 종교, 영리 목적의 모임은 받지 않습니다.",
            equipment="의자 24개",
        )
    make_room(is_open=False, phone="062-000-0099")
    with django_assert_num_queries(1):
        page = client.get("/places/rooms/").content.decode()
    assert page.count("tel:062-000-001") == rows
    assert "062-000-0099" not in page
    assert page.count("62m²") == rows
    assert page.count("24명") == rows
    assert page.count("무료") == rows
    assert "영리 목적의 모임은 받지 않습니다" in page


def test_a_dong_shows_its_own_rooms(client: Client) -> None:
    room, other = make_room(fee="시간당 5,000원"), make_room()
    page = client.get(room.area.get_absolute_url()).content.decode()
    assert f'href="/places/rooms/#{room.code}"' in page
    assert other.name not in page
    assert "시간당 5,000원" in client.get("/places/rooms/").content.decode()


def test_a_dong_leads_to_its_own_proposals_and_a_district_to_all(client: Client) -> None:
    dong, district = make_area(), make_district()
    make_proposal(area=dong)
    refresh_figures()
    page = client.get(dong.get_absolute_url()).content.decode()
    assert page.count(f'href="/proposals/?area={dong.code}"') == 2  # the tile and the list below
    assert "?area=" not in client.get(district.get_absolute_url()).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_dong_shows_votes_on_its_plan_and_its_processes(
    rows: int, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    dong, now = make_area(), timezone.now()
    plans = ContestPreset.objects.get(slug="songdo")
    for _ in range(rows):
        soon: dict[str, Any] = {
            "opens_at": now + timedelta(days=1),
            "closes_at": now + timedelta(days=9),
        }
        contest = make_contest(
            area=dong, kind="yes_no", preset=plans, max_picks=3, age_on=timezone.localdate(), **soon
        )
        freeze(contest_id=contest.pk, actor_ref="system")
        process = make_process(area=dong)
    draft = make_contest(
        area=dong, kind="yes_no", preset=plans, max_picks=3, age_on=timezone.localdate()
    )
    with django_assert_max_num_queries(10):
        page = client.get(dong.get_absolute_url()).content.decode()
    plan = page.split('id="plan"', 1)[1].split("</section>", 1)[0]
    assert plan.count("<li") == 2 * rows
    assert contest.get_absolute_url() in plan
    assert process.get_absolute_url() in plan
    assert draft.title not in page
    assert page.count(f'href="{contest.get_absolute_url()}"') == 1


def test_a_vote_on_a_plan_stands_once_while_it_runs_and_so_does_a_process(client: Client) -> None:
    dong = make_area()
    plans = ContestPreset.objects.create(slug="ours", name="우리 동 계획", on_plan=True)
    contest = make_open_contest(area=dong, preset=plans)
    process = make_process(area=dong)
    make_phase(process=process)
    page = client.get(dong.get_absolute_url()).content.decode()
    assert page.count(f'href="{contest.get_absolute_url()}"') == 1
    assert page.count(f'href="{process.get_absolute_url()}"') == 1
    assert 'id="plan"' not in page


def test_the_office_says_which_presets_are_for_plans(client: Client) -> None:
    dong, preset = make_area(), ContestPreset.objects.create(slug="ours", name="의제 순위")
    soon = timezone.now() + timedelta(days=1)
    contest = make_contest(
        area=dong, preset=preset, opens_at=soon, closes_at=soon + timedelta(days=1)
    )
    freeze(contest_id=contest.pk, actor_ref="system")
    link = f'href="{contest.get_absolute_url()}"'
    address = dong.get_absolute_url()
    before = client.get(address).content.decode()
    assert 'id="plan"' not in before
    ContestPreset.objects.filter(pk=preset.pk).update(on_plan=True)
    page = client.get(address).content.decode()
    assert link in page.split('id="plan"', 1)[1]
    assert (before.count(link), page.count(link)) == (1, 1)


def test_a_dong_without_plan_and_process_says_nothing_of_them(client: Client) -> None:
    page = client.get(make_area().get_absolute_url()).content.decode()
    assert 'id="plan"' not in page


def test_a_town_without_rooms_says_where_to_ask(client: Client) -> None:
    page = client.get("/places/rooms/").content.decode()
    assert "아직 넣은 공간이 없습니다" in page
    assert 'href="/places/"' in page
