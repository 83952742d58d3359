"""Importing areas and centres."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from places.models import Area, Centre
from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from proceedings.services import SYSTEM, import_areas, import_centres, save_area
from proceedings.tables import BadLines
from tests.factories.places import make_area

pytestmark = pytest.mark.django_db
AREAS = "코드,이름,종류,상위 코드,주민 수,시작일,종료일\n"
CENTRES = "코드,이름,동 코드,주소,전화,여는 시간,경도,위도\n"
DEMO = Path(settings.BASE_DIR) / "places" / "demo"


def areas(*lines: str, encoding: str = "utf-8", keep_good: bool = False) -> int:
    data = (AREAS + "\n".join(lines)).encode(encoding)
    return import_areas(actor_ref=SYSTEM, data=data, keep_good=keep_good).stored


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_tree_is_stored_from_a_file_of_any_office(encoding: str) -> None:
    stored = areas(
        '99,무등구,구,,"111,980",2020-01-01,',
        "9901,느티동,동,99,22460,2020.01.01,",
        encoding=encoding,
    )
    dong = Area.objects.select_related("parent").get(code="9901")
    assert stored == 2
    assert dong.parent is not None
    assert (dong.parent.name, dong.parent.population) == ("무등구", 111_980)
    assert AuditEvent.objects.get().action == Action.AREAS_IMPORTED


def test_known_code_with_a_later_day_ends_the_old_area_the_day_before() -> None:
    old = make_area(code="9901", name="느티동")
    areas("9901,큰느티동,동,,,2026-07-01,")
    old.refresh_from_db()
    assert old.valid_to == date(2026, 6, 30)
    assert Area.objects.get(valid_from=date(2026, 7, 1)).name == "큰느티동"


def test_same_code_and_day_changes_the_area() -> None:
    areas("9901,느티동,동,,,2020-01-01,")
    areas("9901,느티나무동,동,,5,2020-01-01,")
    assert Area.objects.values_list("name", "population").get() == ("느티나무동", 5)


BAD = (
    "99a,무등구,구,,,2020-01-01,",
    "9902,샘물동,마을,,,2020-01-01,",
    "9903,장터동,동,77,,2020-01-01,",
    "9904,강변동,동,,많음,2020-01-01,",
    "9905,솔동,동,,,작년,",
    "9906,끝동,동,,,2020-01-01,2019-01-01",
    ",이름만,동,,,2020-01-01,",
)


def test_every_bad_line_is_named_and_nothing_stored() -> None:
    with pytest.raises(BadLines) as bad:
        areas("9901,느티동,동,,,2020-01-01,", *BAD)
    assert [each.line for each in bad.value.problems] == [3, 4, 5, 6, 7, 8, 9]
    assert not Area.objects.exists()
    assert not AuditEvent.objects.exists()


def test_good_lines_are_kept_when_asked_for() -> None:
    assert areas("9901,느티동,동,,,2020-01-01,", *BAD, keep_good=True) == 1
    assert Area.objects.get().name == "느티동"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("코드,이름\n99,무등구\n".encode(), "column_missing"),
        (b"", "column_missing"),
        (f'{AREAS}99,"무등구'.encode(), "broken_table"),
        (f"{AREAS}99,900505-1234567,구,,,2020-01-01,".encode(), "resident_number"),
        (b"\x00\x01\xff", "not_a_text_file"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        import_areas(actor_ref=SYSTEM, data=data)
    assert refused.value.refusal.code == code


@pytest.mark.parametrize(
    "outlines",
    [b"{", b"[]", b'{"features": [{"properties": {}, "geometry": {}}]}',
     json.dumps({"features": [{"properties": {"code": "1"}, "geometry": None}]}).encode()],
)  # fmt: skip
def test_what_holds_no_outlines_is_refused(outlines: bytes) -> None:
    with pytest.raises(Refused) as refused:
        import_areas(actor_ref=SYSTEM, data=AREAS.encode(), outlines=outlines)
    assert refused.value.refusal.code == "not_outlines"


def test_centre_is_stored_and_changed_by_its_code() -> None:
    make_area(code="9901")
    for phone in ("062-000-0011", "062-000-0012"):
        line = f"neuti,느티동 행정복지센터,9901,느티로 12,{phone},평일,126.9153,35.1126\n"
        import_centres(actor_ref=SYSTEM, data=(CENTRES + line).encode())
    centre = Centre.objects.get()
    assert (centre.phone, str(centre.longitude)) == ("062-000-0012", "126.915300")


def test_bad_centres_are_named() -> None:
    make_area(code="9901")
    lines = [
        "a b,이름,9901,주소,전화,시간,,",
        "good,이름,7777,주소,전화,시간,,",
        "good,이름,9901,주소,전화,시간,동쪽,",
        "good,이름,9901,주소,전화,시간,,95",
    ]
    with pytest.raises(BadLines) as bad:
        import_centres(actor_ref=SYSTEM, data=(CENTRES + "\n".join(lines)).encode())
    assert [each.line for each in bad.value.problems] == [2, 3, 4, 5]


def test_commands_bring_in_the_invented_town() -> None:
    out = StringIO()
    call_command("import_areas", DEMO / "areas.csv", outlines=DEMO / "outlines.json", stdout=out)
    call_command("import_centres", DEMO / "centres.csv", stdout=out)
    assert "7 stored, 0 left out" in out.getvalue()
    dongs = Area.objects.filter(kind="dong").exclude(shape=None)
    assert (dongs.count(), Centre.objects.count()) == (6, 6)
    district = Area.objects.get(kind="district")
    assert district.population == sum(dong.population or 0 for dong in dongs)


def test_outlines_of_the_invented_town_tile_without_gaps() -> None:
    """Every inner edge belongs to exactly two dong, every outer one to a dong and the district."""
    features = json.loads((DEMO / "outlines.json").read_text(encoding="utf-8"))["features"]
    edges: dict[frozenset[tuple[float, float]], int] = {}
    for feature in features:
        ring = [tuple(point) for point in feature["geometry"]["coordinates"][0]]
        for pair in pairwise(ring):
            edges[frozenset(pair)] = edges.get(frozenset(pair), 0) + 1
    assert set(edges.values()) == {2}


def test_command_names_the_bad_lines(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(f"{AREAS}99x,무등구,구,,,2020-01-01,\n", encoding="utf-8")
    with pytest.raises(CommandError, match="2"):
        call_command("import_areas", file)
    with pytest.raises(CommandError):
        call_command("import_areas", tmp_path / "none.csv")


# --- One code at a time, and a tree ---


def test_line_that_would_close_a_circle_is_named_and_ends_nothing() -> None:
    city = make_area(code="99", name="무등구")
    make_area(code="9901", parent=city)
    with pytest.raises(BadLines) as bad:
        areas("99,큰무등구,구,9901,,2026-07-01,")
    assert [each.line for each in bad.value.problems] == [2]
    stored = areas(
        "99,큰무등구,구,9901,,2026-07-01,", "9902,샘물동,동,99,,2020-01-01,", keep_good=True
    )
    city.refresh_from_db()
    assert (stored, city.valid_to) == (1, None)


def test_line_for_a_time_in_which_another_area_holds_the_code_is_named() -> None:
    make_area(code="9901", valid_from=date(2020, 1, 1))
    with pytest.raises(BadLines) as bad:
        areas("9901,옛느티동,동,,,2010-01-01,")
    assert [each.line for each in bad.value.problems] == [2]
    areas("9901,옛느티동,동,,,2010-01-01,2019-12-31")
    assert Area.objects.count() == 2


def test_administration_is_told_why_an_area_cannot_be_so() -> None:
    city = make_area(code="99")
    dong = make_area(code="9901", parent=city)
    city.parent = dong
    with pytest.raises(ValidationError, match="자기 아래 지역"):
        save_area(actor_ref=SYSTEM, area=city)
    again = Area(code="9901", name="느티동", kind="dong", valid_from=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="그 지역을 먼저 끝내"):
        save_area(actor_ref=SYSTEM, area=again)
