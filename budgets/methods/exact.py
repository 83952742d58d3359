"""Exact numbers: money, points and scores are integers or fractions, never floats."""

from __future__ import annotations

import re
from fractions import Fraction

Exact = int | Fraction
"""An `int` where the value is whole, else a `Fraction`; the two compare and add exactly."""

NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")

LONGEST = 10**30  # 30 digits before the point and 30 behind it

PLAIN = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400}|/[1-9][0-9]{0,399})?")

PLACES = 6


def whole(value: Exact) -> Exact:
    """Return `value` as an `int` if it is a whole number, else unchanged."""
    return value.numerator if value.denominator == 1 else value


def read_exact(text: str) -> Exact | None:
    """Read a decimal number with a point or a comma, such as `1200`, `1200.50` or `1200,5`.

    Returns None for anything else: words, spaces or signs between digits, infinities, fractions
    written with a slash, and numbers too long to be meant.
    """
    if not NUMBER.fullmatch(text):
        return None
    number = Fraction(text.replace(",", "."))
    written_out = abs(number) < LONGEST and LONGEST % number.denominator == 0
    return whole(number) if written_out else None


def exact_text(value: Exact) -> str:
    """Write a number so that `read_exact` returns it again.

    Raises ValueError if it has no finite decimal form, as one third has none.
    """
    numerator, denominator = value.numerator, value.denominator
    rest, places = denominator, 0
    for factor in (2, 5):
        power = 0
        while rest % factor == 0:
            rest //= factor
            power += 1
        places = max(places, power)
    if rest != 1:
        raise ValueError(f"{value} has no finite decimal form.")
    if places == 0:
        return str(numerator)
    digits = str(abs(numerator) * 10**places // denominator).rjust(places + 1, "0")
    sign = "-" if numerator < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def plain(value: Exact) -> int | str:
    """Return a number for canonical JSON, which has no floats: an `int`, or text.

    The text is a decimal number such as `"12.5"`, or `"1/3"` where there is no finite one.
    """
    if value.denominator == 1:
        return value.numerator
    try:
        return exact_text(value)
    except ValueError:
        return str(value)


def read_plain(value: object) -> Exact:
    """Read a number as `plain` wrote it; raises ValueError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and PLAIN.fullmatch(value):
        return whole(Fraction(value))
    raise ValueError(f"{value!r} is not an exact number.")


def rounded(value: Exact) -> Exact:
    """Cut a number that is not negative after `PLACES` places, for figures that only explain."""
    return whole(Fraction(value.numerator * 10**PLACES // value.denominator, 10**PLACES))
