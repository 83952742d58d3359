"""Draws by lot in the office: from a draft to the big screen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from residents.roles import RoleKind
from tests.factories.draws import LIST, make_draw, make_published_draw
from tests.factories.places import make_district
from tests.factories.residents import make_user
from voting.models import Draw, DrawPreset, DrawState

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db
DRAWS = "/admin/voting/draw/"
PRESETS = "/admin/voting/drawpreset/"


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_user(role=RoleKind.ADMINISTRATOR))


def typed(**fields: Any) -> dict[str, Any]:
    """A filled form: one rule, one empty row."""
    return {
        "title": "2027년 느티동 위원",
        "area": fields.pop("area", None) or make_district().pk,
        "effect": "위원으로 위촉합니다.",
        "seats": 5,
        "reserves": 2,
        "draws_at": (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "place": "센터 2층",
        "entropy_source": "주사위 세 개",
        "ordinance": "",
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        "form-0-field": "성별",
        "form-0-values": "여, 남",
        "form-0-least": "",
        "form-0-percent": "60",
        "form-1-field": "",
        "form-1-values": "",
        "form-1-percent": "",
        **fields,
    }


def test_new_draw_is_a_draft_with_its_rules(office: Client) -> None:
    answer = office.post(f"{DRAWS}new/", typed())
    draw = Draw.objects.get()
    assert answer.status_code == 302
    assert draw.state == DrawState.DRAFT
    assert draw.demands == [
        {"field": "성별", "values": ["여", "남"], "least": False, "percent": 60}
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "title"),
        ({"form-1-field": "연령대"}, "열, 대상, 비율을 모두 적거나 줄을 비워 주세요."),
        ({"form-0-percent": "101"}, "100"),
        ({"title": "900101-1234567"}, "주민등록번호"),
    ],
)
def test_wrong_fields_are_named_and_nothing_typed_is_lost(
    office: Client, fields: dict[str, str], words: str
) -> None:
    answer = office.post(f"{DRAWS}new/", typed(**fields))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "센터 2층" in page
    assert not Draw.objects.exists()


def test_a_preset_fills_in_the_rules_of_a_new_draw(office: Client) -> None:
    assert 'href="?preset=council"' in office.get(f"{DRAWS}new/").content.decode()
    answer = office.get(f"{DRAWS}new/?preset=council")
    form, rows = answer.context["form"], answer.context["rows"]
    assert (form["seats"].value(), form["reserves"].value()) == (30, 10)
    assert "18세 이상" in form["ordinance"].value()
    assert "6시간" in form["ordinance"].value()
    assert [row.get("field") for row in rows.initial] == ["6시간 교육", "성별", "성별"]
    kept = {f"form-{n}-{name}": value for n, row in enumerate(rows.initial)
            for name, value in row.items()}  # fmt: skip
    made = typed(**{**kept, "form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "3"})
    assert office.post(f"{DRAWS}new/?preset=council", made).status_code == 302
    assert Draw.objects.get().demands == DrawPreset.objects.get().demands


def test_an_unknown_preset_of_a_draw_is_not_found(office: Client) -> None:
    assert office.get(f"{DRAWS}new/?preset=nothing").status_code == 404


def test_presets_are_changed_and_added_in_the_office(office: Client) -> None:
    preset = DrawPreset.objects.get(slug="council")
    address = f"{PRESETS}{preset.pk}/change/"
    assert "6시간 교육" in office.get(address).content.decode()
    assert office.post(address, {**typed(), "name": "위원 추첨", "note": ""}).status_code == 302
    preset.refresh_from_db()
    assert (preset.name, preset.seats, len(preset.demands)) == ("위원 추첨", 5, 1)
    assert office.post(f"{PRESETS}add/", {**typed(), "name": "평가단"}).status_code == 302
    assert [one.name for one in DrawPreset.objects.all()] == ["위원 추첨", "평가단"]
    assert "평가단" in office.get(PRESETS).content.decode()


def test_a_preset_without_seats_is_refused_and_nothing_typed_is_lost(office: Client) -> None:
    answer = office.post(f"{PRESETS}add/", {**typed(seats=0), "name": "평가단"})
    assert answer.status_code == 422
    assert "위원으로 위촉합니다." in answer.content.decode()
    assert DrawPreset.objects.count() == 1


def test_list_is_taken_over_then_published(office: Client) -> None:
    draw = make_draw(data=b"")
    address = f"{DRAWS}{draw.pk}/change/"
    assert "추첨할 명부가 없습니다" in office.get(address).content.decode()
    file = SimpleUploadedFile("list.csv", LIST.encode("cp949"), "text/csv")
    assert office.post(address, {"act": "list", "file": file}).status_code == 302
    assert "명부 공개하기" in office.get(address).content.decode()
    assert office.post(address, {"act": "publish"}).status_code == 302
    draw.refresh_from_db()
    assert draw.state == DrawState.PUBLISHED


def test_bad_lines_of_a_list_are_named(office: Client) -> None:
    draw = make_draw(data=b"")
    file = SimpleUploadedFile("list.csv", "접수번호,성별,연령대\n1,,청년\n".encode(), "text/csv")
    answer = office.post(f"{DRAWS}{draw.pk}/change/", {"act": "list", "file": file})
    assert answer.status_code == 422
    assert "성별" in answer.content.decode()


def test_a_draft_is_changed_with_its_rules(office: Client) -> None:
    draw = make_draw()
    fields = typed(act="change", area=draw.area_id, seats=6)
    assert office.post(f"{DRAWS}{draw.pk}/change/", fields).status_code == 302
    draw.refresh_from_db()
    assert (draw.seats, len(draw.demands), len(draw.people)) == (6, 1, 20)


def test_incomplete_draw_refused_by_the_service_says_why(office: Client) -> None:
    draw = make_draw(data=b"")
    answer = office.post(f"{DRAWS}{draw.pk}/change/", {"act": "publish"}, follow=True)
    assert "추첨할 명부가 없습니다" in answer.content.decode()


def test_numbers_are_typed_on_the_big_screen_at_the_hour(office: Client) -> None:
    draw = make_published_draw()
    address = f"{DRAWS}{draw.pk}/hold/"
    assert "부터 추첨할 수 있습니다" in office.get(address).content.decode()
    numbers = {"entropy": "1 2 3", "again": "1-2-3", "witnesses": "1통장"}
    with time_machine.travel(draw.draws_at, tick=False):
        assert office.get(address).status_code == 200
        answer = office.post(address, {**numbers, "again": "1 2 4"})
        assert answer.status_code == 422
        assert "두 사람이 적은 숫자가 다릅니다" in answer.content.decode()
        assert office.post(address, numbers).headers["Location"] == draw.get_absolute_url()
    draw.refresh_from_db()
    assert (draw.state, draw.entropy, draw.witnesses) == (DrawState.DRAWN, "1 2 3", "1통장")
    assert "1 2 3" in office.get(address).content.decode()


@pytest.mark.parametrize("role", [RoleKind.OBSERVER, RoleKind.AUDITOR])
def test_who_watches_reads_but_does_nothing(client_of: ClientOf, role: RoleKind) -> None:
    draw = make_published_draw()
    client = client_of(make_user(role=role))
    assert draw.title in client.get(DRAWS).content.decode()
    assert client.get(f"{DRAWS}{draw.pk}/change/").status_code == 200
    assert client.post(f"{DRAWS}{draw.pk}/change/", {"act": "publish"}).status_code == 403
    assert client.get(f"{DRAWS}new/").status_code == 403
    assert client.get(f"{PRESETS}add/").status_code == 403
    assert client.get(f"{DRAWS}{draw.pk}/hold/").status_code == 403


@pytest.mark.parametrize("address", ["999999/change/", "nothing/change/", "999999/hold/"])
def test_unknown_draw_is_not_found(office: Client, address: str) -> None:
    assert office.get(f"{DRAWS}{address}").status_code == 404
