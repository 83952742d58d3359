"""Presets in the office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from proceedings.audit import Action
from proceedings.models import AuditEvent
from residents.roles import RoleKind
from tests.factories.residents import make_user
from tests.voting.forms.test_sections import sent
from voting.admin.words import contest_of_preset
from voting.forms.sections import SECTIONS
from voting.models import ContestPreset

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db

PRESETS = "/admin/voting/contestpreset/"


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_user(role=RoleKind.ADMINISTRATOR))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def untouched(preset: ContestPreset) -> dict[str, Any]:
    """What a browser would send of a preset's page."""
    contest = contest_of_preset(preset)
    days = "" if preset.advance_days is None else str(preset.advance_days)
    data: dict[str, Any] = {"name": preset.name, "note": preset.note, "advance_days": days}
    data |= {"on_plan": "on"} if preset.on_plan else {}
    for section in SECTIONS:
        data |= sent(section.form(instance=contest, for_preset=True))
    return data


def test_the_list_says_what_each_preset_sets(office: Client) -> None:
    html = page(office, PRESETS)
    for words in ("위원 24명의 3배인 72명", "대상 인원의 0.5%", "묶음마다 상위 1개"):
        assert words in html


def test_the_list_takes_the_same_queries_however_long(
    office: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    ContestPreset.objects.exclude(slug="songdo").delete()
    page(office, PRESETS)
    with django_assert_num_queries(4):  # type: ignore[attr-defined]  # a context manager
        page(office, PRESETS)
    ContestPreset.objects.create(slug="b", name="둘", settings={"kind": "single"})
    ContestPreset.objects.create(slug="c", name="셋", settings={"kind": "pick"})
    with django_assert_num_queries(4):  # type: ignore[attr-defined]  # a context manager
        page(office, PRESETS)


@pytest.mark.parametrize(
    "slug",
    [
        "gwangju",
        "songdo",
        "seoul",
        "changwon",
        "sejong",
        "dong-head",
        "budget-district",
        "budget-district-30",
        "budget-shares",
        "assembly-ten",
    ],
)
def test_saving_a_preset_that_nobody_touched_keeps_its_rules(office: Client, slug: str) -> None:
    preset = ContestPreset.objects.get(slug=slug)
    before, days = dict(preset.settings), preset.advance_days
    address = f"{PRESETS}{preset.pk}/change/"
    answer = office.post(address, untouched(preset))
    assert answer.status_code == 302
    preset.refresh_from_db()
    kept = {name: preset.settings[name] for name in before}
    options = kept.get("rule_options", {})
    for bar in options.values():
        if isinstance(bar, dict) and bar.get("number", 0) is None:
            del bar["number"]
    assert (kept, preset.advance_days) == (before, days)
    assert preset.on_plan == (slug in {"songdo", "seoul", "changwon"})
    assert AuditEvent.objects.get().action == Action.CONTEST_PRESET_SAVED


def test_a_preset_is_changed_in_words(office: Client) -> None:
    preset = ContestPreset.objects.get(slug="gwangju")
    data = untouched(preset) | {"name": "우리 구 방식", "max_picks": "5", "quorum_of": "fixed"}
    office.post(f"{PRESETS}{preset.pk}/change/", data | {"quorum_number": "300", "on_plan": "on"})
    preset.refresh_from_db()
    assert preset.on_plan
    assert (preset.name, preset.settings["max_picks"]) == ("우리 구 방식", 5)
    assert preset.settings["rule_options"]["quorum"] == {"of": "fixed", "number": 300}


def test_what_is_wrong_is_said_and_nothing_is_lost(office: Client) -> None:
    preset = ContestPreset.objects.get(slug="gwangju")
    data = untouched(preset) | {"name": "", "note": "쓰던 설명", "max_picks": "0"}
    answer = office.post(f"{PRESETS}{preset.pk}/change/", data)
    assert answer.status_code == 422
    assert "쓰던 설명" in answer.content.decode()
    assert "적어도 하나는 고를 수 있게 해 주세요." in answer.content.decode()


def test_the_days_of_a_preset_are_changed_and_too_many_are_refused(office: Client) -> None:
    preset = ContestPreset.objects.get(slug="gwangju")
    address = f"{PRESETS}{preset.pk}/change/"
    data = untouched(preset)
    assert office.post(address, data | {"advance_days": "91"}).status_code == 422
    assert office.post(address, data | {"advance_days": "-1"}).status_code == 422
    assert office.post(address, data | {"advance_days": "3"}).status_code == 302
    preset.refresh_from_db()
    assert preset.advance_days == 3
    assert "3일 동안과 당일" in page(office, PRESETS)


def test_a_preset_of_ones_own_begins_with_its_kind_of_ballot(office: Client) -> None:
    assert office.post(f"{PRESETS}add/", {"name": "이름만"}).status_code == 422
    office.post(f"{PRESETS}add/", {"name": "우리 동 찬반", "kind": "yes_no"})
    preset = ContestPreset.objects.get(name="우리 동 찬반")
    assert preset.settings == {
        "kind": "yes_no",
        "rule": "yes_no",
        "publication": "full",
        "tie_rule": "report",
    }
    assert "majority_of" in page(office, f"{PRESETS}{preset.pk}/change/")


def test_who_only_looks_reads_presets(client_of: ClientOf) -> None:
    preset = ContestPreset.objects.get(slug="gwangju")
    client = client_of(make_user(role=RoleKind.AUDITOR))
    html = page(client, f"{PRESETS}{preset.pk}/change/")
    assert (preset.note in html, "<textarea" in html) == (True, False)
    assert client.get(f"{PRESETS}add/").status_code == 403
    official = client_of(make_user(role=RoleKind.OFFICIAL))
    assert official.get(f"{PRESETS}{preset.pk}/change/").status_code == 403


def test_an_unknown_preset_is_not_found(office: Client) -> None:
    for name in ("999999", "nothing"):
        assert office.get(f"{PRESETS}{name}/change/").status_code == 404
