"""Two files of places at once, under real threads, each with the twin without its lock."""

from __future__ import annotations

from functools import partial

import pytest

from places.models import Area, Centre
from proceedings.services import SYSTEM, import_areas, import_centres, places
from tests.factories.places import make_area
from tests.factories.threads import at_once, codes, held_up, unlocked

pytestmark = pytest.mark.django_db(transaction=True)
AREAS = "코드,이름,종류,시작일\n9901,{name},동,2026-07-01\n"
CENTRES = "코드,이름,동 코드,주소,전화,여는 시간,경도,위도\nneuti,{name},9901,느티로 1,062-000-0000,평일 9시–18시,,\n"
NAMES = ("느티동", "큰느티동")


def two_files_of_areas(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two offices bring a new dong of the same code."""
    held_up(monkeypatch, Area, "save")
    files = [AREAS.format(name=name).encode() for name in NAMES]
    jobs = [partial(import_areas, actor_ref=SYSTEM, data=data) for data in files]
    return codes(at_once(*jobs))


def test_of_two_files_the_later_one_changes_the_area(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_files_of_areas(monkeypatch) == []
    assert Area.objects.get(code="9901").name in NAMES


def test_without_the_lock_the_constraint_stops_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, places)
    assert two_files_of_areas(monkeypatch) == ["area_code_once_per_start"]


def two_files_of_centres(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two offices bring a new centre of the same code."""
    make_area(code="9901")
    held_up(monkeypatch, Centre, "save")
    files = [CENTRES.format(name=name).encode() for name in NAMES]
    jobs = [partial(import_centres, actor_ref=SYSTEM, data=data) for data in files]
    return codes(at_once(*jobs))


def test_of_two_files_the_later_one_changes_the_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_files_of_centres(monkeypatch) == []
    assert Centre.objects.get(code="neuti").name in NAMES


def test_without_the_lock_the_code_stops_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, places)
    assert two_files_of_centres(monkeypatch) == ["places_centre_code_key"]
