from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangul.personal_numbers import Finding, Kind, find_contacts, find_resident_numbers

FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")
KOREAN, FOREIGN = "1234", "5678"


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Birth date and remaining seven digits of a number that could have been given out."""
    born = draw(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    signs = "1256" if born.year < 2000 else "3478"
    return f"{born:%y%m%d}", draw(st.sampled_from(signs)) + f"{draw(st.integers(0, 999_999)):06}"


@given(
    number=numbers(),
    gap=st.sampled_from(["", "-", " ", ".", "–", "—", " - ", "\u00a0", "\u200b", "\u200b-", "\t"]),
    wide=st.booleans(),
    before=st.sampled_from(["", "제 번호는 ", "주민번호:", "1) ", "첫 줄\n둘째 줄 ", "A"]),
    after=st.sampled_from(["", "입니다.", ", 010-1234-5678", "\n끝", ")", "번"]),
)
def test_every_number_is_found_where_it_stands(
    number: tuple[str, str], gap: str, *, wide: bool, before: str, after: str
) -> None:
    written = gap.join(number)
    written = written.translate(FULL_WIDTH) if wide else written
    assert find_resident_numbers(before + written + after) == [
        Finding(
            start=len(before),
            end=len(before) + len(written),
            line=before.count("\n") + 1,
            kind=Kind.FOREIGNER if number[1][0] in FOREIGN else Kind.RESIDENT,
        )
    ]


@given(numbers(), st.sampled_from([".", "-", " ", "/"]), st.sampled_from(["", "19", "20"]))
def test_a_birth_date_in_parts_or_with_its_century_is_found(
    number: tuple[str, str], split: str, century: str
) -> None:
    birth, rest = number
    fits = century in {"", "19" if rest[0] in "1256" else "20"}
    written = f"{century}{birth[:2]}{split}{birth[2:4]}{split}{birth[4:]}-{rest}"
    assert any(each.end == len(written) for each in find_resident_numbers(written)) is fits


def test_each_of_several_numbers_is_found_with_its_line() -> None:
    text = "900101-1234567 그리고 010203-3234567\n\n  850505-6234567"
    found = find_resident_numbers(text)
    assert [(each.line, each.kind) for each in found] == [
        (1, Kind.RESIDENT),
        (1, Kind.RESIDENT),
        (3, Kind.FOREIGNER),
    ]
    assert text[found[2].start : found[2].end] == "850505-6234567"


@pytest.mark.parametrize(
    "text",
    [
        "010-1234-5678",
        "01012345678",
        "062-000-0000",
        "+82-10-1234-5678",
        "전화 02-123-4567, 031-234-5678",
        "2026. 11. 22.(일) 18:00",
        "20261122180000",
        "2026-11-22T18:00:00+09:00",
        "30,000,000원",
        "1000000000000원",
        "사업비 48,000,000 / 62,500,000",
        "261122 1500000원",
        "26.11.22 3000000 원",
        "9410-1234-5678-9012",
        "9410123456789012",
        "3782-822463-10005",
        "110-234-567890",
        "301-0123-4567-81",
        "123456-01-123456",
        "35.1595454, 126.8526012",
        "126.9001011234567",
        "851301-1234567",
        "850230-1234567",
        "010229-3234567",
        "000000-1234567",
        "900101-9234567",
        "900101-0234567",
        "900101-123456",
        "900101-12345678",
        "1900101-1234567",
        "900101-1******",
        "19900101-3234567",
        "199001011234567",
        "900101-가-1234567",
        "사업자등록번호 123-45-67890",
        "의안번호 2101234, 접수 2026-000123",
        "",
    ],
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert find_resident_numbers(text) == []


def test_of_arbitrary_thirteen_digits_few_are_refused() -> None:
    """The trade-off that the module describes, counted on an even spread of numbers."""
    step = 499_979_687
    hits = sum(bool(find_resident_numbers(f"{n * step:013}")) for n in range(20_000))
    assert 500 < hits < 650


@given(st.text())
def test_findings_lie_inside_any_text(text: str) -> None:
    for each in [*find_resident_numbers(text), *find_contacts(text)]:
        assert 0 <= each.start < each.end <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("010-1234-5678", "010-1234-5678"),
        ("연락처 01012345678로", "01012345678"),
        ("+82 10 1234 5678", "+82 10 1234 5678"),
        ("0504-1234-5678", "0504-1234-5678"),
        ("(062) 123-4567", "(062) 123-4567"),
        ("062)123-4567", "062)123-4567"),
        ("０１０－１２３４－５６７８", "０１０－１２３４－５６７８"),
    ],
)
def test_phone_numbers_are_found_for_a_warning(text: str, expected: str) -> None:
    (found,) = find_contacts(text)
    assert (text[found.start : found.end], found.kind) == (expected, Kind.PHONE)


@pytest.mark.parametrize("address", ["mi@example.kr", "a.b+c@mail.example.co.kr"])
def test_addresses_are_found_for_a_warning(address: str) -> None:
    (found,) = find_contacts(f"둘째 줄\n보내 주세요: {address}.")
    assert (found.line, found.kind, found.end - found.start) == (2, Kind.EMAIL, len(address))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "900101-1234567",
        "30,000,000원",
        "110-234-567890",
        "@느티동",
        "3@5",
        "1588-1234",
    ],
)
def test_other_texts_are_no_contacts(text: str) -> None:
    assert find_contacts(text) == []


@pytest.mark.parametrize("unit", ["a", "1", "a@", "a.", "1-", "90.01.", "０"])
def test_long_and_hostile_texts_are_read_in_time(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    assert find_resident_numbers(text) == []
    assert find_contacts(text) == []
