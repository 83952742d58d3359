"""Importing applicants."""

from __future__ import annotations

from datetime import date

import pytest

from proceedings.refusals import Refused
from proceedings.tables import BadLines
from residents.models import Applicant, ApplicantRoll
from residents.roles import RoleKind
from residents.services import import_applicants
from tests.factories.places import make_area
from tests.factories.residents import make_user

pytestmark = pytest.mark.django_db
HEADER = "이름,생년월일,휴대전화,동 코드,자격,동명이인 구분\n"


def refused_code(**arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        import_applicants(**{"actor": None, "title": "신청자", **arguments})  # type: ignore[arg-type]  # words
    return refused.value.refusal.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_file_is_read_in_every_encoding_of_offices(encoding: str) -> None:
    area = make_area()
    data = f"{HEADER}김무등,1958-03-12,010-0000-1234,{area.code},직장,\n".encode(encoding)
    _roll, report = import_applicants(actor=None, title="신청자", data=data)
    applicant = Applicant.objects.get()
    assert report.stored == 1
    assert (applicant.birth_date, applicant.basis) == (date(1958, 3, 12), "works")
    assert applicant.line == 2


def test_each_bad_line_is_named_and_nothing_is_stored() -> None:
    area = make_area()
    lines = [
        f"김무등,19580312,010-0000-1234,{area.code},거주,",
        f"이솔,580312,010-0000-1234,{area.code},거주,",
        f"박강,19580312,12,{area.code},거주,",
        "최장,19580312,010-0000-1234,0000,거주,",
        f"정샘,19580312,010-0000-1234,{area.code},여행,",
        f"김 무등,19580312,010-0000-9999,{area.code},거주,",
        f",19580312,010-0000-1234,{area.code},거주,",
    ]
    with pytest.raises(BadLines) as bad:
        import_applicants(actor=None, title="신청자", data=(HEADER + "\n".join(lines)).encode())
    assert [problem.line for problem in bad.value.problems] == [3, 4, 5, 6, 7, 8]
    assert not ApplicantRoll.objects.exists()


def test_good_lines_are_kept_when_asked_for() -> None:
    area = make_area()
    data = f"{HEADER}김무등,19580312,1234,{area.code},,\n이솔,x,1234,{area.code},,\n".encode()
    _roll, report = import_applicants(actor=None, title="t", data=data, keep_good=True)
    assert (report.stored, [p.line for p in report.problems]) == (1, [3])


def test_homonyms_are_told_apart_by_their_mark() -> None:
    area = make_area()
    data = f"{HEADER}김무등,19580312,1234,{area.code},,\n김무등,19580312,5678,{area.code},,2\n"
    assert import_applicants(actor=None, title="t", data=data.encode())[1].stored == 2


def test_same_file_twice_is_refused() -> None:
    data = f"{HEADER}김무등,19580312,1234,{make_area().code},,\n".encode()
    import_applicants(actor=None, title="처음", data=data)
    assert refused_code(data=data) == "imported_before"


def test_file_with_a_resident_number_is_refused_whole() -> None:
    data = f"{HEADER}김무등,580312-1234567,1234,{make_area().code},,\n".encode()
    assert refused_code(data=data) == "resident_number"
    assert not ApplicantRoll.objects.exists()


def test_file_without_its_columns_is_refused() -> None:
    assert refused_code(data="이름,휴대전화\n김무등,1234\n".encode()) == "column_missing"


def test_spreadsheet_file_is_refused() -> None:
    assert refused_code(data=b"PK\x03\x04\x00\x00\xff\xfe\xd8") == "not_a_text_file"


def test_only_administrators_import() -> None:
    data = f"{HEADER}김무등,19580312,1234,{make_area().code},,\n".encode()
    assert refused_code(actor=make_user(RoleKind.CLERK), data=data) == "role_needed"
