"""Numbers without rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.methods.exact import exact_text, plain, read_exact, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200", 1200),
        ("+5", 5),
        ("-3", -3),
        ("1200.50", Fraction(2401, 2)),
        ("0,5", Fraction(1, 2)),
        ("100000.0", 100000),
        ("1.5e+06", 1500000),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_read_exact_takes_decimal_numbers(text: str, number: int | Fraction) -> None:
    assert read_exact(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12 000",
        "1,234,567",
        "1/3",
        "nan",
        "inf",
        "1e999",
        "٣",
        "1_000",
        ".",
        "5.",
        "9" * 31,
        "1e31",
        "1e-31",
    ],
)
def test_read_exact_refuses_everything_else(text: str) -> None:
    assert read_exact(text) is None


def test_read_exact_gives_whole_numbers_as_integers() -> None:
    assert type(read_exact("7.00")) is int
    assert type(read_exact("7.01")) is Fraction


@given(st.integers(-(10**20), 10**20), st.integers(0, 12))
def test_exact_text_is_read_back_as_the_same_number(digits: int, places: int) -> None:
    number = whole(Fraction(digits, 10**places))
    assert read_exact(exact_text(number)) == number


def test_exact_text_refuses_a_third() -> None:
    with pytest.raises(ValueError, match="no finite decimal form"):
        exact_text(Fraction(1, 3))


def test_plain_is_an_integer_or_text() -> None:
    assert [plain(7), plain(Fraction(25, 2)), plain(Fraction(1, 3))] == [7, "12.5", "1/3"]
