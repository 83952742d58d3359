"""Places in an ordered list, as they stand in addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debates.cursors import Cursor, bounds, read_cursor

numbers = st.integers(min_value=-(10**17), max_value=10**17)


@given(numbers, st.integers(min_value=0, max_value=10**17), st.booleans())
def test_a_place_survives_the_address(value: int, pk: int, backward: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    place = Cursor(value, pk, backward)
    assert read_cursor(str(place)) == place


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1.", ".2", "1.2.3", "1.-2", "~", "1" * 19 + ".1", "1.2\n", "٣.٤"]
)
def test_anything_else_is_the_start(text: str) -> None:
    assert read_cursor(text) is None


def test_first_page_has_only_a_next_one() -> None:
    assert bounds([(5, 1), (3, 2)], None, more=True).next == "3.2"
    assert bounds([(5, 1), (3, 2)], None, more=True).previous == ""


def test_last_page_has_only_a_previous_one() -> None:
    around = bounds([(2, 9), (1, 8)], Cursor(3, 2), more=False)
    assert (around.previous, around.next) == ("~2.9", "")


def test_going_back_to_the_start_leaves_no_previous_page() -> None:
    around = bounds([(5, 1), (3, 2)], Cursor(2, 9, backward=True), more=False)
    assert (around.previous, around.next) == ("", "3.2")


def test_an_empty_page_has_no_neighbours() -> None:
    around = bounds([], Cursor(2, 9), more=False)
    assert (around.previous, around.next) == ("", "")
