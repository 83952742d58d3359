"""Geometry of figures: what is drawn adds up, stays inside its frame, and says no to nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.charts import (
    Area,
    Place,
    area_map,
    budget,
    centroid,
    line,
    nice_step,
    percent,
    scatter,
    share,
    stacked_bars,
    threshold,
)

SERIES = [("web", "온라인"), ("desk", "센터"), ("paper", "종이")]
counts = st.integers(min_value=0, max_value=10**9)


def number(text: str) -> float:
    return float(text.removesuffix("%"))


def corners(x: float, y: float, side: float = 1.0) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def square(x: float, y: float) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [corners(x, y)]}


def test_percent_of_nothing_is_zero() -> None:
    assert percent(5, 0) == "0%"


def test_percent_writes_at_most_two_decimals_with_a_point() -> None:
    assert percent(1, 3) == "33.33%"
    assert percent(1, 2) == "50%"


def test_share_always_has_one_decimal_and_rounds_halves_up() -> None:
    assert [share(1, 3), share(1, 2), share(1, 8), share(5, 0)] == [
        "33.3%",
        "50.0%",
        "12.5%",
        "0.0%",
    ]
    assert share(1, 2000) == "0.1%"  # 0.05 % goes up


def test_threshold_below_its_goal_keeps_the_goal_at_the_end() -> None:
    bar = threshold(36, 50)
    assert (bar.width, bar.mark, bar.missing, bar.reached) == ("72%", "100%", 14, False)


def test_threshold_past_its_goal_moves_the_mark_inside() -> None:
    bar = threshold(200, 50)
    assert (bar.width, bar.mark, bar.missing, bar.reached) == ("100%", "25%", 0, True)


def test_threshold_met_exactly_is_reached() -> None:
    assert threshold(50, 50).reached


@pytest.mark.parametrize(("value", "goal"), [(-1, 50), (5, 0)])
def test_threshold_refuses_impossible_numbers(value: int, goal: int) -> None:
    with pytest.raises(ValueError, match="threshold"):
        threshold(value, goal)


@given(st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=8))
def test_stacked_bars_lie_end_to_end_inside_the_frame(rows: list[tuple[int, int, int]]) -> None:
    chart = stacked_bars(
        [
            (f"{n}", dict(zip(("web", "desk", "paper"), row, strict=True)))
            for n, row in enumerate(rows)
        ],
        SERIES,
    )
    assert chart.total == sum(map(sum, rows))
    assert chart.sums == tuple(map(sum, zip(*rows, strict=True)))
    for bar, row in zip(chart.bars, rows, strict=True):
        assert bar.total == sum(row)
        ends = 0.0
        for part in bar.segments:
            assert number(part.x) == pytest.approx(ends, abs=0.02)
            ends = number(part.x) + number(part.width)
        assert ends <= 100.02


def test_stacked_bars_leave_a_missing_count_open_and_stress_marked_rows() -> None:
    rows = [("가", {"web": 3, "desk": 0}), ("나", {"paper": 1})]
    chart = stacked_bars(rows, SERIES, marked=["나"])
    assert [part.value for part in chart.bars[0].segments] == [3, 0, None]
    assert [part.width for part in chart.bars[0].segments] == ["100%", "0%", "0%"]
    assert (chart.bars[0].total, chart.sums) == (3, (3, 0, 1))
    assert [bar.marked for bar in chart.bars] == [False, True]


def test_stacked_bars_without_any_vote_draw_empty_bars() -> None:
    chart = stacked_bars([("가", {})], SERIES)
    assert (chart.bars[0].share, chart.bars[0].segments[0].width) == ("0.0%", "0%")


def test_stacked_bars_refuse_an_unknown_series_and_a_negative_count() -> None:
    with pytest.raises(ValueError, match="unknown series"):
        stacked_bars([("가", {"fax": 1})], SERIES)
    with pytest.raises(ValueError, match="negative"):
        stacked_bars([("가", {"web": -1})], SERIES)


def test_line_spans_its_box_and_ends_at_the_last_count() -> None:
    chart = line([(0, 0, "월"), (1, 30, "화"), (4, 100, "금")], goal=60)
    assert chart.path == "M0 100L25 70L100 0"
    assert chart.area == "M0 100L25 70L100 0L100 100L0 100Z"
    assert (chart.goal_y, chart.last_value, chart.last_x, chart.last_y) == (
        "40%",
        100,
        "100%",
        "0%",
    )
    assert (chart.first, chart.middle, chart.last) == ("월", "화", "금")


def test_line_of_one_point_is_flat_instead_of_dividing_by_zero() -> None:
    chart = line([(7, 10, "오늘")])
    assert chart.path == "M0 0L100 0"
    assert (chart.first, chart.last) == ("오늘", "")


def test_line_of_zeros_lies_on_the_ground() -> None:
    assert line([(0, 0, "월"), (1, 0, "화")]).path == "M0 100L100 100"


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([], "at least one"),
        ([(2, 0, ""), (1, 0, "")], "order of time"),
        ([(0, -1, "")], "negative"),
    ],
)
def test_line_refuses_what_is_no_course(points: list[tuple[float, int, str]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        line(points)


@given(st.integers(min_value=1, max_value=10**12))
def test_nice_step_reaches_the_top_in_four_steps_and_is_not_twice_too_large(top: int) -> None:
    step = nice_step(top)
    assert 4 * step >= top
    assert step == 1 or 4 * step < 2.5 * top + 4


def test_budget_fills_to_the_cut_line_and_puts_the_rest_behind_it() -> None:
    chart = budget([("가", 60, True), ("나", 50, False), ("다", 30, True)], 100)
    first, second, third = chart.items
    assert (chart.spent, chart.left) == (90, 10)
    assert number(first.x) == 0
    assert number(third.x) == pytest.approx(number(first.width), abs=0.02)
    assert number(second.x) == pytest.approx(number(chart.cut), abs=0.02)
    assert number(chart.left_x) + number(chart.left_width) == pytest.approx(
        number(chart.cut), abs=0.02
    )
    assert [item.sum_so_far for item in chart.items] == [60, 60, 90]


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.booleans()), max_size=12),
    st.integers(0, 10**9),
)
def test_budget_never_leaves_its_frame(costs: list[tuple[int, bool]], extra: int) -> None:
    spent = sum(cost for cost, funded in costs if funded)
    chart = budget(
        [(f"{n}", cost, funded) for n, (cost, funded) in enumerate(costs)], spent + extra + 1
    )
    for item in chart.items:
        assert number(item.x) + number(item.width) <= 100.02
        assert (number(item.x) + number(item.width) <= number(chart.cut) + 0.02) == item.funded or (
            number(item.width) < 0.05
        )


def test_budget_refuses_overspending_and_costs_of_nothing() -> None:
    with pytest.raises(ValueError, match="more than the cap"):
        budget([("가", 101, True)], 100)
    with pytest.raises(ValueError, match="above zero"):
        budget([("가", 0, True)], 100)
    with pytest.raises(ValueError, match="above zero"):
        budget([], 0)


def test_map_draws_north_up_inside_its_view_box() -> None:
    chart = area_map(
        [Area("s", "남", square(0, 0), 1), Area("n", "북", square(0, 1), 3)],
        [Place("우물", 0.5, 1.5, "/1/")],
        width=108,
    )
    south, north = chart.shapes
    assert float(north.y) < float(south.y)
    assert (south.level, north.level) == (1, 3)
    assert chart.view_box == f"0 0 108 {chart.height}"
    assert (chart.pins[0].x, chart.pins[0].y) == (north.x, north.y)


def test_map_tells_where_its_points_lie() -> None:
    chart = area_map([Area("a", "가", square(126, 35))], [Place("점", 126.25, 35.75)])
    pin = chart.pins[0]
    east = float(chart.west) + float(pin.x) * float(chart.step_east)
    north = float(chart.north) - float(pin.y) * float(chart.step_south)
    assert east == pytest.approx(126.25, abs=1e-4)
    assert north == pytest.approx(35.75, abs=1e-4)


def test_map_gives_no_tone_to_areas_without_a_figure() -> None:
    chart = area_map([Area("a", "가", square(0, 0)), Area("b", "나", square(1, 0), 0)])
    assert [shape.level for shape in chart.shapes] == [0, 0]


def test_map_draws_every_part_of_an_area_of_several_parts() -> None:
    island = {"type": "MultiPolygon", "coordinates": [[corners(0, 0)], [corners(3, 3, 2)]]}
    shape = area_map([Area("a", "섬", island)]).shapes[0]
    assert shape.path.count("M") == 2
    assert float(shape.x) > 170  # the name stands on the larger part


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
    ],
)
def test_map_refuses_what_is_no_area(geometry: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"area (is|needs)"):
        area_map([Area("a", "가", geometry)])


def test_map_refuses_to_draw_nothing() -> None:
    with pytest.raises(ValueError, match="at least one area"):
        area_map([])


def test_centroid_of_a_line_is_its_middle() -> None:
    assert centroid([(0, 0), (2, 2)]) == (1, 1)


@given(
    st.lists(
        st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.integers(0, 3)), min_size=1, max_size=40
    )
)
def test_scatter_keeps_everyone_inside_and_counts_the_groups(
    points: list[tuple[float, float, int]],
) -> None:
    chart = scatter(points)
    assert all(4.9 <= number(dot.x) <= 95.1 and 4.9 <= number(dot.y) <= 95.1 for dot in chart.dots)
    assert sum(size for _, size in chart.groups) == len(points)


def test_scatter_refuses_nobody() -> None:
    with pytest.raises(ValueError, match="at least one"):
        scatter([])
