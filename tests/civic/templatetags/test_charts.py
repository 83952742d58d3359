"""Figures as pages show them: a picture, and the same figures as a table."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Template
from django.utils import translation

from civic.charts import Area

RING = {"type": "Polygon", "coordinates": [[(0, 0), (1, 0), (1, 1), (0, 0)]]}
FIGURES = {
    "threshold": '{% threshold_chart "c" "공감" 36 50 %}',
    "reached": '{% threshold_chart "c" "공감" 164 50 %}',
    "channels": '{% channel_chart "c" "결과" rows series marked "선정" %}',
    "line": '{% line_chart "c" "참여" points goal=50 goal_label="정족수" %}',
    "budget": '{% budget_chart "c" "예산" items 100000000 %}',
    "map": '{% map_chart "c" "동" areas figure_label="제안" %}',
    "scatter": '{% scatter_chart "c" "의견" dots %}',
}


def draw(source: str) -> str:
    context = {
        "rows": [("보안등 <1>", {"web": 1200, "paper": 34})],
        "series": [("web", "온라인"), ("paper", "종이")],
        "marked": ["보안등 <1>"],
        "points": [(0, 0, "11. 14."), (1, 72, "11. 15.")],
        "items": [("보안등", 48_000_000, True), ("공부방", 118_000_000, False)],
        "areas": [Area("1", "느티동", RING, 8, "/places/1/"), Area("2", "샘물동", RING)],
        "dots": [(0.5, 0.5, 0), (-1, 0.2, 1), (0, 0, 2)],
    }
    with translation.override("ko"):
        return Template("{% load charts %}" + source).render(Context(context))


@pytest.mark.parametrize("kind", FIGURES)
def test_figure_has_a_name_a_table_and_no_inline_style(kind: str) -> None:
    html = draw(FIGURES[kind])
    assert re.search(r'role="(img|group)"', html)
    assert "<table" in html
    assert "style=" not in html
    assert "<script" not in html


@pytest.mark.parametrize("kind", FIGURES)
def test_figure_is_well_formed_and_its_ids_are_its_own(kind: str) -> None:
    html = draw(FIGURES[kind])
    figure = html[html.index("<figure") :]
    ids = re.findall(r'\bid="([^"]+)"', figure)
    assert all(one.startswith("c-") for one in ids)
    assert len(ids) == len(set(ids))
    for svg in re.findall(r"<svg.*?</svg>", figure.replace("\n", " ")):
        if svg.count("<svg") == svg.count("</svg>"):
            ET.fromstring(svg)  # noqa: S314 - our own output


def test_channel_table_repeats_every_figure_of_the_bars() -> None:
    html = draw(FIGURES["channels"])
    for words in ("1,200표", "34표", "1,234표", "100.0%", "보안등 &lt;1&gt; (선정)"):
        assert words in html


def test_budget_table_tells_the_result_of_each_project() -> None:
    html = draw(FIGURES["budget"])
    assert html.count("48,000,000원") == 4  # said aloud, cost, sum so far twice
    assert "선정</td>" in html
    assert "미선정</td>" in html
    assert "예산 한도" in html


def test_map_links_areas_that_have_an_address_only() -> None:
    html = draw(FIGURES["map"])
    assert html.count('href="/places/1/"') == 2  # shape and table
    assert 'aria-label="느티동 제안 8"' in html
    assert "–" in html


@pytest.mark.parametrize("kind", ["line_chart", "map_chart", "scatter_chart"])
def test_figure_without_data_says_when_it_will_come(kind: str) -> None:
    html = draw("{% " + kind + ' "c" "참여" nothing %}')
    assert "<svg" not in html
    assert "니다." in html


def test_split_bar_counts_for_neutral_and_against() -> None:
    html = draw(
        '{% split_bar 3 0 1 as split %}{% include "components/split.html" with split=split only %}'
    )
    assert "찬성 3" in html
    assert 'class="split__against" x="75%" width="25%"' in html


def test_a_row_that_does_not_tell_a_channel_has_a_dash_there_and_not_a_zero() -> None:
    chart = '{% load charts %}{% channel_chart "c" "결과" rows series %}'
    rows = [("보안등", {"web": 0, "paper": 34})], [("보안등", {"paper": 34})]
    series = [("web", "온라인"), ("paper", "종이")]
    with translation.override("ko"):
        told, untold = (
            Template(chart).render(Context({"rows": one, "series": series})) for one in rows
        )
    assert [name for name in (told, untold) if '<td class="num">–</td>' in name] == [untold]
