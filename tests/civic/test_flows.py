from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.flows import ROW, Figure, bars, flow


def figure(value: int, new: int = 0) -> Figure:
    return Figure("가", Fraction(value), f"{value}표", Fraction(new))


def test_longest_bar_fills_the_width_and_what_is_new_stands_behind() -> None:
    drawn = bars([figure(80, 20), figure(40)])
    assert (drawn.bars[0].old_width, drawn.bars[0].new_x, drawn.bars[0].new_width) == (
        "75%",
        "75%",
        "25%",
    )
    assert drawn.bars[1].old_width == "50%"
    assert drawn.mark == ""


def test_mark_beyond_all_bars_sets_the_scale() -> None:
    drawn = bars([figure(40)], 100)
    assert (drawn.bars[0].old_width, drawn.mark) == ("40%", "100%")


def test_parts_of_a_whole_are_drawn_as_such() -> None:
    assert bars([figure(40), figure(10)], whole=200).bars[0].old_width == "20%"


def test_no_bars_have_no_length() -> None:
    assert bars([figure(0)]).bars[0].old_width == "0%"


@pytest.mark.parametrize("wrong", [figure(-1), figure(1, 2)])
def test_impossible_bars_are_no_figures(wrong: Figure) -> None:
    with pytest.raises(ValueError, match="A bar needs"):
        bars([wrong])


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_ribbons_stay_in_the_drawing(numbers: list[int]) -> None:
    drawn = flow([("가", "1표", Fraction(one), False) for one in numbers])
    assert drawn.height == ROW * len(numbers)
    assert float(drawn.block_y) >= 0
    assert float(drawn.block_y) + float(drawn.block_height) <= drawn.height


@pytest.mark.parametrize("wrong", [[], [("가", "0표", Fraction(0), False)]])
def test_flow_of_nothing_is_no_figure(wrong: Any) -> None:
    with pytest.raises(ValueError, match="A flow needs"):
        flow(wrong)
