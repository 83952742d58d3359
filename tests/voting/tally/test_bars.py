"""Quorums, majorities and thresholds in whole votes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.tally.bars import bar_problem, need_of, quorum_of, read_bar, unknown_options
from voting.tally.result import Box

FIGURES = {"roll": 1200, "turnout": 335, "valid": 299}


@pytest.mark.parametrize(
    ("bar", "need"),
    [
        ({"of": "valid", "share": "2/3"}, 200),
        ({"of": "valid", "share": "1/2", "strict": True}, 150),
        ({"of": "valid", "share": "1/2"}, 150),
        ({"of": "roll", "share": "1/4"}, 300),
        ({"of": "roll", "share": "1/4", "strict": True}, 301),
        ({"of": "turnout", "share": "1/3"}, 112),
        ({"of": "turnout"}, 335),
        ({"of": "fixed", "number": 72}, 72),
        ({"of": "fixed", "number": 25001, "share": "1/200"}, 126),
        ({"of": "members", "number": 24, "share": "3/1"}, 72),
        ({"of": "members", "number": 7, "share": "7/3", "strict": True}, 17),
        ({"of": "valid", "share": "0/1"}, 1),
    ],
)
def test_need_is_the_least_whole_number_that_clears_the_bar(bar: Any, need: int) -> None:
    assert need_of({"bar": bar}, "bar", FIGURES) == need


@settings(deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(0, 500),
    st.integers(1, 500),
    st.booleans(),
)
def test_need_clears_the_bar_and_one_less_does_not(
    base: int,
    numerator: int,
    denominator: int,
    strict: bool,  # noqa: FBT001 - hypothesis fills in by position
) -> None:
    bar: Any = {"of": "roll", "share": f"{numerator}/{denominator}", "strict": strict}
    need = need_of({"bar": bar}, "bar", {"roll": base})
    assert need is not None
    exact = Fraction(numerator, denominator) * base
    assert need > exact if strict else need >= exact
    assert need == 1 or (need - 1 <= exact if strict else need - 1 < exact)


def test_rule_without_a_bar_needs_nothing() -> None:
    assert need_of({}, "quorum", FIGURES) is None
    assert read_bar(None) is None
    assert quorum_of({}, Box({}, roll=10)) is None


def test_quorum_counts_everybody_who_took_part() -> None:
    box = Box({("[]", "web"): 3, ('["a"]', "paper"): 4}, roll=40, void={"paper": 3})
    rule: Any = {"quorum": {"of": "roll", "share": "1/4"}}
    quorum = quorum_of(rule, box)
    assert quorum is not None
    assert (quorum.need, quorum.got, quorum.reached) == (10, 10, True)


@pytest.mark.parametrize(
    "bar",
    [
        {"of": "moon"},
        {"of": "roll", "number": 5},
        {"of": "fixed"},
        {"of": "fixed", "number": 0},
        {"of": "fixed", "number": True},
        {"of": "roll", "share": "0.5"},
        {"of": "roll", "share": "1/0"},
        {"of": "roll", "share": "-1/2"},
        {"of": "roll", "share": "1/2", "strict": "yes"},
        {"of": "roll", "sahre": "1/2"},
        {},
        [],
        5,
        "1/2",
    ],
)
def test_bar_that_cannot_be_counted_is_named(bar: Any) -> None:
    problems = bar_problem({"name": "plurality", "quorum": bar}, "quorum")
    assert [(one.code, one.form_field) for one in problems] == [("bad_bar", "quorum")]
    with pytest.raises(ValueError, match="Not a bar"):
        read_bar(bar)


def test_misspelt_setting_is_named() -> None:
    rule: Any = {"name": "plurality", "quorom": None, "seats": 1}
    problems = unknown_options(rule, {"seats", "quorum"})
    assert [one.params["name"] for one in problems] == ["quorom"]
