"""What is printed: a sheet without a number, a stub with one, a report."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from voting.papers import (
    ReportPaper,
    SheetOption,
    SheetPaper,
    StubPaper,
    blank_sheets,
    box_report,
    foot_words,
    stub_paper,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


BOX = b" re S"


def pages(pdf: bytes) -> list[bytes]:
    """The drawing of each page of a PDF made here."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    drawings = []
    for stream in streams:
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            continue
        if b" Tf" in text:
            drawings.append(text)
    return drawings


def paper(options: int, answers: Sequence[str] = (), title: str = "안심 골목 보안등") -> SheetPaper:
    return SheetPaper(
        contest="2027년 주민참여예산 투표",
        centre="느티동 행정복지센터",
        area="무등구",
        check="a1b2c3d4",
        how="3개까지 고릅니다.",
        options=tuple(SheetOption(n, title, "48,000,000원") for n in range(1, options + 1)),
        answers=tuple(answers),
    )


def sizes(page: bytes) -> set[float]:
    """The sizes of type that a page sets words in."""
    return {float(size) for size in re.findall(rb"/F\d+ ([\d.]+) Tf", page)}


def test_every_copy_of_a_sheet_is_the_same() -> None:
    """Nothing on a sheet tells it from another, so no stub leads to it."""
    drawn = pages(blank_sheets(paper(5), 4))
    assert len(drawn) == 4
    assert len(set(drawn)) == 1


def test_sheet_has_as_many_boxes_as_options() -> None:
    assert pages(blank_sheets(paper(5), 1))[0].count(BOX) == 5
    answers = pages(blank_sheets(paper(3, ("찬성", "반대")), 1))[0]
    assert answers.count(BOX) == 6


def test_no_word_on_a_sheet_is_smaller_than_12_points() -> None:
    assert min(sizes(pages(blank_sheets(paper(8), 1))[0])) >= 12


@pytest.mark.parametrize(("options", "copies", "number"), [(8, 1, 1), (30, 1, 4), (30, 2, 8)])
def test_long_ballot_goes_on_to_more_pages(options: int, copies: int, number: int) -> None:
    drawn = pages(blank_sheets(paper(options), copies))
    assert len(drawn) == number
    assert sum(page.count(BOX) for page in drawn) == options * copies


def test_long_title_takes_more_lines_and_stays_on_the_page() -> None:
    title = "아주 긴 이름을 가진 사업 " * 6
    drawn = pages(blank_sheets(paper(8, title=title), 1))
    assert sum(page.count(BOX) for page in drawn) == 8
    assert len(drawn) > 1


def test_stub_has_its_number_in_24_points_or_more_on_both_halves() -> None:
    made = stub_paper(StubPaper(214, "투표", "느티동 행정복지센터", "062-000-0011", "결과"))
    (page,) = pages(made)
    big = [size for size in sizes(page) if size >= 24]
    assert sorted(big) == [30, 40]


def test_report_is_one_page_with_the_square_of_its_address() -> None:
    report = ReportPaper(
        contest="2027년 주민참여예산 투표",
        box="느티동 행정복지센터 · 투표함 1",
        version="1판",
        figures=(("내준 투표용지", 24), ("유효", 22)),
        lines=(("24 = 24", True), ("24 ≠ 23: 가지고 갔습니다", False)),
        signatures=("센터 직원 · 2026. 11. 22.",) * 2,
        digest="ab" * 32,
        leaf="cd" * 32,
        address="https://example.org/votes/1/",
    )
    made = box_report(report)
    assert len(pages(made)) == 1
    assert b"/Subtype /Image" in made


def test_a_sample_says_so_on_every_page_and_a_ballot_does_not() -> None:
    sample = replace(paper(30), sample=True)
    drawn = pages(blank_sheets(sample, 1))
    assert len(drawn) > 1
    assert all(120.0 in sizes(page) for page in drawn)
    assert all(120.0 not in sizes(page) for page in pages(blank_sheets(paper(30), 1)))


def test_places_and_scores_are_boxes_and_long_ones_are_written() -> None:
    marked = replace(paper(3), numbers=("1", "2", "3", "4"), unit="순위")
    assert pages(blank_sheets(marked, 1))[0].count(BOX) == 12
    written = replace(paper(3), unit="점")
    assert (written.is_written, marked.is_written, paper(3).is_written) == (True, False, False)
    assert pages(blank_sheets(written, 1))[0].count(BOX) == 3
    eleven = replace(
        paper(1, title="긴 이름 " * 30), numbers=tuple(map(str, range(11))), unit="점수"
    )
    assert min(sizes(pages(blank_sheets(eleven, 1))[0])) >= 12
    assert len(pages(blank_sheets(replace(paper(30), unit="점"), 1))) > 1


def test_the_foot_says_how_to_mark_this_kind_of_sheet() -> None:
    ranked = replace(paper(3), numbers=("1", "2", "3"), unit="순위")
    written = replace(paper(3), unit="점")
    said = [foot_words(one).split(".")[0] for one in (paper(3), ranked, written)]
    assert "고른 것의 네모 칸" in said[0]
    assert "숫자를 하나만 골라" in said[1]
    assert "칸에 숫자를 적고" in said[2]
